// Stores an alert and what it does to its group: the work of one accept_item inside the commit's transaction.
#include "engine/clock_step.h"
#include "engine/engine_parts.h"
#include "engine/maintain.h"

#define LABEL_DELAY_US 1000000 // from a group's opening to its turn in the lists that filters read
#define OPEN_MAX       16      // open groups of one grouping id that are read at once (there is one a route)

static size_t add_member(char *out, size_t n, size_t size, const char *name, const char *value, bool is_text) {
    const char *quote = is_text ? "\"" : "";
    return n + (size_t)snprintf(out + n, size - n, "%s\"%s\":%s%s%s", n ? "," : "{", name, quote, value, quote);
}

static size_t detail_of(const struct group_line *line, char *out, size_t size) {
    size_t n = 0;
    char value[24];
    snprintf(value, sizeof value, "%lld", (long long)line->value);
    if (line->key) n = add_member(out, n, size, line->key, value, false);
    if (line->actor.source) n = add_member(out, n, size, "source", line->actor.source, true);
    if (line->actor.once) n = add_member(out, n, size, "once", line->actor.once, true);
    if (n) out[n++] = '}';
    return n;
}

static err add_effects(engine *e, struct group *g, const struct group_effects *effects, bool is_new, int64_t now) {
    err x = ERR_OK;
    if (effects->cancel_unsilence) x = group_rows_cancel_jobs(e->rows, g->id, STR("unsilence"));
    for (size_t i = 0; i < effects->line_count && x == ERR_OK; i++) {
        const struct group_line *line = &effects->lines[i];
        char detail[GROUP_SOURCE_MAX + GROUP_ONCE_MAX + 96];
        struct log_row row = {.alert_group_id = g->id,
                              .at = now,
                              .action = line->action,
                              .reason = line->reason,
                              .by = line->actor.by,
                              .by_id = line->actor.id,
                              .detail = {detail, detail_of(line, detail, sizeof detail)}};
        x = group_rows_add_log(e->rows, &row, is_new && i == 0);
    }
    for (size_t i = 0; i < effects->job_count && x == ERR_OK; i++) {
        x = engine_add_job(e, effects->jobs[i].kind, effects->jobs[i].due_at, g->id);
    }
    bool is_collected = is_new && g->root_id; // nobody hears of it
    if (x == ERR_OK && !is_new) x = engine_is_collected(e, g, &is_collected);
    if (x == ERR_OK && !is_collected) x = engine_send_hooks(e, g, effects, now);
    bool is_quiet = is_new && group_state(g) == GROUP_SILENCED; // its rooms hear of it when the silence ends
    bool wakes = !is_new && effects->calls == CALLS_START && effects->line_count && group_state(g) == GROUP_FIRING;
    if (x == ERR_OK && wakes && !is_collected) x = engine_posts_catch_up(e, g, now);
    if (x == ERR_OK && is_new && !is_collected && !is_quiet) x = engine_posts_open(e, g, now);
    else if (x == ERR_OK && effects->line_count) x = engine_posts_changed(e, g, now);
    if (x == ERR_OK && !is_new && effects->line_count) x = engine_notes_add(e, g->id, now);
    if (x == ERR_OK && effects->calls == CALLS_STOP && !is_new) x = engine_escalation_stop(e, g, now);
    return x == ERR_OK && effects->calls == CALLS_START ? engine_escalation_start(e, g, now) : x;
}

err engine_add_effects(engine *e, struct group *g, const struct group_effects *effects, int64_t now) {
    return add_effects(e, g, effects, false, now);
}

static err add_alert(struct accept_item *a, struct group *g) {
    const struct signal *s = &a->signal;
    unsigned flags = s->flags;
    if (s->is_resolve || a->is_held) flags |= SIGNAL_RESOLVE;
    if (s->is_acknowledge) flags |= SIGNAL_ACKNOWLEDGE;
    if (g->last_alert_id && g->last_payload_hash == a->payload_hash) flags |= SIGNAL_REPEAT;
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
    g->last_payload_hash = a->payload_hash;
    a->alert_id = row.id;
    a->alert_group_id = g->id;
    if (flags & SIGNAL_REPEAT) engine_count(&a->engine->counters.repeats);
    return group_rows_add_alert(a->engine->rows, &row);
}

// Asks for the lists of groups to be brought up to date soon, once until that has happened.
static err index_soon(engine *e, int64_t now) {
    if (e->label_job_waits) return ERR_OK;
    e->label_job_waits = e->jobs_added = true;
    return group_rows_index_labels(e->rows, now + LABEL_DELAY_US);
}

#define EVENT_STEP INT64_C(0x9E3779B97F4A7C1) // between the alerts of one request

#define REPEAT_LOG_US (5 * INT64_C(1000000)) // of repeats in each such time, one leaves a line

static err log_repeat(struct accept_item *a, const struct group *before, const struct group *g, int64_t now) {
    bool is_first = before->alerts_count == 1;
    bool is_due = is_first || now / REPEAT_LOG_US != before->last_alert_at / REPEAT_LOG_US;
    if (!a->signal.logs_repeats || g->resolved_at || !is_due) return ERR_OK;
    struct group_actor source = {.by = BY_SOURCE};
    return engine_add_line_by(a->engine, g->id, "duplicate_suppressed", "joined_open_group", STR(""), source, now);
}

static void guess(struct accept_item *a, const struct group *g) {
    open_guess_set(a->engine->open_guess, g->integration_id, g->route_id, g->grouping_hash, g->is_open && g->has_hash);
}

static err join_group(struct accept_item *a, struct group *g, int64_t now);

static err open_group(struct accept_item *a, int64_t grouping_hash, int64_t now) {
    engine *e = a->engine;
    const struct signal *s = &a->signal;
    if (!s->has_words) { // it was guessed to join; nothing is written yet
        open_guess_set(e->open_guess, s->integration_id, s->route_id, grouping_hash, false);
        return ERR_STALE;
    }
    struct group g;
    err seen = engine_find_event(e, s, a->event_hash, a->payload_hash, now, &g);
    if (seen != ERR_NOT_FOUND) return seen == ERR_OK ? join_group(a, &g, now) : seen;
    struct group_effects effects = {0};
    const struct maintenance_window *window = NULL;
    group_open(s, now, &g, &effects);
    if (g.is_open && engine_maintenance_find(e, &g, s->labels, &window) != ERR_OK) return ERR_IO;
    if (window) engine_maintenance_open(window, &g, &effects);
    g.id = group_rows_next_group_id(e->rows);
    g.grouping_hash = grouping_hash;
    a->is_new = true;
    engine_note_event(e, s, a->event_hash, g.id, now);
    err x = add_alert(a, &g);
    if (x != ERR_OK) return x;
    struct group_texts texts = {.grouping_id = {s->grouping_id.ptr, str_utf8_cut(s->grouping_id, 1000)},
                                .title = s->title,
                                .labels = s->labels};
    x = group_rows_insert(e->rows, &g, &texts);
    if (x == ERR_OK && (g.is_demo || g.is_debug)) x = group_rows_mark(e->rows, &g);
    if (x == ERR_OK && window) x = engine_maintenance_mark(e, &g, window);
    if (x == ERR_OK) x = add_effects(e, &g, &effects, true, now);
    if (x == ERR_OK) x = index_soon(e, now);
    if (x == ERR_OK && g.is_open) x = engine_watch_quiet(e, &g, config_by_id(e->config, g.integration_id)->quiet_ms);
    if (x == ERR_OK && g.is_open) x = engine_senders_fire(e, &g, s);
    if (x == ERR_OK) engine_count(&e->counters.groups_opened);
    if (x == ERR_OK) engine_count_opened(e, &g, s->labels);
    guess(a, &g);
    return x;
}

// What a source did to a group, and so to those attached to it.
static err write_transition(engine *e, const struct group *before, struct group *g, const struct group_effects *effects,
                            int64_t now) {
    struct group_deed deed = {.verb = g->resolved_at ? VERB_RESOLVE : VERB_ACKNOWLEDGE, .actor = {.by = BY_SOURCE}};
    err x = engine_save_group(e, before, g);
    if (x == ERR_OK) x = add_effects(e, g, effects, false, now);
    return x == ERR_OK ? engine_follow_root(e, g, &deed, now) : x;
}

static err join_group(struct accept_item *a, struct group *g, int64_t now) {
    engine *e = a->engine;
    struct group_effects effects = {0};
    struct group before = *g;
    group_join(g, &a->signal, now, &effects);
    guess(a, g);
    err x = add_alert(a, g);
    if (x == ERR_OK && g->is_open && !a->is_held) x = engine_senders_fire(e, g, &a->signal);
    if (x != ERR_OK) return x;
    if (!effects.line_count) {
        x = group_rows_touch(e->rows, g);
        if (x == ERR_OK) x = log_repeat(a, &before, g, now);
        if (x == ERR_OK) x = engine_posts_joined(e, g, now);
        bool goes_on = x == ERR_OK && g->escalation == ESCALATION_PAUSED;
        return goes_on ? engine_escalation_resume(e, g, 0, now) : x;
    }
    return write_transition(e, &before, g, &effects, now);
}

static err resolve_other(engine *e, struct group *g, int64_t now) {
    struct group_effects effects = {0};
    struct group before = *g;
    group_resolve_by_source(g, now, &effects);
    return write_transition(e, &before, g, &effects, now);
}

err engine_find_open(engine *e, int64_t integration_id, int64_t hash, int64_t route_id, struct group *out) {
    struct group groups[OPEN_MAX];
    size_t count = OPEN_MAX;
    err x = ERR_OK;
    for (int64_t below = INT64_MAX; count == OPEN_MAX; below = groups[OPEN_MAX - 1].id) {
        x = group_rows_find_open(e->rows, integration_id, hash, below, groups, OPEN_MAX, &count);
        if (x != ERR_OK) return x;
        for (size_t i = 0; i < count; i++)
            if (groups[i].route_id == route_id) {
                *out = groups[i];
                return ERR_OK;
            }
    }
    return ERR_NOT_FOUND;
}

static err apply_firing(struct accept_item *a, int64_t hash, int64_t now) {
    const struct signal *s = &a->signal;
    struct group g;
    err x = engine_find_open(a->engine, s->integration_id, hash, s->route_id, &g);
    if (x == ERR_OK) return join_group(a, &g, now);
    if (x == ERR_NOT_FOUND && s->needs_open && s->is_acknowledge) return ERR_OK;
    return x == ERR_NOT_FOUND ? open_group(a, hash, now) : x;
}

// Nothing is open: a late resolve joins the latest group of its problem.
static err apply_late(struct accept_item *a, int64_t hash, int64_t now) {
    struct group g;
    err x = group_rows_find_closed(a->engine->rows, a->signal.integration_id, hash, &g);
    if (x == ERR_OK) return join_group(a, &g, now);
    return x == ERR_NOT_FOUND ? open_group(a, hash, now) : x;
}

// Of several senders one says that it is over: while another one fires, its alert only joins.
static err hold(struct accept_item *a, const struct group *g, int64_t now) {
    err x = engine_senders_end(a->engine, g, &a->signal, now, &a->is_held);
    if (x == ERR_OK && a->is_held) a->signal.is_resolve = false;
    return x;
}

// The alert is stored in the open group of its own route, or of any; a problem that is over is over on every route.
static err apply_resolve(struct accept_item *a, int64_t hash, int64_t now) {
    engine *e = a->engine;
    struct group groups[OPEN_MAX], *joined = NULL;
    size_t count = OPEN_MAX;
    err x = ERR_OK;
    while (count == OPEN_MAX && x == ERR_OK) {
        x = group_rows_find_open(e->rows, a->signal.integration_id, hash, INT64_MAX, groups, OPEN_MAX, &count);
        if (x == ERR_OK && !joined && !count) return a->signal.needs_open ? ERR_OK : apply_late(a, hash, now);
        size_t own = 0;
        if (x == ERR_OK) x = hold(a, &groups[0], now);
        if (x == ERR_OK && a->is_held) return apply_firing(a, hash, now);
        for (size_t i = 0; i < count; i++)
            if (groups[i].route_id == a->signal.route_id) own = i;
        for (size_t i = 0; i < count && x == ERR_OK; i++) {
            if (!joined && i == own) x = join_group(a, joined = &groups[i], now);
            else x = resolve_other(e, &groups[i], now);
        }
    }
    return x;
}

static err apply_grouped(struct accept_item *a, int64_t now) {
    return (a->signal.is_resolve ? apply_resolve : apply_firing)(a, a->grouping_hash, now);
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
    if (a->signal.received_at - now > CLOCK_STEP_MIN_US) a->signal.received_at = now; // it came before a step back
    bool is_grouped = a->signal.has_grouping_id && !a->signal.is_demo;
    err x = is_grouped ? apply_grouped(a, now) : open_group(a, 0, now);
    if (x != ERR_OK) return x == ERR_NOT_FOUND ? ERR_CORRUPT : x;
    if (!a->alert_id) return ERR_OK;
    engine_count(&e->counters.alerts);
    engine_count(&integration->counters->alerts);
    if (!a->signal.is_demo)
        __atomic_store_n(&integration->counters->last_alert_at, a->signal.received_at, __ATOMIC_RELAXED);
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
    a->payload_hash = engine_hash(e, a->signal.payload);
    str key = a->signal.event_key;
    a->event_hash = key.len                ? engine_hash(e, key) + a->signal.event_n * EVENT_STEP
                    : a->signal.parsed.len ? engine_hash(e, a->signal.parsed) // of a query the bytes say nothing
                                           : a->payload_hash;
    a->alert_id = a->alert_group_id = 0;
    a->is_new = a->is_held = false;
    a->grouping_hash = a->signal.has_grouping_id ? engine_hash(e, a->signal.grouping_id) : 0;
    a->item.class = COMMIT_ALERT;
    a->item.lane = a->signal.integration_id;
    a->item.apply = accept_apply;
}
