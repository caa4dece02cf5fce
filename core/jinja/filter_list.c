// Filters over lists and dicts: items, order, groups, sums; and default.
#include "jinja/filters.h"
#include <math.h>

static bool filter_default(struct run *r, const jval *v, const jval *args, jval *out) {
    (void)r;
    int truth = 1;
    *out = *v;
    if (args[1].type != J_ABSENT && (truth = jval_truth(&args[1])) < 0) return false;
    bool by_truth = args[1].type != J_ABSENT && truth;
    if (by_truth && (truth = jval_truth(v)) < 0) return false;
    if (v->type == J_UNDEF || (by_truth && !truth)) *out = args[0].type == J_ABSENT ? jval_str(STR("")) : args[0];
    return true;
}

static bool filter_length(struct run *r, const jval *v, const jval *args, jval *out) {
    (void)args;
    *out = jval_int(0);
    if (v->type == J_UNDEF) return true;
    if (v->type == J_STR) out->integer = run_bytes(r, v->len) ? (int64_t)utf8_len(jval_text(v)) : 0;
    else if (jval_is_list(v) || jval_is_dict(v) || jval_is_view(v)) out->integer = jval_count(v);
    else return false;
    return true;
}

bool list_of(struct run *r, const jval *v, jval *out) {
    jval source = *v, items;
    if (!run_items(r, &source, &items)) return false;
    if (v->type != J_LIST && v->type != J_TUPLE) {
        *out = items;
        return true;
    }
    if (!run_list(r, J_LIST, items.list->n, out)) return false;
    if (items.list->n) memcpy(out->list->items, items.list->items, items.list->n * sizeof(jval));
    out->list->n = items.list->n;
    return true;
}

static bool filter_list(struct run *r, const jval *v, const jval *args, jval *out) {
    (void)args;
    return list_of(r, v, out);
}

static bool filter_first(struct run *r, const jval *v, const jval *args, jval *out) {
    struct iter it;
    jval source = *v;
    (void)args;
    *out = jval_of(J_UNDEF);
    if (v->type == J_GEN) {
        if (v->list->taken < v->list->n) *out = v->list->items[v->list->taken++];
        return true;
    }
    return iter_open(&it, &source) && iter_next(r, &it, out) >= 0;
}

static bool filter_last(struct run *r, const jval *v, const jval *args, jval *out) {
    (void)args, (void)r;
    if (!jval_is_list(v)) return false;
    uint32_t n = jval_count(v);
    *out = n ? jval_at(v, n - 1) : jval_of(J_UNDEF);
    return true;
}

static bool filter_reverse(struct run *r, const jval *v, const jval *args, jval *out) {
    (void)args;
    if (v->type == J_STR) return filter_apply(r, text_reverse, jval_text(v), NULL, out);
    if (!jval_is_list(v)) return false;
    uint32_t n = jval_count(v);
    if (!run_list(r, J_GEN, n, out)) return false;
    for (uint32_t i = 0; i < n; i++) out->list->items[i] = jval_at(v, n - 1 - i);
    out->list->n = n;
    out->list->taken = 0;
    return true;
}

static bool filter_join(struct run *r, const jval *v, const jval *args, jval *out) {
    struct iter it;
    jval source = *v, item;
    size_t from = r->len;
    int is_there;
    if (args[0].type == J_MARKUP || !iter_open(&it, &source)) return false;
    for (bool is_first = true; (is_there = iter_next(r, &it, &item)) == 1; is_first = false) {
        if (!run_spend(r, 2) || !attribute_of(r, &item, &args[1], &item)) return false;
        if (!is_first && args[0].type != J_ABSENT && !run_print(r, &args[0])) return false;
        if (!run_print(r, &item)) return false;
    }
    return is_there == 0 && run_cut(r, from, out);
}

// --- order ---

// What an item is compared by: its attribute, a text in lower case unless that counts.
static bool key_of(struct run *r, const jval *item, const jval *attribute, bool is_case_sensitive, jval *key) {
    if (!attribute_of(r, item, attribute, key)) return false;
    if (key->type == J_MARKUP || is_case_sensitive || key->type != J_STR) return key->type != J_MARKUP;
    jval text = *key;
    return filter_apply(r, text_lower, jval_text(&text), NULL, key);
}

static bool keys_of(struct run *r, const jval *items, const jval *attribute, bool is_case_sensitive, jval *keys) {
    if (attribute->type == J_STR && memchr(attribute->text, ',', attribute->len)) return false;
    if (!run_list(r, J_LIST, items->list->n, keys)) return false;
    for (uint32_t i = 0; i < items->list->n; i++)
        if (!key_of(r, &items->list->items[i], attribute, is_case_sensitive, &keys->list->items[i])) return false;
    keys->list->n = items->list->n;
    return true;
}

// Sorts places by their keys: insertion into runs, then merges; stable, also in reverse.
struct sorting {
    struct run *run;
    const jval *keys;
    bool is_reverse, failed;
};

static bool goes_first(struct sorting *s, uint32_t right, uint32_t left) { // must the right one go first?
    int order = jval_order(&s->keys[right], &s->keys[left], &s->run->work);
    if (order == J_UNKNOWN) s->failed = true;
    return s->is_reverse ? order == 1 : order == -1;
}

static void merge_places(struct sorting *s, uint32_t *at, uint32_t *spare, uint32_t middle, uint32_t n) {
    uint32_t i = 0, j = middle, to = 0;
    while (i < middle && j < n && !s->failed) spare[to++] = goes_first(s, at[j], at[i]) ? at[j++] : at[i++];
    while (i < middle) spare[to++] = at[i++];
    while (j < n) spare[to++] = at[j++];
    memcpy(at, spare, n * sizeof *at);
}

static void sort_places(struct sorting *s, uint32_t *at, uint32_t *spare, uint32_t n) {
    if (n < 2 || s->failed) return;
    sort_places(s, at, spare, n / 2);
    sort_places(s, at + n / 2, spare, n - n / 2);
    merge_places(s, at, spare, n / 2, n);
}

// The items by their keys.
static bool sorted(struct run *r, const jval *items, const jval *keys, bool is_reverse, jval *out) {
    uint32_t n = items->list->n, *places = run_take(r, (2 * (size_t)n + 1) * sizeof *places);
    struct sorting s = {.run = r, .keys = keys->list->items, .is_reverse = is_reverse};
    if (!places || !run_spend(r, 10 * (int64_t)n) || !run_list(r, J_LIST, n, out)) return false;
    for (uint32_t i = 0; i < n; i++) places[i] = i;
    sort_places(&s, places, places + n, n);
    for (uint32_t i = 0; i < n; i++) out->list->items[i] = items->list->items[places[i]];
    out->list->n = n;
    return !s.failed;
}

static bool is_reverse(const jval *v, bool *out) {
    *out = v->type == J_BOOL && v->boolean;
    return v->type == J_BOOL || v->type == J_ABSENT;
}

static bool filter_sort(struct run *r, const jval *v, const jval *args, jval *out) {
    bool reverse, is_case_sensitive;
    jval source = *v, items, keys;
    return is_reverse(&args[0], &reverse) && argument_truth(&args[1], &is_case_sensitive) &&
           run_items(r, &source, &items) && keys_of(r, &items, &args[2], is_case_sensitive, &keys) &&
           sorted(r, &items, &keys, reverse, out);
}

static bool filter_dictsort(struct run *r, const jval *v, const jval *args, jval *out) {
    bool reverse, is_case_sensitive;
    jval view = *v, items, keys, column = jval_int(0);
    if (!jval_is_dict(v) || !argument_truth(&args[0], &is_case_sensitive) || !is_reverse(&args[2], &reverse))
        return false;
    if (args[1].type == J_STR && str_is(jval_text(&args[1]), STR("value"))) column.integer = 1;
    else if (args[1].type != J_ABSENT && (args[1].type != J_STR || !str_is(jval_text(&args[1]), STR("key"))))
        return false;
    view.of = v->type;
    view.type = J_ITEMS;
    return run_items(r, &view, &items) && keys_of(r, &items, &column, is_case_sensitive, &keys) &&
           sorted(r, &items, &keys, reverse, out);
}

// One group: as its first item spells the key, and its items.
static bool add_group(struct run *r, const jval *first, const jval *attribute, struct jlist *groups, jval *items) {
    jval group, spelled;
    if (!attribute_of(r, first, attribute, &spelled) || !run_list(r, J_LIST, 4, items)) return false;
    if (!run_pair(r, spelled, *items, &group)) return false;
    group.of = true;
    return run_append(r, groups, group);
}

static bool filter_groupby(struct run *r, const jval *v, const jval *args, jval *out) {
    bool is_case_sensitive;
    jval source = *v, items, keys, ordered, ordered_keys, group = jval_of(J_UNDEF);
    if (args[1].type != J_ABSENT || !argument_truth(&args[2], &is_case_sensitive) || !run_items(r, &source, &items))
        return false;
    if (!keys_of(r, &items, &args[0], is_case_sensitive, &keys) || !sorted(r, &items, &keys, false, &ordered))
        return false;
    if (!sorted(r, &keys, &keys, false, &ordered_keys) || !run_list(r, J_LIST, 4, out)) return false;
    for (uint32_t i = 0; i < ordered.list->n; i++) {
        const jval *key = &ordered_keys.list->items[i];
        int is_same = i == 0 ? 0 : jval_equal(key, key - 1, &r->work);
        if (is_same == J_UNKNOWN) return false;
        if (!is_same && !add_group(r, &ordered.list->items[i], &args[0], out->list, &group)) return false;
        if (!run_append(r, group.list, ordered.list->items[i])) return false;
    }
    return true;
}

static bool extreme(struct run *r, const jval *v, const jval *args, int wanted, jval *out) {
    bool is_case_sensitive;
    jval source = *v, items, keys;
    if (!argument_truth(&args[0], &is_case_sensitive) || !run_items(r, &source, &items)) return false;
    if (!keys_of(r, &items, &args[1], is_case_sensitive, &keys)) return false;
    uint32_t best = 0;
    for (uint32_t i = 1; i < items.list->n; i++) {
        int order = jval_order(&keys.list->items[i], &keys.list->items[best], &r->work);
        if (order == J_UNKNOWN) return false;
        if (order == wanted) best = i;
    }
    *out = items.list->n ? items.list->items[best] : jval_of(J_UNDEF);
    return true;
}

static bool filter_min(struct run *r, const jval *v, const jval *args, jval *out) {
    return extreme(r, v, args, -1, out);
}
static bool filter_max(struct run *r, const jval *v, const jval *args, jval *out) {
    return extreme(r, v, args, 1, out);
}

static bool filter_unique(struct run *r, const jval *v, const jval *args, jval *out) {
    bool is_case_sensitive;
    jval source = *v, items, keys;
    if (!argument_truth(&args[0], &is_case_sensitive) || !run_items(r, &source, &items)) return false;
    if (!keys_of(r, &items, &args[1], is_case_sensitive, &keys) || !run_list(r, J_GEN, 4, out)) return false;
    for (uint32_t i = 0; i < items.list->n; i++) {
        if (keys.list->items[i].type != J_STR && keys.list->items[i].type != J_INT) return false;
        jval before = {.type = J_LIST, .list = &(struct jlist){.items = keys.list->items, .n = i}};
        int is_known = jval_contains(&keys.list->items[i], &before, &r->work);
        if (is_known == J_UNKNOWN) return false;
        if (!is_known && !run_append(r, out->list, items.list->items[i])) return false;
    }
    return true;
}

// --- sums ---

// As Python does from 3.12 on: what each addition of doubles lost is carried along.
struct sum {
    int64_t whole;
    double real, lost;
    bool is_real;
};

static bool add_real(struct sum *s, double x) {
    double t = s->real + x;
    s->lost += fabs(s->real) >= fabs(x) ? (s->real - t) + x : (x - t) + s->real;
    s->real = t;
    return isfinite(t);
}

static bool add_to(struct sum *s, const jval *v) {
    int64_t i = v->type == J_BOOL ? v->boolean : v->integer;
    if (v->type != J_INT && v->type != J_BOOL && v->type != J_FLOAT) return false;
    if (s->is_real) {
        if (v->type == J_FLOAT) return add_real(s, v->real);
        if (i > (int64_t)1 << 53 || i < -((int64_t)1 << 53)) return false;
        s->real += (double)i;
        return true;
    }
    if (v->type != J_FLOAT) return !__builtin_add_overflow(s->whole, i, &s->whole);
    if (s->whole > (int64_t)1 << 53 || s->whole < -((int64_t)1 << 53)) return false;
    s->is_real = true;
    s->real = (double)s->whole + v->real; // the first addition is the integer's
    return isfinite(s->real);
}

static bool filter_sum(struct run *r, const jval *v, const jval *args, jval *out) {
    struct sum s = {0};
    struct iter it;
    jval source = *v, item;
    int is_there;
    if (args[1].type != J_ABSENT || !iter_open(&it, &source)) return false;
    while ((is_there = iter_next(r, &it, &item)) == 1)
        if (!run_spend(r, 1) || !attribute_of(r, &item, &args[0], &item) || !add_to(&s, &item)) return false;
    *out = s.is_real ? jval_real(s.real + s.lost) : jval_int(s.whole);
    return is_there == 0;
}

static bool filter_items(struct run *r, const jval *v, const jval *args, jval *out) {
    jval view = *v;
    (void)args;
    if (v->type != J_UNDEF && !jval_is_dict(v)) return false;
    if (v->type == J_UNDEF) return run_list(r, J_GEN, 0, out);
    view.of = v->type;
    view.type = J_ITEMS;
    if (!run_items(r, &view, out)) return false;
    out->type = J_GEN;
    out->list->taken = 0;
    return true;
}

const struct callee filters_of_lists[] = {
    {.name = "default", .call = filter_default, .params = {"default_value", "boolean"}, .leaves_items = true},
    {.name = "d", .call = filter_default, .params = {"default_value", "boolean"}, .leaves_items = true},
    {.name = "length", .call = filter_length},
    {.name = "count", .call = filter_length},
    {.name = "list", .call = filter_list},
    {.name = "first", .call = filter_first},
    {.name = "last", .call = filter_last},
    {.name = "reverse", .call = filter_reverse, .is_lazy = true},
    {.name = "join", .call = filter_join, .params = {"d", "attribute"}},
    {.name = "sort", .call = filter_sort, .params = {"reverse", "case_sensitive", "attribute"}},
    {.name = "dictsort", .call = filter_dictsort, .params = {"case_sensitive", "by", "reverse"}},
    {.name = "groupby", .call = filter_groupby, .required = 1, .params = {"attribute", "default", "case_sensitive"}},
    {.name = "min", .call = filter_min, .params = {"case_sensitive", "attribute"}},
    {.name = "max", .call = filter_max, .params = {"case_sensitive", "attribute"}},
    {.name = "unique", .call = filter_unique, .params = {"case_sensitive", "attribute"}, .is_lazy = true},
    {.name = "sum", .call = filter_sum, .params = {"attribute", "start"}},
    {.name = "items", .call = filter_items, .is_lazy = true},
    {.name = NULL},
};
