// The rules of an escalation: what a step does, and when the next one is due. Pure functions, plain structs; `now` is an
// argument. No I/O.
//
// Who calls (engine/escalate.c, simulation) gathers what the step that is up needs to know, runs it, writes down what it
// says and goes on, until the next one is due later or there is none.
#pragma once
#include "store/escalation_rows.h"

#define ESCALATION_REPEATS_MAX         5    // passes after the first
#define ESCALATION_STEPS_AT_ONCE       1000 // more than the passes of a chain whose steps are all due at once
#define ESCALATION_UNANSWERED_AFTER_US INT64_C(300000000) // from the end of everything that calls to "nobody answered"

// What a step needs to know of the world.
struct step_facts {
    struct id_list users;            // whom it would call, now
    const struct config_room *rooms; // where nobody tells who is in it: everybody is called by a message there
    size_t room_count;
    int64_t alerts;      // that came within the step's window
    const char *failure; // a reason value: what the step needs is gone or not there; NULL: nothing
};

// What a step does.
struct step_outcome {
    const char *action, *reason; // its line in the group's log; NULL: none
    struct id_list users;        // to be called, with `is_important`
    bool is_important;
    const struct config_room *rooms; // to be called whole
    size_t room_count;
    int64_t last_user;  // notify_person_next_each_time: to be remembered for the next group; 0: nobody
    int64_t webhook_id; // to be sent; 0: none
    bool resolves;      // the group, by its last step
};

// The step that is up; NULL at the end.
const struct plan_step *escalation_step_up(const struct escalation *x, const struct escalation_plan *plan);
// Runs it. Afterwards `state` says whether there is a next step; it is due at x->next_at, which may be `now`.
void escalation_run_step(struct escalation *x, const struct escalation_plan *plan, const struct step_facts *facts,
                         int64_t now, enum escalation_state *state, struct step_outcome *out);
// The one whose turn it is after `last`: of `users`, which are in turn order; 0 when there are none.
int64_t escalation_next_user(const struct id_list *users, int64_t last);
// When a step with a window of time lets go on: `now` within it, else its next beginning. Seconds of the day, UTC.
int64_t escalation_window_opens(int64_t now, int64_t from_s, int64_t to_s);
