// The job label_index: brings the lists by which alert groups are filtered and found up to date, some groups at a time.
//
// One job serves all: it takes groups in order of their ids and remembers how far it came. It is asked for once when a
// group opens (accept.c), and when words are to be forgotten (store/group_titles.c).
#include "engine/engine_parts.h"
#include "text/json.h"

#define INDEXED_TO      "groups_indexed_to" // setting: the last group that stands in the lists
#define TO_FORGET       "titles_to_forget"  // setting: words of titles are in the index that no group has any more
#define TURN_GROUPS     500                 // groups of one turn of the job
#define TURN_PAUSE_US   100000              // between two turns
#define SPAN_GROUPS     2000                // ids that one row of group_span stands for
#define FORGET_PAGES    100                 // of the index of titles, rewritten in one turn
#define FORGET_PAUSE_US 50000

struct indexed_group {
    int64_t id, integration_id, route_id, started_at;
    str labels, title;
    bool has_route;
};

static err run(struct job_item *j, const char *sql, const struct store_value *args, size_t count) {
    struct store_rows ignored;
    return store_run(j->engine->options.writer, j->arena, sql, args, count, 0, &ignored, NULL);
}

static str text_of_scalar(arena *a, const struct json *v) {
    if (v->type == JSON_STRING) return v->text;
    buf text = {0};
    json_write(&text, v);
    str copy = arena_str(a, buf_view(&text));
    buf_free(&text);
    return copy;
}

static err index_labels(struct job_item *j, const struct indexed_group *g) {
    struct json *labels;
    err x = ERR_OK;
    if (!g->labels.len || json_parse(j->arena, g->labels, &labels, NULL) != ERR_OK) return ERR_OK;
    for (uint32_t i = 0; labels->type == JSON_OBJECT && i < labels->count && x == ERR_OK; i++) {
        struct store_value args[] = {SV_TEXT(labels->members[i].key),
                                     SV_TEXT(text_of_scalar(j->arena, &labels->members[i].value)), SV_INT(g->id)};
        x = run(j, "INSERT INTO label (key, value, alert_group_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", args,
                3);
    }
    return x;
}

static err index_group(struct job_item *j, const struct indexed_group *g) {
    struct store_value of_integration[] = {SV_INT(g->integration_id), SV_INT(g->id)};
    struct store_value of_route[] = {SV_INT(g->route_id), SV_INT(g->id)};
    struct store_value title[] = {SV_INT(g->id), SV_TEXT(g->title)};
    err x = index_labels(j, g);
    if (x == ERR_OK)
        x = run(j, "INSERT INTO group_by_integration (integration_id, alert_group_id) VALUES ($1, $2)", of_integration,
                2);
    if (x == ERR_OK && g->has_route)
        x = run(j, "INSERT INTO group_by_route (route_id, alert_group_id) VALUES ($1, $2)", of_route, 2);
    if (x == ERR_OK) x = run(j, "INSERT INTO group_title (rowid, title) VALUES ($1, $2)", title, 2);
    return x;
}

// The last stretch goes on until it is long enough.
static err index_span(struct job_item *j, int64_t first, int64_t last, int64_t min_at, int64_t max_at) {
    struct store_value args[] = {SV_INT(first), SV_INT(last), SV_INT(min_at), SV_INT(max_at), SV_INT(SPAN_GROUPS)};
    err x = run(
        j,
        "INSERT INTO group_span (first_id, last_id, min_at, max_at) SELECT $1, $2, $3, $4 WHERE NOT EXISTS (SELECT 1 "
        "FROM group_span WHERE first_id = (SELECT MAX(first_id) FROM group_span) AND $2 - first_id < $5)",
        args, 5);
    if (x != ERR_OK) return x;
    return run(j,
               "UPDATE group_span SET last_id = $1, min_at = MIN(min_at, $2), max_at = MAX(max_at, $3) "
               "WHERE first_id = (SELECT MAX(first_id) FROM group_span)",
               &args[1], 3);
}

static err set_indexed_to(struct job_item *j, int64_t group_id) {
    struct store_value args[] = {SV_TEXT(STR(INDEXED_TO)), SV_INT(group_id)};
    return run(j,
               "INSERT INTO setting (name, value) VALUES ($1, CAST($2 AS TEXT)) "
               "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
               args, 2);
}

static struct indexed_group group_of(const struct store_value *v) {
    return (struct indexed_group){.id = v[0].integer,
                                  .integration_id = v[1].integer,
                                  .has_route = v[2].type == STORE_INT,
                                  .route_id = v[2].type == STORE_INT ? v[2].integer : 0,
                                  .started_at = v[3].integer,
                                  .labels = v[4].type == STORE_TEXT ? v[4].text : (str){0},
                                  .title = v[5].text};
}

static err index_turn(struct job_item *j, int64_t from, size_t *count) {
    struct store_rows rows = {0};
    err x = store_run(j->engine->options.writer, j->arena,
                      "SELECT id, integration_id, route_id, started_at, labels, title FROM alert_group WHERE id > $1 "
                      "ORDER BY id LIMIT 500",
                      &SV_INT(from), 1, TURN_GROUPS, &rows, NULL);
    int64_t first = 0, last = 0, min_at = INT64_MAX, max_at = INT64_MIN;
    *count = rows.count;
    for (size_t i = 0; i < rows.count && x == ERR_OK; i++) {
        struct indexed_group g = group_of(&rows.values[6 * i]);
        if (!first) first = g.id;
        last = g.id;
        if (g.started_at < min_at) min_at = g.started_at;
        if (g.started_at > max_at) max_at = g.started_at;
        x = index_group(j, &g);
    }
    if (x == ERR_OK && rows.count) x = index_span(j, first, last, min_at, max_at);
    return x == ERR_OK && rows.count ? set_indexed_to(j, last) : x;
}

static err total_changes(struct job_item *j, int64_t *out) {
    struct store_rows rows = {0};
    err x = store_run(j->engine->options.writer, j->arena, "SELECT total_changes()", NULL, 0, 1, &rows, NULL);
    if (x == ERR_OK) *out = rows.values[0].integer;
    return x;
}

// Words of titles that were wiped or deleted stay in the index's segments until these are merged: piece by piece into one.
// FTS5 says that it is over by changing less than two rows.
static err forget_turn(struct job_item *j, bool *is_over) {
    int64_t before = 0, after = 0;
    err x = total_changes(j, &before);
    if (x == ERR_OK)
        x = run(j, "INSERT INTO group_title (group_title, rank) VALUES ('merge', $1)", &SV_INT(-FORGET_PAGES), 1);
    if (x == ERR_OK) x = total_changes(j, &after);
    *is_over = after - before < 2;
    if (x == ERR_OK && *is_over) x = run(j, "DELETE FROM setting WHERE name = $1", &SV_TEXT(STR(TO_FORGET)), 1);
    return x;
}

err engine_index_groups(struct job_item *j, int64_t now) {
    store *s = j->engine->options.writer;
    size_t count = 0;
    err x = index_turn(j, store_setting_int(s, INDEXED_TO, 0), &count);
    if (x == ERR_OK && count == TURN_GROUPS) return engine_job_go_on(j, now + TURN_PAUSE_US);
    bool is_over = true;
    if (x == ERR_OK && store_setting_int(s, TO_FORGET, 0)) x = forget_turn(j, &is_over);
    if (x == ERR_OK && !is_over) return engine_job_go_on(j, now + FORGET_PAUSE_US);
    j->engine->label_job_waits = false;
    return x;
}
