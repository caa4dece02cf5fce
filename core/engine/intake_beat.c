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
    intake *intake;
    const struct door *door;
    err result;
};

static void reply(struct http_exchange *x, const struct door *door) {
    if (door) {
        x->reply(x, &door->answer);
        return;
    }
    bool is_post = x->request.method == HTTP_M_POST;
    http_reply(x, 200, "text/plain; charset=utf-8", is_post ? STR("") : STR(":)"), NULL);
}

static void on_armed(struct http_exchange *x) {
    const struct arming *a = x->work;
    if (a->result == ERR_OK) reply(x, a->door);
    else intake_not_stored(a->intake, x, a->door, a->result);
}

static void on_committed(struct commit_item *item, err result) {
    struct arming *a = CONTAINER(CONTAINER(item, struct beat_item, item), struct arming, beat);
    beat_publish(&a->beat, result);
    a->result = result;
    mailbox_push(a->x->owner, &a->x->mail);
}

static void arm(intake *in, struct http_exchange *x, const struct config_integration *i, const struct door *door) {
    struct arming *a = arena_alloc(x->arena, sizeof *a);
    *a = (struct arming){.x = x, .intake = in, .door = door};
    a->beat = (struct beat_item){.kind = BEAT_ARM, .arena = x->arena, .integration_id = i->id, .reason = "first_beat"};
    beat_init(&a->beat, in->options.engine);
    a->beat.item.done = on_committed;
    x->work = a;
    x->resume = on_armed;
    err e = commit_push(engine_commit(in->options.engine), &a->beat.item);
    if (e != ERR_OK) intake_not_stored(in, x, door, e);
}

void intake_beat(intake *in, struct http_exchange *x, str type, str token) {
    const struct config_integration *i = intake_find(in, x, type, token);
    if (i) intake_beat_of(in, x, i, NULL);
}

void intake_beat_of(intake *in, struct http_exchange *x, const struct config_integration *i, const struct door *door) {
    struct config_counters *c = i->counters;
    // A window of its own: alerts of a storm do not make a source look dead.
    if (!intake_may_pass(in, x, i, &c->beat_rate, door)) return;
    heartbeat_note(&c->heartbeat, env_elapsed(in->options.env));
    __atomic_add_fetch(&engine_counters(in->options.engine)->heartbeat_beats, 1, __ATOMIC_RELAXED);
    enum heartbeat_state state = heartbeat_state_of(&c->heartbeat);
    if (i->heartbeat.is_enabled && state == HEARTBEAT_INACTIVE) {
        arm(in, x, i, door);
        return;
    }
    if (i->heartbeat.is_enabled && state == HEARTBEAT_MISSING) engine_ask_heartbeats(in->options.engine);
    reply(x, door);
}
