// The tests behind `is`.
#include "jinja/filters.h"

#define TEST(name, expression)                                                    \
    static bool name(struct run *r, const jval *v, const jval *args, jval *out) { \
        (void)r, (void)args;                                                      \
        *out = jval_bool(expression);                                             \
        return v->type != J_OTHER;                                                \
    }

TEST(is_defined, v->type != J_UNDEF)
TEST(is_undefined, v->type == J_UNDEF)
TEST(is_none, v->type == J_NONE)
TEST(is_true, v->type == J_BOOL && v->boolean)
TEST(is_false, v->type == J_BOOL && !v->boolean)
TEST(is_boolean, v->type == J_BOOL)
TEST(is_string, v->type == J_STR || v->type == J_MARKUP)
TEST(is_mapping, jval_is_dict(v))
TEST(is_integer, v->type == J_INT)
TEST(is_float, v->type == J_FLOAT)
TEST(is_number, v->type == J_INT || v->type == J_FLOAT || v->type == J_BOOL)
TEST(is_escaped, v->type == J_MARKUP)
TEST(is_sequence, v->type == J_STR || v->type == J_MARKUP || jval_is_list(v) || jval_is_dict(v) || v->type == J_UNDEF)

static bool is_iterable(struct run *r, const jval *v, const jval *args, jval *out) {
    (void)r, (void)args;
    *out = jval_bool(v->type == J_STR || v->type == J_UNDEF || jval_is_list(v) || jval_is_dict(v) || jval_is_view(v) ||
                     v->type == J_GEN);
    return v->type <= J_GEN && v->type != J_MARKUP;
}

static bool give(int answer, bool is_negated, jval *out) {
    *out = jval_bool((answer != 0) != is_negated);
    return answer != J_UNKNOWN;
}

static bool is_eq(struct run *r, const jval *v, const jval *args, jval *out) {
    return give(jval_equal(v, &args[0], &r->work), false, out);
}
static bool is_ne(struct run *r, const jval *v, const jval *args, jval *out) {
    return give(jval_equal(v, &args[0], &r->work), true, out);
}
static bool is_in(struct run *r, const jval *v, const jval *args, jval *out) {
    return give(jval_contains(v, &args[0], &r->work), false, out);
}

static bool ordered(struct run *r, const jval *v, const jval *args, int one, int other, jval *out) {
    int order = jval_order(v, &args[0], &r->work);
    *out = jval_bool(order == one || order == other);
    return order != J_UNKNOWN;
}
static bool is_lt(struct run *r, const jval *v, const jval *args, jval *out) {
    return ordered(r, v, args, -1, -1, out);
}
static bool is_le(struct run *r, const jval *v, const jval *args, jval *out) { return ordered(r, v, args, -1, 0, out); }
static bool is_gt(struct run *r, const jval *v, const jval *args, jval *out) { return ordered(r, v, args, 1, 1, out); }
static bool is_ge(struct run *r, const jval *v, const jval *args, jval *out) { return ordered(r, v, args, 1, 0, out); }

static bool divisible(const jval *v, int64_t by, bool wanted, jval *out) {
    if (v->type != J_INT || by == 0 || by == -1) return false;
    *out = jval_bool((v->integer % by == 0) == wanted);
    return true;
}
static bool is_even(struct run *r, const jval *v, const jval *args, jval *out) {
    (void)r, (void)args;
    return divisible(v, 2, true, out);
}
static bool is_odd(struct run *r, const jval *v, const jval *args, jval *out) {
    (void)r, (void)args;
    return divisible(v, 2, false, out);
}
static bool is_divisible(struct run *r, const jval *v, const jval *args, jval *out) {
    (void)r;
    return args[0].type == J_INT && divisible(v, args[0].integer, true, out);
}

#define COMPARISON(spelled, function)                                      \
    {                                                                      \
        .name = spelled, .call = function, .required = 1, .params = { "" } \
    }

const struct callee all_tests[] = {
    {.name = "defined", .call = is_defined},
    {.name = "undefined", .call = is_undefined},
    {.name = "none", .call = is_none},
    {.name = "true", .call = is_true},
    {.name = "false", .call = is_false},
    {.name = "boolean", .call = is_boolean},
    {.name = "string", .call = is_string},
    {.name = "mapping", .call = is_mapping},
    {.name = "integer", .call = is_integer},
    {.name = "float", .call = is_float},
    {.name = "number", .call = is_number},
    {.name = "escaped", .call = is_escaped},
    {.name = "sequence", .call = is_sequence},
    {.name = "iterable", .call = is_iterable},
    {.name = "even", .call = is_even},
    {.name = "odd", .call = is_odd},
    {.name = "divisibleby", .call = is_divisible, .required = 1, .params = {"num"}},
    {.name = "in", .call = is_in, .required = 1, .params = {"seq"}},
    COMPARISON("eq", is_eq),
    COMPARISON("equalto", is_eq),
    COMPARISON("==", is_eq),
    COMPARISON("ne", is_ne),
    COMPARISON("!=", is_ne),
    COMPARISON("lt", is_lt),
    COMPARISON("lessthan", is_lt),
    COMPARISON("<", is_lt),
    COMPARISON("le", is_le),
    COMPARISON("<=", is_le),
    COMPARISON("gt", is_gt),
    COMPARISON("greaterthan", is_gt),
    COMPARISON(">", is_gt),
    COMPARISON("ge", is_ge),
    COMPARISON(">=", is_ge),
    {.name = NULL},
};
