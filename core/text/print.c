// Prints JSON documents as Python does: one walk for repr and json.dumps.
#include "text/print.h"
#include "base/mem.h"
#include "text/text.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct printer {
    struct text_out out;
    const struct print_style *style;
    size_t max;
};

static void print_value(struct printer *p, const struct json *v, int depth);

static void put(struct printer *p, const char *z) { text_put(&p->out, z, strlen(z)); }

static void print_string(struct printer *p, str s) {
    char *at = p->out.ptr ? p->out.ptr + p->out.len : NULL;
    struct text_json how = {p->style->ascii, p->style->html};
    p->out.len += p->style->repr ? text_repr(at, s, NULL) : text_json(at, s, &how);
}

static void print_real(struct printer *p, double x) {
    char text[TEXT_FLOAT_MAX];
    if (isinf(x) && !p->style->repr) put(p, x < 0 ? "-Infinity" : "Infinity");
    else text_put(&p->out, text, text_float(text, x));
}

static void print_integer(struct printer *p, int64_t i) {
    char text[24];
    text_put(&p->out, text, (size_t)snprintf(text, sizeof text, "%lld", (long long)i));
}

static void new_line(struct printer *p, int depth) {
    text_char(&p->out, '\n');
    for (int i = 0; i < depth; i++) text_put(&p->out, p->style->indent.ptr, p->style->indent.len);
}

static bool has_lines(const struct printer *p) { return p->style->lines && !p->style->repr; }

// What stands before item `i` of a container at `depth`.
static void print_gap(struct printer *p, uint32_t i, int depth) {
    if (i > 0) text_char(&p->out, ',');
    if (has_lines(p)) new_line(p, depth + 1);
    else if (i > 0) text_char(&p->out, ' ');
}

static void print_array(struct printer *p, const struct json *v, int depth) {
    text_char(&p->out, '[');
    for (uint32_t i = 0; i < v->count && p->out.len <= p->max; i++) {
        print_gap(p, i, depth);
        print_value(p, &v->items[i], depth + 1);
    }
    if (v->count && has_lines(p)) new_line(p, depth);
    text_char(&p->out, ']');
}

struct member { // for sorting
    const struct json_member *at;
};

static int compare_keys(const void *a, const void *b) {
    str x = ((const struct member *)a)->at->key, y = ((const struct member *)b)->at->key;
    int order = memcmp(x.ptr, y.ptr, x.len < y.len ? x.len : y.len);
    return order ? order : (x.len > y.len) - (x.len < y.len);
}

static void print_members(struct printer *p, const struct json *v, struct member *order, int depth) {
    for (uint32_t i = 0; i < v->count; i++) order[i].at = &v->members[i];
    if (p->style->sort && !p->style->repr) qsort(order, v->count, sizeof *order, compare_keys);
    for (uint32_t i = 0; i < v->count && p->out.len <= p->max; i++) {
        print_gap(p, i, depth);
        print_string(p, order[i].at->key);
        put(p, ": ");
        print_value(p, &order[i].at->value, depth + 1);
    }
}

#define ORDER_FEW 32

static void print_object(struct printer *p, const struct json *v, int depth) {
    struct member few[ORDER_FEW];
    text_char(&p->out, '{');
    if (v->count <= ORDER_FEW) {
        print_members(p, v, few, depth);
    } else {
        struct member *order = mem_alloc(v->count * sizeof *order);
        print_members(p, v, order, depth);
        mem_free(order);
    }
    if (v->count && has_lines(p)) new_line(p, depth);
    text_char(&p->out, '}');
}

static void print_value(struct printer *p, const struct json *v, int depth) {
    bool repr = p->style->repr;
    switch (v->type) {
    case JSON_NULL: put(p, repr ? "None" : "null"); break;
    case JSON_FALSE: put(p, repr ? "False" : "false"); break;
    case JSON_TRUE: put(p, repr ? "True" : "true"); break;
    case JSON_INT: print_integer(p, v->integer); break;
    case JSON_BIGINT: text_put(&p->out, v->text.ptr, v->text.len); break;
    case JSON_DOUBLE: print_real(p, v->real); break;
    case JSON_STRING: print_string(p, v->text); break;
    case JSON_ARRAY: print_array(p, v, depth); break;
    case JSON_OBJECT: print_object(p, v, depth); break;
    }
}

size_t print_json(char *out, const struct json *v, const struct print_style *style, size_t max) {
    struct printer p = {{out, 0}, style, max};
    print_value(&p, v, style->depth);
    return p.out.len;
}
