#include "ledger.h"
#include "base/mem.h"
#include <stdio.h>

#define GROUPS   8
#define ROWS_MAX 3
#define PAYLOAD  4000 // at most: some of them need overflow pages

static const char insert[] =
    "INSERT INTO alert(alert_group_id, previous_id, received_at, payload) VALUES ($1, $2, $3, $4)";
static const char count_up[] =
    "INSERT INTO alert_group(id, integration_id, title, last_alert_at, started_at, alerts_count) "
    "VALUES ($1, 1, 'group', 0, 0, $2) ON CONFLICT(id) DO UPDATE SET alerts_count = alerts_count + $2";

struct entry {
    int64_t rows;
    bool is_answered, is_promised; // promised: ERR_OK was said
    err result;
};

struct ledger {
    struct entry *entries; // by item number
    size_t count, room;
    uint64_t seed;
    bool is_early;
    pthread_mutex_t mutex;
    char payload[PAYLOAD];
};

struct entered {
    struct commit_item item;
    ledger *book;
    int64_t number, rows;
    size_t size;
};

uint64_t ledger_random(ledger *l, uint64_t below) {
    l->seed ^= l->seed << 13;
    l->seed ^= l->seed >> 7;
    l->seed ^= l->seed << 17;
    return below ? l->seed % below : 0;
}

ledger *ledger_new(uint64_t seed, bool is_early_answer) {
    ledger *l = NEW(ledger);
    l->seed = seed * 2 + 1;
    l->is_early = is_early_answer;
    memset(l->payload, 'x', sizeof l->payload);
    pthread_mutex_init(&l->mutex, NULL);
    return l;
}

void ledger_free(ledger *l) {
    pthread_mutex_destroy(&l->mutex);
    mem_free(l->entries);
    mem_free(l);
}

void ledger_clear(ledger *l) { l->count = 0; }

static err apply(struct commit_item *item, store *s, int64_t now) {
    struct entered *e = (struct entered *)(void *)item;
    store_stmt *in = store_prepare(s, insert), *up = store_prepare(s, count_up);
    err result = ERR_OK;
    (void)now;
    for (int64_t row = 0; row < e->rows && !result; row++) {
        store_bind_int(in, 1, e->number % GROUPS + 1);
        store_bind_int(in, 2, e->number);
        store_bind_int(in, 3, row);
        store_bind_blob(in, 4, (str){e->book->payload, e->size});
        result = store_step(in, NULL);
        store_reset(in);
    }
    store_bind_int(up, 1, e->number % GROUPS + 1);
    store_bind_int(up, 2, e->rows);
    if (!result) result = store_step(up, NULL);
    store_reset(up);
    if (!result && e->book->is_early) e->book->entries[e->number].is_promised = true;
    return result;
}

static void done(struct commit_item *item, err result) {
    struct entered *e = (struct entered *)(void *)item;
    ledger *l = e->book;
    pthread_mutex_lock(&l->mutex);
    struct entry *entry = &l->entries[e->number];
    CHECK(!entry->is_answered);
    entry->is_answered = true;
    entry->result = result;
    if (result == ERR_OK) entry->is_promised = true;
    pthread_mutex_unlock(&l->mutex);
    mem_free(e);
}

static int64_t enter(ledger *l, int64_t rows) {
    pthread_mutex_lock(&l->mutex);
    if (l->count == l->room) l->entries = mem_grow(l->entries, (l->room = l->room * 2 + 64) * sizeof *l->entries);
    l->entries[l->count] = (struct entry){.rows = rows};
    int64_t number = (int64_t)l->count++;
    pthread_mutex_unlock(&l->mutex);
    return number;
}

err ledger_push(ledger *l, commit *c, enum commit_class class, int64_t lane) {
    struct entered *e = NEW(struct entered);
    e->book = l;
    e->rows = 1 + (int64_t)ledger_random(l, ROWS_MAX);
    e->size = ledger_random(l, ledger_random(l, 8) ? 300 : PAYLOAD);
    e->number = enter(l, e->rows);
    e->item = (struct commit_item){.class = class, .lane = lane, .weight = e->size, .apply = apply, .done = done};
    e->item.is_atomic = ledger_random(l, 4) == 0;
    err result = commit_push(c, &e->item);
    if (result) done(&e->item, result);
    return result;
}

static int64_t ask(store *s, arena *a, const char *sql, struct store_rows *rows) {
    *rows = (struct store_rows){0};
    return store_run(s, a, sql, NULL, 0, 0, rows, NULL) == ERR_OK ? (int64_t)rows->count : -1;
}

static bool is_intact(store *s, arena *a) {
    struct store_rows rows;
    return ask(s, a, "PRAGMA integrity_check", &rows) == 1 && str_is(rows.values[0].text, STR("ok"));
}

static void compare(ledger *l, const int64_t *found, struct ledger_findings *out) {
    for (size_t i = 0; i < l->count; i++) {
        struct entry *e = &l->entries[i];
        if (e->is_promised && found[i] == 0) out->lost++;
        if (found[i] > e->rows) out->doubled++;
        if (found[i] > 0 && found[i] < e->rows) out->torn++;
        e->is_promised = found[i] > 0;
    }
}

struct ledger_findings ledger_check(ledger *l, store *s) {
    struct ledger_findings out = {0};
    struct store_rows rows;
    arena *a = arena_new();
    int64_t *found = mem_zero((l->count + 1) * sizeof *found);
    if (!is_intact(s, a)) out.corrupt++;
    if (ask(s, a, "SELECT previous_id, count(*) FROM alert GROUP BY 1", &rows) < 0) out.corrupt++;
    for (size_t i = 0; i < rows.count; i++) {
        int64_t number = rows.values[2 * i].integer;
        if (number < 0 || (size_t)number >= l->count) out.corrupt++;
        else found[number] = rows.values[2 * i + 1].integer;
    }
    compare(l, found, &out);
    // A retried item would show as a row twice, or as a count that the rows do not bear out.
    if (ask(s, a, "SELECT 1 FROM alert GROUP BY previous_id, received_at HAVING count(*) > 1", &rows) != 0)
        out.doubled++;
    if (ask(s, a,
            "SELECT g.id FROM alert_group g LEFT JOIN alert a ON a.alert_group_id = g.id "
            "GROUP BY g.id HAVING count(a.id) <> g.alerts_count",
            &rows) != 0)
        out.miscounted++;
    mem_free(found);
    arena_free(a);
    return out;
}

bool ledger_is_clean(const struct ledger_findings *f) {
    return !(f->lost || f->doubled || f->torn || f->miscounted || f->corrupt);
}

// Answers may come in meanwhile.
static uint64_t count(ledger *l, bool is_answered, err result) {
    uint64_t n = 0;
    pthread_mutex_lock(&l->mutex);
    for (size_t i = 0; i < l->count; i++) {
        const struct entry *e = &l->entries[i];
        n += e->is_answered == is_answered && e->result == result;
    }
    pthread_mutex_unlock(&l->mutex);
    return n;
}

uint64_t ledger_count(ledger *l, err result) { return count(l, true, result); }
uint64_t ledger_unanswered(ledger *l) { return count(l, false, ERR_OK); }
