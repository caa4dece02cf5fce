// The alerts of a request: rendered, stored all together or not at all, answered.
#include "engine/intake_parts.h"

#define STALE_MAX 20 // re-renderings of a request's alerts while their integration keeps changing

void intake_reply_ok(struct http_exchange *x) { http_reply(x, 200, "application/json", STR("\"Ok.\""), NULL); }

static const char *sentence_of(err e) {
    if (e == ERR_FULL) return "Too many alerts are waiting for the disk; try again.";
    if (e == ERR_DISK_FULL) return "The disk is full; the alert was not stored.";
    return "The alert could not be stored; see the server's log.";
}

static const char *wait_of(err e) { return e == ERR_FULL ? "Retry-After: 1\r\n" : "Retry-After: 10\r\n"; }

void intake_reply_not_stored(struct http_exchange *x, err e) {
    if (e == ERR_NOT_FOUND)
        http_reply(x, 403, "text/plain; charset=utf-8", STR("Integration key was not found. Permission denied."), NULL);
    else http_reply_detail(x, 503, sentence_of(e), wait_of(e));
}

void intake_not_stored(intake *in, struct http_exchange *x, const struct door *door, err e) {
    if (!door) intake_reply_not_stored(x, e);
    else if (e == ERR_NOT_FOUND) intake_door_refuse(in, x, door, 401, STR("This key is not known."), NULL);
    else intake_door_refuse(in, x, door, 503, str_of(sentence_of(e)), wait_of(e));
}

// Back on the loop: everything is on disk, or nothing is.
static void on_arrived(struct http_exchange *x) {
    struct arrival *a = x->work;
    intake *in = a->intake;
    config_release(a->config);
    a->config = NULL;
    in->config = config_current(engine_config(in->options.engine), in->config);
    const struct config_integration *i = config_by_id(in->config, a->integration_id);
    err e = a->result;
    if (e == ERR_STALE && i && a->stale_count++ < STALE_MAX) intake_arrive(a, i);
    else if (e == ERR_OK) {
        if (a->is_raw) crash_set_stored_raw(in->options.crashed, a->integration_id);
        if (a->door) intake_door_stored(a);
        else intake_reply_ok(x);
    } else intake_not_stored(in, x, a->door, e != ERR_STALE ? e : i ? ERR_BUSY : ERR_NOT_FOUND);
}

static void arrived(struct arrival *a, err result) {
    a->result = result;
    mailbox_push(a->x->owner, &a->x->mail); // the exchange may be answered and gone now
}

static void on_committed(struct commit_item *item, err result) {
    arrived(CONTAINER(CONTAINER(item, struct accept_all, item), struct arrival, all), result);
}

static void store_all(struct arrival *a) {
    engine *e = a->intake->options.engine;
    size_t weight = sizeof *a;
    for (size_t n = 0; n < a->count; n++) {
        struct part *p = &a->parts[n];
        p->accept.next = n + 1 < a->count ? &a->parts[n + 1].accept : NULL;
        weight += sizeof *p + p->accept.signal.payload.len;
    }
    accept_all_init(&a->all, e, &a->parts[0].accept);
    a->all.item.done = on_committed;
    a->all.item.weight = weight;
    err result = commit_push(engine_commit(e), &a->all.item);
    if (result != ERR_OK) arrived(a, result);
}

static void fall_back(const struct arrival *a, struct part *p, const struct config_integration *i, const char *reason) {
    __atomic_add_fetch(&engine_counters(a->intake->options.engine)->raw, 1, __ATOMIC_RELAXED);
    renderer_fallback(i, p->accept.signal.payload, reason, a->x->arena, &p->accept.signal);
    p->is_slow = false;
}

static void log_failed(const struct arrival *a, const struct why *why) {
    LOG(a->intake->options.log, LOG_ERROR, "rendering_failed", LOG_N("integration", a->integration_id),
        LOG_Z("error", why->text));
}

// Its templates were made for what the functions of a file make of a request: without them they would mislead.
static bool is_broken(const struct arrival *a, struct part *p, const struct config_integration *i, unsigned flags,
                      const struct why *why) {
    struct why reason = {""};
    if (!(flags & RENDER_IS_BROKEN)) return false;
    why_set(&reason, ERR_OK, "The file of this type is broken; stored without rendering: %s", why->text);
    fall_back(a, p, i, reason.text);
    return true;
}

static void render_slow(struct arrival *a, struct part *p, const struct config_integration *i, renderer *r) {
    const struct intake_options *o = &a->intake->options;
    struct why why = {""};
    unsigned flags = 0;
    intake_mark(o->slow_marker, i->id, &a->x->request);
    err e = renderer_prepare(r, i, &flags, &why);
    bool is_done = is_broken(a, p, i, flags, &why);
    if (e == ERR_OK && !is_done)
        e = renderer_signal(r, i, p->json, p->accept.signal.received_at, 0, o->fuel_slow, true, a->x->arena,
                            &p->accept.signal, &why);
    intake_unmark(o->slow_marker);
    p->accept.signal.flags |= SIGNAL_SLOW_LANE;
    p->is_slow = false;
    a->went_well |= e == ERR_OK;
    if (e == ERR_OK) return;
    log_failed(a, &why);
    fall_back(a, p, i, why.text);
}

static struct part *next_slow(struct arrival *a) {
    while (a->slow_next < a->count && !a->parts[a->slow_next].is_slow) a->slow_next++;
    return a->slow_next < a->count ? &a->parts[a->slow_next] : NULL;
}

#define NO_ROOM "Too many alerts of this integration wait for the slow lane; stored without rendering."

// The parts for which the lane has no room, if any; then all are stored.
static void store_rest(struct arrival *a, const struct config_integration *i) {
    for (struct part *p; (p = next_slow(a));) fall_back(a, p, i, NO_ROOM);
    if (a->went_well) intake_clear_suspect(a->intake, i->id); // all of them did: the last may be the one that kills
    store_all(a);
}

// On the slow lane's thread, once for each part that has room there.
static void run_slow(struct slow_task *task, renderer *r) {
    struct arrival *a = CONTAINER(task, struct arrival, slow);
    const struct config_integration *i = config_by_id(a->config, a->integration_id);
    struct part *p = next_slow(a);
    if (r) render_slow(a, p, i, r);
    else fall_back(a, p, i, "The server was stopping; stored without rendering.");
    if (task->count == 0) store_rest(a, i);
}

static void go_slow(struct arrival *a, const struct config_integration *i, size_t count) {
    const struct intake_options *o = &a->intake->options;
    __atomic_add_fetch(&engine_counters(o->engine)->slow_lane, count, __ATOMIC_RELAXED);
    a->config = config_current(engine_config(o->engine), NULL);
    a->slow = (struct slow_task){.integration_id = i->id, .count = count, .run = run_slow};
    a->slow_next = 0;
    if (!config_by_id(a->config, i->id)) arrived(a, ERR_NOT_FOUND);
    else if (slow_lane_push(o->slow_lane, &a->slow) != ERR_OK) store_rest(a, i);
}

static void render_inline(const struct arrival *a, struct part *p, const struct config_integration *i) {
    intake *in = a->intake;
    struct why why = {""};
    unsigned flags = 0;
    intake_mark(in->options.crash_marker, i->id, &a->x->request);
    int64_t start = clock_ns();
    // Of several alerts one may change what the next was guessed by, and then all would have to be rendered again.
    bool is_whole = a->count > 1 || a->stale_count > 0;
    err e = renderer_prepare(in->renderer, i, &flags, &why);
    bool is_done = is_broken(a, p, i, flags, &why);
    if (e == ERR_OK && !is_done)
        e = renderer_signal(in->renderer, i, p->json, p->accept.signal.received_at, in->options.fuel_inline, 0,
                            is_whole, a->x->arena, &p->accept.signal, &why);
    engine_spent(&engine_counters(in->options.engine)->render_ns, start);
    intake_unmark(in->options.crash_marker);
    p->is_slow = e == ERR_FUEL || e == ERR_MEMORY;
    if (e == ERR_OK || p->is_slow) return;
    log_failed(a, &why);
    fall_back(a, p, i, why.text);
}

#define KILLS                                                                                              \
    "The process died while it read or rendered this request, or died again and again over others of its " \
    "integration; stored without rendering."

void intake_arrive(struct arrival *a, const struct config_integration *i) {
    size_t slow = 0;
    if (a->is_raw) {
        fall_back(a, &a->parts[0], i, KILLS);
        store_all(a);
        return;
    }
    bool is_suspect = intake_is_suspect(a->intake, i->id);
    for (size_t n = 0; n < a->count; n++) {
        struct part *p = &a->parts[n];
        p->accept.signal.flags = 0;
        if (is_suspect) p->is_slow = true;
        else render_inline(a, p, i);
        slow += p->is_slow;
    }
    if (slow) go_slow(a, i, slow);
    else store_all(a);
}

// What senders call an event by, so that one who delivers it twice is understood.
static str event_key(const struct http_request *q) {
    static const char *const names[] = {
        "idempotency-key",      "x-idempotency-key", "webhook-id",          "svix-id",
        "x-amz-sns-message-id", "x-github-delivery", "x-gitlab-event-uuid", "message-id"};
    for (size_t i = 0; i < q->header_count; i++)
        for (size_t n = 0; n < sizeof names / sizeof *names; n++)
            if (str_is(q->headers[i].name, str_of(names[n]))) return q->headers[i].value;
    return STR("");
}

struct arrival *intake_arrival(intake *in, struct http_exchange *x, const struct config_integration *i, size_t count) {
    struct arrival *a = arena_alloc(x->arena, sizeof *a);
    *a = (struct arrival){.x = x, .intake = in, .integration_id = i->id, .count = count};
    a->parts = arena_alloc(x->arena, count * sizeof *a->parts);
    str key = event_key(&x->request);
    for (size_t n = 0; n < count; n++) {
        struct signal *s = &a->parts[n].accept.signal;
        s->received_at = x->request.received_at;
        s->event_key = key;
        s->event_n = (int64_t)n;
    }
    x->work = a;
    x->resume = on_arrived;
    return a;
}
