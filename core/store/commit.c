#include "store/commit.h"
#include "base/mem.h"
#include "base/thread.h"
#include "store/checkpointer.h"
#include "store/queue.h"
#include <time.h>

#define BATCH_MS      5
#define IDLE_MS       5000 // without work for so long: the log is emptied
#define FULL_MS       250  // how often a full disk is asked again
#define COLLECT_EVERY 16   // items applied until people who came meanwhile get their turn
#define RETRY_MS      1
#define LOG_PAUSE_US  (10 * INT64_C(1000000))

const int64_t commit_bounds_us[12] = {100,   250,   500,    1000,   2500,    5000,
                                      10000, 25000, 100000, 500000, 2500000, INT64_MAX};
const int64_t commit_bounds_size[12] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, INT64_MAX};

struct commit {
    struct commit_options options;
    store *store;
    struct mailbox box;
    struct queue queue;
    struct commit_stats stats;
    bool is_closed, is_broken, is_full; // read by every thread
    int64_t full_logged_at;

    checkpointer *checkpointer; // NULL without the thread: a turn brings in the log by itself
    pthread_t thread;
    bool has_thread;
    pthread_mutex_t mutex; // guards is_woken
    pthread_cond_t cond;
    bool is_woken;
};

static bool get(const bool *flag) { return __atomic_load_n(flag, __ATOMIC_SEQ_CST); }
static void set(bool *flag, bool value) { __atomic_store_n(flag, value, __ATOMIC_SEQ_CST); }
static int64_t add(int64_t *number, int64_t by) { return __atomic_add_fetch(number, by, __ATOMIC_SEQ_CST); }
static void count(uint64_t *number, uint64_t by) { __atomic_fetch_add(number, by, __ATOMIC_RELAXED); }

static void wake(void *ctx) {
    commit *c = ctx;
    pthread_mutex_lock(&c->mutex);
    c->is_woken = true;
    pthread_cond_signal(&c->cond);
    pthread_mutex_unlock(&c->mutex);
}

static void tell_committed(commit *c) {
    if (c->options.on_committed) c->options.on_committed(c->options.ctx, c->store);
}

commit *commit_new(const struct commit_options *options) {
    commit *c = NEW(commit);
    c->options = *options;
    if (!c->options.max_items) c->options.max_items = 10000;
    if (!c->options.max_bytes) c->options.max_bytes = 64u << 20;
    if (!c->options.batch_ms) c->options.batch_ms = BATCH_MS;
    c->store = options->store;
    mailbox_open(&c->box, wake, c);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&c->mutex, NULL);
    pthread_cond_init(&c->cond, &attr);
    pthread_condattr_destroy(&attr);
    tell_committed(c);
    return c;
}

void commit_free(commit *c) {
    if (!c) return;
    CHECK(!c->has_thread && c->stats.waiting == 0);
    mailbox_close(&c->box);
    queue_close(&c->queue);
    pthread_mutex_destroy(&c->mutex);
    pthread_cond_destroy(&c->cond);
    mem_free(c);
}

// Sending.

static err is_refused(const commit *c, const struct commit_item *item) {
    if (get(&c->is_closed)) return ERR_CLOSED;
    if (get(&c->is_broken)) return ERR_IO;
    return get(&c->is_full) && item->class == COMMIT_ALERT ? ERR_DISK_FULL : ERR_OK;
}

static bool is_over(const commit *c, const struct commit_item *item, int64_t items, int64_t bytes) {
    // People and pages have an eighth more, which alerts cannot take from them.
    size_t more = item->class == COMMIT_PERSON ? 8 : 0;
    size_t max_items = c->options.max_items, max_bytes = c->options.max_bytes;
    if (more) max_items += max_items / more + 1, max_bytes += max_bytes / more;
    return (size_t)items > max_items || (size_t)bytes > max_bytes;
}

err commit_push(commit *c, struct commit_item *item) {
    // Counted before the question whether it is closed: commit_stop waits until nothing is counted.
    int64_t items = add(&c->stats.waiting, 1), bytes = add(&c->stats.waiting_bytes, (int64_t)item->weight);
    err e = is_refused(c, item);
    if (!e && is_over(c, item, items, bytes)) e = ERR_FULL;
    if (e) {
        add(&c->stats.waiting_bytes, -(int64_t)item->weight);
        add(&c->stats.waiting, -1);
        return e;
    }
    mailbox_push(&c->box, &item->mail);
    return ERR_OK;
}

// Answering.

static void answer(commit *c, struct commit_item *item, err result) {
    size_t weight = item->weight;
    item->result = result;
    item->done(item, result); // the item may be gone now
    add(&c->stats.waiting_bytes, -(int64_t)weight);
    add(&c->stats.waiting, -1);
}

static size_t answer_alerts(commit *c, err result) {
    size_t n = 0;
    for (struct commit_item *item; (item = queue_take_alert(&c->queue)); n++) answer(c, item, result);
    return n;
}

static size_t answer_waiting(commit *c, err result) {
    size_t n = 0;
    for (struct commit_item *item; (item = queue_take_person(&c->queue)); n++) answer(c, item, result);
    return n + answer_alerts(c, result);
}

static size_t answer_batch(commit *c, struct items *batch, err result) {
    size_t n = batch->count;
    for (struct commit_item *item; (item = items_take(batch));) answer(c, item, result ? result : item->result);
    return n;
}

// Trouble.

static void note_broken(commit *c) {
    if (get(&c->is_broken) || !store_is_broken(c->store)) return;
    set(&c->is_broken, true);
    LOG(c->options.log, LOG_ERROR, "storage_failed",
        LOG_Z("what", "Writing to the database failed. Nothing more is accepted until a restart."),
        LOG_Z("do", "Check the disk (see the kernel's log). The next start writes the database's files again."));
}

static void note_full(commit *c) {
    store_release_ballast(c->store);
    // A log that can start over needs no more room.
    if (c->checkpointer) checkpointer_finish(c->checkpointer);
    else store_checkpoint_now(c->store, NULL);
    note_broken(c);
    set(&c->is_full, true);
    int64_t now = env_elapsed(c->options.env);
    if (c->full_logged_at && now - c->full_logged_at < LOG_PAUSE_US) return;
    c->full_logged_at = now + 1;
    LOG(c->options.log, LOG_ERROR, "disk_full",
        LOG_Z("what", "Alerts are refused with 503; what people do is still stored in the reserve."),
        LOG_Z("do", "Free some space: accepting goes on by itself."));
}

static void ask_again(commit *c) {
    if (!get(&c->is_full) || store_is_full(c->store)) return;
    set(&c->is_full, false);
    LOG(c->options.log, LOG_INFO, "disk_full_over", LOG_N("waiting", add(&c->stats.waiting, 0)));
}

// A batch.

static bool is_answer(err e) {
    return e == ERR_OK || e == ERR_CONFLICT || e == ERR_NOT_FOUND || e == ERR_INVALID || e == ERR_STALE;
}

static err apply(commit *c, struct commit_item *item) {
    store *s = c->store;
    err e = item->is_atomic ? store_savepoint(s) : ERR_OK;
    if (e) return e;
    item->result = item->apply(item, s, env_now(c->options.env));
    if (!is_answer(item->result)) return item->result;
    // SQLite may have rolled back everything, and the item taken that for its own refusal.
    err ended = store_transaction_error(s);
    if (ended) return ended;
    bool is_undone = item->is_atomic && item->result != ERR_OK;
    if (is_undone) store_savepoint_undo(s);
    else if (item->is_atomic) ended = store_savepoint_release(s);
    if (c->options.on_applied) c->options.on_applied(c->options.ctx, is_undone);
    return ended;
}

static void collect(commit *c) {
    for (struct mail *mail = mailbox_take(&c->box), *next; mail; mail = next) {
        next = mail->next;
        queue_put(&c->queue, CONTAINER(mail, struct commit_item, mail));
    }
}

static struct commit_item *next_item(commit *c) {
    struct commit_item *item = queue_take_person(&c->queue);
    return item ? item : queue_take_alert(&c->queue);
}

static bool has_waiting(const commit *c) { return c->queue.persons.count || c->queue.alerts; }

// Applies what waits, and what comes meanwhile, until the time is up: engine time, so that in a virtual world the speed
// of the machine decides nothing.
static err fill(commit *c, struct items *batch) {
    err e = ERR_OK;
    int64_t end = env_elapsed(c->options.env) + c->options.batch_ms * INT64_C(1000);
    do {
        struct commit_item *item = next_item(c);
        if (!item) break;
        items_add(batch, item);
        e = apply(c, item);
        if (!has_waiting(c) || batch->count % COLLECT_EVERY == 0) collect(c);
    } while (!e && env_elapsed(c->options.env) < end);
    return e;
}

static err commit_now(commit *c, bool *is_at_commit) {
    err e = c->options.on_commit ? c->options.on_commit(c->options.ctx, c->store) : ERR_OK;
    *is_at_commit = !e;
    return e ? e : store_commit(c->store, NULL);
}

static void measure(commit *c, size_t items, int64_t start) {
    int64_t us = (clock_ns() - start) / 1000;
    size_t i = 0, j = 0;
    while (us > commit_bounds_us[i]) i++;
    while ((int64_t)items > commit_bounds_size[j]) j++;
    count(&c->stats.batches, 1);
    count(&c->stats.items, items);
    count(&c->stats.batch_us_sum, (uint64_t)us);
    count(&c->stats.batch_size_sum, items);
    count(&c->stats.batch_us_histogram[i], 1);
    count(&c->stats.batch_size_histogram[j], 1);
}

static void roll_back(commit *c) {
    store_rollback(c->store);
    if (c->options.on_rolled_back) c->options.on_rolled_back(c->options.ctx);
}

// One item in a transaction of its own.
static err apply_alone(commit *c, struct commit_item *item) {
    int64_t start = clock_ns();
    bool ignored;
    err e = store_begin(c->store);
    if (!e) e = apply(c, item);
    if (!e) e = commit_now(c, &ignored);
    if (e) roll_back(c);
    note_broken(c);
    if (e == ERR_DISK_FULL) note_full(c);
    if (e) return e;
    measure(c, 1, start);
    tell_committed(c);
    return item->result;
}

static void replay_item(commit *c, struct commit_item *item) {
    bool is_alert = item->class == COMMIT_ALERT;
    err e = get(&c->is_broken) ? ERR_IO : get(&c->is_full) && is_alert ? ERR_DISK_FULL : ERR_OK;
    if (!e) {
        bool was_full = get(&c->is_full);
        count(&c->stats.replays, 1);
        e = apply_alone(c, item);
        // The ballast was dropped just now: once more, in the room it left.
        if (e == ERR_DISK_FULL && !was_full && !is_alert) e = apply_alone(c, item);
    }
    answer(c, item, e);
}

// The batch was rolled back. A transaction refused by a full disk is surely not in the file as this process sees it;
// any other failed COMMIT may be there after all, so it is answered and not tried again.
static size_t recover(commit *c, struct items *batch, err e, bool is_at_commit) {
    roll_back(c);
    count(&c->stats.failures, 1);
    note_broken(c);
    if (get(&c->is_broken)) return answer_batch(c, batch, ERR_IO);
    if (e == ERR_DISK_FULL) note_full(c);
    else if (is_at_commit && e != ERR_CONFLICT) return answer_batch(c, batch, e);
    size_t n = batch->count;
    for (struct commit_item *item; (item = items_take(batch));) replay_item(c, item);
    return n;
}

static size_t run_batch(commit *c) {
    struct items batch = {0};
    int64_t start = clock_ns();
    err e = store_begin(c->store);
    if (e == ERR_DISK_FULL) note_full(c);
    note_broken(c);
    if (e) return answer_waiting(c, e);
    bool is_at_commit = false;
    e = fill(c, &batch);
    if (!e) e = commit_now(c, &is_at_commit);
    if (e) return recover(c, &batch, e, is_at_commit);
    measure(c, batch.count, start);
    tell_committed(c);
    return answer_batch(c, &batch, ERR_OK);
}

static err checkpoint(commit *c) {
    return c->checkpointer ? checkpointer_visit(c->checkpointer) : store_checkpoint(c->store);
}

size_t commit_turn(commit *c) {
    collect(c);
    note_broken(c);
    ask_again(c);
    size_t refused = 0;
    if (get(&c->is_broken)) return answer_waiting(c, ERR_IO);
    if (get(&c->is_full)) refused = answer_alerts(c, ERR_DISK_FULL);
    if (!has_waiting(c)) return refused;
    size_t n = refused + run_batch(c);
    if (!get(&c->is_broken) && checkpoint(c) == ERR_DISK_FULL) note_full(c);
    note_broken(c);
    return n;
}

// The thread.

static bool wait_until_woken(commit *c, int64_t ms) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t ns = until.tv_nsec + ms % 1000 * 1000000;
    until.tv_sec += (time_t)(ms / 1000 + ns / 1000000000);
    until.tv_nsec = (long)(ns % 1000000000);
    pthread_mutex_lock(&c->mutex);
    int rc = 0;
    while (!c->is_woken && rc == 0) rc = pthread_cond_timedwait(&c->cond, &c->mutex, &until);
    bool was_woken = c->is_woken;
    c->is_woken = false;
    pthread_mutex_unlock(&c->mutex);
    return was_woken;
}

static bool is_finished(commit *c) {
    return get(&c->is_closed) && __atomic_load_n(&c->stats.waiting, __ATOMIC_SEQ_CST) == 0;
}

static int64_t patience(const commit *c) {
    if (get(&c->is_closed)) return RETRY_MS; // a sender is between its count and its push
    return get(&c->is_full) ? FULL_MS : IDLE_MS;
}

static void *body(void *arg) {
    commit *c = arg;
    thread_present("commit", THREAD_BATCH);
    if (c->options.on_started) c->options.on_started(c->options.ctx, c->store);
    while (!is_finished(c)) {
        if (commit_turn(c) > 0 || wait_until_woken(c, patience(c))) continue;
        bool may_empty = !c->checkpointer || checkpointer_is_idle(c->checkpointer);
        if (may_empty && !get(&c->is_full) && !get(&c->is_broken) && !get(&c->is_closed)) store_truncate_log(c->store);
        note_broken(c);
    }
    return NULL;
}

void commit_start(commit *c) {
    CHECK(!c->has_thread);
    struct why why = {""};
    c->checkpointer = checkpointer_start(c->store, &why);
    if (!c->checkpointer) LOG(c->options.log, LOG_WARN, "checkpoints_not_beside", LOG_Z("error", why.text));
    CHECK(pthread_create(&c->thread, NULL, body, c) == 0);
    c->has_thread = true;
}

void commit_stop(commit *c) {
    set(&c->is_closed, true);
    if (c->has_thread) {
        wake(c);
        pthread_join(c->thread, NULL);
        c->has_thread = false;
        checkpointer_stop(c->checkpointer);
        c->checkpointer = NULL;
    }
    while (!is_finished(c)) commit_turn(c);
}

struct commit_stats commit_stats(commit *c) {
    struct commit_stats out;
    _Static_assert(sizeof out % sizeof(uint64_t) == 0, "only 64-bit numbers");
    const uint64_t *from = (const uint64_t *)&c->stats;
    uint64_t *to = (uint64_t *)&out;
    for (size_t i = 0; i < sizeof out / sizeof *to; i++) to[i] = __atomic_load_n(from + i, __ATOMIC_RELAXED);
    return out;
}
