#include "store/group_rows.h"
#include "base/mem.h"
#include "store/group_titles.h"
#include "store/open_index.h"
#include <stdio.h>

#define COLUMNS                                                                                            \
    "integration_id, route_id, grouping_hash, is_open, alerts_count, first_alert_id, last_alert_id, "      \
    "last_alert_at, last_payload_hash, started_at, acknowledged_at, acknowledged_by, acknowledged_by_id, " \
    "resolved_at, resolved_by, resolved_by_id, silenced_at, silenced_until, silenced_by_id, response_ms, " \
    "wiped_at, version, id, escalation, root_id, is_demo, is_debug"

#define FIND_MAX     16        // open groups of one grouping id that are read at once
#define ERASE_ALERTS 1000      // alerts erased at once: about 5 ms
#define ERASE_BYTES  (2 << 20) // and about how many bytes of them

struct group_rows {
    store *store;
    int64_t next_group_id, next_alert_id;
    open_index *open; // NULL: not read yet
    changed_groups *changed;
    store_stmt *list_open, *find_closed, *get, *insert, *update, *touch, *set_escalation, *set_root, *add_alert,
        *add_log, *add_first_log, *add_job, *cancel_jobs, *index_labels, *look_at_alert, *empty_alert, *delete_alert;
};

static const char *const by_texts[] = {
#define X(name, text) text,
    GROUP_BY_LIST(X)
#undef X
};

const char *group_by_text(enum group_by by) { return by_texts[by]; }

bool group_by_from(str text, enum group_by *out) {
    for (size_t i = 0; i < sizeof by_texts / sizeof *by_texts; i++)
        if (str_is(text, str_of(by_texts[i]))) {
            *out = (enum group_by)i;
            return true;
        }
    return false;
}

// One past the largest id of `table` and of its floor, which deletes leave behind.
static int64_t first_free_id(store *s, const char *max_sql, const char *floor_name) {
    arena *a = arena_new();
    struct store_rows rows;
    int64_t id = store_setting_int(s, floor_name, 0);
    if (store_run(s, a, max_sql, NULL, 0, 1, &rows, NULL) == ERR_OK && rows.count && rows.values[0].type == STORE_INT &&
        rows.values[0].integer > id)
        id = rows.values[0].integer;
    arena_free(a);
    return id + 1;
}

group_rows *group_rows_new(store *s) {
    group_rows *r = NEW(group_rows);
    r->store = s;
    r->changed = changed_groups_new(s);
    r->next_group_id = first_free_id(s, "SELECT MAX(id) FROM alert_group", "alert_group_floor");
    r->next_alert_id = first_free_id(s, "SELECT MAX(id) FROM alert", "alert_floor");
    r->list_open = store_prepare(s, "SELECT id, integration_id, grouping_hash FROM alert_group WHERE is_open = 1 "
                                    "AND grouping_hash IS NOT NULL");
    r->find_closed = store_prepare(s, "SELECT " COLUMNS " FROM alert_group WHERE integration_id = $1 AND "
                                      "grouping_hash = $2 AND is_open = 0 ORDER BY id DESC LIMIT 1");
    r->get = store_prepare(s, "SELECT " COLUMNS " FROM alert_group WHERE id = $1");
    // What a firing group has at its opening; the rest stays null.
    r->insert = store_prepare(
        s,
        "INSERT INTO alert_group (integration_id, route_id, grouping_hash, is_open, alerts_count, "
        "first_alert_id, last_alert_id, last_alert_at, last_payload_hash, started_at, version, id, grouping_id, title, "
        "labels) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)");
    r->update =
        store_prepare(s, "UPDATE alert_group SET integration_id = $1, route_id = $2, grouping_hash = $3, is_open = $4, "
                         "alerts_count = $5, first_alert_id = $6, last_alert_id = $7, last_alert_at = $8, "
                         "last_payload_hash = $9, started_at = $10, acknowledged_at = $11, acknowledged_by = $12, "
                         "acknowledged_by_id = $13, resolved_at = $14, resolved_by = $15, resolved_by_id = $16, "
                         "silenced_at = $17, silenced_until = $18, silenced_by_id = $19, response_ms = $20, wiped_at = "
                         "$21, version = $22 WHERE id = $23");
    r->set_escalation = store_prepare(s, "UPDATE alert_group SET escalation = $1 WHERE id = $2");
    r->set_root = store_prepare(s, "UPDATE alert_group SET root_id = $1 WHERE id = $2");
    r->touch = store_prepare(s, "UPDATE alert_group SET alerts_count = $1, last_alert_id = $2, last_alert_at = $3, "
                                "last_payload_hash = $4, version = $5 WHERE id = $6");
    r->add_alert = store_prepare(s, "INSERT INTO alert (id, alert_group_id, previous_id, received_at, signal, payload, "
                                    "parsed, problems) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
    r->add_first_log =
        store_prepare(s, "INSERT INTO group_log (alert_group_id, seq, at, action, reason, by, by_id, detail) "
                         "VALUES ($1, 1, $2, $3, $4, $5, $6, $7)");
    r->add_log = store_prepare(
        s, "INSERT INTO group_log (alert_group_id, seq, at, action, reason, by, by_id, detail) SELECT $1, "
           "COALESCE(MAX(seq), 0) + 1, $2, $3, $4, $5, $6, $7 FROM group_log WHERE alert_group_id = $1");
    r->add_job = store_prepare(s, "INSERT INTO job (kind, due_at, alert_group_id, detail, priority, clock) "
                                  "VALUES ($1, $2, $3, $4, $5, $6)");
    r->cancel_jobs = store_prepare(s, "DELETE FROM job WHERE alert_group_id = $1 AND kind = $2");
    // Id 0 is this job's own, so that there is one at most.
    r->index_labels =
        store_prepare(s, "INSERT INTO job (id, kind, due_at) VALUES (0, 'label_index', $1) ON CONFLICT DO NOTHING");
    r->look_at_alert = store_prepare(s, "SELECT previous_id, length(payload) FROM alert WHERE id = $1");
    r->empty_alert = store_prepare(s, "UPDATE alert SET payload = x'', parsed = NULL, problems = NULL WHERE id = $1");
    r->delete_alert = store_prepare(s, "DELETE FROM alert WHERE id = $1");
    return r;
}

changed_groups *group_rows_changed(group_rows *r) { return r->changed; }

void group_rows_forget(group_rows *r) {
    changed_groups_clear(r->changed);
    open_index_free(r->open);
    r->open = NULL;
}

void group_rows_free(group_rows *r) {
    if (r) {
        group_rows_forget(r);
        changed_groups_free(r->changed);
    }
    mem_free(r);
}

int64_t group_rows_next_group_id(group_rows *r) { return r->next_group_id++; }
int64_t group_rows_next_alert_id(group_rows *r) { return r->next_alert_id++; }

static enum group_by read_by(store_stmt *st, int at) {
    enum group_by by = BY_NONE;
    str text = store_column_text(st, at);
    if (text.ptr) group_by_from(text, &by);
    return by;
}

static const char *const escalation_texts[] = {
#define X(name, text) text,
    ESCALATION_STATE_LIST(X)
#undef X
};

enum escalation_state escalation_state_from(str text) {
    for (size_t i = 1; text.ptr && i < sizeof escalation_texts / sizeof *escalation_texts; i++)
        if (str_is(text, str_of(escalation_texts[i]))) return (enum escalation_state)i;
    return ESCALATION_NONE;
}

static void read_group(store_stmt *st, struct group *g) {
    *g = (struct group){
        .id = store_column_int(st, 22),
        .integration_id = store_column_int(st, 0),
        .route_id = store_column_int(st, 1),
        .grouping_hash = store_column_int(st, 2),
        .has_hash = !store_column_is_null(st, 2),
        .is_open = store_column_int(st, 3) != 0,
        .alerts_count = store_column_int(st, 4),
        .first_alert_id = store_column_int(st, 5),
        .last_alert_id = store_column_int(st, 6),
        .last_alert_at = store_column_int(st, 7),
        .last_payload_hash = store_column_int(st, 8),
        .started_at = store_column_int(st, 9),
        .acknowledged_at = store_column_int(st, 10),
        .acknowledged_by = read_by(st, 11),
        .acknowledged_by_id = store_column_int(st, 12),
        .resolved_at = store_column_int(st, 13),
        .resolved_by = read_by(st, 14),
        .resolved_by_id = store_column_int(st, 15),
        .silenced_at = store_column_int(st, 16),
        .silenced_until = store_column_int(st, 17),
        .silenced_by_id = store_column_int(st, 18),
        .response_ms = store_column_is_null(st, 19) ? -1 : store_column_int(st, 19),
        .wiped_at = store_column_int(st, 20),
        .version = store_column_int(st, 21),
        .escalation = escalation_state_from(store_column_text(st, 23)),
        .root_id = store_column_int(st, 24),
        .is_demo = store_column_int(st, 25) != 0,
        .is_debug = store_column_int(st, 26) != 0,
    };
}

static void bind_int_or_null(store_stmt *st, int at, int64_t v) {
    if (v) store_bind_int(st, at, v);
    else store_bind_null(st, at);
}

static void bind_by(store_stmt *st, int at, enum group_by by) {
    store_bind_text(st, at, by == BY_NONE ? (str){NULL, 0} : str_of(by_texts[by]));
}

static void bind_text_or_null(store_stmt *st, int at, str s) { store_bind_text(st, at, s.len ? s : (str){NULL, 0}); }

// The first ten of COLUMNS, which an opening has too.
static void bind_first_columns(store_stmt *st, const struct group *g) {
    store_bind_int(st, 1, g->integration_id);
    bind_int_or_null(st, 2, g->route_id);
    if (g->has_hash) store_bind_int(st, 3, g->grouping_hash);
    else store_bind_null(st, 3);
    store_bind_int(st, 4, g->is_open);
    store_bind_int(st, 5, g->alerts_count);
    bind_int_or_null(st, 6, g->first_alert_id);
    bind_int_or_null(st, 7, g->last_alert_id);
    store_bind_int(st, 8, g->last_alert_at);
    store_bind_int(st, 9, g->last_payload_hash);
    store_bind_int(st, 10, g->started_at);
}

static void bind_group(store_stmt *st, const struct group *g) {
    bind_first_columns(st, g);
    store_bind_int(st, 23, g->id);
    bind_int_or_null(st, 11, g->acknowledged_at);
    bind_by(st, 12, g->acknowledged_by);
    bind_int_or_null(st, 13, g->acknowledged_by_id);
    bind_int_or_null(st, 14, g->resolved_at);
    bind_by(st, 15, g->resolved_by);
    bind_int_or_null(st, 16, g->resolved_by_id);
    bind_int_or_null(st, 17, g->silenced_at);
    bind_int_or_null(st, 18, g->silenced_until);
    bind_int_or_null(st, 19, g->silenced_by_id);
    if (g->response_ms >= 0) store_bind_int(st, 20, g->response_ms);
    else store_bind_null(st, 20);
    bind_int_or_null(st, 21, g->wiped_at);
    store_bind_int(st, 22, g->version);
}

// Steps a statement that returns no rows, once.
static err run(store_stmt *st) {
    err e = store_step(st, NULL);
    store_reset(st);
    return e;
}

static err load_open(group_rows *r) {
    struct open_entry *list = NULL;
    size_t count = 0, room = 0;
    bool has_row = false;
    err e;
    while ((e = store_step(r->list_open, &has_row)) == ERR_OK && has_row) {
        if (count == room) list = mem_grow(list, (room = room ? 2 * room : 1024) * sizeof *list);
        list[count++] = (struct open_entry){.group_id = store_column_int(r->list_open, 0),
                                            .integration_id = store_column_int(r->list_open, 1),
                                            .hash = store_column_int(r->list_open, 2)};
    }
    store_reset(r->list_open);
    if (e == ERR_OK) open_index_fill(r->open = open_index_new(), list, count);
    mem_free(list);
    return e;
}

err group_rows_prepare(group_rows *r) { return r->open ? ERR_OK : load_open(r); }

// Keeps the open index as the row is now.
static void follow(group_rows *r, const struct group *g, bool is_new) {
    if (!r->open) return;
    if (!is_new) open_index_del(r->open, g->integration_id, g->grouping_hash, g->id);
    if (g->is_open && g->has_hash) open_index_put(r->open, g->integration_id, g->grouping_hash, g->id);
}

err group_rows_find_open(group_rows *r, int64_t integration_id, int64_t hash, int64_t below, struct group *out,
                         size_t max, size_t *count) {
    int64_t ids[FIND_MAX];
    err e = group_rows_prepare(r);
    if (e != ERR_OK) return e;
    size_t found = open_index_find(r->open, integration_id, hash, below, ids, max < FIND_MAX ? max : FIND_MAX), n = 0;
    for (size_t i = 0; i < found && e == ERR_OK; i++) {
        e = group_rows_get(r, ids[i], &out[n]);
        if (e == ERR_OK && out[n].is_open && out[n].integration_id == integration_id && out[n].grouping_hash == hash)
            n++;
    }
    if (e == ERR_OK) *count = n;
    return e == ERR_NOT_FOUND ? ERR_CORRUPT : e;
}

static err read_one(store_stmt *st, struct group *out) {
    bool has_row = false;
    err e = store_step(st, &has_row);
    if (e == ERR_OK) {
        if (has_row) read_group(st, out);
        else e = ERR_NOT_FOUND;
    }
    store_reset(st);
    return e;
}

err group_rows_find_closed(group_rows *r, int64_t integration_id, int64_t hash, struct group *out) {
    store_bind_int(r->find_closed, 1, integration_id);
    store_bind_int(r->find_closed, 2, hash);
    return read_one(r->find_closed, out);
}

err group_rows_get(group_rows *r, int64_t id, struct group *out) {
    store_bind_int(r->get, 1, id);
    return read_one(r->get, out);
}

err group_rows_insert(group_rows *r, const struct group *g, const struct group_texts *texts) {
    store_stmt *st = r->insert;
    bind_first_columns(st, g);
    store_bind_int(st, 11, g->version);
    store_bind_int(st, 12, g->id);
    bind_text_or_null(st, 13, texts->grouping_id);
    store_bind_text(st, 14, texts->title.ptr ? texts->title : STR(""));
    bind_text_or_null(st, 15, texts->labels);
    follow(r, g, true);
    changed_groups_note(r->changed, g->id, g->integration_id, false);
    err e = run(st);
    bool is_firing = !g->acknowledged_at && !g->resolved_at && !g->silenced_at;
    return e == ERR_OK && !is_firing ? group_rows_update(r, g) : e;
}

err group_rows_update(group_rows *r, const struct group *g) {
    bind_group(r->update, g);
    follow(r, g, false);
    changed_groups_note(r->changed, g->id, g->integration_id, false);
    return run(r->update);
}

err group_rows_set_escalation(group_rows *r, struct group *g, enum escalation_state state) {
    if (g->escalation == state) return ERR_OK;
    g->escalation = state;
    changed_groups_note(r->changed, g->id, g->integration_id, false);
    bind_text_or_null(r->set_escalation, 1, str_of(escalation_texts[state]));
    store_bind_int(r->set_escalation, 2, g->id);
    return run(r->set_escalation);
}

err group_rows_set_root(group_rows *r, const struct group *g) {
    changed_groups_note(r->changed, g->id, g->integration_id, false);
    bind_int_or_null(r->set_root, 1, g->root_id);
    store_bind_int(r->set_root, 2, g->id);
    return run(r->set_root);
}

err group_rows_attached(group_rows *r, arena *a, int64_t id, int64_t **ids, size_t *count) {
    struct store_rows rows;
    err e = store_run(r->store, a, "SELECT id FROM alert_group WHERE root_id = $1 ORDER BY id", &SV_INT(id), 1, 0,
                      &rows, NULL);
    if (e != ERR_OK) return e;
    *count = rows.count;
    *ids = arena_alloc(a, (rows.count + 1) * sizeof **ids);
    for (size_t i = 0; i < rows.count; i++) (*ids)[i] = rows.values[i].integer;
    return ERR_OK;
}

err group_rows_touch(group_rows *r, const struct group *g) {
    changed_groups_note(r->changed, g->id, g->integration_id, false);
    store_bind_int(r->touch, 6, g->id);
    store_bind_int(r->touch, 1, g->alerts_count);
    store_bind_int(r->touch, 2, g->last_alert_id);
    store_bind_int(r->touch, 3, g->last_alert_at);
    store_bind_int(r->touch, 4, g->last_payload_hash);
    store_bind_int(r->touch, 5, g->version);
    return run(r->touch);
}

err group_rows_add_alert(group_rows *r, const struct alert_row *alert) {
    store_stmt *st = r->add_alert;
    changed_groups_note(r->changed, alert->alert_group_id, 0, true);
    store_bind_int(st, 1, alert->id);
    store_bind_int(st, 2, alert->alert_group_id);
    bind_int_or_null(st, 3, alert->previous_id);
    store_bind_int(st, 4, alert->received_at);
    store_bind_int(st, 5, alert->signal);
    store_bind_blob(st, 6, alert->payload.ptr ? alert->payload : STR(""));
    bind_text_or_null(st, 7, alert->parsed);
    bind_text_or_null(st, 8, alert->problems);
    return run(st);
}

err group_rows_add_log(group_rows *r, const struct log_row *line, bool is_first) {
    store_stmt *st = is_first ? r->add_first_log : r->add_log;
    store_bind_int(st, 1, line->alert_group_id);
    store_bind_int(st, 2, line->at);
    store_bind_text(st, 3, str_of(line->action));
    store_bind_text(st, 4, str_of(line->reason));
    store_bind_text(st, 5, str_of(by_texts[line->by]));
    bind_int_or_null(st, 6, line->by_id);
    bind_text_or_null(st, 7, line->detail);
    return run(st);
}

err group_rows_add_job(group_rows *r, const struct job_row *job) {
    store_bind_text(r->add_job, 1, job->kind);
    store_bind_int(r->add_job, 2, job->due_at);
    bind_int_or_null(r->add_job, 3, job->alert_group_id);
    bind_text_or_null(r->add_job, 4, job->detail);
    store_bind_int(r->add_job, 5, job->priority);
    store_bind_text(r->add_job, 6, job->is_wall ? STR("wall") : STR("elapsed"));
    return run(r->add_job);
}

err group_rows_index_labels(group_rows *r, int64_t due_at) {
    store_bind_int(r->index_labels, 1, due_at);
    return run(r->index_labels);
}

err group_rows_cancel_jobs(group_rows *r, int64_t group_id, str kind) {
    store_bind_int(r->cancel_jobs, 1, group_id);
    store_bind_text(r->cancel_jobs, 2, kind);
    return run(r->cancel_jobs);
}

// Runs rare statements that all take the group's id as $1.
static err run_all(group_rows *r, const char *const *sqls, size_t count, const struct store_value *args, size_t nargs) {
    arena *a = arena_new();
    err e = ERR_OK;
    for (size_t i = 0; i < count && e == ERR_OK; i++) {
        struct store_rows rows;
        e = store_run(r->store, a, sqls[i], args, nargs, 0, &rows, NULL);
    }
    arena_free(a);
    return e;
}

err group_rows_mark(group_rows *r, const struct group *g) {
    static const char *const sqls[] = {"UPDATE alert_group SET is_demo = $1, is_debug = $2 WHERE id = $3"};
    struct store_value args[] = {SV_INT(g->is_demo), SV_INT(g->is_debug), SV_INT(g->id)};
    return run_all(r, sqls, 1, args, 3);
}

// The floors keep ids from being used again after the newest rows are gone.
static err keep_floor(group_rows *r, const char *name, int64_t id) {
    static const char *const sqls[] = {"INSERT INTO setting (name, value) VALUES ($1, $2) "
                                       "ON CONFLICT (name) DO UPDATE SET value = excluded.value"};
    char digits[24];
    snprintf(digits, sizeof digits, "%lld", (long long)id);
    struct store_value args[] = {SV_TEXT(str_of(name)), SV_TEXT(str_of(digits))};
    return run_all(r, sqls, 1, args, 2);
}

#define WRITTEN_LATE "('post', 'call', 'update', 'thread', 'webhook', 'cancel')" // when they are sent, from rows

// What others answered may quote the messages they got, and what else waits may hold words already.
static err forget_answers(group_rows *r, int64_t id) {
    static const char *const sqls[] = {
        "UPDATE contact_method SET failure = $1 WHERE failure IN (SELECT error FROM notification "
        "WHERE alert_group_id = $2 AND error IS NOT NULL)",
        "UPDATE delivery SET error = $1 WHERE error IS NOT NULL AND notification_id IN (SELECT id FROM notification "
        "WHERE alert_group_id = $2)",
        "UPDATE notification SET state = 'cancelled', due_at = NULL, error = $1 WHERE alert_group_id = $2 AND "
        "state = 'waiting' AND detail IS NOT NULL AND kind NOT IN " WRITTEN_LATE,
        "UPDATE notification SET error = CASE WHEN state <> 'cancelled' AND error IS NOT NULL THEN $1 ELSE error END, "
        "detail = CASE WHEN kind IN " WRITTEN_LATE " THEN detail END WHERE alert_group_id = $2",
    };
    struct store_value args[] = {SV_TEXT(STR(GROUP_WORDS_GONE)), SV_INT(id)};
    return run_all(r, sqls, sizeof sqls / sizeof *sqls, args, 2);
}

err group_rows_delete(group_rows *r, const struct group *g) {
    int64_t id = g->id;
    changed_groups_note(r->changed, g->id, g->integration_id, false);
    static const char *const sqls[] = {
        "DELETE FROM group_log WHERE alert_group_id = $1",
        "DELETE FROM job WHERE alert_group_id = $1",
        "DELETE FROM label WHERE alert_group_id = $1",
        "DELETE FROM escalation WHERE alert_group_id = $1",
        "DELETE FROM page WHERE alert_group_id = $1",
        "DELETE FROM message WHERE alert_group_id = $1",
        "DELETE FROM resolution_note WHERE alert_group_id = $1",
        "DELETE FROM webhook_response WHERE alert_group_id = $1",
        ("UPDATE notification SET state = 'cancelled', due_at = NULL, error = 'group_deleted' "
         "WHERE alert_group_id = $1 AND state = 'waiting' AND kind <> 'cancel'"),
        "DELETE FROM alert_group WHERE id = $1",
    };
    if (r->open && g->has_hash) open_index_del(r->open, g->integration_id, g->grouping_hash, id);
    err e = keep_floor(r, "alert_group_floor", r->next_group_id - 1);
    if (e == ERR_OK) e = keep_floor(r, "alert_floor", r->next_alert_id - 1);
    if (e == ERR_OK) e = forget_answers(r, id);
    if (e == ERR_OK) e = group_titles_del(r->store, id);
    return e == ERR_OK ? run_all(r, sqls, sizeof sqls / sizeof *sqls, &SV_INT(id), 1) : e;
}

err group_rows_wipe(group_rows *r, int64_t id, str title) {
    static const char *const rename[] = {"UPDATE alert_group SET title = $1, grouping_id = NULL, grouping_hash = NULL, "
                                         "labels = NULL, last_payload_hash = 0 WHERE id = $2"};
    static const char *const forget[] = {
        "DELETE FROM label WHERE alert_group_id = $1",
        "UPDATE group_log SET detail = NULL WHERE alert_group_id = $1 AND detail LIKE '%\"error\":%'",
        ("UPDATE webhook_response SET url = NULL, request_headers = NULL, request_data = NULL, trigger_result = NULL, "
         "content = NULL, error = NULL, event_data = NULL WHERE alert_group_id = $1"),
    };
    struct store_value args[] = {SV_TEXT(title), SV_INT(id)};
    err e = group_titles_del(r->store, id);
    if (e == ERR_OK) e = run_all(r, rename, 1, args, 2);
    if (e == ERR_OK) e = group_titles_put(r->store, id);
    if (e == ERR_OK) e = run_all(r, forget, sizeof forget / sizeof *forget, &args[1], 1);
    return e == ERR_OK ? forget_answers(r, id) : e;
}

err group_rows_erase(group_rows *r, bool is_delete, int64_t *alert_id) {
    store_stmt *erase = is_delete ? r->delete_alert : r->empty_alert;
    int64_t at = *alert_id, bytes = 0;
    err e = ERR_OK;
    for (int n = 0; e == ERR_OK && at && n < ERASE_ALERTS && bytes < ERASE_BYTES; n++) {
        bool has_row = false;
        store_bind_int(r->look_at_alert, 1, at);
        store_bind_int(erase, 1, at);
        e = store_step(r->look_at_alert, &has_row);
        at = has_row ? store_column_int(r->look_at_alert, 0) : 0;
        bytes += has_row ? store_column_int(r->look_at_alert, 1) : 0;
        store_reset(r->look_at_alert);
        if (e == ERR_OK && has_row) e = run(erase);
    }
    if (e == ERR_OK) *alert_id = at;
    return e;
}
