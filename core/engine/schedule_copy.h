// A calendar was fetched, or could not be: what is kept of it, as an item of the commit thread.
//
// The last good copy stays when a fetch fails or brings no calendar, and the reason stands beside it. The text is read in
// copy_init, on the caller's thread; the commit thread only writes. An answer to an address that the schedule does not have
// any more is dropped (ERR_STALE).
// Ownership: everything is borrowed from the caller until `done`. Threads: copy_init on any, with zones of its own.
#pragma once
#include "base/zone.h"
#include "engine/engine.h"
#include "store/schedule_rows.h"

#define COPY_DAYS_BEFORE 2
#define COPY_DAYS_AFTER  60 // how long a calendar that cannot be fetched goes on

struct calendar_fetch {
    int64_t schedule_id;
    bool is_overrides;
    str url;   // that was asked
    str text;  // of the answer
    str error; // or why there is none; empty: there is one
    int64_t at;
};

struct copy_item {
    struct commit_item item; // apply is set by copy_init; the caller sets done
    engine *engine;
    arena *memory;
    struct copy_write write;
};

// *why is the sentence that is kept when the text is no calendar that can be used.
void copy_init(struct copy_item *c, engine *e, const struct calendar_fetch *fetch, zones *z, arena *a, struct why *why);
