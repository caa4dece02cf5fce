// `require "tocsin.print"`: payloads printed as Python prints them, straight from the document
// (text/print.h).
//
// Both functions answer nil for everything but a payload that is still as it came; the caller then goes the
// general way. A payload of which something was made into a table may have been changed by the template.
#include "script/bindings.h"
#include "script/fuel.h"
#include "script/values.h"
#include "text/print.h"
#include <lauxlib.h>

#define RESULT_MAX ((size_t)1 << 30)

static size_t affordable(lua_State *L) {
    const struct fuel *f = fuel_of(L);
    if (f->mode != FUEL_METERED) return RESULT_MAX;
    return f->left <= 0 ? 0 : (size_t)f->left > RESULT_MAX / FUEL_BYTES ? RESULT_MAX : (size_t)f->left * FUEL_BYTES;
}

static int print(lua_State *L, const struct print_style *style) {
    const struct json *v = payload_untouched(L, 1);
    if (!v) return 0;
    size_t max = affordable(L), n = print_json(NULL, v, style, max);
    fuel_bytes(L, n);
    if (n > RESULT_MAX) return luaL_error(L, "the text would be longer than %d bytes", (int)RESULT_MAX);
    luaL_Buffer b;
    print_json(luaL_buffinitsize(L, &b, n), v, style, SIZE_MAX);
    luaL_pushresultsize(&b, n);
    return 1;
}

// repr(payload) -> string | nil
static int repr(lua_State *L) {
    struct print_style style = {.repr = true};
    return print(L, &style);
}

// dumps(payload, sort, ascii, html, indent, depth) -> string | nil. indent nil: all on one line; otherwise
// the text before an item for each level, `depth` levels for the payload itself.
static int dumps(lua_State *L) {
    struct print_style style = {.sort = lua_toboolean(L, 2), .ascii = lua_toboolean(L, 3), .html = lua_toboolean(L, 4)};
    style.lines = !lua_isnoneornil(L, 5);
    if (style.lines) style.indent.ptr = luaL_checklstring(L, 5, &style.indent.len);
    style.depth = (int)luaL_optinteger(L, 6, 0);
    return print(L, &style);
}

int bind_print_open(lua_State *L) {
    static const luaL_Reg functions[] = {{"repr", repr}, {"dumps", dumps}, {NULL, NULL}};
    luaL_newlib(L, functions);
    return 1;
}
