// An attempt to deliver a notification, written down: one transaction on the commit thread.
//
// Purpose: the row of the attempt, the state of the notification, and what follows: another attempt later, the second
// provider, or the person's next rule at once.
#pragma once
#include "engine/engine.h"

enum delivery_state {
    DELIVERY_SENT,
    DELIVERY_RETRY,
    DELIVERY_FAILED, // for good
    DELIVERY_SKIPPED // it is not to be sent any more; `error` says why
};

struct delivery_item {
    struct commit_item item; // the caller sets `done`
    engine *engine;
    int64_t notification_id, provider_id; // provider 0: none was found
    enum delivery_state state;
    int64_t at, latency_us, after_ms; // after_ms: at least so long until the next attempt
    int status;                       // of HTTP or SMTP, 0 none
    bool is_gone;                     // the address is dead
    bool is_limited;                  // the person has had too many today; nothing is wrong with the address
    const struct json *carried;       // ids of the notifications that this one stands for too, or NULL
    str record, content;              // of a webhook: JSON of what was sent (lua/webhook.lua), and the answer's body
    str thread_id, shown;             // of a post: its thread, and what the message says (engine/posts.c)
    str cancels;                      // of a page: how it is called off, "each" or "latest"; empty: it cannot be
    bool has_notes;                   // of a post, and of a note told_seq: see struct post_end
    int64_t told_seq;
    str address, external_id, error; // live in `arena`, which the caller owns
    arena *arena;
};
void delivery_init(struct delivery_item *d, engine *e);
