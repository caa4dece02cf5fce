// `require "tocsin.zone"`: time zones (base/zone.h), read once for each Lua state; moments as text.
#include "base/civil.h"
#include "base/zone.h"
#include "script/bindings.h"
#include "script/fuel.h"
#include <lauxlib.h>
#include <stdio.h>

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

// Seconds east of UTC of "Z" or "+02:00"; false when it is neither.
static bool read_zone(str s, int64_t *east) {
    *east = 0;
    if (str_is(s, STR("Z")) || str_is(s, STR("z"))) return true;
    bool is_good = s.len == 6 && (s.ptr[0] == '+' || s.ptr[0] == '-') && s.ptr[3] == ':';
    for (size_t i = 1; i < 6 && is_good; i++) is_good = i == 3 || (s.ptr[i] >= '0' && s.ptr[i] <= '9');
    if (!is_good) return false;
    int64_t hours = (s.ptr[1] - '0') * 10 + s.ptr[2] - '0', minutes = (s.ptr[4] - '0') * 10 + s.ptr[5] - '0';
    *east = (hours * 60 + minutes) * (s.ptr[0] == '-' ? -60 : 60);
    return true;
}

// moment(text) -> µs UTC of an RFC 3339 moment, what is finer cut off; nil for what is none
static int moment(lua_State *L) {
    str s;
    s.ptr = luaL_checklstring(L, 1, &s.len);
    int64_t wall, east, us = 0, digit = 100000;
    if (s.len < 20 || !civil_parse((str){s.ptr, 19}, &wall)) return 0;
    size_t at = 19;
    if (s.ptr[at] == '.')
        for (at++; at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9'; at++, digit /= 10)
            us += (s.ptr[at] - '0') * digit;
    if (!read_zone(str_from(s, at), &east)) return 0;
    lua_pushinteger(L, (wall - east) * CIVIL_SECOND + us);
    return 1;
}

// stamp(µs UTC) -> "2026-05-19T12:37:01.430444Z"; without a fraction when there is none
static int stamp(lua_State *L) {
    lua_Integer us = luaL_checkinteger(L, 1);
    char text[CIVIL_TEXT], out[CIVIL_TEXT + 16];
    int64_t wall = civil_floor_div(us, CIVIL_SECOND), rest = us - wall * CIVIL_SECOND;
    civil_text(wall, text);
    int n =
        rest ? snprintf(out, sizeof out, "%s.%06lldZ", text, (long long)rest) : snprintf(out, sizeof out, "%sZ", text);
    lua_pushlstring(L, out, (size_t)n);
    return 1;
}

static int on_collect(lua_State *L) {
    zones **all = lua_touserdata(L, 1);
    zones_free(*all);
    *all = NULL;
    return 0;
}

int bind_zone_open(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"offset", offset}, {"name", name}, {"moment", moment}, {"stamp", stamp}, {NULL, NULL}};
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
