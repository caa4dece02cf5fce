// Has schedules looked after: who is on call is told at each hand-over, what is wrong ahead, who wants to swap.
//
// Purpose: knows when to look; what is looked at and said is Lua's (lua/watch/), done by a worker (engine/aside.h), some
// schedules at a time. A change of configuration or of a calendar is looked at a moment later, so that many changes in a
// row are one; between two pieces of work there is a rest as long as the work took, several times over.
// Threads: one (the pager's).
#pragma once
#include "engine/aside.h"
#include "engine/engine.h"

typedef struct watch watch;

struct watch_options {
    engine *engine;
    struct aside_door door;
    env *env;
    log_t *log;
    void (*wake)(void *ctx); // a turn may find something to do. From any thread
    void *wake_ctx;
};

watch *watch_new(const struct watch_options *options);
void watch_free(watch *w);          // accepts NULL
int64_t watch_turn(watch *w);       // µs until there is more to do, -1: only a wake brings any
bool watch_is_idle(const watch *w); // nobody is looking
