// `require "tocsin.sandbox"`: contributors' functions under a count of instructions, in a closed environment.
//
// Three rings. The count hook charges every STRIDE instructions; the bounded functions of lua/sandbox_env.lua
// charge for the work they do in C; and since some single instructions are dear (a hundred thousand varargs,
// comparing long strings), a function that takes far more processor time than its count allows is stopped by
// that. No error of these can be caught inside: the environment has no pcall, no metatables, no coroutines.
// Strings lose their metatable for the time of the call, so `s:rep(…)` does not go around the bounded
// functions, in plain Lua as in the server.
#include "base/err.h"
#include "script/bindings.h"
#include "script/fuel.h"
#include "script/scratch.h"
#include <lauxlib.h>
#include <time.h>

#define STRIDE       100              // instructions between two looks
#define NS_FLOOR     (50LL * 1000000) // processor time that any call may take
#define NS_PER_COUNT 500LL            // and for each instruction of its limit: about 50 times what one takes
#define LIMIT_MAX    1000000000
#define MESSAGE_MAX  1000

struct sandbox {
    int64_t left, limit;
    int64_t end_ns; // processor time of the thread
    bool is_active;
};

static const char key;

static struct sandbox *sandbox_of(lua_State *L) {
    struct sandbox *s;
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &key) == LUA_TUSERDATA) {
        s = lua_touserdata(L, -1);
    } else {
        s = lua_newuserdatauv(L, sizeof *s, 0);
        *s = (struct sandbox){0};
        lua_rawsetp(L, LUA_REGISTRYINDEX, &key);
    }
    lua_pop(L, 1);
    return s;
}

static int64_t thread_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void charge(lua_State *L, struct sandbox *s, int64_t count) {
    if (__builtin_sub_overflow(s->left, count, &s->left)) s->left = INT64_MIN / 2;
    if (s->left < 0) luaL_error(L, "ran past its limit of %I instructions", (LUAI_UACINT)s->limit);
    fuel_bytes(L, (size_t)count * FUEL_BYTES);
}

static void on_count(lua_State *L, lua_Debug *ar) {
    (void)ar;
    struct sandbox *s = sandbox_of(L);
    if (!s->is_active) return;
    charge(L, s, STRIDE);
    if (thread_ns() > s->end_ns) luaL_error(L, "took too much processor time");
}

// --- the call ---

// The message of the error value: a short string, whatever was raised.
static int on_error(lua_State *L) {
    if (fuel_is_error(L, 1)) return 1;
    size_t n;
    const char *message = lua_type(L, 1) == LUA_TSTRING ? lua_tolstring(L, 1, &n) : NULL;
    if (!message) lua_pushfstring(L, "raised a %s instead of a message", luaL_typename(L, 1));
    else lua_pushlstring(L, message, n < MESSAGE_MAX ? n : MESSAGE_MAX);
    return 1;
}

// Takes the metatable of strings off and leaves it (or nil) on the stack.
static void push_string_metatable(lua_State *L) {
    lua_pushliteral(L, "");
    if (!lua_getmetatable(L, -1)) lua_pushnil(L);
    lua_pushnil(L);
    lua_setmetatable(L, -3);
    lua_remove(L, -2);
}

// Puts back the metatable at `index`.
static void restore_string_metatable(lua_State *L, int index) {
    lua_pushliteral(L, "");
    lua_pushvalue(L, index);
    lua_setmetatable(L, -2);
    lua_pop(L, 1);
}

struct hook {
    lua_Hook function;
    int mask, count;
};

static struct hook swap_hook(lua_State *L, struct hook to) {
    struct hook old = {lua_gethook(L), lua_gethookmask(L), lua_gethookcount(L)};
    lua_sethook(L, to.function, to.mask, to.count);
    return old;
}

// call(f, limit, …) -> true, results… or false, message: runs f for at most `limit` instructions. Within
// another call it gets no more than that one has left. A spent fuel budget is raised, not returned.
static int call(lua_State *L) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_Integer limit = luaL_checkinteger(L, 2);
    luaL_argcheck(L, limit > 0 && limit <= LIMIT_MAX, 2, "the limit must be between 1 and 1,000,000,000");
    struct sandbox *s = sandbox_of(L), outer = *s;
    if (outer.is_active && outer.left < limit) limit = outer.left > 0 ? outer.left : 0;
    *s = (struct sandbox){.left = limit, .limit = limit, .is_active = true};
    s->end_ns = thread_ns() + NS_FLOOR + limit * NS_PER_COUNT;
    lua_pushcfunction(L, on_error);
    lua_replace(L, 2);
    push_string_metatable(L);
    lua_insert(L, 1); // metatable, f, handler, arguments…
    lua_pushvalue(L, 2);
    lua_insert(L, 4);
    struct hook old = swap_hook(L, (struct hook){on_count, LUA_MASKCOUNT, STRIDE});
    int status = lua_pcall(L, lua_gettop(L) - 4, LUA_MULTRET, 3);
    swap_hook(L, old);
    int64_t used = limit - s->left;
    *s = outer;
    s->left -= used;
    restore_string_metatable(L, 1);
    if (status != LUA_OK && lua_type(L, -1) != LUA_TSTRING) return lua_error(L);
    lua_pushboolean(L, status == LUA_OK);
    lua_replace(L, 3);
    return lua_gettop(L) - 2;
}

// load(source, name, environment) -> function, or nil and a message. Text only; globals are that table's
// fields.
static int load(lua_State *L) {
    str source;
    source.ptr = luaL_checklstring(L, 1, &source.len);
    const char *name = luaL_checkstring(L, 2);
    luaL_checktype(L, 3, LUA_TTABLE);
    fuel_bytes(L, source.len * FUEL_BYTES);
    if (luaL_loadbufferx(L, source.ptr, source.len, name, "t")) {
        lua_pushnil(L);
        lua_insert(L, -2);
        return 2;
    }
    lua_pushvalue(L, 3);
    if (!lua_setupvalue(L, -2, 1)) lua_pop(L, 1);
    return 1;
}

// charge(count): takes that many instructions off the running call; nothing outside one.
static int charge_call(lua_State *L) {
    lua_Integer count = luaL_checkinteger(L, 1);
    luaL_argcheck(L, count >= 0, 1, "a count cannot be negative");
    struct sandbox *s = sandbox_of(L);
    if (s->is_active) charge(L, s, count);
    return 0;
}

// left() -> instructions that the running call may still take; nil outside one.
static int left(lua_State *L) {
    const struct sandbox *s = sandbox_of(L);
    if (!s->is_active) return 0;
    lua_pushinteger(L, s->left);
    return 1;
}

// find(text, needle, start) -> first and last place of the needle, or nil; in linear time, no patterns.
static int find(lua_State *L) {
    str text, needle;
    text.ptr = luaL_checklstring(L, 1, &text.len);
    needle.ptr = luaL_checklstring(L, 2, &needle.len);
    lua_Integer start = luaL_optinteger(L, 3, 1);
    if (start < 0) start = (lua_Integer)text.len + start + 1;
    size_t from = start > 1 ? (size_t)start - 1 : 0;
    if (from > text.len) return 0;
    const char *at = memmem(text.ptr + from, text.len - from, needle.ptr, needle.len);
    if (!at) return 0;
    lua_pushinteger(L, at - text.ptr + 1);
    lua_pushinteger(L, at - text.ptr + (lua_Integer)needle.len);
    return 2;
}

int bind_sandbox_open(lua_State *L) {
    static const luaL_Reg functions[] = {{"call", call}, {"load", load}, {"charge", charge_call},
                                         {"left", left}, {"find", find}, {NULL, NULL}};
    luaL_newlib(L, functions);
    return 1;
}
