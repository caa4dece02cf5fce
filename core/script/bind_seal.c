// `require "tocsin.seal"`: secrets at rest (base/seal.h), for the API's Lua: stored sealed, shown masked.
#include "base/seal.h"
#include "script/bindings.h"
#include "script/scratch.h"
#include "script/state.h"
#include <lauxlib.h>

#define MASK "****************"

// The keys: an upvalue of the functions that `new` made, else the script's.
static const seal *keys_of(lua_State *L) {
    seal **own = lua_touserdata(L, lua_upvalueindex(1));
    const struct script_options *options = own ? NULL : script_options_of(L);
    const seal *keys = own ? *own : options ? options->seal : NULL;
    if (!keys) luaL_error(L, "no key for secrets is known here");
    return keys;
}

typedef err (*change)(const seal *s, str from, buf *to, struct why *why);

static int changed(lua_State *L, change how) {
    const seal *keys = keys_of(L);
    struct why why = {""};
    str from;
    from.ptr = luaL_checklstring(L, 1, &from.len);
    struct scratch *s = scratch_push(L);
    if (how(keys, from, &s->out, &why) == ERR_OK) {
        lua_pushlstring(L, s->out.ptr ? s->out.ptr : "", s->out.len);
        scratch_free(s);
        return 1;
    }
    lua_pushnil(L);
    lua_pushstring(L, why.text);
    return 2;
}

// seal(text) -> sealed text, or nil and why
static int seal_one(lua_State *L) { return changed(L, seal_put); }

// open(sealed text) -> text, or nil and why
static int open_one(lua_State *L) { return changed(L, seal_get); }

static str check_str(lua_State *L, int at) {
    str s;
    s.ptr = luaL_checklstring(L, at, &s.len);
    return s;
}

// sign(purpose, text) -> 16 bytes
static int sign(lua_State *L) {
    unsigned char out[SEAL_SIGNATURE_SIZE];
    seal_sign(keys_of(L), check_str(L, 1), check_str(L, 2), out);
    lua_pushlstring(L, (const char *)out, sizeof out);
    return 1;
}

// is_signed(purpose, text, signature) -> boolean
static int is_signed(lua_State *L) {
    lua_pushboolean(L, seal_is_signed(keys_of(L), check_str(L, 1), check_str(L, 2), check_str(L, 3)));
    return 1;
}

// mask(text or nil) -> what is shown instead of it: 16 asterisks, or the empty text or nil as it is
static int mask(lua_State *L) {
    size_t n = 0;
    if (!lua_isnoneornil(L, 1)) luaL_checklstring(L, 1, &n);
    lua_settop(L, 1);
    if (n) lua_pushliteral(L, MASK);
    return 1;
}

static int on_collect(lua_State *L) {
    seal **own = lua_touserdata(L, 1);
    seal_free(*own);
    *own = NULL;
    return 0;
}

static const luaL_Reg functions[] = {{"seal", seal_one},       {"open", open_one}, {"sign", sign},
                                     {"is_signed", is_signed}, {"mask", mask},     {NULL, NULL}};

// new(key of 32 bytes) -> {seal=, open=, sign=, is_signed=, mask=, MASK=} under that key
static int new_seal(lua_State *L) {
    size_t n;
    const char *key = luaL_checklstring(L, 1, &n);
    luaL_argcheck(L, n == SEAL_KEY_SIZE, 1, "a key has 32 bytes");
    luaL_newlibtable(L, functions);
    seal **own = lua_newuserdatauv(L, sizeof *own, 0);
    *own = NULL;
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, on_collect);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    *own = seal_of_key((const unsigned char *)key);
    luaL_setfuncs(L, functions, 1);
    lua_pushliteral(L, MASK);
    lua_setfield(L, -2, "MASK");
    return 1;
}

int bind_seal_open(lua_State *L) {
    luaL_newlibtable(L, functions);
    lua_pushnil(L);
    luaL_setfuncs(L, functions, 1);
    lua_pushcfunction(L, new_seal);
    lua_setfield(L, -2, "new");
    lua_pushliteral(L, MASK);
    lua_setfield(L, -2, "MASK");
    return 1;
}
