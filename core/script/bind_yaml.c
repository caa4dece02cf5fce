// `require "tocsin.yaml"`: YAML as files of configuration use it: one document of mappings, lists and scalars.
//
// What only tools write and what lets few bytes stand for many is refused: anchors, aliases, tags, a second document,
// a key that is there twice. Values are those of tocsin.json: an object is a table without metatable, a list has
// json.array_mt, null is json.null.
#include "script/bindings.h"
#include "script/values.h"
#include <lauxlib.h>
#include <math.h>
#include <string.h>
#include <yaml.h>

#define DEPTH_MAX 64
#define NODES_MAX 500000
#define PARSER    "tocsin.yaml.parser"
#define EMITTER   "tocsin.yaml.emitter"

struct reader {
    yaml_parser_t parser;
    yaml_event_t event; // the one that is being looked at
    bool is_open;
    size_t nodes;
    struct why why;
    size_t line; // of what is wrong
};

static int close_reader(lua_State *L) {
    struct reader *r = lua_touserdata(L, 1);
    yaml_event_delete(&r->event);
    if (r->is_open) yaml_parser_delete(&r->parser);
    r->is_open = false;
    return 0;
}

static bool refuse(struct reader *r, size_t line, const char *sentence) {
    why_set(&r->why, ERR_INVALID, "%s", sentence);
    r->line = line + 1;
    return false;
}

static bool next(struct reader *r) {
    yaml_parser_t *p = &r->parser;
    yaml_event_delete(&r->event);
    if (yaml_parser_parse(p, &r->event)) return true;
    r->event = (yaml_event_t){0};
    r->line = p->problem_mark.line + 1;
    why_set(&r->why, ERR_INVALID, "%s%s%s", p->problem ? p->problem : "this is not YAML", p->context ? ", " : "",
            p->context ? p->context : "");
    return false;
}

static str scalar_of(const yaml_event_t *e) { return (str){(const char *)e->data.scalar.value, e->data.scalar.length}; }

static bool has_extras(const yaml_event_t *e) {
    switch (e->type) {
    case YAML_ALIAS_EVENT: return true;
    case YAML_SCALAR_EVENT: return e->data.scalar.anchor || e->data.scalar.tag;
    case YAML_SEQUENCE_START_EVENT: return e->data.sequence_start.anchor || e->data.sequence_start.tag;
    case YAML_MAPPING_START_EVENT: return e->data.mapping_start.anchor || e->data.mapping_start.tag;
    default: return false;
    }
}

static bool is_word(str s, const char *const *words) {
    for (; *words; words++)
        if (str_is(s, str_of(*words))) return true;
    return false;
}

// -?(0|[1-9][0-9]*): "007" and "+49…" are texts, as nothing of a number may get lost.
static bool is_integer(str s) {
    if (s.len && *s.ptr == '-') s = str_from(s, 1);
    if (!s.len || s.len > 18 || (s.len > 1 && *s.ptr == '0')) return false;
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
    return true;
}

// What JSON has for a number with a fraction or an exponent.
static bool is_real(str s) {
    struct json *v;
    if (s.len > 40 || !memchr("-0123456789", *s.ptr, 11)) return false;
    arena *a = arena_new();
    bool is_number = json_parse(a, s, &v, NULL) == ERR_OK && v->type == JSON_DOUBLE && isfinite(v->real);
    arena_free(a);
    return is_number;
}

// A scalar without quotes may be something else than a text.
static void push_plain(lua_State *L, str s) {
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
    static const char *const trues[] = {"true", "True", "TRUE", NULL};
    static const char *const falses[] = {"false", "False", "FALSE", NULL};
    bool is_number = s.len && (is_integer(s) || is_real(s));
    lua_pushlstring(L, s.ptr, s.len);
    if (is_number) lua_stringtonumber(L, lua_tostring(L, -1));
    else if (is_word(s, nulls)) lua_pushlightuserdata(L, NULL);
    else if (is_word(s, trues)) lua_pushboolean(L, 1);
    else if (is_word(s, falses)) lua_pushboolean(L, 0);
    else return;
    lua_remove(L, -2);
}

// {line = n}, at the top of the stack: where a node stands.
static void push_place(lua_State *L, size_t line) {
    lua_createtable(L, 0, 2);
    lua_pushinteger(L, (lua_Integer)line + 1);
    lua_setfield(L, -2, "line");
}

// Pushes an empty container, its place, and the table for the places of its members.
static void push_container(lua_State *L, size_t line, bool is_list) {
    lua_newtable(L);
    if (is_list) {
        types_push(L);
        lua_rawgeti(L, -1, TYPE_ARRAY);
        lua_setmetatable(L, -3);
        lua_pop(L, 1);
    }
    push_place(L, line);
    lua_newtable(L);
}

// The stack: container, place, places, key, value, its place → container, place, places.
static void put_member(lua_State *L) {
    lua_pushvalue(L, -3);
    lua_insert(L, -2);
    lua_settable(L, -5);
    lua_settable(L, -5);
}

static bool push_key(lua_State *L, struct reader *r) {
    size_t line = r->event.start_mark.line;
    if (has_extras(&r->event)) return refuse(r, line, "anchors, aliases and tags are not taken here");
    if (r->event.type != YAML_SCALAR_EVENT) return refuse(r, line, "a key must be a text");
    str key = scalar_of(&r->event);
    lua_pushlstring(L, key.ptr, key.len);
    lua_pushvalue(L, -1);
    bool is_twice = lua_rawget(L, -5) != LUA_TNIL;
    lua_pop(L, 1);
    if (!is_twice) return next(r);
    refuse(r, line, "");
    why_set(&r->why, ERR_INVALID, "the key \"%.*s\" is there twice", (int)(key.len < 100 ? key.len : 100), key.ptr);
    return false;
}

static bool push_node(lua_State *L, struct reader *r, int depth);

static bool push_members(lua_State *L, struct reader *r, bool is_list, int depth) {
    for (lua_Integer n = 1;; n++) {
        if (!next(r)) return false;
        if (r->event.type == (is_list ? YAML_SEQUENCE_END_EVENT : YAML_MAPPING_END_EVENT)) return true;
        if (is_list) lua_pushinteger(L, n);
        else if (!push_key(L, r)) return false;
        if (!push_node(L, r, depth)) return false;
        put_member(L);
    }
}

// Pushes the value that the event begins, and its place: {line, at = {key → place}}. On false the stack holds leftovers.
static bool push_node(lua_State *L, struct reader *r, int depth) {
    const yaml_event_t *e = &r->event;
    size_t line = e->start_mark.line;
    bool is_list = e->type == YAML_SEQUENCE_START_EVENT;
    if (has_extras(e)) return refuse(r, line, "anchors, aliases and tags are not taken here");
    if (++r->nodes > NODES_MAX) return refuse(r, line, "there are too many values");
    if (depth > DEPTH_MAX || !lua_checkstack(L, 16)) return refuse(r, line, "this is nested too deep");
    if (e->type == YAML_SCALAR_EVENT) {
        str s = scalar_of(e);
        if (e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE) push_plain(L, s);
        else lua_pushlstring(L, s.ptr, s.len);
        push_place(L, line);
        return true;
    }
    push_container(L, line, is_list);
    if (!push_members(L, r, is_list, depth + 1)) return false;
    lua_setfield(L, -2, "at");
    return true;
}

static bool push_document(lua_State *L, struct reader *r) {
    do {
        if (!next(r)) return false;
        if (r->event.type == YAML_STREAM_END_EVENT) return refuse(r, 0, "the file is empty");
    } while (r->event.type == YAML_STREAM_START_EVENT || r->event.type == YAML_DOCUMENT_START_EVENT);
    if (!push_node(L, r, 0)) return false;
    while (next(r)) {
        if (r->event.type == YAML_STREAM_END_EVENT) return true;
        if (r->event.type != YAML_DOCUMENT_END_EVENT)
            return refuse(r, r->event.start_mark.line, "a file holds one document");
    }
    return false;
}

// parse(text) -> value, its place: {line, at = {key → place}}; nil, a sentence and a line when it is not taken
static int parse(lua_State *L) {
    size_t n;
    const char *text = luaL_checklstring(L, 1, &n);
    struct reader *r = scratch_owned(L, sizeof *r, PARSER, close_reader);
    r->is_open = yaml_parser_initialize(&r->parser) != 0;
    CHECK(r->is_open);
    yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r->parser, (const unsigned char *)text, n);
    if (push_document(L, r)) return 2;
    lua_pushnil(L);
    lua_pushstring(L, r->why.text);
    lua_pushinteger(L, (lua_Integer)r->line);
    return 3;
}

// --- writing ---

struct emitting {
    yaml_emitter_t emitter;
    bool is_open;
    buf out;
};

static int close_emitting(lua_State *L) {
    struct emitting *w = lua_touserdata(L, 1);
    if (w->is_open) yaml_emitter_delete(&w->emitter);
    w->is_open = false;
    buf_free(&w->out);
    return 0;
}

static int append(void *ctx, unsigned char *bytes, size_t n) {
    buf_str(&((struct emitting *)ctx)->out, (str){(const char *)bytes, n});
    return 1;
}

static int emit_scalar(struct emitting *w, str text, yaml_scalar_style_t style) {
    yaml_event_t e;
    return yaml_scalar_event_initialize(&e, NULL, NULL, (const unsigned char *)text.ptr, (int)text.len, 1, 1, style) &&
           yaml_emitter_emit(&w->emitter, &e);
}

static int emit_mark(struct emitting *w, char mark) {
    yaml_event_t e;
    int is_made = 0;
    if (mark == '{') is_made = yaml_mapping_start_event_initialize(&e, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE);
    if (mark == '}') is_made = yaml_mapping_end_event_initialize(&e);
    if (mark == '[') is_made = yaml_sequence_start_event_initialize(&e, NULL, NULL, 1, YAML_BLOCK_SEQUENCE_STYLE);
    if (mark == ']') is_made = yaml_sequence_end_event_initialize(&e);
    return is_made && yaml_emitter_emit(&w->emitter, &e);
}

static int emit_one(struct emitting *w, str event) {
    str text = str_from(event, 1);
    switch (*event.ptr) {
    case '=': return emit_scalar(w, text, YAML_PLAIN_SCALAR_STYLE);
    case '\'': return emit_scalar(w, text, YAML_SINGLE_QUOTED_SCALAR_STYLE);
    case '"': return emit_scalar(w, text, YAML_DOUBLE_QUOTED_SCALAR_STYLE);
    case '|': return emit_scalar(w, text, YAML_LITERAL_SCALAR_STYLE);
    default: return emit_mark(w, *event.ptr);
    }
}

static int emit_ends(struct emitting *w, bool is_start) {
    yaml_event_t e;
    if (is_start)
        return yaml_stream_start_event_initialize(&e, YAML_UTF8_ENCODING) && yaml_emitter_emit(&w->emitter, &e) &&
               yaml_document_start_event_initialize(&e, NULL, NULL, NULL, 1) && yaml_emitter_emit(&w->emitter, &e);
    return yaml_document_end_event_initialize(&e, 1) && yaml_emitter_emit(&w->emitter, &e) &&
           yaml_stream_end_event_initialize(&e) && yaml_emitter_emit(&w->emitter, &e);
}

static bool emit_all(lua_State *L, struct emitting *w) {
    lua_Integer count = luaL_len(L, 1);
    if (!emit_ends(w, true)) return false;
    for (lua_Integer i = 1; i <= count; i++) {
        lua_geti(L, 1, i);
        str event = {NULL, 0};
        event.ptr = lua_tolstring(L, -1, &event.len);
        if (!event.ptr || !event.len || !emit_one(w, event)) return false;
        lua_pop(L, 1);
    }
    return emit_ends(w, false);
}

// emit(events) -> text, or nil and a sentence. An event is "{", "}", "[", "]" or a scalar behind the mark of its style:
// = plain, ' quoted, " quoted with escapes, | a block. Where a style cannot hold a text it is quoted.
static int emit(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    struct emitting *w = scratch_owned(L, sizeof *w, EMITTER, close_emitting);
    w->is_open = yaml_emitter_initialize(&w->emitter) != 0;
    CHECK(w->is_open);
    yaml_emitter_set_output(&w->emitter, append, w);
    yaml_emitter_set_unicode(&w->emitter, 1);
    yaml_emitter_set_width(&w->emitter, -1);
    yaml_emitter_set_indent(&w->emitter, 2);
    bool is_good = emit_all(L, w) && yaml_emitter_flush(&w->emitter);
    if (is_good) {
        lua_pushlstring(L, w->out.ptr ? w->out.ptr : "", w->out.len);
        return 1;
    }
    lua_pushnil(L);
    lua_pushfstring(L, "this cannot be written as YAML: %s", w->emitter.problem ? w->emitter.problem : "unknown event");
    return 2;
}

int bind_yaml_open(lua_State *L) {
    static const luaL_Reg functions[] = {{"parse", parse}, {"emit", emit}, {NULL, NULL}};
    luaL_newlib(L, functions);
    return 1;
}
