// /metrics in the Prometheus text format: what the parts count, gathered when it is asked for. Any thread.
#pragma once
#include "base/buf.h"
#include "base/env.h"
#include "base/password.h"
#include "engine/engine.h"
#include "engine/slow_lane.h"
#include "events.h"
#include "net/http_server.h"
#include "net/smtp_server.h"

struct metrics_sources {
    const env *env;
    engine *engine;
    slow_lane *slow_lane;
    store *store;
    const password *password;
    log_t *log;        // may be NULL
    http_server *http; // NULL without sockets
    smtp_server *smtp; // NULL: takes no mails
    const events *events;
};

void metrics_write(const struct metrics_sources *from, buf *out);
