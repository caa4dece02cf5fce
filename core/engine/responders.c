// People are added to those who are called for a group, and taken away: items of the commit thread.
#include "engine/engine_parts.h"
#include "store/escalation_rows.h"

static bool is_call(const struct page_item *p) { return !p->is_end && (p->count || p->schedule_count || p->team_id); }

static err check(const struct page_item *p, const struct group *g, struct why *why) {
    bool is_over = g->resolved_at || g->wiped_at;
    if (!is_call(p) || (!is_over && !g->root_id)) return ERR_OK;
    return why_set(why, ERR_INVALID, "Cannot add responders for %s alert group",
                   is_over ? "a resolved" : "an attached");
}

static err call(struct page_item *p, arena *a, const struct group *g, const struct page_person *person, int64_t now) {
    struct page_call c = {.user_id = person->user_id,
                          .is_important = person->is_important,
                          .is_forced = true,
                          .reason = "direct_paging",
                          .actor = p->actor};
    return p->is_end ? engine_page_end(p->engine, a, g, person->user_id, p->actor, now, &p->why)
                     : engine_page_start(p->engine, a, g, &c, now);
}

// A team is called by the chain of its route; without one its members are, for else nobody would be.
static err call_team(struct page_item *p, arena *a, const struct group *g, int64_t now) {
    struct id_list members = {0};
    if (!p->team_id || (p->alert && g->escalation != ESCALATION_NONE)) return ERR_OK;
    err x = escalation_rows_team(p->engine->options.writer, a, p->team_id, &members);
    if (x == ERR_NOT_FOUND)
        return engine_add_line_by(p->engine, g->id, "page_failed", "team_gone", STR(""), p->actor, now);
    if (x == ERR_OK && !members.count)
        x = engine_add_line_by(p->engine, g->id, "page_failed", "team_is_empty", STR(""), p->actor, now);
    for (size_t i = 0; i < members.count && x == ERR_OK; i++) {
        struct page_person person = {.user_id = members.ids[i], .is_important = p->is_team_important};
        x = call(p, a, g, &person, now);
    }
    return x;
}

static err tell_nobody(struct page_item *p, const struct group *g, int64_t schedule_id, const char *reason,
                       int64_t now) {
    char detail[48];
    int n = snprintf(detail, sizeof detail, "{\"schedule\":%lld}", (long long)schedule_id);
    return engine_add_line_by(p->engine, g->id, "page_failed", reason, (str){detail, (size_t)n}, p->actor, now);
}

static err call_schedule(struct page_item *p, arena *a, const struct group *g, const struct page_schedule *s,
                         int64_t now) {
    struct people people = {0};
    struct why why = {""};
    err x = on_call_at(p->engine->on_call, s->schedule_id, now, a, &people, &why);
    if (x == ERR_NOT_FOUND) return tell_nobody(p, g, s->schedule_id, "schedule_gone", now);
    if (x == ERR_LIMIT) return tell_nobody(p, g, s->schedule_id, "schedule_failed", now);
    if (x == ERR_OK && !people.count) return tell_nobody(p, g, s->schedule_id, "no_one_on_call", now);
    for (size_t i = 0; i < people.count && x == ERR_OK; i++) {
        struct page_person person = {.user_id = people.ids[i], .is_important = s->is_important};
        x = call(p, a, g, &person, now);
    }
    return x;
}

// The alert and the calls are one transaction: nobody's group is left without the people it was made for.
static err store_alert(struct page_item *p, store *s, int64_t now) {
    if (!p->alert) return ERR_OK;
    err x = p->alert->item.apply(&p->alert->item, s, now);
    p->alert_group_id = p->alert->alert_group_id;
    return x;
}

static err page_apply(struct commit_item *item, store *s, int64_t now) {
    struct page_item *p = CONTAINER(item, struct page_item, item);
    arena *a = arena_new();
    struct group g;
    err x = store_alert(p, s, now);
    if (x == ERR_OK) {
        x = group_rows_get(p->engine->rows, p->alert_group_id, &g);
        if (x == ERR_NOT_FOUND) why_set(&p->why, x, "Not found.");
    }
    if (x == ERR_OK) x = check(p, &g, &p->why);
    for (size_t i = 0; i < p->count && x == ERR_OK; i++) x = call(p, a, &g, &p->people[i], now);
    for (size_t i = 0; i < p->schedule_count && x == ERR_OK; i++) x = call_schedule(p, a, &g, &p->schedules[i], now);
    if (x == ERR_OK) x = call_team(p, a, &g, now);
    if (x == ERR_OK && is_call(p))
        x = engine_watch_for_answer(p->engine, &g, now); // also of nobody who could be called
    if (x == ERR_OK) engine_count(&p->engine->counters.actions);
    arena_free(a);
    return x;
}

void page_item_init(struct page_item *p, engine *e) {
    p->engine = e;
    p->item.class = COMMIT_PERSON;
    p->item.is_atomic = true;
    p->item.weight = sizeof *p;
    p->item.apply = page_apply;
}
