#include "script/program_tree.h"
#include "script/fuel.h"
#include "text/regex.h"
#include <lauxlib.h>

// --- the tree ---

bool tree_is(struct builder *b, const char *kind) {
    lua_getfield(b->L, -1, "t");
    bool is_it = strcmp(lua_tostring(b->L, -1), kind) == 0;
    lua_pop(b->L, 1);
    return is_it;
}

static str text_at_top(struct builder *b) {
    str s = {NULL, 0};
    if (lua_type(b->L, -1) == LUA_TSTRING) s.ptr = lua_tolstring(b->L, -1, &s.len);
    return s.ptr ? arena_str(b->memory, s) : s;
}

str tree_text(struct builder *b, const char *field) {
    lua_getfield(b->L, -1, field);
    str s = text_at_top(b);
    lua_pop(b->L, 1);
    return s;
}

bool tree_flag(struct builder *b, const char *field) {
    lua_getfield(b->L, -1, field);
    bool is_true = lua_toboolean(b->L, -1);
    lua_pop(b->L, 1);
    return is_true;
}

bool tree_push(struct builder *b, const char *field) {
    if (lua_getfield(b->L, -1, field) == LUA_TTABLE) return true;
    lua_pop(b->L, 1);
    return false;
}

int64_t tree_int(struct builder *b, const char *field) {
    lua_getfield(b->L, -1, field);
    int64_t i = lua_tointeger(b->L, -1);
    lua_pop(b->L, 1);
    return i;
}

uint32_t tree_count(struct builder *b) { return (uint32_t)lua_rawlen(b->L, -1); }

bool tree_push_at(struct builder *b, uint32_t i) {
    if (lua_rawgeti(b->L, -1, i) == LUA_TTABLE) return true;
    lua_pop(b->L, 1);
    return false;
}

// --- nodes ---

struct node *node_new(struct builder *b, node_fn *run, uint32_t kids) {
    struct node *n = arena_alloc(b->memory, sizeof *n);
    n->run = run;
    n->count = kids;
    n->kids = kids ? arena_alloc(b->memory, kids * sizeof *n->kids) : NULL;
    return n;
}

const struct node *node_constant(struct builder *b, jval v) {
    struct node *n = node_new(b, node_value, 0);
    n->value = v;
    return n;
}

void list_add(struct builder *b, struct node_list *list, const struct node *n) {
    if (list->n == list->cap) {
        uint32_t cap = 2 * list->cap + 8;
        const struct node **nodes = arena_alloc(b->memory, cap * sizeof *nodes);
        if (list->n) memcpy(nodes, list->nodes, list->n * sizeof *nodes);
        list->nodes = nodes;
        list->cap = cap;
    }
    list->nodes[list->n++] = n;
}

bool is_constant(const struct node *n) { return n->run == node_value; }

const struct node *build_field(struct builder *b, const char *field) {
    if (!tree_push(b, field)) return NULL;
    const struct node *n = build_expression(b);
    lua_pop(b->L, 1);
    return n;
}

const struct node *build_at(struct builder *b, uint32_t i) {
    if (!tree_push_at(b, i)) return NULL;
    const struct node *n = build_expression(b);
    lua_pop(b->L, 1);
    return n;
}

struct regex *builder_regex(struct builder *b, str pattern) {
    struct why why;
    regex *r;
    struct program *p = b->program;
    if (p->regexes_count == NAMES_MAX || pattern.len > REGEX_PATTERN_MAX) return NULL;
    fuel_bytes(b->L, pattern.len * REGEX_UNITS * FUEL_BYTES);
    if (regex_new(pattern, &r, &why)) return NULL;
    p->regexes[p->regexes_count++] = r;
    return r;
}

// --- variables ---

struct scope *scope_new(struct builder *b) {
    struct scope *s = arena_alloc(b->memory, sizeof *s);
    s->parent = b->scope;
    return s;
}

static struct var *find_here(const struct scope *s, str name) {
    for (struct var *v = s->first; v; v = v->next)
        if (str_is(v->name, name)) return v;
    return NULL;
}

static struct var *find(const struct scope *s, str name) {
    struct var *v = NULL;
    for (; s && !v; s = s->parent) v = find_here(s, name);
    return v;
}

struct var *scope_find(struct builder *b, str name) {
    return find(b->scope, name);
}

static struct var *define(struct builder *b, struct scope *s, str name, enum var_start start, const struct var *outer) {
    struct var *v = arena_alloc(b->memory, sizeof *v);
    b->vars++;
    *v = (struct var){.name = name, .start = start, .outer = outer, .function = b->function};
    if (s->last) s->last->next = v;
    else s->first = v;
    s->last = v;
    return v;
}

uint32_t slot_new(struct builder *b) { return b->function->slots++; }

struct var *scope_param(struct builder *b, struct scope *s, str name) {
    struct var *v = find_here(s, name);
    if (!v) v = define(b, s, name, VAR_PARAM, NULL);
    v->start = VAR_PARAM;
    v->stored = true;
    v->slot = slot_new(b);
    return v;
}

// Names that mean more than a variable.
static bool is_reserved(str name) {
    static const char *const names[] = {"caller", "kwargs", "varargs", "self", "super"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is(name, str_of(names[i]))) return true;
    return false;
}

static bool note_context(struct builder *b, struct var *v) {
    for (v->place = 0; v->place < b->names_count; v->place++)
        if (str_is(jval_text(&b->names[v->place]), v->name)) return true;
    if (b->names_count == NAMES_MAX) return false;
    b->names[b->names_count++] = jval_str(v->name);
    return true;
}

static bool load_name(struct builder *b, struct scope *s, str name) {
    if (is_reserved(name) || b->vars >= VARS_MAX) return false;
    return find(s, name) || note_context(b, define(b, s, name, VAR_CONTEXT, NULL));
}

static bool store_name(struct builder *b, struct scope *s, str name, bool in_branch) {
    if (is_reserved(name) || b->vars >= VARS_MAX) return false;
    struct var *v = find_here(s, name);
    if (!v) {
        const struct var *outer = s->parent ? find(s->parent, name) : NULL;
        v = define(b, s, name, outer ? VAR_ALIAS : in_branch ? VAR_CONTEXT : VAR_MISSING, outer);
        if (v->start == VAR_CONTEXT && !note_context(b, v)) return false;
    }
    v->stored = true;
    return true;
}

bool scope_visit(struct builder *b, struct scope *s) {
    if (tree_is(b, "name")) return load_name(b, s, tree_text(b, "name"));
    if (tree_is(b, "const")) return true;
    luaL_checkstack(b->L, 4, NULL);
    bool is_known = b->depth++ < DEPTH_MAX;
    for (uint32_t i = 1, n = tree_count(b); is_known && i <= n; i++) {
        if (!tree_push_at(b, i)) continue;
        is_known = scope_visit(b, s);
        lua_pop(b->L, 1);
    }
    b->depth--;
    return is_known;
}

static bool visit_field(struct builder *b, struct scope *s, const char *field) {
    if (!tree_push(b, field)) return true;
    bool is_known = scope_visit(b, s);
    lua_pop(b->L, 1);
    return is_known;
}

static bool store_target(struct builder *b, struct scope *s, bool in_branch) {
    if (tree_is(b, "name")) return store_name(b, s, tree_text(b, "name"), in_branch);
    if (tree_is(b, "nsref")) return load_name(b, s, tree_text(b, "name"));
    bool is_known = true;
    for (uint32_t i = 1, n = tree_count(b); is_known && i <= n; i++) {
        if (!tree_push_at(b, i)) return false;
        is_known = store_target(b, s, in_branch);
        lua_pop(b->L, 1);
    }
    return is_known;
}

static bool visit_target(struct builder *b, struct scope *s, bool in_branch) {
    if (!tree_push(b, "target")) return false;
    bool is_known = store_target(b, s, in_branch);
    lua_pop(b->L, 1);
    return is_known;
}

// Expressions at every other place of a field: with values, branches of an if.
static bool visit_each(struct builder *b, struct scope *s, const char *field, uint32_t step) {
    if (!tree_push(b, field)) return true;
    bool is_known = true;
    for (uint32_t i = 1, n = tree_count(b); is_known && i <= n; i += step) {
        if (!tree_push_at(b, i)) break;
        is_known = scope_visit(b, s);
        lua_pop(b->L, 1);
    }
    lua_pop(b->L, 1);
    return is_known;
}

static bool visit_if(struct builder *b, struct scope *s) {
    bool is_known = true;
    if (!tree_push(b, "branches")) return false;
    for (uint32_t i = 1, n = tree_count(b); is_known && i <= n; i++) {
        if (!tree_push_at(b, i)) break;
        is_known = i % 2 ? scope_visit(b, s) : scope_visit_body(b, s, true);
        lua_pop(b->L, 1);
    }
    lua_pop(b->L, 1);
    if (!is_known || !tree_push(b, "otherwise")) return is_known;
    is_known = scope_visit_body(b, s, true);
    lua_pop(b->L, 1);
    return is_known;
}

static bool visit_statement(struct builder *b, struct scope *s, bool in_branch) {
    if (tree_is(b, "output")) return scope_visit(b, s);
    if (tree_is(b, "set")) return visit_field(b, s, "value") && visit_target(b, s, in_branch);
    if (tree_is(b, "setblock")) return visit_target(b, s, in_branch);
    if (tree_is(b, "for")) return visit_field(b, s, "iter");
    if (tree_is(b, "if")) return visit_if(b, s);
    if (tree_is(b, "macro")) return store_name(b, s, tree_text(b, "name"), in_branch);
    if (tree_is(b, "filterblock")) return visit_field(b, s, "filter");
    if (tree_is(b, "with")) return visit_each(b, s, "values", 1);
    return tree_is(b, "do") && visit_field(b, s, "value");
}

bool scope_visit_body(struct builder *b, struct scope *s, bool in_branch) {
    luaL_checkstack(b->L, 8, NULL);
    bool is_known = true;
    for (uint32_t i = 1, n = tree_count(b); is_known && i <= n; i++) {
        if (!tree_push_at(b, i)) break;
        is_known = visit_statement(b, s, in_branch);
        lua_pop(b->L, 1);
    }
    return is_known;
}

const struct node *variable_read(struct builder *b, const struct var *v) {
    if (v->is_loop) return NULL;
    struct node *n = node_new(b, node_context, 0);
    n->slot = v->place;
    n->value = jval_str(v->name);
    if (!v->stored) return n;
    n->slot = v->slot;
    n->run = v->function == b->function ? node_local : node_root;
    return n->run == node_local || v->function->is_root ? n : NULL;
}

static const struct node *first_value(struct builder *b, const struct var *v) {
    if (v->start == VAR_ALIAS) return variable_read(b, v->outer);
    if (v->start == VAR_MISSING) return node_constant(b, jval_of(J_UNDEF));
    struct node *n = node_new(b, node_context, 0);
    n->slot = v->place;
    return n;
}

bool scope_begin(struct builder *b, struct scope *s, struct node_list *list) {
    b->scope = s;
    for (struct var *v = s->first; v; v = v->next) {
        if (v->start == VAR_PARAM || !v->stored) continue;
        const struct node *value = first_value(b, v);
        if (!value) return false;
        v->slot = slot_new(b);
        struct node *set = node_new(b, node_set, 1);
        set->slot = v->slot;
        set->kids[0] = value;
        list_add(b, list, set);
    }
    return true;
}

// --- programs ---

static const struct node *build_root(struct builder *b) {
    struct scope *s = scope_new(b);
    if (!tree_push(b, "body")) return NULL;
    bool is_known = scope_visit_body(b, s, false);
    lua_pop(b->L, 1);
    return is_known ? build_in_scope(b, s, "body") : NULL;
}

// A template that others are part of, or whose texts are escaped.
static bool is_linked(struct builder *b) {
    bool is_linked = tree_flag(b, "links") || tree_flag(b, "escapes");
    if (!tree_push(b, "blocks")) return true;
    is_linked = is_linked || tree_count(b) > 0;
    lua_pop(b->L, 1);
    return is_linked;
}

bool program_build(struct program *p, lua_State *L, bool has_oncall) {
    struct function root = {.is_root = true};
    *p = (struct program){.memory = arena_new()};
    struct builder b = {.L = L, .memory = p->memory, .program = p, .function = &root, .has_oncall = has_oncall};
    p->names = b.names = arena_alloc(b.memory, NAMES_MAX * sizeof *b.names);
    p->regexes = arena_alloc(b.memory, NAMES_MAX * sizeof(struct regex *));
    luaL_checkstack(L, 16, NULL);
    p->mutates = tree_flag(&b, "mutates");
    if (is_linked(&b) || !(p->body = build_root(&b))) return false;
    p->slots = root.slots;
    p->names_count = b.names_count;
    return true;
}
