// `require "tocsin.access"`: what generated template code does all the time, decided in C where it is plain; the rest
// is left to the Lua function that each maker takes.
#include "script/bindings.h"
#include "script/values.h"
#include <lauxlib.h>

enum {
    REST = 1,
    MISSING,
    DICT,
    FIELD_V,
    TRUTH,
    TRUE = 2,
    FALSE,
    NONE,
    OPERATOR = 2,
    LIST = 2,
    TUPLE,
    CONTAINS_DICT,
    CONTAINS_V
}; // upvalues

#define SHORT_MAX 16 // items of a list that are looked at without charge

static str text_at(lua_State *L, int index) {
    str text;
    text.ptr = lua_tolstring(L, index, &text.len);
    return text;
}

static int call_rest(lua_State *L) {
    lua_pushvalue(L, lua_upvalueindex(REST));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 1);
    return 1;
}

// Replaces the dict on the top by its item under the name at `key`; false when that is not plain.
static bool step(lua_State *L, int key) {
    if (!lua_istable(L, -1) || !lua_getmetatable(L, -1)) return false;
    bool is_dict = lua_rawequal(L, -1, lua_upvalueindex(DICT));
    lua_pop(L, 1);
    if (!is_dict || payload_is_special(text_at(L, key))) return false;
    lua_pushvalue(L, lua_upvalueindex(FIELD_V));
    lua_rawget(L, -2);
    lua_pushvalue(L, key);
    lua_rawget(L, -2);
    return !lua_isnil(L, -1);
}

static int path(lua_State *L) {
    int last = lua_gettop(L);
    if (lua_type(L, 1) == LUA_TUSERDATA) {
        int n = payload_path(L);
        if (n == 1) return 1;
        if (n == 2) { // the last object has no such member
            lua_pushvalue(L, lua_upvalueindex(MISSING));
            lua_pushvalue(L, last);
            lua_call(L, 1, 1);
            return 1;
        }
    } else {
        luaL_checkstack(L, 2 * last + 4, NULL);
        lua_pushvalue(L, 1);
        int key = 2;
        while (key <= last && step(L, key)) key++;
        if (key > last) return 1;
    }
    lua_settop(L, last);
    return call_rest(L);
}

// path(rest, missing, dict) -> f(v, name, …) -> v.name.…: names are strings. A plain walk through a payload or through
// dicts (tables with the metatable `dict`) is done here; missing(name) is what an object without the last member gives;
// rest(v, name, …) decides everything else.
static int make_path(lua_State *L) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    luaL_checktype(L, 3, LUA_TTABLE);
    lua_settop(L, 3);
    lua_pushliteral(L, "v");
    lua_pushcclosure(L, path, 4);
    return 1;
}

static int truth(lua_State *L) {
    switch (lua_type(L, 1)) {
    case LUA_TBOOLEAN: break;
    case LUA_TSTRING: lua_pushboolean(L, lua_rawlen(L, 1) > 0); break;
    case LUA_TNUMBER: lua_pushboolean(L, lua_tonumber(L, 1) != 0); break;
    case LUA_TLIGHTUSERDATA: lua_pushboolean(L, 0); break; // None
    case LUA_TUSERDATA: lua_pushboolean(L, payload_size(L, 1) > 0); break;
    default: return call_rest(L);
    }
    return 1;
}

// truth(rest) -> f(v) -> boolean, as Python's bool(v).
static int make_truth(lua_State *L) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_settop(L, 1);
    lua_pushcclosure(L, truth, 1);
    return 1;
}

static int has(lua_State *L) {
    int known = lua_type(L, 1) == LUA_TUSERDATA ? payload_truth(L) : -1;
    if (known >= 0) {
        lua_pushboolean(L, known);
        return 1;
    }
    path(L);
    switch (lua_type(L, -1)) {
    case LUA_TBOOLEAN: break;
    case LUA_TSTRING: lua_pushboolean(L, lua_rawlen(L, -1) > 0); break;
    case LUA_TLIGHTUSERDATA: lua_pushboolean(L, 0); break; // None
    default:
        lua_pushvalue(L, lua_upvalueindex(TRUTH));
        lua_insert(L, -2);
        lua_call(L, 1, 1);
    }
    return 1;
}

// has(rest, missing, dict, truth) -> f(v, name, …) -> truth(v.name.…); the first three as for `path`.
static int make_has(lua_State *L) {
    lua_settop(L, 4);
    lua_pushliteral(L, "v");
    lua_insert(L, 4);
    lua_pushcclosure(L, has, 5);
    return 1;
}

static int each(lua_State *L) {
    int n = lua_type(L, 1) == LUA_TUSERDATA ? payload_loop(L, false) : 0;
    return n ? n : call_rest(L);
}

static int pairs(lua_State *L) {
    if (lua_type(L, 1) == LUA_TUSERDATA && payload_loop(L, true)) return 2;
    lua_pushvalue(L, lua_upvalueindex(REST));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 2);
    return 2;
}

static int closure_with_rest(lua_State *L, lua_CFunction f) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_settop(L, 1);
    lua_pushcclosure(L, f, 1);
    return 1;
}

// each(rest) -> f(v) -> what a generic `for` takes to go over the items of v: a payload's without making its table.
static int make_each(lua_State *L) { return closure_with_rest(L, each); }

// pairs(rest) -> f(v) -> the same for keys and values.
static int make_pairs(lua_State *L) { return closure_with_rest(L, pairs); }

static bool is_scalar(int type) { return type == LUA_TSTRING || type == LUA_TNUMBER || type == LUA_TLIGHTUSERDATA; }

// 1: equal, 0: not, -1: that takes more than a look.
static int is_equal(lua_State *L) {
    if (lua_rawequal(L, 1, 2)) return 1;
    int a = lua_type(L, 1), b = lua_type(L, 2);
    if (is_scalar(a) && is_scalar(b)) return 0;
    return a == LUA_TBOOLEAN && b == LUA_TBOOLEAN ? 0 : -1;
}

static int equal(lua_State *L) {
    lua_settop(L, 2);
    int known = is_equal(L);
    if (known < 0) return call_rest(L);
    lua_pushboolean(L, known);
    return 1;
}

static int unequal(lua_State *L) {
    lua_settop(L, 2);
    int known = is_equal(L);
    if (known < 0) call_rest(L);
    lua_pushboolean(L, known < 0 ? !lua_toboolean(L, -1) : !known);
    return 1;
}

// equal(rest), unequal(rest) -> f(a, b) -> boolean: Python's == and !=; rest(a, b) is ==.
static int make_equal(lua_State *L) { return closure_with_rest(L, equal); }
static int make_unequal(lua_State *L) { return closure_with_rest(L, unequal); }

static int order(lua_State *L) {
    lua_settop(L, 2);
    int a = lua_type(L, 1);
    if (a != lua_type(L, 2) || (a != LUA_TNUMBER && a != LUA_TSTRING)) return call_rest(L);
    int op = (int)lua_tointeger(L, lua_upvalueindex(OPERATOR));
    bool is_swapped = op < 0; // a > b is b < a
    if (is_swapped) op = -op;
    lua_pushboolean(L, lua_compare(L, is_swapped ? 2 : 1, is_swapped ? 1 : 2, op));
    return 1;
}

// order(rest, op) -> f(a, b) -> boolean, where the op is "<", "<=", ">" or ">=".
static int make_order(lua_State *L) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    const char *text = luaL_checkstring(L, 2);
    int op = text[1] ? LUA_OPLE : LUA_OPLT;
    lua_settop(L, 1);
    lua_pushinteger(L, text[0] == '>' ? -op : op);
    lua_pushcclosure(L, order, 2);
    return 1;
}

// Is the string at 1 among the strings of the array at 2? -1 when that takes more than a look at each.
static int is_among(lua_State *L) {
    int n = (int)lua_rawlen(L, 2), among = 0;
    for (int i = 1; i <= n && among == 0; i++) {
        if (lua_rawgeti(L, 2, i) != LUA_TSTRING) among = -1;
        else among = lua_rawequal(L, 1, -1);
        lua_pop(L, 1);
    }
    return among;
}

// The same for a dict: its values lie under strings in "v".
static int is_key(lua_State *L) {
    lua_pushvalue(L, lua_upvalueindex(CONTAINS_V));
    lua_rawget(L, 2);
    lua_pushvalue(L, 1);
    bool is_there = lua_rawget(L, -2) != LUA_TNIL;
    lua_pop(L, 2);
    return is_there;
}

static int contains(lua_State *L) {
    lua_settop(L, 2);
    int known = -1;
    if (lua_type(L, 1) == LUA_TSTRING) {
        if (lua_type(L, 2) == LUA_TUSERDATA) known = payload_has(L, 2, text_at(L, 1));
        else if (lua_istable(L, 2) && lua_getmetatable(L, 2)) {
            bool is_list = lua_rawequal(L, 3, lua_upvalueindex(LIST)) || lua_rawequal(L, 3, lua_upvalueindex(TUPLE));
            bool is_dict = !is_list && lua_rawequal(L, 3, lua_upvalueindex(CONTAINS_DICT));
            lua_settop(L, 2);
            if (is_list && lua_rawlen(L, 2) <= SHORT_MAX) known = is_among(L);
            else if (is_dict) known = is_key(L);
        }
    }
    if (known < 0) return call_rest(L);
    lua_pushboolean(L, known);
    return 1;
}

// contains(rest, list, tuple, dict) -> f(item, container) -> boolean; the last three are metatables.
static int make_contains(lua_State *L) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_settop(L, 4);
    lua_pushliteral(L, "v");
    lua_pushcclosure(L, contains, 5);
    return 1;
}

static int text(lua_State *L) {
    switch (lua_type(L, 1)) {
    case LUA_TSTRING: break;
    case LUA_TBOOLEAN: lua_pushvalue(L, lua_upvalueindex(lua_toboolean(L, 1) ? TRUE : FALSE)); return 1;
    case LUA_TLIGHTUSERDATA: lua_pushvalue(L, lua_upvalueindex(NONE)); return 1;
    case LUA_TNUMBER:
        if (!lua_isinteger(L, 1)) return call_rest(L);
        lua_tolstring(L, 1, NULL); // in its place
        break;
    default: return call_rest(L);
    }
    lua_settop(L, 1);
    return 1;
}

// text(rest) -> f(v) -> string, as Python's str(v).
static int make_text(lua_State *L) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_settop(L, 1);
    lua_pushliteral(L, "True");
    lua_pushliteral(L, "False");
    lua_pushliteral(L, "None");
    lua_pushcclosure(L, text, 4);
    return 1;
}

int bind_access_open(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"path", make_path},   {"has", make_has},           {"truth", make_truth}, {"text", make_text},
        {"each", make_each},   {"pairs", make_pairs},       {"equal", make_equal}, {"unequal", make_unequal},
        {"order", make_order}, {"contains", make_contains}, {NULL, NULL}};
    luaL_newlib(L, functions);
    return 1;
}
