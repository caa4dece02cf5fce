// The rows of escalations: plans, how far each has come, and whom a step means.
//
// Used on the commit thread, inside a transaction. What is read lives in the given arena. Errors are those of store.h.
#pragma once
#include "store/group_rows.h"

// X(NAME, the public name)
#define STEP_TYPE_LIST(X)                             \
    X(NONE, "not_configured")                         \
    X(WAIT, "wait")                                   \
    X(NOTIFY_USERS, "notify_persons")                 \
    X(NOTIFY_NEXT, "notify_person_next_each_time")    \
    X(NOTIFY_ON_CALL, "notify_on_call_from_schedule") \
    X(NOTIFY_TEAM, "notify_team_members")             \
    X(NOTIFY_USER_GROUP, "notify_user_group")         \
    X(NOTIFY_CHANNEL, "notify_whole_channel")         \
    X(TIME, "notify_if_time_from_to")                 \
    X(ALERTS, "notify_if_num_alerts_in_window")       \
    X(WEBHOOK, "trigger_webhook")                     \
    X(REPEAT, "repeat_escalation")                    \
    X(RESOLVE, "resolve")
enum step_type {
#define X(name, text) STEP_##name,
    STEP_TYPE_LIST(X)
#undef X
};
const char *step_type_text(enum step_type type);

struct id_list {
    int64_t *ids;
    size_t count;
};
// "[3,17]" → 3, 17: a column that the API wrote.
struct id_list id_list_parse(arena *a, str text);

struct plan_step { // as it was when the escalation began
    int64_t step_id;
    enum step_type type;
    bool is_important;
    int64_t wait_ms; // 0: not given
    struct id_list users;
    int64_t schedule_id, team_id, user_group_id, webhook_id; // 0: not given
    int64_t from_s, to_s;                                    // seconds of the day, UTC; -1: not given
    int64_t num_alerts;                                      // -1: not given
    int64_t num_minutes;                                     // 0: not given
};

struct escalation_plan {
    int64_t id;
    struct plan_step *steps;
    size_t step_count;
};

struct escalation {
    int64_t alert_group_id, plan_id;
    int64_t step, repeats, epoch; // step: the next one, from 0
    int64_t started_at, next_at;
};

// The plan of a chain as it is now, made when it is not there yet. ERR_NOT_FOUND: the chain is gone.
err escalation_rows_plan_now(store *s, arena *a, int64_t chain_id, int64_t *plan_id);
err escalation_rows_plan(store *s, arena *a, int64_t plan_id, struct escalation_plan *out);
// The same of the steps that a chain has now, without writing anything; `id` is 0.
err escalation_rows_steps_now(store *s, arena *a, int64_t chain_id, struct escalation_plan *out);

err escalation_rows_get(store *s, arena *a, int64_t group_id, struct escalation *out); // ERR_NOT_FOUND
err escalation_rows_put(store *s, arena *a, const struct escalation *x);

// Of these users, in their order, those who are still there.
err escalation_rows_users(store *s, arena *a, const struct id_list *users, struct id_list *out);
// The same in the order of turns: user name, then id.
err escalation_rows_turns(store *s, arena *a, const struct id_list *users, struct id_list *out);
// ERR_NOT_FOUND: there is no such team or user group any more.
err escalation_rows_team(store *s, arena *a, int64_t team_id, struct id_list *out);
// Where a route posts, as JSON (engine/config.h reads it). ERR_NOT_FOUND: the route is gone.
err escalation_rows_channels(store *s, arena *a, int64_t route_id, str *out);
// The people in a room of a chat, so far as its provider told them. ERR_NOT_FOUND: no provider knows the room.
err escalation_rows_room(store *s, arena *a, str channel, str room, struct id_list *out);
err escalation_rows_user_group(store *s, arena *a, int64_t user_group_id, struct id_list *out);
// Who was called last by a step that takes turns: 0 when nobody was, or the step is gone.
err escalation_rows_last_user(store *s, arena *a, int64_t step_id, int64_t *out);
err escalation_rows_set_last_user(store *s, arena *a, int64_t step_id, int64_t user_id);
// ERR_NOT_FOUND: the webhook is gone.
err escalation_rows_webhook(store *s, arena *a, int64_t webhook_id, bool *is_enabled);
// Alerts of a group received at `since` or later, counted up to `max`.
err escalation_rows_count_alerts(store *s, arena *a, const struct group *g, int64_t since, int64_t max, int64_t *out);
