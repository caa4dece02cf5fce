// A person's action on a group, and plain writes of configuration: items of the commit thread.
#include "engine/engine_parts.h"
#include "engine/maintain.h"
#include "store/deed_rows.h"
#include "store/page_rows.h"
#include <time.h>

static err wipe_texts(engine *e, int64_t id, int64_t now) {
    char title[64];
    time_t seconds = now / 1000000;
    struct tm utc;
    gmtime_r(&seconds, &utc);
    size_t n = strftime(title, sizeof title, "Wiped at %Y-%m-%d", &utc);
    return group_rows_wipe(e->rows, id, (str){title, n});
}

// A large group is over for everyone in this transaction, and its alerts are erased in pieces: the first here, the rest
// by a job, which a restart finds again. Readers show no alert without a group and no payload of a wiped one.
static err erase_alerts(engine *e, const struct group *g, bool is_delete, int64_t now) {
    int64_t from = g->last_alert_id;
    err x = group_rows_erase(e->rows, is_delete, &from);
    return x == ERR_OK && from ? engine_add_erase_job(e, is_delete, g->id, from, now) : x;
}

// The groups that are attached to `g`, each with its row.
static err each_attached(engine *e, const struct group *g, const struct group_deed *d, int64_t now) {
    arena *a = arena_new();
    int64_t *ids;
    size_t count = 0;
    err x = group_rows_attached(e->rows, a, g->id, &ids, &count);
    for (size_t i = 0; i < count && x == ERR_OK; i++) {
        struct group follower;
        x = group_rows_get(e->rows, ids[i], &follower);
        if (x == ERR_OK) x = engine_act(e, &follower, d, now, NULL);
        if (x == ERR_INVALID) x = ERR_OK; // it is there already
    }
    arena_free(a);
    return x;
}

err engine_follow_root(engine *e, const struct group *g, const struct group_deed *deed, int64_t now) {
    bool is_own = deed->verb == VERB_ATTACH || deed->verb == VERB_UNATTACH || deed->verb == VERB_CONFIRM;
    struct group_deed follow = *deed;
    follow.is_by_root = true;
    return g->root_id || is_own ? ERR_OK : each_attached(e, g, &follow, now);
}

static err delete_group(engine *e, const struct group *g, int64_t now) {
    struct group_deed unattach = {.verb = VERB_UNATTACH, .actor = {.by = BY_SYSTEM}};
    arena *a = arena_new();
    err x = each_attached(e, g, &unattach, now);
    if (x == ERR_OK) x = engine_pages_call_off(e, a, g->id, 0, now);
    arena_free(a);
    if (x == ERR_OK) x = engine_count_gone(e, g, false);
    if (x == ERR_OK) x = group_rows_delete(e->rows, g);
    return x == ERR_OK ? erase_alerts(e, g, true, now) : x;
}

static err wipe_group(engine *e, const struct group *g, int64_t now) {
    err x = engine_count_gone(e, g, true);
    if (x == ERR_OK) x = wipe_texts(e, g->id, now);
    return x == ERR_OK ? erase_alerts(e, g, false, now) : x;
}

// Two open groups of one problem on one route would leave its next alert without a home.
static err check_unresolve(engine *e, const struct group *g, struct why *why) {
    struct group other;
    if (!g->resolved_at || !g->has_hash) return ERR_OK;
    err x = engine_find_open(e, g->integration_id, g->grouping_hash, g->route_id, &other);
    if (x == ERR_NOT_FOUND) return ERR_OK;
    return x == ERR_OK ? why_set(why, ERR_INVALID,
                                 "Can't unresolve an alert group while a newer one of the same problem is open")
                       : x;
}

// The API does as it is told, as its clients expect.
static err find_note(engine *e, const struct group *g, struct group_deed *deed) {
    bool is_person = deed->actor.by == BY_USER || deed->actor.by == BY_ROOM;
    bool is_asked = deed->verb == VERB_RESOLVE && is_person && deed->actor.source && !deed->is_by_root;
    bool has_note = true;
    err x = e->options.is_note_required && is_asked ? deed_rows_has_note(e->options.writer, g->id, &has_note) : ERR_OK;
    deed->lacks_note = !has_note;
    return x;
}

static err find_called(engine *e, const struct group *g, struct group_deed *deed) {
    if (deed->verb != VERB_ACKNOWLEDGE || !g->acknowledged_at) return ERR_OK;
    arena *a = arena_new();
    err x = page_rows_is_called(e->options.writer, a, g->id, g->acknowledged_at, &deed->is_called);
    arena_free(a);
    return x;
}

err engine_act(engine *e, struct group *g, const struct group_deed *wanted, int64_t now, struct why *why) {
    struct group_effects effects = {0};
    struct group_deed own = *wanted, *deed = &own;
    struct group before = *g;
    err x = deed->verb == VERB_UNRESOLVE ? check_unresolve(e, g, why) : find_called(e, g, deed);
    if (x == ERR_OK) x = find_note(e, g, deed);
    if (x == ERR_OK) x = group_act(g, deed, now, &effects, why);
    if (x == ERR_OK) x = engine_save_group(e, &before, g);
    if (x == ERR_OK && g->root_id != before.root_id) x = group_rows_set_root(e->rows, g);
    if (x == ERR_OK) x = engine_add_effects(e, g, &effects, now);
    if (x == ERR_OK && g->wiped_at && !before.wiped_at) x = wipe_group(e, g, now);
    if (x == ERR_OK) x = engine_remind(e, g, deed, now);
    return x == ERR_OK ? engine_follow_root(e, g, deed, now) : x;
}

static err find_root(struct act_item *a, struct group_deed *deed, struct group *root) {
    int64_t *ids;
    size_t count = 0;
    arena *scratch = arena_new();
    err x = group_rows_get(a->engine->rows, a->root_id, root);
    if (x == ERR_NOT_FOUND) x = why_set(&a->why, ERR_INVALID, "Can't attach to an alert group that is gone");
    if (x == ERR_OK) x = group_rows_attached(a->engine->rows, scratch, a->alert_group_id, &ids, &count);
    arena_free(scratch);
    deed->root = root;
    deed->has_attached = count > 0;
    return x;
}

// To resolve the group that collects is to end its maintenance; nothing else can be done to it while that runs.
static err act_on_collector(struct act_item *a, int64_t window_id, int64_t now) {
    if (!a->is_delete && a->verb == VERB_RESOLVE)
        return engine_maintenance_settle(a->engine, window_id, &a->actor, now, &a->why);
    return why_set(&a->why, ERR_INVALID, "Can't %s the alert group of a maintenance that runs",
                   a->is_delete ? "delete" : group_verb_text(a->verb));
}

static err check_root(struct act_item *a) {
    int64_t window_id = 0;
    err x = engine_collector_of(a->engine, a->root_id, &window_id);
    if (x != ERR_OK || !window_id) return x;
    return why_set(&a->why, ERR_INVALID, "Can't attach to the alert group of a maintenance that runs");
}

// A request that somebody kept and sends again later does nothing: the group's log remembers it as long as there is a group.
static err check_once(struct act_item *a) {
    bool is_done = false;
    if (!a->actor.once) return ERR_OK;
    err x = deed_rows_is_done(a->engine->options.writer, a->alert_group_id, a->actor.once, &is_done);
    return is_done ? why_set(&a->why, ERR_INVALID, "This was done already, and a press counts once") : x;
}

static err apply_verb(struct act_item *a, int64_t now) {
    struct group g, root;
    struct group_deed deed = {.verb = a->verb, .actor = a->actor, .silence_ms = a->silence_ms};
    int64_t window_id = 0;
    if (a->actor.by == BY_ROOM && !a->engine->options.has_room_links)
        return why_set(&a->why, ERR_INVALID, "Links in rooms act no more: the setting room_links is off");
    err x = group_rows_get(a->engine->rows, a->alert_group_id, &g);
    if (x == ERR_NOT_FOUND) why_set(&a->why, x, "Not found.");
    if (x == ERR_OK) x = check_once(a);
    if (x == ERR_OK) x = engine_collector_of(a->engine, g.id, &window_id);
    if (x != ERR_OK) return x;
    if (window_id) return act_on_collector(a, window_id, now);
    if (a->is_delete) return delete_group(a->engine, &g, now);
    if (a->verb == VERB_ATTACH) x = check_root(a);
    if (x == ERR_OK && a->verb == VERB_ATTACH) x = find_root(a, &deed, &root);
    if (x == ERR_OK && a->note.len)
        x = deed_rows_add_note(a->engine->options.writer, g.id, a->actor.by == BY_USER ? a->actor.id : 0, "web",
                               a->note, now);
    return x == ERR_OK ? engine_act(a->engine, &g, &deed, now, &a->why) : x;
}

static err act_apply(struct commit_item *item, store *s, int64_t now) {
    (void)s;
    struct act_item *a = CONTAINER(item, struct act_item, item);
    err x = apply_verb(a, now);
    if (x == ERR_OK) engine_count(&a->engine->counters.actions);
    return x;
}

void act_init(struct act_item *a, engine *e) {
    a->engine = e;
    a->item.class = COMMIT_PERSON;
    a->item.is_atomic = true;
    a->item.weight = sizeof *a;
    a->item.apply = act_apply;
}

static err fill_refs(struct write_item *w, const struct write_statement *st) {
    for (size_t i = 0; i < st->ref_count; i++) {
        const struct store_rows *rows = &w->results[st->refs[i].statement];
        if (!rows->count) return why_set(&w->why, ERR_CONFLICT, "a row that was to be used is gone");
        size_t column = 0;
        while (column < rows->columns && !str_is(str_of(rows->names[column]), st->refs[i].column)) column++;
        if (column == rows->columns)
            return why_set(&w->why, ERR_INVALID, "no column %.*s to refer to", STR_FMT(st->refs[i].column));
        st->args[st->refs[i].arg] = rows->values[column];
    }
    return ERR_OK;
}

static err write_apply(struct commit_item *item, store *s, int64_t now) {
    (void)now;
    struct write_item *w = CONTAINER(item, struct write_item, item);
    err x = ERR_OK;
    if (w->is_outbox) w->engine->notifications_added = true;
    else {
        w->engine->config_changed = true;
        engine_schedules_changed(w->engine);
    }
    for (size_t i = 0; i < w->count && x == ERR_OK; i++) {
        struct write_statement *st = &w->statements[i];
        x = fill_refs(w, st);
        if (x == ERR_OK) x = store_run(s, w->arena, st->sql, st->args, st->nargs, 0, &w->results[i], &w->why);
        if (x == ERR_OK && st->expect >= 0) {
            int64_t n = w->results[i].columns ? (int64_t)w->results[i].count : w->results[i].changes;
            if (n != st->expect)
                x = why_set(&w->why, ERR_CONFLICT,
                            "expect: statement %zu touched %lld rows, not %lld; it was changed meanwhile", i + 1,
                            (long long)n, (long long)st->expect);
        }
    }
    return x;
}

void write_init(struct write_item *w, engine *e) {
    w->engine = e;
    w->item.class = COMMIT_PERSON;
    w->item.is_atomic = true;
    w->item.weight = sizeof *w + arena_size(w->arena);
    w->item.apply = write_apply;
    w->results = arena_alloc(w->arena, (w->count ? w->count : 1) * sizeof *w->results);
}
