#include "store/message_rows.h"

#define MESSAGES_MAX 100

static str text_of(const struct store_value *v) { return v->type == STORE_TEXT ? v->text : (str){NULL, 0}; }

static err run(store *s, arena *a, const char *sql, const struct store_value *args, size_t nargs) {
    struct store_rows ignored;
    return store_run(s, a, sql, args, nargs, 0, &ignored, NULL);
}

#define COLUMNS "channel, target, provider_id, external_id, thread_id, shown, notification_id"

static struct message read_message(int64_t group_id, const struct store_value *v) {
    return (struct message){.alert_group_id = group_id,
                            .channel = v[0].text,
                            .room = v[1].text,
                            .provider_id = store_int_of(&v[2]),
                            .external_id = text_of(&v[3]),
                            .thread_id = text_of(&v[4]),
                            .shown = text_of(&v[5]),
                            .notification_id = store_int_of(&v[6])};
}

err message_rows_add(store *s, arena *a, const struct message *m) {
    struct store_value args[] = {SV_INT(m->alert_group_id), SV_TEXT(m->channel), SV_TEXT(m->room),
                                 SV_INT(m->notification_id)};
    return run(s, a, "INSERT INTO message (alert_group_id, channel, target, notification_id) VALUES ($1, $2, $3, $4)",
               args, 4);
}

err message_rows_list(store *s, arena *a, int64_t group_id, bool only_idle, struct message **out, size_t *count) {
    struct store_value args[] = {SV_INT(group_id), SV_INT(only_idle), SV_INT(MESSAGES_MAX)};
    struct store_rows rows;
    err e = store_run(s, a,
                      "SELECT " COLUMNS " FROM message WHERE alert_group_id = $1 AND shown IS NOT NULL "
                      "AND ($2 = 0 OR (notification_id IS NULL AND shown <> '')) LIMIT $3",
                      args, 3, 0, &rows, NULL);
    if (e != ERR_OK) return e;
    *out = arena_alloc(a, (rows.count + 1) * sizeof **out);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++) (*out)[i] = read_message(group_id, &rows.values[7 * i]);
    return ERR_OK;
}

err message_rows_set_waiting(store *s, arena *a, const struct message *m, int64_t notification_id) {
    struct store_value args[] = {SV_INT(notification_id), SV_INT(m->alert_group_id), SV_TEXT(m->channel),
                                 SV_TEXT(m->room)};
    return run(s, a,
               "UPDATE message SET notification_id = $1 WHERE alert_group_id = $2 AND channel = $3 AND target = $4",
               args, 4);
}

err message_rows_of(store *s, arena *a, int64_t group_id, int64_t notification_id, struct message *out) {
    struct store_value args[] = {SV_INT(group_id), SV_INT(notification_id)};
    struct store_rows rows;
    err e = store_run(s, a, "SELECT " COLUMNS " FROM message WHERE alert_group_id = $1 AND notification_id = $2", args,
                      2, 1, &rows, NULL);
    if (e != ERR_OK) return e;
    if (!rows.count) return ERR_NOT_FOUND;
    *out = read_message(group_id, rows.values);
    return ERR_OK;
}

err message_rows_put(store *s, arena *a, const struct message *m) {
    struct store_value args[] = {store_int_or_null(m->provider_id),
                                 store_text_or_null(m->external_id),
                                 store_text_or_null(m->thread_id),
                                 m->shown.ptr ? SV_TEXT(m->shown) : SV_NULL,
                                 SV_INT(m->alert_group_id),
                                 SV_TEXT(m->channel),
                                 SV_TEXT(m->room)};
    return run(s, a,
               "UPDATE message SET provider_id = COALESCE($1, provider_id), external_id = COALESCE($2, external_id), "
               "thread_id = COALESCE($3, thread_id), shown = $4, notification_id = NULL "
               "WHERE alert_group_id = $5 AND channel = $6 AND target = $7",
               args, 7);
}

err message_rows_del(store *s, arena *a, const struct message *m) {
    struct store_value args[] = {SV_INT(m->alert_group_id), SV_TEXT(m->channel), SV_TEXT(m->room)};
    return run(s, a, "DELETE FROM message WHERE alert_group_id = $1 AND channel = $2 AND target = $3", args, 3);
}

err message_rows_hurry(store *s, arena *a, int64_t notification_id, int64_t now) {
    struct store_value args[] = {SV_INT(now), SV_INT(notification_id)};
    return run(s, a, "UPDATE notification SET due_at = $1 WHERE id = $2 AND due_at > $1 AND attempt = 0", args, 2);
}
