// Tells the counts of alert groups (group_counts.h) what becomes of their rows, and has those of earlier lives counted.
#include "engine/engine_parts.h"

#define PIECE_GROUPS  "1000" // of one turn of the job: about 2 ms
#define PAUSE_US      2000   // between two turns
#define LONG_PAUSE_US 40000  // while alerts wait: one twentieth of the commit thread

static struct counted_group counted(const struct group *g, str labels) {
    return (struct counted_group){g->id,         g->integration_id, (unsigned)group_state(g),
                                  g->started_at, g->response_ms,    labels};
}

static err labels_of(engine *e, arena *a, int64_t group_id, str *out) {
    struct store_rows rows;
    if (!group_counts_needs_labels(e->group_counts)) return ERR_OK;
    err x = store_run(e->options.writer, a, "SELECT labels FROM alert_group WHERE id = $1", &SV_INT(group_id), 1, 1,
                      &rows, NULL);
    if (x == ERR_OK && rows.count && rows.values[0].type == STORE_TEXT) *out = rows.values[0].text;
    return x;
}

static bool is_counted(const engine *e, const struct group *g) {
    return g->id <= group_counts_come_to(e->group_counts);
}

err engine_save_group(engine *e, const struct group *before, const struct group *g) {
    bool is_moved = group_state(before) != group_state(g) || before->response_ms != g->response_ms;
    err x = group_rows_update(e->rows, g);
    if (x != ERR_OK || !is_moved || !is_counted(e, g)) return x;
    arena *a = arena_new();
    str labels = STR("");
    x = labels_of(e, a, g->id, &labels);
    struct counted_group was = counted(before, labels), is = counted(g, labels);
    if (x == ERR_OK) group_counts_move(e->group_counts, &was, &is);
    arena_free(a);
    return x;
}

void engine_count_opened(engine *e, const struct group *g, str labels) {
    struct counted_group is = counted(g, labels);
    group_counts_move(e->group_counts, NULL, &is);
}

err engine_count_gone(engine *e, const struct group *g, bool is_wiped) {
    if (!is_counted(e, g)) return ERR_OK;
    arena *a = arena_new();
    str labels = STR("");
    err x = labels_of(e, a, g->id, &labels);
    struct counted_group was = counted(g, labels), is = counted(g, STR(""));
    if (x == ERR_OK) group_counts_move(e->group_counts, &was, is_wiped ? &is : NULL);
    arena_free(a);
    return x;
}

#define COLUMNS 8 // of the job's statement
static struct counted_group read_row(const struct store_value *v) {
    struct group g = {.id = v[0].integer,
                      .integration_id = v[1].integer,
                      .acknowledged_at = store_int_of(&v[3]),
                      .resolved_at = store_int_of(&v[4]),
                      .silenced_at = store_int_of(&v[5]),
                      .response_ms = v[6].type == STORE_INT ? v[6].integer : -1,
                      .started_at = v[7].integer};
    return counted(&g, v[2].type == STORE_TEXT ? v[2].text : STR(""));
}

// Others wait now for the commit, who are not to feel that old groups are counted.
static int64_t pause_of(engine *e) { return commit_stats(e->commit).waiting > 1 ? LONG_PAUSE_US : PAUSE_US; }

err job_count_groups(struct job_item *j, int64_t now) {
    group_counts *counts = j->engine->group_counts;
    struct store_rows rows;
    int64_t from = group_counts_come_to(counts);
    if (from == INT64_MAX) return ERR_OK;
    err x = store_run(j->engine->options.writer, j->arena,
                      "SELECT id, integration_id, labels, acknowledged_at, resolved_at, silenced_at, response_ms, "
                      "started_at FROM alert_group WHERE id > $1 ORDER BY id LIMIT " PIECE_GROUPS,
                      &SV_INT(from), 1, 0, &rows, NULL);
    if (x != ERR_OK) return x;
    group_counts_come(counts, rows.count ? rows.values[(rows.count - 1) * COLUMNS].integer : INT64_MAX);
    for (size_t i = 0; i < rows.count; i++) {
        struct counted_group is = read_row(&rows.values[i * COLUMNS]);
        group_counts_move(counts, NULL, &is);
    }
    return rows.count ? engine_job_go_on(j, now + pause_of(j->engine)) : ERR_OK;
}

err engine_count_earlier(engine *e) {
    arena *a = arena_new();
    struct store_rows rows;
    err x = store_run(e->options.writer, a, "SELECT 1 FROM alert_group LIMIT 1", NULL, 0, 1, &rows, NULL);
    if (x == ERR_OK && !rows.count) {
        group_counts_come(e->group_counts, INT64_MAX);
        group_counts_commit(e->group_counts, env_now(e->options.env));
    }
    if (x == ERR_OK && rows.count) // an id of its own: there is one at most
        x = store_run(e->options.writer, a,
                      "INSERT INTO job (id, kind, due_at, priority) VALUES (-1, 'count_groups', 0, -1) "
                      "ON CONFLICT DO NOTHING",
                      NULL, 0, 0, &rows, NULL);
    arena_free(a);
    return x;
}
