#include "engine/schedule_copy.h"
#include "engine/engine_parts.h"
#include "engine/ical.h"

static err copy_apply(struct commit_item *item, store *s, int64_t now) {
    (void)now;
    struct copy_item *c = CONTAINER(item, struct copy_item, item);
    on_call_forget(c->engine->on_call);
    return schedule_rows_put_copy(s, c->memory, &c->write);
}

static void read_text(struct copy_write *write, str text, zones *z, arena *a, struct why *why) {
    struct ical_events events;
    int64_t day = CIVIL_DAY * CIVIL_SECOND;
    write->events_from = write->at - COPY_DAYS_BEFORE * day;
    write->events_to = write->at + COPY_DAYS_AFTER * day;
    if (!str_is_utf8(text)) {
        why_set(why, ERR_INVALID, "The calendar is not UTF-8.");
        write->error = str_of(why->text);
    } else if (ical_read(text, write->events_from, write->events_to, z, a, &events, why) != ERR_OK) {
        write->error = str_of(why->text);
    } else {
        buf out = {0};
        ical_events_write(&out, &events);
        write->ical = text;
        write->events = arena_str(a, buf_view(&out));
        buf_free(&out);
    }
}

void copy_init(struct copy_item *c, engine *e, const struct calendar_fetch *fetch, zones *z, arena *a,
               struct why *why) {
    *c = (struct copy_item){.engine = e,
                            .memory = a,
                            .write = {.schedule_id = fetch->schedule_id,
                                      .is_overrides = fetch->is_overrides,
                                      .url = fetch->url,
                                      .at = fetch->at,
                                      .error = fetch->error}};
    if (!fetch->error.len) read_text(&c->write, fetch->text, z, a, why);
    c->item.class = COMMIT_PERSON;
    c->item.is_atomic = true;
    c->item.weight = sizeof *c + c->write.ical.len + c->write.events.len;
    c->item.apply = copy_apply;
}
