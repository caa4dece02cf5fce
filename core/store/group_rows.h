// The rows of alert groups: what accepting an alert and acting on a group read and write, by prepared statements.
//
// One `group_rows` belongs to one writing connection and is used on the commit thread, inside a transaction.
// Errors are those of store.h. Text read lives until the next call.
#pragma once
#include "store/changed_groups.h"

#define GROUP_BY_LIST(X)                                                         \
    X(NONE, "")                                                                  \
    X(SOURCE, "source")                                                          \
    X(USER, "user")                                                              \
    X(ROOM, "room") /* by a link in a chat room: nobody knows who followed it */ \
    X(API, "api")                                                                \
    X(TIMER, "timer")                                                            \
    X(LAST_STEP, "last_step")                                                    \
    X(SYSTEM, "system")                                                          \
    X(WIPED, "wiped")
enum group_by {
#define X(name, text) BY_##name,
    GROUP_BY_LIST(X)
#undef X
};
const char *group_by_text(enum group_by by);
bool group_by_from(str text, enum group_by *out);

#define ESCALATION_STATE_LIST(X)                                                            \
    X(NONE, "")                                                                             \
    X(WAITING, "waiting")       /* a job has the next step */                               \
    X(PAUSED, "paused")         /* goes on when more alerts have come */                    \
    X(STOPPED, "stopped")       /* somebody answered */                                     \
    X(FINISHED, "finished")     /* at its end; the last who were called may still answer */ \
    X(UNANSWERED, "unanswered") /* at its end, and nobody answered */
enum escalation_state {
#define X(name, text) ESCALATION_##name,
    ESCALATION_STATE_LIST(X)
#undef X
};
enum escalation_state escalation_state_from(str text); // of the column; NONE for what is none

struct group { // the columns of alert_group that rules read and change; 0 stands for null
    int64_t id, integration_id, route_id;
    int64_t grouping_hash;
    bool has_hash, is_open;
    int64_t alerts_count, first_alert_id, last_alert_id, last_alert_at, last_payload_hash;
    int64_t started_at, acknowledged_at, resolved_at, silenced_at, silenced_until;
    enum group_by acknowledged_by, resolved_by;
    int64_t acknowledged_by_id, resolved_by_id, silenced_by_id;
    int64_t response_ms; // -1: not yet
    int64_t wiped_at, version;
    enum escalation_state escalation; // written by group_rows_set_escalation alone
    int64_t root_id;                  // written by group_rows_set_root alone
    bool is_demo;                     // a person had it made; written by group_rows_mark alone, as is
    bool is_debug;                    // nobody is called for it: the log tells who would have been
};

struct group_texts { // written once, at opening
    str grouping_id, title, labels;
};

struct alert_row {
    int64_t id, alert_group_id, previous_id, received_at;
    unsigned signal;
    str payload, parsed, problems;
};

struct log_row {
    int64_t alert_group_id, at, by_id;
    const char *action, *reason;
    enum group_by by;
    str detail; // JSON or empty
};

struct job_row {
    int64_t id, due_at, alert_group_id, attempt;
    int priority; // higher first among what is due
    bool is_wall; // due_at is a moment on the wall's clock, and not the end of a wait
    str kind, detail;
};

typedef struct group_rows group_rows;
group_rows *group_rows_new(store *s);
void group_rows_free(group_rows *r);
changed_groups *group_rows_changed(group_rows *r); // noted here by whatever writes a group's row
// Reads what is held in memory of the rows now (0.2 s for a million open groups), and not at the first look.
err group_rows_prepare(group_rows *r);
// What is held in memory of the rows (store/open_index.h) may be wrong: after a rollback, or when a COMMIT failed.
void group_rows_forget(group_rows *r);

// Groups with this grouping hash, newest first: the open ones with an id under `below` (at most `max`), or the latest
// closed one.
err group_rows_find_open(group_rows *r, int64_t integration_id, int64_t hash, int64_t below, struct group *out,
                         size_t max, size_t *count);
err group_rows_find_closed(group_rows *r, int64_t integration_id, int64_t hash, struct group *out); // ERR_NOT_FOUND
err group_rows_get(group_rows *r, int64_t id, struct group *out);                                   // ERR_NOT_FOUND
err group_rows_insert(group_rows *r, const struct group *g, const struct group_texts *texts);
err group_rows_update(group_rows *r, const struct group *g);
err group_rows_mark(group_rows *r, const struct group *g); // that it is a demo, that nobody is called for it
err group_rows_set_escalation(group_rows *r, struct group *g, enum escalation_state state);
err group_rows_set_root(group_rows *r, const struct group *g);
// Ids of the groups that are attached to this one.
err group_rows_attached(group_rows *r, arena *a, int64_t id, int64_t **ids, size_t *count);
err group_rows_touch(group_rows *r, const struct group *g); // only what a joining alert changes
err group_rows_add_alert(group_rows *r, const struct alert_row *alert);
err group_rows_add_log(group_rows *r, const struct log_row *line, bool is_first); // is_first: of a new group
err group_rows_add_job(group_rows *r, const struct job_row *job);
err group_rows_index_labels(group_rows *r, int64_t due_at); // the one job label_index, if it is not there yet
err group_rows_cancel_jobs(group_rows *r, int64_t group_id, str kind);
// Ids are handed out here and never used twice; the next ones after a restart lie past every row and floor.
int64_t group_rows_next_group_id(group_rows *r);
int64_t group_rows_next_alert_id(group_rows *r);
// What stands instead of a sentence that may have quoted the alerts of a group that was wiped or deleted.
#define GROUP_WORDS_GONE "This was wiped with its alert group."
// Everything of a group but its alerts: log, jobs, labels, the group. Its messages keep what happened to them.
err group_rows_delete(group_rows *r, const struct group *g);
// Empties the texts of a group that keeps its log: its own, and what providers and webhooks said about its messages. What
// carries words of its own is called off.
err group_rows_wipe(group_rows *r, int64_t id, str title);
// Deletes or empties the next alerts of a chain, from *alert_id back: a piece that holds nobody up. Sets *alert_id to
// where the next piece begins, 0 at the end of the chain.
err group_rows_erase(group_rows *r, bool is_delete, int64_t *alert_id);
