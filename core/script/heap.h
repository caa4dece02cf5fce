// The memory of one Lua state: an allocator with a cap, and collections that are measured.
//
// A refusal makes Lua collect everything and ask again, which costs time that no instruction shows. So each
// refusal burns fuel for the bytes held, and after a few in one call nothing is given any more: a script at
// the edge of its memory cannot collect for ever. Threads: the state's.
#pragma once
#include "script/fuel.h"

struct lua_State;

struct heap {
    size_t held, limit; // bytes
    size_t cap;         // limit outside calls; SIZE_MAX: none
    size_t settled;     // held after the last collection of ours
    int refusals;       // in this call
    int64_t refused_at; // ns; 0: no collection forced by a refusal is under way
    int64_t pause_max;  // ns
    struct fuel *fuel;  // NULL until the state has one
};

void *heap_alloc(void *heap, void *ptr, size_t old_size, size_t new_size); // a lua_Alloc
void heap_begin(struct heap *h,
                size_t budget); // a call may take this much above what is held; 0: up to the cap
void heap_end(struct heap *h,
              struct lua_State *L); // lifts the limit; collects the young when enough has grown
