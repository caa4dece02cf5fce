// Tocsin's own heartbeat: a request to an address of the operator's now and then, which stops when something here is stuck.
//
// Purpose: a dead-man's switch. Before each beat every part is asked, and a beat leaves only when all have answered: the
// I/O loops turn, the commit thread writes and syncs a row, deliveries move (nothing has been due for two minutes without
// any attempt). That the pager's thread turns is shown by the question. What is stuck and what the address says is logged
// when that changes, and counted.
// Threads: one (the pager's); probes come back on the loops and on the commit thread.
#pragma once
#include "engine/outbox.h"

typedef struct pulse pulse;

#define PULSE_LOOPS_MAX 64

struct pulse_options {
    engine *engine;
    store *reader;               // borrowed
    struct outbox_sender sender; // who carries the request out
    env *env;
    log_t *log;
    const char *url; // not empty
    int64_t every_us;
    bool delivers;          // notifications leave at all
    struct mailbox **loops; // of the I/O loops, PULSE_LOOPS_MAX places; NULL where there is none (yet)
    void (*wake)(void *ctx);
    void *wake_ctx;
};

pulse *pulse_new(const struct pulse_options *options);
void pulse_free(pulse *p);          // accepts NULL
int64_t pulse_turn(pulse *p);       // µs until there is more to do
bool pulse_is_idle(const pulse *p); // no part is being asked; an answer from outside may be awaited
