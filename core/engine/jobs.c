// What each kind of job does when it is due. A job runs in a transaction of the commit thread that also deletes it, after
// checking that it still applies: its group may have moved on while it waited.
#include "engine/engine_parts.h"
#include "script/json.h"

static err run_unsilence(struct job_item *j, int64_t now) {
    engine *e = j->engine;
    struct group g;
    err x = group_rows_get(e->rows, j->job.alert_group_id, &g);
    if (x == ERR_NOT_FOUND) return ERR_OK;
    if (x != ERR_OK || !g.silenced_until || g.silenced_until > now) return x;
    struct group_effects effects = {0};
    struct group_actor timer = {.by = BY_TIMER};
    if (group_act(&g, VERB_UNSILENCE, timer, 0, now, &effects, NULL) != ERR_OK) return ERR_OK;
    effects.cancel_unsilence = false; // this very job
    x = group_rows_update(e->rows, &g);
    return x == ERR_OK ? engine_add_effects(e, &g, &effects, now) : x;
}

static str text_of_scalar(arena *a, const struct json *v) {
    if (v->type == JSON_STRING) return v->text;
    buf text = {0};
    json_write(&text, v);
    str copy = arena_str(a, buf_view(&text));
    buf_free(&text);
    return copy;
}

// Fills the filter index with the labels that stand in the group's row.
static err run_label_index(struct job_item *j, int64_t now) {
    (void)now;
    store *s = j->engine->options.writer;
    struct store_rows rows, ignored;
    err x = store_run(s, j->arena, "SELECT labels FROM alert_group WHERE id = $1", &SV_INT(j->job.alert_group_id), 1, 1, &rows,
                      NULL);
    if (x != ERR_OK || !rows.count || rows.values[0].type != STORE_TEXT) return x;
    struct json *labels;
    if (json_parse(j->arena, rows.values[0].text, &labels, NULL) != ERR_OK || labels->type != JSON_OBJECT) return ERR_OK;
    for (uint32_t i = 0; i < labels->count && x == ERR_OK; i++) {
        struct store_value args[] = {SV_TEXT(labels->members[i].key),
                                     SV_TEXT(text_of_scalar(j->arena, &labels->members[i].value)),
                                     SV_INT(j->job.alert_group_id)};
        x = store_run(s, j->arena, "INSERT INTO label (key, value, alert_group_id) VALUES ($1, $2, $3) "
                                   "ON CONFLICT DO NOTHING", args, 3, 0, &ignored, NULL);
    }
    return x;
}

static const struct {
    const char *kind;
    err (*run)(struct job_item *j, int64_t now);
} kinds[] = {
    {"unsilence", run_unsilence},
    {"label_index", run_label_index},
};

static err job_apply(struct commit_item *item, store *s, int64_t now) {
    struct job_item *j = CONTAINER(item, struct job_item, item);
    err x = ERR_OK;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_is(j->job.kind, str_of(kinds[i].kind))) x = kinds[i].run(j, now);
    struct store_rows ignored;
    if (x == ERR_OK) x = store_run(s, j->arena, "DELETE FROM job WHERE id = $1", &SV_INT(j->job.id), 1, 0, &ignored, NULL);
    return x;
}

void job_init(struct job_item *j, engine *e) {
    j->engine = e;
    j->item.class = COMMIT_PERSON;
    j->item.is_atomic = true;
    j->item.weight = sizeof *j;
    j->item.apply = job_apply;
}
