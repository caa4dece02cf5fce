// `require "tocsin.fuel"`: the counter of script/fuel.h for Lua.
#include "script/bindings.h"
#include "script/fuel.h"
#include "script/heap.h"
#include <lauxlib.h>

// spend(units): charges; raises when the budget is spent.
static int spend(lua_State *L) {
    struct fuel *f = lua_touserdata(L, lua_upvalueindex(1));
    lua_Integer units = luaL_checkinteger(L, 1);
    luaL_argcheck(L, units >= 0, 1, "units cannot be negative");
    if (f->mode == FUEL_METERED && f->left >= units) f->left -= units;
    else fuel_spend(L, units);
    return 0;
}

// bytes(n): charges for n bytes read or built.
static int bytes(lua_State *L) {
    lua_Integer n = luaL_checkinteger(L, 1);
    luaL_argcheck(L, n >= 0, 1, "bytes cannot be negative");
    fuel_bytes(L, (size_t)n);
    return 0;
}

// left() -> units still there, 0 when spent; nil where nothing is counted.
static int left(lua_State *L) {
    const struct fuel *f = fuel_of(L);
    if (f->mode == FUEL_FREE) return 0;
    lua_pushinteger(L, f->left > 0 ? f->left : 0);
    return 1;
}

// is_spent() -> whether the budget has run out: what fails now fails because of that.
static int is_spent(lua_State *L) {
    lua_pushboolean(L, fuel_is_spent(fuel_of(L)));
    return 1;
}

// What the part under `with` used is charged to the budget around it.
static void leave(struct fuel *f, struct fuel outer) {
    int64_t used = fuel_used(f);
    *f = outer;
    fuel_burn(f, used);
}

// with(budget, f, …) -> true, results… or false, error value: runs f with its own budget, never more than
// what is left of the one around it.
static int with(lua_State *L) {
    struct fuel *f = fuel_of(L), outer = *f;
    lua_Integer budget = luaL_checkinteger(L, 1);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    if (outer.mode == FUEL_NONE) fuel_spend(L, 0);
    if (outer.mode == FUEL_METERED && outer.left < budget) budget = outer.left > 0 ? outer.left : 0;
    fuel_begin(f, budget);
    f->mode = FUEL_METERED; // a budget of zero is a budget
    int status = lua_pcall(L, lua_gettop(L) - 2, LUA_MULTRET, 0);
    leave(f, outer);
    lua_pushboolean(L, status == LUA_OK);
    lua_replace(L, 1);
    return lua_gettop(L);
}

// bounded(units, bytes, f, …): as `with`, and f may hold at most so many bytes above what is held now, whatever the call
// around it may hold. In an interpreter that is not ours only the units count.
static int bounded(lua_State *L) {
    void *owner;
    struct heap *h = lua_getallocf(L, &owner) == heap_alloc ? owner : NULL;
    lua_Integer bytes = luaL_checkinteger(L, 2);
    luaL_argcheck(L, bytes > 0, 2, "a number of bytes is expected");
    lua_remove(L, 2);
    size_t limit = h ? h->limit : 0;
    if (h) heap_begin(h, (size_t)bytes);
    int results = with(L);
    if (!h) return results;
    heap_end(h, L);
    h->limit = limit;
    return results;
}

int bind_fuel_open(lua_State *L) {
    static const luaL_Reg functions[] = {{"bytes", bytes}, {"left", left},       {"is_spent", is_spent},
                                         {"with", with},   {"bounded", bounded}, {NULL, NULL}};
    luaL_newlib(L, functions);
    lua_pushlightuserdata(L, fuel_of(L));
    lua_pushcclosure(L, spend, 1);
    lua_setfield(L, -2, "spend");
    lua_pushinteger(L, FUEL_INLINE);
    lua_setfield(L, -2, "INLINE");
    lua_pushinteger(L, FUEL_SLOW);
    lua_setfield(L, -2, "SLOW");
    lua_pushinteger(L, FUEL_STEP);
    lua_setfield(L, -2, "STEP");
    lua_pushinteger(L, MEMORY_SLOW);
    lua_setfield(L, -2, "MEMORY");
    return 1;
}
