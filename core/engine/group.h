// The rules of an alert group: pure functions, plain structs in and out, `now` is an argument. No I/O.
//
// A rule takes the group as it is and what happened, and returns the group as it shall be and the effects: log lines
// and jobs. Who calls (engine/accept, engine/act) reads and writes the rows.
#pragma once
#include "base/err.h"
#include "engine/signal.h"
#include "store/group_rows.h"

enum group_state { GROUP_FIRING, GROUP_ACKNOWLEDGED, GROUP_RESOLVED, GROUP_SILENCED };

#define GROUP_SOURCE_MAX 32 // bytes of a source's name, with its end
#define GROUP_ONCE_MAX   33 // bytes of `once`, with its end
struct group_actor {
    enum group_by by;
    int64_t id;         // user, token, or the provider of a room; 0 none
    const char *source; // where it was done, when not here: "link", "slack" …; lower-case letters and _. Or NULL
    const char
        *once; // what is done once at most to a group, however often it is asked for: hexadecimal digits. Or NULL
};

struct group_line { // one line of the group's log
    const char *action, *reason;
    struct group_actor actor;
    const char *key; // one member of its detail, or NULL: until (µs), root (id of the group it is attached to)
    int64_t value;
    bool is_implied; // by another line of the same deed: no webhook hears of it
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
    bool cancel_unsilence;                               // the timer that waits is void
    enum { CALLS_GO_ON, CALLS_START, CALLS_STOP } calls; // of its escalation and pages
    bool confirms;                                       // the acknowledge: it is reminded of anew
};

#define GROUP_VERB_LIST(X)            \
    X(ACKNOWLEDGE, "acknowledge")     \
    X(UNACKNOWLEDGE, "unacknowledge") \
    X(RESOLVE, "resolve")             \
    X(UNRESOLVE, "unresolve")         \
    X(SILENCE, "silence")             \
    X(UNSILENCE, "unsilence")         \
    X(WIPE, "wipe")                   \
    X(ATTACH, "attach")               \
    X(UNATTACH, "unattach")           \
    X(CONFIRM, "confirm")
enum group_verb {
#define X(name, text) VERB_##name,
    GROUP_VERB_LIST(X)
#undef X
};
bool group_verb_from(str text, enum group_verb *out);
const char *group_verb_text(enum group_verb verb);

enum group_state group_state(const struct group *g);
const char *group_state_text(enum group_state s); // firing, acknowledged, resolved, silenced

// A signal that no group waits for: the new group. A resolve with nothing open becomes a resolved group, silently.
void group_open(const struct signal *signal, int64_t now, struct group *out, struct group_effects *effects);
// A signal that joins `g` (open, or closed when the signal resolves late).
void group_join(struct group *g, const struct signal *signal, int64_t now, struct group_effects *effects);
// A source says that the problem of `g` is over, by an alert that was stored in another group.
void group_resolve_by_source(struct group *g, int64_t now, struct group_effects *effects);

struct group_deed {
    enum group_verb verb;
    struct group_actor actor;
    int64_t silence_ms;       // SILENCE: <= 0 for ever
    const struct group *root; // ATTACH: to this one
    bool has_attached;        // ATTACH: others are attached to this group
    const char *reason;       // the log's, when the actor does not tell it; or NULL
    bool is_by_root;          // it was done to the group that this one is attached to
    bool lacks_note;          // RESOLVE: one is required, and nobody has written any
    bool is_called;           // ACKNOWLEDGE: somebody was called although it is acknowledged, and may answer too
};
// What a person (or a timer, or the last step) does. ERR_INVALID with the reference's sentence.
err group_act(struct group *g, const struct group_deed *deed, int64_t now, struct group_effects *effects,
              struct why *why);

// Reminders of who acknowledged. 0: never.
struct group_reminder {
    int64_t remind_ms, unacknowledge_ms;
};
// Whether the acknowledge of `g` since `at` is still to be reminded of: a person's, and not of an old group.
bool group_may_remind(const struct group *g, int64_t at, int64_t now);
