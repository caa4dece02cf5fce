// The slow lane: one thread that renders what left the inline budget, round robin by integration, bounded for each.
//
// A task may be several renderings, one a turn; what finds no room is stored without rendering by its owner.
// Threads: push from any; `run` on the lane's thread with the lane's own renderer. Ownership: a task is the lane's from
// a successful push until its last run begins.
#pragma once
#include "base/mailbox.h"
#include "engine/renderer.h"

typedef struct slow_lane slow_lane;

struct slow_task {
    struct mail mail;
    int64_t integration_id;
    size_t count; // runs that are left: at least 1 when pushed, which cuts it to the room there is; 0 in the last run
    void (*run)(struct slow_task *task, renderer *r); // r NULL: no time to render
};

slow_lane *slow_lane_new(const struct script_options *options, size_t waiting_each, log_t *log, struct why *why);
void slow_lane_start(slow_lane *l);
err slow_lane_push(slow_lane *l, struct slow_task *task); // ERR_FULL: no room at all for this integration, or stopped
bool slow_lane_turn(slow_lane *l);                        // one run, without the thread; false when none waits
void slow_lane_hurry(slow_lane *l);                       // from now on tasks run without a renderer
int64_t slow_lane_waiting(const slow_lane *l);
void slow_lane_stop(slow_lane *l); // runs what waits, then joins
void slow_lane_free(slow_lane *l);
