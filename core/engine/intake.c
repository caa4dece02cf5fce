#include "engine/intake.h"
#include "base/mem.h"
#include "engine/crash_marker.h"
#include "engine/intake_parts.h"
#include <stdio.h>

#define STALE_MAX 20                // re-renderings of one alert while its integration keeps changing
#define WINDOW_US (300 * 1000000LL) // the rate limit's window: 5 minutes

intake *intake_new(const struct intake_options *options, struct why *why) {
    renderer *r = renderer_new(&options->script, options->log, why);
    if (!r) return NULL;
    intake *in = NEW(intake);
    in->options = *options;
    in->renderer = r;
    renderer_guess(r, options->engine);
    return in;
}

void intake_free(intake *in) {
    if (!in) return;
    config_release(in->config);
    renderer_free(in->renderer);
    mem_free(in);
}

static const struct config_integration *find(intake *in, struct http_exchange *x, str type, str token) {
    in->config = config_current(engine_config(in->options.engine), in->config);
    const struct config_integration *i = config_by_token(in->config, token);
    if (!i) {
        http_reply(x, 403, "text/plain; charset=utf-8", STR("Integration key was not found. Permission denied."), NULL);
        return NULL;
    }
    if (!str_is(type, i->type)) {
        buf text = {0};
        buf_printf(&text, "This url is for integration with %.*s. Key is for %.*s", STR_FMT(type), STR_FMT(i->type));
        intake_count_refused(i);
        http_reply(x, 400, "text/plain; charset=utf-8", buf_view(&text), NULL);
        buf_free(&text);
        return NULL;
    }
    return i;
}

bool intake_check(intake *in, struct http_exchange *x, str type, str token) { return find(in, x, type, token) != NULL; }

// A fixed window of 5 minutes. True when this request is one too many; `retry_s` until the window ends.
static bool is_over_rate(const struct config_integration *i, int64_t now, int64_t *retry_s) {
    struct config_counters *c = i->counters;
    if (!i->rate_limit) return false;
    int64_t start = __atomic_load_n(&c->window_started_at, __ATOMIC_RELAXED);
    if (now - start >= WINDOW_US &&
        __atomic_compare_exchange_n(&c->window_started_at, &start, now, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
        __atomic_store_n(&c->window_count, 0, __ATOMIC_RELAXED);
        start = now;
    }
    *retry_s = (start + WINDOW_US - now + 999999) / 1000000;
    return __atomic_add_fetch(&c->window_count, 1, __ATOMIC_RELAXED) > i->rate_limit;
}

static void reply_rate_limited(struct http_exchange *x, const struct config_integration *i, int64_t retry_s) {
    char headers[48];
    snprintf(headers, sizeof headers, "Retry-After: %lld\r\n", (long long)(retry_s > 0 ? retry_s : 1));
    buf text = {0};
    buf_printf(&text,
               "Rate limit of integration %.*s is exceeded: %lld requests in 5 minutes. Try again in %lld seconds.",
               STR_FMT(i->name), (long long)i->rate_limit, (long long)retry_s);
    http_reply(x, 429, "text/plain; charset=utf-8", buf_view(&text), headers);
    buf_free(&text);
}

static void reply_not_stored(struct http_exchange *x, err e) {
    switch (e) {
    case ERR_FULL:
        http_reply_detail(x, 503, "Too many alerts are waiting for the disk; try again.", "Retry-After: 1\r\n");
        break;
    case ERR_DISK_FULL:
        http_reply_detail(x, 503, "The disk is full; the alert was not stored.", "Retry-After: 10\r\n");
        break;
    case ERR_NOT_FOUND:
        http_reply(x, 403, "text/plain; charset=utf-8", STR("Integration key was not found. Permission denied."), NULL);
        break;
    default: http_reply_detail(x, 503, "The alert could not be stored; see the server's log.", "Retry-After: 10\r\n");
    }
}

static void spent(uint64_t *counter, int64_t start_ns) {
    __atomic_add_fetch(counter, (uint64_t)(clock_ns() - start_ns), __ATOMIC_RELAXED);
}

// Back on the loop: every part is on disk, was refused, or has to be rendered again.
static void on_parts_done(struct http_exchange *x) {
    struct delivery *d = x->work;
    intake *in = d->intake;
    err worst = ERR_OK;
    size_t again = 0;
    config_release(d->config);
    d->config = NULL;
    in->config = config_current(engine_config(in->options.engine), in->config);
    const struct config_integration *i = config_by_id(in->config, d->integration_id);
    for (size_t n = 0; n < d->count; n++) {
        struct part *p = &d->parts[n];
        err e = p->accept.item.result;
        p->is_stale = e == ERR_STALE && i && p->stale_count++ < STALE_MAX;
        if (p->is_stale) again++;
        else if (e != ERR_OK) worst = e == ERR_STALE ? ERR_BUSY : e;
    }
    if (again) {
        __atomic_store_n(&d->waiting, again, __ATOMIC_RELAXED);
        for (size_t n = 0; n < d->count; n++)
            if (d->parts[n].is_stale) intake_render(in, &d->parts[n], i);
        return;
    }
    if (worst == ERR_OK) http_reply(x, 200, "application/json", STR("\"Ok.\""), NULL);
    else reply_not_stored(x, worst);
}

static void part_done(struct part *p, err result) {
    struct delivery *d = p->delivery;
    p->accept.item.result = result;
    // The exchange may be answered and gone as soon as the last part is counted.
    struct http_exchange *x = d->x;
    if (__atomic_sub_fetch(&d->waiting, 1, __ATOMIC_ACQ_REL) == 0) mailbox_push(x->owner, &x->mail);
}

static void on_committed(struct commit_item *item, err result) {
    part_done(CONTAINER(CONTAINER(item, struct accept_item, item), struct part, accept), result);
}

static void send_to_commit(intake *in, struct part *p) {
    engine *e = in->options.engine;
    accept_init(&p->accept, e);
    p->accept.item.done = on_committed;
    p->accept.item.weight = sizeof *p + p->accept.signal.payload.len;
    err result = commit_push(engine_commit(e), &p->accept.item);
    if (result != ERR_OK) part_done(p, result);
}

static void fall_back(intake *in, struct part *p, const struct config_integration *i, const char *reason) {
    __atomic_add_fetch(&engine_counters(in->options.engine)->raw, 1, __ATOMIC_RELAXED);
    renderer_fallback(i, p->accept.signal.payload, reason, p->delivery->x->arena, &p->accept.signal);
    send_to_commit(in, p);
}

// Notes who is being rendered (0: nobody), for a next start after a crash.
static void mark(uint64_t *marker, int64_t integration_id) {
    if (marker) __atomic_store_n(marker, (uint64_t)integration_id, __ATOMIC_RELAXED);
}

// On the slow lane's thread.
static void run_slow(struct slow_task *task, renderer *r) {
    struct part *p = CONTAINER(task, struct part, slow);
    struct delivery *d = p->delivery;
    intake *in = d->intake;
    const struct config_integration *i = config_by_id(d->config, d->integration_id);
    struct why why = {""};
    unsigned flags;
    if (!r) {
        fall_back(in, p, i, "The server was stopping; stored without rendering.");
        return;
    }
    mark(in->options.slow_marker, i->id);
    err e = renderer_prepare(r, i, &flags, &why);
    if (e == ERR_OK)
        e = renderer_signal(r, i, p->json, p->accept.signal.received_at, 0, in->options.fuel_slow, true, d->x->arena,
                            &p->accept.signal, &why);
    mark(in->options.slow_marker, 0);
    p->accept.signal.flags |= SIGNAL_SLOW_LANE;
    if (e == ERR_OK) {
        if (in->options.crashed) crash_set_clear((struct crash_set *)(uintptr_t)in->options.crashed, d->integration_id);
        send_to_commit(in, p);
    } else {
        LOG(in->options.log, LOG_ERROR, "rendering_failed", LOG_N("integration", d->integration_id),
            LOG_Z("error", why.text));
        fall_back(in, p, i, why.text);
    }
}

static void go_slow(intake *in, struct part *p, const struct config_integration *i) {
    struct delivery *d = p->delivery;
    __atomic_add_fetch(&engine_counters(in->options.engine)->slow_lane, 1, __ATOMIC_RELAXED);
    // Kept as it is while another part's task may be reading it; a part that turns out stale comes back for a newer one.
    if (!d->config) d->config = config_current(engine_config(in->options.engine), NULL);
    p->slow = (struct slow_task){.integration_id = i->id, .run = run_slow};
    if (!config_by_id(d->config, i->id)) part_done(p, ERR_NOT_FOUND);
    else if (slow_lane_push(in->options.slow_lane, &p->slow) != ERR_OK)
        fall_back(in, p, i, "Too many alerts of this integration wait for the slow lane; stored without rendering.");
}

void intake_render(intake *in, struct part *p, const struct config_integration *i) {
    struct why why = {""};
    unsigned flags;
    if (in->options.crashed && crash_set_has(in->options.crashed, i->id)) {
        go_slow(in, p, i);
        return;
    }
    mark(in->options.crash_marker, i->id);
    int64_t start = clock_ns();
    err e = renderer_prepare(in->renderer, i, &flags, &why);
    if (e == ERR_OK)
        e = renderer_signal(in->renderer, i, p->json, p->accept.signal.received_at, in->options.fuel_inline, 0,
                            p->stale_count > 0, p->delivery->x->arena, &p->accept.signal, &why);
    spent(&engine_counters(in->options.engine)->render_ns, start);
    mark(in->options.crash_marker, 0);
    if (e == ERR_OK) {
        send_to_commit(in, p);
    } else if (e == ERR_FUEL || e == ERR_MEMORY) {
        go_slow(in, p, i);
    } else {
        LOG(in->options.log, LOG_ERROR, "rendering_failed", LOG_N("integration", i->id), LOG_Z("error", why.text));
        fall_back(in, p, i, why.text);
    }
}

struct delivery *intake_delivery(intake *in, struct http_exchange *x, const struct config_integration *i,
                                 size_t count) {
    struct delivery *d = arena_alloc(x->arena, sizeof *d);
    *d = (struct delivery){.x = x, .intake = in, .integration_id = i->id, .waiting = count, .count = count};
    d->parts = arena_alloc(x->arena, count * sizeof *d->parts);
    for (size_t n = 0; n < count; n++) {
        d->parts[n].delivery = d;
        d->parts[n].accept.signal.received_at = x->request.received_at;
    }
    x->work = d;
    x->resume = on_parts_done;
    return d;
}

void intake_accept(intake *in, struct http_exchange *x, const struct config_integration *i,
                   const struct payload *payload) {
    struct delivery *d = intake_delivery(in, x, i, 1);
    struct part *p = &d->parts[0];
    p->json = payload->json;
    p->accept.signal.payload = payload->bytes;
    p->accept.signal.parsed = payload->parsed;
    intake_render(in, p, i);
}

void intake_post(intake *in, struct http_exchange *x, str type, str token) {
    const struct config_integration *i = find(in, x, type, token);
    int64_t retry_s = 0;
    if (!i) return;
    if (is_over_rate(i, x->request.received_at, &retry_s)) {
        intake_count_refused(i);
        reply_rate_limited(x, i, retry_s);
        return;
    }
    struct why why = {""};
    unsigned flags = 0;
    err e = renderer_prepare(in->renderer, i, &flags, &why);
    if (e != ERR_OK)
        LOG(in->options.log, LOG_ERROR, "integration_not_loaded", LOG_N("integration", i->id),
            LOG_Z("error", why.text));
    if ((flags & RENDER_HAS_RECEIVE) && intake_receive(in, x, i)) return;
    struct payload payload;
    int64_t start = clock_ns();
    e = payload_parse(x->arena, http_header_get(&x->request, STR("content-type")), x->request.query, x->request.body,
                      &payload, &why);
    spent(&engine_counters(in->options.engine)->parse_ns, start);
    if (e != ERR_OK) {
        intake_count_refused(i);
        http_reply_detail(x, e == ERR_UNSUPPORTED ? 415 : 400, why.text, NULL);
    } else if (flags & RENDER_HAS_SPLIT) {
        intake_split(in, x, i, &payload);
    } else {
        intake_accept(in, x, i, &payload);
    }
}
