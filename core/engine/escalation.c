#include "engine/escalation.h"

#define US_PER_SECOND INT64_C(1000000)
#define US_PER_DAY    (86400 * US_PER_SECOND)
#define WAIT_US       (300 * US_PER_SECOND) // of a wait that was not configured

const struct plan_step *escalation_step_up(const struct escalation *x, const struct escalation_plan *plan) {
    return x->step >= 0 && (size_t)x->step < plan->step_count ? &plan->steps[x->step] : NULL;
}

int64_t escalation_next_user(const struct id_list *users, int64_t last) {
    for (size_t i = 0; i < users->count; i++)
        if (users->ids[i] == last) return users->ids[(i + 1) % users->count];
    return users->count ? users->ids[0] : 0;
}

int64_t escalation_window_opens(int64_t now, int64_t from_s, int64_t to_s) {
    int64_t day = now - now % US_PER_DAY, at = now - day;
    int64_t from = from_s * US_PER_SECOND, to = to_s * US_PER_SECOND;
    bool is_within = from < to ? from <= at && at < to : from > to ? from <= at || at < to : at == from;
    if (is_within) return now;
    return at < from ? day + from : day + US_PER_DAY + from;
}

static void fail(struct step_outcome *out, const char *reason) {
    out->action = "escalation_failed";
    out->reason = reason;
}

static void notify(const struct plan_step *step, const struct step_facts *facts, struct step_outcome *out) {
    if (facts->failure || (!facts->users.count && !facts->room_count)) {
        fail(out, facts->failure ? facts->failure : "no_one_to_notify");
        return;
    }
    out->users = facts->users;
    out->rooms = facts->rooms;
    out->room_count = facts->room_count;
    out->is_important = step->is_important;
    if (step->type == STEP_NOTIFY_NEXT) out->last_user = facts->users.ids[0];
}

static void wait(struct escalation *x, const struct plan_step *step, int64_t now, struct step_outcome *out) {
    x->next_at = now + (step->wait_ms > 0 ? step->wait_ms * 1000 : WAIT_US);
    if (step->wait_ms <= 0) fail(out, "wait_not_configured");
}

static void repeat(struct escalation *x) {
    if (x->repeats >= ESCALATION_REPEATS_MAX) return;
    x->repeats++;
    x->step = -1; // and the first is the next
}

// Stays on the step until enough alerts have come; only the first time is told.
static enum escalation_state count_alerts(struct escalation *x, const struct plan_step *step,
                                          const struct step_facts *facts, enum escalation_state was,
                                          struct step_outcome *out) {
    if (step->num_alerts < 0 || !step->num_minutes) fail(out, "step_not_configured");
    else if (facts->alerts <= step->num_alerts) {
        x->step--;
        out->action = was == ESCALATION_PAUSED ? NULL : "escalation_paused";
        out->reason = "too_few_alerts";
        return ESCALATION_PAUSED;
    }
    return ESCALATION_WAITING;
}

static void trigger(const struct plan_step *step, const struct step_facts *facts, struct step_outcome *out) {
    if (facts->failure) fail(out, facts->failure);
    else out->webhook_id = step->webhook_id;
}

static void open_window(struct escalation *x, const struct plan_step *step, int64_t now, struct step_outcome *out) {
    if (step->from_s < 0 || step->to_s < 0) fail(out, "step_not_configured");
    else x->next_at = escalation_window_opens(now, step->from_s, step->to_s);
}

void escalation_run_step(struct escalation *x, const struct escalation_plan *plan, const struct step_facts *facts,
                         int64_t now, enum escalation_state *state, struct step_outcome *out) {
    const struct plan_step *step = escalation_step_up(x, plan);
    enum escalation_state was = *state;
    *state = ESCALATION_WAITING;
    x->next_at = now;
    if (!step) {
        *out = (struct step_outcome){.action = "escalation_finished", .reason = "end_of_chain"};
        *state = ESCALATION_FINISHED;
        return;
    }
    *out = (struct step_outcome){.action = "escalation_step", .reason = step_type_text(step->type)};
    switch (step->type) {
    case STEP_NONE: fail(out, "step_not_configured"); break;
    case STEP_WAIT: wait(x, step, now, out); break;
    case STEP_REPEAT: repeat(x); break;
    case STEP_TIME: open_window(x, step, now, out); break;
    case STEP_ALERTS: *state = count_alerts(x, step, facts, was, out); break;
    case STEP_WEBHOOK: trigger(step, facts, out); break;
    case STEP_RESOLVE:
        out->resolves = true;
        *state = ESCALATION_FINISHED;
        break;
    default: notify(step, facts, out); break;
    }
    x->step++;
}
