// Calls people for a group by their own rules, in the transaction of its cause.
#include "base/buf.h"
#include "engine/engine_parts.h"
#include "engine/page.h"

static err add_line_by(engine *e, const struct page *p, const char *action, const char *reason, str channel,
                       struct group_actor actor, int64_t now) {
    buf detail = {0};
    buf_printf(&detail, "{\"user\":%lld,\"important\":%s", (long long)p->user_id, p->is_important ? "true" : "false");
    if (channel.len) buf_lit(&detail, ",\"channel\":"), buf_json(&detail, channel);
    buf_char(&detail, '}');
    err x = engine_add_line_by(e, p->alert_group_id, action, reason, buf_view(&detail), actor, now);
    buf_free(&detail);
    return x;
}

static err add_line(engine *e, const struct page *p, const char *action, const char *reason, str channel, int64_t now) {
    return add_line_by(e, p, action, reason, channel, (struct group_actor){.by = BY_SYSTEM}, now);
}

// Where a rule reaches the person. ERR_NOT_FOUND: nowhere.
static err aim(engine *e, arena *a, const struct page_rule *rule, struct notification *n) {
    char target[32];
    err x = page_rows_contact(e->options.writer, a, n->user_id, rule->channel, rule->contact_method_id,
                              &n->contact_method_id, &n->provider_id);
    int len = snprintf(target, sizeof target, "contact:%lld", (long long)n->contact_method_id);
    n->channel = rule->channel;
    n->target = arena_str(a, (str){target, (size_t)len});
    return x;
}

static err notify(engine *e, arena *a, const struct page *p, const struct page_rule *rule, const char *reason,
                  int64_t now) {
    store *s = e->options.writer;
    char key[33];
    struct page_last last = {0};
    struct notification n = {.kind = "page",
                             .reason = reason,
                             .alert_group_id = p->alert_group_id,
                             .user_id = p->user_id,
                             .key = engine_new_key(e, key),
                             .is_important = p->is_important,
                             .created_at = now};
    err x = aim(e, a, rule, &n);
    if (x == ERR_NOT_FOUND) return add_line(e, p, "page_failed", "no_contact_method", rule->channel, now);
    if (x == ERR_OK) x = page_rows_last(s, a, n.contact_method_id, p->is_important, p->alert_group_id, now, &last);
    n.due_at = page_due_at(&last, now);
    e->notifications_added = true;
    return x == ERR_OK ? outbox_add(s, a, &n) : x;
}

err engine_remind_person(engine *e, arena *a, const struct group *g, int64_t user_id, int64_t now) {
    char key[33];
    struct page_rule *own = NULL;
    size_t own_count = 0, at = 0;
    err x = page_rows_rules(e->options.writer, a, user_id, false, &own, &own_count);
    if (x != ERR_OK) return x;
    struct page_rules rules = page_rules_or_email(own, own_count);
    while (at < rules.count && !rules.list[at].channel.len) at++;
    struct notification n = {.kind = "remind",
                             .reason = "acknowledge_reminder",
                             .alert_group_id = g->id,
                             .user_id = user_id,
                             .key = engine_new_key(e, key),
                             .due_at = now,
                             .created_at = now};
    x = at < rules.count ? aim(e, a, &rules.list[at], &n) : ERR_NOT_FOUND;
    e->notifications_added = true;
    return x == ERR_OK ? outbox_add(e->options.writer, a, &n) : x == ERR_NOT_FOUND ? ERR_OK : x;
}

// Why somebody cannot be called at all; NULL when they can.
static err find_obstacle(engine *e, arena *a, int64_t user_id, const char **out) {
    bool is_allowed = false;
    err x = page_rows_user(e->options.writer, a, user_id, &is_allowed);
    *out = x == ERR_NOT_FOUND ? "user_gone" : x == ERR_OK && !is_allowed ? "role_may_not_be_notified" : NULL;
    return x == ERR_NOT_FOUND ? ERR_OK : x;
}

static err stop(engine *e, arena *a, struct page *p, const char *reason, int64_t now) {
    p->state = PAGE_STOPPED;
    p->epoch++;
    err x = page_rows_put(e->options.writer, a, p);
    return x == ERR_OK ? outbox_cancel(e->options.writer, a, p->alert_group_id, p->user_id, reason, now) : x;
}

static err run_rules(engine *e, arena *a, const struct group *g, struct page *p, const char *reason, int64_t now) {
    store *s = e->options.writer;
    struct page_rule *own = NULL;
    size_t own_count = 0, first = 0, count = 0;
    int64_t due_at = 0;
    err x = page_rows_rules(s, a, p->user_id, p->is_important, &own, &own_count);
    if (x != ERR_OK) return x;
    struct page_rules rules = page_rules_or_email(own, own_count);
    page_run(p, &rules, now, &first, &count, &due_at);
    for (size_t i = first; i < first + count && x == ERR_OK; i++) x = notify(e, a, p, &rules.list[i], reason, now);
    if (x == ERR_OK) x = page_rows_put(s, a, p);
    if (x != ERR_OK) return x;
    if (p->state == PAGE_RUNNING) return engine_add_call_job(e, "page", g->id, p->user_id, p->epoch, due_at);
    return engine_watch_for_answer(e, g, now);
}

// The person may have been deleted, or made a viewer, while they were being called.
static err go_on(engine *e, arena *a, const struct group *g, struct page *p, const char *reason, int64_t now) {
    const char *obstacle;
    err x = find_obstacle(e, a, p->user_id, &obstacle);
    if (x != ERR_OK || !obstacle) return x == ERR_OK ? run_rules(e, a, g, p, reason, now) : x;
    x = stop(e, a, p, obstacle, now);
    if (x == ERR_OK) x = add_line(e, p, "page_failed", obstacle, STR(""), now);
    return x == ERR_OK ? engine_watch_for_answer(e, g, now) : x;
}

err engine_page_start(engine *e, arena *a, const struct group *g, const struct page_call *call, int64_t now) {
    store *s = e->options.writer;
    struct page p = {0};
    const char *obstacle = NULL;
    err x = page_rows_get(s, a, g->id, call->user_id, &p);
    bool was_called = x == ERR_OK;
    if (x == ERR_OK || x == ERR_NOT_FOUND) x = find_obstacle(e, a, call->user_id, &obstacle);
    if (x != ERR_OK) return x;
    p = (struct page){.alert_group_id = g->id,
                      .user_id = call->user_id,
                      .is_important = call->is_important,
                      .is_forced = call->is_forced,
                      .rule = -1,
                      .epoch = p.epoch + 1,
                      .started_at = now};
    if (obstacle) return add_line(e, &p, "page_failed", obstacle, STR(""), now);
    if (g->is_debug && !call->is_forced) return add_line_by(e, &p, "page_withheld", "debug", STR(""), call->actor, now);
    if (was_called) x = outbox_cancel(s, a, g->id, call->user_id, "superseded", now);
    if (x == ERR_OK) x = add_line_by(e, &p, "page_started", call->reason, STR(""), call->actor, now);
    return x == ERR_OK ? run_rules(e, a, g, &p, call->reason, now) : x;
}

#define RINGS_US INT64_C(10800000000) // no phone rings for longer

static err call_off(engine *e, arena *a, int64_t group_id, const struct ringing *r, int64_t now) {
    char key[33];
    struct notification n = {.kind = "cancel",
                             .reason = "answered",
                             .alert_group_id = group_id,
                             .user_id = r->user_id,
                             .contact_method_id = r->contact_method_id,
                             .provider_id = r->provider_id,
                             .channel = r->channel,
                             .target = r->target,
                             .external_id = r->external_id,
                             .key = engine_new_key(e, key),
                             .is_important = r->is_important,
                             .due_at = now,
                             .created_at = now};
    e->notifications_added = true;
    return outbox_add(e->options.writer, a, &n);
}

err engine_pages_call_off(engine *e, arena *a, int64_t group_id, int64_t user_id, int64_t now) {
    struct ringing *list = NULL;
    size_t count = 0;
    err x = outbox_ringing(e->options.writer, a, group_id, user_id, now - RINGS_US, &list, &count);
    for (size_t i = 0; i < count && x == ERR_OK; i++) {
        bool is_last = true;
        for (size_t k = 0; k < i; k++) is_last &= list[k].contact_method_id != list[i].contact_method_id;
        if (is_last || !list[i].is_replaced) x = call_off(e, a, group_id, &list[i], now);
        if (x == ERR_OK) x = outbox_set_silent(e->options.writer, a, list[i].id);
    }
    return x;
}

err engine_pages_stop(engine *e, arena *a, const struct group *g, int64_t now) {
    struct id_list users = {0};
    err x = page_rows_running(e->options.writer, a, g->id, &users);
    for (size_t i = 0; i < users.count && x == ERR_OK; i++) {
        struct page p;
        x = page_rows_get(e->options.writer, a, g->id, users.ids[i], &p);
        if (x == ERR_OK) x = stop(e, a, &p, "answered", now);
    }
    // What the ended pages wrote and what has not left yet.
    if (x == ERR_OK) x = outbox_cancel(e->options.writer, a, g->id, 0, "answered", now);
    return x == ERR_OK ? engine_pages_call_off(e, a, g->id, 0, now) : x;
}

err engine_page_end(engine *e, arena *a, const struct group *g, int64_t user_id, struct group_actor actor, int64_t now,
                    struct why *why) {
    struct page p = {.state = PAGE_STOPPED};
    err x = page_rows_get(e->options.writer, a, g->id, user_id, &p);
    if (x != ERR_OK && x != ERR_NOT_FOUND) return x;
    if (p.state == PAGE_STOPPED)
        return why_set(why, ERR_INVALID, "This person is not being called for the alert group");
    x = stop(e, a, &p, "unpaged", now);
    if (x == ERR_OK) x = engine_pages_call_off(e, a, g->id, user_id, now);
    if (x == ERR_OK) x = add_line_by(e, &p, "page_stopped", "unpaged", STR(""), actor, now);
    return x == ERR_OK ? engine_watch_for_answer(e, g, now) : x;
}

err engine_page_failed(engine *e, arena *a, const struct page_failure *f, int64_t now) {
    struct page p;
    struct group g;
    err x = page_rows_get(e->options.writer, a, f->alert_group_id, f->user_id, &p);
    if (x == ERR_OK) x = group_rows_get(e->rows, f->alert_group_id, &g);
    if (x == ERR_OK) x = add_line(e, &p, "page_failed", f->reason, f->channel, now);
    if (x != ERR_OK) return x == ERR_NOT_FOUND ? ERR_OK : x;
    if (f->is_overtaken || !page_applies(&p, &g)) return ERR_OK;
    p.epoch++; // the wait that it is in is over
    return go_on(e, a, &g, &p, "rule_before_failed", now);
}

err engine_page_resume(engine *e, arena *a, const struct group *g, int64_t user_id, int64_t epoch, int64_t now) {
    struct page p;
    err x = page_rows_get(e->options.writer, a, g->id, user_id, &p);
    if (x == ERR_NOT_FOUND || (x == ERR_OK && p.epoch != epoch)) return ERR_OK;
    if (x != ERR_OK) return x;
    return page_applies(&p, g) ? go_on(e, a, g, &p, "rule_due", now) : stop(e, a, &p, "answered", now);
}
