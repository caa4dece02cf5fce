// What becomes of a heartbeat, as rows: armed, missed, restored, granted a grace, noted. Items of the commit thread.
//
// What was found from memory is looked at again here, against the row and the last beat, so that none is told of twice and
// one that came back meanwhile is not told of at all (ERR_NOT_FOUND: nothing was to be done any more). A missing or restored
// one is a transaction with its alert. ERR_STALE: that of accept_item.
// Threads: made anywhere, applied on the commit thread; who sets `done` calls beat_publish there first.
#pragma once
#include "engine/engine.h"

enum beat_kind { BEAT_ARM, BEAT_MISSED, BEAT_RESTORED, BEAT_GRACE, BEAT_NOTE };

struct beat_note {
    int64_t integration_id, at; // engine time
};

struct beat_item {
    struct commit_item item; // the caller sets `done`
    engine *engine;
    enum beat_kind kind;
    arena *arena;
    int64_t integration_id;
    const char *reason;
    struct accept_item *alert; // MISSED, RESTORED: what is to be stored
    struct heartbeat watched;  // MISSED: as it was looked at; its `since` holds
    const struct beat_note *notes;
    size_t note_count;
    int64_t seen; // result of MISSED: the last beat then
};

void beat_init(struct beat_item *b, engine *e);
// On the commit thread, in `done`, whatever the result, before anybody is told: memory says what the row says.
void beat_publish(struct beat_item *b, err result);
