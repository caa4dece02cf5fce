#include "engine/chores.h"
#include "base/mem.h"
#include "text/json.h"

#define ON_WAY_MAX   64
#define FUEL         100000000
#define RETRY_US     1000000   // when no worker takes it, or it failed
#define REST_US      200000    // a chore comes again after this at the soonest, whatever the provider does
#define FAILED_US    10000000  // and after this when its answer could not be dealt with
#define LOOK_US      1000000   // between two plans because something was written
#define NEVER        INT64_MAX // unless something is written
#define KEPT_HEADERS (16 * (size_t)1024)

enum chore_state { ASKED, ANSWERED, RESTING };

struct chore {
    chores *owner;
    arena *memory; // holds this struct too
    int64_t provider_id, asked_at, rest_until;
    str kind;
    struct http_call call;
    enum chore_state state;
    int64_t status; // of the answer
    str headers, body, failure;
};

// The one piece of work that a worker does at a time: a plan, or what one answer means.
struct reading {
    struct aside aside;
    chores *owner;
    arena *memory; // of a plan
    struct chore *chore;
    str busy;
    int64_t now;
    struct script_value said;
    err result;
    struct mail mail;
    bool is_under_way;
};

struct chores {
    struct chores_options options;
    struct mailbox done;
    struct reading reading;
    struct chore *on_way[ON_WAY_MAX];
    size_t count;
    int64_t look_at, looked_at;
    uint64_t version; // of what is configured, at the last plan
};

chores *chores_new(const struct chores_options *options) {
    chores *c = NEW(chores);
    c->options = *options;
    c->reading.owner = c;
    mailbox_open(&c->done, options->wake, options->wake_ctx);
    return c;
}

void chores_free(chores *c) {
    if (!c) return;
    mailbox_take(&c->done);
    if (c->reading.is_under_way && !c->reading.chore) arena_free(c->reading.memory);
    for (size_t i = 0; i < c->count; i++) arena_free(c->on_way[i]->memory);
    mailbox_close(&c->done);
    mem_free(c);
}

bool chores_is_idle(const chores *c) {
    if (c->reading.is_under_way) return false;
    for (size_t i = 0; i < c->count; i++)
        if (c->on_way[i]->state == ANSWERED) return false;
    return true;
}

// Answers.

static str headers_json(arena *a, const struct http_result *r) {
    buf b = {0};
    http_headers_json(&b, r->headers, r->header_count, KEPT_HEADERS);
    str copy = arena_str(a, buf_view(&b));
    buf_free(&b);
    return copy;
}

static void on_answer(void *ctx, const struct http_result *r) {
    struct chore *x = ctx;
    x->state = ANSWERED;
    x->status = r->status;
    if (r->failure != HTTP_FAILED_NONE) x->failure = arena_str(x->memory, str_of(r->sentence));
    else if (r->is_cut) x->failure = STR("The answer is larger than it may be.");
    x->headers = headers_json(x->memory, r);
    x->body = arena_str(x->memory, r->body);
    x->owner->options.wake(x->owner->options.wake_ctx);
}

// On a worker.

static err ask_lua(struct reading *r, struct aside_tools *tools, const char *function, const struct script_value *args,
                   size_t nargs) {
    struct why why = {""};
    struct script_budget budget = {.fuel = FUEL};
    err e = script_call(tools->script, "api.chores", function, args, nargs, budget, r->memory, &r->said, 1, &why);
    if (e != ERR_OK)
        LOG(r->owner->options.log, LOG_ERROR, "chore_failed", LOG_Z("function", function),
            LOG_Z("error", *why.text ? why.text : err_text(e)));
    return e;
}

static void read_or_plan(struct aside *a, struct aside_tools *tools) {
    struct reading *r = CONTAINER(a, struct reading, aside);
    const struct chore *x = r->chore;
    struct script_value refresh = script_int(r->owner->options.refresh_us), now = script_int(r->now);
    r->said = (struct script_value){0};
    if (x) {
        struct script_value args[] = {script_int(x->provider_id),
                                      script_text(x->kind),
                                      script_int(x->status),
                                      script_text(x->headers),
                                      script_text(x->body),
                                      script_text(x->failure),
                                      now,
                                      refresh};
        r->result = ask_lua(r, tools, "take", args, 8);
    } else if (!aside_finds(tools, "SELECT 1 FROM provider LIMIT 1")) {
        r->said = script_text(STR("{}"));
        r->result = ERR_OK;
    } else {
        struct script_value args[] = {script_text(r->busy), now, refresh};
        r->result = ask_lua(r, tools, "plan", args, 3);
    }
    mailbox_push(&r->owner->done, &r->mail);
}

// Back on the pager's thread.

static bool hand_over(chores *c, struct chore *x, arena *memory, int64_t now) {
    struct reading *r = &c->reading;
    r->aside.run = read_or_plan;
    r->chore = x;
    r->memory = memory;
    r->now = now;
    r->is_under_way = c->options.door.push(c->options.door.ctx, &r->aside) == ERR_OK;
    return r->is_under_way;
}

static void forget(chores *c, struct chore *x) {
    for (size_t i = 0; i < c->count; i++)
        if (c->on_way[i] == x) c->on_way[i] = c->on_way[--c->count];
    arena_free(x->memory);
}

static str text_in(arena *a, const struct json *v, const char *key) {
    str s = json_text(v, key);
    return s.ptr ? arena_str(a, s) : s;
}

static const struct http_header *read_headers(arena *a, const struct json *list, size_t *count) {
    *count = list && list->type == JSON_ARRAY ? list->count : 0;
    struct http_header *out = arena_alloc(a, (*count + 1) * sizeof *out);
    for (size_t i = 0; i < *count; i++)
        out[i] = (struct http_header){.name = arena_str(a, list->items[i].items[0].text),
                                      .value = arena_str(a, list->items[i].items[1].text)};
    return out;
}

static void ask(chores *c, const struct json *v, int64_t now) {
    arena *a = arena_new();
    struct chore *x = arena_alloc(a, sizeof *x);
    const struct json *trusted = json_get(v, STR("trusted"));
    *x = (struct chore){.owner = c, .memory = a, .asked_at = now};
    x->provider_id = json_int(v, "provider", 0);
    x->kind = text_in(a, v, "kind");
    x->call = (struct http_call){.method = text_in(a, v, "method"),
                                 .url = text_in(a, v, "url"),
                                 .body = text_in(a, v, "body"),
                                 .timeout_ms = (int)json_int(v, "timeout_ms", 0),
                                 .keep_bytes = (size_t)json_int(v, "keep", 0),
                                 .is_trusted = trusted && trusted->type == JSON_TRUE,
                                 .ctx = x,
                                 .on_done = on_answer};
    x->call.headers = read_headers(a, json_get(v, STR("headers")), &x->call.header_count);
    c->on_way[c->count++] = x;
    c->options.sender.send(c->options.sender.ctx, &x->call);
}

static void ask_all(chores *c, arena *a, str plan, int64_t now) {
    struct json *v;
    if (json_parse(a, plan, &v, NULL) != ERR_OK) return;
    const struct json *list = json_get(v, STR("requests"));
    c->look_at = json_int(v, "next", NEVER);
    for (uint32_t i = 0; list && i < list->count && c->count < ON_WAY_MAX; i++) ask(c, &list->items[i], now);
}

static void take_done(chores *c, int64_t now) {
    struct reading *r = &c->reading;
    if (!mailbox_take(&c->done)) return;
    r->is_under_way = false;
    if (r->chore) {
        r->chore->state = RESTING;
        r->chore->rest_until = r->result == ERR_OK ? r->chore->asked_at + REST_US : now + FAILED_US;
    } else {
        c->look_at = now + RETRY_US;
        if (r->result == ERR_OK && r->said.type == SCRIPT_STR) ask_all(c, r->memory, r->said.text, now);
        arena_free(r->memory);
    }
}

// Those that may come again; µs until the next may, NEVER: none rests.
static int64_t wake_rested(chores *c, int64_t now) {
    int64_t next = NEVER;
    for (size_t i = c->count; i-- > 0;) {
        struct chore *x = c->on_way[i];
        int64_t at = x->rest_until;
        if (x->state != RESTING) continue;
        if (at > now && x->asked_at <= now) {
            if (at < next) next = at;
            continue;
        }
        forget(c, x);
        c->look_at = 0;
    }
    return next;
}

// "12 poll,12 rooms": what a plan leaves alone.
static str busy_text(const chores *c, arena *a) {
    buf b = {0};
    for (size_t i = 0; i < c->count; i++) {
        buf_printf(&b, "%s%lld ", i ? "," : "", (long long)c->on_way[i]->provider_id);
        buf_str(&b, c->on_way[i]->kind);
    }
    str copy = arena_str(a, buf_view(&b));
    buf_free(&b);
    return copy;
}

static bool plan(chores *c, int64_t now) {
    arena *a = arena_new();
    c->reading.busy = busy_text(c, a);
    c->looked_at = now;
    if (hand_over(c, NULL, a, now)) return true;
    arena_free(a);
    return false;
}

static struct chore *first_answered(chores *c) {
    for (size_t i = 0; i < c->count; i++)
        if (c->on_way[i]->state == ANSWERED) return c->on_way[i];
    return NULL;
}

static void look_sooner(chores *c, int64_t at) {
    if (at < c->look_at) c->look_at = at;
}

int64_t chores_turn(chores *c) {
    int64_t now = env_now(c->options.env);
    uint64_t version = engine_schedules_version(c->options.engine);
    take_done(c, now);
    if (version != c->version || c->looked_at > now) look_sooner(c, c->looked_at > now ? 0 : c->looked_at + LOOK_US);
    c->version = version;
    int64_t rested = wake_rested(c, now);
    if (c->reading.is_under_way) return -1; // its end wakes us
    struct chore *x = first_answered(c);
    if (x && !hand_over(c, x, x->memory, now)) return RETRY_US;
    if (!x && c->look_at <= now && c->count < ON_WAY_MAX && !plan(c, now)) return RETRY_US;
    if (c->reading.is_under_way) return -1;
    int64_t next = c->look_at < rested ? c->look_at : rested;
    return next == NEVER ? -1 : next > now ? next - now : -1;
}
