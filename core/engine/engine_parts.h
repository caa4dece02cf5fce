// The inside of `engine`, for the files of this folder that apply items on the commit thread.
#pragma once
#include "engine/engine.h"
#include "engine/open_guess.h"
#include <stdio.h>

struct engine {
    struct engine_options options;
    commit *commit;
    group_rows *rows;
    config_source *config_source;
    const config *config; // the commit thread's snapshot
    open_guess *open_guess;
    unsigned char hash_key[16];
    bool config_changed; // a write of this batch may have changed it
    bool jobs_added;
    bool label_job_waits; // the job label_index surely has a row
    struct engine_counters counters;
};

static inline void engine_count(uint64_t *counter) { __atomic_add_fetch(counter, 1, __ATOMIC_RELAXED); }

// The open group of a grouping id on a route; ERR_NOT_FOUND when there is none.
err engine_find_open(engine *e, int64_t integration_id, int64_t hash, int64_t route_id, struct group *out);
err engine_add_job(engine *e, const char *kind, int64_t due_at, int64_t group_id);
// Erases the alerts of a chain from `alert_id` back, in pieces; see jobs.c.
err engine_add_erase_job(engine *e, bool is_delete, int64_t group_id, int64_t alert_id, int64_t now);
err engine_add_effects(engine *e, const struct group *g, const struct group_effects *effects, int64_t now);
