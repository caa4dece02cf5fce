// Methods of str, dict and list. A subject of another type, or one that is part of the payload where the method would
// change it, is left to Lua.
#include "jinja/filters.h"

// --- str ---

static bool cased(struct run *r, text_fn *f, const jval *v, jval *out) {
    return v->type == J_STR && filter_apply(r, f, jval_text(v), NULL, out);
}
static bool str_upper(struct run *r, const jval *v, const jval *args, jval *out) {
    (void)args;
    return cased(r, text_upper, v, out);
}
static bool str_lower(struct run *r, const jval *v, const jval *args, jval *out) {
    (void)args;
    return cased(r, text_lower, v, out);
}
static bool str_title(struct run *r, const jval *v, const jval *args, jval *out) {
    (void)args;
    return cased(r, text_title, v, out);
}
static bool str_capitalize(struct run *r, const jval *v, const jval *args, jval *out) {
    (void)args;
    return cased(r, text_capitalize, v, out);
}

static bool stripped(struct run *r, const jval *v, const jval *chars, enum text_side side, jval *out) {
    if (v->type != J_STR || !run_bytes(r, v->len)) return false;
    if (chars->type == J_ABSENT) *out = jval_str(text_strip(jval_text(v), side));
    else if (chars->type == J_STR && chars->len <= STRIP_SET_MAX)
        *out = jval_str(text_strip_set(jval_text(v), jval_text(chars), side));
    else return false;
    return true;
}
static bool str_strip(struct run *r, const jval *v, const jval *args, jval *out) {
    return stripped(r, v, args, TEXT_BOTH, out);
}
static bool str_lstrip(struct run *r, const jval *v, const jval *args, jval *out) {
    return stripped(r, v, args, TEXT_LEFT, out);
}
static bool str_rstrip(struct run *r, const jval *v, const jval *args, jval *out) {
    return stripped(r, v, args, TEXT_RIGHT, out);
}

static bool str_startswith(struct run *r, const jval *v, const jval *args, jval *out) {
    if (v->type != J_STR || args[0].type != J_STR) return false;
    *out = jval_bool(str_starts(jval_text(v), jval_text(&args[0])));
    return run_spend(r, 1);
}
static bool str_endswith(struct run *r, const jval *v, const jval *args, jval *out) {
    if (v->type != J_STR || args[0].type != J_STR) return false;
    *out = jval_bool(str_ends(jval_text(v), jval_text(&args[0])));
    return run_spend(r, 1);
}

static bool str_replace(struct run *r, const jval *v, const jval *args, jval *out) {
    struct text_replace how = {.count = -1};
    if (v->type != J_STR || args[0].type != J_STR || args[1].type != J_STR) return false;
    if (args[2].type == J_INT) how.count = args[2].integer;
    else if (args[2].type != J_ABSENT) return false;
    how.old = jval_text(&args[0]);
    how.with = jval_text(&args[1]);
    return filter_apply(r, text_replace, jval_text(v), &how, out);
}

static bool split_into(struct run *r, struct text_split *it, bool from_right, struct jlist *list) {
    str part;
    while (from_right ? text_rsplit_next(it, &part) : text_split_next(it, &part))
        if (!run_spend(r, 2) || !run_append(r, list, jval_str(part))) return false;
    for (uint32_t i = 0; from_right && i < list->n / 2; i++) { // they come last first
        jval v = list->items[i];
        list->items[i] = list->items[list->n - 1 - i];
        list->items[list->n - 1 - i] = v;
    }
    return true;
}

static bool split(struct run *r, const jval *v, const jval *args, bool from_right, jval *out) {
    struct text_split it = {.max = -1};
    if (v->type != J_STR || !run_bytes(r, v->len) || !run_list(r, J_LIST, 4, out)) return false;
    it.rest = jval_text(v);
    if (args[0].type == J_STR && args[0].len) it.by = jval_text(&args[0]);
    else if (args[0].type != J_ABSENT && args[0].type != J_NONE) return false;
    if (args[1].type == J_INT) it.max = args[1].integer;
    else if (args[1].type != J_ABSENT) return false;
    if (from_right && it.by.len > 1) return false; // it may compare more than it reads
    return split_into(r, &it, from_right, out->list);
}
static bool str_split_by(struct run *r, const jval *v, const jval *args, jval *out) {
    return split(r, v, args, false, out);
}
static bool str_rsplit_by(struct run *r, const jval *v, const jval *args, jval *out) {
    return split(r, v, args, true, out);
}

static bool str_splitlines(struct run *r, const jval *v, const jval *args, jval *out) {
    (void)args;
    if (v->type != J_STR || !run_bytes(r, v->len) || !run_list(r, J_LIST, 4, out)) return false;
    str rest = jval_text(v), line;
    while (text_line_next(&rest, false, &line))
        if (!run_spend(r, 2) || !run_append(r, out->list, jval_str(line))) return false;
    return true;
}

static bool str_join(struct run *r, const jval *v, const jval *args, jval *out) {
    struct iter it;
    jval source = args[0], item;
    size_t from = r->len;
    int is_there;
    if (v->type != J_STR || !iter_open(&it, &source) || source.type == J_UNDEF) return false;
    for (bool is_first = true; (is_there = iter_next(r, &it, &item)) == 1; is_first = false)
        if (item.type != J_STR || !run_spend(r, 2) || (!is_first && !run_put(r, v->text, v->len)) ||
            !run_put(r, item.text, item.len))
            return false;
    return is_there == 0 && run_cut(r, from, out);
}

static bool str_find_at(struct run *r, const jval *v, const jval *args, jval *out) {
    if (v->type != J_STR || args[0].type != J_STR || !run_bytes(r, 2 * (size_t)v->len)) return false;
    ptrdiff_t at = text_find_bytes(jval_text(v), jval_text(&args[0]));
    *out = jval_int(at < 0 ? -1 : (int64_t)utf8_len((str){v->text, (size_t)at}));
    return true;
}

// --- dict ---

static bool view_of(const jval *v, enum jtype type, jval *out) {
    *out = *v;
    out->of = v->type;
    out->type = (uint8_t)type;
    return jval_is_dict(v);
}
static bool dict_keys(struct run *r, const jval *v, const jval *args, jval *out) {
    (void)r, (void)args;
    return view_of(v, J_KEYS, out);
}
static bool dict_values(struct run *r, const jval *v, const jval *args, jval *out) {
    (void)r, (void)args;
    return view_of(v, J_VALUES, out);
}
static bool dict_items(struct run *r, const jval *v, const jval *args, jval *out) {
    (void)r, (void)args;
    return view_of(v, J_ITEMS, out);
}

static bool dict_get(struct run *r, const jval *v, const jval *args, jval *out) {
    if (!jval_is_dict(v) || !run_spend(r, 1 + jval_count(v) / 8)) return false;
    *out = args[1].type == J_ABSENT ? jval_of(J_NONE) : args[1];
    if (args[0].type == J_STR) {
        if (!run_spend(r, jval_lookup_cost(v, jval_text(&args[0])))) return false;
        jval_member(v, jval_text(&args[0]), out);
        return true;
    }
    if (args[0].type == J_NONE || args[0].type == J_UNDEF) return true; // no dict here has such a key
    const struct jentry *e = v->type == J_DICT ? run_entry(v->dict, &args[0]) : NULL;
    if (e) *out = e->value;
    return args[0].type == J_INT;
}

static bool copy(struct run *r, const jval *v, const jval *args, jval *out) {
    (void)args;
    if (jval_is_dict(v)) return run_copy(r, v, out);
    return (v->type == J_LIST || v->type == J_ARRAY) && list_of(r, v, out);
}

// Python gives the item and closes the gap.
static void remove_entry(struct jdict *d, struct jentry *e) {
    size_t after = (size_t)(d->entries + d->n - e) - 1;
    memmove(e, e + 1, after * sizeof *e);
    d->n--;
    d->removals++;
}

static bool dict_pop(struct run *r, jval v, const jval *args, jval *out) {
    if (!run_spend(r, 1 + v.dict->n)) return false;
    *out = args[1];
    if (args[0].type != J_STR && args[0].type != J_INT) return false;
    struct jentry *e = run_entry(v.dict, &args[0]);
    if (!e) return args[1].type != J_ABSENT;
    *out = e->value;
    remove_entry(v.dict, e);
    return true;
}

static bool list_pop(struct run *r, jval v, const jval *args, jval *out) {
    struct jlist *list = v.list;
    int64_t at = args[0].type == J_INT ? args[0].integer : -1;
    if (at < 0) at += list->n;
    if ((args[0].type != J_INT && args[0].type != J_ABSENT) || at < 0 || at >= list->n || !run_spend(r, list->n))
        return false;
    *out = list->items[at];
    memmove(&list->items[at], &list->items[at + 1], (size_t)(list->n - 1 - at) * sizeof *out);
    list->n--;
    return true;
}

static bool pop(struct run *r, const jval *v, const jval *args, jval *out) {
    if (v->type == J_DICT) return args[0].type != J_ABSENT && dict_pop(r, *v, args, out);
    return v->type == J_LIST && args[1].type == J_ABSENT && list_pop(r, *v, args, out);
}

// What is put into a container of the template's must not be one itself: nothing may come to hold itself.
static bool is_flat(const jval *v) { return v->type <= J_OBJECT && v->type != J_ABSENT; }

static bool dict_setdefault(struct run *r, const jval *v, const jval *args, jval *out) {
    jval value = args[1].type == J_ABSENT ? jval_of(J_NONE) : args[1], key = args[0];
    if (v->type != J_DICT || (key.type != J_STR && key.type != J_INT) || !is_flat(&value)) return false;
    const struct jentry *e = run_entry(v->dict, &key);
    *out = e ? e->value : value;
    return run_spend(r, 1 + v->dict->n / 2) && (e || run_set(r, v->dict, key, value));
}

static bool dict_update(struct run *r, const jval *v, const jval *args, jval *out) {
    if (v->type != J_DICT || !jval_is_dict(&args[0]) || (args[0].type == J_DICT && args[0].dict == v->dict))
        return false;
    for (uint32_t i = 0, n = jval_count(&args[0]); i < n; i++) {
        jval key = jval_key_at(&args[0], i), value = jval_value_at(&args[0], i);
        if (!is_flat(&value) || !run_set(r, v->dict, key, value)) return false;
    }
    *out = jval_of(J_NONE);
    return true;
}

// --- list ---

static bool list_append(struct run *r, const jval *v, const jval *args, jval *out) {
    *out = jval_of(J_NONE);
    return v->type == J_LIST && is_flat(&args[0]) && run_spend(r, 1) && run_append(r, v->list, args[0]);
}

const struct callee all_methods[] = {
    {.name = "upper", .call = str_upper},
    {.name = "lower", .call = str_lower},
    {.name = "title", .call = str_title},
    {.name = "capitalize", .call = str_capitalize},
    {.name = "strip", .call = str_strip, .params = {"chars"}},
    {.name = "lstrip", .call = str_lstrip, .params = {"chars"}},
    {.name = "rstrip", .call = str_rstrip, .params = {"chars"}},
    {.name = "startswith", .call = str_startswith, .required = 1, .params = {"prefix"}},
    {.name = "endswith", .call = str_endswith, .required = 1, .params = {"suffix"}},
    {.name = "replace", .call = str_replace, .required = 2, .params = {"old", "new", "count"}},
    {.name = "split", .call = str_split_by, .params = {"sep", "maxsplit"}},
    {.name = "rsplit", .call = str_rsplit_by, .params = {"sep", "maxsplit"}},
    {.name = "splitlines", .call = str_splitlines},
    {.name = "join", .call = str_join, .required = 1, .params = {"iterable"}},
    {.name = "find", .call = str_find_at, .required = 1, .params = {"sub"}},
    {.name = "keys", .call = dict_keys},
    {.name = "values", .call = dict_values},
    {.name = "items", .call = dict_items},
    {.name = "get", .call = dict_get, .required = 1, .params = {"key", "default"}},
    {.name = "copy", .call = copy},
    {.name = "pop", .call = pop, .params = {"key", "default"}},
    {.name = "setdefault", .call = dict_setdefault, .required = 1, .params = {"key", "default"}},
    {.name = "update", .call = dict_update, .required = 1, .params = {"other"}},
    {.name = "append", .call = list_append, .required = 1, .params = {"object"}},
    {.name = NULL},
};
