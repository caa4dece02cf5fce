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

static const char *const verb_texts[] = {
#define X(name, text) text,
    GROUP_VERB_LIST(X)
#undef X
};

const char *group_verb_text(enum group_verb verb) { return verb_texts[verb]; }

bool group_verb_from(str text, enum group_verb *out) {
    for (size_t i = 0; i < sizeof verb_texts / sizeof *verb_texts; i++)
        if (str_is(text, str_of(verb_texts[i]))) {
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

static void clear_silence(struct group *g, struct group_effects *effects, const char *reason, bool is_implied,
                          struct group_actor actor) {
    if (!g->silenced_at) return;
    if (g->silenced_until) effects->cancel_unsilence = true;
    g->silenced_at = g->silenced_until = g->silenced_by_id = 0;
    add_line(effects, "unsilenced", reason, actor)->is_implied = is_implied;
}

static void acknowledge(struct group *g, int64_t now, const char *reason, struct group_actor actor,
                        struct group_effects *effects) {
    clear_silence(g, effects, reason, true, actor);
    g->acknowledged_at = now;
    g->acknowledged_by = actor.by;
    g->acknowledged_by_id = actor.id;
    note_response(g, now);
    effects->calls = CALLS_STOP;
    add_line(effects, "acknowledged", reason, actor);
}

static void resolve(struct group *g, int64_t now, const char *reason, struct group_actor actor,
                    struct group_effects *effects) {
    clear_silence(g, effects, reason, true, actor);
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

static void silence(struct group *g, int64_t until, int64_t now, const char *reason, struct group_actor actor,
                    struct group_effects *effects) {
    if (g->silenced_until) effects->cancel_unsilence = true;
    g->silenced_at = now;
    g->silenced_until = until;
    g->silenced_by_id = actor.by == BY_USER ? actor.id : 0;
    note_response(g, now);
    effects->calls = CALLS_STOP;
    struct group_line *line = add_line(effects, "silenced", reason, actor);
    if (until) line->key = "until", line->value = until;
    if (until) add_job(effects, "unsilence", until);
}

// A silence of the source's own: nobody is called while it lasts, unless somebody has answered already.
static void silence_by_source(struct group *g, const struct signal *signal, int64_t now,
                              struct group_effects *effects) {
    if (signal->is_resolve || signal->silenced_until <= now || group_state(g) != GROUP_FIRING || g->root_id) return;
    silence(g, signal->silenced_until, now, "silence_matched", source, effects);
}

void group_open(const struct signal *signal, int64_t now, struct group *out, struct group_effects *effects) {
    *out = (struct group){
        .integration_id = signal->integration_id,
        .route_id = signal->route_id,
        .has_hash = signal->has_grouping_id && !signal->is_demo,
        .is_open = true,
        .is_demo = signal->is_demo,
        .is_debug = signal->is_debug,
        .started_at = now,
        .response_ms = -1,
    };
    count_alert(out, signal);
    const char *reason = signal->is_resolve ? "resolve_without_open_group" : "first_alert";
    add_line(effects, "registered", signal->is_demo ? "demo_alert" : reason, source);
    effects->calls = CALLS_START;
    if (signal->is_acknowledge) acknowledge(out, now, "acknowledge_signal", source, effects);
    silence_by_source(out, signal, now, effects);
    if (signal->is_resolve) resolve(out, now, "resolve_without_open_group", source, effects);
}

void group_join(struct group *g, const struct signal *signal, int64_t now, struct group_effects *effects) {
    count_alert(g, signal);
    if (g->resolved_at) return; // a late resolve is stored where its problem was
    if (signal->is_acknowledge && !g->acknowledged_at) acknowledge(g, now, "acknowledge_signal", source, effects);
    if (signal->is_resolve) resolve(g, now, "resolve_signal", source, effects);
    else silence_by_source(g, signal, now, effects);
}

void group_resolve_by_source(struct group *g, int64_t now, struct group_effects *effects) {
    if (g->resolved_at) return;
    g->version++;
    resolve(g, now, "resolve_signal_on_other_route", source, effects);
}

static const char *reason_of(const struct group_deed *d, const char *by_user, const char *by_api,
                             const char *by_other) {
    if (d->reason) return d->reason;
    if (d->is_by_root) return "done_to_root";
    bool is_person = d->actor.by == BY_USER || d->actor.by == BY_ROOM;
    return is_person ? by_user : d->actor.by == BY_API ? by_api : by_other;
}

static err refuse(struct why *why, const char *verb, const char *state) {
    const char *article = strchr("aeiou", state[0]) ? "an" : "a";
    return why_set(why, ERR_INVALID, "Can't %s %s %s alert group", verb, article, state);
}

static err act_acknowledge(struct group *g, const struct group_deed *d, int64_t now, struct group_effects *effects,
                           struct why *why) {
    if (g->resolved_at) return refuse(why, "acknowledge", "resolved");
    if (g->acknowledged_at && !d->is_called) return refuse(why, "acknowledge", "acknowledged");
    acknowledge(g, now, reason_of(d, "acknowledged_by_user", "acknowledged_by_api", "acknowledged"), d->actor, effects);
    return ERR_OK;
}

static err act_unacknowledge(struct group *g, const struct group_deed *d, struct group_effects *effects,
                             struct why *why) {
    if (g->resolved_at) return refuse(why, "unacknowledge", "resolved");
    if (!g->acknowledged_at) return refuse(why, "unacknowledge", "unacknowledged");
    clear_acknowledge(g);
    effects->calls = CALLS_START;
    add_line(effects, "unacknowledged",
             reason_of(d, "unacknowledged_by_user", "unacknowledged_by_api", "acknowledge_timed_out"), d->actor);
    return ERR_OK;
}

static err act_resolve(struct group *g, const struct group_deed *d, int64_t now, struct group_effects *effects,
                       struct why *why) {
    if (g->resolved_at) return refuse(why, "resolve", "resolved");
    if (d->lacks_note) return why_set(why, ERR_INVALID, "A note is required: write how it was resolved");
    const char *other = d->actor.by == BY_TIMER ? "quiet_for_long" : "resolved_by_last_step";
    resolve(g, now, reason_of(d, "resolved_by_user", "resolved_by_api", other), d->actor, effects);
    return ERR_OK;
}

static err act_unresolve(struct group *g, const struct group_deed *d, struct group_effects *effects, struct why *why) {
    if (!g->resolved_at) return refuse(why, "unresolve", "unresolved");
    if (g->wiped_at) return why_set(why, ERR_INVALID, "Can't unresolve a wiped alert group");
    clear_resolve(g);
    clear_acknowledge(g);
    effects->calls = CALLS_START;
    add_line(effects, "unresolved", reason_of(d, "unresolved_by_user", "unresolved_by_api", "unresolved"), d->actor);
    return ERR_OK;
}

static err act_silence(struct group *g, const struct group_deed *d, int64_t now, struct group_effects *effects,
                       struct why *why) {
    if (g->resolved_at) return refuse(why, "silence", "resolved");
    if (g->acknowledged_at) return refuse(why, "silence", "acknowledged");
    // Who follows a root is unsilenced with it.
    int64_t until = d->silence_ms > 0 && !d->is_by_root ? now + d->silence_ms * 1000 : 0;
    silence(g, until, now, reason_of(d, "silenced_by_user", "silenced_by_api", "silenced"), d->actor, effects);
    return ERR_OK;
}

static err act_unsilence(struct group *g, const struct group_deed *d, struct group_effects *effects, struct why *why) {
    if (g->resolved_at) return refuse(why, "unsilence", "resolved");
    if (g->acknowledged_at) return refuse(why, "unsilence", "acknowledged");
    if (!g->silenced_at) return refuse(why, "unsilence", "unsilenced");
    effects->calls = CALLS_START;
    clear_silence(g, effects, reason_of(d, "unsilenced_by_user", "unsilenced_by_api", "silence_ended"), false,
                  d->actor);
    return ERR_OK;
}

static err act_wipe(struct group *g, const struct group_deed *d, int64_t now, struct group_effects *effects) {
    if (g->wiped_at) return ERR_OK;
    if (!g->resolved_at) {
        resolve(g, now, "wiped", d->actor, effects);
        effects->lines[effects->line_count - 1].is_implied = true;
    }
    g->resolved_by = BY_WIPED;
    g->wiped_at = now;
    g->has_hash = false;
    add_line(effects, "wiped", reason_of(d, "wiped_by_user", "wiped_by_api", "wiped"), d->actor);
    return ERR_OK;
}

// The dependent takes over what its root is: acknowledged or silenced, the latter until the root is not.
static err act_attach(struct group *g, const struct group_deed *d, int64_t now, struct group_effects *effects,
                      struct why *why) {
    const struct group *root = d->root;
    const char *to = "Can't attach to an alert group that is %s";
    if (g->id == root->id) return why_set(why, ERR_INVALID, "Can't attach an alert group to itself");
    if (g->resolved_at) return refuse(why, "attach", "resolved");
    if (d->has_attached) return why_set(why, ERR_INVALID, "Can't attach an alert group that others are attached to");
    if (root->root_id) return why_set(why, ERR_INVALID, to, "attached");
    if (root->resolved_at) return why_set(why, ERR_INVALID, to, "resolved");
    struct group_line *line =
        add_line(effects, "attached", reason_of(d, "attached_by_user", "attached_by_api", "attached"), d->actor);
    line->key = "root", line->value = root->id;
    g->root_id = root->id;
    effects->calls = CALLS_STOP;
    if (root->acknowledged_at && !g->acknowledged_at) acknowledge(g, now, "acknowledged_as_root", d->actor, effects);
    if (root->silenced_at && !g->silenced_at && !g->acknowledged_at)
        silence(g, 0, now, "silenced_as_root", d->actor, effects);
    return ERR_OK;
}

// Its own silence may have ended meanwhile: nobody woke it then.
static err act_unattach(struct group *g, const struct group_deed *d, int64_t now, struct group_effects *effects,
                        struct why *why) {
    if (!g->root_id) return refuse(why, "unattach", "unattached");
    struct group_line *line = add_line(
        effects, "unattached", reason_of(d, "unattached_by_user", "unattached_by_api", "root_deleted"), d->actor);
    line->key = "root", line->value = g->root_id;
    g->root_id = 0;
    if (g->silenced_until && g->silenced_until <= now)
        clear_silence(g, effects, "silence_ended", false, (struct group_actor){.by = BY_TIMER});
    if (group_state(g) == GROUP_FIRING) effects->calls = CALLS_START;
    return ERR_OK;
}

// "Yes, I still have it."
static err act_confirm(struct group *g, const struct group_deed *d, struct group_effects *effects, struct why *why) {
    if (!g->acknowledged_at || g->resolved_at) return refuse(why, "confirm", group_state_text(group_state(g)));
    if (g->acknowledged_by != BY_USER || d->actor.by != BY_USER || g->acknowledged_by_id != d->actor.id)
        return why_set(why, ERR_INVALID, "Only the person who acknowledged an alert group can confirm it");
    effects->confirms = true;
    add_line(effects, "acknowledge_confirmed", "confirmed_by_user", d->actor);
    return ERR_OK;
}

#define REMIND_DAYS 14

bool group_may_remind(const struct group *g, int64_t at, int64_t now) {
    bool is_old = now - g->started_at > REMIND_DAYS * 86400 * INT64_C(1000000);
    return group_state(g) == GROUP_ACKNOWLEDGED && g->acknowledged_at == at && g->acknowledged_by == BY_USER &&
           !g->root_id && !is_old;
}

static err act(struct group *g, const struct group_deed *d, int64_t now, struct group_effects *effects,
               struct why *why) {
    switch (d->verb) {
    case VERB_ACKNOWLEDGE: return act_acknowledge(g, d, now, effects, why);
    case VERB_UNACKNOWLEDGE: return act_unacknowledge(g, d, effects, why);
    case VERB_RESOLVE: return act_resolve(g, d, now, effects, why);
    case VERB_UNRESOLVE: return act_unresolve(g, d, effects, why);
    case VERB_SILENCE: return act_silence(g, d, now, effects, why);
    case VERB_UNSILENCE: return act_unsilence(g, d, effects, why);
    case VERB_WIPE: return act_wipe(g, d, now, effects);
    case VERB_ATTACH: return act_attach(g, d, now, effects, why);
    case VERB_UNATTACH: return act_unattach(g, d, now, effects, why);
    case VERB_CONFIRM: return act_confirm(g, d, effects, why);
    }
    return ERR_UNSUPPORTED;
}

err group_act(struct group *g, const struct group_deed *d, int64_t now, struct group_effects *effects,
              struct why *why) {
    bool is_own = d->is_by_root || d->verb == VERB_UNATTACH || d->verb == VERB_WIPE;
    if (g->root_id && !is_own) return refuse(why, group_verb_text(d->verb), "attached");
    err e = act(g, d, now, effects, why);
    if (e == ERR_OK) g->version++;
    return e;
}
