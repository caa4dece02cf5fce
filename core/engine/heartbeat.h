// The rules of a heartbeat: when a source has been silent for too long, and when it is back. Pure: plain structs in and
// out, `now` is an argument, no I/O.
//
// Times are µs of elapsed time (env_elapsed), so a clock that somebody sets makes no alarm. Who calls: engine/heartbeats,
// which knows when to look, and engine/beat, which looks again in the transaction that writes what was found.
#pragma once
#include "base/str.h"

enum heartbeat_state { HEARTBEAT_INACTIVE, HEARTBEAT_ALIVE, HEARTBEAT_MISSING };
enum heartbeat_state heartbeat_state_from(str text); // of the column; INACTIVE for what is none

struct heartbeat {
    enum heartbeat_state state;
    bool is_enabled;
    int64_t interval_us;
    int64_t beat_at; // the last beat, 0: none
    int64_t
        since;    // its silence counts from here, unless a beat came later: armed, changed, or beats may have been lost
    int64_t seen; // MISSING: the last beat when that was found
};

enum heartbeat_deed { HEARTBEAT_NOTHING, HEARTBEAT_MISSED, HEARTBEAT_RESTORED };

// What is to be done now. NOTHING: *due_at is when it will be missed, INT64_MAX when no time brings that.
enum heartbeat_deed heartbeat_look(const struct heartbeat *h, int64_t now, int64_t *due_at);

// One integration's, in memory, for all threads: what a beat writes is one number here and nothing on the disk.
//
// So what is lost with the process is when each source was last heard of, and nothing else: whether it is armed or missing
// stands in its row before anybody is told. After a start every armed one is granted a whole interval, because beats of the
// time in between are lost either way; knowing the last one to the second could only make the first alarm false.
struct heartbeat_cell {
    int64_t beat_at;     // atomically, any thread
    int32_t state;       // atomically; written by the commit thread, after its COMMIT
    uint32_t epoch;      // likewise; another one: `since` begins anew
    int64_t interval_ms; // the commit thread's: as it was last loaded
    bool is_enabled;
};

static inline void heartbeat_note(struct heartbeat_cell *c, int64_t elapsed) {
    __atomic_store_n(&c->beat_at, elapsed > 0 ? elapsed : 1, __ATOMIC_SEQ_CST);
}
// After heartbeat_note: who then reads ALIVE may be sure that the beat is seen before it is found missing, or right after.
static inline enum heartbeat_state heartbeat_state_of(const struct heartbeat_cell *c) {
    return (enum heartbeat_state)__atomic_load_n(&c->state, __ATOMIC_SEQ_CST);
}
