// Makes the pager with all that works on its thread: outbox, calendars, the looks at schedules, chores, heartbeats.
#include "app.h"

static void on_pager_open(void *ctx, struct uv_loop_s *loop) {
    struct app *app = ctx;
    struct why why = {""};
    err e = courier_open(app->courier, loop, &why);
    if (e != ERR_OK) LOG(app->log, LOG_ERROR, "courier_not_opened", LOG_Z("error", why.text));
    CHECK(e == ERR_OK); // its settings were checked before
}

static void on_pager_close(void *ctx) {
    struct app *app = ctx;
    courier_close(app->courier);
}

static err open_outbox(struct app *app, struct outbox_sender sender, store *reader, outbox **out, struct why *why) {
    struct script_options own = app_script_options(app);
    own.store = reader;
    struct outbox_options o = {.engine = app->engine,
                               .reader = reader,
                               .script = script_new(&own, why),
                               .sender = sender,
                               .env = app->env,
                               .log = app->log,
                               .public_url = app->settings.public_url,
                               .has_room_links = app->settings.room_links,
                               .phone_limit = app->settings.daily_phone_limit,
                               .email_limit = app->settings.daily_email_limit,
                               .wake = app_on_jobs,
                               .wake_ctx = app};
    if (!o.script) return ERR_SCRIPT;
    *out = outbox_new(&o);
    return ERR_OK;
}

static err push_aside(void *ctx, struct aside *a) {
    struct app *app = ctx;
    struct aside_door door = workers_aside(app->workers);
    return door.push(door.ctx, a);
}

static calendars *open_calendars(struct app *app, struct outbox_sender sender, store *reader) {
    return calendars_new(&(struct calendars_options){.engine = app->engine,
                                                     .reader = reader,
                                                     .sender = sender,
                                                     .door = {.ctx = app, .push = push_aside},
                                                     .env = app->env,
                                                     .log = app->log,
                                                     .refresh_us = app->settings.calendar_refresh * 1000000,
                                                     .wake = app_on_jobs,
                                                     .wake_ctx = app});
}

static watch *open_watch(struct app *app) {
    return watch_new(&(struct watch_options){.engine = app->engine,
                                             .door = {.ctx = app, .push = push_aside},
                                             .env = app->env,
                                             .log = app->log,
                                             .wake = app_on_jobs,
                                             .wake_ctx = app});
}

static chores *open_chores(struct app *app, struct outbox_sender sender) {
    return chores_new(&(struct chores_options){.engine = app->engine,
                                               .sender = sender,
                                               .door = {.ctx = app, .push = push_aside},
                                               .env = app->env,
                                               .log = app->log,
                                               .refresh_us = app->settings.provider_refresh * 1000000,
                                               .wake = app_on_jobs,
                                               .wake_ctx = app});
}

static fetches *open_fetches(struct app *app, struct outbox_sender sender) {
    int count = (int)app->settings.api_workers;
    return fetches_new(&(struct fetches_options){
        .sender = sender, .at_once = count > 1 ? count / 2 : 1, .wake = app_on_jobs, .wake_ctx = app});
}

static heartbeats *open_heartbeats(struct app *app) {
    return heartbeats_new(&(struct heartbeats_options){.engine = app->engine,
                                                       .slow_lane = app->slow_lane,
                                                       .env = app->env,
                                                       .log = app->log,
                                                       .fuel_slow = app->settings.fuel_slow,
                                                       .wake = app_on_jobs,
                                                       .wake_ctx = app});
}

static pulse *open_pulse(struct app *app, struct outbox_sender sender, store *reader) {
    return pulse_new(&(struct pulse_options){.engine = app->engine,
                                             .reader = reader,
                                             .sender = sender,
                                             .env = app->env,
                                             .log = app->log,
                                             .url = app->settings.outbound_heartbeat_url,
                                             .every_us = app->settings.outbound_heartbeat_interval * 1000000,
                                             .delivers = app->settings.deliver,
                                             .loops = app->loop_boxes,
                                             .wake = app_on_jobs,
                                             .wake_ctx = app});
}

err app_open_pager(struct app *app, const struct app_options *options, struct why *why) {
    struct store_options reading = {.dir = app->settings.data, .mode = STORE_READ, .env = app->env, .log = app->log};
    struct pager_options o = {.engine = app->engine, .env = app->env, .log = app->log, .ctx = app};
    struct outbox_sender sender = options->sender;
    err e = store_open(&reading, &o.reader, why);
    if (e == ERR_OK && options->has_sockets && !sender.send) {
        e = courier_new(&app->settings, app->env, &app->courier, why);
        if (e == ERR_OK) {
            sender = courier_sender(app->courier);
            o.on_open = on_pager_open;
            o.on_close = on_pager_close;
        }
    }
    bool has_sender = sender.send || sender.is_rehearsal;
    if (e == ERR_OK && app->settings.deliver && has_sender) e = open_outbox(app, sender, o.reader, &o.outbox, why);
    if (e == ERR_OK && sender.send && !sender.is_rehearsal) {
        o.calendars = open_calendars(app, sender, o.reader);
        o.watch = open_watch(app);
        if (*app->settings.outbound_heartbeat_url) o.pulse = open_pulse(app, sender, o.reader);
        if (app->settings.deliver && app->settings.provider_refresh) o.chores = open_chores(app, sender);
    }
    if (e == ERR_OK && app->courier) app->ports.fetches = o.fetches = open_fetches(app, sender);
    if (e == ERR_OK && !options->is_command && !sender.is_rehearsal) o.beats = open_heartbeats(app);
    if (e != ERR_OK) store_close(o.reader);
    else app->pager = pager_new(&o);
    return e;
}
