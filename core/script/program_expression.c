// Expressions to nodes.
#include "script/program_tree.h"
#include <lauxlib.h>

// A node of the first `kids` children of the one at hand.
static struct node *with_kids(struct builder *b, node_fn *run, uint32_t kids) {
    struct node *n = node_new(b, run, kids);
    for (uint32_t i = 0; i < kids; i++)
        if (!(n->kids[i] = build_at(b, i + 1))) return NULL;
    return n;
}

static const struct node *build_children(struct builder *b, node_fn *run) { return with_kids(b, run, tree_count(b)); }

// --- literals ---

static const struct node *build_const(struct builder *b) {
    str kind = tree_text(b, "kind");
    jval v = jval_of(J_NONE);
    lua_getfield(b->L, -1, "value");
    if (str_is(kind, STR("str"))) {
        str text;
        text.ptr = lua_tolstring(b->L, -1, &text.len);
        v = jval_str(arena_str(b->memory, text));
    } else if (str_is(kind, STR("bool"))) {
        v = jval_bool(lua_toboolean(b->L, -1));
    } else if (str_is(kind, STR("int"))) {
        v = jval_int(lua_tointeger(b->L, -1));
    } else if (str_is(kind, STR("float"))) {
        v = jval_real(lua_tonumber(b->L, -1));
    } else if (str_is(kind, STR("big"))) {
        v = jval_of(J_OTHER);
    }
    lua_pop(b->L, 1);
    return v.type == J_OTHER ? NULL : node_constant(b, v);
}

// A tuple of constants is one.
static const struct node *build_tuple(struct builder *b) {
    struct node *n = with_kids(b, node_make_list, tree_count(b));
    if (!n) return NULL;
    n->op = J_TUPLE;
    struct jlist *list = arena_alloc(b->memory, sizeof *list);
    list->items = arena_alloc(b->memory, (n->count + 1) * sizeof *list->items);
    for (; list->n < n->count && is_constant(n->kids[list->n]); list->n++)
        list->items[list->n] = n->kids[list->n]->value;
    return list->n < n->count ? n : node_constant(b, (jval){.type = J_TUPLE, .list = list});
}

static const struct node *build_list(struct builder *b) {
    struct node *n = with_kids(b, node_make_list, tree_count(b));
    if (n) n->op = J_LIST;
    return n;
}

static const struct node *build_dict(struct builder *b) { return build_children(b, node_make_dict); }

// --- names, attributes, items ---

static const struct node *build_name(struct builder *b) {
    const struct var *v = scope_find(b, tree_text(b, "name"));
    return v ? variable_read(b, v) : NULL;
}

// The variable of the loop that the node at hand names, or NULL.
static const struct var *loop_at_hand(struct builder *b) {
    if (!tree_is(b, "name")) return NULL;
    const struct var *v = scope_find(b, tree_text(b, "name"));
    return v && v->is_loop && v->function == b->function ? v : NULL;
}

static const struct var *loop_of(struct builder *b) {
    if (!tree_push_at(b, 1)) return NULL;
    const struct var *v = loop_at_hand(b);
    lua_pop(b->L, 1);
    return v;
}

static const struct node *build_counter(struct builder *b, const struct var *loop) {
    static const char *const names[] = {"index",    "index0",    "first", "last",  "length",
                                        "revindex", "revindex0", "depth", "depth0"};
    str name = tree_text(b, "name");
    struct node *n = node_new(b, node_loop, 0);
    n->op = -1;
    for (int i = LOOP_INDEX; i <= LOOP_DEPTH0; i++)
        if (str_is(name, str_of(names[i]))) n->op = i;
    n->slot = loop->slot;
    n->value = jval_int(loop->length_slot);
    return n->op < 0 ? NULL : n;
}

// A step by name adds a key to the path in front of it: kids: what is walked; data: the keys, `slot` of them.
static const struct node *add_step(struct builder *b, const struct node *base, str key, bool is_item) {
    struct node *n = node_new(b, node_path, 1);
    n->kids[0] = base;
    n->value = jval_str(key);
    n->op = step_kind(key) | (is_item ? STEP_ITEM : 0);
    return n;
}

static const struct node *build_attr(struct builder *b) {
    const struct var *loop = loop_of(b);
    if (loop) return build_counter(b, loop);
    const struct node *base = build_at(b, 1);
    return base ? add_step(b, base, tree_text(b, "name"), false) : NULL;
}

// kids: what is cut, from, to, step (each may be NULL)
static const struct node *build_slice(struct builder *b) {
    struct node *n = node_new(b, node_slice, 4);
    static const char *const parts[] = {"from", "to", "step"};
    if (!(n->kids[0] = build_at(b, 1)) || !tree_push_at(b, 2)) return NULL;
    bool is_known = true;
    for (int i = 0; i < 3 && is_known; i++)
        if (tree_flag(b, parts[i])) is_known = (n->kids[i + 1] = build_field(b, parts[i])) != NULL;
    lua_pop(b->L, 1);
    return is_known ? n : NULL;
}

static const struct node *build_item(struct builder *b) {
    if (!tree_push_at(b, 2)) return NULL;
    bool is_slice = tree_is(b, "slice");
    lua_pop(b->L, 1);
    if (is_slice) return build_slice(b);
    struct node *n = with_kids(b, node_item, 2);
    if (!n || !is_constant(n->kids[1]) || n->kids[1]->value.type != J_STR) return n;
    return add_step(b, n->kids[0], jval_text(&n->kids[1]->value), true);
}

// --- operators ---

static const struct node *build_binary(struct builder *b) {
    static const struct {
        const char *op;
        node_fn *run;
    } ops[] = {{"+", node_add}, {"-", node_sub},       {"*", node_mul},
               {"/", node_div}, {"//", node_floordiv}, {"%", node_mod}};
    str op = tree_text(b, "op");
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (str_is(op, str_of(ops[i].op))) return with_kids(b, ops[i].run, 2);
    return NULL;
}

static int comparison_named(str op) {
    static const char *const names[] = {"==", "!=", "<", "<=", ">", ">=", "in", "notin"};
    for (int i = COMPARE_EQ; i <= COMPARE_NOT_IN; i++)
        if (str_is(op, str_of(names[i]))) return i;
    return -1;
}

// kids: operands; data: the operators between them
static const struct node *build_compare(struct builder *b) {
    struct node *n = with_kids(b, node_compare, tree_count(b));
    if (!n || !tree_push(b, "ops")) return NULL;
    int *ops = arena_alloc(b->memory, n->count * sizeof *ops);
    bool is_known = true;
    for (uint32_t i = 1; i < n->count; i++) {
        size_t length;
        lua_rawgeti(b->L, -1, i);
        const char *op = lua_tolstring(b->L, -1, &length);
        ops[i - 1] = comparison_named((str){op, length});
        is_known = is_known && ops[i - 1] >= 0;
        lua_pop(b->L, 1);
    }
    lua_pop(b->L, 1);
    n->data = ops;
    return is_known ? n : NULL;
}

static const struct node *build_cond(struct builder *b) {
    struct node *n = node_new(b, node_cond, 3);
    for (uint32_t i = 0; i < 2; i++)
        if (!(n->kids[i] = build_at(b, i + 1))) return NULL;
    if (!tree_push_at(b, 3)) return n;
    n->kids[2] = build_expression(b);
    lua_pop(b->L, 1);
    return n->kids[2] ? n : NULL;
}

static const struct node *build_and(struct builder *b) { return with_kids(b, node_and, 2); }
static const struct node *build_or(struct builder *b) { return with_kids(b, node_or, 2); }
static const struct node *build_not(struct builder *b) { return with_kids(b, node_not, 1); }
static const struct node *build_neg(struct builder *b) { return with_kids(b, node_neg, 1); }
static const struct node *build_pos(struct builder *b) { return with_kids(b, node_pos, 1); }
static const struct node *build_concat(struct builder *b) { return build_children(b, node_concat); }

// --- calls ---

static bool has_spread(struct builder *b) { return tree_flag(b, "star") || tree_flag(b, "star2"); }

// The name of keyword i, from 0.
static str keyword(struct builder *b, uint32_t i) {
    str name = {NULL, 0};
    if (!tree_push(b, "keys")) return name;
    lua_rawgeti(b->L, -1, (lua_Integer)i + 1);
    if (lua_type(b->L, -1) == LUA_TSTRING) {
        name.ptr = lua_tolstring(b->L, -1, &name.len);
        name = arena_str(b->memory, name);
    }
    lua_pop(b->L, 2);
    return name;
}

static uint32_t keywords(struct builder *b) {
    if (!tree_push(b, "keys")) return 0;
    uint32_t n = tree_count(b);
    lua_pop(b->L, 1);
    return n;
}

static int place_of(const struct callee *c, str name) {
    for (int i = 0; i < CALL_ARGS_MAX && c->params[i]; i++)
        if (str_is(name, str_of(c->params[i]))) return i;
    return -1;
}

// The arguments at hand, those from position `skip` on, put where the callee's signature has them. False: there are too
// many, too few, or unknown names; Lua will say so.
static bool place_arguments(struct builder *b, const struct callee *c, uint32_t skip, bool by_name,
                            const struct node **to) {
    uint32_t positional = (uint32_t)tree_int(b, "nargs");
    if (positional < skip) return false;
    for (uint32_t i = skip; i < positional; i++) {
        if (i - skip >= CALL_ARGS_MAX || !c->params[i - skip]) return false;
        if (!(to[i - skip] = build_at(b, i + 2))) return false;
    }
    uint32_t names = keywords(b);
    if (names > 1 && b->program->mutates) return false; // they are evaluated in the signature's order
    for (uint32_t i = 0; i < names; i++) {
        int place = by_name ? place_of(c, keyword(b, i)) : -1;
        if (place < 0 || to[place] || !(to[place] = build_at(b, positional + 2 + i))) return false;
    }
    for (uint32_t i = 0; i < c->required; i++)
        if (!to[i]) return false;
    return true;
}

static struct node *callee_node(struct builder *b, const struct callee *c) {
    struct node *n = node_new(b, c && c->node ? c->node : node_call, 1 + CALL_ARGS_MAX);
    n->data = c;
    return n;
}

// The subject is the first child of the node at hand, or what a filter block has written.
static const struct node *build_subject(struct builder *b) {
    if (tree_push_at(b, 1)) {
        const struct node *n = build_expression(b);
        lua_pop(b->L, 1);
        return n;
    }
    b->is_consumed = false;
    return node_new(b, node_input, 0);
}

// map, select and their like, which call by name.
static const struct node *build_by_name(struct builder *b, str name) {
    bool is_map = str_is(name, STR("map")), by_attribute = name.len == 10; // selectattr, rejectattr
    uint32_t skip = by_attribute, positional = (uint32_t)tree_int(b, "nargs");
    struct by_name *data = arena_alloc(b->memory, sizeof *data);
    *data = (struct by_name){.is_test = !is_map, .wants = name.ptr[0] == 's', .by_attribute = by_attribute};
    struct node *n = node_new(b, is_map ? node_map : node_select, 2 + CALL_ARGS_MAX);
    n->data = data;
    if (!(n->kids[0] = build_subject(b))) return NULL;
    if (by_attribute && (positional < 1 || !(n->kids[1] = build_at(b, 2)))) return NULL;
    if (is_map && positional == 0) { // map(attribute=…)
        data->by_attribute = true;
        if (keywords(b) != 1 || !str_is(keyword(b, 0), STR("attribute"))) return NULL;
        return (n->kids[1] = build_at(b, 2)) ? n : NULL;
    }
    if (positional == skip) return keywords(b) == 0 ? n : NULL;
    const struct node *named = build_at(b, skip + 2);
    if (!named || !is_constant(named) || named->value.type != J_STR) return NULL;
    str callee = jval_text(&named->value);
    data->callee = is_map ? filter_named(callee) : test_named(callee);
    if (!data->callee && is_map && b->has_oncall) data->callee = oncall_filter_named(callee);
    if (!data->callee || data->callee->node) return NULL;
    return place_arguments(b, data->callee, skip + 1, true, n->kids + 2) ? n : NULL;
}

static const struct node *with_regex(struct builder *b, struct node *n) {
    const struct node *pattern = n->kids[1];
    struct regex_call *data = arena_alloc(b->memory, sizeof *data);
    data->callee = n->data;
    if (!is_constant(pattern) || pattern->value.type != J_STR) return NULL;
    data->regex = builder_regex(b, jval_text(&pattern->value));
    n->data = data;
    return data->regex ? n : NULL;
}

// Are all arguments of the filter at hand constants?
static bool has_constants(struct builder *b) {
    bool are_constant = true;
    for (uint32_t i = 2, n = tree_count(b); are_constant && i <= n; i++) {
        if (!tree_push_at(b, i)) return false;
        are_constant = tree_is(b, "const");
        lua_pop(b->L, 1);
    }
    return are_constant;
}

// Python's lazy filters look at the items later. Where a template changes values they are known here only in front of a
// filter that takes all items before anything else happens.
static const struct node *build_filter(struct builder *b) {
    str name = tree_text(b, "name");
    bool is_consumed = b->is_consumed || !b->program->mutates;
    b->is_consumed = false;
    if (has_spread(b)) return NULL;
    if (is_filter_by_name(name)) {
        b->is_consumed = is_consumed && has_constants(b);
        return is_consumed ? build_by_name(b, name) : NULL;
    }
    const struct callee *c = filter_named(name);
    if (!c && b->has_oncall) c = oncall_filter_named(name);
    if (!c || (c->is_lazy && !is_consumed)) return NULL;
    b->is_consumed = !c->leaves_items && (!c->is_lazy || is_consumed) && has_constants(b);
    struct node *n = callee_node(b, c);
    if (!(n->kids[0] = build_subject(b)) || !place_arguments(b, c, 0, true, n->kids + 1)) return NULL;
    return c->wants_regex ? with_regex(b, n) : n;
}

static const struct node *build_test(struct builder *b) {
    const struct callee *c = has_spread(b) ? NULL : test_named(tree_text(b, "name"));
    if (!c) return NULL;
    struct node *n = callee_node(b, c);
    if (!(n->kids[0] = build_at(b, 1)) || !place_arguments(b, c, 0, true, n->kids + 1)) return NULL;
    return n;
}

// kids: the items. They are evaluated all, as arguments are.
static const struct node *build_cycle(struct builder *b, const struct var *loop) {
    uint32_t count = (uint32_t)tree_int(b, "nargs");
    struct node *n = node_new(b, node_cycle, count);
    n->slot = loop->slot;
    for (uint32_t i = 0; i < count; i++)
        if (!(n->kids[i] = build_at(b, i + 2))) return NULL;
    return count ? n : NULL;
}

// `a.b(…)`, with the attribute at hand on the top and the call below it.
static const struct node *build_method(struct builder *b) {
    const struct var *loop = loop_of(b);
    str name = tree_text(b, "name");
    const struct callee *c = loop ? NULL : method_named(name);
    struct node *n = c ? callee_node(b, c) : NULL;
    const struct node *subject = n ? build_at(b, 1) : NULL;
    lua_pop(b->L, 1); // the call is at hand
    if (loop) return str_is(name, STR("cycle")) && !keywords(b) ? build_cycle(b, loop) : NULL;
    if (!subject) return NULL;
    n->kids[0] = subject;
    return place_arguments(b, c, 0, false, n->kids + 1) ? n : NULL;
}

// A macro, or a function that every template knows.
static const struct node *build_invocation(struct builder *b) {
    struct invocation *data = arena_alloc(b->memory, sizeof *data);
    data->positional = (uint32_t)tree_int(b, "nargs");
    data->keywords = keywords(b);
    str *names = arena_alloc(b->memory, (data->keywords + 1) * sizeof *names);
    for (uint32_t i = 0; i < data->keywords; i++) names[i] = keyword(b, i);
    data->names = names;
    data->has_spread = tree_flag(b, "star2");
    struct node *n = with_kids(b, node_invoke, 1 + data->positional + data->keywords + data->has_spread);
    if (!n) return NULL;
    n->data = data;
    if (n->kids[0]->run == node_context) data->global = global_named(jval_text(&n->kids[0]->value));
    return n;
}

static const struct node *build_call(struct builder *b) {
    bool spreads = has_spread(b), has_list = tree_flag(b, "star");
    if (has_list || !tree_push_at(b, 1)) return NULL;
    bool is_name = tree_is(b, "name");
    if (tree_is(b, "attr") && !spreads) {
        const struct node *n = build_method(b); // takes the attribute off the stack
        return n;
    }
    lua_pop(b->L, 1);
    return is_name ? build_invocation(b) : NULL;
}

const struct node *build_expression(struct builder *b) {
    static const struct {
        const char *kind;
        const struct node *(*build)(struct builder *b);
    } kinds[] = {{"name", build_name},       {"attr", build_attr},     {"const", build_const}, {"filter", build_filter},
                 {"compare", build_compare}, {"call", build_call},     {"item", build_item},   {"and", build_and},
                 {"or", build_or},           {"not", build_not},       {"test", build_test},   {"bin", build_binary},
                 {"cond", build_cond},       {"concat", build_concat}, {"tuple", build_tuple}, {"list", build_list},
                 {"dict", build_dict},       {"neg", build_neg},       {"pos", build_pos}};
    const struct node *n = NULL;
    luaL_checkstack(b->L, 8, NULL);
    lua_getfield(b->L, -1, "t");
    const char *kind = lua_tostring(b->L, -1);
    lua_pop(b->L, 1); // the tree holds it
    b->is_consumed = b->is_consumed && strcmp(kind, "filter") == 0;
    if (b->depth++ < DEPTH_MAX)
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds && !n; i++)
            if (strcmp(kind, kinds[i].kind) == 0) n = kinds[i].build(b);
    b->depth--;
    return n;
}
