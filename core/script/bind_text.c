// `require "tocsin.text"`: Python's text methods for templates (text/text.h).
//
// Strings are UTF-8, indexes are code points from 0; nil stands for an argument left out. Every function
// charges fuel for the bytes it reads before it reads them, and for those it builds before it builds them.
// Lists of strings are plain tables {n=, [1..n]}.
#include "script/bindings.h"
#include "script/fuel.h"
#include "text/text.h"
#include <lauxlib.h>

#define RESULT_MAX ((size_t)1 << 30) // bytes; where fuel is counted it ends long before
#define PIECE_COST 128               // bytes that one string of a list is charged as, beside its own

static str check_text(lua_State *L, int arg) {
    str s;
    s.ptr = luaL_checklstring(L, arg, &s.len);
    return s;
}

static int push_text(lua_State *L, str s) {
    lua_pushlstring(L, s.ptr, s.len);
    return 1;
}

static void check_size(lua_State *L, size_t n) {
    fuel_bytes(L, n);
    if (n > RESULT_MAX) luaL_error(L, "the text would be longer than %d bytes", (int)RESULT_MAX);
}

static int build(lua_State *L, text_fn *fn, str s, const void *option) {
    fuel_bytes(L, s.len);
    size_t n = fn(NULL, s, option);
    check_size(L, n);
    luaL_Buffer b;
    char *out = luaL_buffinitsize(L, &b, n);
    fn(out, s, option);
    luaL_pushresultsize(&b, n);
    return 1;
}

// name(s) -> string, for every function that needs nothing else.
#define PLAIN_LIST(X)                \
    X(str_repr, text_repr)           \
    X(str_ascii, text_ascii)         \
    X(upper, text_upper)             \
    X(lower, text_lower)             \
    X(title, text_title)             \
    X(capitalize, text_capitalize)   \
    X(swapcase, text_swapcase)       \
    X(casefold, text_casefold)       \
    X(title_words, text_title_words) \
    X(ascii_digits, text_digits)     \
    X(lua_string, text_lua)          \
    X(escape_html, text_escape)      \
    X(unescape_html, text_unescape)  \
    X(reverse, text_reverse)
#define X(name, fn) \
    static int name(lua_State *L) { return build(L, fn, check_text(L, 1), NULL); }
PLAIN_LIST(X)
#undef X

// float_repr(x) -> Python's repr of the float
static int float_repr(lua_State *L) {
    char out[TEXT_FLOAT_MAX];
    return push_text(L, (str){out, text_float(out, luaL_checknumber(L, 1))});
}

// json_string(s, ascii, html) -> a JSON string with its quotes
static int json_string(lua_State *L) {
    struct text_json how = {lua_toboolean(L, 2), lua_toboolean(L, 3)};
    return build(L, text_json, check_text(L, 1), &how);
}

// url_quote(s, safe) -> percent-encoded; `safe` lists ASCII characters to keep beside letters, digits and
// _.-~
static int url_quote(lua_State *L) {
    str safe = lua_isnoneornil(L, 2) ? STR("") : check_text(L, 2);
    return build(L, text_url, check_text(L, 1), &safe);
}

// striptags(s) -> without comments and tags, white space collapsed, references resolved
static int striptags(lua_State *L) {
    str s = check_text(L, 1);
    check_size(L, s.len);
    char *copy = lua_newuserdatauv(L, s.len + 1, 0);
    memcpy(copy, s.ptr, s.len);
    return build(L, text_unescape, (str){copy, text_strip_tags(copy, s.len)}, NULL);
}

// b64decode(s) -> bytes, or nil for bad padding; characters that are not of the alphabet are skipped
static int b64decode(lua_State *L) {
    str s = check_text(L, 1);
    check_size(L, s.len);
    luaL_Buffer b;
    size_t n = 0;
    if (!text_base64(s, luaL_buffinitsize(L, &b, s.len / 4 * 3 + 3), &n)) return 0;
    luaL_pushresultsize(&b, n);
    return 1;
}

static int ask(lua_State *L, bool (*question)(str s)) {
    str s = check_text(L, 1);
    fuel_bytes(L, s.len);
    lua_pushboolean(L, question(s));
    return 1;
}

// valid_utf8(s) -> boolean
static int valid_utf8(lua_State *L) { return ask(L, str_is_utf8); }

// is_ascii(s) -> boolean
static int is_ascii(lua_State *L) { return ask(L, utf8_is_ascii); }

// is(s, class) -> boolean, Python's str.is<class>
static int is(lua_State *L) {
    static const char *const classes[] = {"alpha", "digit", "decimal",    "numeric",   "alnum", "space", "lower",
                                          "upper", "title", "identifier", "printable", "ascii", NULL};
    str s = check_text(L, 1);
    int class = luaL_checkoption(L, 2, NULL, classes);
    fuel_bytes(L, s.len);
    lua_pushboolean(L, text_is(s, (enum text_class) class));
    return 1;
}

static int measure(lua_State *L, size_t (*of)(str s)) {
    str s = check_text(L, 1);
    fuel_bytes(L, s.len);
    lua_pushinteger(L, (lua_Integer)of(s));
    return 1;
}

// len(s) -> code points
static int len(lua_State *L) { return measure(L, utf8_len); }

// words(s) -> how many runs of letters, digits and underscores
static int words(lua_State *L) { return measure(L, text_words); }

// ord(s) -> the first code point; nil for an empty text
static int ord(lua_State *L) {
    str s = check_text(L, 1);
    size_t at = 0;
    if (s.len == 0) return 0;
    lua_pushinteger(L, utf8_next(s, &at));
    return 1;
}

// chars(s) -> list of its characters
static int chars(lua_State *L) {
    str s = check_text(L, 1);
    size_t n = utf8_len(s);
    check_size(L, n > RESULT_MAX / PIECE_COST ? SIZE_MAX : n * PIECE_COST);
    lua_createtable(L, (int)n, 1);
    lua_Integer i = 0;
    for (size_t at = 0; at < s.len;) {
        size_t from = at;
        utf8_next(s, &at);
        lua_pushlstring(L, s.ptr + from, at - from);
        lua_rawseti(L, -2, ++i);
    }
    lua_pushinteger(L, i);
    lua_setfield(L, -2, "n");
    return 1;
}

// Part of a text by Python's rules for [from:to]: bytes, and the index where it starts.
struct range {
    str part;
    size_t first;
};

static lua_Integer bound(lua_State *L, int arg, lua_Integer missing, lua_Integer length) {
    if (lua_isnoneornil(L, arg)) return missing;
    lua_Integer i = luaL_checkinteger(L, arg);
    return i < 0 ? (i + length < 0 ? 0 : i + length) : i;
}

// False when nothing can be there, not even the empty text.
static bool check_range(lua_State *L, str s, int arg, struct range *out) {
    *out = (struct range){s, 0};
    if (lua_isnoneornil(L, arg) && lua_isnoneornil(L, arg + 1)) return true;
    lua_Integer length = (lua_Integer)utf8_len(s);
    lua_Integer from = bound(L, arg, 0, length), to = bound(L, arg + 1, length, length);
    if (to > length) to = length;
    if (from > to) return false;
    size_t start = utf8_offset(s, 0, (size_t)from), end = utf8_offset(s, start, (size_t)(to - from));
    *out = (struct range){{s.ptr + start, end - start}, (size_t)from};
    return true;
}

static int push_index(lua_State *L, const struct range *r, ptrdiff_t at) {
    lua_pushinteger(L, at < 0 ? -1 : (lua_Integer)(r->first + utf8_len((str){r->part.ptr, (size_t)at})));
    return 1;
}

// find(s, sub, from, to) -> index or -1
static int find(lua_State *L) {
    str s = check_text(L, 1), sub = check_text(L, 2);
    fuel_bytes(L, s.len);
    struct range r;
    return push_index(L, &r, check_range(L, s, 3, &r) ? text_find_bytes(r.part, sub) : -1);
}

// What looking for `sub` from the right may cost.
static size_t reverse_cost(str s, str sub) { return s.len + s.len * (sub.len / 16); }

// rfind(s, sub, from, to) -> index or -1
static int rfind(lua_State *L) {
    str s = check_text(L, 1), sub = check_text(L, 2);
    fuel_bytes(L, reverse_cost(s, sub));
    struct range r;
    return push_index(L, &r, check_range(L, s, 3, &r) ? text_rfind_bytes(r.part, sub) : -1);
}

// count(s, sub, from, to) -> how often, without overlaps
static int count(lua_State *L) {
    str s = check_text(L, 1), sub = check_text(L, 2);
    fuel_bytes(L, s.len);
    struct range r;
    lua_pushinteger(L, check_range(L, s, 3, &r) ? (lua_Integer)text_count(r.part, sub) : 0);
    return 1;
}

static int affix(lua_State *L, bool (*is_there)(str s, str affix)) {
    str s = check_text(L, 1), part = check_text(L, 2);
    bool whole = lua_isnoneornil(L, 3) && lua_isnoneornil(L, 4);
    fuel_bytes(L, whole ? part.len : s.len);
    struct range r;
    lua_pushboolean(L, check_range(L, s, 3, &r) && is_there(r.part, part));
    return 1;
}

// starts(s, affix, from, to) -> boolean
static int starts(lua_State *L) { return affix(L, str_starts); }

// ends(s, affix, from, to) -> boolean
static int ends(lua_State *L) { return affix(L, str_ends); }

// sub(s, i, j) -> the code points i to j - 1; neither is negative, j nil = to the end
static int sub(lua_State *L) {
    str s = check_text(L, 1);
    lua_Integer from = luaL_checkinteger(L, 2), to = luaL_optinteger(L, 3, LUA_MAXINTEGER);
    fuel_bytes(L, s.len);
    if (from < 0 || to <= from) return push_text(L, STR(""));
    size_t start = utf8_offset(s, 0, (size_t)from);
    return push_text(L, (str){s.ptr + start, utf8_offset(s, start, (size_t)(to - from)) - start});
}

// at(s, i) -> the character at index i, counted from the end when negative; nil when there is none
static int at(lua_State *L) {
    str s = check_text(L, 1);
    lua_Integer i = luaL_checkinteger(L, 2);
    fuel_bytes(L, s.len);
    lua_Integer length = (lua_Integer)utf8_len(s);
    if (i < 0) i += length;
    if (i < 0 || i >= length) return 0;
    size_t from = (size_t)length == s.len ? (size_t)i : utf8_offset(s, 0, (size_t)i), end = from;
    utf8_next(s, &end);
    return push_text(L, (str){s.ptr + from, end - from});
}

static lua_Integer clamp(lua_Integer i, lua_Integer low, lua_Integer high) {
    return i < low ? low : i > high ? high : i;
}

// An end of a slice: inside the text, or one before it when the step goes down.
static lua_Integer slice_end(lua_State *L, int arg, lua_Integer missing, lua_Integer length, bool down) {
    if (lua_isnoneornil(L, arg)) return missing;
    lua_Integer i = luaL_checkinteger(L, arg);
    if (i < 0) i = i < -length ? -1 - length : i + length; // far below: clamped next
    return clamp(i, down ? -1 : 0, down ? length - 1 : length);
}

// slice(s, from, to, step) -> s[from:to:step]; raises for step 0
static int slice(lua_State *L) {
    str s = check_text(L, 1);
    lua_Integer step = luaL_optinteger(L, 4, 1);
    if (step == 0) return luaL_argerror(L, 4, "slice step cannot be zero");
    fuel_bytes(L, s.len);
    lua_Integer length = (lua_Integer)utf8_len(s);
    bool down = step < 0;
    step = clamp(step, -LUA_MAXINTEGER, LUA_MAXINTEGER);
    lua_Integer from = slice_end(L, 2, down ? length - 1 : 0, length, down);
    lua_Integer to = slice_end(L, 3, down ? -1 : length, length, down);
    lua_Integer span = down ? from - to : to - from;
    if (span <= 0) return push_text(L, STR(""));
    struct text_slice how = {from, step, (size_t)((span - 1) / (down ? -step : step)) + 1};
    return build(L, text_slice, s, &how);
}

// replace(s, old, new, count) -> string; count nil or negative = all
static int replace(lua_State *L) {
    struct text_replace how = {check_text(L, 2), check_text(L, 3), luaL_optinteger(L, 4, -1)};
    return build(L, text_replace, check_text(L, 1), &how);
}

// strip(s, chars, where) -> string; chars nil = white space; where nil, "l" or "r"
static int strip(lua_State *L) {
    static const char *const names[] = {"l", "r", "lr", NULL};
    str s = check_text(L, 1);
    bool space = lua_isnoneornil(L, 2);
    str set = space ? STR("") : check_text(L, 2);
    enum text_side side = (enum text_side)(luaL_checkoption(L, 3, "lr", names) + 1);
    fuel_bytes(L, reverse_cost(s, set));
    return push_text(L, space ? text_strip(s, side) : text_strip_set(s, set, side));
}

static void add_piece(lua_State *L, str piece, lua_Integer i) {
    fuel_bytes(L, piece.len + PIECE_COST);
    push_text(L, piece);
    lua_rawseti(L, -2, i);
}

static int end_list(lua_State *L, lua_Integer n) {
    lua_pushinteger(L, n);
    lua_setfield(L, -2, "n");
    return 1;
}

static struct text_split check_split(lua_State *L) {
    str s = check_text(L, 1), by = {NULL, 0};
    if (!lua_isnoneornil(L, 2)) {
        by = check_text(L, 2);
        luaL_argcheck(L, by.len > 0, 2, "empty separator");
    }
    fuel_bytes(L, reverse_cost(s, by));
    return (struct text_split){.rest = s, .by = by, .max = luaL_optinteger(L, 3, -1)};
}

static lua_Integer push_pieces(lua_State *L, bool (*next)(struct text_split *it, str *part)) {
    struct text_split it = check_split(L);
    lua_Integer n = 0;
    str piece;
    lua_newtable(L);
    while (next(&it, &piece)) add_piece(L, piece, ++n);
    return n;
}

// split(s, sep, max) -> list; sep nil = runs of white space
static int split(lua_State *L) { return end_list(L, push_pieces(L, text_split_next)); }

static void turn_round(lua_State *L, lua_Integer n) {
    for (lua_Integer i = 1; i < n; i++, n--) {
        lua_rawgeti(L, -1, i);
        lua_rawgeti(L, -2, n);
        lua_rawseti(L, -3, i);
        lua_rawseti(L, -2, n);
    }
}

// rsplit(s, sep, max) -> list, counted from the right
static int rsplit(lua_State *L) {
    lua_Integer n = push_pieces(L, text_rsplit_next);
    turn_round(L, n);
    return end_list(L, n);
}

// splitlines(s, keep_ends) -> list
static int splitlines(lua_State *L) {
    str rest = check_text(L, 1), line;
    bool keep = lua_toboolean(L, 2);
    fuel_bytes(L, rest.len);
    lua_Integer n = 0;
    lua_newtable(L);
    while (text_line_next(&rest, keep, &line)) add_piece(L, line, ++n);
    return end_list(L, n);
}

// partition(s, sep, right) -> before, sep, after; without sep: s, "", "" (right: "", "", s)
static int partition(lua_State *L) {
    str s = check_text(L, 1), by = check_text(L, 2);
    bool right = lua_toboolean(L, 3);
    luaL_argcheck(L, by.len > 0, 2, "empty separator");
    fuel_bytes(L, right ? reverse_cost(s, by) : s.len);
    ptrdiff_t found = right ? text_rfind_bytes(s, by) : text_find_bytes(s, by);
    str none = STR("");
    push_text(L, found < 0 ? (right ? none : s) : (str){s.ptr, (size_t)found});
    push_text(L, found < 0 ? none : by);
    push_text(L, found < 0 ? (right ? s : none) : str_from(s, (size_t)found + by.len));
    return 3;
}

// How many characters are missing to `width`.
static size_t check_missing(lua_State *L, str s) {
    lua_Integer width = luaL_checkinteger(L, 2);
    fuel_bytes(L, s.len);
    lua_Integer length = (lua_Integer)utf8_len(s);
    if (width <= length) return 0;
    if (width > (lua_Integer)RESULT_MAX) check_size(L, SIZE_MAX / 2);
    return (size_t)(width - length);
}

static int pad(lua_State *L, str s, size_t left, size_t right) {
    str fill = lua_isnoneornil(L, 3) ? STR(" ") : check_text(L, 3);
    luaL_argcheck(L, fill.len <= UTF8_MAX && utf8_len(fill) == 1, 3,
                  "the fill character must be exactly one character long");
    struct text_pad how = {left, right, fill};
    return build(L, text_pad, s, &how);
}

// center(s, width, fill) -> string
static int center(lua_State *L) {
    str s = check_text(L, 1);
    size_t missing = check_missing(L, s), left = missing / 2 + (missing & (size_t)luaL_checkinteger(L, 2) & 1);
    return pad(L, s, missing ? left : 0, missing ? missing - left : 0);
}

// ljust(s, width, fill) -> string
static int ljust(lua_State *L) {
    str s = check_text(L, 1);
    return pad(L, s, 0, check_missing(L, s));
}

// rjust(s, width, fill) -> string
static int rjust(lua_State *L) {
    str s = check_text(L, 1);
    return pad(L, s, check_missing(L, s), 0);
}

// zfill(s, width) -> string
static int zfill(lua_State *L) {
    str s = check_text(L, 1);
    struct text_zfill how = {check_missing(L, s)};
    return build(L, text_zfill, s, &how);
}

// expandtabs(s, size) -> string; size nil = 8
static int expandtabs(lua_State *L) {
    struct text_tabs how = {clamp(luaL_optinteger(L, 2, 8), 0, (lua_Integer)RESULT_MAX)};
    return build(L, text_expandtabs, check_text(L, 1), &how);
}

// rep(s, n) -> s, n times
static int rep(lua_State *L) {
    str s = check_text(L, 1);
    lua_Integer n = luaL_checkinteger(L, 2);
    size_t size = 0;
    if (n <= 0 || s.len == 0) return push_text(L, STR(""));
    if (__builtin_mul_overflow(s.len, (size_t)n, &size) || size > RESULT_MAX) size = SIZE_MAX / 2;
    check_size(L, size);
    luaL_Buffer b;
    char *out = luaL_buffinitsize(L, &b, size);
    for (size_t i = 0; i < size; i += s.len) memcpy(out + i, s.ptr, s.len);
    luaL_pushresultsize(&b, size);
    return 1;
}

int bind_text_open(lua_State *L) {
#define X(name, fn) {#name, name},
    static const luaL_Reg functions[] = {PLAIN_LIST(X)
#undef X
#define F(name) {#name, name}
                                             F(float_repr),
                                         F(json_string),
                                         F(url_quote),
                                         F(striptags),
                                         F(b64decode),
                                         F(valid_utf8),
                                         F(is_ascii),
                                         F(is),
                                         F(len),
                                         F(words),
                                         F(ord),
                                         F(chars),
                                         F(find),
                                         F(rfind),
                                         F(count),
                                         F(starts),
                                         F(ends),
                                         F(sub),
                                         F(at),
                                         F(slice),
                                         F(replace),
                                         F(strip),
                                         F(split),
                                         F(rsplit),
                                         F(splitlines),
                                         F(partition),
                                         F(center),
                                         F(ljust),
                                         F(rjust),
                                         F(zfill),
                                         F(expandtabs),
                                         F(rep),
                                         {NULL, NULL}};
#undef F
    luaL_newlib(L, functions);
    return 1;
}
