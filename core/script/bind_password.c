// `require "tocsin.password"`: hashes of passwords (base/password.h), for the API's Lua and for commands.
#include "base/password.h"
#include "script/bindings.h"
#include "script/state.h"
#include <lauxlib.h>

static password *hasher_of(lua_State *L) {
    const struct script_options *options = script_options_of(L);
    if (!options || !options->password) luaL_error(L, "passwords are not known here");
    return options->password;
}

static void check(lua_State *L, err e) {
    if (e != ERR_OK) luaL_error(L, "a password cannot be hashed: %s", err_text(e));
}

static str check_str(lua_State *L, int at) {
    str s;
    s.ptr = luaL_checklstring(L, at, &s.len);
    return s;
}

// hash(text) -> the argon2id hash as text
static int hash(lua_State *L) {
    char out[PASSWORD_HASH_MAX];
    check(L, password_hash(hasher_of(L), check_str(L, 1), out));
    lua_pushstring(L, out);
    return 1;
}

// is_right(hash or nil, text) -> boolean; false after as much work when there is no hash
static int is_right(lua_State *L) {
    bool is = false;
    str none = {NULL, 0};
    check(L, password_check(hasher_of(L), lua_isnoneornil(L, 1) ? none : check_str(L, 1), check_str(L, 2), &is));
    lua_pushboolean(L, is);
    return 1;
}

int bind_password_open(lua_State *L) {
    static const luaL_Reg functions[] = {{"hash", hash}, {"is_right", is_right}, {NULL, NULL}};
    luaL_newlib(L, functions);
    return 1;
}
