#include "app.h"
#include "base/mem.h"
#include "engine/clock_step.h"
#include "engine/fault.h"
#include "engine/preview.h"
#include "engine/schedule_json.h"
#include "script/fuel.h"
#include "text/mime.h"
#include <unistd.h>

#define PASSWORDS_AT_ONCE 4 // of 64 MiB each

// A loop without a socket.
struct local {
    struct mailbox box;
    intake *intake;
    size_t in_flight; // requests that are not answered
};

struct local_exchange {
    struct http_exchange x;
    arena *arena; // where the answer is copied to
    struct http_response *out;
};

struct script_options app_script_options(struct app *app) {
    const struct settings *s = &app->settings;
    return (struct script_options){
        .lua_dir = *s->lua ? s->lua : NULL,
        .integrations_dir = *s->integrations ? s->integrations : NULL,
        .own_files = app_files_own(app->files),
        .limits = {.template = s->template_limit,
                   .rendering = s->rendering_limit,
                   .title = s->title_limit,
                   .labels = s->label_limit},
        .ids = store_ids(app->store),
        .seal = app->seal,
        .password = app->password,
        .ports = {.ctx = &app->ports, .call = ports_call},
        .schedule = schedule_answer,
        .preview = {.group = preview_group, .chain = preview_chain, .users = preview_users},
        .log = app->log,
    };
}

void app_on_jobs(void *ctx) {
    struct app *app = ctx;
    if (app->pager) pager_wake(app->pager);
}

static void on_news(void *ctx, const struct engine_news *news) {
    struct app *app = ctx;
    if (!app->events) return;
    if (news->has_writes) events_written(app->events);
    events_changed(app->events, news->groups);
}

static err open_local(struct app *app, struct why *why) {
    app->local = NEW(struct local);
    mailbox_open(&app->local->box, NULL, NULL);
    app->local->intake = app_new_intake(app, 0, why);
    return app->local->intake ? ERR_OK : ERR_SCRIPT;
}

static void open_events(struct app *app) {
    int64_t half = app->settings.connections / 2;
    struct events_options options = {.data = app->settings.data,
                                     .read_timeout_ms = (int)app->settings.read_timeout,
                                     .script = app_script_options(app),
                                     .backtests = &app->backtests,
                                     .loops = app->loop_boxes,
                                     .loop_count = PULSE_LOOPS_MAX,
                                     .listeners_max =
                                         (int)(app->settings.listeners < half ? app->settings.listeners : half),
                                     .env = app->env,
                                     .log = app->log};
    app->ports.events = app->events = events_new(&options);
}

// Those who answer the API may open a core of their own, to try a configuration out on a copy.
static struct script_options worker_script(struct app *app) {
    struct script_options own = app_script_options(app);
    own.engine_ops = app->rehearsals;
    return own;
}

static err open_workers(struct app *app, struct why *why) {
    err e = address_guard_parse(str_of(app->settings.trusted_proxies), &app->proxies, why);
    if (e != ERR_OK) return e;
    struct workers_options options = {.count = (int)app->settings.api_workers,
                                      .data = app->settings.data,
                                      .public_url = app->settings.public_url,
                                      .path_prefix = app->settings.path_prefix,
                                      .header_sign_in = app->settings.header_sign_in,
                                      .proxies = &app->proxies,
                                      .headers.origins = str_of(app->settings.cors_origins),
                                      .read_timeout_ms = (int)app->settings.read_timeout,
                                      .script = worker_script(app),
                                      .stream = {.ctx = app->events, .open = events_listen},
                                      .env = app->env,
                                      .log = app->log};
    app->workers = workers_new(&options, why);
    return app->workers ? ERR_OK : ERR_SCRIPT;
}

static void open_backtests(struct app *app) {
    struct backtests_options options = {.data = app->settings.data,
                                        .read_timeout_ms = (int)app->settings.read_timeout,
                                        .script = app_script_options(app),
                                        .alerts = &engine_counters(app->engine)->alerts,
                                        .on_progress = events_run_changed,
                                        .ctx = app->events,
                                        .env = app->env,
                                        .log = app->log};
    app->ports.backtests = app->backtests = backtests_new(&options);
}

static err open_engine(struct app *app, struct why *why) {
    struct engine_options options = {.writer = app->store,
                                     .env = app->env,
                                     .log = app->log,
                                     .max_waiting = (size_t)app->settings.commit_waiting,
                                     .max_waiting_bytes = (size_t)app->settings.commit_waiting_bytes,
                                     .has_room_links = app->settings.room_links,
                                     .is_note_required = app->settings.resolution_note_required,
                                     .metrics_label = app->settings.metrics_label,
                                     .reminder = {.remind_ms = app->settings.acknowledge_remind * 1000,
                                                  .unacknowledge_ms = app->settings.unacknowledge_after * 1000},
                                     .on_jobs = app_on_jobs,
                                     .on_news = on_news,
                                     .ctx = app};
    app->engine = engine_new(&options, why);
    app->ports = (struct ports){.engine = app->engine,
                                .env = app->env,
                                .log = app->log,
                                .settings = &app->settings,
                                .throttle = throttle_new(app->settings.api_rate_limit),
                                .attempts = attempts_new()};
    if (app->engine) clock_step_at_start(app->engine);
    return app->engine ? ERR_OK : ERR_CORRUPT;
}

static err open_slow_lane(struct app *app, struct why *why) {
    struct script_options own = app_script_options(app);
    app->slow_lane = slow_lane_new(&own, (size_t)app->settings.slow_lane_waiting, app->log, why);
    app->ports.slow_lane = app->slow_lane;
    app->ports.fuel_slow = app->settings.fuel_slow;
    return app->slow_lane ? ERR_OK : ERR_SCRIPT;
}

static err open_store(struct app *app, struct why *why) {
    struct store_options options = {.dir = app->settings.data, .mode = STORE_WRITE, .env = app->env, .log = app->log};
    return store_open(&options, &app->store, why);
}

static void log_faults(struct app *app, int64_t now) {
    const struct crash_faults *f = app->crashed.faults;
    for (size_t i = 0; f && i < CRASH_SLOTS; i++)
        if (f->of[i].at == now)
            LOG(app->log, LOG_ERROR, "broke_by_a_request", LOG_N("integration", f->of[i].id),
                LOG_N("crashes", f->of[i].count),
                LOG_Z("what",
                      "The process broke while it read or rendered a request of this integration. For a day such "
                      "requests are stored as they come."),
                LOG_Z("do", "Please report the payload when it comes again, and the templates of the integration."));
}

static err put_setting(struct app *app, const char *name, str value, struct why *why) {
    arena *a = arena_new();
    struct store_rows none = {0};
    struct store_value args[] = {SV_TEXT(str_of(name)), SV_TEXT(value)};
    err e = store_run(app->store, a,
                      "INSERT INTO setting(name, value) VALUES ($1, $2) "
                      "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                      args, 2, 0, &none, why);
    arena_free(a);
    return e;
}

// The trigger that thins the trail of changes out reads it (schema/0014_rights.sql).
static err note_audit_days(struct app *app, struct why *why) {
    char days[24];
    snprintf(days, sizeof days, "%lld", (long long)app->settings.audit_days);
    return put_setting(app, "audit_days", str_of(days), why);
}

// What the database remembers of the key; and remembers it, the first time and after a new key.
static err open_seal(struct app *app, struct why *why) {
    arena *a = arena_new();
    struct store_rows rows = {0};
    char mark[SEAL_MARK_MAX];
    err e = store_run(app->store, a, "SELECT value FROM setting WHERE name = 'seal_mark'", NULL, 0, 1, &rows, why);
    str known = e == ERR_OK && rows.count ? arena_str(a, rows.values[0].text) : STR("");
    if (e == ERR_OK) e = seal_open(app->settings.data, known.ptr, &app->seal, why);
    if (e == ERR_OK) {
        seal_mark(app->seal, mark);
        if (!str_is(known, str_of(mark))) e = put_setting(app, "seal_mark", str_of(mark), why);
    }
    arena_free(a);
    return e;
}

static void log_crashed(struct app *app) {
    const struct crash_set *set = &app->crashed;
    for (size_t i = 0; i < set->count; i++)
        if (!set->raw_left[i]) LOG(app->log, LOG_INFO, "starts_in_slow_lane", LOG_N("integration", set->ids[i]));
        else
            LOG(app->log, LOG_ERROR, "starts_without_rendering", LOG_N("integration", set->ids[i]),
                LOG_N("crashes", (int64_t)set->crashes[i]), LOG_N("requests", set->raw_left[i]),
                LOG_Z("what",
                      "The process died again while it read or rendered what this integration was sent: its next "
                      "requests are stored as they come, then the slow lane is tried again."),
                LOG_Z("do", "Please report the payload of those alerts, and the templates of the integration."));
}

static void open_crash_marker(struct app *app, const struct app_options *options) {
    if (options->is_command) return;
    int64_t now = env_now(app->env);
    app->crash_marker = crash_marker_open(app->settings.data, now, &app->crashed);
    log_crashed(app);
    log_faults(app, now);
    if (options->has_sockets) fault_catch();
}

// A file of one's own that is not right is named at the start, not when its first alert comes.
static void log_broken_files(struct app *app) {
    const struct settings *s = &app->settings;
    if (!*s->integrations && !*s->lua) return;
    struct script_options options = app_script_options(app);
    struct script_value lines = {0};
    struct why why = {""};
    arena *a = arena_new();
    script *own = script_new(&options, &why);
    struct script_budget budget = {.fuel = FUEL_SLOW * 100};
    err e = own ? script_call(own, "integration", "problems", NULL, 0, budget, a, &lines, 1, &why) : ERR_SCRIPT;
    str rest = e == ERR_OK && lines.type == SCRIPT_STR ? lines.text : str_of(why.text), line;
    while (rest.len && str_split(&rest, '\n', &line))
        LOG(app->log, LOG_ERROR, "integration_file_broken",
            LOG_Z("folder", *s->integrations ? s->integrations : s->lua), LOG_S("error", line),
            LOG_Z("do", "`tocsin check` with this file shows what is wrong."));
    script_free(own);
    arena_free(a);
}

// What requests go to; the last step, when every part is there.
static void open_front(struct app *app) {
    app->front = (struct front){.workers = app->workers,
                                .headers.origins = str_of(app->settings.cors_origins),
                                .path_prefix = str_of(app->settings.path_prefix),
                                .store = app->store,
                                .metrics = {.env = app->env,
                                            .engine = app->engine,
                                            .slow_lane = app->slow_lane,
                                            .store = app->store,
                                            .password = app->password,
                                            .log = app->log,
                                            .http = app->http,
                                            .smtp = app->smtp,
                                            .events = app->events},
                                .has_metrics = app->settings.metrics};
}

// The start order: each part needs those above it.
err app_new(const struct app_options *options, struct app **out, struct why *why) {
    struct app *app = NEW(struct app);
    mime_start();
    app->settings = options->settings;
    app->rehearsals = options->rehearsals;
    app->log = options->log;
    app->env = env_new(options->world);
    app->password = password_new(PASSWORDS_AT_ONCE);
    if (options->has_sockets) app->files = app_files_open(app);
    err e = open_store(app, why);
    if (e == ERR_OK) e = open_seal(app, why);
    if (e == ERR_OK && !options->is_command) e = note_audit_days(app, why);
    if (e == ERR_OK) open_crash_marker(app, options);
    if (e == ERR_OK) e = open_engine(app, why);
    if (e == ERR_OK) e = open_slow_lane(app, why);
    if (e == ERR_OK) e = app_open_pager(app, options, why);
    if (e == ERR_OK) open_events(app);
    if (e == ERR_OK) e = open_workers(app, why);
    if (e == ERR_OK) e = options->has_sockets ? app_open_http(app, why) : open_local(app, why);
    if (e == ERR_OK && options->has_sockets) e = app_open_smtp(app, why);
    if (e == ERR_OK) {
        open_backtests(app);
        if (!options->is_command) log_broken_files(app);
        open_front(app);
        *out = app;
    } else app_free(app);
    return e;
}

void app_start(struct app *app) {
    app->is_threaded = app->ports.is_threaded = true;
    commit_start(engine_commit(app->engine));
    slow_lane_start(app->slow_lane);
    pager_start(app->pager);
    workers_start(app->workers);
    events_start(app->events);
    backtests_start(app->backtests);
    app_files_start(app->files);
    if (app->http) http_server_start(app->http);
    if (app->smtp) smtp_server_start(app->smtp);
}

static bool is_idle(struct app *app) {
    return http_server_is_idle(app->http) && (!app->smtp || smtp_server_is_idle(app->smtp));
}

// The stop order: the doors first, then what works on what came through them, the disk last.
void app_stop(struct app *app) {
    if (!app->is_threaded) return;
    if (app->http) {
        http_server_stop_accepting(app->http);
        if (app->smtp) smtp_server_stop_accepting(app->smtp);
        // A started request may still send its body; what was accepted is answered within 4 s, if need be as it came.
        for (int i = 0; i < 400 && !is_idle(app); i++) {
            if (i == 200) slow_lane_hurry(app->slow_lane);
            usleep(10000);
        }
    }
    app_files_stop(app->files);
    slow_lane_stop(app->slow_lane);
    workers_stop(app->workers);
    backtests_stop(app->backtests);
    events_stop(app->events);
    pager_stop(app->pager);
    commit_stop(engine_commit(app->engine));
    app->is_threaded = app->ports.is_threaded = false;
}

void app_free(struct app *app) {
    if (!app) return;
    if (app->http) http_server_free(app->http);
    smtp_server_free(app->smtp);
    if (app->local) {
        intake_free(app->local->intake);
        mailbox_close(&app->local->box);
        mem_free(app->local);
    }
    workers_free(app->workers);
    backtests_free(app->backtests);
    pager_free(app->pager);
    courier_free(app->courier);
    slow_lane_free(app->slow_lane);
    events_free(app->events);
    engine_free(app->engine);
    throttle_free(app->ports.throttle);
    attempts_free(app->ports.attempts);
    crash_marker_close(app->crash_marker);
    app_files_free(app->files);
    seal_free(app->seal);
    password_free(app->password);
    store_close(app->store);
    env_free(app->env);
    mem_free(app);
}

static bool turn_local(struct app *app) {
    struct mail *list = app->local ? mailbox_take(&app->local->box) : NULL;
    for (struct mail *m = list, *next; m; m = next) {
        next = m->next;
        app_on_mail(app, app->local->intake, m);
    }
    return list != NULL;
}

static bool turn_part(struct app *app, int part) {
    switch (part) {
    case 0: return turn_local(app);
    case 1: return workers_turn(app->workers);
    case 2: return slow_lane_turn(app->slow_lane);
    case 3: return commit_turn(engine_commit(app->engine)) > 0;
    case 4: return backtests_turn(app->backtests);
    default: return pager_turn(app->pager) == 0 || !pager_is_idle(app->pager);
    }
}

bool app_turn(struct app *app) {
    enum { PARTS = 6 };
    unsigned char start;
    bool did = false;
    env_random(app->env, &start, 1);
    for (int i = 0; i < PARTS; i++) did |= turn_part(app, (start + i) % PARTS);
    return did;
}

static void local_reply(struct http_exchange *x, const struct http_response *r) {
    struct local_exchange *own = CONTAINER(x, struct local_exchange, x);
    struct local *l = x->loop_ctx;
    *own->out = (struct http_response){.status = r->status,
                                       .content_type = arena_str(own->arena, r->content_type),
                                       .extra_headers = arena_str(own->arena, r->extra_headers),
                                       .body = arena_str(own->arena, r->body)};
    l->in_flight--;
    arena_free(x->arena);
}

// Without a socket nobody listens for long: what an answer begins with is all of it.
static bool local_begin(struct http_exchange *x, const struct http_response *head, str keep_alive) {
    (void)keep_alive;
    x->reply(x, head);
    return false;
}

static const struct http_streaming local_streaming = {.begin = local_begin};

static void start_request(struct app *app, arena *a, const struct http_request *request, struct http_response *out) {
    struct local *l = app->local;
    arena *own = arena_new();
    struct local_exchange *e = arena_alloc(own, sizeof *e);
    e->x = (struct http_exchange){.request = *request,
                                  .arena = own,
                                  .reply = local_reply,
                                  .owner = &l->box,
                                  .loop_ctx = l,
                                  .streaming = &local_streaming};
    e->x.request.received_at = env_now(app->env);
    e->arena = a;
    e->out = out;
    l->in_flight++;
    front_request(&app->front, l->intake, &e->x);
}

void app_requests(struct app *app, arena *a, const struct http_request *requests, struct http_response *out,
                  size_t count) {
    for (size_t i = 0; i < count; i++) {
        unsigned char turns;
        env_random(app->env, &turns, 1);
        start_request(app, a, &requests[i], &out[i]);
        if (count > 1 && turns % 4 == 0) app_turn(app);
    }
    while (app->local->in_flight) CHECK(app_turn(app));
    while (app_turn(app)) continue;
}

void app_advance(struct app *app, int64_t us) {
    int64_t left = us;
    while (app_turn(app)) continue;
    while (left > 0) {
        int64_t due = pager_turn(app->pager);
        int64_t step = due > 0 && due < left ? due : left;
        env_advance(app->env, step);
        left -= step;
        while (app_turn(app)) continue;
    }
}
