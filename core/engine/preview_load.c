// Reads where a group stands: what it waits for, who is being called, and what is on its way.
#include "engine/preview_parts.h"

static err ask(struct preview *p, const char *sql, int64_t id, struct store_rows *out) {
    return store_run(p->store, p->arena, sql, &SV_INT(id), 1, 0, out, NULL);
}

static err load_group(struct preview *p, int64_t group_id) {
    struct store_rows rows;
    err x =
        ask(p,
            "SELECT route_id, last_alert_id, last_alert_at, acknowledged_at, resolved_at, silenced_at, silenced_until, "
            "wiped_at, root_id, escalation, is_debug FROM alert_group WHERE id = $1",
            group_id, &rows);
    if (x != ERR_OK || !rows.count) return x == ERR_OK ? ERR_NOT_FOUND : x;
    const struct store_value *v = rows.values;
    p->group = (struct group){.id = group_id,
                              .route_id = store_int_of(&v[0]),
                              .last_alert_id = store_int_of(&v[1]),
                              .last_alert_at = store_int_of(&v[2]),
                              .acknowledged_at = store_int_of(&v[3]),
                              .resolved_at = store_int_of(&v[4]),
                              .silenced_at = store_int_of(&v[5]),
                              .silenced_until = store_int_of(&v[6]),
                              .wiped_at = store_int_of(&v[7]),
                              .root_id = store_int_of(&v[8]),
                              .escalation = escalation_state_from(v[9].type == STORE_TEXT ? v[9].text : STR("")),
                              .is_debug = store_int_of(&v[10]) != 0};
    p->state = p->group.escalation;
    return ERR_OK;
}

static err load_escalation(struct preview *p) {
    err x = escalation_rows_get(p->store, p->arena, p->group.id, &p->escalation);
    if (x == ERR_OK) x = escalation_rows_plan(p->store, p->arena, p->escalation.plan_id, &p->plan);
    return x == ERR_NOT_FOUND ? ERR_OK : x; // people were called without a chain
}

void *preview_grow(arena *a, void *list, size_t count, size_t size) {
    bool is_full = (count & (count - 1)) == 0; // 0, 1, 2, 4 …
    if (!is_full) return list;
    void *more = arena_alloc(a, (count ? 2 * count : 1) * size);
    if (count) memcpy(more, list, count * size);
    return more;
}

err preview_load_rules(struct preview *p, struct preview_call *c) {
    struct page_rule *own = NULL;
    size_t count = 0;
    err x = page_rows_rules(p->store, p->arena, c->page.user_id, c->page.is_important, &own, &count);
    if (x == ERR_OK) c->rules = page_rules_or_email(own, count);
    return x;
}

static err load_calls(struct preview *p) {
    struct id_list users = {0};
    err x = page_rows_running(p->store, p->arena, p->group.id, &users);
    for (size_t i = 0; i < users.count && x == ERR_OK; i++) {
        p->calls = preview_grow(p->arena, p->calls, p->call_count, sizeof *p->calls);
        struct preview_call *c = &p->calls[p->call_count++];
        x = page_rows_get(p->store, p->arena, p->group.id, users.ids[i], &c->page);
        if (x == ERR_OK) x = preview_load_rules(p, c);
    }
    return x;
}

// "number user": what engine_add_call_job wrote.
static bool read_detail(const struct store_value *v, int64_t *number, int64_t *user_id) {
    str rest = v->type == STORE_TEXT ? v->text : STR(""), head;
    return str_split(&rest, ' ', &head) && str_to_int(head, number) && str_to_int(rest, user_id);
}

static void set_due(struct preview *p, int64_t user_id, int64_t epoch, int64_t due_at) {
    for (size_t i = 0; i < p->call_count; i++)
        if (p->calls[i].page.user_id == user_id && p->calls[i].page.epoch == epoch) p->calls[i].due_at = due_at;
}

static void take_job(struct preview *p, str kind, int64_t due_at, int64_t number, int64_t user_id) {
    if (str_is(kind, STR("page"))) set_due(p, user_id, number, due_at);
    if (str_is(kind, STR("remind")) && number == p->group.acknowledged_at) p->remind_at = due_at;
    if (str_is(kind, STR("unacknowledge")) && number == p->group.acknowledged_at) p->unacknowledge_at = due_at;
    if (str_is(kind, STR("auto_resolve"))) p->resolve_at = p->group.last_alert_at + number * 1000;
    if (str_is(kind, STR("watch_answer"))) p->ended_at = due_at - ESCALATION_UNANSWERED_AFTER_US;
}

static err load_jobs(struct preview *p) {
    struct store_rows rows;
    err x = ask(p, "SELECT kind, due_at, detail FROM job WHERE alert_group_id = $1", p->group.id, &rows);
    for (size_t i = 0; x == ERR_OK && i < rows.count; i++) {
        const struct store_value *v = &rows.values[i * rows.columns];
        int64_t number, user_id;
        if (read_detail(&v[2], &number, &user_id)) take_job(p, v[0].text, store_int_of(&v[1]), number, user_id);
    }
    return x;
}

static err load_messages(struct preview *p) {
    struct store_rows rows;
    err x = ask(
        p,
        "SELECT due_at, user_id, contact_method_id, channel, is_important FROM notification WHERE alert_group_id = $1 "
        "AND kind = 'page' AND state = 'waiting' AND due_at IS NOT NULL ORDER BY due_at, id",
        p->group.id, &rows);
    for (size_t i = 0; x == ERR_OK && i < rows.count; i++) {
        const struct store_value *v = &rows.values[i * rows.columns];
        p->messages = preview_grow(p->arena, p->messages, p->message_count, sizeof *p->messages);
        p->messages[p->message_count++] = (struct preview_message){.at = store_int_of(&v[0]),
                                                                   .user_id = store_int_of(&v[1]),
                                                                   .contact_method_id = store_int_of(&v[2]),
                                                                   .channel = v[3].text,
                                                                   .is_important = store_int_of(&v[4]) != 0};
    }
    return x;
}

err preview_load(struct preview *p, int64_t group_id) {
    err x = load_group(p, group_id);
    if (x == ERR_OK) x = load_escalation(p);
    if (x == ERR_OK) x = load_calls(p);
    if (x == ERR_OK) x = load_jobs(p);
    return x == ERR_OK ? load_messages(p) : x;
}

err preview_begin(struct preview *p, int64_t chain_id) {
    p->escalation = (struct escalation){.alert_group_id = p->group.id, .started_at = p->now, .next_at = p->now};
    p->state = ESCALATION_WAITING;
    return escalation_rows_steps_now(p->store, p->arena, chain_id, &p->plan);
}

err preview_restart(struct preview *p) {
    struct store_rows rows;
    err x = ask(p, "SELECT escalation_chain_id FROM route WHERE id = $1 AND escalation_chain_id IS NOT NULL",
                p->group.route_id, &rows);
    return x == ERR_OK && rows.count ? preview_begin(p, store_int_of(&rows.values[0])) : x;
}
