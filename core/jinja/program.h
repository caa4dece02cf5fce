// Templates in C: the plain cases of what lua/jinja does, many times faster.
//
// Purpose: a program is made of a template's syntax tree. Rendering it gives the text that the Lua function of the same
// template gives, or gives up: at anything that is not plain (an error, a type or a method that is not known here, a budget
// that runs out) the caller renders with the Lua function, from the beginning. So Lua alone decides what is right and what
// an error says, and nothing here needs to know how a failure looks.
// Ownership: a program owns its nodes and constants. Threads: the Lua state's.
#pragma once
#include "base/arena.h"
#include "jinja/run.h"

struct node;

struct program {
    arena *memory;
    const struct node *body;
    uint32_t slots;    // variables of the template
    const jval *names; // what it reads of its context, as J_STR
    uint32_t names_count;
    bool mutates;           // it may change a value
    struct regex **regexes; // of constant patterns
    uint32_t regexes_count;
};

void program_clear(struct program *p);

// Runs it; `context` has a value for each of the names. False: given up. r->out is the text.
bool program_run(const struct program *p, const jval *context, struct run *r);
// Does a name that the context does not have mean a function that every template has?
bool program_is_global(str name);
