// `require "tocsin.preview"`: what is still to come for an alert group (engine/preview.h), read through the state's own
// connection.
#include "script/bindings.h"
#include "script/state.h"
#include "script/values.h"
#include <lauxlib.h>

static int answer(lua_State *L, store *s, preview_ask *ask) {
    int64_t id = luaL_checkinteger(L, 1), now = luaL_checkinteger(L, 2);
    if (!ask || !s) return luaL_error(L, "nothing can be previewed here");
    struct scratch *text = scratch_push(L);
    struct json *root;
    struct why why = {""};
    err e = ask(s, id, now, &text->out, &why);
    if (e == ERR_OK) e = json_parse(text->memory, buf_view(&text->out), &root, &why);
    if (e != ERR_OK) {
        lua_pushnil(L);
        lua_pushstring(L, err_name(e));
        return 2;
    }
    values_push(L, root);
    scratch_free(text);
    return 1;
}

// of_group(id of the row, now in µs) -> {events, is_truncated}, or nil and the error's name ("NOT_FOUND")
static int of_group(lua_State *L) {
    const struct script_options *o = script_options_of(L);
    return answer(L, o ? o->store : NULL, o ? o->preview.group : NULL);
}

// of_chain(id of the row, now in µs) -> the same for a group that would open now and escalate by this chain
static int of_chain(lua_State *L) {
    const struct script_options *o = script_options_of(L);
    return answer(L, o ? o->store : NULL, o ? o->preview.chain : NULL);
}

// users(id of the row, now in µs) -> list of ids, or nil and the error's name
static int users(lua_State *L) {
    const struct script_options *o = script_options_of(L);
    return answer(L, o ? o->store : NULL, o ? o->preview.users : NULL);
}

int bind_preview_open(lua_State *L) {
    static const luaL_Reg functions[] = {{"of_group", of_group}, {"of_chain", of_chain}, {"users", users}, {NULL, NULL}};
    luaL_newlib(L, functions);
    return 1;
}
