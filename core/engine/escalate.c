// Walks a group's escalation as far as it goes now, in the transaction of its cause: an alert, a person's action, a job.
#include "engine/engine_parts.h"
#include "engine/step_facts.h"

struct walk {
    engine *engine;
    arena *arena;
    struct group *group;
    struct escalation escalation;
    struct escalation_plan plan;
    enum escalation_state state;
    int64_t now;
    bool waits_for_wall; // for a time of day
    size_t called;       // people
};

// People who are called in one transaction; steps that are due at once go on in the next one after so many, so that alerts
// of others come in between.
#define CALLED_AT_ONCE 100

static store *writer(const struct walk *w) { return w->engine->options.writer; }

static err add_line(struct walk *w, const char *action, const char *reason, int64_t step) {
    char detail[48];
    int n = snprintf(detail, sizeof detail, "{\"step\":%lld}", (long long)step);
    return engine_add_line(w->engine, w->group->id, action, reason, (str){detail, (size_t)n}, w->now);
}

// Outcomes.

static err call_users(struct walk *w, const struct step_outcome *out) {
    err x = ERR_OK;
    for (size_t i = 0; i < out->users.count && x == ERR_OK; i++) {
        struct page_call call = {.user_id = out->users.ids[i],
                                 .is_important = out->is_important,
                                 .reason = "step_due",
                                 .actor = {.by = BY_SYSTEM}};
        x = engine_page_start(w->engine, w->arena, w->group, &call, w->now);
    }
    w->called += out->users.count;
    return x;
}

static err write_outcome(struct walk *w, const struct plan_step *step, const struct step_outcome *out, int64_t at) {
    err x = out->action ? add_line(w, out->action, out->reason, at) : ERR_OK;
    if (x == ERR_OK) x = call_users(w, out);
    for (size_t i = 0; i < out->room_count && x == ERR_OK; i++)
        x = engine_room_call(w->engine, w->arena, w->group, &out->rooms[i], w->now);
    if (x == ERR_OK && out->webhook_id)
        x = engine_send_hook(w->engine, w->group, out->webhook_id, HOOK_ESCALATION,
                             (struct group_actor){.by = BY_SYSTEM}, w->now);
    if (x == ERR_OK && step && out->last_user)
        x = escalation_rows_set_last_user(writer(w), w->arena, step->step_id, out->last_user);
    return x;
}

static err resolve_by_step(struct walk *w) {
    struct group_deed deed = {.verb = VERB_RESOLVE, .actor = {.by = BY_LAST_STEP}};
    err x = engine_act(w->engine, w->group, &deed, w->now, NULL);
    return x == ERR_INVALID ? ERR_OK : x;
}

static err write_walk(struct walk *w) {
    struct escalation *x = &w->escalation;
    bool is_waiting = w->state == ESCALATION_WAITING;
    if (!is_waiting) x->next_at = 0;
    err e = escalation_rows_put(writer(w), w->arena, x);
    if (e == ERR_OK) e = group_rows_set_escalation(w->engine->rows, w->group, w->state);
    if (e == ERR_OK && is_waiting)
        e = w->waits_for_wall ? engine_add_wall_job(w->engine, "escalate", w->group->id, x->epoch, x->next_at)
                              : engine_add_call_job(w->engine, "escalate", w->group->id, 0, x->epoch, x->next_at);
    // Where nobody was called, nobody can have answered.
    bool is_watched = w->state == ESCALATION_FINISHED && !w->group->is_debug;
    if (e == ERR_OK && is_watched) e = engine_watch_for_answer(w->engine, w->group, w->now);
    return e;
}

static err go_on(struct walk *w) {
    const engine *e = w->engine;
    struct step_asking asking = {.store = writer(w), .on_call = e->on_call, .arena = w->arena, .log = e->options.log};
    struct step_outcome out = {0};
    err x = escalation_rows_plan(writer(w), w->arena, w->escalation.plan_id, &w->plan);
    w->escalation.next_at = w->now;
    for (int i = 0; x == ERR_OK && i < ESCALATION_STEPS_AT_ONCE; i++) {
        const struct plan_step *step = escalation_step_up(&w->escalation, &w->plan);
        int64_t at = w->escalation.step;
        struct step_facts facts = {0};
        if (step) x = step_facts_gather(&asking, w->group, step, w->now, &facts);
        if (x != ERR_OK) return x;
        escalation_run_step(&w->escalation, &w->plan, &facts, w->now, &w->state, &out);
        w->waits_for_wall = step && step->type == STEP_TIME;
        x = write_outcome(w, step, &out, at);
        if (w->state != ESCALATION_WAITING || w->escalation.next_at > w->now || w->called >= CALLED_AT_ONCE) break;
    }
    if (x == ERR_OK) x = write_walk(w);
    return x == ERR_OK && out.resolves ? resolve_by_step(w) : x;
}

// The doors.

static err start(struct walk *w, int64_t chain_id) {
    int64_t plan_id = 0;
    err x = escalation_rows_plan_now(writer(w), w->arena, chain_id, &plan_id);
    if (x == ERR_NOT_FOUND) return ERR_OK;
    struct escalation before = {0};
    if (x == ERR_OK) x = escalation_rows_get(writer(w), w->arena, w->group->id, &before);
    if (x != ERR_OK && x != ERR_NOT_FOUND) return x;
    w->state = ESCALATION_WAITING;
    w->escalation = (struct escalation){
        .alert_group_id = w->group->id, .plan_id = plan_id, .epoch = before.epoch + 1, .started_at = w->now};
    x = group_rows_set_escalation(w->engine->rows, w->group, w->state); // pages that end see that it goes on
    return x == ERR_OK ? go_on(w) : x;
}

err engine_escalation_start(engine *e, struct group *g, int64_t now) {
    const struct config_route *route = engine_route_of(e, g);
    int64_t chain_id = route ? route->escalation_chain_id : 0;
    if (!chain_id) return ERR_OK;
    arena *a = arena_new();
    struct walk w = {.engine = e, .arena = a, .group = g, .now = now};
    err x = start(&w, chain_id);
    arena_free(a);
    return x;
}

static err resume(struct walk *w, int64_t epoch) {
    err x = escalation_rows_get(writer(w), w->arena, w->group->id, &w->escalation);
    if (x != ERR_OK) return x == ERR_NOT_FOUND ? ERR_OK : x;
    w->state = w->group->escalation;
    bool is_due = w->state == ESCALATION_WAITING || w->state == ESCALATION_PAUSED;
    if (!is_due || (epoch && w->escalation.epoch != epoch)) return ERR_OK;
    return go_on(w);
}

err engine_escalation_resume(engine *e, struct group *g, int64_t epoch, int64_t now) {
    arena *a = arena_new();
    struct walk w = {.engine = e, .arena = a, .group = g, .now = now};
    err x = resume(&w, epoch);
    arena_free(a);
    return x;
}

static err end_walk(struct walk *w) {
    err x = escalation_rows_get(writer(w), w->arena, w->group->id, &w->escalation);
    if (x != ERR_OK) return x == ERR_NOT_FOUND ? ERR_OK : x; // people were called without a chain
    w->escalation.epoch++;
    w->escalation.next_at = 0;
    return escalation_rows_put(writer(w), w->arena, &w->escalation);
}

static err stop(struct walk *w) {
    err x = end_walk(w);
    if (x == ERR_OK) x = group_rows_set_escalation(w->engine->rows, w->group, ESCALATION_STOPPED);
    if (x == ERR_OK) x = group_rows_cancel_jobs(w->engine->rows, w->group->id, STR("escalate"));
    return x == ERR_OK ? group_rows_cancel_jobs(w->engine->rows, w->group->id, STR("watch_answer")) : x;
}

err engine_escalation_stop(engine *e, struct group *g, int64_t now) {
    arena *a = arena_new();
    struct walk w = {.engine = e, .arena = a, .group = g, .now = now};
    err x = g->escalation == ESCALATION_NONE ? ERR_OK : stop(&w);
    if (x == ERR_OK) x = engine_pages_stop(e, a, g, now);
    arena_free(a);
    return x;
}

// The end: nobody is called any more, and nobody has answered.

err engine_watch_for_answer(engine *e, const struct group *g, int64_t now) {
    bool goes_on = g->escalation == ESCALATION_WAITING || g->escalation == ESCALATION_PAUSED;
    if (goes_on || group_state(g) != GROUP_FIRING) return ERR_OK;
    struct group ended = *g; // people who were called directly have no chain, or came after its end
    err x = ended.escalation == ESCALATION_FINISHED ? ERR_OK
                                                    : group_rows_set_escalation(e->rows, &ended, ESCALATION_FINISHED);
    if (x == ERR_OK) x = group_rows_cancel_jobs(e->rows, g->id, STR("watch_answer"));
    return x == ERR_OK ? engine_add_call_job(e, "watch_answer", g->id, 0, 0, now + ESCALATION_UNANSWERED_AFTER_US) : x;
}

err engine_escalation_unanswered(engine *e, struct group *g, int64_t now) {
    if (g->escalation != ESCALATION_FINISHED || group_state(g) != GROUP_FIRING) return ERR_OK;
    LOG(e->options.log, LOG_WARN, "nobody_answered", LOG_N("group", g->id));
    engine_count(&e->counters.unanswered);
    err x = group_rows_set_escalation(e->rows, g, ESCALATION_UNANSWERED);
    return x == ERR_OK ? engine_add_line(e, g->id, "unanswered", "nobody_answered", STR(""), now) : x;
}
