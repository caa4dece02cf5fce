// Syntax tree to program (jinja/program.h): what program_tree.c, program_expression.c and program_statement.c share.
//
// The tree is Lua tables (lua/jinja/parser.lua); the one at hand is on the top of the stack, and every function leaves the
// stack as it was. NULL or false: the template holds what is not known here, and has no program.
#pragma once
#include "jinja/node.h"
#include "jinja/program.h"
#include <lua.h>

// A variable, as lua/jinja/scope.lua has it.
enum var_start { VAR_PARAM, VAR_ALIAS, VAR_CONTEXT, VAR_MISSING };

struct function { // the template, or a macro
    uint32_t slots;
    bool is_root;
};

struct var {
    struct var *next;
    str name;
    enum var_start start;
    const struct var *outer; // of an alias
    struct function *function;
    uint32_t slot;  // when it has one
    uint32_t place; // VAR_CONTEXT: among the names that are read of the context
    bool stored, is_loop;
    uint32_t length_slot; // is_loop: of the number of items; `slot` counts them
};

struct scope {
    struct scope *parent;
    struct var *first, *last;
};

#define NAMES_MAX      64
#define VARS_MAX       300 // each use looks through them
#define PARAMETERS_MAX 60  // of a macro, a loop's item, a `with`
#define DEPTH_MAX      200

struct builder {
    lua_State *L;
    arena *memory;
    struct scope *scope;
    struct function *function;
    struct program *program;
    bool has_oncall;
    uint32_t vars;    // how many there are
    bool is_consumed; // does what is built next give its items to a filter that takes them at once?
    int depth;        // of what is nested: bounded, so that a rendering's stack is
    jval *names;      // of NAMES_MAX
    uint32_t names_count;
};

// --- the tree ---
bool tree_is(struct builder *b, const char *kind);    // has the node at hand that `t`?
str tree_text(struct builder *b, const char *field);  // a copy; {NULL, 0} when there is none
bool tree_flag(struct builder *b, const char *field); // is there a true one?
bool tree_push(struct builder *b, const char *field); // pushes a field that is a table; false: there is none
int64_t tree_int(struct builder *b, const char *field);
uint32_t tree_count(struct builder *b);           // of the children
bool tree_push_at(struct builder *b, uint32_t i); // pushes child i, from 1; false: it is none

// --- nodes ---
struct node *node_new(struct builder *b, node_fn *run, uint32_t kids);
const struct node *node_constant(struct builder *b, jval v);
const struct node *build_expression(struct builder *b);               // of the node at hand
const struct node *build_field(struct builder *b, const char *field); // the expression there
const struct node *build_at(struct builder *b, uint32_t i);
// The statements of a field in a scope that they are alone in, as one node.
const struct node *build_in_scope(struct builder *b, struct scope *s, const char *field);
const struct node *build_body(struct builder *b, const char *field); // the same in the scope at hand
const struct node *build_call_of(struct builder *b, const struct callee *callee, const struct node *subject);
bool is_constant(const struct node *n);
struct regex *builder_regex(struct builder *b, str pattern); // of the program; NULL when it is wrong

// --- variables ---
struct scope *scope_new(struct builder *b);
struct var *scope_find(struct builder *b, str name);
struct var *scope_param(struct builder *b, struct scope *s, str name);     // with a slot
bool scope_visit(struct builder *b, struct scope *s);                      // the names read in the expression at hand
bool scope_visit_body(struct builder *b, struct scope *s, bool in_branch); // of the list of statements at hand
// Makes `s` the scope at hand. Its variables' first values are statements: appended to `list`.
struct node_list {
    const struct node **nodes;
    uint32_t n, cap;
};
void list_add(struct builder *b, struct node_list *list, const struct node *n);
bool scope_begin(struct builder *b, struct scope *s, struct node_list *list);
const struct node *variable_read(struct builder *b, const struct var *v);
uint32_t slot_new(struct builder *b);

// Fills a cleared program from the syntax tree on the top of the stack (lua/jinja/parser.lua). False: the template holds
// what is not known here. `has_oncall`: OnCall's filters are there. May raise Lua errors; *p is to be cleared in any case.
bool program_build(struct program *p, lua_State *L, bool has_oncall);
