#include "engine/clock_step.h"
#include "engine/engine_parts.h"

#define STEP_MIN_US INT64_C(500000) // slower differences come from the clock's discipline, and both clocks have them
#define TOLD        "clock_told"    // setting: the moment of the future that a start has dealt with

// In this order: queues rest in old time, and the trigger of `notification` compares with that.
static const char *const moves[] = {
    "UPDATE job SET due_at = due_at + $1 WHERE clock = 'elapsed'",
    "UPDATE outbox_queue SET resting_until = resting_until + $1 WHERE resting_until > 0",
    "UPDATE notification SET due_at = due_at + $1, created_at = created_at + $1 WHERE due_at IS NOT NULL",
    ("UPDATE alert_group SET silenced_until = silenced_until + $1 WHERE id IN "
     "(SELECT alert_group_id FROM job WHERE kind = 'unsilence')"),
    ("UPDATE escalation SET next_at = next_at + $1 WHERE alert_group_id IN "
     "(SELECT alert_group_id FROM job WHERE kind = 'escalate' AND clock = 'elapsed')"),
    "UPDATE chore SET next_at = next_at + $1 WHERE next_at IS NOT NULL",
};

static err run(engine *e, arena *a, const char *sql, const struct store_value *args, size_t nargs,
               struct store_rows *out) {
    return store_run(e->options.writer, a, sql, args, nargs, 0, out, NULL);
}

static err move_rows(engine *e, arena *a, int64_t by_us) {
    struct store_rows ignored;
    err x = ERR_OK;
    for (size_t i = 0; i < sizeof moves / sizeof *moves && x == ERR_OK; i++)
        x = run(e, a, moves[i], &SV_INT(by_us), 1, &ignored);
    e->jobs_added = e->notifications_added = true;
    return x;
}

static int64_t step_of(const env *clock) {
    int64_t by = env_wall(clock) - env_now(clock);
    return by > STEP_MIN_US || by < -STEP_MIN_US ? by : 0;
}

bool clock_is_off(const env *clock) { return step_of(clock) != 0; }

static err clock_apply(struct commit_item *item, store *s, int64_t now) {
    (void)s;
    (void)now;
    struct clock_item *c = CONTAINER(item, struct clock_item, item);
    engine *e = c->engine;
    arena *a = arena_new();
    c->by_us = step_of(e->options.env);
    err x = c->by_us ? move_rows(e, a, c->by_us) : ERR_OK;
    if (x == ERR_OK) {
        env_follow(e->options.env, c->by_us);
        e->clock_moved += c->by_us;
    }
    arena_free(a);
    return x;
}

void clock_item_init(struct clock_item *c, engine *e) {
    c->engine = e;
    c->item.class = COMMIT_PERSON;
    c->item.weight = sizeof *c;
    c->item.apply = clock_apply;
}

void clock_step_undo(engine *e) {
    env_follow(e->options.env, -e->clock_moved);
    e->clock_moved = 0;
}

void clock_step_keep(engine *e) { e->clock_moved = 0; }

// The start.

static err last_known(engine *e, arena *a, int64_t *out) {
    struct store_rows rows;
    err x = run(e, a,
                "SELECT MAX(at) FROM (SELECT * FROM (SELECT received_at AS at FROM alert ORDER BY id DESC LIMIT 1) "
                "UNION ALL SELECT * FROM (SELECT created_at FROM notification ORDER BY id DESC LIMIT 1) "
                "UNION ALL SELECT * FROM (SELECT at FROM delivery ORDER BY id DESC LIMIT 1)) AS t",
                NULL, 0, &rows);
    if (x == ERR_OK) *out = store_int_of(&rows.values[0]);
    return x;
}

static err tell(engine *e, arena *a, int64_t moment) {
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%lld", (long long)moment);
    struct store_value args[] = {SV_TEXT(STR(TOLD)), SV_TEXT(((str){digits, (size_t)n}))};
    struct store_rows ignored;
    return run(e, a,
               "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = "
               "excluded.value",
               args, 2, &ignored);
}

static err go_back(engine *e, arena *a, int64_t known, int64_t now) {
    err x = store_begin(e->options.writer);
    if (x == ERR_OK) x = move_rows(e, a, now - known);
    if (x == ERR_OK) x = tell(e, a, known);
    if (x == ERR_OK) x = store_commit(e->options.writer, NULL);
    if (x != ERR_OK) store_rollback(e->options.writer);
    else LOG(e->options.log, LOG_WARN, "clock_was_set_back", LOG_N("moved_ms", (now - known) / 1000));
    return x;
}

void clock_step_at_start(engine *e) {
    arena *a = arena_new();
    int64_t known = 0, now = env_now(e->options.env);
    err x = last_known(e, a, &known);
    bool is_behind = x == ERR_OK && known - now > STEP_MIN_US;
    if (is_behind && known > store_setting_int(e->options.writer, TOLD, 0)) x = go_back(e, a, known, now);
    if (x != ERR_OK) LOG(e->options.log, LOG_ERROR, "clock_not_followed", LOG_Z("error", err_text(x)));
    arena_free(a);
}
