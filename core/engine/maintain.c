#include "engine/maintain.h"
#include "base/mem.h"
#include "engine/engine_parts.h"
#include "engine/schedule_load.h"

#define JOB_PRIORITY 10 // to the second, whatever else is overdue

struct maintain {
    store *store;
    zones *zones;
    arena *memory; // NULL: not read yet
    struct maintenance_window *list;
    size_t count;
};

maintain *maintain_new(store *writer) {
    maintain *m = NEW(maintain);
    m->store = writer;
    m->zones = zones_new(NULL);
    return m;
}

void maintain_forget(maintain *m) {
    arena_free(m->memory);
    m->memory = NULL;
    m->count = 0;
}

void maintain_free(maintain *m) {
    if (!m) return;
    maintain_forget(m);
    zones_free(m->zones);
    mem_free(m);
}

// What runs.

static enum maintenance_mode mode_of(str text) {
    return str_is(text, STR("debug")) ? MAINTENANCE_DEBUG : MAINTENANCE_COLLECT;
}

static str text_in(const struct json *object, const char *key) {
    str s = json_text(object, key);
    return s.ptr ? s : STR("");
}

static void read_labels(arena *a, str text, struct maintenance_window *w) {
    struct json *list;
    if (json_parse(a, text, &list, NULL) != ERR_OK || list->type != JSON_ARRAY) return;
    struct maintenance_label *labels = arena_alloc(a, (list->count + 1) * sizeof *labels);
    for (uint32_t i = 0; i < list->count; i++)
        labels[i] = (struct maintenance_label){text_in(&list->items[i], "key"), text_in(&list->items[i], "value")};
    w->labels = labels;
    w->label_count = list->count;
}

static err read_running(engine *e) {
    maintain *m = e->maintain;
    struct store_rows rows;
    m->memory = arena_new();
    err x = store_run(m->store, m->memory,
                      "SELECT id, mode, integration_id, route_id, labels, started_at, alert_group_id FROM maintenance "
                      "WHERE state = 'running' ORDER BY id",
                      NULL, 0, 0, &rows, NULL);
    if (x != ERR_OK) {
        maintain_forget(m);
        return x;
    }
    m->list = arena_alloc(m->memory, (rows.count + 1) * sizeof *m->list);
    for (size_t i = 0; i < rows.count; i++) {
        const struct store_value *v = &rows.values[i * rows.columns];
        m->list[i] = (struct maintenance_window){.id = v[0].integer,
                                                 .mode = mode_of(v[1].text),
                                                 .integration_id = store_int_of(&v[2]),
                                                 .route_id = store_int_of(&v[3]),
                                                 .started_at = store_int_of(&v[5]),
                                                 .alert_group_id = store_int_of(&v[6])};
        read_labels(m->memory, v[4].text, &m->list[i]);
    }
    m->count = rows.count;
    __atomic_store_n(&e->counters.maintenance_running, (uint64_t)m->count, __ATOMIC_RELAXED);
    return ERR_OK;
}

err engine_maintenance_find(engine *e, const struct group *g, str labels, const struct maintenance_window **out) {
    maintain *m = e->maintain;
    err x = m->memory ? ERR_OK : read_running(e);
    *out = NULL;
    if (x != ERR_OK || !m->count) return x;
    arena *a = arena_new();
    struct json *object = NULL;
    if (labels.len && json_parse(a, labels, &object, NULL) != ERR_OK) object = NULL;
    *out = maintenance_choose(m->list, m->count, &(struct maintenance_subject){g->integration_id, g->route_id, object});
    arena_free(a);
    return ERR_OK;
}

err engine_collector_of(engine *e, int64_t group_id, int64_t *window_id) {
    maintain *m = e->maintain;
    err x = m->memory ? ERR_OK : read_running(e);
    *window_id = 0;
    for (size_t i = 0; i < m->count && x == ERR_OK; i++)
        if (m->list[i].mode == MAINTENANCE_COLLECT && m->list[i].alert_group_id == group_id) *window_id = m->list[i].id;
    return x;
}

// What it does to a group.

static struct group_line *add_line(struct group_effects *effects, const char *action, const char *key, int64_t value) {
    struct group_line *line = &effects->lines[effects->line_count++];
    *line = (struct group_line){
        .action = action, .reason = "maintenance", .actor = {.by = BY_SYSTEM}, .key = key, .value = value};
    return line;
}

void engine_maintenance_open(const struct maintenance_window *w, struct group *g, struct group_effects *effects) {
    if (w->mode == MAINTENANCE_DEBUG) {
        g->is_debug = true;
        add_line(effects, "debug", "maintenance", w->id);
        return;
    }
    g->root_id = w->alert_group_id;
    if (effects->calls == CALLS_START) effects->calls = CALLS_GO_ON;
    add_line(effects, "attached", "root", w->alert_group_id);
}

err engine_maintenance_mark(engine *e, const struct group *g, const struct maintenance_window *w) {
    struct store_value args[] = {SV_INT(w->id), SV_INT(g->id)};
    struct store_rows ignored;
    arena *a = arena_new();
    err x = store_run(e->options.writer, a, "UPDATE alert_group SET maintenance_id = $1 WHERE id = $2", args, 2, 0,
                      &ignored, NULL);
    arena_free(a);
    bool is_collected = w->mode == MAINTENANCE_COLLECT;
    if (x == ERR_OK && is_collected) x = group_rows_set_root(e->rows, g);
    if (x == ERR_OK && is_collected) engine_count(&e->counters.maintenance_collected);
    return x;
}

err engine_is_collected(engine *e, const struct group *g, bool *out) {
    *out = false;
    if (!g->root_id) return ERR_OK;
    struct store_rows rows;
    arena *a = arena_new();
    err x = store_run(e->options.writer, a, "SELECT 1 FROM alert_group WHERE id = $1 AND maintenance_id IS NOT NULL",
                      &SV_INT(g->id), 1, 1, &rows, NULL);
    if (x == ERR_OK) *out = rows.count > 0;
    arena_free(a);
    return x;
}

// A window's own life.

struct window {
    engine *engine;
    arena *arena;
    int64_t id, now, started_at, alert_group_id, job_at;
    enum maintenance_mode mode;
    bool is_resolved_at_end;
    str words;
    struct maintenance_status status;
    const struct shift *times;
};

static err run(const struct window *w, const char *sql, const struct store_value *args, size_t nargs,
               struct store_rows *out) {
    struct store_rows ignored;
    return store_run(w->engine->options.writer, w->arena, sql, args, nargs, 0, out ? out : &ignored, NULL);
}

static str text_of(const struct store_value *v) { return v->type == STORE_TEXT ? v->text : (str){NULL, 0}; }

// Its times are those of a shift of a schedule that has no other.
static err read_times(struct window *w, const struct store_value *v) {
    struct shift_row row = {.id = w->id,
                            .duration_ms = v[8].integer,
                            .interval = v[10].integer,
                            .type = text_of(&v[9]).len ? STR("recurrent_event") : STR("single_event"),
                            .start_time = text_of(&v[6]),
                            .timezone = text_of(&v[7]),
                            .frequency = text_of(&v[9]),
                            .by_day = text_of(&v[11]),
                            .until_time = text_of(&v[12])};
    struct schedule_rows rows = {.shifts = &row, .shift_count = 1};
    struct schedule *schedule = arena_alloc(w->arena, sizeof *schedule);
    struct schedule_problem problem;
    schedule_load(&rows, w->now, w->now, w->engine->maintain->zones, w->arena, schedule, &problem);
    if (problem.count)
        LOG(w->engine->options.log, LOG_ERROR, "maintenance_times", LOG_N("window", w->id),
            LOG_Z("error", problem.first.text));
    if (!schedule->shift_count) return ERR_CORRUPT;
    struct shift *times = arena_alloc(w->arena, sizeof *times);
    *times = schedule->shifts[0];
    times->is_kept = true; // the work that is planned is done in that night too
    w->times = times;
    return ERR_OK;
}

static err read_window(struct window *w) {
    struct store_rows rows;
    err x = run(w,
                "SELECT mode, state, planned_at, end_at, next_at, started_at, start_time, timezone, duration_ms, "
                "frequency, interval, by_day, until_time, resolve_at_end, words, alert_group_id, job_at FROM "
                "maintenance WHERE id = $1",
                &SV_INT(w->id), 1, &rows);
    if (x != ERR_OK || !rows.count) return x == ERR_OK ? ERR_NOT_FOUND : x;
    const struct store_value *v = rows.values;
    str state = v[1].text;
    w->mode = mode_of(v[0].text);
    w->status = (struct maintenance_status){.state = str_is(state, STR("running")) ? MAINTENANCE_RUNNING
                                                     : str_is(state, STR("ended")) ? MAINTENANCE_ENDED
                                                                                   : MAINTENANCE_PLANNED,
                                            .planned_at = store_int_of(&v[2]),
                                            .end_at = store_int_of(&v[3]),
                                            .next_at = store_int_of(&v[4])};
    w->started_at = store_int_of(&v[5]);
    w->is_resolved_at_end = v[13].integer != 0;
    w->words = v[14].text;
    w->alert_group_id = store_int_of(&v[15]);
    w->job_at = store_int_of(&v[16]);
    return read_times(w, v);
}

static err write_window(const struct window *w) {
    static const char *const states[] = {"planned", "running", "ended"};
    struct store_value args[] = {SV_TEXT(str_of(states[w->status.state])),
                                 store_int_or_null(w->status.planned_at),
                                 store_int_or_null(w->started_at),
                                 store_int_or_null(w->status.end_at),
                                 store_int_or_null(w->status.next_at),
                                 store_int_or_null(w->alert_group_id),
                                 store_int_or_null(w->job_at),
                                 SV_INT(w->id)};
    return run(w,
               "UPDATE maintenance SET state = $1, planned_at = $2, started_at = $3, end_at = COALESCE($4, end_at), "
               "next_at = $5, alert_group_id = $6, job_at = $7 WHERE id = $8",
               args, 8, NULL);
}

// The group that collects is an alert of the house's own integration of type `maintenance`.
static err open_collector(struct window *w) {
    engine *e = w->engine;
    struct store_rows rows;
    struct json *words = NULL;
    err x = run(w, "SELECT id FROM integration WHERE type = 'maintenance' AND deleted_at IS NULL ORDER BY id LIMIT 1",
                NULL, 0, &rows);
    if (x == ERR_OK) x = json_parse(w->arena, w->words, &words, NULL);
    if (x != ERR_OK) return x;
    const struct config_integration *i = rows.count ? config_by_id(e->config, rows.values[0].integer) : NULL;
    if (!i || !i->route_count) return ERR_CORRUPT;
    struct accept_item *a = arena_alloc(w->arena, sizeof *a);
    *a = (struct accept_item){.signal = {.is_ours = true,
                                         .integration_id = i->id,
                                         .integration_version = i->version,
                                         .route_id = i->routes[i->route_count - 1].id,
                                         .has_words = true,
                                         .title = text_in(words, "title"),
                                         .payload = w->words,
                                         .received_at = w->now}};
    accept_init(a, e);
    x = a->item.apply(&a->item, e->options.writer, w->now);
    w->alert_group_id = a->alert_group_id;
    return x;
}

static err start(struct window *w) {
    w->started_at = w->now;
    err x = w->mode == MAINTENANCE_COLLECT ? open_collector(w) : ERR_OK;
    LOG(w->engine->options.log, LOG_INFO, "maintenance_started", LOG_N("window", w->id),
        LOG_Z("mode", w->mode == MAINTENANCE_COLLECT ? "maintenance" : "debug"));
    return x;
}

// Not through engine_act: what is attached to it is not resolved with it.
static err resolve_collector(struct window *w, struct group_actor actor) {
    struct group g;
    struct group_effects effects = {0};
    struct group_deed deed = {.verb = VERB_RESOLVE, .actor = actor, .reason = "maintenance_ended"};
    err x = group_rows_get(w->engine->rows, w->alert_group_id, &g);
    if (x != ERR_OK) return x == ERR_NOT_FOUND ? ERR_OK : x;
    if (g.resolved_at) return ERR_OK;
    struct group before = g;
    x = group_act(&g, &deed, w->now, &effects, NULL);
    if (x == ERR_OK) x = engine_save_group(w->engine, &before, &g);
    return x == ERR_OK ? engine_add_effects(w->engine, &g, &effects, w->now) : x;
}

static err last_marked(const struct window *w, int64_t *out) {
    struct store_rows rows;
    err x = run(w, "SELECT MAX(id) FROM alert_group WHERE maintenance_id = $1", &SV_INT(w->id), 1, &rows);
    if (x == ERR_OK) *out = store_int_of(&rows.values[0]);
    return x;
}

static err end(struct window *w, struct group_actor actor) {
    engine *e = w->engine;
    struct release r = {.window_id = w->id, .is_resolved = w->is_resolved_at_end, .actor = actor};
    r.is_collected = w->mode == MAINTENANCE_COLLECT;
    err x = write_window(w); // it covers nothing any more
    maintain_forget(e->maintain);
    if (x == ERR_OK && w->mode == MAINTENANCE_COLLECT) x = resolve_collector(w, actor);
    if (x == ERR_OK) x = last_marked(w, &r.last_id);
    if (x == ERR_OK) x = engine_release(e, w->arena, &r, w->now);
    LOG(e->options.log, LOG_INFO, "maintenance_ended", LOG_N("window", w->id));
    return x;
}

static err plan_job(struct window *w) {
    int64_t due_at = w->status.state == MAINTENANCE_RUNNING ? w->status.end_at : w->status.next_at;
    if (w->status.state == MAINTENANCE_ENDED || !due_at || due_at == w->job_at) return ERR_OK;
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%lld", (long long)w->id);
    struct job_row job = {.kind = STR("maintenance"),
                          .due_at = due_at,
                          .is_wall = true,
                          .priority = JOB_PRIORITY,
                          .detail = {digits, (size_t)n}};
    w->job_at = due_at;
    w->engine->jobs_added = true;
    return group_rows_add_job(w->engine->rows, &job);
}

static err settle(struct window *w, struct group_actor actor, struct why *why) {
    enum maintenance_event event;
    err x = ERR_OK;
    do {
        x = maintenance_settle(w->times, &w->status, w->now, &event, why);
        if (x == ERR_OK && event == MAINTENANCE_STARTS) x = start(w);
        else if (x == ERR_OK && event == MAINTENANCE_ENDS) x = end(w, actor);
    } while (x == ERR_OK && event != MAINTENANCE_NOTHING);
    if (x == ERR_OK) x = plan_job(w);
    return x == ERR_OK ? write_window(w) : x;
}

err engine_maintenance_settle(engine *e, int64_t window_id, const struct group_actor *stop, int64_t now,
                              struct why *why) {
    struct window w = {.engine = e, .arena = arena_new(), .id = window_id, .now = now};
    struct group_actor actor = stop ? *stop : (struct group_actor){.by = BY_TIMER};
    err x = read_window(&w);
    if (x == ERR_NOT_FOUND) why_set(why, x, "Not found.");
    if (x == ERR_OK && stop) maintenance_stop(&w.status, now);
    if (x == ERR_OK) x = settle(&w, actor, why);
    maintain_forget(e->maintain);
    arena_free(w.arena);
    return x;
}

err job_maintenance(struct job_item *j, int64_t now) {
    int64_t id;
    if (!str_to_int(j->job.detail, &id)) return ERR_OK;
    return engine_maintenance_settle(j->engine, id, NULL, now, NULL);
}

static err maintenance_apply(struct commit_item *item, store *s, int64_t now) {
    (void)s;
    struct maintenance_item *m = CONTAINER(item, struct maintenance_item, item);
    return engine_maintenance_settle(m->engine, m->window_id, m->is_stop ? &m->actor : NULL, now, &m->why);
}

void maintenance_item_init(struct maintenance_item *m, engine *e) {
    m->engine = e;
    m->item.class = COMMIT_PERSON;
    m->item.is_atomic = true;
    m->item.weight = sizeof *m;
    m->item.apply = maintenance_apply;
}
