// Watches the heartbeats: knows when one is due, has what is told of it rendered, and hands that to the commit thread.
//
// Purpose: what the rules need is in memory (engine/heartbeat.h), so an armed heartbeat costs a look at a number now and
// then, and a beat nothing here. A look is made when the first becomes due, but four times a second at most: a missed beat
// is found within 250 ms, and what is due together is one look. These timers are no rows of `job`: they are worked out from
// the rows, and after a start they would all be wrong (a grace is granted).
// A grace of a whole interval: after the start, and when the process stood still for seconds, so that beats may have been lost.
// Threads: one (the pager's). Rendering is the slow lane's.
#pragma once
#include "engine/beat.h"
#include "engine/slow_lane.h"

typedef struct heartbeats heartbeats;

struct heartbeats_options {
    engine *engine;
    slow_lane *slow_lane;
    env *env;
    log_t *log;
    int64_t fuel_slow;
    void (*wake)(void *ctx); // a turn may find something to do. From any thread
    void *wake_ctx;
};

heartbeats *heartbeats_new(const struct heartbeats_options *options);
void heartbeats_free(heartbeats *h);          // accepts NULL
int64_t heartbeats_turn(heartbeats *h);       // µs until there is more to do, -1: only a wake brings any
bool heartbeats_is_idle(const heartbeats *h); // nothing is on its way to the disk
