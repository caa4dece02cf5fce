// What became of a message, learnt from its provider after it was sent: one transaction on the commit thread.
//
// Purpose: the attempt and its notification get the new state. When the message has not arrived after all, the page that it
// belongs to goes on with the person's next rule at once, and so do those of the messages that it stood for.
// Errors: ERR_CONFLICT when the attempt is in another state than `from` by now; those of store.h.
#pragma once
#include "engine/engine.h"

struct delivery_status_item {
    struct commit_item item; // the caller sets `done`
    engine *engine;
    int64_t delivery_id;
    str from, state, whole; // of the attempt as it was, and as it is; of the notification
    str error, external_id; // empty: nothing new
    arena *arena;           // owned by the caller, and so are the texts
};
void delivery_status_init(struct delivery_status_item *d, engine *e);
