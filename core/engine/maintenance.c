#include "engine/maintenance.h"

static bool has_label(const struct json *labels, const struct maintenance_label *wanted) {
    const struct json *v = labels ? json_get(labels, wanted->key) : NULL;
    return v && v->type == JSON_STRING && str_is(v->text, wanted->value);
}

bool maintenance_covers(const struct maintenance_window *w, const struct maintenance_subject *s) {
    if (w->integration_id && w->integration_id != s->integration_id) return false;
    if (w->route_id && w->route_id != s->route_id) return false;
    for (size_t i = 0; i < w->label_count; i++)
        if (!has_label(s->labels, &w->labels[i])) return false;
    return true;
}

static bool is_before(const struct maintenance_window *a, const struct maintenance_window *b) {
    if (a->mode != b->mode) return a->mode == MAINTENANCE_COLLECT;
    return a->started_at != b->started_at ? a->started_at < b->started_at : a->id < b->id;
}

const struct maintenance_window *maintenance_choose(const struct maintenance_window *list, size_t count,
                                                    const struct maintenance_subject *s) {
    const struct maintenance_window *best = NULL;
    for (size_t i = 0; i < count; i++)
        if (maintenance_covers(&list[i], s) && (!best || is_before(&list[i], best))) best = &list[i];
    return best;
}

#define DAY_US INT64_C(86400000000)

// The first occurrence that starts after `after` and has not ended; looked for farther and farther ahead.
static err find_next(const struct shift *times, int64_t after, int64_t now, struct slot *out, struct why *why) {
    static const int64_t days[] = {2, 40, 400, 4000};
    err e = ERR_OK;
    *out = (struct slot){0};
    for (size_t n = 0; n < sizeof days / sizeof *days && e == ERR_OK && !out->to; n++) {
        arena *a = arena_new();
        struct slots slots = {.memory = a};
        e = shift_slots(times, now, now + days[n] * DAY_US, &slots, why);
        for (size_t i = 0; i < slots.count; i++) {
            const struct slot *one = &slots.list[i];
            if (one->from > after && one->to > now && (!out->to || one->from < out->from)) *out = *one;
        }
        arena_free(a);
    }
    return e;
}

err maintenance_settle(const struct shift *times, struct maintenance_status *s, int64_t now,
                       enum maintenance_event *out, struct why *why) {
    *out = MAINTENANCE_NOTHING;
    if (s->state == MAINTENANCE_ENDED) return ERR_OK;
    if (s->state == MAINTENANCE_RUNNING) {
        if (s->end_at > now) return ERR_OK;
        s->state = MAINTENANCE_PLANNED;
        *out = MAINTENANCE_ENDS;
        return ERR_OK;
    }
    struct slot next;
    err e = find_next(times, s->planned_at, now, &next, why);
    if (e != ERR_OK) return e;
    s->next_at = next.from;
    if (!next.to) s->state = MAINTENANCE_ENDED;
    if (!next.to || next.from > now) return ERR_OK;
    *s = (struct maintenance_status){.state = MAINTENANCE_RUNNING, .planned_at = next.from, .end_at = next.to};
    *out = MAINTENANCE_STARTS;
    return ERR_OK;
}

void maintenance_stop(struct maintenance_status *s, int64_t now) {
    if (s->state == MAINTENANCE_RUNNING && s->end_at > now) s->end_at = now;
}
