// The commit thread: the only writer. Takes what waits, applies it in one transaction, syncs, then tells the senders.
//
// Order of a turn: pages and people's actions first, then alerts round robin by lane, for at most 5 ms; COMMIT;
// `on_committed` (publishes configuration); `done` of each item; checkpoint when due.
// An unexpected error rolls the batch back and replays it one item at a time, so one bad item fails alone.
// Ownership: an item belongs to the commit from a successful push until its `done`.
// Threads: push from any; apply and done on the commit thread (or in commit_turn's caller in specs).
#pragma once
#include "base/mailbox.h"
#include "store/store.h"

typedef struct commit commit;

enum commit_class { COMMIT_PERSON, COMMIT_ALERT };

struct commit_item {
    struct mail mail;
    enum commit_class class;
    bool is_atomic; // runs in its own savepoint: a refusal undoes this item alone, without a replay
    int64_t lane;   // alerts: integration id
    size_t weight;  // bytes it holds in memory
    // Inside the transaction. What it returns is handed to `done`. ERR_CONFLICT, ERR_NOT_FOUND, ERR_INVALID and
    // ERR_STALE are answers (the item wrote nothing, or is atomic); anything else rolls the batch back.
    err (*apply)(struct commit_item *item, store *s, int64_t now);
    void (*done)(struct commit_item *item, err result);
    err result; // of apply; the commit's own
};

struct commit_options {
    store *store; // writing connection, owned by the caller
    env *env;
    log_t *log;
    size_t max_items; // 10,000
    size_t max_bytes; // 64 MiB
    int batch_ms;     // 5
    void *ctx;
    // On the thread, before its first turn. May read through `s`.
    void (*on_started)(void *ctx, store *s);
    // After each item, inside the transaction: what it wrote stays, or was undone alone. May be NULL.
    void (*on_applied)(void *ctx, bool is_undone);
    // Before COMMIT: what it writes belongs to the transaction, and an error of its undoes that. May be NULL.
    err (*on_commit)(void *ctx, store *s);
    // After COMMIT and before any `done`; also once at the start. May read through `s`.
    void (*on_committed)(void *ctx, store *s);
    // After a rollback or a COMMIT that failed (and may be there after all): what is held in memory of the rows is void.
    void (*on_rolled_back)(void *ctx);
};

struct commit_stats { // readable from any thread
    uint64_t batches, items, failures, replays;
    int64_t waiting, waiting_bytes;
    uint64_t batch_size_sum, batch_us_sum;
    uint64_t batch_us_histogram[12]; // upper bounds: commit_bounds_us
    uint64_t batch_size_histogram[12];
};
extern const int64_t commit_bounds_us[12];
extern const int64_t commit_bounds_size[12];

commit *commit_new(const struct commit_options *options);
void commit_start(commit *c); // the thread
// ERR_FULL: over the bounds, answer 503 with Retry-After. ERR_CLOSED, ERR_IO (broken), ERR_DISK_FULL.
// COMMIT_PERSON items are taken past the bound of alerts.
err commit_push(commit *c, struct commit_item *item);
size_t commit_turn(commit *c); // one batch without the thread; how many items it took
void commit_stop(commit *c);   // finishes what waits, then joins
void commit_free(commit *c);
struct commit_stats commit_stats(commit *c);
