// Stores an alert and what it does to its group: the work of one accept_item inside the commit's transaction.
#include "engine/engine_parts.h"

#define LABEL_DELAY_US 1000000 // from a group's opening to its labels' turn in the filter index
#define OPEN_MAX       16 // open groups of one grouping id that are looked at (one a route, as a rule)

static err add_effects(engine *e, const struct group *g, const struct group_effects *effects, bool is_new, int64_t now) {
    err x = ERR_OK;
    if (effects->cancel_unsilence) x = group_rows_cancel_jobs(e->rows, g->id, STR("unsilence"));
    for (size_t i = 0; i < effects->line_count && x == ERR_OK; i++) {
        const struct group_line *line = &effects->lines[i];
        char detail[64];
        int n = line->until ? snprintf(detail, sizeof detail, "{\"until\":%lld}", (long long)line->until) : 0;
        struct log_row row = {.alert_group_id = g->id,
                              .at = now,
                              .action = line->action,
                              .reason = line->reason,
                              .by = line->actor.by,
                              .by_id = line->actor.id,
                              .detail = {detail, (size_t)n}};
        x = group_rows_add_log(e->rows, &row, is_new && i == 0);
    }
    for (size_t i = 0; i < effects->job_count && x == ERR_OK; i++) {
        x = engine_add_job(e, effects->jobs[i].kind, effects->jobs[i].due_at, g->id);
    }
    return x;
}

err engine_add_effects(engine *e, const struct group *g, const struct group_effects *effects, int64_t now) {
    return add_effects(e, g, effects, false, now);
}

static err add_alert(struct accept_item *a, struct group *g, int64_t payload_hash) {
    const struct signal *s = &a->signal;
    unsigned flags = s->flags;
    if (s->is_resolve) flags |= SIGNAL_RESOLVE;
    if (s->is_acknowledge) flags |= SIGNAL_ACKNOWLEDGE;
    if (g->last_alert_id && g->last_payload_hash == payload_hash) flags |= SIGNAL_REPEAT;
    struct alert_row row = {
        .id = group_rows_next_alert_id(a->engine->rows),
        .alert_group_id = g->id,
        .previous_id = g->last_alert_id,
        .received_at = s->received_at,
        .signal = flags,
        .payload = s->payload,
        .parsed = s->parsed,
        .problems = s->problems,
    };
    if (!g->first_alert_id) g->first_alert_id = row.id;
    g->last_alert_id = row.id;
    g->last_payload_hash = payload_hash;
    a->alert_id = row.id;
    a->alert_group_id = g->id;
    if (flags & SIGNAL_REPEAT) engine_count(&a->engine->counters.repeats);
    return group_rows_add_alert(a->engine->rows, &row);
}

// Asks for the filter index to be brought up to date soon; the pager is told once in a while, not for each group.
static err index_labels(engine *e, int64_t now) {
    if (now - e->labels_told_at >= LABEL_DELAY_US) {
        e->labels_told_at = now;
        e->jobs_added = true;
    }
    return group_rows_index_labels(e->rows, now + LABEL_DELAY_US);
}

static err open_group(struct accept_item *a, int64_t grouping_hash, int64_t payload_hash, int64_t now) {
    engine *e = a->engine;
    const struct signal *s = &a->signal;
    struct group g;
    struct group_effects effects = {0};
    group_open(s, now, &g, &effects);
    g.id = group_rows_next_group_id(e->rows);
    g.grouping_hash = grouping_hash;
    err x = add_alert(a, &g, payload_hash);
    if (x != ERR_OK) return x;
    struct group_texts texts = {
        .grouping_id = {s->grouping_id.ptr, str_utf8_cut(s->grouping_id, 1000)}, .title = s->title, .labels = s->labels};
    x = group_rows_insert(e->rows, &g, &texts);
    if (x == ERR_OK) x = add_effects(e, &g, &effects, true, now);
    if (x == ERR_OK && s->labels.len) x = index_labels(e, now);
    if (x == ERR_OK) engine_count(&e->counters.groups_opened);
    return x;
}

static err join_group(struct accept_item *a, struct group *g, int64_t payload_hash, int64_t now) {
    engine *e = a->engine;
    struct group_effects effects = {0};
    group_join(g, &a->signal, now, &effects);
    err x = add_alert(a, g, payload_hash);
    if (x != ERR_OK) return x;
    if (!effects.line_count) return group_rows_touch(e->rows, g);
    x = group_rows_update(e->rows, g);
    return x == ERR_OK ? add_effects(e, g, &effects, false, now) : x;
}

// A problem that is over is over on every route.
static err resolve_others(struct accept_item *a, struct group *groups, size_t count, const struct group *joined,
                          int64_t now) {
    err x = ERR_OK;
    for (size_t i = 0; i < count && x == ERR_OK; i++) {
        struct group_effects effects = {0};
        if (&groups[i] == joined) continue;
        group_resolve_by_source(&groups[i], now, &effects);
        x = group_rows_update(a->engine->rows, &groups[i]);
        if (x == ERR_OK) x = add_effects(a->engine, &groups[i], &effects, false, now);
    }
    return x;
}

// The open group of this grouping id on the signal's route; a resolve takes one of any route.
static struct group *pick(struct group *groups, size_t count, const struct signal *s) {
    for (size_t i = 0; i < count; i++)
        if (groups[i].route_id == s->route_id) return &groups[i];
    return s->is_resolve && count ? &groups[0] : NULL;
}

static err apply_grouped(struct accept_item *a, int64_t payload_hash, int64_t now) {
    engine *e = a->engine;
    const struct signal *s = &a->signal;
    int64_t hash = engine_hash(e, s->grouping_id);
    struct group groups[OPEN_MAX];
    size_t count = 0;
    err x = group_rows_find_open(e->rows, s->integration_id, hash, groups, OPEN_MAX, &count);
    if (x != ERR_OK) return x;
    struct group *g = pick(groups, count, s);
    if (g) {
        x = join_group(a, g, payload_hash, now);
        if (x == ERR_OK && s->is_resolve) x = resolve_others(a, groups, count, g, now);
        return x;
    }
    if (s->is_resolve) {
        x = group_rows_find_closed(e->rows, s->integration_id, hash, &groups[0]);
        if (x == ERR_OK) return join_group(a, &groups[0], payload_hash, now);
        if (x != ERR_NOT_FOUND) return x;
    }
    return open_group(a, hash, payload_hash, now);
}

static err accept(struct commit_item *item, int64_t now) {
    struct accept_item *a = CONTAINER(item, struct accept_item, item);
    engine *e = a->engine;
    const struct config_integration *integration = config_by_id(e->config, a->signal.integration_id);
    if (!integration) return ERR_NOT_FOUND;
    if (integration->version != a->signal.integration_version) {
        engine_count(&e->counters.stale);
        return ERR_STALE;
    }
    int64_t payload_hash = engine_hash(e, a->signal.payload);
    err x = a->signal.has_grouping_id ? apply_grouped(a, payload_hash, now) : open_group(a, 0, payload_hash, now);
    if (x != ERR_OK) return x == ERR_NOT_FOUND ? ERR_CORRUPT : x;
    engine_count(&e->counters.alerts);
    engine_count(&integration->counters->alerts);
    return ERR_OK;
}

static err accept_apply(struct commit_item *item, store *s, int64_t now) {
    (void)s;
    int64_t start = clock_ns();
    struct accept_item *a = CONTAINER(item, struct accept_item, item);
    err x = accept(item, now);
    engine_spent(&a->engine->counters.apply_ns, start);
    return x;
}

void accept_init(struct accept_item *a, engine *e) {
    a->engine = e;
    a->item.class = COMMIT_ALERT;
    a->item.lane = a->signal.integration_id;
    a->item.apply = accept_apply;
}
