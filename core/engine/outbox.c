#include "engine/outbox.h"
#include "base/mem.h"
#include "engine/deliver.h"
#include "engine/limiter.h"
#include "engine/outbox_call.h"
#include "store/outbox_rows.h"

// What is on its way at once. One provider that hangs fills its own share and nobody else's; what is important finds room
// there when what is not has filled the rest. Where each address is a URL (webhooks, pushes) a provider is many servers: a
// share is that of one server, and what finds it filled is set aside, so that others are come to behind it.
#define ON_WAY_MAX   2048
#define LANE_MAX     64
#define ORDINARY_MAX 48
#define SPREAD_MAX   192
#define ASIDE_MAX    128
#define ASIDE_US     100000
// Turns that ordinary messages may take in advance when a provider's limit holds them back: what is important comes
// after so many.
#define AHEAD_MAX 4
#define FUEL      100000000
#define RETRY_US  1000000
#define RECORD_US 5000000

// A notification from the row to the record.
struct errand {
    struct delivery_item delivery; // its arena is the errand's own memory
    outbox *outbox;
    struct outbox_lane lane;
    str target;
    int64_t held_until;       // a limit holds it back until this moment of elapsed time; 0: it was sent
    bool is_held_by_provider; // and not by the limit of its target
    int64_t record_at;        // it could not be written down, and is tried again then; 0: it has not failed
    struct http_call call;
    bool is_sent, is_unprepared; // held back before its request was made
    bool is_aside;               // the share of its server is filled
    uint64_t server;             // hash of where it goes
};

struct outbox {
    struct outbox_options options;
    struct mailbox done;
    limiter *limiter;
    arena *memory;
    const struct json *spread; // names of channels whose addresses are URLs
    struct errand *on_way[ON_WAY_MAX];
    size_t count, recording;
};

outbox *outbox_new(const struct outbox_options *options) {
    outbox *o = NEW(outbox);
    o->options = *options;
    o->limiter = limiter_new();
    o->memory = arena_new();
    mailbox_open(&o->done, options->wake, options->wake_ctx);
    return o;
}

void outbox_free(outbox *o) {
    if (!o) return;
    for (size_t i = 0; i < o->count; i++) arena_free(o->on_way[i]->delivery.arena);
    mailbox_close(&o->done);
    limiter_free(o->limiter);
    arena_free(o->memory);
    script_free(o->options.script);
    mem_free(o);
}

static int64_t sooner(int64_t a, int64_t b) { return a < 0 ? b : b < 0 || a < b ? a : b; }

bool outbox_is_idle(outbox *o) { return o->recording == 0; }

// Recording.

static void on_recorded(struct commit_item *item, err result) {
    struct errand *x = CONTAINER(CONTAINER(item, struct delivery_item, item), struct errand, delivery);
    x->delivery.item.result = result;
    mailbox_push(&x->outbox->done, &item->mail);
}

static void record(struct errand *x) {
    x->outbox->recording++;
    delivery_init(&x->delivery, x->outbox->options.engine);
    x->delivery.item.done = on_recorded;
    err e = commit_push(engine_commit(x->outbox->options.engine), &x->delivery.item);
    if (e != ERR_OK) on_recorded(&x->delivery.item, e);
}

static void forget(outbox *o, const struct errand *x) {
    for (size_t i = 0; i < o->count; i++)
        if (o->on_way[i] == x) o->on_way[i] = o->on_way[--o->count];
}

// What could not be written down (a full disk) is on its way until it is: sent again it would reach people again and
// again. After a crash it is due, and sent again with the same key.
static void take_recorded(outbox *o) {
    for (struct mail *m = mailbox_take(&o->done), *next; m; m = next) {
        next = m->next;
        struct commit_item *item = CONTAINER(m, struct commit_item, mail);
        struct errand *x = CONTAINER(CONTAINER(item, struct delivery_item, item), struct errand, delivery);
        o->recording--;
        if (item->result == ERR_OK) {
            forget(o, x);
            arena_free(x->delivery.arena);
            continue;
        }
        if (!x->record_at)
            LOG(o->options.log, LOG_ERROR, "delivery_not_recorded", LOG_N("notification", x->delivery.notification_id),
                LOG_Z("error", err_text(item->result)));
        x->record_at = env_elapsed(o->options.env) + RECORD_US;
    }
}

// µs until the next has to be tried, -1 none.
static int64_t record_again(outbox *o) {
    int64_t next = -1, now = env_elapsed(o->options.env);
    for (size_t i = 0; i < o->count; i++) {
        struct errand *x = o->on_way[i];
        if (x->record_at && x->record_at <= now) {
            x->record_at = INT64_MAX; // until it has failed once more
            record(x);
        } else if (x->record_at && x->record_at != INT64_MAX) next = sooner(next, x->record_at - now);
    }
    return next;
}

// What Lua says.

static err ask(outbox *o, arena *a, const char *function, const struct script_value *args, size_t nargs,
               struct script_value *out, size_t count) {
    struct why why = {""};
    err e = script_call(o->options.script, "outbox", function, args, nargs, (struct script_budget){.fuel = FUEL}, a,
                        out, count, &why);
    if (e != ERR_OK)
        LOG(o->options.log, LOG_ERROR, "outbox_failed", LOG_Z("function", function), LOG_Z("error", why.text));
    return e;
}

static void forget_words(struct errand *x) {
    struct script_value id = script_int(x->delivery.notification_id);
    ask(x->outbox, x->delivery.arena, "forget", &id, 1, NULL, 0);
}

static struct json *parsed(arena *a, const struct script_value *v) {
    struct json *out = NULL;
    if (v->type != SCRIPT_STR || json_parse(a, v->text, &out, NULL) != ERR_OK) return NULL;
    return out;
}

static void fail(struct errand *x, str error) {
    x->delivery.state = DELIVERY_FAILED;
    x->delivery.error = arena_str(x->delivery.arena, error);
    record(x);
}

// Answers.

static str headers_json(arena *a, const struct http_result *r) {
    buf b = {0};
    http_headers_json(&b, r->headers, r->header_count, SIZE_MAX);
    str copy = arena_str(a, buf_view(&b));
    buf_free(&b);
    return copy;
}

static void judge(struct errand *x, const struct http_result *r) {
    outbox *o = x->outbox;
    struct delivery_item *d = &x->delivery;
    struct script_value out[2] = {0};
    struct script_value args[] = {script_int(d->notification_id), script_int(r->status),
                                  script_text(headers_json(d->arena, r)), script_text(r->body)};
    d->state = DELIVERY_RETRY;
    if (ask(o, d->arena, "judge", args, 4, out, 2) != ERR_OK || out[0].type != SCRIPT_STR) {
        d->error = STR("The answer could not be read; the log says why.");
        return;
    }
    const struct json *said = parsed(d->arena, &out[1]);
    if (str_is(out[0].text, STR("sent"))) d->state = DELIVERY_SENT;
    if (str_is(out[0].text, STR("failed"))) d->state = DELIVERY_FAILED;
    const struct json *gone = said ? json_get(said, STR("gone")) : NULL;
    d->is_gone = gone && gone->type == JSON_TRUE;
    d->external_id = json_text(said, "id");
    d->thread_id = json_text(said, "thread");
    d->error = json_text(said, "error");
    d->after_ms = json_int(said, "after_ms", 0);
}

static void on_answer(void *ctx, const struct http_result *r) {
    struct errand *x = ctx;
    struct delivery_item *d = &x->delivery;
    d->status = r->status;
    d->latency_us = r->latency_us;
    if (d->record.len && r->body.len) d->content = arena_str(d->arena, r->body);
    if (r->failure == HTTP_FAILED_NONE) judge(x, r);
    else {
        forget_words(x);
        d->state = http_failure_is_temporary(r->failure) ? DELIVERY_RETRY : DELIVERY_FAILED;
        d->error = arena_str(d->arena, str_of(r->sentence));
    }
    record(x);
}

// Shares.

static bool is_spread(outbox *o, str channel) {
    struct script_value out[1] = {0};
    if (!o->spread && ask(o, o->memory, "spread", NULL, 0, out, 1) == ERR_OK) o->spread = parsed(o->memory, &out[0]);
    for (uint32_t i = 0; o->spread && i < o->spread->count; i++)
        if (str_is(o->spread->items[i].text, channel)) return true;
    return false;
}

static bool is_same_lane(const struct errand *x, const struct outbox_lane *lane) {
    return x->lane.provider_id == lane->provider_id && str_is(x->lane.channel, lane->channel);
}

static bool is_server_filled(const struct errand *x) {
    const outbox *o = x->outbox;
    size_t count = 0;
    for (size_t i = 0; i < o->count; i++)
        count += o->on_way[i]->is_sent && o->on_way[i]->server == x->server && is_same_lane(o->on_way[i], &x->lane);
    return count >= (x->lane.is_important ? LANE_MAX : ORDINARY_MAX);
}

// Sending.

static void rehearse(struct errand *x) {
    forget_words(x);
    x->delivery.state = DELIVERY_SENT;
    record(x);
}

static void send_now(struct errand *x) {
    x->is_sent = true;
    x->delivery.at = env_now(x->outbox->options.env);
    if (x->outbox->options.sender.is_rehearsal) {
        rehearse(x);
        return;
    }
    x->outbox->options.sender.send(x->outbox->options.sender.ctx, &x->call);
}

static void send_or_set_aside(struct errand *x) {
    x->is_aside = is_spread(x->outbox, x->lane.channel) && is_server_filled(x);
    if (x->is_aside) x->held_until = env_elapsed(x->outbox->options.env) + ASIDE_US;
    else send_now(x);
}

static uint64_t key_of(int64_t provider_id, str target) {
    uint64_t h = (uint64_t)provider_id * UINT64_C(0x9e3779b97f4a7c15) + 1;
    for (size_t i = 0; i < target.len; i++) h = (h ^ (unsigned char)target.ptr[i]) * UINT64_C(0x100000001b3);
    return h;
}

static void make_call(struct errand *x, const struct json *v, str body) {
    outbox_call_read(x->delivery.arena, v, body, &x->call);
    x->call.ctx = x;
    x->call.on_done = on_answer;
    x->server = key_of(0, outbox_call_server(&x->call));
}

// µs until a limit of the provider lets it go, 0 when it may. In elapsed time: a clock that is set back holds nothing up.
static int64_t limit(struct errand *x, const struct json *v, const char *name, str target, int64_t elapsed) {
    const struct json *l = json_get(v, str_of(name));
    if (!l || l->type != JSON_ARRAY || l->count != 2) return 0;
    return limiter_take(x->outbox->limiter, key_of(x->delivery.provider_id, target), l->items[0].integer,
                        l->items[1].integer * 1000, elapsed);
}

static void hold_or_send(struct errand *x, const struct json *v) {
    int64_t now = env_elapsed(x->outbox->options.env);
    int64_t wait = limit(x, v, "provider_limit", (str){NULL, 0}, now);
    int64_t own = limit(x, v, "target_limit", json_text(v, "target"), now);
    x->is_held_by_provider = wait > own;
    if (wait > 0 || own > 0) x->held_until = now + (wait > own ? wait : own);
    else send_or_set_aside(x);
}

static void prepare(struct errand *x, int64_t now) {
    outbox *o = x->outbox;
    struct delivery_item *d = &x->delivery;
    struct script_value out[4] = {0};
    struct script_value args[] = {script_int(d->notification_id),
                                  script_int(now),
                                  script_text(str_of(o->options.public_url)),
                                  script_int(o->options.phone_limit),
                                  script_int(o->options.email_limit),
                                  script_int(o->options.has_room_links)};
    if (ask(o, d->arena, "prepare", args, 6, out, 4) != ERR_OK || out[0].type != SCRIPT_STR) {
        fail(x, STR("The message could not be made; the log says why."));
        return;
    }
    const struct json *v = parsed(d->arena, &out[1]);
    d->provider_id = json_int(v, "provider", 0);
    d->address = json_text(v, "address");
    d->shown = json_text(v, "shown");
    d->cancels = json_text(v, "cancels");
    d->has_notes = json_is_true(v, "notes");
    d->told_seq = json_int(v, "told", 0);
    d->carried = v ? json_get(v, STR("carried")) : NULL;
    const struct json *limited = v ? json_get(v, STR("limited")) : NULL;
    d->is_limited = limited && limited->type == JSON_TRUE;
    if (out[3].type == SCRIPT_STR) d->record = out[3].text;
    if (str_is(out[0].text, STR("skip"))) {
        d->state = DELIVERY_SKIPPED;
        d->error = out[1].text;
        record(x);
    } else if (str_is(out[0].text, STR("fail"))) fail(x, json_text(v, "error"));
    else if (str_is(out[0].text, STR("hold"))) {
        x->is_unprepared = true;
        x->held_until = env_elapsed(o->options.env) + json_int(v, "after_ms", 0) * 1000;
    } else {
        make_call(x, v, out[2].type == SCRIPT_STR ? out[2].text : (str){NULL, 0});
        hold_or_send(x, v);
    }
}

// Somebody may have answered while a limit held it back.
static void send_held(struct errand *x) {
    outbox *o = x->outbox;
    bool is_waiting = true;
    err e = outbox_rows_is_waiting(o->options.reader, x->delivery.arena, x->delivery.notification_id, &is_waiting);
    if (e == ERR_OK && is_waiting && x->is_unprepared) {
        x->is_unprepared = false;
        x->held_until = 0;
        prepare(x, env_now(o->options.env));
        return;
    }
    if (e == ERR_OK && is_waiting) {
        send_or_set_aside(x);
        return;
    }
    forget_words(x);
    forget(o, x);
    arena_free(x->delivery.arena);
}

// What is held back goes when its time has come. µs until the next, -1 none.
static int64_t release(outbox *o) {
    int64_t next = -1, now = env_elapsed(o->options.env);
    for (size_t i = o->count; i-- > 0;) { // from the end: what is taken out is replaced by the last
        struct errand *x = o->on_way[i];
        if (!x->held_until || x->is_sent) continue;
        if (x->held_until <= now) send_held(x);
        else if (next < 0 || x->held_until - now < next) next = x->held_until - now;
    }
    return next;
}

// Looking for what is due.

static bool is_on_way(const outbox *o, const struct outbox_lane *lane, str target) {
    for (size_t i = 0; i < o->count; i++)
        if (o->on_way[i]->lane.is_important == lane->is_important && str_is(o->on_way[i]->target, target)) return true;
    return false;
}

struct load {
    size_t all, own, ahead; // of the lane and its sister, of this one; held back by the provider's limit
    size_t aside;           // of all: the share of their server is filled
};

static struct load load_of(const outbox *o, const struct outbox_lane *lane) {
    struct load out = {0};
    for (size_t i = 0; i < o->count; i++) {
        const struct errand *x = o->on_way[i];
        if (!is_same_lane(x, lane)) continue;
        out.all++;
        out.aside += x->is_aside && !x->is_sent;
        out.own += x->lane.is_important == lane->is_important;
        out.ahead += !x->is_sent && x->held_until && x->is_held_by_provider;
    }
    return out;
}

static bool has_room(outbox *o, const struct outbox_lane *lane) {
    struct load load = load_of(o, lane);
    if (o->count >= ON_WAY_MAX) return false;
    if (is_spread(o, lane->channel))
        return load.all - load.aside < SPREAD_MAX && load.aside < ASIDE_MAX && load.ahead < AHEAD_MAX;
    return lane->is_important ? load.all < LANE_MAX : load.all < ORDINARY_MAX && load.ahead < AHEAD_MAX;
}

static void start(outbox *o, const struct outbox_lane *lane, str target, int64_t id, int64_t now) {
    arena *a = arena_new();
    struct errand *x = arena_alloc(a, sizeof *x);
    x->outbox = o;
    x->delivery.arena = a;
    x->delivery.notification_id = id;
    x->target = arena_str(a, target);
    x->lane = *lane;
    x->lane.channel = arena_str(a, lane->channel);
    x->delivery.at = now;
    o->on_way[o->count++] = x;
    prepare(x, now);
}

// The first of each target that waits for no answer.
static err start_lane(outbox *o, arena *a, const struct outbox_lane *lane, int64_t now) {
    struct outbox_list due = {0};
    size_t max = load_of(o, lane).own + LANE_MAX;
    err e = has_room(o, lane) ? outbox_rows_due(o->options.reader, a, lane, now, max, &due) : ERR_OK;
    for (size_t i = 0; i < due.count && e == ERR_OK && has_room(o, lane); i++) {
        int64_t id = 0;
        if (is_on_way(o, lane, due.targets[i])) continue;
        e = outbox_rows_first(o->options.reader, a, due.targets[i], lane->is_important, now, &id);
        if (e == ERR_OK) start(o, lane, due.targets[i], id, now);
        else if (e == ERR_NOT_FOUND) e = ERR_OK;
    }
    return e;
}

static err start_due(outbox *o, int64_t now) {
    arena *a = arena_new();
    err e = ERR_OK;
    for (int is_ordinary = 0; is_ordinary < 2 && e == ERR_OK; is_ordinary++) {
        struct outbox_lane lane = {.is_important = !is_ordinary, .channel = STR(""), .provider_id = -1};
        while ((e = outbox_rows_next_lane(o->options.reader, a, &lane)) == ERR_OK) {
            e = start_lane(o, a, &lane, now);
            if (e != ERR_OK) break;
        }
        if (e == ERR_NOT_FOUND) e = ERR_OK;
    }
    arena_free(a);
    return e;
}

// A call does not wait until the moments of what was written before it are right; what is read in order does.
static err start_later(outbox *o, int64_t after, int64_t now) {
    arena *a = arena_new();
    struct outbox_page *list = NULL;
    size_t count = 0;
    err e = outbox_rows_later(o->options.reader, a, after, now, ON_WAY_MAX, &list, &count);
    for (size_t i = 0; i < count && e == ERR_OK; i++)
        if (has_room(o, &list[i].lane) && !is_on_way(o, &list[i].lane, list[i].target))
            start(o, &list[i].lane, list[i].target, list[i].id, now);
    arena_free(a);
    return e;
}

static err next_due(outbox *o, int64_t now, int64_t *wait) {
    arena *a = arena_new();
    int64_t due_at = 0;
    err e = outbox_rows_wait(o->options.reader, a, now, &due_at);
    if (e == ERR_OK) *wait = due_at ? due_at - now : -1;
    arena_free(a);
    return e;
}

size_t outbox_drain(outbox *o) {
    size_t awaited = 0;
    take_recorded(o);
    for (size_t i = 0; i < o->count; i++) awaited += o->on_way[i]->is_sent && !o->on_way[i]->record_at;
    return awaited + o->recording;
}

int64_t outbox_turn(outbox *o, int64_t unmoved) {
    int64_t now = env_now(o->options.env), wait = -1;
    take_recorded(o);
    release(o);
    err e = unmoved ? start_later(o, unmoved, now) : start_due(o, now);
    if (e == ERR_OK && !unmoved) e = next_due(o, now, &wait);
    if (e != ERR_OK) {
        LOG(o->options.log, LOG_ERROR, "outbox_not_read", LOG_Z("error", err_text(e)));
        return RETRY_US;
    }
    return sooner(record_again(o), sooner(wait, release(o)));
}
