// Operators: arithmetic, text, lists. Whole numbers past 64 bits are left to Lua.
#include "jinja/filters.h"
#include <math.h>

#define EXACT ((int64_t)1 << 53) // up to here a double holds every integer

static bool is_whole(const jval *v) { return v->type == J_INT || v->type == J_BOOL; }
static bool is_number(const jval *v) { return is_whole(v) || v->type == J_FLOAT; }
static int64_t whole(const jval *v) { return v->type == J_BOOL ? v->boolean : v->integer; }
static double real(const jval *v) { return v->type == J_FLOAT ? v->real : (double)whole(v); }

// As doubles; false when one of them would not be exact.
static bool as_reals(const jval *a, const jval *b, double *x, double *y) {
    if (!is_number(a) || !is_number(b)) return false;
    if ((is_whole(a) && (whole(a) > EXACT || whole(a) < -EXACT)) ||
        (is_whole(b) && (whole(b) > EXACT || whole(b) < -EXACT)))
        return false;
    *x = real(a);
    *y = real(b);
    return true;
}

static bool give_real(double x, jval *out) {
    *out = jval_real(x);
    return !isnan(x);
}

static bool operands(struct run *r, const struct node *n, jval *a, jval *b) {
    return run_spend(r, 1) && node_run(r, n->kids[0], a) && node_run(r, n->kids[1], b);
}

static bool join_texts(struct run *r, const jval *a, const jval *b, jval *out) {
    char *text = run_text(r, (size_t)a->len + b->len, out);
    if (!text) return false;
    memcpy(text, a->text, a->len);
    memcpy(text + a->len, b->text, b->len);
    return true;
}

static bool join_lists(struct run *r, const jval *a, const jval *b, jval *out) {
    uint32_t n = jval_count(a), m = jval_count(b);
    if ((a->type == J_TUPLE) != (b->type == J_TUPLE)) return false;
    if (!run_list(r, a->type == J_TUPLE ? J_TUPLE : J_LIST, n + m, out)) return false;
    for (uint32_t i = 0; i < n; i++) out->list->items[i] = jval_at(a, i);
    for (uint32_t i = 0; i < m; i++) out->list->items[n + i] = jval_at(b, i);
    out->list->n = n + m;
    return true;
}

bool node_add(struct run *r, const struct node *n, jval *out) {
    jval a, b;
    double x, y;
    int64_t i;
    if (!operands(r, n, &a, &b)) return false;
    if (is_whole(&a) && is_whole(&b)) {
        if (__builtin_add_overflow(whole(&a), whole(&b), &i)) return false;
        *out = jval_int(i);
        return true;
    }
    if (a.type == J_STR && b.type == J_STR) return join_texts(r, &a, &b, out);
    if (jval_is_list(&a) && jval_is_list(&b)) return join_lists(r, &a, &b, out);
    return as_reals(&a, &b, &x, &y) && give_real(x + y, out);
}

bool node_sub(struct run *r, const struct node *n, jval *out) {
    jval a, b;
    double x, y;
    int64_t i;
    if (!operands(r, n, &a, &b)) return false;
    if (is_whole(&a) && is_whole(&b)) {
        if (__builtin_sub_overflow(whole(&a), whole(&b), &i)) return false;
        *out = jval_int(i);
        return true;
    }
    return as_reals(&a, &b, &x, &y) && give_real(x - y, out);
}

static bool repeat_text(struct run *r, const jval *s, const jval *times, jval *out) {
    int64_t count = whole(times) < 0 ? 0 : whole(times);
    if (s->len && count > (int64_t)(RUN_TEXT_MAX / s->len)) return false;
    size_t n = s->len * (size_t)count;
    char *text = run_text(r, n, out);
    for (size_t at = 0; text && at < n; at += s->len) memcpy(text + at, s->text, s->len);
    return text != NULL;
}

bool node_mul(struct run *r, const struct node *n, jval *out) {
    jval a, b;
    double x, y;
    int64_t i;
    if (!operands(r, n, &a, &b)) return false;
    if (is_whole(&a) && is_whole(&b)) {
        if (__builtin_mul_overflow(whole(&a), whole(&b), &i)) return false;
        *out = jval_int(i);
        return true;
    }
    if (a.type == J_STR && is_whole(&b)) return repeat_text(r, &a, &b, out);
    if (b.type == J_STR && is_whole(&a)) return repeat_text(r, &b, &a, out);
    return as_reals(&a, &b, &x, &y) && give_real(x * y, out);
}

bool node_div(struct run *r, const struct node *n, jval *out) {
    jval a, b;
    double x, y;
    return operands(r, n, &a, &b) && as_reals(&a, &b, &x, &y) && y != 0 && give_real(x / y, out);
}

// Of integers alone: rounded down.
static bool divide(const jval *a, const jval *b, int64_t *quotient, int64_t *rest) {
    if (!is_whole(a) || !is_whole(b)) return false;
    int64_t x = whole(a), y = whole(b);
    if (y == 0 || (x == INT64_MIN && y == -1)) return false;
    *quotient = x / y;
    *rest = x % y;
    if (*rest && (*rest < 0) != (y < 0)) *quotient -= 1, *rest += y;
    return true;
}

bool node_floordiv(struct run *r, const struct node *n, jval *out) {
    jval a, b;
    int64_t quotient, rest;
    if (!operands(r, n, &a, &b) || !divide(&a, &b, &quotient, &rest)) return false;
    *out = jval_int(quotient);
    return true;
}

// A tuple holds the arguments; anything else is the only one, but for a dict, which is asked by name.
static bool format_by_operator(struct run *r, str s, const jval *v, jval *out) {
    if (v->type == J_TUPLE) return format_text(r, s, v->list->items, v->list->n, out);
    return v->type <= J_LIST && v->type != J_OBJECT && format_text(r, s, v, 1, out);
}

bool node_mod(struct run *r, const struct node *n, jval *out) {
    jval a, b;
    int64_t quotient, rest;
    if (!operands(r, n, &a, &b)) return false;
    if (a.type == J_STR) return format_by_operator(r, jval_text(&a), &b, out);
    if (!divide(&a, &b, &quotient, &rest)) return false;
    *out = jval_int(rest);
    return true;
}

bool node_neg(struct run *r, const struct node *n, jval *out) {
    jval v;
    if (!node_run(r, n->kids[0], &v) || !is_number(&v)) return false;
    if (v.type == J_FLOAT) return give_real(-v.real, out);
    if (whole(&v) == INT64_MIN) return false;
    *out = jval_int(-whole(&v));
    return true;
}

bool node_pos(struct run *r, const struct node *n, jval *out) {
    jval v;
    if (!node_run(r, n->kids[0], &v) || !is_number(&v)) return false;
    *out = v.type == J_FLOAT ? v : jval_int(whole(&v));
    return true;
}

bool node_concat(struct run *r, const struct node *n, jval *out) {
    size_t from = r->len;
    for (uint32_t i = 0; i < n->count; i++) {
        jval v;
        size_t at = r->len;
        if (!node_run(r, n->kids[i], &v) || v.type == J_MARKUP || r->len != at || !run_print(r, &v)) return false;
    }
    return run_cut(r, from, out);
}
