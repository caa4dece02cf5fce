// `require "tocsin.schedule"`: who is on call when. Questions and answers are those of engine/schedule_json.h; stored
// schedules are read through the state's own connection.
#include "script/bindings.h"
#include "script/schedule_ops.h"
#include "script/state.h"
#include "script/values.h"
#include <lauxlib.h>
#include <stdint.h>

static schedule_ask *ask_of(lua_State *L) {
    const struct script_options *options = script_options_of(L);
    if (options && options->schedule) return options->schedule;
    lua_getfield(L, LUA_REGISTRYINDEX, "tocsin.schedule_ask");
    schedule_ask **held = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return held ? *held : NULL;
}

static int refuse(lua_State *L, const char *sentence, err e) {
    lua_pushnil(L);
    lua_pushstring(L, sentence);
    lua_pushstring(L, err_name(e));
    return 3;
}

static zones *zones_of(lua_State *L) {
    zones **held = lua_touserdata(L, lua_upvalueindex(1));
    if (!*held) *held = zones_new(NULL);
    return *held;
}

// ask(question) -> the answer, or nil, a sentence and the error's name ("LIMIT")
static int ask(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    const struct script_options *options = script_options_of(L);
    schedule_ask *above = ask_of(L);
    if (!above) return refuse(L, "schedules cannot be asked about here", ERR_UNSUPPORTED);
    struct scratch *question = scratch_push(L), *answer = scratch_push(L);
    struct why why = {{0}};
    struct json *root;
    if (!encode(L, 1, ENCODE_MAX, question, &why)) return refuse(L, why.text, ERR_INVALID);
    err e = above(options ? options->store : NULL, zones_of(L), buf_view(&question->out), &answer->out, &why);
    if (e) return refuse(L, why.text[0] ? why.text : err_text(e), e);
    if ((e = json_parse(answer->memory, buf_view(&answer->out), &root, &why))) return refuse(L, why.text, e);
    values_push(L, root);
    scratch_free(question);
    scratch_free(answer);
    return 1;
}

static int on_collect(lua_State *L) {
    zones **held = lua_touserdata(L, 1);
    zones_free(*held);
    *held = NULL;
    return 0;
}

int bind_schedule_open(lua_State *L) {
    static const luaL_Reg functions[] = {{"ask", ask}, {NULL, NULL}};
    luaL_newlibtable(L, functions);
    zones **held = lua_newuserdatauv(L, sizeof(zones *), 0);
    *held = NULL;
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, on_collect);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    luaL_setfuncs(L, functions, 1);
    return 1;
}
