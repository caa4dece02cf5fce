// `require "tocsin.port"`: what Lua asks of the parts above, by name, with JSON in and JSON out
// (script_ports).
#include "script/bindings.h"
#include "script/state.h"
#include "script/values.h"
#include <lauxlib.h>

static int refuse(lua_State *L, const char *sentence, err e) {
    lua_pushnil(L);
    lua_pushstring(L, sentence);
    lua_pushstring(L, err_name(e));
    return 3;
}

// call(name, table) -> decoded answer, or nil, a sentence and the error's name ("NOT_FOUND")
static int call(lua_State *L) {
    const struct script_options *options = script_options_of(L);
    str name;
    name.ptr = luaL_checklstring(L, 1, &name.len);
    lua_settop(L, 2);
    if (!options || !options->ports.call) return refuse(L, "nothing above can be asked here", ERR_UNSUPPORTED);
    struct scratch *question = scratch_push(L), *answer = scratch_push(L);
    struct why why = {{0}};
    struct json *root;
    if (!encode(L, 2, ENCODE_MAX, question, &why)) return refuse(L, why.text, ERR_INVALID);
    err e = options->ports.call(options->ports.ctx, name, buf_view(&question->out), &answer->out, &why);
    if (e) return refuse(L, why.text[0] ? why.text : err_text(e), e);
    if (!answer->out.len) {
        lua_pushboolean(L, 1);
        return 1;
    }
    if ((e = json_parse(answer->memory, buf_view(&answer->out), &root, &why))) return refuse(L, why.text, e);
    values_push(L, root);
    scratch_free(question);
    scratch_free(answer);
    return 1;
}

int bind_port_open(lua_State *L) {
    static const luaL_Reg functions[] = {{"call", call}, {NULL, NULL}};
    luaL_newlib(L, functions);
    return 1;
}
