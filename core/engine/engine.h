// What the engine's parts share, and the items that change state: each is one transaction on the commit thread.
//
// Purpose: `engine` ties the configuration, the typed rows and the commit together. It is used by intake (alerts), the
// ports (people's actions and writes) and the pager (jobs).
// Threads: engine_new/free on the controlling thread; items are made anywhere and applied on the commit thread.
#pragma once
#include "engine/captures.h"
#include "engine/config.h"
#include "engine/group.h"
#include "engine/group_counts.h"
#include "store/changed_groups.h"
#include "store/commit.h"

typedef struct engine engine;

struct engine_news { // what a COMMIT brought
    const changed_groups *groups;
    bool has_writes; // of configuration, people or access
};

struct engine_options {
    store *writer;
    env *env;
    log_t *log;
    size_t max_waiting, max_waiting_bytes; // 0: the commit's defaults
    struct group_reminder reminder;
    const char *metrics_label; // alert groups are counted by its values; NULL or "": by none
    bool has_room_links;       // messages in rooms have links that act
    bool is_note_required;     // people resolve with a note, except over the API
    // Called on the commit thread when a job was added that may be due before what the pager waits for. May be NULL.
    void (*on_jobs)(void *ctx);
    // Called on the commit thread after each COMMIT that changed a group, or wrote for the API. May be NULL.
    void (*on_news)(void *ctx, const struct engine_news *news);
    void *ctx;
};

engine *engine_new(const struct engine_options *options, struct why *why);
void engine_free(engine *e);
commit *engine_commit(engine *e);
config_source *engine_config(engine *e);
// Whether an alert with this grouping id will probably join an open group. Any thread; see open_guess.h.
bool engine_guess_open(const engine *e, int64_t integration_id, int64_t route_id, str grouping_id);
int64_t engine_hash(const engine *e, str text); // keyed 64-bit hash, for grouping ids and payload repeats

// Counts what may have changed who is on call: schedules, shifts, swaps, people, calendars. Any thread.
uint64_t engine_schedules_version(const engine *e);

// The heartbeats are to be looked at now: one was armed, or a beat of a missing one came. Any thread.
void engine_ask_heartbeats(engine *e);
bool engine_heartbeats_asked(engine *e); // since the last such question; the pager's

struct engine_counters { // atomics, readable from any thread
    uint64_t alerts, groups_opened, repeats, stale, slow_lane, raw, actions, unanswered, notifications_sent,
        notifications_failed;
    uint64_t calendars_fetched, calendars_failed, calendars_failing, schedules_uncovered, schedules_with_gaps;
    uint64_t maintenance_running, maintenance_collected, maintenance_released; // the first: windows now
    uint64_t pulses_sent, pulses_failed, pulses_withheld;                      // of the outbound heartbeat
    uint64_t heartbeat_beats, heartbeats_missed, heartbeats_restored;
    uint64_t parse_ns, render_ns, apply_ns; // time spent on alerts, by stage
};
struct engine_counters *engine_counters(engine *e);
group_counts *engine_group_counts(engine *e);
captures *engine_captures(engine *e);
// Adds the time since start_ns (clock_ns) to a stage. Any thread.
static inline void engine_spent(uint64_t *counter, int64_t start_ns) {
    __atomic_add_fetch(counter, (uint64_t)(clock_ns() - start_ns), __ATOMIC_RELAXED);
}

// One alert on its way to disk. ERR_STALE: rendered under another version of its integration, or without the words of a
// group that has to open after all; nothing is stored, it is to be rendered again (the second time whole). The caller owns the struct and what the signal points to until `done`.
struct accept_item {
    struct commit_item item; // apply is accept_apply; the caller sets done and weight
    engine *engine;
    struct accept_item *next; // of the same request, or NULL
    struct signal signal;
    int64_t grouping_hash, payload_hash, event_hash; // made by accept_init, so that the commit thread need not
    int64_t alert_id, alert_group_id;    // results; 0: nothing was stored
    bool is_new;                         // result: the group was opened by it
    bool is_held;                        // it says that a problem is over of which another sender tells still
};
void accept_init(struct accept_item *a, engine *e); // after the signal is filled

// The alerts of one request, in order: all are stored, or none. Answers as those of accept_item; ERR_STALE only before
// the first is written, so of several every signal needs its words. The parts' own `done` and `weight` are not used.
struct accept_all {
    struct commit_item item; // the caller sets done and weight
    engine *engine;
    struct accept_item *first;
};
void accept_all_init(struct accept_all *all, engine *e, struct accept_item *first); // inits the parts as well

// A person's action on one group.
struct act_item {
    struct commit_item item;
    engine *engine;
    int64_t alert_group_id;
    enum group_verb verb;
    struct group_actor actor;
    int64_t silence_ms;
    int64_t root_id; // ATTACH: to this group
    str note;        // RESOLVE: how, in the person's words; NULL: none
    bool is_delete;  // remove the group with everything of it, instead of `verb`
    struct why why;  // result: the sentence of a refusal
};
void act_init(struct act_item *a, engine *e);

// People are called for a group directly, or not any more. It is no answer that the group was acknowledged or silenced
// before: only one that comes later stops these calls.
struct page_item {
    struct commit_item item;
    engine *engine;
    struct accept_item *alert; // stored first, and its group is meant; NULL: alert_group_id
    int64_t alert_group_id;
    struct page_person {
        int64_t user_id;
        bool is_important;
    } * people;
    size_t count;
    struct page_schedule { // whoever is on call on it now
        int64_t schedule_id;
        bool is_important;
    } * schedules;
    size_t schedule_count;
    int64_t team_id; // its members too, unless `alert` is sent up a chain; 0: none
    bool is_team_important;
    bool is_end; // of the calls
    struct group_actor actor;
    struct why why; // result: the sentence of a refusal
};
void page_item_init(struct page_item *p, engine *e);

// A job that is due (see jobs.c for the kinds): does what it says if that still applies, and deletes the job.
struct job_item {
    struct commit_item item;
    engine *engine;
    struct job_row job; // kind and detail point into the arena
    arena *arena;       // owned by the caller
    bool is_kept;       // it goes on later: its row stays
};
void job_init(struct job_item *j, engine *e);

// Plain statements in one savepoint: how the API and the commands write configuration.
struct write_statement {
    const char *sql; // must live as long as the item
    struct store_value *args;
    size_t nargs;
    struct write_ref {
        size_t arg, statement;
        str column;
    } * refs; // args taken from an earlier statement's first row
    size_t ref_count;
    int64_t expect; // rows returned or changed must be this many, else ERR_CONFLICT; -1: any
};
struct write_item {
    struct commit_item item;
    engine *engine;
    struct write_statement *statements;
    size_t count;
    bool is_outbox;             // it adds notifications and changes no configuration
    arena *arena;               // the results live here
    struct store_rows *results; // one for each statement
    struct why why;
};
void write_init(struct write_item *w, engine *e);
