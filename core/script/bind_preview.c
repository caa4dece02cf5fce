// `require "tocsin.preview"`: what is still to come for an alert group (engine/preview.h), read through the state's own
// connection.
#include "script/bindings.h"
#include "script/state.h"
#include "script/values.h"
#include <lauxlib.h>

// of_group(id of the row, now in µs) -> {events, is_truncated}, or nil and the error's name ("NOT_FOUND")
static int of_group(lua_State *L) {
    const struct script_options *options = script_options_of(L);
    int64_t group_id = luaL_checkinteger(L, 1), now = luaL_checkinteger(L, 2);
    if (!options || !options->preview || !options->store) return luaL_error(L, "nothing can be previewed here");
    struct scratch *answer = scratch_push(L);
    struct json *root;
    struct why why = {""};
    err e = options->preview(options->store, group_id, now, &answer->out, &why);
    if (e == ERR_OK) e = json_parse(answer->memory, buf_view(&answer->out), &root, &why);
    if (e != ERR_OK) {
        lua_pushnil(L);
        lua_pushstring(L, err_name(e));
        return 2;
    }
    values_push(L, root);
    scratch_free(answer);
    return 1;
}

int bind_preview_open(lua_State *L) {
    static const luaL_Reg functions[] = {{"of_group", of_group}, {NULL, NULL}};
    luaL_newlib(L, functions);
    return 1;
}
