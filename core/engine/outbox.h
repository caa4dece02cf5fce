// The outbox: takes notifications that are due to their providers, and has every attempt written down.
//
// Purpose: every target has a queue of its own, its important messages one more, and every channel at a provider a share of
// what is on its way (every server, where addresses are URLs), so that one that is dead or slow delays nobody else. What a look costs does not depend on how much
// waits (store/outbox_rows). The words are Lua's (lua/outbox.lua); what follows from an answer is engine/deliver.
// At least once: a row stays due until the attempt is on disk, so after a crash it is sent again with the same key.
// Threads: one (the pager's); wake comes from any.
#pragma once
#include "engine/engine.h"
#include "net/http_client.h"
#include "script/script.h"

typedef struct outbox outbox;

// Who carries a request out. `call` and what it points to are borrowed for the call; its on_done comes later, on the
// outbox's thread, exactly once.
struct outbox_sender {
    void *ctx;
    void (*send)(void *ctx, const struct http_call *call);
    bool is_rehearsal; // nothing leaves, and `send` is not asked: what could be sent counts as sent
};

struct outbox_options {
    engine *engine;
    store *reader;  // borrowed; also the one that `script` reads with
    script *script; // owned by the outbox afterwards
    struct outbox_sender sender;
    env *env;
    log_t *log;
    const char *public_url;           // "": people cannot reach us
    bool has_room_links;              // messages in rooms have links that act
    int64_t phone_limit, email_limit; // messages to one person a day, 0: no limit
    void (*wake)(void *ctx);          // something has ended: a turn may find more to do. From the commit thread
    void *wake_ctx;
};

outbox *outbox_new(const struct outbox_options *options);
void outbox_free(outbox *o);
// Starts what is due and may go; µs until there may be more, -1: only a wake brings any. While notifications with an id up
// to `unmoved` have moments of another clock (engine/clock_step) only later pages go; 0: all may.
int64_t outbox_turn(outbox *o, int64_t unmoved);
// Takes back what has ended and starts nothing: how many are still awaited.
size_t outbox_drain(outbox *o);
bool outbox_is_idle(outbox *o); // nothing is on its way to the disk; answers may be awaited
