#include "store/deed_rows.h"
#include <stdio.h>

err deed_rows_add_note(store *s, int64_t group_id, int64_t author_id, const char *source, str text, int64_t now) {
    struct store_value args[] = {SV_INT(group_id), store_int_or_null(author_id), SV_TEXT(str_of(source)), SV_TEXT(text),
                                 SV_INT(now)};
    struct store_rows rows;
    arena *a = arena_new();
    err e = store_run(s, a,
                      "INSERT INTO resolution_note (alert_group_id, author_id, source, text, created_at) "
                      "VALUES ($1, $2, $3, $4, $5)",
                      args, 5, 0, &rows, NULL);
    arena_free(a);
    return e;
}

static err find_any(store *s, const char *sql, const struct store_value *args, size_t nargs, bool *out) {
    struct store_rows rows;
    arena *a = arena_new();
    err e = store_run(s, a, sql, args, nargs, 1, &rows, NULL);
    if (e == ERR_OK) *out = rows.count > 0;
    arena_free(a);
    return e;
}

err deed_rows_has_note(store *s, int64_t group_id, bool *out) {
    return find_any(s, "SELECT 1 FROM resolution_note WHERE alert_group_id = $1 AND deleted_at IS NULL LIMIT 1",
                    &SV_INT(group_id), 1, out);
}

err deed_rows_is_done(store *s, int64_t group_id, const char *once, bool *out) {
    char member[64];
    int n = snprintf(member, sizeof member, "%%\"once\":\"%s\"%%", once);
    struct store_value args[] = {SV_INT(group_id), SV_TEXT(((str){member, (size_t)n}))};
    return find_any(s, "SELECT 1 FROM group_log WHERE alert_group_id = $1 AND detail LIKE $2 LIMIT 1", args, 2, out);
}
