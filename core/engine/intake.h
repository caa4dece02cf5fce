// From a request on an integration's URL to an answer: key, rate limit, body, templates, commit, reply.
//
// Purpose: one `intake` per I/O loop. intake_post runs on the loop, within the alert's small budget, and hands the
// request's alerts to the commit thread, which stores all or none; the answer leaves when the commit has told the loop.
// What leaves the budget goes through the slow lane first.
// Threads: an intake is used by its loop only.
#pragma once
#include "base/seal.h"
#include "engine/aside.h"
#include "engine/engine.h"
#include "engine/slow_lane.h"
#include "net/http.h"

typedef struct intake intake;

struct intake_options {
    engine *engine;
    env *env;
    log_t *log;
    struct script_options script;
    slow_lane *slow_lane;      // shared by all intakes
    const seal *seal;          // opens the secrets that requests are signed with
    struct aside_door workers; // who looks at what SNS signs
    int json_depth;            // levels that a body may be nested
    int64_t fuel_inline, fuel_slow;
    uint64_t *crash_marker;    // this loop's slot of the crash marker (engine/crash_marker.h), or NULL
    uint64_t *slow_marker;     // the slow lane's slot
    struct crash_set *crashed; // their requests are read and rendered in the slow lane until one went well; may be NULL
};

intake *intake_new(const struct intake_options *options, struct why *why);
void intake_free(intake *in);
engine *intake_engine(const intake *in);

// A POST to /integrations/v1/<type>/<token>/. Replies now or later, always once.
void intake_post(intake *in, struct http_exchange *x, str type, str token);
// Is a GET with a query on that path a request of the source, and not somebody who wants to read the page?
bool intake_takes_get(intake *in, const struct http_exchange *x, str type, str token);
// A beat: GET, HEAD or POST to …/heartbeat/ below that. Costs no write, unless it arms the heartbeat (intake_beat.c).
void intake_beat(intake *in, struct http_exchange *x, str type, str token);
// A request at the address of another system's intake (lua/api/doors/). False: it needs rows, and nothing was done with it.
bool intake_door(intake *in, struct http_exchange *x);
// Is there a live integration of this type and token? Answers 403 or 400 itself when not.
bool intake_check(intake *in, struct http_exchange *x, str type, str token);
