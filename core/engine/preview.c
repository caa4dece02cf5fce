#include "engine/preview_parts.h"

// What is told.

static void tell(struct preview *p, const char *event) {
    if (p->event_count++) buf_char(p->out, ',');
    buf_printf(p->out, "{\"at\":%lld,\"event\":\"%s\"", (long long)p->now, event);
}

static void tell_end(struct preview *p) { buf_char(p->out, '}'); }

static void put_int(struct preview *p, const char *name, int64_t v) {
    if (v) buf_printf(p->out, ",\"%s\":%lld", name, (long long)v);
}

static void put_text(struct preview *p, const char *name, str v) {
    if (!v.len) return;
    buf_printf(p->out, ",\"%s\":", name);
    buf_json(p->out, v);
}

static void put_flag(struct preview *p, const char *name, bool v) {
    buf_printf(p->out, ",\"%s\":%s", name, v ? "true" : "false");
}

static void put_users(struct preview *p, const struct id_list *users) {
    buf_lit(p->out, ",\"users\":[");
    for (size_t i = 0; i < users->count; i++) buf_printf(p->out, "%s%lld", i ? "," : "", (long long)users->ids[i]);
    buf_char(p->out, ']');
}

static void tell_plain(struct preview *p, const char *event) {
    tell(p, event);
    tell_end(p);
}

static bool has_failed(const struct step_outcome *out) { return strcmp(out->action, "escalation_step") != 0; }

static void tell_step(struct preview *p, const struct plan_step *step, int64_t number, const struct step_outcome *out) {
    tell(p, "step");
    buf_printf(p->out, ",\"step\":%lld", (long long)number);
    put_text(p, "type", str_of(step_type_text(step->type)));
    put_flag(p, "important", step->is_important);
    put_users(p, &out->users);
    put_int(p, "schedule", step->schedule_id);
    put_int(p, "team", step->team_id);
    put_int(p, "user_group", step->user_group_id);
    put_int(p, "webhook", step->webhook_id);
    if (p->state == ESCALATION_WAITING && p->escalation.next_at > p->now) put_int(p, "until", p->escalation.next_at);
    if (has_failed(out)) put_text(p, "problem", str_of(out->reason));
    tell_end(p);
}

static void tell_failed(struct preview *p, int64_t user_id, str channel, const char *problem) {
    tell(p, "page_failed");
    put_int(p, "user", user_id);
    put_text(p, "channel", channel);
    put_text(p, "problem", str_of(problem));
    tell_end(p);
}

// Messages.

static void add_message(struct preview *p, const struct preview_message *m) {
    p->messages = preview_grow(p->arena, p->messages, p->message_count, sizeof *p->messages);
    p->messages[p->message_count++] = *m;
}

static void del_message(struct preview *p, size_t at) {
    p->message_count--;
    memmove(&p->messages[at], &p->messages[at + 1], (p->message_count - at) * sizeof *p->messages);
}

static err send_message(struct preview *p, size_t at) {
    struct preview_message m = p->messages[at];
    del_message(p, at);
    tell(p, m.webhook_id ? "webhook" : "notification");
    put_int(p, "webhook", m.webhook_id);
    put_int(p, "user", m.user_id);
    put_text(p, "channel", m.channel);
    put_int(p, "contact_method", m.contact_method_id);
    if (m.user_id) put_flag(p, "important", m.is_important);
    tell_end(p);
    return ERR_OK;
}

static void call_off(struct preview *p, int64_t user_id) {
    for (size_t i = p->message_count; i-- > 0;)
        if (p->messages[i].user_id == user_id) del_message(p, i);
}

// Calls.

static err decide_message(struct preview *p, const struct preview_call *c, const struct page_rule *rule) {
    struct preview_message m = {
        .user_id = c->page.user_id, .channel = rule->channel, .is_important = c->page.is_important};
    struct page_last last = {0};
    int64_t provider_id;
    err x = page_rows_contact(p->store, p->arena, m.user_id, m.channel, rule->contact_method_id, &m.contact_method_id,
                              &provider_id);
    if (x == ERR_NOT_FOUND) {
        tell_failed(p, m.user_id, m.channel, "no_contact_method");
        return ERR_OK;
    }
    if (x == ERR_OK)
        x = page_rows_last(p->store, p->arena, m.contact_method_id, m.is_important, p->group.id, p->now, &last);
    m.at = page_due_at(&last, p->now);
    if (x == ERR_OK) add_message(p, &m);
    return x;
}

// Tells why somebody cannot be called at all.
static err find_obstacle(struct preview *p, int64_t user_id, bool *has_one) {
    bool is_allowed = false;
    err x = page_rows_user(p->store, p->arena, user_id, &is_allowed);
    if (x != ERR_OK && x != ERR_NOT_FOUND) return x;
    *has_one = x == ERR_NOT_FOUND || !is_allowed;
    if (*has_one) tell_failed(p, user_id, STR(""), x == ERR_NOT_FOUND ? "user_gone" : "role_may_not_be_notified");
    return ERR_OK;
}

static err run_rules(struct preview *p, struct preview_call *c) {
    size_t first = 0, count = 0;
    err x = ERR_OK;
    page_run(&c->page, &c->rules, p->now, &first, &count, &c->due_at);
    for (size_t i = first; i < first + count && x == ERR_OK; i++) x = decide_message(p, c, &c->rules.list[i]);
    if (c->page.state == PAGE_FINISHED) p->ended_at = p->now;
    return x;
}

static err go_on_calling(struct preview *p, size_t at) {
    struct preview_call *c = &p->calls[at];
    bool is_over = !page_applies(&c->page, &p->group);
    c->due_at = 0;
    err x = is_over ? ERR_OK : find_obstacle(p, c->page.user_id, &is_over);
    if (x != ERR_OK || !is_over) return x == ERR_OK ? run_rules(p, c) : x;
    c->page.state = PAGE_STOPPED;
    p->ended_at = p->now;
    return ERR_OK;
}

static struct preview_call *call_of(struct preview *p, int64_t user_id) {
    for (size_t i = 0; i < p->call_count; i++)
        if (p->calls[i].page.user_id == user_id) return &p->calls[i];
    p->calls = preview_grow(p->arena, p->calls, p->call_count, sizeof *p->calls);
    return &p->calls[p->call_count++];
}

static err withhold(struct preview *p, int64_t user_id) {
    tell(p, "page_withheld");
    put_int(p, "user", user_id);
    tell_end(p);
    return ERR_OK;
}

// A person who is called again begins their rules anew.
static err call(struct preview *p, int64_t user_id, bool is_important) {
    bool is_impossible = false;
    err x = find_obstacle(p, user_id, &is_impossible);
    if (x != ERR_OK || is_impossible) return x;
    if (p->group.is_debug) return withhold(p, user_id);
    call_off(p, user_id);
    struct preview_call *c = call_of(p, user_id);
    *c = (struct preview_call){.page = {.alert_group_id = p->group.id,
                                        .user_id = user_id,
                                        .is_important = is_important,
                                        .rule = -1,
                                        .started_at = p->now}};
    x = preview_load_rules(p, c);
    return x == ERR_OK ? run_rules(p, c) : x;
}

// The escalation.

static void remember_turn(struct preview *p, const struct plan_step *step, int64_t user_id) {
    for (size_t i = 0; i < p->turn_count; i++)
        if (p->turns[i].step_id == step->step_id) {
            p->turns[i].user_id = user_id;
            return;
        }
    p->turns = preview_grow(p->arena, p->turns, p->turn_count, sizeof *p->turns);
    p->turns[p->turn_count++] = (struct step_turn){step->step_id, user_id};
    p->asking.turns = p->turns;
    p->asking.turn_count = p->turn_count;
}

static void end(struct preview *p) {
    p->group.resolved_at = p->now;
    p->state = ESCALATION_STOPPED;
}

static err do_outcome(struct preview *p, const struct plan_step *step, const struct step_outcome *out) {
    err x = ERR_OK;
    if (out->last_user) remember_turn(p, step, out->last_user);
    if (out->webhook_id) add_message(p, &(struct preview_message){.at = p->now, .webhook_id = out->webhook_id});
    for (size_t i = 0; i < out->users.count && x == ERR_OK && p->event_count < PREVIEW_EVENTS_MAX; i++)
        x = call(p, out->users.ids[i], out->is_important);
    if (out->resolves) end(p);
    return x;
}

static err run_step(struct preview *p, size_t index) {
    (void)index;
    const struct plan_step *step = escalation_step_up(&p->escalation, &p->plan);
    int64_t number = p->escalation.step;
    struct step_facts facts = {0};
    struct step_outcome out = {0};
    on_call_forget(p->asking.on_call); // its calendars are read around one moment
    err x = step ? step_facts_gather(&p->asking, &p->group, step, p->now, &facts) : ERR_OK;
    if (x != ERR_OK) return x;
    escalation_run_step(&p->escalation, &p->plan, &facts, p->now, &p->state, &out);
    if (step && out.action) tell_step(p, step, number, &out);
    if (p->state == ESCALATION_FINISHED && !p->group.is_debug) p->ended_at = p->now;
    return step ? do_outcome(p, step, &out) : ERR_OK;
}

// Timers.

static err end_silence(struct preview *p, size_t index) {
    (void)index;
    p->group.silenced_at = p->group.silenced_until = 0;
    tell_plain(p, "silence_ended");
    return preview_restart(p);
}

static err remind(struct preview *p, size_t index) {
    (void)index;
    p->remind_at = 0;
    tell_plain(p, "acknowledge_reminder");
    return ERR_OK;
}

static err unacknowledge(struct preview *p, size_t index) {
    (void)index;
    p->unacknowledge_at = p->group.acknowledged_at = 0;
    tell_plain(p, "acknowledge_timed_out");
    return preview_restart(p);
}

static err resolve(struct preview *p, size_t index) {
    (void)index;
    tell_plain(p, "resolved");
    end(p);
    return ERR_OK;
}

static err give_up(struct preview *p, size_t index) {
    (void)index;
    p->ended_at = 0;
    p->state = ESCALATION_UNANSWERED;
    tell_plain(p, "unanswered");
    return ERR_OK;
}

// The walk: from one moment to the next.

struct moment {
    int64_t at; // 0: there is none
    err (*run)(struct preview *p, size_t index);
    size_t index;
};

static void consider(struct moment *best, int64_t at, err (*run)(struct preview *p, size_t index), size_t index) {
    if (at && (!best->at || at < best->at)) *best = (struct moment){at, run, index};
}

static struct moment next_moment(struct preview *p) {
    struct moment m = {0};
    bool is_firing = group_state(&p->group) == GROUP_FIRING, is_calling = false;
    if (p->group.resolved_at || p->group.root_id) return m;
    for (size_t i = 0; i < p->message_count; i++) consider(&m, p->messages[i].at, send_message, i);
    consider(&m, p->group.silenced_until, end_silence, 0);
    consider(&m, p->remind_at, remind, 0);
    consider(&m, p->unacknowledge_at, unacknowledge, 0);
    consider(&m, p->resolve_at, resolve, 0);
    for (size_t i = 0; i < p->call_count; i++) {
        consider(&m, p->calls[i].due_at, go_on_calling, i);
        is_calling |= p->calls[i].due_at != 0;
    }
    if (p->state == ESCALATION_WAITING) consider(&m, p->escalation.next_at, run_step, 0);
    bool goes_on = is_calling || p->state == ESCALATION_WAITING || p->state == ESCALATION_PAUSED;
    if (is_firing && !goes_on && p->ended_at) consider(&m, p->ended_at + ESCALATION_UNANSWERED_AFTER_US, give_up, 0);
    return m;
}

static err walk(struct preview *p) {
    err x = ERR_OK;
    buf_lit(p->out, "{\"events\":[");
    struct moment m = next_moment(p);
    while (x == ERR_OK && m.at && p->event_count < PREVIEW_EVENTS_MAX) {
        if (m.at > p->now) p->now = m.at; // what is overdue happens now
        x = m.run(p, m.index);
        m = next_moment(p);
    }
    buf_printf(p->out, "],\"is_truncated\":%s}", m.at ? "true" : "false");
    return x;
}

typedef err loader(struct preview *p, int64_t id);

static err run(store *s, int64_t id, int64_t now, buf *out, loader *load, err (*tell_all)(struct preview *p),
               struct why *why) {
    arena *a = arena_new();
    struct preview p = {
        .asking = {.store = s, .on_call = on_call_new(s), .arena = a}, .store = s, .arena = a, .now = now, .out = out};
    err x = load(&p, id);
    if (x == ERR_OK) x = tell_all(&p);
    on_call_free(p.asking.on_call);
    arena_free(a);
    return x == ERR_OK ? x : why_set(why, x, "%s", err_text(x));
}

err preview_group(store *s, int64_t group_id, int64_t now, buf *out, struct why *why) {
    return run(s, group_id, now, out, preview_load, walk, why);
}

err preview_chain(store *s, int64_t chain_id, int64_t now, buf *out, struct why *why) {
    return run(s, chain_id, now, out, preview_begin, walk, why);
}

static void add_users(struct id_list *all, arena *a, const struct id_list *users) {
    for (size_t i = 0; i < users->count; i++) {
        bool is_new = true;
        for (size_t k = 0; k < all->count && is_new; k++) is_new = all->ids[k] != users->ids[i];
        if (!is_new) continue;
        all->ids = preview_grow(a, all->ids, all->count, sizeof *all->ids);
        all->ids[all->count++] = users->ids[i];
    }
}

static err tell_users(struct preview *p) {
    struct id_list all = {0};
    err x = ERR_OK;
    for (size_t i = 0; i < p->plan.step_count && x == ERR_OK && all.count < PREVIEW_EVENTS_MAX; i++) {
        struct step_facts facts;
        x = step_facts_gather(&p->asking, &p->group, &p->plan.steps[i], p->now, &facts);
        if (x == ERR_OK) add_users(&all, p->arena, &facts.users);
    }
    buf_char(p->out, '[');
    for (size_t i = 0; i < all.count; i++) buf_printf(p->out, "%s%lld", i ? "," : "", (long long)all.ids[i]);
    buf_char(p->out, ']');
    return x;
}

err preview_users(store *s, int64_t group_id, int64_t now, buf *out, struct why *why) {
    return run(s, group_id, now, out, preview_load, tell_users, why);
}
