// What statements do, and one rendering from its beginning to its end.
#include "jinja/node.h"
#include "jinja/program.h"
#include "text/regex.h"

bool node_sequence(struct run *r, const struct node *n, jval *out) {
    for (uint32_t i = 0; i < n->count; i++)
        if (!node_run(r, n->kids[i], out)) return false;
    return true;
}

// --- output ---

bool node_text(struct run *r, const struct node *n, jval *out) {
    (void)out;
    return run_put(r, n->value.text, n->value.len);
}

static inline bool put(struct run *r, const jval *v) {
    return v->type == J_STR ? run_put(r, v->text, v->len) : run_print(r, v);
}

// Texts and variables, which most of the pieces are, are put without a call each.
bool node_output(struct run *r, const struct node *n, jval *out) {
    for (uint32_t i = 0; i < n->count; i++) {
        const struct node *kid = n->kids[i];
        bool is_put = kid->run == node_text    ? run_put(r, kid->value.text, kid->value.len)
                      : kid->run == node_local ? put(r, &r->frame[kid->slot])
                                               : node_run(r, kid, out) && put(r, out);
        if (!is_put) return false;
    }
    return run_spend(r, n->count);
}

// --- assignment ---

bool node_set(struct run *r, const struct node *n, jval *out) {
    if (!node_run(r, n->kids[0], out)) return false;
    r->frame[n->slot] = *out;
    return run_spend(r, 1);
}

static bool unpack(struct run *r, const jval *v, const uint32_t *slots, uint32_t count) {
    if (!jval_is_list(v) || jval_count(v) != count) return false;
    for (uint32_t i = 0; i < count; i++) r->frame[slots[i]] = jval_at(v, i);
    return true;
}

bool node_set_many(struct run *r, const struct node *n, jval *out) {
    return node_run(r, n->kids[0], out) && unpack(r, out, n->data, n->slot);
}

bool node_set_attr(struct run *r, const struct node *n, jval *out) {
    jval object;
    if (!node_run(r, n->kids[0], &object) || object.type != J_NAMESPACE) return false;
    return node_run(r, n->kids[1], out) && run_set(r, object.dict, n->value, *out);
}

// What was not given to a macro.
bool node_fill(struct run *r, const struct node *n, jval *out) {
    if (r->frame[n->slot].type != J_ABSENT) return true;
    if (!node_run(r, n->kids[0], out)) return false;
    r->frame[n->slot] = *out;
    return true;
}

bool node_macro(struct run *r, const struct node *n, jval *out) {
    *out = (jval){.type = J_MACRO, .macro = n->data};
    r->frame[n->slot] = *out;
    return true;
}

// --- captures ---

bool node_capture(struct run *r, const struct node *n, jval *out) {
    size_t from = r->len;
    if (!node_run(r, n->kids[0], out) || !run_cut(r, from, out)) return false;
    if (!n->kids[1]) return true;
    jval outer = r->input;
    r->input = *out;
    bool is_done = node_run(r, n->kids[1], out);
    r->input = outer;
    return is_done;
}

// What is not a text Jinja2 refuses here, when it joins all texts.
bool node_filter_block(struct run *r, const struct node *n, jval *out) {
    return node_capture(r, n, out) && (out->type == J_STR || out->type == J_MARKUP) && run_print(r, out);
}

// --- branches and loops ---

bool node_if(struct run *r, const struct node *n, jval *out) {
    uint32_t i = 0;
    for (; i + 1 < n->count; i += 2) {
        bool is_true;
        if (!node_truth(r, n->kids[i], &is_true)) return false;
        if (is_true) return node_run(r, n->kids[i + 1], out);
    }
    return i == n->count || node_run(r, n->kids[i], out);
}

// The next item, put into the targets: 1; 0 at the end.
static int next_item(struct run *r, const struct for_loop *f, struct iter *it) {
    if (f->targets_count == 2) return iter_next_pair(r, it, &r->frame[f->targets[0]], &r->frame[f->targets[1]]);
    jval item;
    int is_there = iter_next(r, it, &item);
    if (is_there != 1) return is_there;
    if (f->targets_count) return unpack(r, &item, f->targets, f->targets_count) ? 1 : -1;
    r->frame[f->targets[0]] = item;
    return 1;
}

// The same for the next item that the loop's condition wants.
static int next_wanted(struct run *r, const struct node *n, struct iter *it) {
    const struct for_loop *f = n->data;
    while (true) {
        int is_there = run_spend(r, RUN_STEP) ? next_item(r, f, it) : -1;
        if (is_there != 1 || !n->kids[2]) return is_there;
        bool is_wanted;
        if (!node_truth(r, n->kids[2], &is_wanted)) return -1;
        if (is_wanted) return 1;
    }
}

// How many items there will be.
static bool count(struct run *r, const struct node *n, const struct iter *from, int64_t *total) {
    struct iter it = *from;
    *total = 0;
    if (!n->kids[2] && it.of.type != J_STR && it.of.type != J_UNDEF) {
        *total = jval_count(&it.of) - it.at;
        return true;
    }
    int is_there;
    while ((is_there = next_wanted(r, n, &it)) == 1) ++*total;
    return is_there == 0;
}

// The payload does not change: what would change it is given up.
static bool is_fixed(const struct iter *it) {
    uint8_t type = jval_is_view(&it->of) ? it->of.of : it->of.type;
    return type == J_ARRAY || type == J_OBJECT || type == J_STR || type == J_UNDEF;
}

bool node_for(struct run *r, const struct node *n, jval *out) {
    const struct for_loop *f = n->data;
    struct iter it;
    int64_t total = 0, index = 0;
    if (!node_run(r, n->kids[0], out) || !iter_open(&it, out)) return false;
    if (f->is_fixed && !is_fixed(&it)) return false;
    if (f->length != NO_SLOT && !count(r, n, &it, &total)) return false;
    int is_there;
    while ((is_there = next_wanted(r, n, &it)) == 1) {
        index++;
        if (f->index != NO_SLOT) r->frame[f->index] = jval_int(index);
        if (f->length != NO_SLOT) r->frame[f->length] = jval_int(total);
        if (!node_run(r, n->kids[1], out)) return false;
    }
    if (is_there < 0) return false;
    return index > 0 || !n->kids[3] || node_run(r, n->kids[3], out);
}

// --- a rendering ---

bool program_is_global(str name) {
    static const char *const names[] = {"dict", "range", "namespace", "cycler", "joiner", "lipsum", "time"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is(name, str_of(names[i]))) return true;
    return false;
}

bool program_run(const struct program *p, const jval *context, struct run *r) {
    jval ignored;
    jval *frame = run_take(r, (p->slots + 1) * sizeof *frame);
    if (!frame || !run_spend(r, RUN_STEP + p->slots)) return false;
    for (uint32_t i = 0; i < p->slots; i++) frame[i] = jval_of(J_UNDEF);
    r->stack = __builtin_frame_address(0);
    r->context = context;
    r->frame = r->root = frame;
    return node_run(r, p->body, &ignored);
}

void program_clear(struct program *p) {
    for (uint32_t i = 0; i < p->regexes_count; i++) regex_free(p->regexes[i]);
    arena_free(p->memory);
    *p = (struct program){0};
}
