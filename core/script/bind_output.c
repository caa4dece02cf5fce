// `require "tocsin.output"`: the one buffer that the templates of a Lua state write to.
//
// Functions of generated code nest strictly: each remembers where the buffer ends when it begins, writes behind that, and
// cuts its part off as its result. So one buffer serves macros, captures and the template around them, and a text is
// copied into it as it is, without a Lua string or a table for its pieces. The bytes are a userdata, so that they count as
// the state's memory like everything else.
#include "script/bindings.h"
#include <lauxlib.h>
#include <stdint.h>
#include <string.h>

enum { OUTPUT = 1, REST, BYTES = 1 }; // upvalues; user value of the buffer
enum { FIRST = 4096, KEPT = 65536 };  // bytes at first; what is more than KEPT is given back

struct output {
    char *bytes;
    size_t len, cap;
};

static struct output *output_of(lua_State *L) { return lua_touserdata(L, lua_upvalueindex(OUTPUT)); }

static void grow(lua_State *L, struct output *o, size_t more) {
    size_t cap = o->cap ? 2 * o->cap : FIRST;
    if (more > SIZE_MAX / 4) luaL_error(L, "not enough memory");
    if (cap < o->len + more) cap = o->len + more;
    char *bytes = lua_newuserdatauv(L, cap, 0);
    if (o->len) memcpy(bytes, o->bytes, o->len);
    lua_setiuservalue(L, lua_upvalueindex(OUTPUT), BYTES);
    o->bytes = bytes;
    o->cap = cap;
}

static void append(lua_State *L, struct output *o, const char *text, size_t n) {
    if (n == 0) return; // there may be no buffer yet
    if (n > o->cap - o->len) grow(L, o, n);
    memcpy(o->bytes + o->len, text, n);
    o->len += n;
}

static void append_integer(lua_State *L, struct output *o, lua_Integer i) {
    char digits[24], *at = digits + sizeof digits;
    uint64_t rest = i < 0 ? 0 - (uint64_t)i : (uint64_t)i;
    do *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (i < 0) *--at = '-';
    append(L, o, at, (size_t)(digits + sizeof digits - at));
}

static void append_value(lua_State *L, struct output *o, int index) {
    size_t n;
    const char *text;
    switch (lua_type(L, index)) {
    case LUA_TSTRING:
        text = lua_tolstring(L, index, &n);
        append(L, o, text, n);
        return;
    case LUA_TBOOLEAN:
        if (lua_toboolean(L, index)) append(L, o, "True", 4);
        else append(L, o, "False", 5);
        return;
    case LUA_TLIGHTUSERDATA: append(L, o, "None", 4); return;
    case LUA_TNUMBER:
        if (!lua_isinteger(L, index)) break;
        append_integer(L, o, lua_tointeger(L, index));
        return;
    default: break;
    }
    lua_pushvalue(L, lua_upvalueindex(REST));
    lua_pushvalue(L, index);
    lua_call(L, 1, 1);
    text = lua_tolstring(L, -1, &n);
    if (!text) {
        luaL_error(L, "no text to write");
        return; // it does not: said for who checks
    }
    append(L, o, text, n);
    lua_pop(L, 1);
}

// write(value, …): appends the text of each, as Python's str gives it.
static int write(lua_State *L) {
    struct output *o = output_of(L);
    int n = lua_gettop(L);
    for (int i = 1; i <= n; i++) append_value(L, o, i);
    return 0;
}

// mark() -> where the buffer ends.
static int mark(lua_State *L) {
    lua_pushinteger(L, (lua_Integer)output_of(L)->len);
    return 1;
}

static size_t check_mark(lua_State *L, const struct output *o) {
    lua_Integer from = luaL_checkinteger(L, 1);
    luaL_argcheck(L, from >= 0 && (size_t)from <= o->len, 1, "not a mark of this buffer");
    return (size_t)from;
}

static void shorten(lua_State *L, struct output *o, size_t len) {
    o->len = len;
    if (len || o->cap <= KEPT) return;
    lua_pushnil(L);
    lua_setiuservalue(L, lua_upvalueindex(OUTPUT), BYTES);
    *o = (struct output){0};
}

// cut(mark) -> string: what was written since.
static int cut(lua_State *L) {
    struct output *o = output_of(L);
    size_t from = check_mark(L, o);
    if (o->len == from) lua_pushliteral(L, "");
    else lua_pushlstring(L, o->bytes + from, o->len - from);
    shorten(L, o, from);
    return 1;
}

// drop(mark): forgets what was written since.
static int drop(lua_State *L) {
    struct output *o = output_of(L);
    shorten(L, o, check_mark(L, o));
    return 0;
}

// open(rest) -> {write=, mark=, cut=, drop=} of a new buffer; rest(value) gives the text of what is not plain.
static int open(lua_State *L) {
    static const luaL_Reg functions[] = {{"write", write}, {"mark", mark}, {"cut", cut}, {"drop", drop}, {NULL, NULL}};
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_settop(L, 1);
    luaL_newlibtable(L, functions);
    struct output *o = lua_newuserdatauv(L, sizeof *o, 1);
    *o = (struct output){0};
    lua_pushvalue(L, 1);
    luaL_setfuncs(L, functions, 2);
    return 1;
}

int bind_output_open(lua_State *L) {
    static const luaL_Reg functions[] = {{"open", open}, {NULL, NULL}};
    luaL_newlib(L, functions);
    return 1;
}
