// What happens, told to those who listen while it happens: server-sent events of alert groups and of backtests.
//
// Purpose: the commit thread hands over the ids of groups that a COMMIT changed; a thread of its own looks at their rows,
// at most five times a second and once for each group however often it changed, has lua/api/events.lua write the
// events once, and hands them to the I/O loops, which add them to the answers of their listeners. When more changed than
// anybody could follow, listeners are told to load again (`reset`). Nobody listens: nothing is kept, nothing is read.
// Rights: a listener came through the API like any request; what it may see is asked again when configuration, people or
// access were written, and now and then. Who may see something else from then on is hung up, and comes again if it may.
// Ownership: an exchange belongs to events from `events_listen` on.
// Threads: events_changed and events_written on the commit thread, events_listen on the exchange's loop, events_expect
// and events_run_changed on any.
#pragma once
#include "backtests.h"
#include "engine/engine.h"
#include "net/http.h"

typedef struct events events;

struct events_options {
    const char *data; // data folder
    int read_timeout_ms;
    struct script_options script; // the store is filled in here
    backtests **backtests;        // whose runs are told
    struct mailbox **loops;       // of the I/O loops, `loop_count` places; NULL where there is none (yet)
    size_t loop_count;
    int listeners_max; // past it: 503
    env *env;
    log_t *log;
};

events *events_new(const struct events_options *options);
void events_start(events *e);
void events_stop(events *e);
void events_free(events *e); // after the loops are gone; accepts NULL

void events_changed(events *e, const changed_groups *groups); // after their COMMIT
void events_written(events *e);                               // what anybody may see may be something else now
void events_run_changed(void *ctx, int64_t run_id);           // `ctx` is the events: a backtest went on

// Somebody reads rows now and will listen: from the answer on nothing is missed. Ask before the first row is read.
int64_t events_expect(events *e);
// The request goes on as a stream. `spec` is what lua/api/events.lua wrote: "<from> groups <teams>" with `*` or ids with
// commas (0: of no team), or "<from> run <id>"; `from` is what events_expect returned.
void events_listen(void *ctx, struct http_exchange *x, const struct http_response *head, str spec);
int64_t events_listeners(const events *e); // any thread
