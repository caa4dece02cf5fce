#include "store/message_rows.h"
#include <string.h>

#define MESSAGES_MAX 100

static str text_of(const struct store_value *v) { return v->type == STORE_TEXT ? v->text : (str){NULL, 0}; }

static err run(store *s, arena *a, const char *sql, const struct store_value *args, size_t nargs) {
    struct store_rows ignored;
    return store_run(s, a, sql, args, nargs, 0, &ignored, NULL);
}

#define COLUMNS      "channel, target, provider_id, external_id, thread_id, shown, notification_id, told_seq"
#define COLUMN_COUNT 8

// What is worth telling, for C and for SQL; the words are those of lua/thread_words.lua.
#define NEWS(X)            \
    X("acknowledged")      \
    X("unacknowledged")    \
    X("resolved")          \
    X("unresolved")        \
    X("silenced")          \
    X("unsilenced")        \
    X("attached")          \
    X("unattached")        \
    X("debug")             \
    X("released")          \
    X("page_started")      \
    X("page_withheld")     \
    X("page_failed")       \
    X("escalation_failed") \
    X("unanswered")

static struct message read_message(int64_t group_id, const struct store_value *v) {
    return (struct message){.alert_group_id = group_id,
                            .channel = v[0].text,
                            .room = v[1].text,
                            .provider_id = store_int_of(&v[2]),
                            .external_id = text_of(&v[3]),
                            .thread_id = text_of(&v[4]),
                            .shown = text_of(&v[5]),
                            .notification_id = store_int_of(&v[6]),
                            .told_seq = v[7].type == STORE_INT ? v[7].integer : MESSAGE_NO_THREAD};
}

err message_rows_add(store *s, arena *a, const struct message *m) {
    struct store_value args[] = {SV_INT(m->alert_group_id), SV_TEXT(m->channel), SV_TEXT(m->room),
                                 SV_INT(m->notification_id)};
    return run(s, a, "INSERT INTO message (alert_group_id, channel, target, notification_id) VALUES ($1, $2, $3, $4)",
               args, 4);
}

err message_rows_exist(store *s, arena *a, int64_t group_id, bool *exist) {
    struct store_value arg = SV_INT(group_id);
    struct store_rows rows;
    err e = store_run(s, a, "SELECT 1 FROM message WHERE alert_group_id = $1 LIMIT 1", &arg, 1, 0, &rows, NULL);
    *exist = e == ERR_OK && rows.count > 0;
    return e;
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
    for (size_t i = 0; i < rows.count; i++) (*out)[i] = read_message(group_id, &rows.values[COLUMN_COUNT * i]);
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
                                 m->told_seq == MESSAGE_NO_THREAD ? SV_NULL : SV_INT(m->told_seq),
                                 SV_INT(m->alert_group_id),
                                 SV_TEXT(m->channel),
                                 SV_TEXT(m->room)};
    return run(s, a,
               "UPDATE message SET provider_id = COALESCE($1, provider_id), external_id = COALESCE($2, external_id), "
               "thread_id = COALESCE($3, thread_id), shown = $4, notification_id = NULL, "
               "told_seq = COALESCE(told_seq, $5) WHERE alert_group_id = $6 AND channel = $7 AND target = $8",
               args, 8);
}

bool message_rows_is_news(const char *action) {
#define X(name) \
    if (strcmp(action, name) == 0) return true;
    NEWS(X)
#undef X
    return false;
}

err message_rows_list_untold(store *s, arena *a, int64_t group_id, struct message **out, size_t *count) {
    struct store_value args[] = {SV_INT(group_id), SV_INT(MESSAGES_MAX)};
    struct store_rows rows;
#define X(name) ", '" name "'"
    err e = store_run(s, a,
                      "SELECT " COLUMNS " FROM message AS m WHERE alert_group_id = $1 AND told_seq IS NOT NULL AND "
                      "note_id IS NULL AND EXISTS (SELECT 1 FROM group_log AS l WHERE l.alert_group_id = "
                      "m.alert_group_id AND l.seq > m.told_seq AND l.action IN (''" NEWS(X) ")) LIMIT $2",
                      args, 2, 0, &rows, NULL);
#undef X
    if (e != ERR_OK) return e;
    *out = arena_alloc(a, (rows.count + 1) * sizeof **out);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++) (*out)[i] = read_message(group_id, &rows.values[COLUMN_COUNT * i]);
    return ERR_OK;
}

err message_rows_set_note(store *s, arena *a, const struct message *m, int64_t note_id) {
    struct store_value args[] = {SV_INT(note_id), SV_INT(m->alert_group_id), SV_TEXT(m->channel), SV_TEXT(m->room)};
    return run(s, a, "UPDATE message SET note_id = $1 WHERE alert_group_id = $2 AND channel = $3 AND target = $4", args,
               4);
}

err message_rows_of_note(store *s, arena *a, int64_t group_id, int64_t note_id, struct message *out) {
    struct store_value args[] = {SV_INT(group_id), SV_INT(note_id)};
    struct store_rows rows;
    err e = store_run(s, a, "SELECT " COLUMNS " FROM message WHERE alert_group_id = $1 AND note_id = $2", args, 2, 1,
                      &rows, NULL);
    if (e != ERR_OK) return e;
    if (!rows.count) return ERR_NOT_FOUND;
    *out = read_message(group_id, rows.values);
    return ERR_OK;
}

err message_rows_put_note(store *s, arena *a, const struct message *m) {
    struct store_value args[] = {m->told_seq == MESSAGE_NO_THREAD ? SV_NULL : SV_INT(m->told_seq),
                                 SV_INT(m->alert_group_id), SV_TEXT(m->channel), SV_TEXT(m->room)};
    return run(s, a,
               "UPDATE message SET told_seq = $1, note_id = NULL WHERE alert_group_id = $2 AND channel = $3 AND "
               "target = $4",
               args, 4);
}

err message_rows_del(store *s, arena *a, const struct message *m) {
    struct store_value args[] = {SV_INT(m->alert_group_id), SV_TEXT(m->channel), SV_TEXT(m->room)};
    return run(s, a, "DELETE FROM message WHERE alert_group_id = $1 AND channel = $2 AND target = $3", args, 3);
}

err message_rows_hurry(store *s, arena *a, int64_t notification_id, int64_t now) {
    struct store_value args[] = {SV_INT(now), SV_INT(notification_id)};
    return run(s, a, "UPDATE notification SET due_at = $1 WHERE id = $2 AND due_at > $1 AND attempt = 0", args, 2);
}
