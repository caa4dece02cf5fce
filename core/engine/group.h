// The rules of an alert group: pure functions, plain structs in and out, `now` is an argument. No I/O.
//
// A rule takes the group as it is and what happened, and returns the group as it shall be and the effects: log lines
// and jobs. Who calls (engine/accept, engine/act) reads and writes the rows.
#pragma once
#include "base/err.h"
#include "engine/signal.h"

enum group_state { GROUP_FIRING, GROUP_ACKNOWLEDGED, GROUP_RESOLVED, GROUP_SILENCED };

#define GROUP_BY_LIST(X) X(NONE, "") X(SOURCE, "source") X(USER, "user") X(API, "api") X(TIMER, "timer") X(LAST_STEP, "last_step") X(SYSTEM, "system") X(WIPED, "wiped")
enum group_by {
#define X(name, text) BY_##name,
    GROUP_BY_LIST(X)
#undef X
};
const char *group_by_text(enum group_by by);

struct group {             // the columns of alert_group that rules read and change
    int64_t id, integration_id, route_id;
    bool is_open;
    int64_t alerts_count, last_alert_at, started_at;
    int64_t acknowledged_at, resolved_at, silenced_at, silenced_until; // 0: not
    enum group_by acknowledged_by, resolved_by;
    int64_t acknowledged_by_id, resolved_by_id, silenced_by_id;
    int64_t response_ms;   // -1: not yet
    int64_t wiped_at;
    int64_t version;
};

struct group_actor {
    enum group_by by;
    int64_t id;            // user or token, 0 none
};

struct group_line {        // one line of the group's log
    const char *action, *reason;
    struct group_actor actor;
    int64_t until;         // silence: µs, 0 for ever; else 0
};

struct group_job {
    const char *kind;
    int64_t due_at;
};

struct group_effects {
    struct group_line lines[6];
    size_t line_count;
    struct group_job jobs[2];
    size_t job_count;
    bool cancel_unsilence; // the timer that waits is void
};

enum group_verb { VERB_ACKNOWLEDGE, VERB_UNACKNOWLEDGE, VERB_RESOLVE, VERB_UNRESOLVE, VERB_SILENCE, VERB_UNSILENCE, VERB_WIPE };

enum group_state group_state(const struct group *g);
const char *group_state_text(enum group_state s); // firing, acknowledged, resolved, silenced

// A signal that no group waits for: the new group. A resolve with nothing open becomes a resolved group, silently.
void group_open(const struct signal *signal, int64_t now, struct group *out, struct group_effects *effects);
// A signal that joins `g` (open, or closed when the signal resolves late).
void group_join(struct group *g, const struct signal *signal, int64_t now, struct group_effects *effects);
// A source says that the problem of `g` is over, by an alert that was stored in another group.
void group_resolve_by_source(struct group *g, int64_t now, struct group_effects *effects);
// What a person (or a timer) does. `silence_ms` <= 0: for ever. ERR_INVALID with the reference's sentence.
err group_act(struct group *g, enum group_verb verb, struct group_actor actor, int64_t silence_ms, int64_t now,
              struct group_effects *effects, struct why *why);
