#include "ports.h"
#include "base/mem.h"
#include "engine/delivery_status.h"
#include "engine/maintain.h"
#include "source_facts.h"
#include "text/json.h"

// Waits for one item of the commit thread.
struct waiter {
    pthread_mutex_t mutex;
    pthread_cond_t cond;
    bool is_done;
    err result;
};

static void wait_open(struct waiter *w) {
    *w = (struct waiter){0};
    pthread_mutex_init(&w->mutex, NULL);
    pthread_cond_init(&w->cond, NULL);
}

static void wait_done(struct waiter *w, err result) {
    pthread_mutex_lock(&w->mutex);
    w->result = result;
    w->is_done = true;
    pthread_cond_signal(&w->cond);
    pthread_mutex_unlock(&w->mutex);
}

static err wait_for(struct waiter *w, struct ports *ports) {
    if (!ports->is_threaded)
        while (!w->is_done) CHECK(commit_turn(engine_commit(ports->engine)) > 0);
    pthread_mutex_lock(&w->mutex);
    while (!w->is_done) pthread_cond_wait(&w->cond, &w->mutex);
    pthread_mutex_unlock(&w->mutex);
    pthread_mutex_destroy(&w->mutex);
    pthread_cond_destroy(&w->cond);
    return w->result;
}

static err push_and_wait(struct ports *ports, struct commit_item *item, struct waiter *w) {
    wait_open(w);
    err e = commit_push(engine_commit(ports->engine), item);
    if (e != ERR_OK) wait_done(w, e);
    return wait_for(w, ports);
}

struct act_call {
    struct act_item act;
    struct waiter waiter;
};

static void on_act_done(struct commit_item *item, err result) {
    wait_done(&CONTAINER(CONTAINER(item, struct act_item, item), struct act_call, act)->waiter, result);
}

static err fill_source(arena *a, str source, struct group_actor *out, struct why *why) {
    bool is_good = source.len < GROUP_SOURCE_MAX;
    for (size_t i = 0; i < source.len && is_good; i++)
        is_good = (source.ptr[i] >= 'a' && source.ptr[i] <= 'z') || source.ptr[i] == '_';
    if (!is_good) return why_set(why, ERR_INVALID, "source: must be up to 31 lower-case letters and _");
    if (source.len) out->source = arena_str(a, source).ptr;
    return ERR_OK;
}

static err fill_once(arena *a, str once, struct group_actor *out, struct why *why) {
    bool is_good = once.len < GROUP_ONCE_MAX;
    for (size_t i = 0; i < once.len && is_good; i++) is_good = once.ptr[i] && strchr("0123456789abcdef", once.ptr[i]);
    if (!is_good) return why_set(why, ERR_INVALID, "once: must be up to 32 hexadecimal digits");
    if (once.len) out->once = arena_str(a, once).ptr;
    return ERR_OK;
}

static err fill_actor(arena *a, const struct json *args, struct group_actor *out, struct why *why) {
    if (!group_by_from(json_text(args, "by"), &out->by) || out->by == BY_NONE)
        return why_set(why, ERR_INVALID, "by: must be user, api, timer or system");
    out->id = json_int(args, "by_id", 0);
    err e = fill_once(a, json_text(args, "once"), out, why);
    return e == ERR_OK ? fill_source(a, json_text(args, "source"), out, why) : e;
}

static err run_act(struct ports *ports, arena *a, const struct json *args, bool is_delete, struct why *why) {
    struct act_call call = {.act = {.alert_group_id = json_int(args, "group", 0),
                                    .silence_ms = json_int(args, "silence_ms", 0),
                                    .root_id = json_int(args, "root", 0),
                                    .note = json_text(args, "note"),
                                    .is_delete = is_delete}};
    err e = fill_actor(a, args, &call.act.actor, why);
    if (e != ERR_OK) return e;
    if (!is_delete && !group_verb_from(json_text(args, "verb"), &call.act.verb))
        return why_set(why, ERR_INVALID, "verb: '%.*s' is not one", STR_FMT(json_text(args, "verb")));
    act_init(&call.act, ports->engine);
    call.act.item.done = on_act_done;
    e = push_and_wait(ports, &call.act.item, &call.waiter);
    if (e != ERR_OK) why_set(why, e, "%s", *call.act.why.text ? call.act.why.text : err_text(e));
    return e;
}

// act {group, verb, by, by_id, source, once, silence_ms, root, note} → {}
static err port_act(struct ports *ports, arena *a, const struct json *args, buf *out, struct why *why) {
    buf_lit(out, "{}");
    return run_act(ports, a, args, false, why);
}

// delete_group {group, by, by_id, source} → {}
static err port_delete_group(struct ports *ports, arena *a, const struct json *args, buf *out, struct why *why) {
    buf_lit(out, "{}");
    return run_act(ports, a, args, true, why);
}

struct page_call_item {
    struct page_item page;
    struct waiter waiter;
};

static void on_page_done(struct commit_item *item, err result) {
    wait_done(&CONTAINER(CONTAINER(item, struct page_item, item), struct page_call_item, page)->waiter, result);
}

static err fill_people(arena *a, const struct json *args, struct page_item *p, struct why *why) {
    const struct json *users = json_items(args, "users", &p->count);
    const struct json *schedules = json_items(args, "schedules", &p->schedule_count);
    p->people = arena_alloc(a, (p->count + 1) * sizeof *p->people);
    p->schedules = arena_alloc(a, (p->schedule_count + 1) * sizeof *p->schedules);
    for (size_t i = 0; i < p->count; i++)
        p->people[i] = (struct page_person){.user_id = json_int(&users[i], "id", 0),
                                            .is_important = json_is_true(&users[i], "important")};
    for (size_t i = 0; i < p->schedule_count; i++)
        p->schedules[i] = (struct page_schedule){.schedule_id = json_int(&schedules[i], "id", 0),
                                                 .is_important = json_is_true(&schedules[i], "important")};
    p->team_id = json_int(args, "team", 0);
    p->is_team_important = json_is_true(args, "team_important");
    return fill_actor(a, args, &p->actor, why);
}

static err push_page(struct ports *ports, struct page_call_item *call, struct why *why) {
    page_item_init(&call->page, ports->engine);
    call->page.item.done = on_page_done;
    err e = push_and_wait(ports, &call->page.item, &call->waiter);
    if (e != ERR_OK) why_set(why, e, "%s", *call->page.why.text ? call->page.why.text : err_text(e));
    return e;
}

static err run_page(struct ports *ports, arena *a, const struct json *args, bool is_end, struct why *why) {
    struct page_call_item call = {.page = {.alert_group_id = json_int(args, "group", 0), .is_end = is_end}};
    err e = fill_people(a, args, &call.page, why);
    return e == ERR_OK ? push_page(ports, &call, why) : e;
}

// page {group, users: [{id, important}], schedules: [{id, important}], team, team_important, by, by_id} → {}
static err port_page(struct ports *ports, arena *a, const struct json *args, buf *out, struct why *why) {
    buf_lit(out, "{}");
    return run_page(ports, a, args, false, why);
}

// unpage {group, users: [{id}], by, by_id} → {}
static err port_unpage(struct ports *ports, arena *a, const struct json *args, buf *out, struct why *why) {
    buf_lit(out, "{}");
    return run_page(ports, a, args, true, why);
}

// An alert of the house itself: rendered in the slow lane, then stored in one commit with the calls of its people.
struct alert_call {
    struct slow_task slow;
    struct waiter rendered;
    struct ports *ports;
    const struct config_integration *integration;
    const struct json *json;
    arena *arena;
    struct accept_item alert;
    struct page_call_item call;
};

static void fall_back(struct alert_call *c, const char *reason) {
    struct signal *s = &c->alert.signal;
    renderer_fallback(c->integration, s->payload, reason, c->arena, s);
}

static void on_lane(struct slow_task *task, renderer *r) {
    struct alert_call *c = CONTAINER(task, struct alert_call, slow);
    struct signal *s = &c->alert.signal;
    struct why why = {"The server was stopping; stored without rendering."};
    unsigned flags = 0;
    err e = r ? renderer_prepare(r, c->integration, &flags, &why) : ERR_CLOSED;
    if (e == ERR_OK)
        e = renderer_signal(r, c->integration, c->json, s->received_at, 0, c->ports->fuel_slow, true, c->arena, s,
                            &why);
    if (e != ERR_OK) fall_back(c, why.text);
    wait_done(&c->rendered, ERR_OK);
}

static void render_alert(struct alert_call *c) {
    c->slow = (struct slow_task){.integration_id = c->integration->id, .count = 1, .run = on_lane};
    wait_open(&c->rendered);
    if (slow_lane_push(c->ports->slow_lane, &c->slow) != ERR_OK) {
        fall_back(c, "Too many alerts of this integration wait for the slow lane; stored without rendering.");
        wait_done(&c->rendered, ERR_OK);
    }
    while (!c->ports->is_threaded && !c->rendered.is_done) slow_lane_turn(c->ports->slow_lane);
    wait_for(&c->rendered, c->ports);
}

#define STALE_MAX 20 // renderings while the integration keeps changing

static err send_alert(struct alert_call *c, int64_t integration_id, struct why *why) {
    err e = ERR_STALE;
    for (int i = 0; i < STALE_MAX && e == ERR_STALE; i++) {
        const config *now = config_current(engine_config(c->ports->engine), NULL);
        c->integration = config_by_id(now, integration_id);
        if (c->integration) {
            render_alert(c);
            accept_init(&c->alert, c->ports->engine);
            c->call.page.alert = &c->alert;
            e = push_page(c->ports, &c->call, why);
        } else e = why_set(why, ERR_NOT_FOUND, "The integration is gone.");
        config_release(now);
    }
    return e == ERR_STALE ? ERR_BUSY : e;
}

// alert {integration, payload, users, schedules, team, team_important, is_demo, is_debug, by, by_id} → {group}
static err port_alert(struct ports *ports, arena *a, const struct json *args, buf *out, struct why *why) {
    struct alert_call c = {.ports = ports, .arena = a};
    struct json *payload = NULL;
    c.alert.signal.payload = json_text(args, "payload");
    c.alert.signal.received_at = env_now(ports->env);
    c.alert.signal.is_demo = json_is_true(args, "is_demo");
    c.alert.signal.is_debug = json_is_true(args, "is_debug");
    err e = fill_people(a, args, &c.call.page, why);
    if (e == ERR_OK) e = json_parse(a, c.alert.signal.payload, &payload, why);
    c.json = payload;
    if (e == ERR_OK) e = send_alert(&c, json_int(args, "integration", 0), why);
    if (e == ERR_OK) buf_printf(out, "{\"group\":%lld}", (long long)c.call.page.alert_group_id);
    return e;
}

struct write_call {
    struct write_item write;
    struct waiter waiter;
};

static void on_write_done(struct commit_item *item, err result) {
    wait_done(&CONTAINER(CONTAINER(item, struct write_item, item), struct write_call, write)->waiter, result);
}

static err read_arg(const struct json *v, size_t at, size_t statement, struct write_statement *st, struct why *why) {
    struct store_value *arg = &st->args[at];
    switch (v->type) {
    case JSON_NULL: *arg = SV_NULL; return ERR_OK;
    case JSON_FALSE: *arg = SV_INT(0); return ERR_OK;
    case JSON_TRUE: *arg = SV_INT(1); return ERR_OK;
    case JSON_INT: *arg = SV_INT(v->integer); return ERR_OK;
    case JSON_DOUBLE: *arg = (struct store_value){.type = STORE_REAL, .real = v->real}; return ERR_OK;
    case JSON_STRING: *arg = SV_TEXT(v->text); return ERR_OK;
    case JSON_OBJECT: {
        int64_t ref = json_int(v, "ref", 0);
        if (ref < 1 || (size_t)ref > statement) break;
        *arg = SV_NULL;
        st->refs[st->ref_count++] =
            (struct write_ref){.arg = at, .statement = (size_t)ref - 1, .column = json_text(v, "column")};
        return ERR_OK;
    }
    default: break;
    }
    return why_set(why, ERR_INVALID, "statement %zu, argument %zu: not a plain value", statement + 1, at + 1);
}

static err read_statement(arena *a, const struct json *v, size_t at, struct write_statement *st, struct why *why) {
    const struct json *args = json_get(v, STR("args"));
    str sql = json_text(v, "sql");
    size_t count = args && args->type == JSON_ARRAY ? args->count : 0;
    if (!sql.len) return why_set(why, ERR_INVALID, "statement %zu: sql is missing", at + 1);
    st->sql = arena_str(a, sql).ptr;
    st->args = arena_alloc(a, (count + 1) * sizeof *st->args);
    st->refs = arena_alloc(a, (count + 1) * sizeof *st->refs);
    st->nargs = count;
    st->expect = json_int(v, "expect", -1);
    err e = ERR_OK;
    for (size_t i = 0; i < count && e == ERR_OK; i++) e = read_arg(&args->items[i], i, at, st, why);
    return e;
}

static void put_rows(buf *out, const struct store_rows *rows) {
    buf_lit(out, "{\"rows\":[");
    for (size_t r = 0; r < rows->count; r++) {
        buf_str(out, r ? STR(",{") : STR("{"));
        for (size_t c = 0; c < rows->columns; c++) {
            const struct store_value *v = &rows->values[r * rows->columns + c];
            if (c) buf_char(out, ',');
            buf_json(out, str_of(rows->names[c]));
            buf_char(out, ':');
            if (v->type == STORE_INT) buf_int(out, v->integer);
            else if (v->type == STORE_REAL) buf_printf(out, "%.17g", v->real);
            else if (v->type == STORE_NULL) buf_lit(out, "null");
            else buf_json(out, v->text);
        }
        buf_char(out, '}');
    }
    buf_lit(out, "]}");
}

// write {statements: [{sql, args, expect}…], is_outbox (no configuration)} → {rows} of the last; all in one savepoint
static err port_write(struct ports *ports, arena *a, const struct json *args, buf *out, struct why *why) {
    const struct json *list = json_get(args, STR("statements"));
    if (!list || list->type != JSON_ARRAY || !list->count)
        return why_set(why, ERR_INVALID, "statements: must be a list");
    const struct json *is_outbox = json_get(args, STR("is_outbox"));
    struct write_call call = {
        .write = {.count = list->count, .arena = a, .is_outbox = is_outbox && is_outbox->type == JSON_TRUE}};
    call.write.statements = arena_alloc(a, list->count * sizeof *call.write.statements);
    err e = ERR_OK;
    for (uint32_t i = 0; i < list->count && e == ERR_OK; i++)
        e = read_statement(a, &list->items[i], i, &call.write.statements[i], why);
    if (e != ERR_OK) return e;
    write_init(&call.write, ports->engine);
    call.write.item.done = on_write_done;
    e = push_and_wait(ports, &call.write.item, &call.waiter);
    if (e == ERR_OK) put_rows(out, &call.write.results[list->count - 1]);
    else why_set(why, e, "%s", *call.write.why.text ? call.write.why.text : err_text(e));
    return e;
}

// attempt {keys: [{key, burst, every_ms}], give_back, forget or forget_all: true} → {wait}: seconds until there is room, 0: counted
static err port_attempt(struct ports *ports, arena *a, const struct json *args, buf *out, struct why *why) {
    (void)a;
    return attempts_port(ports->attempts, env_elapsed(ports->env), args, out, why);
}

// capture {integration: its row id, after} → {requests: […]}: those that came in since; asks for more to be kept
static err port_capture(struct ports *ports, arena *a, const struct json *args, buf *out, struct why *why) {
    (void)a;
    return captures_port(ports->is_threaded ? engine_captures(ports->engine) : NULL, env_now(ports->env), args, out,
                         why);
}

// fetch {method, url, headers: [[name, value]], body, timeout_ms, keep, is_guarded} → {status, body} or {failure}
static err port_fetch(struct ports *ports, arena *a, const struct json *args, buf *out, struct why *why) {
    return fetches_port(ports->is_threaded ? ports->fetches : NULL, a, args, out, why);
}

// settings {names: […]} → {name: value}; {is_all: true} → a list with defaults and what they are
static err port_settings(struct ports *ports, arena *a, const struct json *args, buf *out, struct why *why) {
    (void)a;
    return settings_port(ports->settings, args, out, why);
}

// log {level, message} → {}
static err port_log(struct ports *ports, arena *a, const struct json *args, buf *out, struct why *why) {
    (void)a;
    (void)why;
    enum log_level level = str_is(json_text(args, "level"), STR("error")) ? LOG_ERROR : LOG_WARN;
    LOG(ports->log, level, "lua", LOG_S("message", json_text(args, "message")));
    buf_lit(out, "{}");
    return ERR_OK;
}

// throttle {token} → {wait}: seconds until this token may ask again, 0: now
static err port_throttle(struct ports *ports, arena *a, const struct json *args, buf *out, struct why *why) {
    (void)a;
    (void)why;
    int64_t wait = throttle_take(ports->throttle, json_int(args, "token", 0), env_elapsed(ports->env));
    buf_printf(out, "{\"wait\":%lld}", (long long)wait);
    return ERR_OK;
}

#define TURNS_OF_A_LOOK 20 // where no thread takes the turns

// backtest {start: text, lease_ms} or {id} or {id, stop: true} → as backtests_look tells it. {id, wait_ms, state, done}: once it is
// not as it was told, or when the time is over
static err port_backtest(struct ports *ports, arena *a, const struct json *args, buf *out, struct why *why) {
    (void)a;
    backtests *b = ports->backtests;
    int64_t id = json_int(args, "id", 0);
    str request = json_text(args, "start");
    err e = ERR_OK;
    if (request.len) e = backtests_push(b, request, json_int(args, "lease_ms", 0), &id);
    else if (json_is_true(args, "stop")) e = backtests_end(b, id);
    for (int i = 0; !ports->is_threaded && i < TURNS_OF_A_LOOK; i++) backtests_turn(b);
    if (ports->is_threaded)
        backtests_wait(b, id, json_text(args, "state"), json_int(args, "done", 0), json_int(args, "wait_ms", 0));
    if (e == ERR_OK) e = backtests_look(b, id, out);
    return e == ERR_OK
               ? e
               : why_set(why, e, e == ERR_FULL ? "Too many backtests are waiting." : "There is no such backtest.");
}

// events {} → {from}: what is published from now on is kept until who asked listens
static err port_events(struct ports *ports, arena *a, const struct json *args, buf *out, struct why *why) {
    (void)a;
    (void)args;
    (void)why;
    buf_printf(out, "{\"from\":%lld}", ports->events ? (long long)events_expect(ports->events) : 0LL);
    return ERR_OK;
}

struct status_call {
    struct delivery_status_item status;
    struct waiter waiter;
};

static void on_status_done(struct commit_item *item, err result) {
    wait_done(&CONTAINER(CONTAINER(item, struct delivery_status_item, item), struct status_call, status)->waiter,
              result);
}

// delivery_status {delivery, from, state, whole, error, external_id} → {}: what a provider told of a message later
static err port_delivery_status(struct ports *ports, arena *a, const struct json *args, buf *out, struct why *why) {
    struct status_call call = {.status = {.delivery_id = json_int(args, "delivery", 0),
                                          .from = json_text(args, "from"),
                                          .state = json_text(args, "state"),
                                          .whole = json_text(args, "whole"),
                                          .error = json_text(args, "error"),
                                          .external_id = json_text(args, "external_id"),
                                          .arena = a}};
    delivery_status_init(&call.status, ports->engine);
    call.status.item.done = on_status_done;
    err e = push_and_wait(ports, &call.status.item, &call.waiter);
    buf_lit(out, "{}");
    return e == ERR_OK ? e : why_set(why, e, "%s", err_text(e));
}

struct maintenance_call {
    struct maintenance_item maintenance;
    struct waiter waiter;
};

static void on_maintenance_done(struct commit_item *item, err result) {
    struct maintenance_item *m = CONTAINER(item, struct maintenance_item, item);
    wait_done(&CONTAINER(m, struct maintenance_call, maintenance)->waiter, result);
}

// maintenance {window, stop, by, by_id, source} → {}: starts and ends what is due of it; with `stop` ends what runs
static err port_maintenance(struct ports *ports, arena *a, const struct json *args, buf *out, struct why *why) {
    struct maintenance_call call = {
        .maintenance = {.window_id = json_int(args, "window", 0), .is_stop = json_is_true(args, "stop")}};
    err e = fill_actor(a, args, &call.maintenance.actor, why);
    if (e != ERR_OK) return e;
    maintenance_item_init(&call.maintenance, ports->engine);
    call.maintenance.item.done = on_maintenance_done;
    e = push_and_wait(ports, &call.maintenance.item, &call.waiter);
    buf_lit(out, "{}");
    if (e != ERR_OK) why_set(why, e, "%s", *call.maintenance.why.text ? call.maintenance.why.text : err_text(e));
    return e;
}

// source {integration} → what is known of it since the start (source_facts.h)
static err port_source(struct ports *ports, arena *a, const struct json *args, buf *out, struct why *why) {
    (void)a;
    (void)why;
    const config *now = config_current(engine_config(ports->engine), NULL);
    source_facts(config_by_id(now, json_int(args, "integration", 0)), ports->env, out);
    config_release(now);
    return ERR_OK;
}

static const struct {
    const char *name;
    err (*call)(struct ports *ports, arena *a, const struct json *args, buf *out, struct why *why);
} list[] = {
    {"act", port_act},
    {"alert", port_alert},
    {"attempt", port_attempt},
    {"backtest", port_backtest},
    {"delete_group", port_delete_group},
    {"delivery_status", port_delivery_status},
    {"events", port_events},
    {"capture", port_capture},
    {"fetch", port_fetch},
    {"log", port_log},
    {"maintenance", port_maintenance},
    {"page", port_page},
    {"settings", port_settings},
    {"source", port_source},
    {"throttle", port_throttle},
    {"unpage", port_unpage},
    {"write", port_write},
};

static void note(buf *notes, str name, str json) {
    buf_char(notes, '[');
    buf_json(notes, name);
    buf_char(notes, ',');
    buf_str(notes, json);
    buf_lit(notes, "],");
}

err ports_call(void *ctx, str name, str json, buf *out, struct why *why) {
    arena *a = arena_new();
    struct json *args;
    err e = json_parse(a, json, &args, why);
    if (e == ERR_OK) {
        e = why_set(why, ERR_NOT_FOUND, "the core has no port '%.*s'", STR_FMT(name));
        for (size_t i = 0; i < sizeof list / sizeof *list; i++)
            if (str_is(name, str_of(list[i].name))) e = list[i].call(ctx, a, args, out, why);
    }
    struct ports *ports = ctx;
    if (e == ERR_OK && ports->notes) note(ports->notes, name, json);
    arena_free(a);
    return e;
}
