#include "jinja/value.h"
#include "text/text.h"
#include <math.h>

jval jval_at(const jval *list, uint32_t i) {
    return list->type == J_ARRAY ? jval_json(&list->json->items[i]) : list->list->items[i];
}

jval jval_key_at(const jval *dict, uint32_t i) {
    uint8_t type = jval_is_view(dict) ? dict->of : dict->type;
    return type == J_OBJECT ? jval_str(dict->json->members[i].key) : dict->dict->entries[i].key;
}

jval jval_value_at(const jval *dict, uint32_t i) {
    uint8_t type = jval_is_view(dict) ? dict->of : dict->type;
    return type == J_OBJECT ? jval_json(&dict->json->members[i].value) : dict->dict->entries[i].value;
}

bool jval_member(const jval *dict, str key, jval *out) {
    if (dict->type == J_OBJECT) {
        const struct json *found = json_get(dict->json, key);
        if (found) *out = jval_json(found);
        return found != NULL;
    }
    for (uint32_t i = 0; i < dict->dict->n; i++) {
        const struct jentry *e = &dict->dict->entries[i];
        if (e->key.type != J_STR || !str_is(jval_text(&e->key), key)) continue;
        *out = e->value;
        return true;
    }
    return false;
}

int64_t jval_lookup_cost(const jval *dict, str key) { return 1 + (int64_t)(jval_count(dict) * (1 + key.len / 64) / 8); }

static bool is_among(str name, const char *const names[], size_t n) {
    for (size_t i = 0; i < n; i++)
        if (name.ptr[0] == names[i][0] && str_is(name, str_of(names[i]))) return true;
    return false;
}

bool jval_is_special(enum jtype type, str name) {
    static const char *const of_dict[] = {"clear", "copy",    "fromkeys",   "get",    "items", "keys",
                                          "pop",   "popitem", "setdefault", "update", "values"};
    static const char *const of_list[] = {"append", "clear", "copy",   "count",   "extend", "index",
                                          "insert", "pop",   "remove", "reverse", "sort"};
    static const char *const of_str[] = {
        "capitalize", "casefold",     "center",       "count",   "encode",     "endswith",    "expandtabs",
        "find",       "format",       "format_map",   "index",   "isalnum",    "isalpha",     "isascii",
        "isdecimal",  "isdigit",      "isidentifier", "islower", "isnumeric",  "isprintable", "isspace",
        "istitle",    "isupper",      "join",         "ljust",   "lower",      "lstrip",      "maketrans",
        "partition",  "removeprefix", "removesuffix", "replace", "rfind",      "rindex",      "rjust",
        "rpartition", "rsplit",       "rstrip",       "split",   "splitlines", "startswith",  "strip",
        "swapcase",   "title",        "translate",    "upper",   "zfill"};
    if (!name.len || name.ptr[0] == '_') return true;
    if (type == J_STR) return is_among(name, of_str, sizeof of_str / sizeof *of_str);
    if (type == J_DICT) return is_among(name, of_dict, sizeof of_dict / sizeof *of_dict);
    return is_among(name, of_list, sizeof of_list / sizeof *of_list);
}

// --- equality ---

#define TEXT_PACE 128 // bytes that are compared for one unit

static bool spend(struct jwork *work, int64_t units) { return (work->left -= units) >= 0; }

static bool is_number(const jval *v) { return v->type == J_BOOL || v->type == J_INT || v->type == J_FLOAT; }

// -1, 0 or 1. A double says nothing exact about large integers.
static int compare_numbers(const jval *a, const jval *b) {
    if (a->type != J_FLOAT && b->type != J_FLOAT) {
        int64_t x = a->type == J_BOOL ? a->boolean : a->integer, y = b->type == J_BOOL ? b->boolean : b->integer;
        return (x > y) - (x < y);
    }
    const int64_t exact = (int64_t)1 << 53;
    double of[2];
    const jval *const both[] = {a, b};
    for (int i = 0; i < 2; i++) {
        const jval *v = both[i];
        if (v->type == J_INT && (v->integer > exact || v->integer < -exact)) return J_UNKNOWN;
        of[i] = v->type == J_FLOAT ? v->real : v->type == J_BOOL ? v->boolean : (double)v->integer;
        if (isnan(of[i])) return J_UNKNOWN;
    }
    return (of[0] > of[1]) - (of[0] < of[1]);
}

static int equal_lists(const jval *a, const jval *b, struct jwork *work) {
    uint32_t n = jval_count(a);
    if (n != jval_count(b)) return 0;
    for (uint32_t i = 0; i < n; i++) {
        jval x = jval_at(a, i), y = jval_at(b, i);
        int is_equal = jval_equal(&x, &y, work);
        if (is_equal != 1) return is_equal;
    }
    return 1;
}

static int equal_dicts(const jval *a, const jval *b, struct jwork *work) {
    uint32_t n = jval_count(a);
    if (n != jval_count(b)) return 0;
    for (uint32_t i = 0; i < n; i++) {
        jval key = jval_key_at(a, i), x = jval_value_at(a, i), y;
        if (key.type != J_STR) return J_UNKNOWN;
        if (!spend(work, n)) return J_UNKNOWN;
        if (!jval_member(b, jval_text(&key), &y)) return 0;
        int is_equal = jval_equal(&x, &y, work);
        if (is_equal != 1) return is_equal;
    }
    return 1;
}

// May == between them have more to say than that they differ?
static bool is_plain(const jval *v) { return v->type > J_ABSENT && v->type <= J_DICT; }

int jval_equal(const jval *a, const jval *b, struct jwork *work) {
    if (!spend(work, 1)) return J_UNKNOWN;
    if (a->type == J_STR && b->type == J_STR) {
        if (a->len != b->len) return 0;
        return spend(work, a->len / TEXT_PACE) ? str_is(jval_text(a), jval_text(b)) : J_UNKNOWN;
    }
    if (!is_plain(a) || !is_plain(b) || a->type == J_MARKUP || b->type == J_MARKUP) return J_UNKNOWN;
    if (is_number(a) && is_number(b)) {
        int order = compare_numbers(a, b);
        return order == J_UNKNOWN ? J_UNKNOWN : order == 0;
    }
    bool are_dicts = jval_is_dict(a) && jval_is_dict(b);
    if (!are_dicts && !(jval_is_list(a) && jval_is_list(b))) return a->type == b->type && a->type <= J_NONE;
    if (!are_dicts && (a->type == J_TUPLE) != (b->type == J_TUPLE)) return 0;
    if (work->depth == J_DEPTH_MAX) return J_UNKNOWN;
    work->depth++;
    int answer = are_dicts ? equal_dicts(a, b, work) : equal_lists(a, b, work);
    work->depth--;
    return answer;
}

static int order_lists(const jval *a, const jval *b, struct jwork *work) {
    uint32_t n = jval_count(a), m = jval_count(b);
    for (uint32_t i = 0; i < n && i < m; i++) {
        jval x = jval_at(a, i), y = jval_at(b, i);
        int is_equal = jval_equal(&x, &y, work);
        if (is_equal == J_UNKNOWN) return J_UNKNOWN;
        if (!is_equal) return jval_order(&x, &y, work);
    }
    return (n > m) - (n < m);
}

int jval_order(const jval *a, const jval *b, struct jwork *work) {
    if (!spend(work, 1)) return J_UNKNOWN;
    if (a->type == J_STR && b->type == J_STR) { // the order of UTF-8 is that of code points
        uint32_t n = a->len < b->len ? a->len : b->len;
        if (!spend(work, n / TEXT_PACE)) return J_UNKNOWN;
        int order = memcmp(a->text, b->text, n);
        return order ? (order > 0) - (order < 0) : (a->len > b->len) - (a->len < b->len);
    }
    if (is_number(a) && is_number(b)) return compare_numbers(a, b);
    if (!jval_is_list(a) || !jval_is_list(b) || (a->type == J_TUPLE) != (b->type == J_TUPLE)) return J_UNKNOWN;
    if (work->depth == J_DEPTH_MAX) return J_UNKNOWN;
    work->depth++;
    int answer = order_lists(a, b, work);
    work->depth--;
    return answer;
}

// --- membership ---

static int list_contains(const jval *item, const jval *list, struct jwork *work) {
    uint32_t n = jval_count(list);
    for (uint32_t i = 0; i < n; i++) {
        jval x = jval_at(list, i);
        int is_equal = jval_equal(&x, item, work);
        if (is_equal) return is_equal;
    }
    return 0;
}

static int dict_contains(const jval *item, const jval *dict, struct jwork *work) {
    jval ignored;
    if (item->type != J_STR || !spend(work, jval_lookup_cost(dict, jval_text(item)))) return J_UNKNOWN;
    return jval_member(dict, jval_text(item), &ignored);
}

int jval_contains(const jval *item, const jval *container, struct jwork *work) {
    switch (container->type) {
    case J_STR:
        if (item->type != J_STR || !spend(work, container->len / 16)) return J_UNKNOWN;
        return item->len == 0 ||
               (item->len <= container->len && text_find_bytes(jval_text(container), jval_text(item)) >= 0);
    case J_ARRAY:
    case J_LIST:
    case J_TUPLE: return list_contains(item, container, work);
    case J_OBJECT:
    case J_DICT: return dict_contains(item, container, work);
    case J_KEYS: {
        jval dict = *container;
        dict.type = container->of;
        return dict_contains(item, &dict, work);
    }
    default: return J_UNKNOWN;
    }
}
