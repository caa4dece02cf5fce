#include "script/fuel.h"
#include <lauxlib.h>

#define ERROR_TYPE "tocsin.fuel_error"

static const char key; // its address names the counter in the registry

struct fuel *fuel_of(lua_State *L) {
    struct fuel *f;
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &key) == LUA_TUSERDATA) {
        f = lua_touserdata(L, -1);
    } else {
        f = lua_newuserdatauv(L, sizeof *f, 0);
        *f = (struct fuel){.mode = FUEL_FREE};
        lua_rawsetp(L, LUA_REGISTRYINDEX, &key);
    }
    lua_pop(L, 1);
    return f;
}

void fuel_begin(struct fuel *f, int64_t units) {
    *f = (struct fuel){.mode = units > 0 ? FUEL_METERED : FUEL_NONE, .left = units, .given = units};
}

bool fuel_is_spent(const struct fuel *f) { return f->mode == FUEL_METERED && f->left < 0; }

int64_t fuel_used(const struct fuel *f) {
    if (f->mode != FUEL_METERED) return 0;
    return f->left < 0 ? f->given : f->given - f->left;
}

void fuel_burn(struct fuel *f, int64_t units) {
    if (f->mode == FUEL_METERED && __builtin_sub_overflow(f->left, units, &f->left)) f->left = INT64_MIN;
}

static int to_text(lua_State *L) {
    lua_getfield(L, 1, "message");
    return 1;
}

static _Noreturn void raise(lua_State *L, const char *message) {
    lua_createtable(L, 0, 2);
    lua_pushliteral(L, "FuelError");
    lua_setfield(L, -2, "class");
    lua_pushstring(L, message);
    lua_setfield(L, -2, "message");
    if (luaL_newmetatable(L, ERROR_TYPE)) {
        lua_pushcfunction(L, to_text);
        lua_setfield(L, -2, "__tostring");
    }
    lua_setmetatable(L, -2);
    lua_error(L);
    __builtin_unreachable();
}

static void charge(lua_State *L, struct fuel *f, int64_t units) {
    fuel_burn(f, units);
    if (f->left < 0) raise(L, "the template ran past its budget");
}

void fuel_spend(lua_State *L, int64_t units) {
    struct fuel *f = fuel_of(L);
    if (f->mode == FUEL_NONE) raise(L, "nothing may be rendered here: the call was given no fuel");
    if (f->mode == FUEL_METERED) charge(L, f, units);
}

void fuel_bytes(lua_State *L, size_t n) {
    struct fuel *f = fuel_of(L);
    if (f->mode == FUEL_METERED) charge(L, f, (int64_t)(n / FUEL_BYTES) + 1);
}

bool fuel_is_error(lua_State *L, int index) {
    if (!lua_getmetatable(L, index)) return false;
    luaL_getmetatable(L, ERROR_TYPE);
    bool is_same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return is_same;
}
