// Backtests: stored payloads rendered under another configuration, on a thread of their own behind all others.
//
// Purpose: keeps a short list of runs in memory, the last ones included, and takes them one after the other through
// lua/backtests/run.lua. Each has a Lua state and a reading connection of its own, closed when it ends. A run is
// not kept over a restart. While alerts come in, a run takes a tenth of its time: it would push what they wait for off the
// processors and out of their caches.
// Threads: start, look and stop from any.
#pragma once
#include "base/buf.h"
#include "script/script.h"
#include "store/store.h"

typedef struct backtests backtests;

struct backtests_options {
    const char *data; // data folder
    int read_timeout_ms;
    struct script_options script;                   // the store is filled in here
    const uint64_t *alerts;                         // counts those that were stored, atomically
    void (*on_progress)(void *ctx, int64_t run_id); // on the thread: a run went on, or ended. May be NULL
    void *ctx;
    env *env;
    log_t *log;
};

backtests *backtests_new(const struct backtests_options *options);
void backtests_start(backtests *b);
// `request` is what run.start takes. With a lease, a run that nobody looks at for so long ends. ERR_FULL: too many wait.
err backtests_push(backtests *b, str request, int64_t lease_ms, int64_t *id);
// Tells how a run is as JSON: {id, state: waiting, running, done, stopped or failed, integration, done, total, error, report: a
// text of JSON}. ERR_NOT_FOUND: there is none, or not any more.
err backtests_look(backtests *b, int64_t id, buf *out);
// Waits until a run is no more as it was told (`state` as a word, `done`), at most so long and a second. Not on an I/O loop.
void backtests_wait(backtests *b, int64_t id, str state, int64_t done, int64_t wait_ms);
err backtests_end(backtests *b, int64_t id); // as soon as its piece is done, with what it has found
bool backtests_turn(backtests *b);           // one piece, without the thread; false when nothing is to be done
void backtests_stop(backtests *b);           // all of them, then joins
void backtests_free(backtests *b);
