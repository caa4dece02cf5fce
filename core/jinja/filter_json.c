// JSON: the filters tojson, tojson_pretty, json_dumps and parse_json; and b64decode, in which JSON comes.
#include "jinja/filters.h"
#include "text/print.h"
#include "text/text.h"
#include "text/unicode.h"

// --- values as a document ---

static bool document_of(struct run *r, const jval *v, int depth, struct json *out);

static bool array_of(struct run *r, const jval *v, int depth, struct json *out) {
    uint32_t n = v->list->n;
    *out = (struct json){.type = JSON_ARRAY, .count = n, .items = run_take(r, (n + 1) * sizeof *out)};
    if (!out->items || !run_spend(r, n)) return false;
    for (uint32_t i = 0; i < n; i++)
        if (!document_of(r, &v->list->items[i], depth + 1, &out->items[i])) return false;
    return true;
}

static bool object_of(struct run *r, const jval *v, int depth, struct json *out) {
    uint32_t n = v->dict->n;
    *out = (struct json){.type = JSON_OBJECT, .count = n, .members = run_take(r, (n + 1) * sizeof *out->members)};
    if (!out->members || !run_spend(r, n)) return false;
    for (uint32_t i = 0; i < n; i++) {
        const struct jentry *e = &v->dict->entries[i];
        if (e->key.type != J_STR || !document_of(r, &e->value, depth + 1, &out->members[i].value)) return false;
        out->members[i].key = jval_text(&e->key);
    }
    return true;
}

static bool document_of(struct run *r, const jval *v, int depth, struct json *out) {
    if (depth > J_DEPTH_MAX) return false;
    switch (v->type) {
    case J_NONE: *out = (struct json){.type = JSON_NULL}; return true;
    case J_BOOL: *out = (struct json){.type = v->boolean ? JSON_TRUE : JSON_FALSE}; return true;
    case J_INT: *out = (struct json){.type = JSON_INT, .integer = v->integer}; return true;
    case J_FLOAT: *out = (struct json){.type = JSON_DOUBLE, .real = v->real}; return true;
    case J_STR:
    case J_MARKUP: *out = (struct json){.type = JSON_STRING, .text = jval_text(v)}; return true;
    case J_ARRAY:
    case J_OBJECT: *out = *v->json; return true;
    case J_LIST:
    case J_TUPLE: return array_of(r, v, depth, out);
    case J_DICT: return object_of(r, v, depth, out);
    default: return false;
    }
}

// --- printing ---

static bool print(struct run *r, const jval *v, const struct print_style *style, jval *out) {
    struct json document;
    if (!document_of(r, v, 0, &document)) return false;
    size_t n = print_json(NULL, &document, style, RUN_TEXT_MAX);
    if (n > RUN_TEXT_MAX || !run_bytes(r, n)) return false;
    char *text = run_text(r, n, out);
    if (text) print_json(text, &document, style, SIZE_MAX);
    return text != NULL;
}

#define INDENT_MAX 32

static bool filter_tojson(struct run *r, const jval *v, const jval *args, jval *out) {
    static const char blanks[INDENT_MAX] = "                                ";
    struct print_style style = {.sort = true, .ascii = true, .html = true};
    if (args[0].type == J_INT) {
        if (args[0].integer < 0 || args[0].integer > INDENT_MAX) return false;
        style.lines = true;
        style.indent = (str){blanks, (size_t)args[0].integer};
    } else if (args[0].type != J_ABSENT && args[0].type != J_NONE) {
        return false;
    }
    bool is_done = print(r, v, &style, out);
    out->type = J_MARKUP;
    return is_done;
}

static bool filter_tojson_pretty(struct run *r, const jval *v, const jval *args, jval *out) {
    static const struct print_style style = {.sort = true, .lines = true, .indent = {"    ", 4}};
    (void)args;
    return print(r, v, &style, out);
}

static bool filter_json_dumps(struct run *r, const jval *v, const jval *args, jval *out) {
    static const struct print_style style = {.ascii = true};
    (void)args;
    return print(r, v, &style, out);
}

// --- reading ---

// What does not parse is Lua's affair: Python reads NaN, too.
static bool filter_parse_json(struct run *r, const jval *v, const jval *args, jval *out) {
    struct json *document;
    struct why why;
    (void)args;
    if ((v->type != J_STR && v->type != J_MARKUP) || str_starts(jval_text(v), STR("\xef\xbb\xbf"))) return false;
    arena *memory = run_bytes(r, 2 * (size_t)v->len) ? run_arena(r, v->len) : NULL;
    if (!memory || json_parse(memory, jval_text(v), &document, &why)) return false;
    *out = jval_json(document);
    return out->type != J_OTHER;
}

// What is no base64 of UTF-8 is None.
static bool filter_b64decode(struct run *r, const jval *v, const jval *args, jval *out) {
    (void)args;
    if (v->type != J_STR) return false;
    str s = jval_text(v);
    char *text = run_text(r, s.len + 3, out);
    size_t n = 0;
    if (!text) return false;
    bool is_ascii = utf8_is_ascii(s);
    bool is_text = is_ascii && text_base64(s, text, &n) && str_is_utf8((str){text, n});
    *out = is_text ? jval_str((str){text, n}) : jval_of(J_NONE);
    return true;
}

const struct callee filters_of_json[] = {
    {.name = "tojson", .call = filter_tojson, .params = {"indent"}},
    {.name = NULL},
};

const struct callee json_of_oncall[] = {
    {.name = "tojson_pretty", .call = filter_tojson_pretty},
    {.name = "json_dumps", .call = filter_json_dumps},
    {.name = "parse_json", .call = filter_parse_json},
    {.name = "b64decode", .call = filter_b64decode},
    {.name = NULL},
};
