// Workers: threads that answer API requests and pages as plain blocking code on reading connections.
//
// Purpose: each has a Lua state and a reading store; a write inside waits for its commit (ports). I/O loops hand them
// exchanges and get them back by the loop's mailbox; other parts hand them work of their own (engine/aside.h).
// Threads: pushing from any.
#pragma once
#include "engine/aside.h"
#include "net/address_guard.h"
#include "net/http.h"
#include "script/script.h"
#include "store/store.h"
#include "web_headers.h"

typedef struct workers workers;

struct workers_options {
    int count;
    const char *data;                    // data folder, for the reading connections
    const char *public_url;              // "": the request's host, and `path_prefix`
    const char *path_prefix;             // "" or "/tocsin": where the proxy shows this server
    const char *header_sign_in;          // by which they name the person, in lower case; "": they do not
    const struct address_guard *proxies; // who may say who asks; NULL: nobody
    struct web_headers headers;          // of every answer
    int read_timeout_ms;
    struct script_options script; // store and ids are filled in here
    struct { // who goes on with an answer that is a stream; `spec` is the Lua handler's fifth result
        void *ctx;
        void (*open)(void *ctx, struct http_exchange *x, const struct http_response *head, str spec);
    } stream;
    env *env;
    log_t *log;
};

enum work_kind { WORK_API, WORK_CALLBACK, WORK_DOOR, WORK_PAGE };

workers *workers_new(const struct workers_options *options, struct why *why);
void workers_start(workers *w);
// The exchange's answer is ready when its mail is back on its loop. For WORK_API the path begins with /api/, for WORK_CALLBACK it
// is /callbacks/<provider>. ERR_FULL: too many wait.
err workers_push(workers *w, enum work_kind kind, struct http_exchange *x);
struct aside_door workers_aside(workers *w);
bool workers_turn(workers *w); // one request or aside, without threads
void workers_stop(workers *w); // answers what waits, then joins
void workers_free(workers *w);
