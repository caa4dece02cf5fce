// The front door: which part a request goes to. The whole table of paths that C knows is in front.c.
#pragma once
#include "engine/intake.h"
#include "metrics.h"
#include "worker.h"

struct front {
    workers *workers;
    store *store; // the writing connection: its trouble is the server's
    struct metrics_sources metrics;
    bool has_metrics; // answers /metrics itself
    struct web_headers headers;
    str path_prefix; // taken off a request's path, if it is there: proxies may do so themselves
};

// On the request's own loop; `in` is that loop's intake.
void front_request(const struct front *front, intake *in, struct http_exchange *x);
