#include "engine/beat.h"
#include "engine/engine_parts.h"

#define EVENTS_KEPT "200" // of one heartbeat

struct row {
    bool is_there, is_enabled;
    str state, grouping_id;
    int64_t alert_group_id, interval_ms;
};

static err run(const struct beat_item *b, const char *sql, const struct store_value *args, size_t nargs,
               struct store_rows *out) {
    struct store_rows ignored;
    return store_run(b->engine->options.writer, b->arena, sql, args, nargs, 0, out ? out : &ignored, NULL);
}

static err read_row(const struct beat_item *b, struct row *out) {
    struct store_rows rows;
    err x = run(b,
                "SELECT state, is_enabled, alert_group_id, grouping_id, interval_ms FROM heartbeat WHERE "
                "integration_id = $1",
                &SV_INT(b->integration_id), 1, &rows);
    if (x != ERR_OK || !rows.count) return x;
    *out = (struct row){.is_there = true,
                        .state = rows.values[0].text,
                        .is_enabled = rows.values[1].integer != 0,
                        .alert_group_id = store_int_of(&rows.values[2]),
                        .interval_ms = rows.values[4].integer};
    if (rows.values[3].type == STORE_TEXT) out->grouping_id = rows.values[3].text;
    return ERR_OK;
}

static struct heartbeat_cell *cell_of(const struct beat_item *b) {
    const struct config_integration *i = config_by_id(b->engine->config, b->integration_id);
    return i ? &i->counters->heartbeat : NULL;
}

// The last beat as engine time; 0: none since the start.
static int64_t last_beat(const struct beat_item *b, int64_t now) {
    const struct heartbeat_cell *cell = cell_of(b);
    int64_t at = cell ? __atomic_load_n(&cell->beat_at, __ATOMIC_SEQ_CST) : 0;
    return at ? now - (env_elapsed(b->engine->options.env) - at) : 0;
}

static err add_event(const struct beat_item *b, const char *event, int64_t group_id, int64_t now) {
    struct store_value args[] = {
        SV_INT(b->integration_id),
        SV_INT(now),
        SV_TEXT(str_of(event)),
        SV_TEXT(str_of(b->reason)),
        store_int_or_null(last_beat(b, now)),
        store_int_or_null(group_id),
    };
    err x = run(b,
                "INSERT INTO heartbeat_event (integration_id, at, event, reason, last_beat_at, alert_group_id) "
                "VALUES ($1, $2, $3, $4, COALESCE($5, (SELECT last_beat_at FROM heartbeat WHERE integration_id = $1)), "
                "$6)",
                args, 6, NULL);
    if (x != ERR_OK) return x;
    return run(b,
               "DELETE FROM heartbeat_event WHERE integration_id = $1 AND id <= (SELECT id FROM heartbeat_event WHERE "
               "integration_id = $1 ORDER BY id DESC LIMIT 1 OFFSET " EVENTS_KEPT ")",
               args, 1, NULL);
}

static err set_state(const struct beat_item *b, const char *state, int64_t now) {
    struct store_value args[] = {SV_TEXT(str_of(state)), SV_INT(now), store_int_or_null(last_beat(b, now)),
                                 SV_INT(b->integration_id)};
    return run(b,
               "UPDATE heartbeat SET state = $1, state_at = $2, last_beat_at = COALESCE($3, last_beat_at), grace_until "
               "= NULL WHERE integration_id = $4",
               args, 4, NULL);
}

static err arm(const struct beat_item *b, int64_t now) {
    struct row row = {0};
    err x = read_row(b, &row);
    if (x != ERR_OK || !row.is_there || !str_is(row.state, STR("inactive"))) return x;
    x = set_state(b, "alive", now);
    return x == ERR_OK ? add_event(b, "armed", 0, now) : x;
}

// Beats are stored before the state is read, and read here before it changes: none falls between the two.
static bool is_missed(struct beat_item *b, const struct row *row) {
    struct heartbeat h = b->watched;
    const struct heartbeat_cell *cell = cell_of(b);
    int64_t due_at;
    if (!cell || !row->is_there) return false;
    h.state = heartbeat_state_from(row->state);
    h.is_enabled = row->is_enabled;
    h.interval_us = row->interval_ms * 1000;
    h.beat_at = b->seen = __atomic_load_n(&cell->beat_at, __ATOMIC_SEQ_CST);
    return heartbeat_look(&h, env_elapsed(b->engine->options.env), &due_at) == HEARTBEAT_MISSED;
}

static err remember_alert(const struct beat_item *b) {
    struct store_value args[] = {SV_TEXT(b->alert->signal.grouping_id), SV_INT(b->alert->alert_group_id),
                                 SV_INT(b->integration_id)};
    return run(b, "UPDATE heartbeat SET grouping_id = $1, alert_group_id = $2 WHERE integration_id = $3", args, 3,
               NULL);
}

static err miss(struct beat_item *b, store *s, int64_t now) {
    struct row row = {0};
    err x = read_row(b, &row);
    if (x != ERR_OK || !is_missed(b, &row)) return x == ERR_OK ? ERR_NOT_FOUND : x;
    x = b->alert->item.apply(&b->alert->item, s, now);
    if (x == ERR_OK) x = set_state(b, "missing", now);
    if (x == ERR_OK) x = remember_alert(b);
    if (x == ERR_OK) engine_count(&b->engine->counters.heartbeats_missed);
    return x == ERR_OK ? add_event(b, "missing", b->alert->alert_group_id, now) : x;
}

// It resolves the group that the missing one is in, whatever the templates say by now.
static void aim_at_group(const struct beat_item *b, const struct row *row) {
    struct accept_item *a = b->alert;
    if (row->grouping_id.len) a->signal.grouping_id = row->grouping_id;
    accept_init(a, b->engine);
}

static err restore(struct beat_item *b, store *s, int64_t now) {
    struct row row = {0};
    err x = read_row(b, &row);
    if (x == ERR_OK && !str_is(row.state, STR("missing"))) x = ERR_NOT_FOUND;
    if (x != ERR_OK) return x;
    aim_at_group(b, &row);
    x = b->alert->item.apply(&b->alert->item, s, now);
    if (x == ERR_OK) x = set_state(b, "alive", now);
    if (x == ERR_OK) engine_count(&b->engine->counters.heartbeats_restored);
    return x == ERR_OK ? add_event(b, "restored", b->alert->alert_group_id, now) : x;
}

// To every one that is armed: a whole interval from now.
static err grant(const struct beat_item *b, int64_t now) {
    struct store_value args[] = {SV_INT(now), SV_TEXT(str_of(b->reason))};
    err x = run(b,
                "INSERT INTO heartbeat_event (at, reason, integration_id, event, last_beat_at) SELECT $1, $2, "
                "integration_id, 'grace', last_beat_at FROM heartbeat WHERE state = 'alive' AND is_enabled = 1",
                args, 2, NULL);
    if (x == ERR_OK)
        x = run(b,
                "DELETE FROM heartbeat_event WHERE id IN (SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY "
                "integration_id ORDER BY id DESC) AS n FROM heartbeat_event) AS t WHERE n > " EVENTS_KEPT ")",
                NULL, 0, NULL);
    if (x != ERR_OK) return x;
    return run(b, "UPDATE heartbeat SET grace_until = $1 + interval_ms * 1000 WHERE state = 'alive' AND is_enabled = 1",
               args, 1, NULL);
}

static err note(const struct beat_item *b) {
    err x = ERR_OK;
    for (size_t i = 0; i < b->note_count && x == ERR_OK; i++) {
        struct store_value args[] = {SV_INT(b->notes[i].at), SV_INT(b->notes[i].integration_id)};
        x = run(b, "UPDATE heartbeat SET last_beat_at = $1 WHERE integration_id = $2 AND state <> 'inactive'", args, 2,
                NULL);
    }
    return x;
}

static err beat_apply(struct commit_item *item, store *s, int64_t now) {
    struct beat_item *b = CONTAINER(item, struct beat_item, item);
    switch (b->kind) {
    case BEAT_ARM: return arm(b, now);
    case BEAT_MISSED: return miss(b, s, now);
    case BEAT_RESTORED: return restore(b, s, now);
    case BEAT_GRACE: return grant(b, now);
    case BEAT_NOTE: return note(b);
    }
    return ERR_UNSUPPORTED;
}

void beat_init(struct beat_item *b, engine *e) {
    b->engine = e;
    b->item.class = COMMIT_PERSON; // a missed beat waits behind no storm
    b->item.is_atomic = true;
    b->item.weight = sizeof *b + (b->alert ? b->alert->signal.payload.len : 0);
    b->item.apply = beat_apply;
}

// The row and not the item says how it stands: others of the same batch may have changed it.
void beat_publish(struct beat_item *b, err result) {
    struct heartbeat_cell *cell = cell_of(b);
    struct row row = {0};
    if (!cell || b->kind == BEAT_GRACE || b->kind == BEAT_NOTE || result == ERR_STALE) return;
    if (read_row(b, &row) != ERR_OK || !row.is_there) return;
    enum heartbeat_state state = heartbeat_state_from(row.state);
    if (heartbeat_state_of(cell) == HEARTBEAT_INACTIVE) __atomic_add_fetch(&cell->epoch, 1, __ATOMIC_SEQ_CST);
    __atomic_store_n(&cell->state, (int32_t)state, __ATOMIC_SEQ_CST);
    bool is_back = b->kind == BEAT_MISSED && __atomic_load_n(&cell->beat_at, __ATOMIC_SEQ_CST) != b->seen;
    if (b->kind == BEAT_ARM || is_back) engine_ask_heartbeats(b->engine);
}
