#include "engine/schedule_copy.h"
#include "engine/engine_parts.h"
#include "engine/ical.h"

#define DAY_US (CIVIL_DAY * CIVIL_SECOND)

static err copy_apply(struct commit_item *item, store *s, int64_t now) {
    (void)now;
    struct copy_item *c = CONTAINER(item, struct copy_item, item);
    if (c->is_news) engine_schedules_changed(c->engine);
    return schedule_rows_put_copy(s, c->memory, &c->write);
}

static err read_events(struct copy_write *write, str text, arena *a, struct why *why) {
    if (!str_is_utf8(text)) return why_set(why, ERR_INVALID, "The calendar is not UTF-8.");
    struct ical_events events;
    zones *z = zones_new(NULL);
    write->events_from = write->at - COPY_DAYS_BEFORE * DAY_US;
    write->events_to = write->at + COPY_DAYS_AFTER * DAY_US;
    err e = ical_read(text, write->events_from, write->events_to, z, a, &events, why);
    zones_free(z);
    if (e != ERR_OK) return e;
    if (events.count > COPY_EVENTS_MAX)
        return why_set(why, ERR_LIMIT, "The calendar has more than %d events in two months.", COPY_EVENTS_MAX);
    buf out = {0};
    ical_events_write(&out, &events);
    write->events = arena_str(a, buf_view(&out));
    buf_free(&out);
    return ERR_OK;
}

static bool is_day_old(const struct copy_known *known, int64_t at) {
    int64_t age = at - COPY_DAYS_BEFORE * DAY_US - known->events_from;
    return age > DAY_US || age < -DAY_US;
}

void copy_init(struct copy_item *c, engine *e, const struct calendar_fetch *fetch, const struct copy_known *known,
               arena *a) {
    *c = (struct copy_item){.engine = e,
                            .memory = a,
                            .write = {.schedule_id = fetch->schedule_id,
                                      .is_overrides = fetch->is_overrides,
                                      .url = fetch->url,
                                      .at = fetch->at,
                                      .etag = fetch->etag,
                                      .modified = fetch->modified,
                                      .error = fetch->error}};
    struct copy_write *write = &c->write;
    struct why why = {""};
    bool is_new = !fetch->error.len && !fetch->is_unchanged && !(known->ical.ptr && str_is(fetch->text, known->ical));
    if (is_new && read_events(write, fetch->text, a, &why) == ERR_OK) write->ical = fetch->text;
    else if (is_new) write->error = arena_str(a, str_of(why.text));
    // What could be read once can be read again; were it not so, the events of the last time would stay.
    if (!write->ical.ptr && known->ical.ptr && is_day_old(known, fetch->at)) read_events(write, known->ical, a, NULL);
    c->is_news = write->events.ptr || !str_is(write->error, known->error);
    c->item.class = COMMIT_PERSON;
    c->item.is_atomic = true;
    c->item.weight = sizeof *c + write->ical.len + write->events.len;
    c->item.apply = copy_apply;
}
