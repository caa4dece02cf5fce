#include "store/outbox_rows.h"

static err ask(store *s, arena *a, const char *sql, const struct store_value *args, size_t nargs,
               struct store_rows *out) {
    err e = store_run(s, a, sql, args, nargs, 0, out, NULL);
    return e == ERR_OK && !out->count ? ERR_NOT_FOUND : e;
}

// Not as (channel, provider_id) > ($2, $3): for that SQLite looks through all rows of the lane that it comes from.
err outbox_rows_next_lane(store *s, arena *a, struct outbox_lane *lane) {
    struct store_value args[] = {SV_INT(lane->is_important), SV_TEXT(lane->channel), SV_INT(lane->provider_id)};
    struct store_rows rows;
    err e = ask(s, a,
                "SELECT * FROM (SELECT channel, provider_id FROM outbox_queue WHERE is_important = $1 AND channel = $2 "
                "AND provider_id > $3 ORDER BY provider_id LIMIT 1) UNION ALL "
                "SELECT * FROM (SELECT channel, provider_id FROM outbox_queue WHERE is_important = $1 AND channel > $2 "
                "ORDER BY channel, provider_id LIMIT 1) LIMIT 1",
                args, 3, &rows);
    if (e != ERR_OK) return e;
    lane->channel = rows.values[0].text;
    lane->provider_id = rows.values[1].integer;
    return ERR_OK;
}

err outbox_rows_due(store *s, arena *a, const struct outbox_lane *lane, int64_t now, size_t max,
                    struct outbox_list *out) {
    struct store_value args[] = {SV_INT(lane->is_important), SV_TEXT(lane->channel), SV_INT(lane->provider_id),
                                 SV_INT(now), SV_INT((int64_t)max)};
    struct store_rows rows;
    err e = store_run(s, a,
                      "SELECT target FROM outbox_queue WHERE is_important = $1 AND channel = $2 AND provider_id = $3 "
                      "AND due_at <= $4 ORDER BY due_at LIMIT $5",
                      args, 5, 0, &rows, NULL);
    if (e != ERR_OK) return e;
    *out = (struct outbox_list){arena_alloc(a, (rows.count + 1) * sizeof *out->targets), rows.count};
    for (size_t i = 0; i < rows.count; i++) out->targets[i] = rows.values[i].text;
    return ERR_OK;
}

err outbox_rows_first(store *s, arena *a, str target, bool is_important, int64_t now, int64_t *id) {
    struct store_value args[] = {SV_TEXT(target), SV_INT(is_important), SV_INT(now)};
    struct store_rows rows;
    err e = ask(s, a,
                "SELECT id FROM notification WHERE target = $1 AND is_important = $2 AND due_at <= $3 "
                "ORDER BY due_at, id LIMIT 1",
                args, 3, &rows);
    if (e == ERR_OK) *id = rows.values[0].integer;
    return e;
}

err outbox_rows_later(store *s, arena *a, int64_t after, int64_t now, size_t max, struct outbox_page **out,
                      size_t *count) {
    struct store_value args[] = {SV_INT(after), SV_INT(now), SV_INT((int64_t)max)};
    struct store_rows rows;
    err e = store_run(s, a,
                      "SELECT id, target, is_important, channel, COALESCE(provider_id, 0) FROM notification WHERE id > "
                      "$1 AND +due_at <= $2 AND kind = 'page' ORDER BY is_important DESC, id LIMIT $3",
                      args, 3, 0, &rows, NULL);
    if (e != ERR_OK) return e;
    struct outbox_page *list = arena_alloc(a, (rows.count + 1) * sizeof *list);
    for (size_t i = 0; i < rows.count; i++) {
        const struct store_value *v = &rows.values[i * rows.columns];
        struct outbox_lane lane = {
            .is_important = v[2].integer != 0, .channel = v[3].text, .provider_id = v[4].integer};
        list[i] = (struct outbox_page){.lane = lane, .target = v[1].text, .id = v[0].integer};
    }
    *out = list;
    *count = rows.count;
    return ERR_OK;
}

err outbox_rows_wait(store *s, arena *a, int64_t now, int64_t *due_at) {
    struct store_rows rows;
    err e = ask(s, a, "SELECT MIN(due_at) FROM outbox_queue WHERE due_at > $1", &SV_INT(now), 1, &rows);
    if (e == ERR_OK) *due_at = rows.values[0].type == STORE_INT ? rows.values[0].integer : 0;
    return e;
}

err outbox_rows_is_waiting(store *s, arena *a, int64_t id, bool *out) {
    struct store_rows rows;
    err e = store_run(s, a, "SELECT 1 FROM notification WHERE id = $1 AND state = 'waiting'", &SV_INT(id), 1, 0, &rows,
                      NULL);
    if (e == ERR_OK) *out = rows.count > 0;
    return e;
}

err outbox_rows_rest(store *s, arena *a, str target, int64_t until) {
    struct store_value args[] = {SV_INT(until), SV_TEXT(target)};
    struct store_rows rows;
    return store_run(s, a, "UPDATE outbox_queue SET resting_until = $1, due_at = $1 WHERE target = $2", args, 2, 0,
                     &rows, NULL);
}
