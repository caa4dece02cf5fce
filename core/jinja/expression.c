// What expressions do: variables, lookups, logic, calls. Operators on values are in operator.c.
#include "jinja/filters.h"
#include "text/text.h"

// --- constants and variables ---

bool node_value(struct run *r, const struct node *n, jval *out) {
    (void)r;
    *out = n->value;
    return true;
}

bool node_local(struct run *r, const struct node *n, jval *out) {
    *out = r->frame[n->slot];
    return true;
}

bool node_root(struct run *r, const struct node *n, jval *out) {
    *out = r->root[n->slot];
    return true;
}

bool node_context(struct run *r, const struct node *n, jval *out) {
    *out = r->context[n->slot];
    return true;
}

bool node_input(struct run *r, const struct node *n, jval *out) {
    (void)n;
    *out = r->input;
    return true;
}

// --- lookups ---

int step_kind(str name) {
    return (jval_is_special(J_DICT, name) ? STEP_OF_DICT : 0) | (jval_is_special(J_LIST, name) ? STEP_OF_LIST : 0) |
           (jval_is_special(J_STR, name) ? STEP_OF_STR : 0);
}

// A member by name: dict.name, or dict["name"], which differ where a dict has a method of the name.
static bool step(struct run *r, const jval *v, str key, int how, jval *out) {
    bool is_item = how & STEP_ITEM;
    if (jval_is_dict(v)) {
        bool is_special = how & STEP_OF_DICT;
        if ((is_special && !is_item) || !run_spend(r, jval_lookup_cost(v, key))) return false;
        if (jval_member(v, key, out)) return true;
        if (is_special) return false;
    } else if (v->type == J_NAMESPACE && !is_item) {
        jval fields = {.type = J_DICT, .dict = v->dict};
        if (!key.len || key.ptr[0] == '_' || !run_spend(r, jval_lookup_cost(&fields, key))) return false;
        if (jval_member(&fields, key, out)) return true;
    } else if (v->type == J_TUPLE && v->of) {
        bool is_grouper = str_is(key, STR("grouper"));
        *out = v->list->items[!is_grouper];
        return is_grouper || str_is(key, STR("list"));
    } else if (jval_is_list(v) ? how & STEP_OF_LIST : (v->type != J_STR && v->type != J_NONE) || (how & STEP_OF_STR)) {
        return false; // None has nothing but what the sandbox guards, which is among what a text has
    }
    *out = jval_of(J_UNDEF);
    return true;
}

bool node_path(struct run *r, const struct node *n, jval *out) {
    jval v;
    return node_run(r, n->kids[0], &v) && step(r, &v, jval_text(&n->value), n->op, out);
}

// Python's s[from:from + count] by code points, inside of it.
static bool cut(struct run *r, str s, size_t from, size_t count, jval *out) {
    if (!run_bytes(r, s.len)) return false;
    size_t at = utf8_offset(s, 0, from);
    *out = jval_str((str){s.ptr + at, utf8_offset(s, at, count) - at});
    return true;
}

static size_t points(str s) { return utf8_is_ascii(s) ? s.len : utf8_len(s); }

static bool char_at(struct run *r, str s, int64_t i, jval *out) {
    int64_t n = (int64_t)points(s);
    if (i < 0) i += n;
    if (i >= 0 && i < n) return cut(r, s, (size_t)i, 1, out);
    *out = jval_of(J_UNDEF);
    return run_bytes(r, s.len);
}

static bool item(struct run *r, const jval *v, const jval *key, jval *out) {
    if (key->type == J_STR) return step(r, v, jval_text(key), STEP_ITEM | step_kind(jval_text(key)), out);
    if (key->type != J_INT) return false;
    if (v->type == J_STR) return char_at(r, jval_text(v), key->integer, out);
    *out = jval_of(J_UNDEF);
    if (v->type == J_OBJECT) return true;
    if (v->type == J_DICT) {
        const struct jentry *e = run_spend(r, v->dict->n) ? run_entry(v->dict, key) : NULL;
        if (e) *out = e->value;
        return r->work.left >= 0;
    }
    if (!jval_is_list(v)) return false;
    int64_t n = jval_count(v), i = key->integer < 0 ? key->integer + n : key->integer;
    if (i >= 0 && i < n) *out = jval_at(v, (uint32_t)i);
    return true;
}

bool node_item(struct run *r, const struct node *n, jval *out) {
    jval v, key;
    return node_run(r, n->kids[0], &v) && node_run(r, n->kids[1], &key) && item(r, &v, &key, out);
}

// A bound of a slice of n items; `absent` when it is not given or None.
static bool bound(struct run *r, const struct node *kid, int64_t n, int64_t absent, int64_t *out) {
    jval v = jval_of(J_NONE);
    if (kid && !node_run(r, kid, &v)) return false;
    if (v.type != J_NONE && v.type != J_INT) return false;
    int64_t i = v.type == J_NONE ? absent : v.integer;
    if (i < 0) i = i + n < 0 ? 0 : i + n;
    *out = i > n ? n : i;
    return true;
}

bool node_slice(struct run *r, const struct node *n, jval *out) {
    jval v;
    int64_t from, to;
    if (n->kids[3] || !node_run(r, n->kids[0], &v)) return false; // steps are rare
    if (v.type != J_STR && !jval_is_list(&v)) return false;
    int64_t count = v.type == J_STR ? (int64_t)points(jval_text(&v)) : jval_count(&v);
    if (!bound(r, n->kids[1], count, 0, &from) || !bound(r, n->kids[2], count, count, &to)) return false;
    if (to < from) to = from;
    if (v.type == J_STR) return cut(r, jval_text(&v), (size_t)from, (size_t)(to - from), out);
    if (!run_list(r, v.type == J_TUPLE ? J_TUPLE : J_LIST, (uint32_t)(to - from), out)) return false;
    for (int64_t i = from; i < to; i++) out->list->items[out->list->n++] = jval_at(&v, (uint32_t)i);
    return true;
}

bool attribute_get(struct run *r, const jval *v, str path, jval *out) {
    *out = *v;
    str part;
    while (str_split(&path, '.', &part)) {
        int64_t i;
        jval from = *out;
        if (part.len && part.ptr[0] >= '0' && part.ptr[0] <= '9') {
            jval key = jval_int(0);
            if (!str_to_int(part, &i)) return false;
            key.integer = i;
            if (!item(r, &from, &key, out)) return false;
        } else if (!step(r, &from, part, STEP_ITEM | step_kind(part), out)) {
            return false;
        }
    }
    return true;
}

bool attribute_of(struct run *r, const jval *v, const jval *attribute, jval *out) {
    if (attribute->type == J_ABSENT || attribute->type == J_NONE) {
        *out = *v;
        return true;
    }
    if (attribute->type == J_STR && attribute->len && attribute->text[attribute->len - 1] != '.')
        return attribute_get(r, v, jval_text(attribute), out);
    return attribute->type == J_INT && item(r, v, attribute, out);
}

// --- logic ---

bool node_and(struct run *r, const struct node *n, jval *out) {
    if (!node_run(r, n->kids[0], out)) return false;
    int truth = jval_truth(out);
    return truth == 0 || (truth == 1 && node_run(r, n->kids[1], out));
}

bool node_or(struct run *r, const struct node *n, jval *out) {
    if (!node_run(r, n->kids[0], out)) return false;
    int truth = jval_truth(out);
    return truth == 1 || (truth == 0 && node_run(r, n->kids[1], out));
}

bool node_not(struct run *r, const struct node *n, jval *out) {
    bool is_true;
    if (!node_truth(r, n->kids[0], &is_true)) return false;
    *out = jval_bool(!is_true);
    return true;
}

bool node_cond(struct run *r, const struct node *n, jval *out) {
    bool is_true;
    if (!node_truth(r, n->kids[0], &is_true)) return false;
    if (is_true) return node_run(r, n->kids[1], out);
    if (n->kids[2]) return node_run(r, n->kids[2], out);
    *out = jval_of(J_UNDEF);
    return true;
}

static int from_order(int op, int order) {
    switch (op) {
    case COMPARE_LT: return order < 0;
    case COMPARE_LE: return order <= 0;
    case COMPARE_GT: return order > 0;
    default: return order >= 0;
    }
}

static int compare(struct run *r, int op, const jval *a, const jval *b) {
    int answer;
    switch (op) {
    case COMPARE_EQ: return jval_equal(a, b, &r->work);
    case COMPARE_NE: answer = jval_equal(a, b, &r->work); break;
    case COMPARE_IN: return jval_contains(a, b, &r->work);
    case COMPARE_NOT_IN: answer = jval_contains(a, b, &r->work); break;
    default: answer = jval_order(a, b, &r->work); return answer == J_UNKNOWN ? answer : from_order(op, answer);
    }
    return answer == J_UNKNOWN ? answer : !answer;
}

bool node_compare(struct run *r, const struct node *n, jval *out) {
    const int *ops = n->data;
    jval left, right;
    *out = jval_bool(true);
    if (!node_run(r, n->kids[0], &left)) return false;
    for (uint32_t i = 1; i < n->count && out->boolean; i++) {
        if (!node_run(r, n->kids[i], &right)) return false;
        int answer = compare(r, ops[i - 1], &left, &right);
        if (answer == J_UNKNOWN) return false;
        *out = jval_bool(answer);
        left = right;
    }
    return true;
}

// --- literals ---

bool node_make_list(struct run *r, const struct node *n, jval *out) {
    if (!run_list(r, (enum jtype)n->op, n->count, out)) return false;
    for (uint32_t i = 0; i < n->count; i++)
        if (!node_run(r, n->kids[i], &out->list->items[i])) return false;
    out->list->n = n->count;
    return true;
}

bool node_make_dict(struct run *r, const struct node *n, jval *out) {
    if (!run_dict(r, n->count / 2, out)) return false;
    for (uint32_t i = 0; i < n->count; i += 2) {
        jval key, v;
        if (!node_run(r, n->kids[i], &key) || !node_run(r, n->kids[i + 1], &v)) return false;
        if (!run_set(r, out->dict, key, v)) return false;
    }
    return true;
}

// --- loops ---

bool node_loop(struct run *r, const struct node *n, jval *out) {
    int64_t index = r->frame[n->slot].integer, length = 0;
    if (n->value.integer) length = r->frame[n->value.integer].integer;
    switch (n->op) {
    case LOOP_INDEX: *out = jval_int(index); break;
    case LOOP_INDEX0: *out = jval_int(index - 1); break;
    case LOOP_FIRST: *out = jval_bool(index == 1); break;
    case LOOP_LAST: *out = jval_bool(index == length); break;
    case LOOP_LENGTH: *out = jval_int(length); break;
    case LOOP_REVINDEX: *out = jval_int(length - index + 1); break;
    case LOOP_REVINDEX0: *out = jval_int(length - index); break;
    case LOOP_DEPTH: *out = jval_int(1); break;
    default: *out = jval_int(0);
    }
    return true;
}

bool node_cycle(struct run *r, const struct node *n, jval *out) {
    uint32_t chosen = (uint32_t)((r->frame[n->slot].integer - 1) % n->count);
    jval v;
    for (uint32_t i = 0; i < n->count; i++)
        if (!node_run(r, n->kids[i], i == chosen ? out : &v)) return false;
    return true;
}

// --- calls ---

static bool arguments(struct run *r, const struct node *n, uint32_t first, jval *args) {
    for (uint32_t i = 0; i < CALL_ARGS_MAX; i++) {
        args[i] = jval_of(J_ABSENT);
        if (n->kids[first + i] && !node_run(r, n->kids[first + i], &args[i])) return false;
    }
    return true;
}

bool node_call(struct run *r, const struct node *n, jval *out) {
    const struct callee *c = n->data;
    jval subject, args[CALL_ARGS_MAX];
    return run_spend(r, RUN_STEP) && node_run(r, n->kids[0], &subject) && arguments(r, n, 1, args) &&
           c->call(r, &subject, args, out);
}

static bool bind(struct run *r, const struct node *n, const struct jmacro *m, jval *frame) {
    const struct invocation *call = n->data;
    if (call->positional > m->params || call->has_spread) return false;
    for (uint32_t i = 0; i < m->slots; i++) frame[i] = jval_of(J_ABSENT);
    for (uint32_t i = 0; i < call->positional; i++)
        if (!node_run(r, n->kids[1 + i], &frame[i])) return false;
    for (uint32_t i = 0; i < call->keywords; i++) {
        uint32_t place = 0;
        while (place < m->params && !str_is(m->names[place], call->names[i])) place++;
        if (place == m->params || frame[place].type != J_ABSENT) return false;
        if (!node_run(r, n->kids[1 + call->positional + i], &frame[place])) return false;
    }
    return true;
}

static bool invoke_macro(struct run *r, const struct node *n, const struct jmacro *m, jval *out) {
    jval *frame = run_take(r, (m->slots + 1) * sizeof *frame), *outer = r->frame;
    if (!frame || !run_spend(r, 3 * RUN_STEP + m->slots) || !bind(r, n, m, frame)) return false;
    if (!run_has_stack(r) || ++r->depth > RUN_DEPTH_MAX) return false;
    size_t from = r->len;
    r->frame = frame;
    bool is_done = node_run(r, m->body, out) && run_cut(r, from, out);
    r->frame = outer;
    r->depth--;
    return is_done;
}

// What stands behind `**`: none of its keys may have been given already.
static bool spread(struct run *r, const struct node *kid, struct jdict *keywords) {
    jval v;
    if (!node_run(r, kid, &v) || !jval_is_dict(&v)) return false;
    for (uint32_t i = 0, n = jval_count(&v); i < n; i++) {
        jval key = jval_key_at(&v, i);
        if (key.type != J_STR || run_entry(keywords, &key)) return false;
        if (!run_set(r, keywords, key, jval_value_at(&v, i))) return false;
    }
    return true;
}

// A function of every template takes one positional argument at most, and its keywords as a dict.
static bool invoke_global(struct run *r, const struct node *n, jval *out) {
    const struct invocation *call = n->data;
    jval keywords, given = jval_of(J_ABSENT);
    if (!call->global || call->positional > 1 || !run_dict(r, call->keywords, &keywords)) return false;
    if (call->positional && !node_run(r, n->kids[1], &given)) return false;
    for (uint32_t i = 0; i < call->keywords; i++) {
        jval v;
        if (!node_run(r, n->kids[1 + call->positional + i], &v)) return false;
        if (!run_set(r, keywords.dict, jval_str(call->names[i]), v)) return false;
    }
    if (call->has_spread && !spread(r, n->kids[n->count - 1], keywords.dict)) return false;
    return call->global->call(r, &keywords, &given, out);
}

bool node_invoke(struct run *r, const struct node *n, jval *out) {
    jval f;
    if (!node_run(r, n->kids[0], &f)) return false;
    if (f.type == J_MACRO) return invoke_macro(r, n, f.macro, out);
    return f.type == J_OTHER && f.of && invoke_global(r, n, out);
}

static bool call_namespace(struct run *r, const jval *keywords, const jval *args, jval *out) {
    (void)r;
    *out = *keywords;
    out->type = J_NAMESPACE;
    return args[0].type == J_ABSENT;
}

// dict(of a dict or of pairs, keywords)
static bool call_dict(struct run *r, const jval *keywords, const jval *args, jval *out) {
    struct iter it;
    jval source = args[0], key, v;
    *out = *keywords;
    if (source.type == J_ABSENT) return true;
    if (jval_is_dict(&source)) {
        if (!run_copy(r, &source, out)) return false;
    } else {
        int is_there;
        if (source.type == J_UNDEF || !iter_open(&it, &source) || !run_dict(r, 8, out)) return false;
        while ((is_there = iter_next_pair(r, &it, &key, &v)) == 1)
            if (!run_set(r, out->dict, key, v)) return false;
        if (is_there < 0) return false;
    }
    for (uint32_t i = 0; i < keywords->dict->n; i++)
        if (!run_set(r, out->dict, keywords->dict->entries[i].key, keywords->dict->entries[i].value)) return false;
    return true;
}

const struct callee all_globals[] = {
    {.name = "namespace", .call = call_namespace},
    {.name = "dict", .call = call_dict},
    {.name = NULL},
};

// --- filters that call by name ---

// One step of map or select: what is looked at of the item, then what is called with it.
static bool applied(struct run *r, const struct node *n, const jval *item, const jval *attribute, const jval *args,
                    jval *out) {
    const struct by_name *by = n->data;
    jval subject;
    if (!run_spend(r, RUN_STEP) || !attribute_of(r, item, attribute, &subject)) return false;
    if (!by->callee) *out = subject;
    return !by->callee || by->callee->call(r, &subject, args, out);
}

static bool by_name(struct run *r, const struct node *n, jval *out) {
    const struct by_name *by = n->data;
    jval source, item, attribute = jval_of(J_ABSENT), args[CALL_ARGS_MAX];
    struct iter it;
    if (!node_run(r, n->kids[0], &source) || !arguments(r, n, 2, args)) return false;
    if (by->by_attribute && !node_run(r, n->kids[1], &attribute)) return false;
    if (!iter_open(&it, &source) || !run_list(r, J_GEN, 8, out)) return false;
    int is_there;
    while ((is_there = iter_next(r, &it, &item)) == 1) {
        jval v;
        if (!applied(r, n, &item, &attribute, args, &v)) return false;
        int truth = jval_truth(&v);
        if (by->is_test && truth < 0) return false;
        if (by->is_test && (truth > 0) != by->wants) continue;
        if (!run_append(r, out->list, by->is_test ? item : v)) return false;
    }
    return is_there == 0;
}

bool node_map(struct run *r, const struct node *n, jval *out) { return by_name(r, n, out); }
bool node_select(struct run *r, const struct node *n, jval *out) { return by_name(r, n, out); }
