// The pager: runs what is due, earliest first, most critical first among what is overdue.
//
// Purpose: one thread with a loop of its own and a reading connection. It asks for due jobs, hands each to the commit
// thread, and sleeps until the next one is due or someone adds a job.
// Threads: pager_wake from any (the commit thread calls it when jobs were added); everything else on its own.
#pragma once
#include "engine/calendars.h"
#include "engine/chores.h"
#include "engine/fetches.h"
#include "engine/heartbeats.h"
#include "engine/outbox.h"
#include "engine/pulse.h"
#include "engine/watch.h"

typedef struct pager pager;

struct pager_options {
    engine *engine;
    store *reader;        // owned by the pager afterwards
    outbox *outbox;       // likewise; NULL: nothing leaves
    calendars *calendars; // likewise; NULL: none is fetched
    watch *watch;         // likewise; NULL: schedules are not looked after
    chores *chores;       // likewise; NULL: providers are asked nothing
    fetches *fetches;     // likewise; NULL: workers ask nothing outside
    pulse *pulse;         // likewise; NULL: nobody outside is told that all is well
    heartbeats *beats;    // likewise; NULL: no silence is noticed
    env *env;
    log_t *log;
    // The pager's loop opens (before its thread starts) and is about to close (after it ended). May be NULL.
    void (*on_open)(void *ctx, struct uv_loop_s *loop);
    void (*on_close)(void *ctx);
    void *ctx;
};

pager *pager_new(const struct pager_options *options);
void pager_start(pager *p);
void pager_wake(pager *p);
// One round without the thread: hands due jobs over, takes finished ones back; µs until the next is due, -1 for none.
int64_t pager_turn(pager *p);
bool pager_is_idle(pager *p); // no job, notification, calendar, chore or look at schedules is on its way
void pager_stop(pager *p);    // joins; jobs on their way are waited for
void pager_free(pager *p);
