// Python's `%` formatting: the plain conversions, %s %d %f and %%.
#include "jinja/filters.h"
#include <math.h>
#include <stdio.h>

#define FORMATTED_MAX 1200 // bytes of a number: a width or precision of three digits, beside 16 digits and a sign

struct spec { // one conversion of a format: %-8.2f
    char text[16];
    char conversion;
};

// Reads the conversion at *at, behind its `%`.
static bool read_spec(str s, size_t *at, struct spec *spec) {
    size_t from = *at - 1, i = *at, digits = 0;
    while (i < s.len && (s.ptr[i] == '-' || s.ptr[i] == '0' || s.ptr[i] == '+')) i++;
    if (i - *at > 2) return false;
    for (; i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9'; i++) digits++;
    if (i < s.len && s.ptr[i] == '.')
        for (i++; i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9'; i++) digits++;
    if (i >= s.len || digits > 3) return false;
    spec->conversion = s.ptr[i];
    memcpy(spec->text, s.ptr + from, i - from);
    spec->text[i - from] = '\0';
    *at = i + 1;
    return true;
}

static bool put_number(struct run *r, struct spec *spec, const jval *v) {
    char text[FORMATTED_MAX];
    size_t n = strlen(spec->text);
    if (spec->conversion == 'f') {
        double x = v->type == J_FLOAT ? v->real : (double)v->integer;
        if ((v->type != J_FLOAT && v->type != J_INT) || fabs(x) > 1e15) return false;
        memcpy(spec->text + n, "f", 2);
        // The format is one of this file's own making: sign, zeros, width, places.
        return run_put(r, text, (size_t)snprintf(text, sizeof text, spec->text, x));
    }
    if (v->type != J_INT || strchr(spec->text, '.')) return false;
    memcpy(spec->text + n, "lld", 4);
    return run_put(r, text, (size_t)snprintf(text, sizeof text, spec->text, (long long)v->integer));
}

static bool put_spec(struct run *r, struct spec *spec, const jval *v) {
    if (v->type == J_ABSENT) return false;
    if (spec->conversion == 's') return spec->text[1] == '\0' && v->type != J_MARKUP && run_print(r, v);
    return (spec->conversion == 'f' || spec->conversion == 'd') && put_number(r, spec, v);
}

bool format_text(struct run *r, str s, const jval *args, uint32_t count, jval *out) {
    size_t from = r->len;
    uint32_t next = 0;
    for (size_t at = 0; at < s.len;) {
        const char *sign = memchr(s.ptr + at, '%', s.len - at);
        size_t end = sign ? (size_t)(sign - s.ptr) : s.len;
        if (!run_put(r, s.ptr + at, end - at)) return false;
        if (!sign) break;
        at = end + 1;
        struct spec spec;
        if (at < s.len && s.ptr[at] == '%') {
            if (!run_put(r, "%", 1)) return false;
            at++;
        } else if (next == count || !read_spec(s, &at, &spec) || !put_spec(r, &spec, &args[next++])) {
            return false;
        }
    }
    return next == count && run_bytes(r, s.len) && run_cut(r, from, out);
}

bool filter_format(struct run *r, const jval *v, const jval *args, jval *out) {
    uint32_t count = 0;
    while (count < CALL_ARGS_MAX && args[count].type != J_ABSENT) count++;
    return v->type == J_STR && format_text(r, jval_text(v), args, count, out);
}
