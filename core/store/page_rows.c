#include "store/page_rows.h"

#define RULES_MAX 100

static const char *const state_texts[] = {"running", "finished", "stopped"};

static err run(store *s, arena *a, const char *sql, const struct store_value *args, size_t nargs) {
    struct store_rows ignored;
    return store_run(s, a, sql, args, nargs, 0, &ignored, NULL);
}

static err ask(store *s, arena *a, const char *sql, const struct store_value *args, size_t nargs,
               struct store_rows *out) {
    err e = store_run(s, a, sql, args, nargs, 0, out, NULL);
    return e == ERR_OK && !out->count ? ERR_NOT_FOUND : e;
}

err page_rows_get(store *s, arena *a, int64_t group_id, int64_t user_id, struct page *out) {
    struct store_value args[] = {SV_INT(group_id), SV_INT(user_id)};
    struct store_rows rows;
    err e = ask(s, a,
                "SELECT is_important, is_forced, rule, epoch, started_at, state FROM page "
                "WHERE alert_group_id = $1 AND user_id = $2",
                args, 2, &rows);
    if (e != ERR_OK) return e;
    const struct store_value *v = rows.values;
    *out = (struct page){.alert_group_id = group_id,
                         .user_id = user_id,
                         .is_important = store_int_of(&v[0]) != 0,
                         .is_forced = store_int_of(&v[1]) != 0,
                         .rule = store_int_of(&v[2]),
                         .epoch = store_int_of(&v[3]),
                         .started_at = store_int_of(&v[4])};
    for (size_t i = 0; i < sizeof state_texts / sizeof *state_texts; i++)
        if (str_is(v[5].text, str_of(state_texts[i]))) out->state = (enum page_state)i;
    return ERR_OK;
}

err page_rows_put(store *s, arena *a, const struct page *p) {
    struct store_value args[] = {SV_INT(p->alert_group_id),
                                 SV_INT(p->user_id),
                                 SV_INT(p->is_important),
                                 SV_INT(p->is_forced),
                                 SV_TEXT(str_of(state_texts[p->state])),
                                 SV_INT(p->rule),
                                 SV_INT(p->epoch),
                                 SV_INT(p->started_at)};
    return run(s, a,
               "INSERT INTO page (alert_group_id, user_id, is_important, is_forced, state, rule, epoch, started_at) "
               "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (alert_group_id, user_id) DO UPDATE SET "
               "is_important = excluded.is_important, is_forced = excluded.is_forced, state = excluded.state, "
               "rule = excluded.rule, epoch = excluded.epoch, started_at = excluded.started_at",
               args, 8);
}

err page_rows_running(store *s, arena *a, int64_t group_id, struct id_list *out) {
    struct store_rows rows;
    err e = store_run(s, a, "SELECT user_id FROM page WHERE alert_group_id = $1 AND state = 'running' ORDER BY user_id",
                      &SV_INT(group_id), 1, 0, &rows, NULL);
    if (e != ERR_OK) return e;
    *out = (struct id_list){arena_alloc(a, (rows.count + 1) * sizeof *out->ids), rows.count};
    for (size_t i = 0; i < rows.count; i++) out->ids[i] = rows.values[i].integer;
    return ERR_OK;
}

err page_rows_is_called(store *s, arena *a, int64_t group_id, int64_t since, bool *out) {
    struct store_value args[] = {SV_INT(group_id), SV_INT(since)};
    struct store_rows rows;
    err e = store_run(s, a,
                      "SELECT 1 FROM page WHERE alert_group_id = $1 AND is_forced = 1 AND state <> 'stopped' "
                      "AND started_at >= $2 LIMIT 1",
                      args, 2, 0, &rows, NULL);
    if (e == ERR_OK) *out = rows.count > 0;
    return e;
}

err page_rows_user(store *s, arena *a, int64_t user_id, bool *is_allowed) {
    struct store_rows rows;
    err e = ask(s, a, "SELECT role IN ('editor', 'admin') FROM user WHERE id = $1 AND deleted_at IS NULL",
                &SV_INT(user_id), 1, &rows);
    if (e == ERR_OK) *is_allowed = store_int_of(&rows.values[0]) != 0;
    return e;
}

static err list_rules(store *s, arena *a, int64_t user_id, bool is_important, struct store_rows *rows) {
    struct store_value args[] = {SV_INT(user_id), SV_INT(is_important), SV_INT(RULES_MAX)};
    return store_run(s, a,
                     "SELECT position, channel, wait_ms, contact_method_id FROM notification_rule WHERE user_id = $1 "
                     "AND is_important = $2 ORDER BY position, id LIMIT $3",
                     args, 3, 0, rows, NULL);
}

err page_rows_rules(store *s, arena *a, int64_t user_id, bool is_important, struct page_rule **out, size_t *count) {
    struct store_rows rows;
    err e = list_rules(s, a, user_id, is_important, &rows);
    if (e == ERR_OK && !rows.count && is_important) e = list_rules(s, a, user_id, false, &rows);
    if (e != ERR_OK) return e;
    *out = arena_alloc(a, (rows.count + 1) * sizeof **out);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++) {
        const struct store_value *v = &rows.values[4 * i];
        (*out)[i] = (struct page_rule){.position = store_int_of(&v[0]),
                                       .channel = v[1].type == STORE_TEXT ? v[1].text : STR(""),
                                       .wait_ms = store_int_of(&v[2]),
                                       .contact_method_id = store_int_of(&v[3])};
    }
    return ERR_OK;
}

err page_rows_contact(store *s, arena *a, int64_t user_id, str channel, int64_t named, int64_t *contact_method_id,
                      int64_t *provider_id) {
    struct store_value args[] = {SV_INT(user_id), SV_TEXT(channel), SV_INT(named)};
    struct store_rows rows;
    err e = ask(s, a,
                "SELECT id, provider_id FROM contact_method WHERE user_id = $1 AND is_enabled = 1 AND channel IN ($2, "
                "CASE $2 WHEN 'mobile_app_critical' THEN 'mobile_app' ELSE $2 END) "
                "ORDER BY id <> $3, channel <> $2, failed_at IS NOT NULL, verified_at IS NULL, id LIMIT 1",
                args, 3, &rows);
    if (e != ERR_OK) return e;
    *contact_method_id = store_int_of(&rows.values[0]);
    *provider_id = store_int_of(&rows.values[1]);
    return ERR_OK;
}

err page_rows_last(store *s, arena *a, int64_t contact_method_id, bool is_important, int64_t group_id, int64_t now,
                   struct page_last *out) {
    struct store_value args[] = {SV_INT(contact_method_id), SV_INT(is_important), SV_INT(group_id)};
    struct store_rows rows;
    err e = store_run(
        s, a,
        "SELECT attempt, due_at, created_at, ended_at FROM notification WHERE contact_method_id = $1 AND "
        "is_important = $2 AND state <> 'cancelled' AND state <> 'failed' AND kind = 'page' "
        "AND (attempt = 0 OR state <> 'waiting') AND alert_group_id <> $3 ORDER BY created_at DESC, id DESC LIMIT 1",
        args, 3, 0, &rows, NULL);
    if (e != ERR_OK || !rows.count) return e;
    const struct store_value *v = rows.values;
    *out = (struct page_last){.at = store_int_of(&v[3]) ? store_int_of(&v[3]) : store_int_of(&v[2]),
                              .due_at = store_int_of(&v[1]) > now ? store_int_of(&v[1]) : 0};
    return ERR_OK;
}

err outbox_add(store *s, arena *a, const struct notification *n) {
    int64_t ignored;
    return outbox_add_id(s, a, n, &ignored);
}

err outbox_add_id(store *s, arena *a, const struct notification *n, int64_t *id) {
    struct store_value args[] = {SV_TEXT(str_of(n->kind)),
                                 store_int_or_null(n->alert_group_id),
                                 store_int_or_null(n->user_id),
                                 store_int_or_null(n->contact_method_id),
                                 store_int_or_null(n->provider_id),
                                 SV_TEXT(n->channel),
                                 SV_TEXT(n->target),
                                 SV_INT(n->is_important),
                                 SV_TEXT(str_of(n->reason)),
                                 SV_TEXT(n->key),
                                 SV_INT(n->due_at),
                                 SV_INT(n->created_at),
                                 store_text_or_null(n->detail),
                                 store_text_or_null(n->external_id)};
    struct store_rows rows;
    err e = ask(s, a,
                "INSERT INTO notification (kind, alert_group_id, user_id, contact_method_id, provider_id, channel, "
                "target, is_important, state, reason, key, due_at, created_at, detail, external_id) "
                "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting', $9, $10, $11, $12, $13, $14) RETURNING id",
                args, 14, &rows);
    if (e == ERR_OK) *id = store_int_of(&rows.values[0]);
    return e;
}

err outbox_cancel(store *s, arena *a, int64_t group_id, int64_t user_id, const char *reason, int64_t now) {
    struct store_value args[] = {SV_INT(now), SV_TEXT(str_of(reason)), SV_INT(group_id), SV_INT(user_id)};
    return run(s, a,
               "UPDATE notification SET state = 'cancelled', due_at = NULL, ended_at = $1, error = $2 "
               "WHERE alert_group_id = $3 AND kind = 'page' AND state = 'waiting' AND ($4 = 0 OR user_id = $4)",
               args, 4);
}

// A page that rings says in `detail` how it is called off: {"cancel":"each"} or {"cancel":"latest"}.
#define IS_RINGING "alert_group_id = $1 AND kind = 'page' AND detail IS NOT NULL AND ($2 = 0 OR user_id = $2)"

err outbox_ringing(store *s, arena *a, int64_t group_id, int64_t user_id, int64_t since, struct ringing **out,
                   size_t *count) {
    struct store_value args[] = {SV_INT(group_id), SV_INT(user_id), SV_INT(since)};
    struct store_rows rows;
    err e = store_run(
        s, a,
        "SELECT n.id, n.user_id, n.contact_method_id, n.provider_id, n.channel, n.target, n.external_id, "
        "n.is_important, "
        "n.detail LIKE '%latest%' FROM notification AS n WHERE " IS_RINGING " AND n.created_at > $3 AND NOT EXISTS "
        "(SELECT 1 FROM notification AS c JOIN alert_group AS g ON g.id = c.alert_group_id "
        "WHERE c.contact_method_id = n.contact_method_id AND c.is_important = n.is_important AND c.created_at > $3 "
        "AND c.state <> 'cancelled' AND c.state <> 'failed' AND c.carrier_id = n.id AND g.is_open = 1 "
        "AND g.acknowledged_at IS NULL AND g.silenced_at IS NULL) ORDER BY n.id DESC",
        args, 3, 0, &rows, NULL);
    if (e != ERR_OK) return e;
    *out = arena_alloc(a, (rows.count + 1) * sizeof **out);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++) {
        const struct store_value *v = &rows.values[i * rows.columns];
        (*out)[i] = (struct ringing){.id = store_int_of(&v[0]),
                                     .user_id = store_int_of(&v[1]),
                                     .contact_method_id = store_int_of(&v[2]),
                                     .provider_id = store_int_of(&v[3]),
                                     .channel = v[4].text,
                                     .target = v[5].text,
                                     .external_id = v[6].text,
                                     .is_important = store_int_of(&v[7]) != 0,
                                     .is_replaced = store_int_of(&v[8]) != 0};
    }
    return ERR_OK;
}

err outbox_set_silent(store *s, arena *a, int64_t id) {
    return run(s, a, "UPDATE notification SET detail = NULL WHERE id = $1", &SV_INT(id), 1);
}
