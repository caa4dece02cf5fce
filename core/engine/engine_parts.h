// The inside of `engine`, for the files of this folder that apply items on the commit thread.
#pragma once
#include "engine/engine.h"
#include "engine/hooks.h"
#include "engine/on_call.h"
#include "engine/open_guess.h"
#include <stdio.h>

struct engine {
    struct engine_options options;
    commit *commit;
    group_rows *rows;
    config_source *config_source;
    const config *config; // the commit thread's snapshot
    open_guess *open_guess;
    struct delivered *delivered; // which events opened groups lately
    on_call *on_call;            // of the commit thread
    hooks *hooks;
    struct maintain *maintain; // windows, of the commit thread
    unsigned char hash_key[16];
    bool config_changed; // a write of this batch may have changed it
    bool jobs_added, notifications_added, schedules_changed;
    uint64_t schedules_version; // atomically
    bool heartbeats_asked;      // atomically
    bool label_job_waits;       // the job label_index surely has a row
    bool clock_is_moving;       // at the start: see engine/clock_step.h
    int64_t clock_unmoved;
    int64_t clock_moved; // in this transaction: see engine/clock_step.c
    struct engine_counters counters;
    group_counts *group_counts;
    captures *captures;
};

static inline void engine_count(uint64_t *counter) { __atomic_add_fetch(counter, 1, __ATOMIC_RELAXED); }

// On the commit thread: who is on call may be other people now.
void engine_schedules_changed(engine *e);
// The open group of a grouping id on a route; ERR_NOT_FOUND when there is none.
err engine_find_open(engine *e, int64_t integration_id, int64_t hash, int64_t route_id, struct group *out);
err engine_add_job(engine *e, const char *kind, int64_t due_at, int64_t group_id);
// Erases the alerts of a chain from `alert_id` back, in pieces; see jobs.c.
err engine_add_erase_job(engine *e, bool is_delete, int64_t group_id, int64_t alert_id, int64_t now);
// Writes a group that was read as `before` back, and counts what changed (count_groups.c).
err engine_save_group(engine *e, const struct group *before, const struct group *g);
void engine_count_opened(engine *e, const struct group *g, str labels);
err engine_count_gone(engine *e, const struct group *g, bool is_wiped); // before its row, or its labels, go
err engine_count_earlier(engine *e);                                    // at the start: has what is there counted
err job_count_groups(struct job_item *j, int64_t now);
// Keeps the job for the rest, a moment later: alerts come first.
err engine_job_go_on(struct job_item *j, int64_t due_at);
err engine_index_groups(struct job_item *j, int64_t now); // the job label_index
err engine_add_effects(engine *e, struct group *g, const struct group_effects *effects, int64_t now);
// What a person, a timer or a step does to a group, with all that follows from it. Errors are those of group_act.
err engine_act(engine *e, struct group *g, const struct group_deed *deed, int64_t now, struct why *why);
// The same to the groups that are attached to it.
err engine_follow_root(engine *e, const struct group *g, const struct group_deed *deed, int64_t now);
// A line of the engine's own in a group's log. `detail` is JSON or empty.
err engine_add_line(engine *e, int64_t group_id, const char *action, const char *reason, str detail, int64_t now);
err engine_add_line_by(engine *e, int64_t group_id, const char *action, const char *reason, str detail,
                       struct group_actor actor, int64_t now);

// A job that calls people; void when its epoch has passed. `user_id` 0: of the group.
err engine_add_call_job(engine *e, const char *kind, int64_t group_id, int64_t user_id, int64_t epoch, int64_t due_at);

// The same, of a moment on the wall's clock: a step of that clock does not move it.
err engine_add_wall_job(engine *e, const char *kind, int64_t group_id, int64_t epoch, int64_t due_at);

// Escalation (escalate.c): a new one from the chain's first step, if the group's route has a chain.
err engine_escalation_start(engine *e, struct group *g, int64_t now);
// Goes on with the step that is up; epoch 0: whatever it is.
err engine_escalation_resume(engine *e, struct group *g, int64_t epoch, int64_t now);
// Somebody answered, or the group is over: it and every page that does not apply any more.
err engine_escalation_stop(engine *e, struct group *g, int64_t now);
// A page is at its end, and the escalation too or there is none: some time later it is looked whether somebody has answered.
err engine_watch_for_answer(engine *e, const struct group *g, int64_t now);
err engine_escalation_unanswered(engine *e, struct group *g, int64_t now);

// The same event delivered twice (deliveries.c): the group that the earlier delivery opened some minutes ago, or ERR_NOT_FOUND.
err engine_find_event(engine *e, const struct signal *s, int64_t event_hash, int64_t payload_hash, int64_t now,
                      struct group *out);
void engine_note_event(engine *e, const struct signal *s, int64_t event_hash, int64_t group_id, int64_t now);
void engine_forget_events(engine *e); // after a rollback

// Several senders that tell of the same problem (senders.c). A group is over when the last of them says so, or is silent.
err engine_senders_fire(engine *e, const struct group *g, const struct signal *s);
// One of them says that it is over. `fires`: another one says the opposite still.
err engine_senders_end(engine *e, const struct group *g, const struct signal *s, int64_t now, bool *fires);
err job_source_ends(struct job_item *j, int64_t now);

// What time does to a group (group_jobs.c).
err engine_remind(engine *e, const struct group *g, const struct group_deed *deed, int64_t now);
err engine_watch_quiet(engine *e, const struct group *g, int64_t quiet_ms);
err job_unsilence(struct job_item *j, int64_t now);
err job_watch_answer(struct job_item *j, int64_t now);
err job_remind(struct job_item *j, int64_t now);
err job_unacknowledge(struct job_item *j, int64_t now);
err job_maintenance(struct job_item *j, int64_t now); // maintain.c
err job_release(struct job_item *j, int64_t now);     // release.c
err job_auto_resolve(struct job_item *j, int64_t now);
// "epoch user" of a job that engine_add_call_job made, and its group. ERR_NOT_FOUND: it is void.
err job_call(const struct job_item *j, struct group *g, int64_t *epoch, int64_t *user_id);

str engine_new_key(engine *e, char hex[static 33]); // an idempotency key
// Webhooks (notify.c): those that hear of these lines; or one of a step.
err engine_send_hooks(engine *e, const struct group *g, const struct group_effects *effects, int64_t now);
err engine_send_hook(engine *e, const struct group *g, int64_t webhook_id, enum hook_trigger trigger,
                     struct group_actor actor, int64_t now);

// Messages in rooms (posts.c): one in each room of the route of a group that opened; brought up to date after a change of
// state, and some time after more alerts.
const struct config_route *engine_route_of(const engine *e, const struct group *g); // NULL: it is gone
err engine_posts_open(engine *e, const struct group *g, int64_t now);
// Everybody in the room is asked to look, by a message of its own.
err engine_room_call(engine *e, arena *a, const struct group *g, const struct config_room *room, int64_t now);
err engine_room_call_failed(engine *e, int64_t group_id, str channel, str error, int64_t now);
err engine_posts_changed(engine *e, const struct group *g, int64_t now);
err engine_posts_catch_up(engine *e, const struct group *g,
                          int64_t now); // posts what opened silently, if it is not there
err engine_posts_joined(engine *e, const struct group *g, int64_t now); // costs nothing where the route has no rooms
struct post_end {                                                       // of a notification of kind post or update
    int64_t alert_group_id, notification_id, provider_id;
    str external_id, thread_id, shown, error; // shown: NULL when the channel cannot update
    bool has_notes;                           // what happens to the group is told in the message's thread
    int64_t told_seq;                         // of a note: the last line of the log that it told
};
err engine_post_sent(engine *e, arena *a, const struct post_end *end, int64_t now);
err engine_post_failed(engine *e, arena *a, const struct post_end *end, int64_t now); // for good
// Notes in their threads: what happens to a group goes into the threads of its messages, some seconds together.
err engine_notes_add(engine *e, int64_t group_id, int64_t now); // for what the threads do not know yet
err engine_note_ended(engine *e, arena *a, const struct post_end *end, bool has_failed, int64_t now);

// Pages (paging.c).
struct page_call {
    int64_t user_id;
    bool is_important, is_forced;
    const char *reason;
    struct group_actor actor;
};
err engine_page_start(engine *e, arena *a, const struct group *g, const struct page_call *call, int64_t now);
err engine_page_resume(engine *e, arena *a, const struct group *g, int64_t user_id, int64_t epoch, int64_t now);
// A notification of the page could not be delivered: its next rule comes at once, unless the page has gone on already.
struct page_failure {
    int64_t alert_group_id, user_id;
    str channel;
    const char *reason;
    bool is_overtaken;
};
err engine_page_failed(engine *e, arena *a, const struct page_failure *failure, int64_t now);
// Somebody has answered: every page of the group that began before, and what has not left yet.
err engine_pages_stop(engine *e, arena *a, const struct group *g, int64_t now);
// Whether they still have it: asked by the first of their rules that notifies.
err engine_remind_person(engine *e, arena *a, const struct group *g, int64_t user_id, int64_t now);
// What rings at people (at one of them, unless 0) for the group is called off, where its provider can.
err engine_pages_call_off(engine *e, arena *a, int64_t group_id, int64_t user_id, int64_t now);
// One person is not to be called any more. ERR_INVALID: they are not.
err engine_page_end(engine *e, arena *a, const struct group *g, int64_t user_id, struct group_actor actor, int64_t now,
                    struct why *why);
