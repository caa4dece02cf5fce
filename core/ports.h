// What Lua may ask of the core, by name with JSON in and JSON out: the one place that lists those names (ports.c).
//
// Used by the API's Lua states, by commands, and by other processes over the control socket. Each call waits for its
// commit. Threads: any that may block (workers, the control thread); in turn mode the caller's own.
#pragma once
#include "attempts.h"
#include "backtests.h"
#include "base/buf.h"
#include "engine/engine.h"
#include "engine/fetches.h"
#include "engine/slow_lane.h"
#include "events.h"
#include "settings.h"
#include "throttle.h"

struct ports {
    engine *engine;
    env *env;
    log_t *log;
    const struct settings *settings;
    throttle *throttle;   // API requests by token
    fetches *fetches;     // NULL: nothing outside is asked
    attempts *attempts;   // guesses of passwords and codes
    slow_lane *slow_lane; // renders the alerts of the house itself
    backtests *backtests;
    events *events; // NULL: nobody can listen
    int64_t fuel_slow;
    buf *notes;       // what was asked and done is noted here, `[name,arguments],` each; NULL: nowhere
    bool is_threaded; // false: run the commit's turns here until the item is done
};

// ERR_NOT_FOUND for an unknown name (why says so) or row, ERR_INVALID, ERR_CONFLICT, ERR_FULL … as the items give them.
err ports_call(void *ports, str name, str json, buf *out, struct why *why);
