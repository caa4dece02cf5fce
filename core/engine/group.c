#include "engine/group.h"

enum group_state group_state(const struct group *g) {
    if (g->resolved_at) return GROUP_RESOLVED;
    if (g->acknowledged_at) return GROUP_ACKNOWLEDGED;
    return g->silenced_at ? GROUP_SILENCED : GROUP_FIRING;
}

const char *group_state_text(enum group_state s) {
    static const char *const texts[] = {"firing", "acknowledged", "resolved", "silenced"};
    return texts[s];
}

bool group_verb_from(str text, enum group_verb *out) {
    static const char *const texts[] = {
#define X(name, text) text,
        GROUP_VERB_LIST(X)
#undef X
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (str_is(text, str_of(texts[i]))) {
            *out = (enum group_verb)i;
            return true;
        }
    return false;
}

static const struct group_actor source = {.by = BY_SOURCE};

static struct group_line *add_line(struct group_effects *effects, const char *action, const char *reason,
                                   struct group_actor actor) {
    CHECK(effects->line_count < sizeof effects->lines / sizeof *effects->lines);
    struct group_line *line = &effects->lines[effects->line_count++];
    *line = (struct group_line){.action = action, .reason = reason, .actor = actor};
    return line;
}

static void add_job(struct group_effects *effects, const char *kind, int64_t due_at) {
    CHECK(effects->job_count < sizeof effects->jobs / sizeof *effects->jobs);
    effects->jobs[effects->job_count++] = (struct group_job){.kind = kind, .due_at = due_at};
}

static void note_response(struct group *g, int64_t now) {
    if (g->response_ms < 0) g->response_ms = (now - g->started_at) / 1000;
}

static void clear_silence(struct group *g, struct group_effects *effects, const char *reason,
                          struct group_actor actor) {
    if (!g->silenced_at) return;
    if (g->silenced_until) effects->cancel_unsilence = true;
    g->silenced_at = g->silenced_until = g->silenced_by_id = 0;
    add_line(effects, "unsilenced", reason, actor);
}

static void acknowledge(struct group *g, int64_t now, const char *reason, struct group_actor actor,
                        struct group_effects *effects) {
    clear_silence(g, effects, reason, actor);
    g->acknowledged_at = now;
    g->acknowledged_by = actor.by;
    g->acknowledged_by_id = actor.id;
    note_response(g, now);
    effects->calls = CALLS_STOP;
    add_line(effects, "acknowledged", reason, actor);
}

static void resolve(struct group *g, int64_t now, const char *reason, struct group_actor actor,
                    struct group_effects *effects) {
    clear_silence(g, effects, reason, actor);
    g->resolved_at = now;
    g->resolved_by = actor.by;
    g->resolved_by_id = actor.id;
    g->is_open = false;
    note_response(g, now);
    effects->calls = CALLS_STOP;
    add_line(effects, "resolved", reason, actor);
}

static void clear_acknowledge(struct group *g) {
    g->acknowledged_at = g->acknowledged_by_id = 0;
    g->acknowledged_by = BY_NONE;
}

static void clear_resolve(struct group *g) {
    g->resolved_at = g->resolved_by_id = 0;
    g->resolved_by = BY_NONE;
    g->is_open = true;
}

static void count_alert(struct group *g, const struct signal *signal) {
    g->alerts_count++;
    g->last_alert_at = signal->received_at;
    g->version++;
}

void group_open(const struct signal *signal, int64_t now, struct group *out, struct group_effects *effects) {
    *out = (struct group){
        .integration_id = signal->integration_id,
        .route_id = signal->route_id,
        .has_hash = signal->has_grouping_id,
        .is_open = true,
        .started_at = now,
        .response_ms = -1,
    };
    count_alert(out, signal);
    add_line(effects, "registered", signal->is_resolve ? "resolve_without_open_group" : "first_alert", source);
    effects->calls = CALLS_START;
    if (signal->is_acknowledge) acknowledge(out, now, "acknowledge_signal", source, effects);
    if (signal->is_resolve) resolve(out, now, "resolve_without_open_group", source, effects);
}

void group_join(struct group *g, const struct signal *signal, int64_t now, struct group_effects *effects) {
    count_alert(g, signal);
    if (g->resolved_at) return; // a late resolve is stored where its problem was
    if (signal->is_acknowledge && !g->acknowledged_at) acknowledge(g, now, "acknowledge_signal", source, effects);
    if (signal->is_resolve) resolve(g, now, "resolve_signal", source, effects);
}

void group_resolve_by_source(struct group *g, int64_t now, struct group_effects *effects) {
    if (g->resolved_at) return;
    g->version++;
    resolve(g, now, "resolve_signal_on_other_route", source, effects);
}

static const char *reason_of(const struct group_actor *actor, const char *by_user, const char *by_api,
                             const char *by_other) {
    return actor->by == BY_USER ? by_user : actor->by == BY_API ? by_api : by_other;
}

static err refuse(struct why *why, const char *verb, const char *state) {
    const char *article = strchr("aeiou", state[0]) ? "an" : "a";
    return why_set(why, ERR_INVALID, "Can't %s %s %s alert group", verb, article, state);
}

static err act_acknowledge(struct group *g, struct group_actor actor, int64_t now, struct group_effects *effects,
                           struct why *why) {
    if (g->resolved_at) return refuse(why, "acknowledge", "resolved");
    if (g->acknowledged_at) return refuse(why, "acknowledge", "acknowledged");
    acknowledge(g, now, reason_of(&actor, "acknowledged_by_user", "acknowledged_by_api", "acknowledged"), actor,
                effects);
    return ERR_OK;
}

static err act_unacknowledge(struct group *g, struct group_actor actor, struct group_effects *effects,
                             struct why *why) {
    if (g->resolved_at) return refuse(why, "unacknowledge", "resolved");
    if (!g->acknowledged_at) return refuse(why, "unacknowledge", "unacknowledged");
    clear_acknowledge(g);
    effects->calls = CALLS_START;
    add_line(effects, "unacknowledged",
             reason_of(&actor, "unacknowledged_by_user", "unacknowledged_by_api", "acknowledge_timed_out"), actor);
    return ERR_OK;
}

static err act_resolve(struct group *g, struct group_actor actor, int64_t now, struct group_effects *effects,
                       struct why *why) {
    if (g->resolved_at) return refuse(why, "resolve", "resolved");
    resolve(g, now, reason_of(&actor, "resolved_by_user", "resolved_by_api", "resolved_by_last_step"), actor, effects);
    return ERR_OK;
}

static err act_unresolve(struct group *g, struct group_actor actor, struct group_effects *effects, struct why *why) {
    if (!g->resolved_at) return refuse(why, "unresolve", "unresolved");
    if (g->wiped_at) return why_set(why, ERR_INVALID, "Can't unresolve a wiped alert group");
    clear_resolve(g);
    clear_acknowledge(g);
    effects->calls = CALLS_START;
    add_line(effects, "unresolved", reason_of(&actor, "unresolved_by_user", "unresolved_by_api", "unresolved"), actor);
    return ERR_OK;
}

static err act_silence(struct group *g, struct group_actor actor, int64_t silence_ms, int64_t now,
                       struct group_effects *effects, struct why *why) {
    if (g->resolved_at) return refuse(why, "silence", "resolved");
    if (g->acknowledged_at) return refuse(why, "silence", "acknowledged");
    if (g->silenced_until) effects->cancel_unsilence = true;
    g->silenced_at = now;
    g->silenced_until = silence_ms > 0 ? now + silence_ms * 1000 : 0;
    g->silenced_by_id = actor.id;
    note_response(g, now);
    effects->calls = CALLS_STOP;
    struct group_line *line =
        add_line(effects, "silenced", reason_of(&actor, "silenced_by_user", "silenced_by_api", "silenced"), actor);
    line->until = g->silenced_until;
    if (g->silenced_until) add_job(effects, "unsilence", g->silenced_until);
    return ERR_OK;
}

static err act_unsilence(struct group *g, struct group_actor actor, struct group_effects *effects, struct why *why) {
    if (g->resolved_at) return refuse(why, "unsilence", "resolved");
    if (g->acknowledged_at) return refuse(why, "unsilence", "acknowledged");
    if (!g->silenced_at) return refuse(why, "unsilence", "unsilenced");
    effects->calls = CALLS_START;
    clear_silence(g, effects, reason_of(&actor, "unsilenced_by_user", "unsilenced_by_api", "silence_ended"), actor);
    return ERR_OK;
}

static err act_wipe(struct group *g, struct group_actor actor, int64_t now, struct group_effects *effects) {
    if (g->wiped_at) return ERR_OK;
    if (!g->resolved_at) resolve(g, now, "wiped", actor, effects);
    g->resolved_by = BY_WIPED;
    g->wiped_at = now;
    g->has_hash = false;
    add_line(effects, "wiped", reason_of(&actor, "wiped_by_user", "wiped_by_api", "wiped"), actor);
    return ERR_OK;
}

err group_act(struct group *g, enum group_verb verb, struct group_actor actor, int64_t silence_ms, int64_t now,
              struct group_effects *effects, struct why *why) {
    err e = ERR_UNSUPPORTED;
    switch (verb) {
    case VERB_ACKNOWLEDGE: e = act_acknowledge(g, actor, now, effects, why); break;
    case VERB_UNACKNOWLEDGE: e = act_unacknowledge(g, actor, effects, why); break;
    case VERB_RESOLVE: e = act_resolve(g, actor, now, effects, why); break;
    case VERB_UNRESOLVE: e = act_unresolve(g, actor, effects, why); break;
    case VERB_SILENCE: e = act_silence(g, actor, silence_ms, now, effects, why); break;
    case VERB_UNSILENCE: e = act_unsilence(g, actor, effects, why); break;
    case VERB_WIPE: e = act_wipe(g, actor, now, effects); break;
    }
    if (e == ERR_OK) g->version++;
    return e;
}
