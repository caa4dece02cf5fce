// The inside of `intake`, for the files here that share it: a request, and the alerts that it becomes.
#pragma once
#include "engine/intake.h"
#include "engine/payload.h"

struct intake {
    struct intake_options options;
    const config *config;
    renderer *renderer;
};

// One alert of a request.
struct part {
    struct accept_item accept;
    struct slow_task slow;
    struct delivery *delivery;
    const struct json *json;
    bool is_stale; // to be rendered again
    int stale_count;
};

// A request on its way: answered when all its parts are on disk.
struct delivery {
    struct http_exchange *x;
    intake *intake;
    int64_t integration_id;
    const config *config; // held while the slow lane reads the integration
    uint64_t waiting;     // parts that are not done, atomically
    size_t count;
    struct part *parts;
};

static inline void intake_count_refused(const struct config_integration *i) {
    __atomic_add_fetch(&i->counters->refused, 1, __ATOMIC_RELAXED);
}

// A request that becomes `count` alerts; their json and payloads are to be filled in, then each is rendered.
struct delivery *intake_delivery(intake *in, struct http_exchange *x, const struct config_integration *i, size_t count);
void intake_render(intake *in, struct part *p, const struct config_integration *i);
// A request that is one alert.
void intake_accept(intake *in, struct http_exchange *x, const struct config_integration *i,
                   const struct payload *payload);

// What an integration file's functions make of a request (intake_split.c).

// A type with `receive` reads the request itself; false: it leaves the request to the usual way.
bool intake_receive(intake *in, struct http_exchange *x, const struct config_integration *i);
// A type with `split` may make several alerts of one payload, or none.
void intake_split(intake *in, struct http_exchange *x, const struct config_integration *i,
                  const struct payload *payload);
