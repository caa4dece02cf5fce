#include "engine/step_facts.h"
#include "engine/config.h"

static err last_user(const struct step_asking *q, int64_t step_id, int64_t *out) {
    for (size_t i = 0; i < q->turn_count; i++)
        if (q->turns[i].step_id == step_id) {
            *out = q->turns[i].user_id;
            return ERR_OK;
        }
    return escalation_rows_last_user(q->store, q->arena, step_id, out);
}

static err turn_of(const struct step_asking *q, const struct plan_step *step, struct id_list *out) {
    struct id_list in_turn;
    int64_t last = 0;
    err x = escalation_rows_turns(q->store, q->arena, &step->users, &in_turn);
    if (x == ERR_OK) x = last_user(q, step->step_id, &last);
    if (x != ERR_OK || !in_turn.count) return x;
    *out = (struct id_list){arena_alloc(q->arena, sizeof *out->ids), 1};
    out->ids[0] = escalation_next_user(&in_turn, last);
    return ERR_OK;
}

static err find_on_call(const struct step_asking *q, const struct plan_step *step, int64_t now,
                        struct step_facts *facts) {
    struct people people = {0};
    struct why why = {""};
    err x = on_call_at(q->on_call, step->schedule_id, now, q->arena, &people, &why);
    if (q->log && *why.text && x != ERR_NOT_FOUND)
        LOG(q->log, LOG_ERROR, "schedule_not_whole", LOG_N("schedule", step->schedule_id), LOG_Z("error", why.text));
    if (x == ERR_LIMIT) facts->failure = "schedule_failed";
    else if (x == ERR_OK && !people.count) facts->failure = "no_one_on_call";
    if (x == ERR_LIMIT) return ERR_OK;
    struct id_list ids = {arena_alloc(q->arena, (people.count + 1) * sizeof *ids.ids), people.count};
    if (people.count) memcpy(ids.ids, people.ids, people.count * sizeof *ids.ids);
    facts->users = ids;
    return x;
}

static err find_webhook(const struct step_asking *q, const struct plan_step *step, struct step_facts *facts) {
    bool is_enabled = false;
    err x = escalation_rows_webhook(q->store, q->arena, step->webhook_id, &is_enabled);
    if (x == ERR_OK && !is_enabled) facts->failure = "webhook_disabled";
    return x;
}

static err count_alerts(const struct step_asking *q, const struct group *g, const struct plan_step *step,
                        struct step_facts *facts) {
    int64_t since = g->last_alert_at - step->num_minutes * 60 * INT64_C(1000000);
    return escalation_rows_count_alerts(q->store, q->arena, g, since, step->num_alerts + 1, &facts->alerts);
}

static bool has_id(const struct id_list *list, int64_t id) {
    for (size_t i = 0; i < list->count; i++)
        if (list->ids[i] == id) return true;
    return false;
}

static void add_people(arena *a, struct id_list *to, const struct id_list *more) {
    struct id_list all = {arena_alloc(a, (to->count + more->count + 1) * sizeof *all.ids), to->count};
    if (to->count) memcpy(all.ids, to->ids, to->count * sizeof *all.ids);
    for (size_t i = 0; i < more->count; i++)
        if (!has_id(to, more->ids[i])) all.ids[all.count++] = more->ids[i];
    *to = all;
}

// Everybody in the rooms to which the group's route posts, by their own rules where the rooms' provider tells who is there.
static err find_rooms(const struct step_asking *q, const struct group *g, struct step_facts *facts) {
    const struct config_room *rooms = NULL;
    str channels = {NULL, 0};
    err x = escalation_rows_channels(q->store, q->arena, g->route_id, &channels);
    size_t count = x == ERR_OK ? config_read_rooms(q->arena, channels, &rooms) : 0;
    if (x == ERR_NOT_FOUND) x = ERR_OK;
    struct config_room *unknown = arena_alloc(q->arena, (count + 1) * sizeof *unknown);
    for (size_t i = 0; i < count && x == ERR_OK; i++) {
        struct id_list people = {0};
        x = escalation_rows_room(q->store, q->arena, rooms[i].channel, rooms[i].room, &people);
        if (x == ERR_OK) add_people(q->arena, &facts->users, &people);
        if (x == ERR_NOT_FOUND) {
            unknown[facts->room_count++] = rooms[i];
            x = ERR_OK;
        }
    }
    facts->rooms = unknown;
    if (!count) facts->failure = "no_room";
    return x;
}

// What a step refers to, and what is said when it names none or what it names is gone.
static const struct {
    enum step_type type;
    const char *gone;
} references[] = {
    {STEP_NOTIFY_ON_CALL, "schedule_gone"},
    {STEP_NOTIFY_TEAM, "team_gone"},
    {STEP_NOTIFY_USER_GROUP, "user_group_gone"},
    {STEP_WEBHOOK, "webhook_gone"},
};

static const char *gone_text(enum step_type type) {
    for (size_t i = 0; i < sizeof references / sizeof *references; i++)
        if (references[i].type == type) return references[i].gone;
    return "step_not_configured";
}

err step_facts_gather(const struct step_asking *q, const struct group *g, const struct plan_step *step, int64_t now,
                      struct step_facts *out) {
    store *s = q->store;
    arena *a = q->arena;
    err x = ERR_OK;
    *out = (struct step_facts){0};
    switch (step->type) {
    case STEP_NOTIFY_USERS: x = escalation_rows_users(s, a, &step->users, &out->users); break;
    case STEP_NOTIFY_NEXT: x = turn_of(q, step, &out->users); break;
    case STEP_NOTIFY_ON_CALL: x = find_on_call(q, step, now, out); break;
    case STEP_NOTIFY_TEAM: x = escalation_rows_team(s, a, step->team_id, &out->users); break;
    case STEP_NOTIFY_USER_GROUP: x = escalation_rows_user_group(s, a, step->user_group_id, &out->users); break;
    case STEP_NOTIFY_CHANNEL: x = find_rooms(q, g, out); break;
    case STEP_ALERTS: x = count_alerts(q, g, step, out); break;
    case STEP_WEBHOOK: x = find_webhook(q, step, out); break;
    default: break;
    }
    if (x != ERR_NOT_FOUND) return x;
    out->failure = gone_text(step->type);
    return ERR_OK;
}
