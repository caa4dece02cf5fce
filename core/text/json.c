#include "base/mem.h"
#include "text/json_impl.h"
#include <stdlib.h>

#define FEW 32 // members up to which comparing each with each is the cheapest search for repeated keys

err json_parse(arena *a, str text, struct json **out, struct why *why) {
    if (json_parse_simd(a, text, out) == ERR_OK) return ERR_OK;
    return json_parse_strict(a, text, out, why);
}

// --- repeated keys ---

static bool has_repeat(const struct json *object) {
    for (uint32_t i = 1; i < object->count; i++)
        for (uint32_t j = 0; j < i; j++)
            if (str_is(object->members[i].key, object->members[j].key)) return true;
    return false;
}

// By key, then by place. Sorting instead of hashing: no choice of keys makes it slow.
static int compare_members(const void *a, const void *b) {
    const struct json_member *x = *(struct json_member *const *)a, *y = *(struct json_member *const *)b;
    if (x->key.len != y->key.len) return x->key.len < y->key.len ? -1 : 1;
    int order = x->key.len ? memcmp(x->key.ptr, y->key.ptr, x->key.len) : 0;
    if (order) return order;
    return x < y ? -1 : x > y;
}

// Gives the first of each run of equal keys the last one's value; the others lose their key's pointer.
static bool merge_runs(struct json_member **sorted, uint32_t count) {
    bool has_merged = false;
    for (uint32_t first = 0, next; first < count; first = next) {
        for (next = first + 1; next < count && str_is(sorted[next]->key, sorted[first]->key); next++) {
            sorted[first]->value = sorted[next]->value;
            has_merged = true;
        }
        for (uint32_t i = first + 1; i < next; i++) sorted[i]->key.ptr = NULL;
    }
    return has_merged;
}

void json_settle(struct json *object) {
    uint32_t count = object->count, kept = 0;
    if (count < 2 || (count <= FEW && !has_repeat(object))) return;
    struct json_member **sorted = mem_alloc(count * sizeof *sorted);
    for (uint32_t i = 0; i < count; i++) sorted[i] = &object->members[i];
    qsort(sorted, count, sizeof *sorted, compare_members);
    if (merge_runs(sorted, count)) {
        for (uint32_t i = 0; i < count; i++)
            if (object->members[i].key.ptr) object->members[kept++] = object->members[i];
        object->count = kept;
    }
    mem_free(sorted);
}

// --- reading ---

const struct json *json_get(const struct json *object, str key) {
    if (!object || object->type != JSON_OBJECT) return NULL;
    for (uint32_t i = 0; i < object->count; i++)
        if (str_is(object->members[i].key, key)) return &object->members[i].value;
    return NULL;
}

const struct json *json_path(const struct json *v, const str *keys, size_t n) {
    for (size_t i = 0; v && i < n; i++) v = json_get(v, keys[i]);
    return v;
}

str json_text(const struct json *object, const char *key) {
    const struct json *v = json_get(object, str_of(key));
    return v && v->type == JSON_STRING ? v->text : (str){NULL, 0};
}

int64_t json_int(const struct json *object, const char *key, int64_t otherwise) {
    const struct json *v = json_get(object, str_of(key));
    return v && v->type == JSON_INT ? v->integer : otherwise;
}

bool json_is_true(const struct json *object, const char *key) {
    const struct json *v = json_get(object, str_of(key));
    return v && v->type == JSON_TRUE;
}

const struct json *json_items(const struct json *object, const char *key, size_t *count) {
    const struct json *list = json_get(object, str_of(key));
    *count = list && list->type == JSON_ARRAY ? list->count : 0;
    return *count ? list->items : NULL;
}

// --- writing ---

static void write_array(buf *out, const struct json *v) {
    buf_char(out, '[');
    for (uint32_t i = 0; i < v->count; i++) {
        if (i) buf_char(out, ',');
        json_write(out, &v->items[i]);
    }
    buf_char(out, ']');
}

static void write_object(buf *out, const struct json *v) {
    buf_char(out, '{');
    for (uint32_t i = 0; i < v->count; i++) {
        if (i) buf_char(out, ',');
        buf_json(out, v->members[i].key);
        buf_char(out, ':');
        json_write(out, &v->members[i].value);
    }
    buf_char(out, '}');
}

void json_write(buf *out, const struct json *v) {
    char number[JSON_NUMBER_MAX];
    switch (v->type) {
    case JSON_NULL: buf_lit(out, "null"); break;
    case JSON_FALSE: buf_lit(out, "false"); break;
    case JSON_TRUE: buf_lit(out, "true"); break;
    case JSON_INT: buf_int(out, v->integer); break;
    case JSON_BIGINT: buf_str(out, v->text); break;
    case JSON_DOUBLE: buf_put(out, number, json_number(v->real, number)); break;
    case JSON_STRING: buf_json(out, v->text); break;
    case JSON_ARRAY: write_array(out, v); break;
    case JSON_OBJECT: write_object(out, v); break;
    }
}
