// What time does to a group: silences end, acknowledges are asked about, quiet ones resolve, unanswered ones say so.
#include "engine/engine_parts.h"
#include "store/page_rows.h"

static err act_by_timer(engine *e, struct group *g, enum group_verb verb, int64_t now) {
    struct group_deed deed = {.verb = verb, .actor = {.by = BY_TIMER}};
    err x = engine_act(e, g, &deed, now, NULL);
    return x == ERR_INVALID ? ERR_OK : x; // somebody was there before
}

err job_unsilence(struct job_item *j, int64_t now) {
    struct group g;
    err x = group_rows_get(j->engine->rows, j->job.alert_group_id, &g);
    if (x != ERR_OK || !g.silenced_until) return x;
    // A clock was set back: without its job the silence would have no end.
    if (g.silenced_until > now) return engine_add_job(j->engine, "unsilence", g.silenced_until, g.id);
    g.silenced_until = 0; // its timer is this very job
    return act_by_timer(j->engine, &g, VERB_UNSILENCE, now);
}

err job_watch_answer(struct job_item *j, int64_t now) {
    struct group g;
    struct id_list running = {0};
    err x = group_rows_get(j->engine->rows, j->job.alert_group_id, &g);
    if (x == ERR_OK) x = page_rows_running(j->engine->options.writer, j->arena, g.id, &running);
    return x == ERR_OK && !running.count ? engine_escalation_unanswered(j->engine, &g, now) : x;
}

// Reminders. A job names the acknowledge it is about by its time.

static err ask_again(engine *e, const struct group *g, int64_t after_ms, int64_t now) {
    return engine_add_call_job(e, "remind", g->id, 0, g->acknowledged_at, now + after_ms * 1000);
}

err engine_remind(engine *e, const struct group *g, const struct group_deed *deed, int64_t now) {
    const struct group_reminder *r = &e->options.reminder;
    if (!r->remind_ms || !group_may_remind(g, g->acknowledged_at, now)) return ERR_OK;
    if (deed->verb == VERB_ACKNOWLEDGE) return ask_again(e, g, r->remind_ms, now);
    if (deed->verb != VERB_CONFIRM || !r->unacknowledge_ms) return ERR_OK;
    int64_t rest = r->remind_ms > r->unacknowledge_ms ? r->remind_ms - r->unacknowledge_ms : r->remind_ms;
    err x = group_rows_cancel_jobs(e->rows, g->id, STR("unacknowledge"));
    if (x == ERR_OK) x = group_rows_cancel_jobs(e->rows, g->id, STR("remind"));
    return x == ERR_OK ? ask_again(e, g, rest, now) : x;
}

err job_remind(struct job_item *j, int64_t now) {
    engine *e = j->engine;
    struct group g;
    int64_t at, user_id;
    err x = job_call(j, &g, &at, &user_id);
    if (x != ERR_OK || !group_may_remind(&g, at, now)) return x;
    x = engine_add_line(e, g.id, "acknowledge_reminder", "timer_due", STR(""), now);
    if (x == ERR_OK) x = engine_remind_person(e, j->arena, &g, g.acknowledged_by_id, now);
    if (x != ERR_OK) return x;
    if (!e->options.reminder.unacknowledge_ms) return ask_again(e, &g, e->options.reminder.remind_ms, now);
    return engine_add_call_job(e, "unacknowledge", g.id, 0, at, now + e->options.reminder.unacknowledge_ms * 1000);
}

err job_unacknowledge(struct job_item *j, int64_t now) {
    struct group g;
    int64_t at, user_id;
    err x = job_call(j, &g, &at, &user_id);
    if (x != ERR_OK || g.acknowledged_at != at) return x;
    return act_by_timer(j->engine, &g, VERB_UNACKNOWLEDGE, now);
}

// Sources that never resolve.

err engine_watch_quiet(engine *e, const struct group *g, int64_t quiet_ms) {
    return quiet_ms ? engine_add_call_job(e, "auto_resolve", g->id, 0, quiet_ms, g->last_alert_at + quiet_ms * 1000)
                    : ERR_OK;
}

err job_auto_resolve(struct job_item *j, int64_t now) {
    struct group g;
    int64_t quiet_ms, user_id;
    err x = job_call(j, &g, &quiet_ms, &user_id);
    if (x != ERR_OK || g.resolved_at) return x;
    if (g.last_alert_at + quiet_ms * 1000 > now) return engine_watch_quiet(j->engine, &g, quiet_ms);
    return act_by_timer(j->engine, &g, VERB_RESOLVE, now);
}
