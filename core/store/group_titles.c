#include "store/group_titles.h"
#include "base/arena.h"

#define OF_GROUP                                                                                          \
    " FROM alert_group WHERE id = $1 AND id <= (SELECT CAST(value AS INTEGER) FROM setting WHERE name = " \
    "'groups_indexed_to')"

static err run(store *s, const char *sql, int64_t group_id) {
    arena *a = arena_new();
    struct store_rows ignored;
    err e = store_run(s, a, sql, &SV_INT(group_id), 1, 0, &ignored, NULL);
    arena_free(a);
    return e;
}

err group_titles_del(store *s, int64_t group_id) {
    err e = run(s, "INSERT INTO group_title (group_title, rowid, title) SELECT 'delete', id, title" OF_GROUP, group_id);
    if (e == ERR_OK)
        e = run(s,
                "INSERT INTO setting (name, value) SELECT 'titles_to_forget', '1'" OF_GROUP " ON CONFLICT DO NOTHING",
                group_id);
    if (e == ERR_OK)
        e = run(s, "INSERT INTO job (id, kind, due_at) SELECT 0, 'label_index', 0" OF_GROUP " ON CONFLICT DO NOTHING",
                group_id);
    return e;
}

err group_titles_put(store *s, int64_t group_id) {
    return run(s, "INSERT INTO group_title (rowid, title) SELECT id, title" OF_GROUP, group_id);
}
