// Fetches: outgoing requests that a worker waits for, such as those of a sign-in by an identity provider.
//
// Purpose: plain blocking code asks, the pager's loop carries it out by the same sender as everything that leaves. At most
// `at_once` are under way, and one more is refused rather than kept waiting: a slow server outside never holds all workers.
// Threads: fetches_ask from any that may block, but not from the pager's own; the rest on the pager's.
// Errors: ERR_FULL, ERR_UNSUPPORTED where nothing is sent; a failure of the request is an answer with its sentence.
#pragma once
#include "engine/outbox.h"
#include "text/json.h"

typedef struct fetches fetches;

struct fetches_options {
    struct outbox_sender sender; // send NULL: nothing is sent
    int at_once;
    void (*wake)(void *ctx); // something waits to be sent
    void *wake_ctx;
};

struct fetch_answer {
    int status;  // 0: none came
    str failure; // a sentence; empty: it is an answer
    str body;    // both live in the arena
    bool is_cut;
};

fetches *fetches_new(const struct fetches_options *options);
void fetches_free(fetches *f); // accepts NULL; nobody may be waiting
// Sends and waits. The call's ctx and on_done are not used.
err fetches_ask(fetches *f, arena *a, const struct http_call *call, struct fetch_answer *out);
void fetches_turn(fetches *f); // sends what waits
// The same as a port: {method, url, headers: [[name, value]], body, timeout_ms, keep, is_guarded} → {status, body} or
// {failure}. It goes where the operator said, so no address is off limits; what somebody else named is to be guarded.
err fetches_port(fetches *f, arena *a, const struct json *args, buf *out, struct why *why);
