// What each kind of job does when it is due. A job runs in a transaction of the commit thread that also deletes it, after
// checking that it still applies: its group may have moved on while it waited.
#include "engine/engine_parts.h"
#include "text/json.h"

#define ERASE_PAUSE_US 30000 // between two pieces of a large group
#define ERASE_PRIORITY -1    // people wait for nothing of it

err engine_job_go_on(struct job_item *j, int64_t due_at) {
    struct store_value args[] = {SV_INT(due_at), SV_INT(j->job.id)};
    struct store_rows ignored;
    j->is_kept = true;
    j->engine->jobs_added = true;
    return store_run(j->engine->options.writer, j->arena, "UPDATE job SET due_at = $1 WHERE id = $2", args, 2, 0,
                     &ignored, NULL);
}

static str print_id(char digits[static 24], int64_t id) {
    int n = snprintf(digits, 24, "%lld", (long long)id);
    return (str){digits, (size_t)n};
}

// `detail` is the alert to go on from. The job of a deleted group does not name it: it must outlive the group's rows,
// while that of a wiped one ends with them.
err engine_add_erase_job(engine *e, bool is_delete, int64_t group_id, int64_t alert_id, int64_t now) {
    char digits[24];
    struct job_row job = {.kind = is_delete ? STR("delete_alerts") : STR("empty_alerts"),
                          .due_at = now + ERASE_PAUSE_US,
                          .priority = ERASE_PRIORITY,
                          .alert_group_id = is_delete ? 0 : group_id,
                          .detail = print_id(digits, alert_id)};
    e->jobs_added = true;
    return group_rows_add_job(e->rows, &job);
}

static err erase_piece(struct job_item *j, bool is_delete, int64_t now) {
    char digits[24];
    int64_t from = 0;
    if (!str_to_int(j->job.detail, &from)) return ERR_OK;
    err x = group_rows_erase(j->engine->rows, is_delete, &from);
    if (x != ERR_OK || !from) return x;
    struct store_value args[] = {SV_TEXT(print_id(digits, from)), SV_INT(j->job.id)};
    struct store_rows ignored;
    x = store_run(j->engine->options.writer, j->arena, "UPDATE job SET detail = $1 WHERE id = $2", args, 2, 0, &ignored,
                  NULL);
    return x == ERR_OK ? engine_job_go_on(j, now + ERASE_PAUSE_US) : x;
}

static err run_delete_alerts(struct job_item *j, int64_t now) { return erase_piece(j, true, now); }
static err run_empty_alerts(struct job_item *j, int64_t now) { return erase_piece(j, false, now); }

err job_call(const struct job_item *j, struct group *g, int64_t *epoch, int64_t *user_id) {
    str rest = j->job.detail, head;
    if (!str_split(&rest, ' ', &head) || !str_to_int(head, epoch) || !str_to_int(rest, user_id)) return ERR_NOT_FOUND;
    return group_rows_get(j->engine->rows, j->job.alert_group_id, g);
}

static err run_escalate(struct job_item *j, int64_t now) {
    struct group g;
    int64_t epoch, user_id;
    err x = job_call(j, &g, &epoch, &user_id);
    return x == ERR_OK ? engine_escalation_resume(j->engine, &g, epoch, now) : x;
}

static err run_page(struct job_item *j, int64_t now) {
    struct group g;
    int64_t epoch, user_id;
    err x = job_call(j, &g, &epoch, &user_id);
    return x == ERR_OK ? engine_page_resume(j->engine, j->arena, &g, user_id, epoch, now) : x;
}

static const struct {
    const char *kind;
    err (*run)(struct job_item *j, int64_t now);
} kinds[] = {
    {"unsilence", job_unsilence},         {"label_index", engine_index_groups},
    {"delete_alerts", run_delete_alerts}, {"empty_alerts", run_empty_alerts},
    {"escalate", run_escalate},           {"page", run_page},
    {"watch_answer", job_watch_answer},   {"remind", job_remind},
    {"unacknowledge", job_unacknowledge}, {"auto_resolve", job_auto_resolve},
    {"maintenance", job_maintenance},     {"release", job_release},
    {"count_groups", job_count_groups},   {"source_ends", job_source_ends},
};

// One that is due at the same moment and runs first may have called it off.
static err is_there(const struct job_item *j, store *s) {
    struct store_rows rows;
    err x = store_run(s, j->arena, "SELECT 1 FROM job WHERE id = $1", &SV_INT(j->job.id), 1, 1, &rows, NULL);
    return x == ERR_OK && !rows.count ? ERR_NOT_FOUND : x;
}

static err job_apply(struct commit_item *item, store *s, int64_t now) {
    struct job_item *j = CONTAINER(item, struct job_item, item);
    err x = is_there(j, s);
    if (x != ERR_OK) return x == ERR_NOT_FOUND ? ERR_OK : x;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_is(j->job.kind, str_of(kinds[i].kind))) x = kinds[i].run(j, now);
    if (x == ERR_NOT_FOUND) x = ERR_OK; // what it was for is gone
    struct store_rows ignored;
    if (x == ERR_OK && !j->is_kept)
        x = store_run(s, j->arena, "DELETE FROM job WHERE id = $1", &SV_INT(j->job.id), 1, 0, &ignored, NULL);
    return x;
}

void job_init(struct job_item *j, engine *e) {
    j->engine = e;
    j->item.class = COMMIT_PERSON;
    j->item.is_atomic = true;
    j->item.weight = sizeof *j;
    j->item.apply = job_apply;
}
