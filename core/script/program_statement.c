// Statements to nodes.
#include "script/program_tree.h"
#include <lauxlib.h>

static const struct node *build_statement(struct builder *b);

static const struct node *sequence_of(struct builder *b, const struct node_list *list) {
    if (list->n == 1) return list->nodes[0];
    struct node *n = node_new(b, node_sequence, list->n);
    if (list->n) memcpy(n->kids, list->nodes, list->n * sizeof *list->nodes);
    return n;
}

// Appends the statements of the list at hand.
static bool build_list(struct builder *b, struct node_list *list) {
    luaL_checkstack(b->L, 8, NULL);
    for (uint32_t i = 1, n = tree_count(b); i <= n; i++) {
        if (!tree_push_at(b, i)) return false;
        const struct node *statement = build_statement(b);
        lua_pop(b->L, 1);
        if (!statement) return false;
        list_add(b, list, statement);
    }
    return true;
}

const struct node *build_body(struct builder *b, const char *field) {
    struct node_list list = {.n = 0};
    if (!tree_push(b, field)) return NULL;
    bool is_known = build_list(b, &list);
    lua_pop(b->L, 1);
    return is_known ? sequence_of(b, &list) : NULL;
}

const struct node *build_in_scope(struct builder *b, struct scope *s, const char *field) {
    struct scope *outer = b->scope;
    struct node_list list = {.n = 0};
    bool is_known = tree_push(b, field);
    if (!is_known) return NULL;
    is_known = scope_begin(b, s, &list) && build_list(b, &list);
    lua_pop(b->L, 1);
    b->scope = outer;
    return is_known ? sequence_of(b, &list) : NULL;
}

// A new scope that holds what the statements of a field read and set.
static struct scope *scope_of(struct builder *b, const char *field) {
    struct scope *s = scope_new(b);
    if (!tree_push(b, field)) return NULL;
    bool is_known = scope_visit_body(b, s, false);
    lua_pop(b->L, 1);
    return is_known ? s : NULL;
}

// --- output ---

static const struct node *build_piece(struct builder *b) {
    if (!tree_is(b, "data")) return build_expression(b);
    struct node *n = node_new(b, node_text, 0);
    n->value = jval_str(tree_text(b, "text"));
    return n;
}

static const struct node *build_output(struct builder *b) {
    struct node *n = node_new(b, node_output, tree_count(b));
    for (uint32_t i = 0; i < n->count; i++) {
        if (!tree_push_at(b, i + 1)) return NULL;
        n->kids[i] = build_piece(b);
        lua_pop(b->L, 1);
        if (!n->kids[i]) return NULL;
    }
    return n;
}

// --- assignment ---

// The slots of a tuple of different names, each found in scope `s`; NULL for any other target.
static uint32_t *tuple_slots(struct builder *b, struct scope *s, uint32_t count) {
    uint32_t *slots = arena_alloc(b->memory, (count + 1) * sizeof *slots);
    struct scope *outer = b->scope;
    b->scope = s;
    for (uint32_t i = 0; slots && i < count; i++) {
        struct var *v = NULL;
        if (tree_push_at(b, i + 1)) {
            if (tree_is(b, "name")) v = scope_find(b, tree_text(b, "name"));
            lua_pop(b->L, 1);
        }
        if (v && v->function == b->function) slots[i] = v->slot;
        else slots = NULL;
        for (uint32_t j = 0; slots && j < i; j++)
            if (slots[j] == slots[i]) slots = NULL;
    }
    b->scope = outer;
    return slots;
}

static const struct node *set_name(struct builder *b, const struct node *value) {
    const struct var *v = scope_find(b, tree_text(b, "name"));
    if (!v || v->function != b->function || v->is_loop) return NULL;
    struct node *n = node_new(b, node_set, 1);
    n->slot = v->slot;
    n->kids[0] = value;
    return n;
}

static const struct node *set_attribute(struct builder *b, const struct node *value) {
    const struct var *v = scope_find(b, tree_text(b, "name"));
    struct node *n = node_new(b, node_set_attr, 2);
    n->kids[0] = v ? variable_read(b, v) : NULL;
    n->kids[1] = value;
    n->value = jval_str(tree_text(b, "attr"));
    return n->kids[0] ? n : NULL;
}

// Assigns to the target at hand.
static const struct node *set_target(struct builder *b, const struct node *value) {
    if (!value) return NULL;
    if (tree_is(b, "name")) return set_name(b, value);
    if (tree_is(b, "nsref")) return set_attribute(b, value);
    uint32_t count = tree_count(b);
    struct node *n = node_new(b, node_set_many, 1);
    n->kids[0] = value;
    n->slot = count;
    n->data = tuple_slots(b, b->scope, count);
    return n->data && count ? n : NULL;
}

static const struct node *set_field(struct builder *b, const struct node *value) {
    if (!tree_push(b, "target")) return NULL;
    const struct node *n = set_target(b, value);
    lua_pop(b->L, 1);
    return n;
}

static const struct node *build_set(struct builder *b) { return set_field(b, build_field(b, "value")); }

static const struct node *build_do(struct builder *b) {
    struct node *n = node_new(b, node_set, 1);
    n->slot = slot_new(b);
    n->kids[0] = build_field(b, "value");
    return n->kids[0] ? n : NULL;
}

// --- captures ---

// A node whose value is what the body writes, filtered: kids are the body and the filter or NULL.
static struct node *build_capture(struct builder *b, node_fn *run) {
    struct node *n = node_new(b, run, 2);
    struct scope *s = scope_of(b, "body");
    bool has_filter = tree_push(b, "filter");
    bool is_known = s && (!has_filter || scope_visit(b, s));
    if (has_filter) lua_pop(b->L, 1);
    if (!is_known || !(n->kids[0] = build_in_scope(b, s, "body"))) return NULL;
    if (!has_filter) return n;
    struct scope *outer = b->scope;
    b->scope = s;
    n->kids[1] = build_field(b, "filter");
    b->scope = outer;
    return n->kids[1] ? n : NULL;
}

static const struct node *build_setblock(struct builder *b) { return set_field(b, build_capture(b, node_capture)); }

static const struct node *build_filterblock(struct builder *b) { return build_capture(b, node_filter_block); }

// --- branches ---

// kids: test, body, test, body …, and the last body when there is an else.
static const struct node *build_if(struct builder *b) {
    if (!tree_push(b, "branches")) return NULL;
    uint32_t count = tree_count(b);
    struct node *n = node_new(b, node_if, count + 1);
    bool is_known = true;
    for (uint32_t i = 0; is_known && i < count; i++) {
        if (i % 2 == 0) {
            n->kids[i] = build_at(b, i + 1);
        } else if (tree_push_at(b, i + 1)) {
            struct node_list list = {.n = 0};
            n->kids[i] = build_list(b, &list) ? sequence_of(b, &list) : NULL;
            lua_pop(b->L, 1);
        }
        is_known = n->kids[i] != NULL;
    }
    lua_pop(b->L, 1);
    n->count = count;
    if (!is_known || !tree_push(b, "otherwise")) return is_known ? n : NULL;
    lua_pop(b->L, 1);
    n->kids[count] = build_body(b, "otherwise");
    n->count = count + 1;
    return n->kids[count] ? n : NULL;
}

// --- with ---

static bool with_params(struct builder *b, struct scope *s) {
    if (!tree_push(b, "targets")) return false;
    bool is_known = tree_count(b) <= PARAMETERS_MAX;
    for (uint32_t i = 1, n = tree_count(b); is_known && i <= n; i++) {
        is_known = tree_push_at(b, i);
        if (!is_known) break;
        is_known = tree_is(b, "name");
        if (is_known) scope_param(b, s, tree_text(b, "name"));
        lua_pop(b->L, 1);
    }
    lua_pop(b->L, 1);
    return is_known;
}

static const struct node *build_with(struct builder *b) {
    struct node_list list = {.n = 0};
    struct scope *s = scope_new(b);
    if (!with_params(b, s) || !tree_push(b, "values")) return NULL;
    bool is_known = true;
    const struct var *v = s->first;
    for (uint32_t i = 1, n = tree_count(b); is_known && i <= n; i++) { // a name given twice has one variable
        struct node *set = node_new(b, node_set, 1);
        if ((is_known = v != NULL)) set->slot = v->slot, v = v->next;
        set->kids[0] = build_at(b, i);
        is_known = is_known && set->kids[0];
        if (is_known) list_add(b, &list, set);
    }
    lua_pop(b->L, 1);
    if (!is_known || !tree_push(b, "body")) return NULL;
    is_known = scope_visit_body(b, s, false);
    lua_pop(b->L, 1);
    if (!is_known) return NULL;
    const struct node *body = build_in_scope(b, s, "body");
    if (body) list_add(b, &list, body);
    return body ? sequence_of(b, &list) : NULL;
}

// --- for ---

static bool loop_wants(struct builder *b, const char *what) {
    if (!tree_push(b, "loop_use")) return false;
    bool wants = tree_flag(b, what);
    lua_pop(b->L, 1);
    return wants;
}

static bool wants_length(struct builder *b) {
    return loop_wants(b, "last") || loop_wants(b, "length") || loop_wants(b, "revindex") || loop_wants(b, "revindex0");
}

static bool mentions_loop(struct builder *b) {
    if (!tree_push(b, "loop_use")) return true;
    bool is_mentioned = tree_int(b, "mentions") > 0;
    lua_pop(b->L, 1);
    return is_mentioned;
}

// Declares the names that the items are put into.
static bool target_params(struct builder *b, struct scope *s) {
    if (tree_is(b, "name")) return scope_param(b, s, tree_text(b, "name")) != NULL;
    if (!tree_is(b, "tuple") || tree_count(b) > PARAMETERS_MAX) return false;
    for (uint32_t i = 1, n = tree_count(b); i <= n; i++) {
        if (!tree_push_at(b, i)) return false;
        bool is_name = tree_is(b, "name");
        if (is_name) scope_param(b, s, tree_text(b, "name"));
        lua_pop(b->L, 1);
        if (!is_name) return false;
    }
    return true;
}

static const uint32_t *one_slot(struct builder *b, uint32_t slot) {
    uint32_t *slots = arena_alloc(b->memory, sizeof *slots);
    *slots = slot;
    return slots;
}

static bool loop_targets(struct builder *b, struct scope *s, struct for_loop *f) {
    if (!tree_push(b, "target")) return false;
    bool is_known = target_params(b, s);
    if (is_known && tree_is(b, "name")) {
        f->targets = one_slot(b, s->last->slot);
    } else if (is_known) {
        f->targets_count = tree_count(b);
        f->targets = tuple_slots(b, s, f->targets_count);
    }
    lua_pop(b->L, 1);
    return is_known && f->targets && s->first;
}

static void loop_counters(struct builder *b, struct scope *s, struct for_loop *f) {
    f->index = f->length = NO_SLOT;
    if (!mentions_loop(b)) return;
    struct var *loop = scope_param(b, s, STR("loop"));
    loop->is_loop = true;
    f->index = loop->slot;
    if (wants_length(b)) f->length = loop->length_slot = slot_new(b);
}

// The condition sees the targets and what is around the loop.
static const struct node *loop_test(struct builder *b, const struct scope *s) {
    struct scope *outer = b->scope, *inner = scope_new(b);
    for (const struct var *v = s->first; v; v = v->next) {
        if (v->is_loop || v->start != VAR_PARAM) continue;
        struct var *copy = arena_alloc(b->memory, sizeof *copy);
        *copy = *v;
        copy->next = inner->first;
        inner->first = copy;
        if (!inner->last) inner->last = copy;
    }
    if (!tree_push(b, "test")) return NULL;
    bool is_known = scope_visit(b, inner);
    b->scope = inner;
    const struct node *test = is_known ? build_expression(b) : NULL;
    b->scope = outer;
    lua_pop(b->L, 1);
    return test;
}

static const struct node *build_for(struct builder *b) {
    if (tree_flag(b, "recursive") || tree_flag(b, "assigns_loop")) return NULL;
    if (tree_flag(b, "is_uneven") && wants_length(b)) return NULL;
    struct for_loop *f = arena_alloc(b->memory, sizeof *f);
    f->is_fixed = b->program->mutates && tree_flag(b, "may_change") && wants_length(b);
    struct node *n = node_new(b, node_for, 4);
    n->data = f;
    struct scope *s = scope_new(b);
    if (!(n->kids[0] = build_field(b, "iter"))) return NULL;
    if (!loop_targets(b, s, f)) return NULL;
    if (tree_flag(b, "test") && !(n->kids[2] = loop_test(b, s))) return NULL;
    loop_counters(b, s, f);
    if (!tree_push(b, "body")) return NULL;
    bool is_known = scope_visit_body(b, s, false);
    lua_pop(b->L, 1);
    if (!is_known || !(n->kids[1] = build_in_scope(b, s, "body"))) return NULL;
    if (!tree_flag(b, "otherwise")) return n;
    struct scope *other = scope_of(b, "otherwise");
    n->kids[3] = other ? build_in_scope(b, other, "otherwise") : NULL;
    return n->kids[3] ? n : NULL;
}

// --- macros ---

static bool macro_params(struct builder *b, struct scope *s, struct jmacro *m) {
    if (!tree_push(b, "params")) return false;
    m->params = tree_count(b);
    if (m->params > PARAMETERS_MAX) {
        lua_pop(b->L, 1);
        return false;
    }
    str *names = arena_alloc(b->memory, (m->params + 1) * sizeof *names);
    for (uint32_t i = 0; i < m->params && tree_push_at(b, i + 1); i++) {
        names[i] = tree_text(b, "name");
        lua_pop(b->L, 1);
        scope_param(b, s, names[i]);
    }
    m->names = names;
    lua_pop(b->L, 1);
    return true;
}

static bool visit_defaults(struct builder *b, struct scope *s, uint32_t params) {
    if (!tree_push(b, "defaults")) return false;
    bool is_known = true;
    for (uint32_t i = 1; is_known && i <= params; i++) {
        if (!tree_push_at(b, i)) continue;
        is_known = scope_visit(b, s);
        lua_pop(b->L, 1);
    }
    lua_pop(b->L, 1);
    return is_known;
}

// What parameters hold that were not given.
static bool build_defaults(struct builder *b, uint32_t params, struct node_list *list) {
    if (!tree_push(b, "defaults")) return false;
    bool is_known = true;
    for (uint32_t i = 0; is_known && i < params; i++) {
        struct node *fill = node_new(b, node_fill, 1);
        fill->slot = i;
        if (tree_push_at(b, i + 1)) {
            is_known = (fill->kids[0] = build_expression(b)) != NULL;
            lua_pop(b->L, 1);
        } else {
            fill->kids[0] = node_constant(b, jval_of(J_UNDEF));
        }
        list_add(b, list, fill);
    }
    lua_pop(b->L, 1);
    return is_known;
}

static bool macro_scope(struct builder *b, struct scope *s, struct jmacro *m) {
    if (!macro_params(b, s, m) || !visit_defaults(b, s, m->params) || !tree_push(b, "body")) return false;
    bool is_known = scope_visit_body(b, s, false);
    lua_pop(b->L, 1);
    return is_known;
}

static bool macro_body(struct builder *b, struct jmacro *m) {
    struct scope *outer = b->scope, *s = scope_new(b);
    struct node_list list = {.n = 0};
    bool is_known =
        macro_scope(b, s, m) && scope_begin(b, s, &list) && build_defaults(b, m->params, &list) && tree_push(b, "body");
    if (is_known) {
        is_known = build_list(b, &list);
        lua_pop(b->L, 1);
    }
    b->scope = outer;
    m->body = is_known ? sequence_of(b, &list) : NULL;
    return is_known;
}

static const struct node *build_macro(struct builder *b) {
    if (!b->function->is_root) return NULL;
    struct jmacro *m = arena_alloc(b->memory, sizeof *m);
    struct function macro = {0}, *outer = b->function;
    m->name = tree_text(b, "name");
    b->function = &macro;
    bool is_known = macro_body(b, m);
    b->function = outer;
    m->slots = macro.slots;
    struct node *n = node_new(b, node_macro, 0);
    const struct var *v = scope_find(b, m->name);
    if (!is_known || !v || v->function != b->function || v->is_loop) return NULL;
    n->slot = v->slot;
    n->data = m;
    return n;
}

static const struct node *build_statement(struct builder *b) {
    static const struct {
        const char *kind;
        const struct node *(*build)(struct builder *b);
    } kinds[] = {{"output", build_output},
                 {"if", build_if},
                 {"set", build_set},
                 {"for", build_for},
                 {"do", build_do},
                 {"macro", build_macro},
                 {"with", build_with},
                 {"setblock", build_setblock},
                 {"filterblock", build_filterblock}};
    const struct node *n = NULL;
    if (b->depth++ < DEPTH_MAX)
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds && !n; i++)
            if (tree_is(b, kinds[i].kind)) n = kinds[i].build(b);
    b->depth--;
    return n;
}
