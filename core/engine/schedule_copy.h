// A calendar was fetched, or could not be: what is kept of it, as an item of the commit thread.
//
// The last good copy stays when a fetch fails or brings no calendar, and the reason stands beside it. Beside the copy stand
// the events of the days around, so that the commit thread need not read calendars; they are read again once a day, also
// from a copy that nothing newer follows. The text is read in copy_init, on the caller's thread; the commit thread only
// writes, and no more than what is new. An answer to an address that the schedule does not have any more is dropped
// (ERR_STALE).
// Ownership: everything is borrowed from the caller until `done`. Threads: copy_init on any.
#pragma once
#include "engine/engine.h"
#include "store/schedule_rows.h"

#define COPY_DAYS_BEFORE 2
#define COPY_DAYS_AFTER  60
#define COPY_EVENTS_MAX  20000 // in this time: the commit thread reads them all when somebody is to be called

struct calendar_fetch {
    int64_t schedule_id;
    bool is_overrides, is_unchanged; // unchanged: the server says that the copy is as good as what it has
    str url;                         // that was asked
    str text;                        // of the answer
    str error;                       // or why there is none; empty: there is one
    str etag, modified;              // of the answer, to ask whether it has changed
    int64_t at;
};

struct copy_item {
    struct commit_item item; // apply is set by copy_init; the caller sets done
    engine *engine;
    arena *memory;
    bool is_news;            // other people may be on call, or it begins or ends to fail
    struct copy_write write; // `error` is set when the text is no calendar that can be used, too
};

void copy_init(struct copy_item *c, engine *e, const struct calendar_fetch *fetch, const struct copy_known *known,
               arena *a);
