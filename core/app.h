// The one struct that owns every part of the server; its start order and stop order stand in app.c, on a screen each.
//
// Two ways to run: app_start gives every part its thread; without it app_turn runs them one after the other in a
// seeded order, for specs, `tocsin check` and simulation. Threads: all functions on the controlling thread.
#pragma once
#include "backtests.h"
#include "base/password.h"
#include "base/seal.h"
#include "courier.h"
#include "engine/crash_marker.h"
#include "engine/pager.h"
#include "events.h"
#include "front.h"
#include "net/smtp_server.h"
#include "ports.h"
#include "settings.h"

struct app {
    struct settings settings;
    const struct engine_ops *rehearsals;
    env *env;
    log_t *log;
    store *store; // the writing connection
    seal *seal;   // the keys of stored secrets
    password *password;
    struct file_watch *files; // NULL without sockets, or without a folder of integration files
    crash_marker *crash_marker;
    struct crash_set crashed;
    engine *engine;
    courier *courier; // NULL without sockets
    pager *pager;
    slow_lane *slow_lane;
    struct ports ports;
    workers *workers;
    backtests *backtests;
    events *events;
    http_server *http;                           // NULL without sockets
    smtp_server *smtp;                           // NULL: takes no mails
    struct mailbox *loop_boxes[PULSE_LOOPS_MAX]; // of its loops
    struct front front;
    struct address_guard proxies; // that are believed
    struct local *local;          // the socketless loop of turn mode
    bool is_threaded;
};

struct app_options {
    struct settings settings;
    const struct env_virtual *world; // NULL: the real one
    log_t *log;                      // owned by the caller, may be NULL
    bool is_command;                 // writes something and goes: what a crash of the server left noted stays noted
    bool has_sockets;                // listen; else requests come by app_requests
    const struct engine_ops
        *rehearsals;             // with which the API tries a configuration out (script/engine_ops.h); may be NULL
    struct outbox_sender sender; // who carries notifications out; send NULL: with sockets a courier, else nobody
};

err app_new(const struct app_options *options, struct app **out,
            struct why *why);     // ERR_BUSY: the data folder is in use
void app_start(struct app *app);  // threads, then the socket accepts
void app_reload(struct app *app); // reads again what can change while it runs: the listener's certificate
void app_stop(struct app *app);   // finishes what was accepted
void app_free(struct app *app);   // accepts NULL

// Turn mode. Runs every part once, in an order drawn from the seed; false when nothing had anything to do.
bool app_turn(struct app *app);
// Requests without a socket, on their way at the same time: runs turns until all are answered. The texts of the
// responses live in `a`.
void app_requests(struct app *app, arena *a, const struct http_request *requests, struct http_response *out,
                  size_t count);
void app_advance(struct app *app, int64_t us); // moves the virtual clock and runs what becomes due

// Between app.c and app_*.c alone.
struct script_options app_script_options(struct app *app);
void app_on_jobs(void *ctx); // `ctx` is the app: the pager may have something to do. Any thread
intake *app_new_intake(struct app *app, size_t loop, struct why *why);
void app_on_mail(void *ctx, void *loop_ctx, struct mail *mail);
struct file_watch *app_files_open(struct app *app);
struct own_files *app_files_own(const struct file_watch *w); // accepts NULL, as the next three
void app_files_start(struct file_watch *w);
void app_files_stop(struct file_watch *w);
void app_files_free(struct file_watch *w);
err app_open_http(struct app *app, struct why *why);
err app_open_smtp(struct app *app, struct why *why);
err app_open_pager(struct app *app, const struct app_options *options, struct why *why);
