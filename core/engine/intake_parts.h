// The inside of `intake`, for the files here that share it: what a request says, and its alerts on their way to disk.
#pragma once
#include "engine/crash_marker.h"
#include "engine/fault.h"
#include "engine/intake.h"
#include "engine/payload.h"
#include "engine/verify.h"

struct intake {
    struct intake_options options;
    const config *config;
    renderer *renderer;
};

// How a request that came by a door is answered (intake_door.c); it lives in the exchange's arena.
struct door {
    str name, token, note; // of lua/api/doors/; what the sender gave; what the door noted of the request
    bool is_known;         // the answer of what is stored needs nothing of it
    bool fills;            // but for what stands in its body for the group
    struct http_response answer;
};

// What a door's file says of alerts besides their payloads.
enum {
    DOOR_NEEDS_OPEN = 1,
    DOOR_LOGS_REPEATS = 2,
    DOOR_IS_WHOLE = 4,
    DOOR_FILLS = 8
}; // as lua/api/doors/wire.lua says

// What a request says, once it is parsed and the functions of its type's file have read it (intake_read.c).
struct reading {
    enum { READ_ONE, READ_SEVERAL, READ_IGNORED, READ_ANSWERED, READ_REFUSED } kind;
    struct payload payload;      // one: the alert
    str texts;                   // several: a JSON array of the alerts' JSON texts, not empty
    str marks;                   // or empty: a JSON array with [ends_at, sender] of each alert
    int64_t bits;                // DOOR_…
    struct http_response answer; // answered: by the file's function
    err refused;                 // refused: the payload's error and its sentence
    struct why why;
};

// Reads with that thread's renderer and marker; everything lives in the exchange's arena.
void intake_read(const intake *in, renderer *r, uint64_t *marker, struct http_exchange *x,
                 const struct config_integration *i, struct reading *out);
// The same in the slow lane; then `done` on the loop, with the integration as it is by then. Answers itself when it cannot.
void intake_read_slowly(intake *in, struct http_exchange *x, const struct config_integration *i,
                        void (*done)(intake *in, struct http_exchange *x, const struct config_integration *i,
                                     const struct reading *reading));

// ERR_LIMIT and its sentence for a document that is nested deeper than the setting allows.
err intake_check_depth(const intake *in, const struct json *v, struct why *why);

// One alert of a request.
struct part {
    struct accept_item accept;
    const struct json *json;
    bool is_slow; // left the inline budget and is not rendered yet
};

// The alerts of a request (intake_alerts.c). They have one owner at a time, and so has the exchange's arena: the loop; the
// slow lane, when a part left the budget; the commit; the loop again, which answers or renders all of them once more.
struct arrival {
    struct http_exchange *x;
    intake *intake;
    const struct door *door; // it came by one, or NULL
    int64_t integration_id;
    const config *config; // held while the slow lane reads the integration
    struct slow_task slow;
    size_t slow_next; // no part before this one is slow
    struct accept_all all;
    err result;
    int stale_count;
    bool is_raw;    // stored without a look at it: what was looked at last killed the process
    bool went_well; // a part was rendered in the slow lane
    size_t count;
    struct part *parts;
};

// A request that becomes `count` alerts: their json, payload and parsed are to be filled in.
struct arrival *intake_arrival(intake *in, struct http_exchange *x, const struct config_integration *i, size_t count);
// Renders and stores them, then answers.
void intake_arrive(struct arrival *a, const struct config_integration *i);

// What was read becomes alerts, or is answered. `door`: the answers are its own; NULL: they are ours.
void intake_take(intake *in, struct http_exchange *x, const struct config_integration *i, const struct reading *reading,
                 const struct door *door);

// The answer for what is stored, and for a request of which nothing is.
void intake_door_stored(struct arrival *a);
void intake_door_refuse(intake *in, struct http_exchange *x, const struct door *door, int status, str sentence,
                        const char *headers);
// What the door of a type makes of a body that came on the integration's own URL. False: as for a type without a door.
bool intake_door_payload(const struct intake *in, renderer *r, struct http_exchange *x,
                         const struct config_integration *i, struct reading *out);
// A beat for an integration that is known; `door` as above.
void intake_beat_of(intake *in, struct http_exchange *x, const struct config_integration *i, const struct door *door);

// The live integration of this type and token; NULL: it has answered 403 or 400 itself.
const struct config_integration *intake_find(intake *in, struct http_exchange *x, str type, str token);
// Whether the request may come in: signed as the integration wants. False: it was answered, or it comes back to
// `intake_go_on` by itself (intake_sign.c).
bool intake_is_let_in(intake *in, struct http_exchange *x, const struct config_integration *i);
// A request that was let in: read, rendered, stored, answered.
void intake_go_on(intake *in, struct http_exchange *x, const struct config_integration *i);
bool intake_may_pass(intake *in, struct http_exchange *x, const struct config_integration *i,
                     struct rate_window *window, const struct door *door);
void intake_count_refused(const struct config_integration *i);
void intake_reply_ok(struct http_exchange *x);
void intake_reply_not_stored(struct http_exchange *x, err e);
// The same with a door's answer, when there is one.
void intake_not_stored(intake *in, struct http_exchange *x, const struct door *door, err e);

// Notes whose data a thread works on, for the next start if that kills the process.
static inline void intake_mark(uint64_t *marker, int64_t integration_id, const struct http_request *q) {
    if (!marker) return;
    fault_watch(marker + CRASH_NOTE, q->body, q->query);
    __atomic_store_n(marker, (uint64_t)integration_id, __ATOMIC_RELAXED);
}

static inline void intake_unmark(uint64_t *marker) {
    if (!marker) return;
    __atomic_store_n(marker, 0, __ATOMIC_RELAXED);
    fault_watch(NULL, (str){NULL, 0}, (str){NULL, 0});
}

static inline bool intake_is_suspect(const intake *in, int64_t integration_id) {
    return in->options.crashed && crash_set_has(in->options.crashed, integration_id);
}

static inline bool intake_is_raw(const intake *in, int64_t integration_id, const struct http_request *q) {
    const struct crash_set *set = in->options.crashed;
    return set && crash_set_is_raw(set, integration_id, q->received_at, q->body, q->query);
}

static inline void intake_clear_suspect(const intake *in, int64_t integration_id) {
    if (in->options.crashed) crash_set_clear(in->options.crashed, integration_id);
}
