// The HTTP server of the app: its loops with an intake each, and the listener's certificate.
#include "app.h"
#include <unistd.h>

intake *app_new_intake(struct app *app, size_t loop, struct why *why) {
    struct intake_options options = {
        .engine = app->engine,
        .env = app->env,
        .log = app->log,
        .script = app_script_options(app),
        .slow_lane = app->slow_lane,
        .seal = app->seal,
        .workers = workers_aside(app->workers),
        .json_depth = (int)app->settings.json_depth,
        .fuel_inline = app->settings.fuel_inline,
        .fuel_slow = app->settings.fuel_slow,
        .crash_marker = crash_marker_slot(app->crash_marker, loop),
        .slow_marker = crash_marker_slot(app->crash_marker, CRASH_SLOTS - 1),
        .crashed = &app->crashed,
    };
    return intake_new(&options, why);
}

static void *on_loop_open(void *ctx, int loop, struct mailbox *mailbox) {
    struct app *app = ctx;
    struct why why = {""};
    intake *in = app_new_intake(app, (size_t)loop, &why);
    if (loop < PULSE_LOOPS_MAX) __atomic_store_n(&app->loop_boxes[loop], mailbox, __ATOMIC_RELEASE);
    if (!in) {
        LOG(app->log, LOG_ERROR, "loop_not_opened", LOG_Z("error", why.text));
    }
    CHECK(in); // the same modules were loaded once at the start
    return in;
}

static void on_loop_close(void *ctx, void *loop_ctx) {
    (void)ctx;
    intake_free(loop_ctx);
}

static void on_request(void *ctx, struct http_exchange *x) {
    struct app *app = ctx;
    front_request(&app->front, x->loop_ctx, x);
}

void app_on_mail(void *ctx, void *loop_ctx, struct mail *mail) {
    (void)ctx;
    (void)loop_ctx;
    struct http_exchange *x = CONTAINER(mail, struct http_exchange, mail);
    x->resume(x);
}
static int loop_count(const struct settings *s) {
    if (s->workers) return (int)s->workers;
    return sysconf(_SC_NPROCESSORS_ONLN) > 1 ? 2 : 1;
}

static void log_certificate(struct app *app) {
    int64_t ends_at = http_server_certificate_ends_at(app->http), left = ends_at - env_now(app->env);
    if (!ends_at) return;
    LOG(app->log, left > 0 ? LOG_INFO : LOG_WARN, left > 0 ? "certificate_read" : "certificate_expired",
        LOG_Z("file", app->settings.tls_certificate), LOG_N("days_left", left / INT64_C(86400000000)));
}

void app_reload(struct app *app) {
    struct why why = {""};
    if (!app->http) return;
    err e = http_server_reload(app->http, &why);
    if (e == ERR_OK && app->smtp) e = smtp_server_reload(app->smtp, &why);
    if (e == ERR_OK) log_certificate(app);
    else
        LOG(app->log, LOG_ERROR, "certificate_not_read", LOG_Z("error", why.text),
            LOG_Z("what", "The listener goes on with the certificate that it has."));
}

err app_open_http(struct app *app, struct why *why) {
    const struct settings *s = &app->settings;
    struct http_server_options options = {
        .listen = s->listen,
        .certificate_file = s->tls_certificate,
        .key_file = s->tls_key,
        .loops = loop_count(s),
        .limits = {.body_bytes = (size_t)s->body_limit,
                   .header_bytes = (size_t)s->header_limit,
                   .header_count = (size_t)s->header_count,
                   .target_bytes = 8192,
                   .header_ms = (int)s->header_timeout,
                   .body_ms = (int)s->body_timeout,
                   .idle_ms = (int)s->idle_timeout,
                   .bodies_in_flight = (size_t)s->bodies_limit,
                   .connections = (int)s->connections},
        .env = app->env,
        .log = app->log,
        .ctx = app,
        .on_loop_open = on_loop_open,
        .on_loop_close = on_loop_close,
        .on_request = on_request,
        .on_mail = app_on_mail,
    };
    err e = http_server_new(&options, &app->http, why);
    if (e == ERR_OK) log_certificate(app);
    return e;
}
