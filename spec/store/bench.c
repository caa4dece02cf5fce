// Items a second on real files, for batches of 1, 16 and 64: an item inserts an alert and updates its group.
#include "base/mem.h"
#include "powercut.h"
#include "store/connection.h"
#include <stdio.h>
#include <stdlib.h>

#define GROUPS  5000
#define PAYLOAD 800
#define SECONDS 2
#define TURNS   200000

struct bench {
    store *store;
    store_stmt *insert, *update, *open;
    bool is_opening;
    int64_t next;
};

struct alert_item {
    struct commit_item item;
    struct bench *bench;
};

static char payload[PAYLOAD];

static err join(struct bench *b, int64_t group, int64_t now) {
    store_bind_int(b->insert, 1, group);
    store_bind_int(b->insert, 2, b->next);
    store_bind_int(b->insert, 3, now);
    store_bind_blob(b->insert, 4, (str){payload, sizeof payload});
    err e = store_step(b->insert, NULL);
    store_reset(b->insert);
    if (e || b->is_opening) return e;
    store_bind_int(b->update, 1, b->next);
    store_bind_int(b->update, 2, now);
    store_bind_int(b->update, 3, group);
    e = store_step(b->update, NULL);
    store_reset(b->update);
    return e;
}

static err open_group(struct bench *b, int64_t hash, int64_t now) {
    store_bind_int(b->open, 1, (int64_t)((uint64_t)hash * UINT64_C(0x9e3779b97f4a7c15)));
    store_bind_int(b->open, 2, now);
    err e = store_step(b->open, NULL);
    store_reset(b->open);
    return e;
}

static err apply(struct commit_item *item, store *s, int64_t now) {
    struct bench *b = ((struct alert_item *)(void *)item)->bench;
    (void)s;
    b->next++;
    err e = b->is_opening ? open_group(b, b->next, now) : ERR_OK;
    return e ? e : join(b, b->next * 7919 % GROUPS + 1, now);
}

static void done(struct commit_item *item, err result) {
    CHECK(result == ERR_OK);
    mem_free(item);
}

static int compare(const void *a, const void *b) {
    return *(const int *)a < *(const int *)b ? -1 : *(const int *)a > *(const int *)b;
}

static void measure(struct bench *b, commit *c, size_t batch) {
    int *us = mem_alloc(TURNS * sizeof *us), turns = 0;
    struct vfs_stats before = store_file_stats(b->store);
    int64_t start = clock_ns(), at = start;
    while (at - start < SECONDS * INT64_C(1000000000) && turns < TURNS) {
        for (size_t i = 0; i < batch; i++) {
            struct alert_item *a = NEW(struct alert_item);
            a->bench = b;
            a->item = (struct commit_item){.class = COMMIT_ALERT, .lane = (int64_t)i % 5, .apply = apply, .done = done};
            CHECK(commit_push(c, &a->item) == ERR_OK);
        }
        while (commit_turn(c) > 0) continue;
        int64_t now = clock_ns();
        us[turns++] = (int)((now - at) / 1000);
        at = now;
    }
    struct vfs_stats after = store_file_stats(b->store);
    double items = (double)turns * (double)batch, seconds = (double)(at - start) / 1e9;
    qsort(us, (size_t)turns, sizeof *us, compare);
    printf("%s, batches of %2zu: %6.0f items/s, %5.1f us an item; a turn p50 %d us, p99 %d us; "
           "%.1f writes of %.1f us and %.0f bytes an item, sync %.0f us\n",
           b->is_opening ? "opening" : "joining", batch, items / seconds, seconds * 1e6 / items, us[turns / 2],
           us[turns * 99 / 100], (double)(after.writes - before.writes) / items,
           (double)(after.write_ns - before.write_ns) / 1e3 / (double)(after.writes - before.writes),
           (double)(after.written_bytes - before.written_bytes) / items,
           (double)(after.sync_ns - before.sync_ns) / 1e3 / (double)(after.syncs - before.syncs));
    mem_free(us);
}

static void fill_groups(struct bench *b) {
    CHECK(store_begin(b->store) == ERR_OK);
    for (int64_t i = 1; i <= GROUPS; i++) CHECK(open_group(b, i, 1) == ERR_OK);
    CHECK(store_commit(b->store, NULL) == ERR_OK);
}

int bench_run(const char *dir) {
    struct why why = {0};
    struct bench b = {0};
    env *e = env_new(NULL);
    struct store_options o = {.dir = dir, .mode = STORE_WRITE, .env = e};
    if (store_open(&o, &b.store, &why)) return fprintf(stderr, "%s\n", why.text), 1;
    b.insert = store_prepare(
        b.store, "INSERT INTO alert(alert_group_id, previous_id, received_at, payload) VALUES ($1, $2, $3, $4)");
    b.update = store_prepare(b.store, "UPDATE alert_group SET alerts_count = alerts_count + 1, last_alert_id = $1, "
                                      "last_alert_at = $2 WHERE id = $3");
    b.open =
        store_prepare(b.store, "INSERT INTO alert_group(integration_id, route_id, grouping_hash, grouping_id, title, "
                               "last_alert_at, started_at) VALUES (1, 1, $1, 'a grouping id', 'a title', $2, $2)");
    memset(payload, 'p', sizeof payload);
    fill_groups(&b);
    commit *c = commit_new(&(struct commit_options){.store = b.store, .env = e});
    for (int i = 0; i < 2; i++, b.is_opening = true)
        for (size_t batch = 1; batch <= 64; batch = batch == 1 ? 16 : batch * 4) measure(&b, c, batch);
    commit_stop(c);
    commit_free(c);
    store_close(b.store);
    env_free(e);
    return 0;
}
