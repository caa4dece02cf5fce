// One rendering in C: its memory, its text so far, its budget, its variables.
//
// Every function that may not be able to go on answers false (or NULL): the rendering is then given up as a whole, and Lua
// begins it anew, which knows every case and every error. Nothing that can be seen from outside has happened by then.
// Threads: the Lua state's.
#pragma once
#include "base/arena.h"
#include "jinja/value.h"

struct jmemory; // of the Lua state, taken and given back by each rendering

struct run {
    jval *frame;         // variables of the macro or template that runs
    jval *root;          // variables of the template
    const jval *context; // what the template reads of its context
    jval input;          // of the filter of a filter block
    char *out;
    size_t len, cap;
    struct jwork work; // the fuel that is left (script/fuel.h)
    int depth;         // of macros
    const char *stack; // where it was at the beginning
    struct jmemory *memory;
};

struct jmemory *jmemory_new(void);
void jmemory_free(struct jmemory *m);
void jmemory_reset(struct jmemory *m); // everything that was taken is gone

#define RUN_MEMORY_MAX ((size_t)1 << 20) // bytes of one rendering, its text apart
#define RUN_TEXT_MAX   ((size_t)1 << 20)
#define RUN_DEPTH_MAX  40
#define RUN_STACK_MAX  ((size_t)128 << 10) // of the thread's, when a macro is called
#define RUN_STEP       2                   // units for an iteration or a call, beside those of its nodes

#define RUN_PARSED_MAX ((size_t)128 << 10)     // bytes of JSON that a rendering reads
arena *run_arena(struct run *r, size_t bytes); // for a document of so many bytes of text; NULL past the bound
struct zones *run_zones(struct run *r);        // kept from rendering to rendering
void *run_take(struct run *r, size_t size);    // not zeroed, aligned to 8; NULL past the bound
static inline bool run_spend(struct run *r, int64_t units) { return (r->work.left -= units) >= 0; }
bool run_bytes(struct run *r, size_t n); // charges for bytes that are read or built
bool run_has_stack(const struct run *r); // is there enough for another macro, however its statements are nested?

// --- the text ---
bool run_grow(struct run *r, size_t more);
static inline bool run_put(struct run *r, const char *text, size_t n) {
    if (n > r->cap - r->len && !run_grow(r, n)) return false;
    if (n) memcpy(r->out + r->len, text, n);
    r->len += n;
    return true;
}
bool run_print(struct run *r, const jval *v);      // what `{{ v }}` prints
bool run_print_time(struct run *r, const jval *v); // filter_time.c
bool run_repr(struct run *r, const jval *v);
// What was put since `from`, taken off the text as a str.
bool run_cut(struct run *r, size_t from, jval *out);

// --- values ---
bool run_str(struct run *r, const jval *v, str *out); // str(v); not of a Markup, which is more than its text
char *run_text(struct run *r, size_t n, jval *out);   // a str of n bytes to be written; NULL: none
bool run_list(struct run *r, enum jtype type, uint32_t cap, jval *out);
bool run_append(struct run *r, struct jlist *list, jval v);
bool run_pair(struct run *r, jval a, jval b, jval *out);
bool run_dict(struct run *r, uint32_t cap, jval *out);
bool run_set(struct run *r, struct jdict *d, jval key, jval v); // false also for a key that is neither text nor number
struct jentry *run_entry(struct jdict *d, const jval *key);     // NULL when absent
bool run_copy(struct run *r, const jval *dict, jval *out);      // a J_DICT with the items of a dict or object

// --- iteration ---
struct iter {
    jval of;
    uint32_t at, n;    // J_STR: the byte; of a dict: its size at the beginning
    uint32_t removals; // of a dict: how many there had been
};
bool iter_open(struct iter *it, jval *v); // takes the items of a J_GEN
// 1: *out is the next item; 0: the end; -1: gave up.
int iter_next(struct run *r, struct iter *it, jval *out);
int iter_next_pair(struct run *r, struct iter *it, jval *a, jval *b); // an item that is unpacked into two
bool run_items(struct run *r, jval *v, jval *out); // all items, as a list (which may be the one of v)
