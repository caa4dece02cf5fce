// What a step of an escalation needs to know of the world, gathered from the rows: whom it means now, how many alerts have
// come, and what it names that is gone. The same for an escalation that runs and for one that is only foreseen.
//
// Threads: that of the store. What is found lives in the arena. Errors are those of store.h; what is missing is no error
// but `failure`.
#pragma once
#include "base/log.h"
#include "engine/escalation.h"
#include "engine/on_call.h"

struct step_turn { // who was called last by a step that takes turns
    int64_t step_id, user_id;
};

struct step_asking {
    store *store;
    on_call *on_call;
    arena *arena;
    log_t *log;                    // NULL: a schedule with problems is not told of
    const struct step_turn *turns; // that the rows do not know of
    size_t turn_count;
};

err step_facts_gather(const struct step_asking *q, const struct group *g, const struct plan_step *step, int64_t now,
                      struct step_facts *out);
