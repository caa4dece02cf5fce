// `require "tocsin.json"`: JSON for API bodies (decode, encode) and payloads for templates (payload.c).
//
// Plain tables: an object is a table without metatable, an array has the metatable `array_mt`, so that an
// empty list stays a list; null is `json.null`; an integer past 64 bits is a string of its digits.
#include "script/bindings.h"
#include "script/fuel.h"
#include "script/values.h"
#include <lauxlib.h>

static const char types_key;

// --- types ---

static void set_named_metatable(lua_State *L, int slot, const char *name) {
    lua_createtable(L, 0, 1);
    lua_pushstring(L, name);
    lua_setfield(L, -2, "__name");
    lua_rawseti(L, -2, slot);
}

void types_push(lua_State *L) {
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &types_key) == LUA_TTABLE) return;
    lua_pop(L, 1);
    lua_createtable(L, TYPE_RAW, 0);
    set_named_metatable(L, TYPE_ARRAY, "array");
    set_named_metatable(L, TYPE_LIST, "list");
    set_named_metatable(L, TYPE_DICT, "dict");
    set_named_metatable(L, TYPE_TUPLE, "tuple");
    set_named_metatable(L, TYPE_RAW, "raw");
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &types_key);
}

bool types_is(lua_State *L, int table, int slot) {
    if (!lua_getmetatable(L, table)) return false;
    types_push(L);
    lua_rawgeti(L, -1, slot);
    bool is_same = lua_rawequal(L, -1, -3);
    lua_pop(L, 3);
    return is_same;
}

// set_types{list=, dict=, tuple=, big=}: the metatables of ordered tables and the maker of big integers from
// digits.
static int set_types(lua_State *L) {
    static const struct {
        const char *name;
        int slot, type;
    } fields[] = {{"list", TYPE_LIST, LUA_TTABLE},
                  {"dict", TYPE_DICT, LUA_TTABLE},
                  {"tuple", TYPE_TUPLE, LUA_TTABLE},
                  {"big", TYPE_BIG, LUA_TFUNCTION}};
    luaL_checktype(L, 1, LUA_TTABLE);
    types_push(L);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        int type = lua_getfield(L, 1, fields[i].name);
        if (type == LUA_TNIL) {
            lua_pop(L, 1);
            continue;
        }
        if (type != fields[i].type) return luaL_error(L, "set_types: '%s' has the wrong type", fields[i].name);
        lua_rawseti(L, -2, fields[i].slot);
    }
    return 0;
}

// --- decode ---

static void push_array(lua_State *L, const struct json *v) {
    lua_createtable(L, (int)v->count, 0);
    for (uint32_t i = 0; i < v->count; i++) {
        values_push(L, &v->items[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    types_push(L);
    lua_rawgeti(L, -1, TYPE_ARRAY);
    lua_setmetatable(L, -3);
    lua_pop(L, 1);
}

static void push_object(lua_State *L, const struct json *v) {
    lua_createtable(L, 0, (int)v->count);
    for (uint32_t i = 0; i < v->count; i++) {
        lua_pushlstring(L, v->members[i].key.ptr, v->members[i].key.len);
        values_push(L, &v->members[i].value);
        lua_rawset(L, -3);
    }
}

void values_push(lua_State *L, const struct json *v) {
    luaL_checkstack(L, 8, "JSON is nested too deeply");
    switch (v->type) {
    case JSON_NULL: lua_pushlightuserdata(L, NULL); break;
    case JSON_FALSE: lua_pushboolean(L, 0); break;
    case JSON_TRUE: lua_pushboolean(L, 1); break;
    case JSON_INT: lua_pushinteger(L, v->integer); break;
    case JSON_DOUBLE: lua_pushnumber(L, v->real); break;
    case JSON_BIGINT:
    case JSON_STRING: lua_pushlstring(L, v->text.ptr, v->text.len); break;
    case JSON_ARRAY:
        fuel_bytes(L, v->count * FUEL_NODE * FUEL_BYTES);
        push_array(L, v);
        break;
    case JSON_OBJECT:
        fuel_bytes(L, v->count * FUEL_NODE * FUEL_BYTES);
        push_object(L, v);
        break;
    }
}

// decode(text) -> value, or nil and a sentence.
static int decode(lua_State *L) {
    str text;
    text.ptr = luaL_checklstring(L, 1, &text.len);
    fuel_bytes(L, text.len);
    struct scratch *s = scratch_push(L);
    struct json *root;
    struct why why;
    if (json_parse(s->memory, text, &root, &why)) {
        lua_pushnil(L);
        lua_pushstring(L, why.text);
        return 2;
    }
    values_push(L, root);
    scratch_free(s);
    return 1;
}

// The member of that name, or "a.b": of the member b of the object a.
static const struct json *member_at(const struct json *object, str path) {
    str first;
    const struct json *found = json_get(object, path);
    if (found || !str_split(&path, '.', &first) || !path.len) return found;
    found = json_get(object, first);
    return found && found->type == JSON_OBJECT ? json_get(found, path) : NULL;
}

// pick(text, path, …) -> how many members the object has, then of each path its text, null as `null`, false for what is
// neither, nil for what is not there. nil: the text is no JSON object. Makes no tables.
static int pick(lua_State *L) {
    str text;
    text.ptr = luaL_checklstring(L, 1, &text.len);
    int paths = lua_gettop(L) - 1;
    luaL_checkstack(L, paths + 4, NULL);
    fuel_bytes(L, text.len);
    struct scratch *s = scratch_push(L);
    struct json *root;
    if (json_parse(s->memory, text, &root, NULL) != ERR_OK || root->type != JSON_OBJECT) {
        scratch_free(s);
        return 0;
    }
    lua_pushinteger(L, root->count);
    for (int i = 0; i < paths; i++) {
        str path;
        path.ptr = luaL_checklstring(L, i + 2, &path.len);
        const struct json *v = member_at(root, path);
        if (!v) lua_pushnil(L);
        else if (v->type == JSON_STRING || v->type == JSON_NULL) values_push(L, v);
        else lua_pushboolean(L, 0);
    }
    scratch_free(s);
    return paths + 1;
}

// is_valid(text) -> is it one JSON document? Keeps nothing of it.
static int is_valid(lua_State *L) {
    str text;
    text.ptr = luaL_checklstring(L, 1, &text.len);
    fuel_bytes(L, text.len);
    struct scratch *s = scratch_push(L);
    struct json *root;
    lua_pushboolean(L, json_parse(s->memory, text, &root, NULL) == ERR_OK);
    scratch_free(s);
    return 1;
}

// --- encode ---

// encode(value, max_bytes) -> text, or nil and a sentence.
static int encode_value(lua_State *L) {
    luaL_checkany(L, 1);
    lua_Integer max = luaL_optinteger(L, 2, ENCODE_MAX);
    luaL_argcheck(L, max >= 0, 2, "a size cannot be negative");
    struct scratch *s = scratch_push(L);
    struct why why;
    if (!encode(L, 1, (size_t)max, s, &why)) {
        lua_pushnil(L);
        lua_pushstring(L, why.text);
        return 2;
    }
    lua_pushlstring(L, s->out.ptr, s->out.len);
    scratch_free(s);
    return 1;
}

// raw(text) -> a value that encode splices in as it is.
static int raw(lua_State *L) {
    luaL_checkstring(L, 1);
    lua_createtable(L, 1, 0);
    lua_pushvalue(L, 1);
    lua_rawseti(L, -2, 1);
    types_push(L);
    lua_rawgeti(L, -1, TYPE_RAW);
    lua_setmetatable(L, -3);
    lua_pop(L, 1);
    return 1;
}

// array(t) -> t, an array also when it is empty. Without t: a new one.
static int array(lua_State *L) {
    if (lua_isnoneornil(L, 1)) {
        lua_settop(L, 0);
        lua_newtable(L);
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    types_push(L);
    lua_rawgeti(L, -1, TYPE_ARRAY);
    lua_setmetatable(L, 1);
    lua_settop(L, 1);
    return 1;
}

int bind_json_open(lua_State *L) {
    static const luaL_Reg functions[] = {{"decode", decode},       {"pick", pick}, {"is_valid", is_valid},
                                         {"encode", encode_value}, {"raw", raw},   {"array", array},
                                         {"set_types", set_types}, {NULL, NULL}};
    luaL_newlib(L, functions);
    lua_pushlightuserdata(L, NULL);
    lua_setfield(L, -2, "null");
    types_push(L);
    lua_rawgeti(L, -1, TYPE_ARRAY);
    lua_setfield(L, -3, "array_mt");
    lua_pop(L, 1);
    payload_open(L);
    return 1;
}
