#include "store/escalation_rows.h"

#define STEPS_MAX 200 // of one plan
#define USERS_MAX 5000

static const char *const type_texts[] = {
#define X(name, text) text,
    STEP_TYPE_LIST(X)
#undef X
};

const char *step_type_text(enum step_type type) { return type_texts[type]; }

static enum step_type type_from(const struct store_value *v) {
    for (size_t i = 1; v->type == STORE_TEXT && i < sizeof type_texts / sizeof *type_texts; i++)
        if (str_is(v->text, str_of(type_texts[i]))) return (enum step_type)i;
    return STEP_NONE;
}

struct id_list id_list_parse(arena *a, str text) {
    struct id_list out = {.ids = arena_alloc(a, (text.len / 2 + 1) * sizeof *out.ids)};
    for (size_t i = 0; i < text.len; i++) {
        bool is_digit = text.ptr[i] >= '0' && text.ptr[i] <= '9';
        bool follows = is_digit && i > 0 && text.ptr[i - 1] >= '0' && text.ptr[i - 1] <= '9';
        if (is_digit && !follows) out.ids[out.count++] = 0;
        if (is_digit) out.ids[out.count - 1] = out.ids[out.count - 1] * 10 + (text.ptr[i] - '0');
    }
    return out;
}

// "HH:MM:SS…" → seconds of the day; -1 when it is none.
static int64_t seconds_of(const struct store_value *v) {
    int64_t h, m, s;
    if (v->type != STORE_TEXT || v->text.len < 8) return -1;
    bool is_time = str_to_int((str){v->text.ptr, 2}, &h) && str_to_int((str){v->text.ptr + 3, 2}, &m) &&
                   str_to_int((str){v->text.ptr + 6, 2}, &s);
    return is_time ? h * 3600 + m * 60 + s : -1;
}

static err run(store *s, arena *a, const char *sql, const struct store_value *args, size_t nargs,
               struct store_rows *out) {
    struct store_rows ignored;
    return store_run(s, a, sql, args, nargs, 0, out ? out : &ignored, NULL);
}

static err run_one(store *s, arena *a, const char *sql, const struct store_value *args, size_t nargs,
                   struct store_rows *out) {
    err e = run(s, a, sql, args, nargs, out);
    return e == ERR_OK && !out->count ? ERR_NOT_FOUND : e;
}

// Plans.

static err copy_steps(store *s, arena *a, int64_t plan_id, int64_t chain_id) {
    struct store_value args[] = {SV_INT(plan_id), SV_INT(chain_id), SV_INT(STEPS_MAX)};
    return run(s, a,
               "INSERT INTO plan_step (plan_id, position, step_id, type, is_important, wait_ms, users, schedule_id, "
               "team_id, user_group_id, webhook_id, from_time, to_time, num_alerts, num_minutes) "
               "SELECT $1, ROW_NUMBER() OVER (ORDER BY position, id) - 1, id, type, is_important, wait_ms, users, "
               "schedule_id, team_id, user_group_id, webhook_id, from_time, to_time, num_alerts, num_minutes "
               "FROM escalation_step WHERE escalation_chain_id = $2 ORDER BY position, id LIMIT $3",
               args, 3, NULL);
}

err escalation_rows_plan_now(store *s, arena *a, int64_t chain_id, int64_t *plan_id) {
    struct store_rows rows;
    err e = run_one(s, a,
                    "SELECT c.version, c.name, p.id FROM escalation_chain AS c LEFT JOIN escalation_plan AS p "
                    "ON p.escalation_chain_id = c.id AND p.version = c.version WHERE c.id = $1",
                    &SV_INT(chain_id), 1, &rows);
    if (e != ERR_OK) return e;
    *plan_id = store_int_of(&rows.values[2]);
    if (*plan_id) return ERR_OK;
    struct store_value args[] = {SV_INT(chain_id), rows.values[0], rows.values[1]};
    e = run_one(s, a,
                "INSERT INTO escalation_plan (escalation_chain_id, version, name) VALUES ($1, $2, $3) RETURNING id",
                args, 3, &rows);
    if (e != ERR_OK) return e;
    *plan_id = store_int_of(&rows.values[0]);
    return copy_steps(s, a, *plan_id, chain_id);
}

static struct plan_step step_of(arena *a, const struct store_value *v) {
    return (struct plan_step){
        .step_id = store_int_of(&v[0]),
        .type = type_from(&v[1]),
        .is_important = store_int_of(&v[2]) != 0,
        .wait_ms = store_int_of(&v[3]),
        .users = id_list_parse(a, v[4].text),
        .schedule_id = store_int_of(&v[5]),
        .team_id = store_int_of(&v[6]),
        .user_group_id = store_int_of(&v[7]),
        .webhook_id = store_int_of(&v[8]),
        .from_s = seconds_of(&v[9]),
        .to_s = seconds_of(&v[10]),
        .num_alerts = v[11].type == STORE_INT ? v[11].integer : -1,
        .num_minutes = store_int_of(&v[12]),
    };
}

#define STEP_COLUMNS                                                                                            \
    "step_id, type, is_important, wait_ms, users, schedule_id, team_id, user_group_id, webhook_id, from_time, " \
    "to_time, num_alerts, num_minutes"

static err read_steps(store *s, arena *a, const char *sql, int64_t id, struct escalation_plan *out) {
    struct store_rows rows;
    err e = store_run(s, a, sql, &SV_INT(id), 1, STEPS_MAX, &rows, NULL);
    if (e != ERR_OK) return e;
    out->steps = arena_alloc(a, (rows.count + 1) * sizeof *out->steps);
    out->step_count = rows.count;
    for (size_t i = 0; i < rows.count; i++) out->steps[i] = step_of(a, &rows.values[i * rows.columns]);
    return ERR_OK;
}

err escalation_rows_plan(store *s, arena *a, int64_t plan_id, struct escalation_plan *out) {
    *out = (struct escalation_plan){.id = plan_id};
    return read_steps(s, a, "SELECT " STEP_COLUMNS " FROM plan_step WHERE plan_id = $1 ORDER BY position", plan_id,
                      out);
}

err escalation_rows_steps_now(store *s, arena *a, int64_t chain_id, struct escalation_plan *out) {
    *out = (struct escalation_plan){0};
    return read_steps(s, a,
                      "SELECT " STEP_COLUMNS " FROM (SELECT id AS step_id, * FROM escalation_step) AS s "
                      "WHERE escalation_chain_id = $1 ORDER BY position, step_id LIMIT 200",
                      chain_id, out);
}

// How far.

err escalation_rows_get(store *s, arena *a, int64_t group_id, struct escalation *out) {
    struct store_rows rows;
    err e = run_one(s, a,
                    "SELECT plan_id, step, repeats, epoch, started_at, next_at FROM escalation "
                    "WHERE alert_group_id = $1",
                    &SV_INT(group_id), 1, &rows);
    if (e != ERR_OK) return e;
    const struct store_value *v = rows.values;
    *out = (struct escalation){.alert_group_id = group_id,
                               .plan_id = store_int_of(&v[0]),
                               .step = store_int_of(&v[1]),
                               .repeats = store_int_of(&v[2]),
                               .epoch = store_int_of(&v[3]),
                               .started_at = store_int_of(&v[4]),
                               .next_at = store_int_of(&v[5])};
    return ERR_OK;
}

err escalation_rows_put(store *s, arena *a, const struct escalation *x) {
    struct store_value args[] = {SV_INT(x->alert_group_id),
                                 SV_INT(x->plan_id),
                                 SV_INT(x->step),
                                 SV_INT(x->repeats),
                                 SV_INT(x->epoch),
                                 SV_INT(x->started_at),
                                 x->next_at ? SV_INT(x->next_at) : SV_NULL};
    return run(s, a,
               "INSERT INTO escalation (alert_group_id, plan_id, step, repeats, epoch, started_at, next_at) "
               "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (alert_group_id) DO UPDATE SET "
               "plan_id = excluded.plan_id, step = excluded.step, repeats = excluded.repeats, epoch = excluded.epoch, "
               "started_at = excluded.started_at, next_at = excluded.next_at",
               args, 7, NULL);
}

// Whom a step means.

static struct id_list column_of(arena *a, const struct store_rows *rows) {
    struct id_list out = {arena_alloc(a, (rows->count + 1) * sizeof *out.ids), rows->count};
    for (size_t i = 0; i < rows->count; i++) out.ids[i] = rows->values[i * rows->columns].integer;
    return out;
}

err escalation_rows_users(store *s, arena *a, const struct id_list *users, struct id_list *out) {
    err e = ERR_OK;
    *out = (struct id_list){.ids = arena_alloc(a, (users->count + 1) * sizeof *out->ids)};
    for (size_t i = 0; i < users->count && e == ERR_OK; i++) {
        struct store_rows rows;
        e = run(s, a, "SELECT id FROM user WHERE id = $1 AND deleted_at IS NULL", &SV_INT(users->ids[i]), 1, &rows);
        if (e == ERR_OK && rows.count) out->ids[out->count++] = users->ids[i];
    }
    return e;
}

// Whether the user in row `l` comes before that of row `r`: (name, id).
static bool is_before(const struct store_value *l, const struct store_value *r) {
    str a = l[0].text, b = r[0].text;
    int order = memcmp(a.ptr, b.ptr, a.len < b.len ? a.len : b.len);
    if (order == 0 && a.len != b.len) return a.len < b.len;
    return order < 0 || (order == 0 && l[1].integer < r[1].integer);
}

err escalation_rows_turns(store *s, arena *a, const struct id_list *users, struct id_list *out) {
    struct store_value *found = arena_alloc(a, (users->count + 1) * 2 * sizeof *found), row[2];
    size_t count = 0;
    err e = ERR_OK;
    for (size_t i = 0; i < users->count && e == ERR_OK; i++) {
        struct store_rows rows;
        e = run(s, a, "SELECT username, id FROM user WHERE id = $1 AND deleted_at IS NULL", &SV_INT(users->ids[i]), 1,
                &rows);
        if (e != ERR_OK || !rows.count) continue;
        memcpy(row, rows.values, sizeof row);
        size_t at = count++;
        for (; at > 0 && is_before(row, &found[2 * (at - 1)]); at--)
            memcpy(&found[2 * at], &found[2 * (at - 1)], sizeof row);
        memcpy(&found[2 * at], row, sizeof row);
    }
    *out = (struct id_list){arena_alloc(a, (count + 1) * sizeof *out->ids), count};
    for (size_t i = 0; i < count; i++) out->ids[i] = found[2 * i + 1].integer;
    return e;
}

static err members(store *s, arena *a, const char *exists, const char *list, int64_t id, struct id_list *out) {
    struct store_rows rows;
    err e = run_one(s, a, exists, &SV_INT(id), 1, &rows);
    if (e == ERR_OK) e = store_run(s, a, list, &SV_INT(id), 1, USERS_MAX, &rows, NULL);
    if (e == ERR_OK) *out = column_of(a, &rows);
    return e;
}

err escalation_rows_team(store *s, arena *a, int64_t team_id, struct id_list *out) {
    return members(s, a, "SELECT 1 FROM team WHERE id = $1",
                   "SELECT u.id FROM team_member AS m JOIN user AS u ON u.id = m.user_id WHERE m.team_id = $1 "
                   "AND u.deleted_at IS NULL ORDER BY u.username, u.id",
                   team_id, out);
}

err escalation_rows_user_group(store *s, arena *a, int64_t user_group_id, struct id_list *out) {
    return members(s, a, "SELECT 1 FROM user_group WHERE id = $1",
                   "SELECT u.id FROM user_group_member AS m JOIN user AS u ON u.id = m.user_id "
                   "WHERE m.user_group_id = $1 AND u.deleted_at IS NULL ORDER BY u.username, u.id",
                   user_group_id, out);
}

err escalation_rows_channels(store *s, arena *a, int64_t route_id, str *out) {
    struct store_rows rows;
    err e = run_one(s, a, "SELECT channels FROM route WHERE id = $1", &SV_INT(route_id), 1, &rows);
    if (e == ERR_OK && rows.values[0].type == STORE_TEXT) *out = rows.values[0].text;
    return e;
}

err escalation_rows_room(store *s, arena *a, str channel, str room, struct id_list *out) {
    struct store_value args[] = {SV_TEXT(channel), SV_TEXT(room)};
    struct store_rows rows;
    err e = run_one(s, a,
                    "SELECT 1 FROM chat_channel AS c JOIN provider AS p ON p.id = c.provider_id WHERE p.type = $1 AND "
                    "c.external_id = $2 LIMIT 1",
                    args, 2, &rows);
    if (e == ERR_OK)
        e = store_run(s, a,
                      "SELECT u.id FROM chat_channel AS c JOIN provider AS p ON p.id = c.provider_id "
                      "JOIN chat_channel_member AS m ON m.chat_channel_id = c.id JOIN user AS u ON u.id = m.user_id "
                      "WHERE p.type = $1 AND c.external_id = $2 AND u.deleted_at IS NULL GROUP BY u.id, u.username "
                      "ORDER BY u.username, u.id",
                      args, 2, USERS_MAX, &rows, NULL);
    if (e == ERR_OK) *out = column_of(a, &rows);
    return e;
}

err escalation_rows_last_user(store *s, arena *a, int64_t step_id, int64_t *out) {
    struct store_rows rows;
    err e = run(s, a, "SELECT last_user FROM escalation_step WHERE id = $1", &SV_INT(step_id), 1, &rows);
    *out = e == ERR_OK && rows.count ? store_int_of(&rows.values[0]) : 0;
    return e;
}

err escalation_rows_set_last_user(store *s, arena *a, int64_t step_id, int64_t user_id) {
    struct store_value args[] = {SV_INT(user_id), SV_INT(step_id)};
    return run(s, a, "UPDATE escalation_step SET last_user = $1 WHERE id = $2", args, 2, NULL);
}

err escalation_rows_webhook(store *s, arena *a, int64_t webhook_id, bool *is_enabled) {
    struct store_rows rows;
    err e = run_one(s, a, "SELECT is_enabled FROM webhook WHERE id = $1 AND deleted_at IS NULL", &SV_INT(webhook_id), 1,
                    &rows);
    if (e == ERR_OK) *is_enabled = store_int_of(&rows.values[0]) != 0;
    return e;
}

// The alerts of a group are a chain, newest first.
err escalation_rows_count_alerts(store *s, arena *a, const struct group *g, int64_t since, int64_t max, int64_t *out) {
    err e = ERR_OK;
    int64_t at = g->last_alert_id;
    for (*out = 0; at && *out < max && e == ERR_OK; ++*out) {
        struct store_rows rows;
        e = run_one(s, a, "SELECT previous_id, received_at FROM alert WHERE id = $1", &SV_INT(at), 1, &rows);
        if (e != ERR_OK || store_int_of(&rows.values[1]) < since) break;
        at = store_int_of(&rows.values[0]);
    }
    return e;
}
