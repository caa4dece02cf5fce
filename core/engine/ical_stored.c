// The events of a calendar as they are kept beside its copy.
#include "engine/ical.h"
#include "text/json.h"

void ical_events_write(buf *out, const struct ical_events *events) {
    buf_char(out, '[');
    for (size_t i = 0; i < events->count; i++) {
        const struct ical_event *e = &events->list[i];
        buf_printf(out, "%s[%lld,%lld,%lld,%s,", i ? "," : "", (long long)e->from, (long long)e->to,
                   (long long)e->level, e->is_all_day ? "true" : "false");
        buf_json(out, e->uid);
        for (size_t n = 0; n < 3; n++) {
            buf_char(out, ',');
            if (e->names[n].ptr) buf_json(out, e->names[n]);
            else buf_lit(out, "null");
        }
        buf_char(out, ']');
    }
    buf_char(out, ']');
}

static bool read_event(const struct json *v, struct ical_event *out) {
    if (v->type != JSON_ARRAY || v->count != 8) return false;
    for (int i = 0; i < 3; i++)
        if (v->items[i].type != JSON_INT) return false;
    *out = (struct ical_event){.from = v->items[0].integer,
                               .to = v->items[1].integer,
                               .level = v->items[2].integer,
                               .is_all_day = v->items[3].type == JSON_TRUE};
    str *const texts[] = {&out->uid, &out->names[0], &out->names[1], &out->names[2]};
    for (int i = 0; i < 4; i++)
        if (v->items[4 + i].type == JSON_STRING) *texts[i] = v->items[4 + i].text;
    return true;
}

err ical_events_parse(str json, arena *a, struct ical_events *out, struct why *why) {
    struct json *root;
    err e = json_parse(a, json, &root, why);
    if (e != ERR_OK) return e;
    if (root->type != JSON_ARRAY) return why_set(why, ERR_CORRUPT, "the stored events of a calendar are no list");
    struct ical_events events = {.list = arena_alloc(a, (root->count + 1) * sizeof *events.list)};
    for (size_t i = 0; i < root->count; i++)
        if (!read_event(&root->items[i], &events.list[events.count++]))
            return why_set(why, ERR_CORRUPT, "the stored events of a calendar are damaged");
    *out = events;
    return ERR_OK;
}
