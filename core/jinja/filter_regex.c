// OnCall's filters of regular expressions, whose pattern stands in the template.
#include "jinja/filters.h"
#include "text/regex.h"

// --- regular expressions ---

static bool subject_of(struct run *r, const struct node *n, jval *v) {
    return run_spend(r, 10) && node_run(r, n->kids[0], v) && (v->type == J_STR || v->type == J_MARKUP);
}

static int64_t allowance(const struct run *r) { return r->work.left < REGEX_WORK_MAX ? r->work.left : REGEX_WORK_MAX; }

static bool look_for(struct run *r, const struct node *n, enum regex_where where, jval *out) {
    const struct regex_call *call = n->data;
    jval v;
    if (!subject_of(r, n, &v)) return false;
    int64_t given = allowance(r), left = given;
    err e = regex_search(call->regex, jval_text(&v), where, &left);
    *out = jval_bool(e == ERR_OK);
    return run_spend(r, given - left) && (e == ERR_OK || e == ERR_NOT_FOUND);
}

static bool node_regex_search(struct run *r, const struct node *n, jval *out) {
    return look_for(r, n, REGEX_ANYWHERE, out);
}

static bool node_regex_match(struct run *r, const struct node *n, jval *out) {
    return look_for(r, n, REGEX_AT_START, out);
}

static bool take_text(struct run *r, const buf *b, jval *out) {
    char *text = run_text(r, b->len, out);
    if (text && b->len) memcpy(text, b->ptr, b->len);
    return text != NULL;
}

static bool node_regex_replace(struct run *r, const struct node *n, jval *out) {
    const struct regex_call *call = n->data;
    struct why why;
    jval v, template;
    buf text = {0};
    if (!subject_of(r, n, &v) || !node_run(r, n->kids[2], &template) || template.type != J_STR) return false;
    if (v.type == J_MARKUP && regex_is_too_short(call->regex, jval_text(&v))) return *out = v, true;
    int64_t given = allowance(r), left = given;
    err e = regex_replace(call->regex, jval_text(&template), jval_text(&v), &text, &left, &why);
    bool is_done = !e && run_spend(r, given - left) && take_text(r, &text, out);
    buf_free(&text);
    return is_done;
}

const struct callee filters_of_regex[] = {
    {.name = "regex_replace",
     .node = node_regex_replace,
     .required = 2,
     .params = {"find", "replace"},
     .wants_regex = true},
    {.name = "regex_match", .node = node_regex_match, .required = 1, .params = {"value"}, .wants_regex = true},
    {.name = "regex_search", .node = node_regex_search, .required = 1, .params = {"value"}, .wants_regex = true},
    {.name = NULL},
};
