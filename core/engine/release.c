// What becomes of the groups of a window that has ended: the work of its end, in pieces that hold nobody up.
//
// A group that is in another window by now goes over to that one. What is not over is released: detached, and its escalation
// begins as if it had just opened; or resolved, when that was chosen. What is over stays attached, as it happened.
#include "engine/engine_parts.h"
#include "engine/maintain.h"

#define PIECE          50
#define PIECE_PAUSE_US 20000
#define PRIORITY       5 // people wait to be called

struct releasing {
    engine *engine;
    arena *arena;
    const struct release *of;
    int64_t now;
};

static err run(const struct releasing *r, const char *sql, const struct store_value *args, size_t nargs,
               struct store_rows *out) {
    struct store_rows ignored;
    return store_run(r->engine->options.writer, r->arena, sql, args, nargs, 0, out ? out : &ignored, NULL);
}

static err set_marks(const struct releasing *r, struct group *g, int64_t window_id, bool is_debug) {
    g->is_debug = is_debug;
    struct store_value args[] = {store_int_or_null(window_id), SV_INT(is_debug), SV_INT(g->id)};
    return run(r, "UPDATE alert_group SET maintenance_id = $1, is_debug = $2 WHERE id = $3", args, 3, NULL);
}

static err line(const struct releasing *r, const struct group *g, const char *action) {
    return engine_add_line_by(r->engine, g->id, action, "maintenance_ended", STR(""), r->of->actor, r->now);
}

static err detach(const struct releasing *r, struct group *g) {
    struct group_deed deed = {.verb = VERB_UNATTACH, .actor = r->of->actor, .reason = "maintenance_ended"};
    return g->root_id ? engine_act(r->engine, g, &deed, r->now, NULL) : ERR_OK;
}

// Others hear of it now as they would have when it opened.
static err announce(const struct releasing *r, struct group *g) {
    struct group_effects effects = {.lines = {{.action = "registered", .actor = {.by = BY_SOURCE}}}, .line_count = 1};
    err x = engine_send_hooks(r->engine, g, &effects, r->now);
    return x == ERR_OK ? engine_posts_open(r->engine, g, r->now) : x;
}

static err free_collected(const struct releasing *r, struct group *g) {
    err x = set_marks(r, g, 0, g->is_debug);
    if (x == ERR_OK) x = announce(r, g);
    if (x == ERR_OK) engine_count(&r->engine->counters.maintenance_released);
    return x == ERR_OK ? detach(r, g) : x;
}

static err free_debugged(const struct releasing *r, struct group *g) {
    err x = set_marks(r, g, 0, g->is_demo);
    if (x != ERR_OK || g->is_debug) return x;
    x = line(r, g, "released");
    if (x == ERR_OK) x = engine_posts_changed(r->engine, g, r->now);
    if (x != ERR_OK || group_state(g) != GROUP_FIRING || g->root_id) return x;
    engine_count(&r->engine->counters.maintenance_released);
    return engine_escalation_start(r->engine, g, r->now);
}

static err resolve(const struct releasing *r, struct group *g) {
    struct group_deed deed = {
        .verb = VERB_RESOLVE, .actor = r->of->actor, .is_by_root = true, .reason = "maintenance_ended"};
    err x = engine_act(r->engine, g, &deed, r->now, NULL);
    if (x == ERR_INVALID) x = ERR_OK;
    return x == ERR_OK ? set_marks(r, g, 0, g->is_demo && g->is_debug) : x;
}

// To the window that it is in by now.
static err hand_over(const struct releasing *r, struct group *g, const struct maintenance_window *w,
                     bool is_collected) {
    struct group root;
    bool is_debug = w->mode == MAINTENANCE_DEBUG;
    err x = set_marks(r, g, w->id, is_debug || (g->is_demo && g->is_debug));
    if (x != ERR_OK || (is_debug && !is_collected)) return x; // a room goes on showing that nobody is called
    if (is_collected) {
        // Detached it would be called for: it is not firing in between.
        g->root_id = is_debug ? 0 : w->alert_group_id;
        x = group_rows_set_root(r->engine->rows, g);
        if (x == ERR_OK) x = line(r, g, is_debug ? "unattached" : "attached");
        if (x == ERR_OK && is_debug) x = announce(r, g);
        bool walks = x == ERR_OK && is_debug && group_state(g) == GROUP_FIRING;
        return walks ? engine_escalation_start(r->engine, g, r->now) : x;
    }
    x = group_rows_get(r->engine->rows, w->alert_group_id, &root);
    struct group_deed deed = {.verb = VERB_ATTACH, .actor = r->of->actor, .root = &root, .reason = "maintenance_ended"};
    if (x == ERR_OK) x = engine_act(r->engine, g, &deed, r->now, NULL);
    return x == ERR_INVALID ? ERR_OK : x; // a person attached it to something else
}

static err release_one(const struct releasing *r, int64_t id, str labels) {
    bool was_collecting = r->of->is_collected;
    struct group g;
    const struct maintenance_window *w = NULL;
    err x = group_rows_get(r->engine->rows, id, &g);
    if (x != ERR_OK) return x == ERR_NOT_FOUND ? ERR_OK : x;
    if (g.resolved_at) return set_marks(r, &g, 0, g.is_demo && g.is_debug);
    bool is_collected = was_collecting && g.root_id;
    if (was_collecting && !g.root_id) return set_marks(r, &g, 0, g.is_debug); // a person detached it
    if (r->of->is_resolved) return resolve(r, &g);
    x = engine_maintenance_find(r->engine, &g, labels, &w);
    if (x != ERR_OK) return x;
    if (w) return hand_over(r, &g, w, is_collected);
    return is_collected ? free_collected(r, &g) : free_debugged(r, &g);
}

static err plan_rest(const struct releasing *r, int64_t from_id) {
    char detail[160];
    const struct release *of = r->of;
    int flags = of->is_collected + 2 * of->is_resolved;
    int n = snprintf(detail, sizeof detail, "%lld %lld %lld %d %d %lld", (long long)of->window_id, (long long)from_id,
                     (long long)of->last_id, flags, (int)of->actor.by, (long long)of->actor.id);
    struct job_row job = {
        .kind = STR("release"), .due_at = r->now + PIECE_PAUSE_US, .priority = PRIORITY, .detail = {detail, (size_t)n}};
    r->engine->jobs_added = true;
    return group_rows_add_job(r->engine->rows, &job);
}

err engine_release(engine *e, arena *a, const struct release *of, int64_t now) {
    struct releasing r = {.engine = e, .arena = a, .of = of, .now = now};
    struct store_value args[] = {SV_INT(of->window_id), SV_INT(of->from_id), SV_INT(of->last_id), SV_INT(PIECE)};
    struct store_rows rows;
    err x = run(
        &r,
        "SELECT id, labels FROM alert_group WHERE maintenance_id = $1 AND id > $2 AND id <= $3 ORDER BY id LIMIT $4",
        args, 4, &rows);
    for (size_t i = 0; i < rows.count && x == ERR_OK; i++) {
        const struct store_value *v = &rows.values[i * rows.columns];
        x = release_one(&r, v[0].integer, v[1].type == STORE_TEXT ? v[1].text : STR(""));
    }
    if (x != ERR_OK || rows.count < PIECE) return x;
    return plan_rest(&r, rows.values[(rows.count - 1) * rows.columns].integer);
}

static bool next_number(str *rest, int64_t *out) {
    str head;
    if (!rest->len || !str_split(rest, ' ', &head)) return false;
    return str_to_int(head, out);
}

err job_release(struct job_item *j, int64_t now) {
    struct release r = {0};
    int64_t flags = 0, by = 0;
    str rest = j->job.detail;
    if (!next_number(&rest, &r.window_id) || !next_number(&rest, &r.from_id) || !next_number(&rest, &r.last_id) ||
        !next_number(&rest, &flags) || !next_number(&rest, &by) || !next_number(&rest, &r.actor.id))
        return ERR_OK;
    r.is_collected = flags & 1;
    r.is_resolved = flags & 2;
    r.actor.by = (enum group_by)by;
    return engine_release(j->engine, j->arena, &r, now);
}
