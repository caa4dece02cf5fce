// `require "tocsin.ids"`: public ids (base/ids.h) for Lua.
#include "base/ids.h"
#include "script/bindings.h"
#include "script/state.h"
#include <lauxlib.h>

// The key: an upvalue of the functions that `new` made, else the script's.
static const struct ids *ids_of(lua_State *L) {
    const struct ids *own = lua_touserdata(L, lua_upvalueindex(1));
    const struct script_options *options = own ? NULL : script_options_of(L);
    if (!own && options) own = options->ids;
    if (!own) luaL_error(L, "no id key is known here");
    return own;
}

static const char *check_prefix(lua_State *L) {
    size_t n;
    const char *prefix = luaL_checklstring(L, 1, &n);
    luaL_argcheck(L, n <= 3, 1, "a prefix has at most 3 letters");
    return prefix;
}

// encode(prefix, id) -> text
static int encode_id(lua_State *L) {
    const char *prefix = check_prefix(L);
    lua_Integer id = luaL_checkinteger(L, 2);
    luaL_argcheck(L, id >= 0 && id >> 60 == 0, 2, "no row has this id");
    char text[ID_TEXT_MAX];
    ids_encode(ids_of(L), prefix, id, text);
    lua_pushstring(L, text);
    return 1;
}

// decode(prefix, text) -> id, or nil when the text is none of this prefix
static int decode_id(lua_State *L) {
    const char *prefix = check_prefix(L);
    str text;
    text.ptr = luaL_checklstring(L, 2, &text.len);
    int64_t id;
    if (ids_decode(ids_of(L), prefix, text, &id)) lua_pushnil(L);
    else lua_pushinteger(L, id);
    return 1;
}

static const luaL_Reg functions[] = {{"encode", encode_id}, {"decode", decode_id}, {NULL, NULL}};

// new(key of 16 bytes) -> {encode=, decode=} under that key
static int new_ids(lua_State *L) {
    size_t n;
    const char *key = luaL_checklstring(L, 1, &n);
    luaL_argcheck(L, n == sizeof(struct ids), 1, "a key has 16 bytes");
    luaL_newlibtable(L, functions);
    struct ids *ids = lua_newuserdatauv(L, sizeof *ids, 0);
    memcpy(ids->key, key, n);
    luaL_setfuncs(L, functions, 1);
    return 1;
}

int bind_ids_open(lua_State *L) {
    luaL_newlibtable(L, functions);
    lua_pushnil(L);
    luaL_setfuncs(L, functions, 1);
    lua_pushcfunction(L, new_ids);
    lua_setfield(L, -2, "new");
    return 1;
}
