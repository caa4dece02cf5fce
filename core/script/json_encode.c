// Lua values to JSON text: plain tables (keys sorted, so that output is deterministic), the templates'
// ordered tables (in their order), arrays by metatable, and values that bring their own text (`json.raw`, a
// metatable's `__json`).
#include "script/fuel.h"
#include "script/values.h"
#include "text/json.h"
#include <lauxlib.h>
#include <math.h>
#include <stdlib.h>

struct writer {
    lua_State *L;
    struct scratch *s;
    struct why *why;
    size_t max; // bytes of output: a small table that holds another twice, and so on, is a very long text
    int depth;
};

static bool write_value(struct writer *w, int index);

static bool refuse(struct writer *w, const char *what, int index) {
    why_set(w->why, ERR_INVALID, "%s cannot be written as JSON: %s", luaL_typename(w->L, index), what);
    return false;
}

static bool write_number(struct writer *w, int index) {
    char text[JSON_NUMBER_MAX];
    if (lua_isinteger(w->L, index)) {
        buf_int(&w->s->out, lua_tointeger(w->L, index));
        return true;
    }
    double number = lua_tonumber(w->L, index);
    if (isnan(number)) return refuse(w, "it is not a number (NaN)", index);
    buf_put(&w->s->out, text, json_number(number, text));
    return true;
}

static bool write_string(struct writer *w, int index) {
    str text;
    text.ptr = lua_tolstring(w->L, index, &text.len);
    fuel_bytes(w->L, text.len);
    buf_json(&w->s->out, text);
    return true;
}

// --- arrays ---

static lua_Integer length_of(lua_State *L, int table) {
    lua_pushliteral(L, "n");
    lua_Integer n = lua_rawget(L, table) == LUA_TNUMBER ? lua_tointeger(L, -1) : (lua_Integer)lua_rawlen(L, table);
    lua_pop(L, 1);
    return n;
}

static bool write_array(struct writer *w, int table) {
    lua_Integer n = length_of(w->L, table);
    buf_char(&w->s->out, '[');
    for (lua_Integer i = 1; i <= n; i++) {
        if (i > 1) buf_char(&w->s->out, ',');
        lua_rawgeti(w->L, table, i);
        bool is_written = write_value(w, lua_gettop(w->L));
        lua_pop(w->L, 1);
        if (!is_written) return false;
    }
    buf_char(&w->s->out, ']');
    return true;
}

// --- ordered tables ---

// The key at `index` as a JSON string, the way Python's json writes keys.
static bool write_key(struct writer *w, int index) {
    lua_State *L = w->L;
    char text[JSON_NUMBER_MAX];
    buf *out = &w->s->out;
    switch (lua_type(L, index)) {
    case LUA_TSTRING: write_string(w, index); break;
    case LUA_TBOOLEAN: buf_str(out, lua_toboolean(L, index) ? STR("\"true\"") : STR("\"false\"")); break;
    case LUA_TLIGHTUSERDATA: buf_lit(out, "\"null\""); break;
    case LUA_TNUMBER:
        buf_char(out, '"');
        if (lua_isinteger(L, index)) buf_int(out, lua_tointeger(L, index));
        else if (isnan(lua_tonumber(L, index))) buf_lit(out, "NaN");
        else buf_put(out, text, json_number(lua_tonumber(L, index), text));
        buf_char(out, '"');
        break;
    default: return refuse(w, "it is the key of an object", index);
    }
    buf_char(out, ':');
    return true;
}

// Pushes v[key] for the key on the top; booleans are stored under 1 and 0.
static void push_ordered_value(lua_State *L, int values) {
    if (lua_isboolean(L, -1)) lua_pushinteger(L, lua_toboolean(L, -1));
    else lua_pushvalue(L, -1);
    lua_rawget(L, values);
}

// The key on the top and its value below `values`; a key without a value is a place left by a deletion.
static bool write_ordered_member(struct writer *w, int values, lua_Integer *written) {
    push_ordered_value(w->L, values);
    bool is_written = true;
    if (!lua_isnil(w->L, -1)) {
        if ((*written)++) buf_char(&w->s->out, ',');
        is_written = write_key(w, lua_gettop(w->L) - 1) && write_value(w, lua_gettop(w->L));
    }
    lua_pop(w->L, 2);
    return is_written;
}

static bool write_ordered(struct writer *w, int table) {
    lua_State *L = w->L;
    lua_Integer n = length_of(L, table), written = 0;
    lua_getfield(L, table, "k");
    lua_getfield(L, table, "v");
    int keys = lua_gettop(L) - 1, values = keys + 1;
    if (!lua_istable(L, keys) || !lua_istable(L, values)) return refuse(w, "it is no ordered table", table);
    buf_char(&w->s->out, '{');
    for (lua_Integer i = 1, end = 2 * n + 64 + (lua_Integer)lua_rawlen(L, keys); written < n && i <= end; i++) {
        if (lua_rawgeti(L, keys, i) == LUA_TNIL) lua_pop(L, 1);
        else if (!write_ordered_member(w, values, &written)) return false;
    }
    buf_char(&w->s->out, '}');
    lua_pop(L, 2);
    return true;
}

// --- plain tables ---

static int compare_keys(const void *a, const void *b) {
    const str *x = a, *y = b;
    size_t shorter = x->len < y->len ? x->len : y->len;
    int order = shorter ? memcmp(x->ptr, y->ptr, shorter) : 0;
    return order ? order : (x->len > y->len) - (x->len < y->len);
}

// The table's keys, sorted; the strings stay alive because the table holds them. False when one is no string.
static bool sorted_keys(struct writer *w, int table, str **keys, size_t *count) {
    lua_State *L = w->L;
    size_t n = 0;
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) n++;
    fuel_bytes(L, n * FUEL_NODE * FUEL_BYTES);
    str *list = arena_alloc(w->s->memory, n * sizeof *list);
    n = 0;
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING)
            return refuse(w, "it is a key among others that are text", lua_gettop(L) - 1);
        list[n].ptr = lua_tolstring(L, -2, &list[n].len);
        n++;
    }
    qsort(list, n, sizeof *list, compare_keys);
    *keys = list;
    *count = n;
    return true;
}

static bool write_plain(struct writer *w, int table) {
    lua_State *L = w->L;
    str *keys;
    size_t count;
    if (!sorted_keys(w, table, &keys, &count)) return false;
    buf_char(&w->s->out, '{');
    for (size_t i = 0; i < count; i++) {
        if (i) buf_char(&w->s->out, ',');
        lua_pushlstring(L, keys[i].ptr, keys[i].len);
        write_key(w, lua_gettop(L));
        lua_rawget(L, table);
        bool is_written = write_value(w, lua_gettop(L));
        lua_pop(L, 1);
        if (!is_written) return false;
    }
    buf_char(&w->s->out, '}');
    return true;
}

// --- all of them ---

// A value that brings its own text: raw(text), or a metatable with __json(value) -> text.
static bool write_own_text(struct writer *w, int table, bool *is_own) {
    lua_State *L = w->L;
    *is_own = true;
    if (types_is(L, table, TYPE_RAW)) {
        lua_rawgeti(L, table, 1);
    } else if (luaL_getmetafield(L, table, "__json") != LUA_TNIL) {
        lua_pushvalue(L, table);
        lua_call(L, 1, 1);
    } else {
        *is_own = false;
        return true;
    }
    if (lua_type(L, -1) != LUA_TSTRING) return refuse(w, "its own text is no string", table);
    str text;
    text.ptr = lua_tolstring(L, -1, &text.len);
    fuel_bytes(L, text.len);
    buf_str(&w->s->out, text);
    lua_pop(L, 1);
    return true;
}

// A table without metatable is an array when it has a first item; one that has other keys too is nothing JSON
// knows.
static bool is_sequence(lua_State *L, int table) {
    bool has_first = lua_rawgeti(L, table, 1) != LUA_TNIL;
    lua_pop(L, 1);
    if (!has_first) return false;
    lua_Unsigned n = lua_rawlen(L, table), count = 0;
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) count++;
    return count == n;
}

static bool is_array(lua_State *L, int table) {
    if (types_is(L, table, TYPE_ARRAY) || types_is(L, table, TYPE_LIST) || types_is(L, table, TYPE_TUPLE)) return true;
    if (lua_getmetatable(L, table)) {
        lua_pop(L, 1);
        return false;
    }
    return is_sequence(L, table);
}

static bool write_table(struct writer *w, int table) {
    bool is_own, is_written = write_own_text(w, table, &is_own);
    if (is_own || !is_written) return is_written;
    if (w->depth >= JSON_DEPTH_MAX) return refuse(w, "it is nested deeper than 128 levels", table);
    luaL_checkstack(w->L, 16, "JSON is nested too deeply");
    fuel_bytes(w->L, FUEL_NODE * FUEL_BYTES);
    w->depth++;
    is_written = is_array(w->L, table)              ? write_array(w, table)
                 : types_is(w->L, table, TYPE_DICT) ? write_ordered(w, table)
                                                    : write_plain(w, table);
    w->depth--;
    return is_written;
}

// A payload is written from its ordered table, since a template may have changed that.
static bool write_payload(struct writer *w, int index) {
    if (!payload_json(w->L, index)) return refuse(w, "it is no value of JSON", index);
    payload_expand(w->L, index);
    bool is_written = write_table(w, lua_gettop(w->L));
    lua_pop(w->L, 1);
    return is_written;
}

static bool write_value(struct writer *w, int index) {
    lua_State *L = w->L;
    switch (lua_type(L, index)) {
    case LUA_TNIL: buf_lit(&w->s->out, "null"); return true;
    case LUA_TLIGHTUSERDATA:
        if (lua_touserdata(L, index)) return refuse(w, "it is no value of JSON", index);
        buf_lit(&w->s->out, "null");
        return true;
    case LUA_TBOOLEAN: buf_str(&w->s->out, lua_toboolean(L, index) ? STR("true") : STR("false")); return true;
    case LUA_TNUMBER: return write_number(w, index);
    case LUA_TSTRING: return write_string(w, index);
    case LUA_TTABLE: return write_table(w, index);
    case LUA_TUSERDATA: return write_payload(w, index);
    default: return refuse(w, "it is no value of JSON", index);
    }
}

bool encode(lua_State *L, int index, size_t max, struct scratch *s, struct why *why) {
    struct writer w = {.L = L, .s = s, .why = why, .max = max};
    int top = lua_gettop(L);
    bool is_written = write_value(&w, lua_absindex(L, index));
    lua_settop(L, top);
    return is_written;
}
