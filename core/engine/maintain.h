// Maintenance windows as rows: started, ended, and what they do to groups. All of it on the commit thread.
//
// The windows that run are held in memory, so that an alert that opens a group costs a look at a number when there are none.
// A group that opens in one is marked with it; at the end those marked are looked at piece by piece (release.c): still in
// another window, they are that one's; else those that are not over are released and escalate, or are resolved.
#pragma once
#include "engine/engine.h"
#include "engine/maintenance.h"

typedef struct maintain maintain;
maintain *maintain_new(store *writer);
void maintain_free(maintain *m);   // accepts NULL
void maintain_forget(maintain *m); // what is held in memory of the rows is void

// The window that covers a group, or NULL; `labels` is its JSON object or empty.
err engine_maintenance_find(engine *e, const struct group *g, str labels, const struct maintenance_window **out);
// A group opens in `w`: nobody is called for it. Before its rows are written, and after.
void engine_maintenance_open(const struct maintenance_window *w, struct group *g, struct group_effects *effects);
err engine_maintenance_mark(engine *e, const struct group *g, const struct maintenance_window *w);
// Is this group attached to one that collects? Nobody hears of what happens to it.
err engine_is_collected(engine *e, const struct group *g, bool *out);
// The window whose collecting group this is; 0: none that runs.
err engine_collector_of(engine *e, int64_t group_id, int64_t *window_id);

// What a window needs by now: starts it, ends it, sees to its next moment. `stop`: by whom it is ended now, or NULL.
err engine_maintenance_settle(engine *e, int64_t window_id, const struct group_actor *stop, int64_t now,
                              struct why *why);

struct release { // of the groups that a window has marked, up to `last_id`, after `from_id`
    int64_t window_id, from_id, last_id;
    bool is_collected; // else it was a window of mode debug
    bool is_resolved;
    struct group_actor actor;
};
// A piece of them now, and a job for the rest.
err engine_release(engine *e, arena *a, const struct release *r, int64_t now);

// A window as a port and the pager's jobs ask for it.
struct maintenance_item {
    struct commit_item item; // the caller sets `done`
    engine *engine;
    int64_t window_id;
    bool is_stop;
    struct group_actor actor;
    struct why why; // result: the sentence of a refusal
};
void maintenance_item_init(struct maintenance_item *m, engine *e);
