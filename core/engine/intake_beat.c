// A beat of a source: noted in memory and answered; the disk is asked only by the one that arms.
//
// The answer to the first beat leaves after its COMMIT: from then on the source is watched, whatever becomes of this
// process. The answer to a beat of a missing source does not wait: what resolves the alert follows at once, and after a
// crash the next beat brings it.
#include "engine/beat.h"
#include "engine/intake_parts.h"

struct arming {
    struct beat_item beat;
    struct http_exchange *x;
    err result;
};

static void reply(struct http_exchange *x) {
    bool is_post = x->request.method == HTTP_M_POST;
    http_reply(x, 200, "text/plain; charset=utf-8", is_post ? STR("") : STR(":)"), NULL);
}

static void on_armed(struct http_exchange *x) {
    const struct arming *a = x->work;
    if (a->result == ERR_OK) reply(x);
    else intake_reply_not_stored(x, a->result);
}

static void on_committed(struct commit_item *item, err result) {
    struct arming *a = CONTAINER(CONTAINER(item, struct beat_item, item), struct arming, beat);
    beat_publish(&a->beat, result);
    a->result = result;
    mailbox_push(a->x->owner, &a->x->mail);
}

static void arm(intake *in, struct http_exchange *x, const struct config_integration *i) {
    struct arming *a = arena_alloc(x->arena, sizeof *a);
    *a = (struct arming){.x = x};
    a->beat = (struct beat_item){.kind = BEAT_ARM, .arena = x->arena, .integration_id = i->id, .reason = "first_beat"};
    beat_init(&a->beat, in->options.engine);
    a->beat.item.done = on_committed;
    x->work = a;
    x->resume = on_armed;
    err e = commit_push(engine_commit(in->options.engine), &a->beat.item);
    if (e != ERR_OK) intake_reply_not_stored(x, e);
}

void intake_beat(intake *in, struct http_exchange *x, str type, str token) {
    const struct config_integration *i = intake_find(in, x, type, token);
    int64_t retry_s = 0;
    if (!i) return;
    struct config_counters *c = i->counters;
    // A window of its own: alerts of a storm do not make a source look dead.
    if (i->rate_limit && !rate_window_pass(&c->beat_rate, i->rate_limit, x->request.received_at, &retry_s)) {
        intake_count_refused(i);
        intake_reply_rate_limited(x, i, retry_s);
        return;
    }
    heartbeat_note(&c->heartbeat, env_elapsed(in->options.env));
    __atomic_add_fetch(&engine_counters(in->options.engine)->heartbeat_beats, 1, __ATOMIC_RELAXED);
    enum heartbeat_state state = heartbeat_state_of(&c->heartbeat);
    if (i->heartbeat.is_enabled && state == HEARTBEAT_INACTIVE) {
        arm(in, x, i);
        return;
    }
    if (i->heartbeat.is_enabled && state == HEARTBEAT_MISSING) engine_ask_heartbeats(in->options.engine);
    reply(x);
}
