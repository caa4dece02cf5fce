// `require "tocsin.zone"`: time zones (base/zone.h), read once for each Lua state.
#include "base/zone.h"
#include "script/bindings.h"
#include "script/fuel.h"
#include <lauxlib.h>

#define LOOK_UP ((size_t)5)     // units for a zone
#define MISS    ((size_t)10000) // units for a name that is no zone: the folder is read each time

static const zone *check_zone(lua_State *L) {
    zones **all = lua_touserdata(L, lua_upvalueindex(1));
    str name;
    name.ptr = luaL_checklstring(L, 1, &name.len);
    fuel_bytes(L, LOOK_UP * FUEL_BYTES);
    if (!*all) *all = zones_new(NULL);
    const zone *found = zones_get(*all, name);
    if (!found) fuel_bytes(L, MISS * FUEL_BYTES);
    return found;
}

// offset(name, unix_seconds) -> seconds east of UTC, abbreviation, is_dst; nil for a name that is no zone
static int offset(lua_State *L) {
    lua_Integer at = luaL_checkinteger(L, 2);
    const zone *found = check_zone(L);
    if (!found) return 0;
    struct zone_moment moment = zone_at(found, at);
    lua_pushinteger(L, moment.offset);
    lua_pushstring(L, moment.abbreviation);
    lua_pushboolean(L, moment.is_dst);
    return 3;
}

// name(name) -> the zone's name in the database's spelling; nil for a name that is no zone
static int name(lua_State *L) {
    const zone *found = check_zone(L);
    if (!found) return 0;
    lua_pushstring(L, zone_name(found));
    return 1;
}

static int on_collect(lua_State *L) {
    zones **all = lua_touserdata(L, 1);
    zones_free(*all);
    *all = NULL;
    return 0;
}

int bind_zone_open(lua_State *L) {
    static const luaL_Reg functions[] = {{"offset", offset}, {"name", name}, {NULL, NULL}};
    luaL_newlibtable(L, functions);
    zones **all = lua_newuserdatauv(L, sizeof(zones *), 0);
    *all = NULL;
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, on_collect);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    luaL_setfuncs(L, functions, 1);
    return 1;
}
