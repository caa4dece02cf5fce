// The calendars of schedules, fetched from their addresses: every ten minutes, and at once when an address is new.
//
// Purpose: asks for what is due, a few at a time, each with limits of time and size; only when it has changed, where the
// server can tell. What came is read by a worker (engine/aside.h) and written down by the commit thread
// (engine/schedule_copy.h): the last good copy stays whatever happens. A row of `schedule_copy` without a time of the last
// try is due; so a schedule can be made to fetch anew by one statement.
// Threads: one (the pager's). Errors: stand in the copy's row, in the log when they begin, change and end, and are counted.
#pragma once
#include "engine/aside.h"
#include "engine/outbox.h"

typedef struct calendars calendars;

struct calendars_options {
    engine *engine;
    store *reader;               // borrowed
    struct outbox_sender sender; // who carries the requests out
    struct aside_door door;      // who reads what came
    env *env;
    log_t *log;
    int64_t refresh_us;
    void (*wake)(void *ctx); // a turn may find something to do. From any thread
    void *wake_ctx;
};

calendars *calendars_new(const struct calendars_options *options);
void calendars_free(calendars *c); // accepts NULL
// Starts what is due; µs until there may be more, -1: only a wake brings any.
int64_t calendars_turn(calendars *c);
bool calendars_is_idle(const calendars *c); // no answer is on its way to the disk
