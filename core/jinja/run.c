#include "jinja/run.h"
#include "base/mem.h"
#include "base/zone.h"
#include "text/print.h"
#include "text/text.h"
#include "text/units.h"
#include <math.h>
#include <stdio.h>

#define BLOCK_FIRST ((size_t)64 << 10) // kept between renderings

// --- memory ---

struct block {
    struct block *next;
    size_t size;
    _Alignas(16) char data[];
};

struct jmemory {
    struct block *first, *now;
    size_t used, total; // of the block at hand; of all
    arena *parsed;      // documents that were read, or NULL
    size_t parsed_bytes;
    zones *zones; // or NULL
};

static struct block *new_block(size_t size) {
    struct block *b = mem_alloc(sizeof *b + size);
    *b = (struct block){.size = size};
    return b;
}

struct jmemory *jmemory_new(void) {
    struct jmemory *m = NEW(struct jmemory);
    m->first = m->now = new_block(BLOCK_FIRST);
    m->total = BLOCK_FIRST;
    return m;
}

static void free_blocks(struct block *b) {
    while (b) {
        struct block *next = b->next;
        mem_free(b);
        b = next;
    }
}

void jmemory_reset(struct jmemory *m) {
    free_blocks(m->first->next);
    m->first->next = NULL;
    m->now = m->first;
    m->used = 0;
    m->total = BLOCK_FIRST;
    arena_free(m->parsed);
    m->parsed = NULL;
    m->parsed_bytes = 0;
}

void jmemory_free(struct jmemory *m) {
    if (!m) return;
    arena_free(m->parsed);
    zones_free(m->zones);
    free_blocks(m->first);
    mem_free(m);
}

static bool add_block(struct jmemory *m, size_t size) {
    size_t room = size > BLOCK_FIRST ? size : BLOCK_FIRST;
    if (room > RUN_MEMORY_MAX || m->total + room > RUN_MEMORY_MAX) return false;
    m->now->next = new_block(room);
    m->now = m->now->next;
    m->used = 0;
    m->total += room;
    return true;
}

void *run_take(struct run *r, size_t size) {
    struct jmemory *m = r->memory;
    if (size > RUN_MEMORY_MAX) return NULL;
    size = (size + 7) & ~(size_t)7;
    if (size > m->now->size - m->used && !add_block(m, size)) return NULL;
    void *p = m->now->data + m->used;
    m->used += size;
    return p;
}

arena *run_arena(struct run *r, size_t bytes) {
    struct jmemory *m = r->memory;
    m->parsed_bytes += bytes;
    if (m->parsed_bytes > RUN_PARSED_MAX) return NULL;
    if (!m->parsed) m->parsed = arena_new();
    return m->parsed;
}

zones *run_zones(struct run *r) {
    struct jmemory *m = r->memory;
    if (!m->zones) m->zones = zones_new(NULL);
    return m->zones;
}

bool run_has_stack(const struct run *r) {
    const char *here = __builtin_frame_address(0);
    return (size_t)(here < r->stack ? r->stack - here : here - r->stack) < RUN_STACK_MAX;
}

bool run_bytes(struct run *r, size_t n) { return run_spend(r, (int64_t)(n / FUEL_BYTES) + 1); }

// --- the text ---

bool run_grow(struct run *r, size_t more) {
    size_t cap = r->cap ? 2 * r->cap : 4096;
    if (more > RUN_TEXT_MAX || r->len + more > RUN_TEXT_MAX) return false;
    if (cap < r->len + more) cap = r->len + more;
    r->out = mem_grow(r->out, cap);
    r->cap = cap;
    return true;
}

static bool put_integer(struct run *r, int64_t i) {
    char digits[24], *at = digits + sizeof digits;
    uint64_t rest = i < 0 ? 0 - (uint64_t)i : (uint64_t)i;
    do *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (i < 0) *--at = '-';
    return run_put(r, at, (size_t)(digits + sizeof digits - at));
}

static bool put_real(struct run *r, double x) {
    char text[TEXT_FLOAT_MAX];
    return run_put(r, text, text_float(text, x));
}

static bool put_repr_of_text(struct run *r, str s) {
    size_t n = text_repr(NULL, s, NULL);
    if (!run_bytes(r, n) || (n > r->cap - r->len && !run_grow(r, n))) return false;
    r->len += text_repr(r->out + r->len, s, NULL);
    return true;
}

static bool put_json(struct run *r, const struct json *v) {
    static const struct print_style style = {.repr = true};
    size_t n = print_json(NULL, v, &style, RUN_TEXT_MAX);
    if (n > RUN_TEXT_MAX || !run_bytes(r, 2 * n) || (n > r->cap - r->len && !run_grow(r, n))) return false;
    r->len += print_json(r->out + r->len, v, &style, RUN_TEXT_MAX);
    return true;
}

static bool put_items(struct run *r, const jval *v, const char *brackets) {
    bool is_done = run_put(r, brackets, 1);
    for (uint32_t i = 0; is_done && i < v->list->n; i++)
        is_done = (i == 0 || run_put(r, ", ", 2)) && run_repr(r, &v->list->items[i]);
    if (v->type == J_TUPLE && v->list->n == 1) is_done = is_done && run_put(r, ",", 1);
    return is_done && run_put(r, brackets + 1, 1);
}

static bool put_dict(struct run *r, const struct jdict *d) {
    bool is_done = run_put(r, "{", 1);
    for (uint32_t i = 0; is_done && i < d->n; i++)
        is_done = (i == 0 || run_put(r, ", ", 2)) && run_repr(r, &d->entries[i].key) && run_put(r, ": ", 2) &&
                  run_repr(r, &d->entries[i].value);
    return is_done && run_put(r, "}", 1);
}

static bool put_container(struct run *r, const jval *v) {
    if (!run_spend(r, 10) || r->depth >= RUN_DEPTH_MAX) return false;
    r->depth++;
    bool is_done = v->type == J_DICT    ? put_dict(r, v->dict)
                   : v->type == J_LIST  ? put_items(r, v, "[]")
                   : v->type == J_TUPLE ? put_items(r, v, "()")
                                        : false;
    r->depth--;
    return is_done;
}

bool run_repr(struct run *r, const jval *v) {
    if (v->type == J_STR) return put_repr_of_text(r, jval_text(v));
    if (v->type == J_MARKUP || v->type == J_UNDEF || v->type == J_TIME) return false;
    return run_print(r, v);
}

bool run_print(struct run *r, const jval *v) {
    switch (v->type) {
    case J_STR:
    case J_MARKUP: return run_put(r, v->text, v->len);
    case J_UNDEF: return true;
    case J_NONE: return run_put(r, "None", 4);
    case J_BOOL: return v->boolean ? run_put(r, "True", 4) : run_put(r, "False", 5);
    case J_INT: return put_integer(r, v->integer);
    case J_FLOAT: return put_real(r, v->real);
    case J_ARRAY:
    case J_OBJECT: return put_json(r, v->json);
    case J_TIME: return run_print_time(r, v);
    default: return put_container(r, v);
    }
}

bool run_cut(struct run *r, size_t from, jval *out) {
    size_t n = r->len - from;
    char *text = run_text(r, n, out);
    if (!text) return false;
    if (n) memcpy(text, r->out + from, n);
    r->len = from;
    return true;
}

// --- values ---

bool run_str(struct run *r, const jval *v, str *out) {
    if (v->type == J_STR) {
        *out = jval_text(v);
        return true;
    }
    jval text;
    size_t from = r->len;
    if (v->type == J_MARKUP || !run_print(r, v) || !run_cut(r, from, &text)) return false;
    *out = jval_text(&text);
    return true;
}

char *run_text(struct run *r, size_t n, jval *out) {
    char *text = run_bytes(r, n) ? run_take(r, n + 1) : NULL;
    if (text) *out = jval_str((str){text, n});
    return text;
}

bool run_list(struct run *r, enum jtype type, uint32_t cap, jval *out) {
    struct jlist *list = run_take(r, sizeof *list);
    jval *items = run_take(r, (cap + 1) * sizeof *items);
    if (!list || !items || !run_spend(r, 2 + cap)) return false;
    *list = (struct jlist){.items = items, .cap = cap + 1};
    *out = (jval){.type = (uint8_t)type, .list = list};
    return true;
}

bool run_append(struct run *r, struct jlist *list, jval v) {
    if (list->n == list->cap) {
        uint32_t cap = 2 * list->cap + 2;
        jval *items = run_take(r, cap * sizeof *items);
        if (!items || !run_spend(r, cap)) return false;
        if (list->n) memcpy(items, list->items, list->n * sizeof *items);
        list->items = items;
        list->cap = cap;
    }
    list->items[list->n++] = v;
    return true;
}

bool run_pair(struct run *r, jval a, jval b, jval *out) {
    struct pair {
        struct jlist list;
        jval items[2];
    } *p = run_take(r, sizeof *p);
    if (!p) return false;
    p->items[0] = a;
    p->items[1] = b;
    p->list = (struct jlist){.items = p->items, .n = 2, .cap = 2};
    *out = (jval){.type = J_TUPLE, .list = &p->list};
    return true;
}

bool run_dict(struct run *r, uint32_t cap, jval *out) {
    struct jdict *d = run_take(r, sizeof *d);
    struct jentry *entries = run_take(r, (cap + 1) * sizeof *entries);
    if (!d || !entries || !run_spend(r, 2 + 2 * (int64_t)cap)) return false;
    *d = (struct jdict){.entries = entries, .cap = cap + 1};
    *out = (jval){.type = J_DICT, .dict = d};
    return true;
}

static bool is_key(const jval *key) { return key->type == J_STR || key->type == J_INT; }

struct jentry *run_entry(struct jdict *d, const jval *key) {
    for (uint32_t i = 0; i < d->n; i++) {
        const jval *k = &d->entries[i].key;
        if (k->type != key->type) continue;
        if (k->type == J_INT ? k->integer == key->integer : str_is(jval_text(k), jval_text(key))) return &d->entries[i];
    }
    return NULL;
}

static bool grow_dict(struct run *r, struct jdict *d) {
    uint32_t cap = 2 * d->cap + 2;
    struct jentry *entries = run_take(r, cap * sizeof *entries);
    if (!entries || !run_spend(r, cap)) return false;
    if (d->n) memcpy(entries, d->entries, d->n * sizeof *entries);
    d->entries = entries;
    d->cap = cap;
    return true;
}

bool run_set(struct run *r, struct jdict *d, jval key, jval v) {
    if (!is_key(&key) || !run_spend(r, 1 + d->n / 2)) return false;
    struct jentry *found = run_entry(d, &key);
    if (found) {
        found->value = v;
        return true;
    }
    if (d->n == d->cap && !grow_dict(r, d)) return false;
    d->entries[d->n++] = (struct jentry){key, v};
    return true;
}

bool run_copy(struct run *r, const jval *dict, jval *out) {
    uint32_t n = jval_count(dict);
    if (!run_dict(r, n, out)) return false;
    for (uint32_t i = 0; i < n; i++)
        out->dict->entries[i] = (struct jentry){jval_key_at(dict, i), jval_value_at(dict, i)};
    out->dict->n = n;
    return true;
}

// --- iteration ---

static uint32_t removals(const jval *v) {
    uint8_t type = jval_is_view(v) ? v->of : v->type;
    return type == J_DICT ? v->dict->removals : 0;
}

bool iter_open(struct iter *it, jval *v) {
    *it = (struct iter){.of = *v, .removals = removals(v)};
    switch (v->type) {
    case J_ARRAY:
    case J_LIST:
    case J_TUPLE:
    case J_STR:
    case J_UNDEF: return true;
    case J_OBJECT:
    case J_DICT:
    case J_KEYS:
    case J_VALUES:
    case J_ITEMS: it->n = jval_count(v); return true;
    case J_GEN:
        it->at = v->list->taken;
        v->list->taken = v->list->n;
        return true;
    default: return false;
    }
}

static int next_char(struct iter *it, jval *out) {
    const jval *s = &it->of;
    if (it->at >= s->len) return 0;
    uint32_t n = 1;
    while (it->at + n < s->len && ((unsigned char)s->text[it->at + n] & 0xC0) == 0x80) n++;
    *out = jval_str((str){s->text + it->at, n});
    it->at += n;
    return 1;
}

// Is there another item of the dict? It must not have grown or shrunk, and where an item has made place for another one
// Python says in its own way what comes next.
static int next_place(struct iter *it) {
    if (jval_count(&it->of) != it->n || removals(&it->of) != it->removals) return -1;
    return it->at < it->n;
}

int iter_next_pair(struct run *r, struct iter *it, jval *a, jval *b) {
    if (it->of.type == J_ITEMS) {
        int is_there = next_place(it);
        if (is_there != 1) return is_there;
        *a = jval_key_at(&it->of, it->at);
        *b = jval_value_at(&it->of, it->at++);
        return 1;
    }
    jval item;
    int is_there = iter_next(r, it, &item);
    if (is_there != 1) return is_there;
    if (!jval_is_list(&item) || jval_count(&item) != 2) return -1;
    *a = jval_at(&item, 0);
    *b = jval_at(&item, 1);
    return 1;
}

int iter_next(struct run *r, struct iter *it, jval *out) {
    int is_there;
    switch (it->of.type) {
    case J_UNDEF: return 0;
    case J_STR: return next_char(it, out);
    case J_ARRAY:
    case J_LIST:
    case J_TUPLE:
        if (it->at >= jval_count(&it->of)) return 0;
        *out = jval_at(&it->of, it->at++);
        return 1;
    case J_GEN:
        if (it->at >= it->of.list->n) return 0;
        *out = it->of.list->items[it->at++];
        return 1;
    default: break;
    }
    if ((is_there = next_place(it)) != 1) return is_there;
    jval key = jval_key_at(&it->of, it->at), value = jval_value_at(&it->of, it->at);
    it->at++;
    if (it->of.type == J_VALUES) *out = value;
    else if (it->of.type != J_ITEMS) *out = key;
    else if (!run_pair(r, key, value, out)) return -1;
    return 1;
}

bool run_items(struct run *r, jval *v, jval *out) {
    if (v->type == J_LIST || v->type == J_TUPLE) {
        *out = *v;
        return true;
    }
    struct iter it;
    uint32_t cap = v->type == J_ARRAY ? jval_count(v) : 8;
    if (!iter_open(&it, v) || !run_list(r, J_LIST, cap, out)) return false;
    jval item;
    int is_there;
    while ((is_there = iter_next(r, &it, &item)) == 1)
        if (!run_append(r, out->list, item)) return false;
    return is_there == 0;
}
