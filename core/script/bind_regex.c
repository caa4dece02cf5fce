// `require "tocsin.regex"`: regular expressions in Python's dialect (text/regex.h).
//
// Every function answers nil alone when the search ran past its bound, and nil, class, message ("error" or
// "IndexError", the names that Python has) for a pattern or template that is wrong. A search may use at most
// REGEX_WORK_MAX units; when fewer are left in the budget, those, and then the budget is spent and raises.
// Compiled patterns are kept in two generations: when the young one is full it becomes the old one.
#include "script/bindings.h"
#include "script/fuel.h"
#include "script/scratch.h"
#include "text/regex.h"
#include <lauxlib.h>

#define YOUNG_MAX   250 // patterns
#define YOUNG_BYTES ((size_t)2 << 20)

#define REGEX_TYPE "tocsin.regex"
#define BUF_TYPE   "tocsin.regex_buf"

struct cache {
    int count;
    size_t bytes;
};
enum { YOUNG = 1, OLD = 2 }; // user values of the cache

static str check_text(lua_State *L, int arg) {
    str s;
    s.ptr = luaL_checklstring(L, arg, &s.len);
    return s;
}

static int free_regex(lua_State *L) {
    regex **r = lua_touserdata(L, 1);
    regex_free(*r);
    *r = NULL;
    return 0;
}

static int free_buf(lua_State *L) {
    buf_free(lua_touserdata(L, 1));
    return 0;
}

static int push_failure(lua_State *L, const char *class, const char *message) {
    lua_pushnil(L);
    lua_pushstring(L, class);
    lua_pushstring(L, message);
    return 3;
}

// Looks in one generation for the pattern at argument 1; pushes it when it is there. What leaves the old
// generation is then in no table, so that nothing but what is in use survives a turn of the generations.
static const regex *push_kept(lua_State *L, int generation) {
    lua_getiuservalue(L, lua_upvalueindex(1), generation);
    lua_pushvalue(L, 1);
    lua_rawget(L, -2);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 2);
        return NULL;
    }
    if (generation == OLD) {
        lua_pushvalue(L, 1);
        lua_pushnil(L);
        lua_rawset(L, -4);
    }
    lua_remove(L, -2);
    return *(regex **)lua_touserdata(L, -1);
}

// Frees the old generation at once: the collector does not see what PCRE2 allocated.
static void free_old(lua_State *L) {
    lua_getiuservalue(L, lua_upvalueindex(1), OLD);
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        regex **r = lua_touserdata(L, -1);
        regex_free(*r);
        *r = NULL;
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

// Keeps the compiled pattern on the top.
static void keep(lua_State *L, const regex *r) {
    struct cache *cache = lua_touserdata(L, lua_upvalueindex(1));
    if (cache->count >= YOUNG_MAX || cache->bytes >= YOUNG_BYTES) {
        free_old(L);
        lua_getiuservalue(L, lua_upvalueindex(1), YOUNG);
        lua_setiuservalue(L, lua_upvalueindex(1), OLD);
        *cache = (struct cache){0};
        lua_newtable(L);
        lua_setiuservalue(L, lua_upvalueindex(1), YOUNG);
    }
    cache->count++;
    cache->bytes += regex_size(r);
    lua_getiuservalue(L, lua_upvalueindex(1), YOUNG);
    lua_pushvalue(L, 1);
    lua_pushvalue(L, -3);
    lua_rawset(L, -3);
    lua_pop(L, 1);
}

// The compiled pattern of argument 1, on the stack; NULL with *why set when it is wrong.
static const regex *push_regex(lua_State *L, struct why *why) {
    str pattern = check_text(L, 1);
    const regex *found = push_kept(L, YOUNG);
    if (found) return found;
    found = push_kept(L, OLD);
    if (!found) {
        fuel_bytes(L, pattern.len * REGEX_UNITS * FUEL_BYTES);
        regex **r = scratch_owned(L, sizeof(regex *), REGEX_TYPE, free_regex);
        if (regex_new(pattern, r, why)) return NULL;
        found = *r;
    }
    keep(L, found);
    return found;
}

// What one search may use.
static int64_t allowance(lua_State *L) {
    const struct fuel *f = fuel_of(L);
    return f->mode == FUEL_METERED && f->left < REGEX_WORK_MAX ? f->left : REGEX_WORK_MAX;
}

// Charges what was used; raises when the budget, not the bound of the search, stopped it.
static void charge(lua_State *L, int64_t given, int64_t left) { fuel_bytes(L, (size_t)(given - left) * FUEL_BYTES); }

static int run(lua_State *L, enum regex_where where) {
    struct why why;
    str s = check_text(L, 2);
    const regex *r = push_regex(L, &why);
    if (!r) return push_failure(L, "error", why.text);
    int64_t given = allowance(L), left = given;
    err e = regex_search(r, s, where, &left);
    charge(L, given, left);
    if (e == ERR_TIMEOUT) return 0;
    lua_pushboolean(L, e == ERR_OK);
    return 1;
}

// search(pattern, s) -> boolean | nil | nil, class, message
static int search(lua_State *L) { return run(L, REGEX_ANYWHERE); }

// match(pattern, s) -> boolean | nil | nil, class, message: at the start of s
static int match(lua_State *L) { return run(L, REGEX_AT_START); }

// replace(pattern, template, s) -> string, is_given | nil | nil, class, message: is_given when Python's would not make a
// new str of what it is given, as it is too short for the pattern
static int replace(lua_State *L) {
    struct why why;
    str template = check_text(L, 2), s = check_text(L, 3);
    const regex *r = push_regex(L, &why);
    if (!r) return push_failure(L, "error", why.text);
    buf *out = scratch_owned(L, sizeof *out, BUF_TYPE, free_buf);
    int64_t given = allowance(L), left = given;
    err e = regex_replace(r, template, s, out, &left, &why);
    charge(L, given, left);
    if (e == ERR_TIMEOUT) return 0;
    if (e) return push_failure(L, e == ERR_NOT_FOUND ? "IndexError" : "error", why.text);
    lua_pushlstring(L, out->len ? out->ptr : "", out->len);
    lua_pushboolean(L, regex_is_too_short(r, s));
    buf_free(out);
    return 2;
}

int bind_regex_open(lua_State *L) {
    static const luaL_Reg functions[] = {{"search", search}, {"match", match}, {"replace", replace}, {NULL, NULL}};
    luaL_newlibtable(L, functions);
    struct cache *cache = lua_newuserdatauv(L, sizeof *cache, 2);
    *cache = (struct cache){0};
    for (int generation = YOUNG; generation <= OLD; generation++) {
        lua_newtable(L);
        lua_setiuservalue(L, -2, generation);
    }
    luaL_setfuncs(L, functions, 1);
    return 1;
}
