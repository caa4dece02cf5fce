#include "engine/heartbeats.h"
#include "base/mem.h"
#include "text/json.h"

#define LOOK_EVERY_US INT64_C(250000)
#define TURN_MAX_US   INT64_C(5000000) // while any is armed there is a turn at least so often
#define STALL_US      INT64_C(8000000) // there was none for so long: beats may have been lost
#define LATE_US       INT64_C(1000000) // a look that is so late is put off once: beats may be waiting to be read
#define RETRY_US      INT64_C(1000000) // when what was found could not be written down
#define NOTE_EVERY_US INT64_C(5000000) // last beats go to the disk in pieces
#define NOTES_MAX     1000
#define ON_WAY_MAX    64
#define LONG_LOOK_NS  5000000 // after one that took longer, questions wait REST_TIMES as long
#define REST_TIMES    4
#define NEVER         INT64_MAX

struct watched {
    int64_t integration_id;
    struct heartbeat_cell *cell; // lives as long as the engine
    struct heartbeat rule;       // its state and beat_at are read at each look
    uint32_t epoch;
    int64_t noted; // the beat that the disk knows
    bool is_on_way;
};

struct heartbeats {
    struct heartbeats_options options;
    struct mailbox done;
    const config *config;
    struct watched *list; // by integration
    size_t count, on_way, note_from;
    int64_t look_at, turned_at, rested_at, note_at;
    bool is_started, is_noting, has_more; // has_more: than may be on their way at once
    bool has_alive, is_put_off;
};

// Something that was found, until it is written down.
struct errand {
    heartbeats *owner;
    arena *memory; // holds this struct too
    const config *config;
    const struct config_integration *integration; // NULL: of all or many
    struct slow_task slow;
    struct accept_item alert;
    struct beat_item beat;
    err result;
};

heartbeats *heartbeats_new(const struct heartbeats_options *options) {
    heartbeats *h = NEW(heartbeats);
    h->options = *options;
    h->look_at = NEVER;
    mailbox_open(&h->done, options->wake, options->wake_ctx);
    return h;
}

static void errand_free(struct errand *x) {
    config_release(x->config);
    arena_free(x->memory);
}

static struct errand *errand_of(struct mail *m) {
    struct commit_item *item = CONTAINER(m, struct commit_item, mail);
    return CONTAINER(CONTAINER(item, struct beat_item, item), struct errand, beat);
}

void heartbeats_free(heartbeats *h) {
    if (!h) return;
    for (struct mail *m = mailbox_take(&h->done), *next; m; m = next) {
        next = m->next;
        errand_free(errand_of(m));
    }
    mailbox_close(&h->done);
    config_release(h->config);
    mem_free(h->list);
    mem_free(h);
}

bool heartbeats_is_idle(const heartbeats *h) { return !h->on_way && !h->is_noting; }

// Which there are.

static struct watched *find(heartbeats *h, int64_t integration_id) {
    size_t low = 0, high = h->count;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (h->list[mid].integration_id == integration_id) return &h->list[mid];
        if (h->list[mid].integration_id < integration_id) low = mid + 1;
        else high = mid;
    }
    return NULL;
}

static bool follow_config(heartbeats *h) {
    const config *before = h->config;
    h->config = config_current(engine_config(h->options.engine), before);
    if (h->config == before) return false;
    size_t count = config_count(h->config);
    struct watched *list = mem_zero((count + 1) * sizeof *list);
    for (size_t i = 0; i < count; i++) {
        const struct config_integration *one = config_at(h->config, i);
        const struct watched *known = find(h, one->id);
        if (known) list[i] = *known;
        else list[i].epoch = UINT32_MAX; // of none: its silence counts from now
        list[i].integration_id = one->id;
        list[i].cell = &one->counters->heartbeat;
        list[i].rule.interval_us = one->heartbeat.interval_us;
        list[i].rule.is_enabled = one->heartbeat.is_enabled;
    }
    mem_free(h->list);
    h->list = list;
    h->count = count;
    return true;
}

// On their way to the disk.

static void on_written(struct commit_item *item, err result) {
    struct errand *x = errand_of(&item->mail);
    beat_publish(&x->beat, result);
    x->result = result;
    mailbox_push(&x->owner->done, &item->mail);
}

static void push(struct errand *x) {
    beat_init(&x->beat, x->owner->options.engine);
    x->beat.item.done = on_written;
    err e = commit_push(engine_commit(x->owner->options.engine), &x->beat.item);
    if (e == ERR_OK) return;
    x->result = e;
    mailbox_push(&x->owner->done, &x->beat.item.mail);
}

static struct errand *errand_new(heartbeats *h, enum beat_kind kind, const char *reason) {
    arena *a = arena_new();
    struct errand *x = arena_alloc(a, sizeof *x);
    *x = (struct errand){.owner = h, .memory = a};
    x->beat = (struct beat_item){.kind = kind, .arena = a, .reason = reason};
    return x;
}

// What is told of it.

static err make_payload(struct errand *x, script *s, bool *is_own, struct why *why) {
    const struct config_integration *i = x->integration;
    struct script_value args[] = {{.type = SCRIPT_STR, .text = i->type},
                                  {.type = SCRIPT_STR, .text = i->name},
                                  {.type = SCRIPT_BOOL, .boolean = x->beat.kind == BEAT_MISSED},
                                  {.type = SCRIPT_STR, .text = i->heartbeat.text}};
    struct script_value v[2] = {0};
    struct script_budget budget = {.fuel = x->owner->options.fuel_slow};
    if (!i->heartbeat.text.len) args[3].type = SCRIPT_NIL;
    err e = script_call(s, "heartbeat", "payload", args, 4, budget, x->memory, v, 2, why);
    if (e == ERR_OK && v[0].type != SCRIPT_STR) e = why_set(why, ERR_SCRIPT, "there is no text of a heartbeat");
    if (e != ERR_OK) return e;
    x->alert.signal.payload = v[0].text;
    *is_own = v[1].type == SCRIPT_STR;
    if (*is_own) x->alert.signal.title = v[1].text;
    return ERR_OK;
}

static err render(struct errand *x, renderer *r, struct why *why) {
    struct signal *s = &x->alert.signal;
    struct json *payload = NULL;
    unsigned flags;
    bool is_own = false;
    err e = make_payload(x, renderer_script(r), &is_own, why);
    str title = s->title;
    if (e == ERR_OK) e = renderer_prepare(r, x->integration, &flags, why);
    if (e == ERR_OK) e = json_parse(x->memory, s->payload, &payload, why);
    if (e == ERR_OK)
        e = renderer_signal(r, x->integration, payload, s->received_at, 0, x->owner->options.fuel_slow, true, x->memory,
                            s, why);
    if (e == ERR_OK && is_own) s->title = title; // its templates know nothing of this form
    if (e == ERR_OK && (is_own || !s->has_grouping_id)) s->grouping_id = STR("heartbeat");
    return e;
}

// On the slow lane's thread.
static void on_lane(struct slow_task *task, renderer *r) {
    struct errand *x = CONTAINER(task, struct errand, slow);
    struct signal *s = &x->alert.signal;
    struct why why = {"The server was stopping; stored without rendering."};
    if (!r || render(x, r, &why) != ERR_OK) {
        if (!s->payload.len) s->payload = STR("{\"title\":\"Heartbeat\"}");
        renderer_fallback(x->integration, s->payload, why.text, x->memory, s);
        s->grouping_id = STR("heartbeat");
    }
    // The templates say where it belongs; that it is missing or back is no question to them.
    s->has_grouping_id = true;
    s->is_resolve = x->beat.kind == BEAT_RESTORED;
    s->is_acknowledge = false;
    x->alert.signal.is_ours = true;
    accept_init(&x->alert, x->owner->options.engine);
    push(x);
}

static void start(heartbeats *h, struct watched *w, enum heartbeat_deed deed) {
    bool is_missed = deed == HEARTBEAT_MISSED;
    struct errand *x = errand_new(h, is_missed ? BEAT_MISSED : BEAT_RESTORED, is_missed ? "no_beat" : "beat");
    x->config = config_current(engine_config(h->options.engine), NULL);
    x->integration = config_by_id(x->config, w->integration_id);
    x->alert.signal.received_at = env_now(h->options.env);
    x->beat.integration_id = w->integration_id;
    x->beat.alert = &x->alert;
    x->beat.watched = w->rule;
    x->slow = (struct slow_task){.integration_id = w->integration_id, .count = 1, .run = on_lane};
    w->is_on_way = true;
    h->on_way++;
    if (!x->integration) {
        x->result = ERR_NOT_FOUND;
        mailbox_push(&h->done, &x->beat.item.mail);
    } else if (slow_lane_push(h->options.slow_lane, &x->slow) != ERR_OK) on_lane(&x->slow, NULL);
}

static void grant(heartbeats *h, const char *reason) {
    struct errand *x = errand_new(h, BEAT_GRACE, reason);
    h->on_way++;
    push(x);
}

// Coming back.

static void tell(const heartbeats *h, const struct errand *x) {
    log_t *log = h->options.log;
    if (x->beat.kind == BEAT_MISSED)
        LOG(log, LOG_INFO, "heartbeat_missing", LOG_N("integration", x->beat.integration_id));
    else if (x->beat.kind == BEAT_RESTORED)
        LOG(log, LOG_INFO, "heartbeat_restored", LOG_N("integration", x->beat.integration_id));
}

static void take(heartbeats *h, struct errand *x, int64_t now) {
    struct watched *w = x->beat.alert ? find(h, x->beat.integration_id) : NULL;
    bool is_done = x->result == ERR_OK;
    bool is_void = x->result == ERR_NOT_FOUND || x->result == ERR_STALE; // the next look sees what is so now
    if (x->beat.kind == BEAT_NOTE) h->is_noting = false;
    else h->on_way--;
    if (w) w->is_on_way = false;
    if (w && is_done && x->beat.kind == BEAT_MISSED) w->rule.seen = x->beat.seen;
    if (is_done) tell(h, x);
    else if (!is_void)
        LOG(h->options.log, LOG_ERROR, "heartbeat_not_written", LOG_N("integration", x->beat.integration_id),
            LOG_Z("error", err_text(x->result)));
    int64_t next = is_void || h->has_more ? now : now + (is_done ? LOOK_EVERY_US : RETRY_US);
    if (x->beat.kind != BEAT_NOTE && next < h->look_at) h->look_at = next;
    errand_free(x);
}

static void take_done(heartbeats *h, int64_t now) {
    for (struct mail *m = mailbox_take(&h->done), *next; m; m = next) {
        next = m->next;
        take(h, errand_of(m), now);
    }
}

// Looking.

static void read_cell(struct watched *w, int64_t now) {
    uint32_t epoch = __atomic_load_n(&w->cell->epoch, __ATOMIC_SEQ_CST);
    w->rule.state = heartbeat_state_of(w->cell);
    w->rule.beat_at = __atomic_load_n(&w->cell->beat_at, __ATOMIC_SEQ_CST);
    if (epoch == w->epoch) return;
    w->epoch = epoch;
    w->rule.since = now;
}

// Returns when the next one is due.
static int64_t look_at_all(heartbeats *h, int64_t now) {
    int64_t next = NEVER;
    h->has_more = h->has_alive = false;
    for (size_t i = 0; i < h->count; i++) {
        struct watched *w = &h->list[i];
        int64_t due_at;
        read_cell(w, now);
        h->has_alive |= w->rule.is_enabled && w->rule.state == HEARTBEAT_ALIVE;
        if (w->is_on_way) continue;
        enum heartbeat_deed deed = heartbeat_look(&w->rule, now, &due_at);
        if (deed == HEARTBEAT_NOTHING) next = due_at < next ? due_at : next;
        else if (h->on_way < ON_WAY_MAX) start(h, w, deed);
        else h->has_more = true;
    }
    return next;
}

static bool has_alive(const heartbeats *h) {
    for (size_t i = 0; i < h->count; i++)
        if (h->list[i].rule.is_enabled && heartbeat_state_of(h->list[i].cell) == HEARTBEAT_ALIVE) return true;
    return false;
}

static void begin_anew(heartbeats *h, int64_t now, const char *reason) {
    for (size_t i = 0; i < h->count; i++) h->list[i].rule.since = now;
    if (!has_alive(h)) return;
    LOG(h->options.log, LOG_INFO, "heartbeats_granted_grace", LOG_Z("reason", reason));
    grant(h, reason);
}

static void look(heartbeats *h, int64_t now) {
    int64_t start_ns = clock_ns();
    if (!h->is_started) begin_anew(h, now, "server_started");
    h->is_started = true;
    int64_t next = look_at_all(h, now), soonest = now + LOOK_EVERY_US, took_ns = clock_ns() - start_ns;
    h->rested_at = took_ns > LONG_LOOK_NS ? now + REST_TIMES * took_ns / 1000 : now;
    h->look_at = next == NEVER ? NEVER : next > soonest ? next : soonest;
}

// The last beats, for people to read after a restart.
static void note(heartbeats *h, int64_t now) {
    if (h->is_noting || h->note_at > now) return;
    struct errand *x = errand_new(h, BEAT_NOTE, "");
    struct beat_note *notes = arena_alloc(x->memory, NOTES_MAX * sizeof *notes);
    int64_t offset = env_now(h->options.env) - now;
    size_t count = 0, seen = 0;
    for (; seen < h->count && count < NOTES_MAX; seen++) {
        struct watched *w = &h->list[(h->note_from + seen) % h->count];
        int64_t beat_at = __atomic_load_n(&w->cell->beat_at, __ATOMIC_SEQ_CST);
        if (!beat_at || beat_at == w->noted || w->rule.state == HEARTBEAT_INACTIVE) continue;
        w->noted = beat_at;
        notes[count++] = (struct beat_note){w->integration_id, w->noted + offset};
    }
    h->note_from = h->count ? (h->note_from + seen) % h->count : 0;
    h->note_at = now + NOTE_EVERY_US;
    if (!count) {
        errand_free(x);
        return;
    }
    x->beat.notes = notes;
    x->beat.note_count = count;
    h->is_noting = true;
    push(x);
}

// This thread did not run for a while, or runs late: what came meanwhile is read before anybody is found missing.
static void see_stall(heartbeats *h, int64_t now) {
    bool is_late = h->look_at != NEVER && now - h->look_at > LATE_US;
    if (h->has_alive && now - h->turned_at > STALL_US) begin_anew(h, now, "server_stood_still");
    else if (is_late && !h->is_put_off && h->is_started) {
        h->look_at = now + LOOK_EVERY_US;
        h->is_put_off = true;
        return;
    }
    h->is_put_off = false;
}

int64_t heartbeats_turn(heartbeats *h) {
    int64_t now = env_elapsed(h->options.env);
    take_done(h, now);
    see_stall(h, now);
    h->turned_at = now;
    if (follow_config(h) || engine_heartbeats_asked(h->options.engine) || !h->is_started)
        h->look_at = h->rested_at > now ? h->rested_at : now;
    if (h->look_at <= now) look(h, now);
    if (h->has_alive) note(h, now);
    if (h->look_at == NEVER) return h->has_alive ? TURN_MAX_US : -1;
    int64_t wait = h->look_at > now ? h->look_at - now : 0;
    return h->has_alive && wait > TURN_MAX_US ? TURN_MAX_US : wait;
}
