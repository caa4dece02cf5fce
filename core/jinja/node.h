// A program's nodes: a template's syntax tree as C functions that call each other. script/program_tree.c makes them.
//
// A node is its function and what that needs; a program's nodes live in one arena and never change. A statement's
// function leaves `out` alone. False: the rendering is given up (run.h).
#pragma once
#include "base/arena.h"
#include "jinja/run.h"

struct node;
typedef bool node_fn(struct run *r, const struct node *n, jval *out);

struct node {
    node_fn *run;
    const struct node **kids;
    uint32_t count; // of kids
    uint32_t slot;  // a variable; whatever else the function says
    int op;
    jval value;       // a constant; a name as J_STR
    const void *data; // what the function says
};

// Each node costs a unit; whether there are any left is seen by the next that spends more.
static inline bool node_run(struct run *r, const struct node *n, jval *out) {
    r->work.left--;
    return n->run(r, n, out);
}

// The truth of an expression.
static inline bool node_truth(struct run *r, const struct node *n, bool *is_true) {
    jval v;
    if (!node_run(r, n, &v)) return false;
    int truth = jval_truth(&v);
    *is_true = truth > 0;
    return truth >= 0;
}

// --- filters, tests and methods ---

// f(subject, arguments): `args` are as many as its signature has, J_ABSENT where nothing was given.
typedef bool call_fn(struct run *r, const jval *subject, const jval *args, jval *out);

#define CALL_ARGS_MAX 4

struct callee {
    const char *name;                  // one of its names
    call_fn *call;                     // for a filter that takes a filter or test by name, see `node`
    node_fn *node;                     // instead of `call`: it evaluates its kids itself
    uint8_t required;                  // arguments
    bool is_lazy;                      // Python's looks at the items later
    bool leaves_items;                 // it gives the items themselves on, or does not look at all of them
    bool wants_regex;                  // its first argument is a pattern: data of the node is a struct regex_call
    const char *params[CALL_ARGS_MAX]; // their names, in order; a method's cannot be given by name
};

// NULL when it is not known here.
const struct callee *filter_named(str name);
const struct callee *oncall_filter_named(str name); // those of OnCall alone
const struct callee *test_named(str name);
const struct callee *method_named(str name); // its call is run for a subject of any type
const struct callee *global_named(str name);
bool is_filter_by_name(str name); // map, select and their like, which call another filter or test

struct callee_list {
    const char *kind; // "filter", "test", "method" or "global"
    const struct callee *callees;
};
extern const struct callee_list callee_lists[]; // all of them; ends with a NULL kind

// data of a node that calls: the callee; kids: the subject, then the arguments in the callee's order (NULL: absent).
node_fn node_call;
// map, select and their like: data is a struct by_name; kids as above, but the arguments are those of the callee
struct by_name {
    const struct callee *callee; // NULL: none was named
    bool is_test, wants, by_attribute;
};
node_fn node_map, node_select;

struct regex_call {
    const struct callee *callee;
    const struct regex *regex;
};

// Attributes by a path, "a.b.0", as filters take them. J_UNDEF where there is nothing.
bool attribute_get(struct run *r, const jval *v, str path, jval *out);
bool attribute_of(struct run *r, const jval *v, const jval *attribute,
                  jval *out); // a text or a place; J_ABSENT: v itself

// --- the functions of nodes ---
extern node_fn node_value, node_local, node_root, node_context, node_input; // expression.c
extern node_fn node_path, node_item, node_slice, node_and, node_or, node_not, node_cond;
extern node_fn node_add, node_sub, node_mul, node_div, node_floordiv, node_mod, node_neg, node_pos;
extern node_fn node_concat, node_compare, node_in, node_make_list, node_make_dict, node_loop, node_cycle;
extern node_fn node_invoke; // a macro or a global
extern node_fn node_sequence, node_output, node_text, node_set, node_set_many, node_set_attr, node_capture, node_if;
extern node_fn node_for, node_macro, node_fill, node_filter_block; // statement.c

enum {
    LOOP_INDEX,
    LOOP_INDEX0,
    LOOP_FIRST,
    LOOP_LAST,
    LOOP_LENGTH,
    LOOP_REVINDEX,
    LOOP_REVINDEX0,
    LOOP_DEPTH,
    LOOP_DEPTH0
};
enum { COMPARE_EQ, COMPARE_NE, COMPARE_LT, COMPARE_LE, COMPARE_GT, COMPARE_GE, COMPARE_IN, COMPARE_NOT_IN };

// How node_path steps: to an item before an attribute; to a name that dicts or lists have as a method, or the sandbox guards.
enum { STEP_ITEM = 1, STEP_OF_DICT = 2, STEP_OF_LIST = 4, STEP_OF_STR = 8 };
int step_kind(str name); // all but the first

struct invocation { // data of node_invoke; kids: what is called, positional arguments, values of keywords, of `**`
    uint32_t positional, keywords;
    bool has_spread; // is there a last kid, whose items are keywords?
    const str *names;
    const struct callee *global; // of that name, or NULL
};

struct jmacro {
    str name;
    uint32_t params, slots;
    const str *names; // of the parameters, which are the first slots
    const struct node *body;
};

#define NO_SLOT UINT32_MAX

struct for_loop {            // data of node_for; kids: iterable, body, test or NULL, otherwise or NULL
    const uint32_t *targets; // slots
    uint32_t targets_count;  // 0: one target, the item itself, in targets[0]
    uint32_t index, length;  // slots, or NO_SLOT
    bool is_fixed;           // only over what cannot change: its length is asked for, and its body may change values
};
