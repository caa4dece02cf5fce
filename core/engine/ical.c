// A calendar's events become instances, each known by its event's UID and the moment at which the rule had it; of several
// claims on one moment (a moved or cancelled instance, a newer SEQUENCE) one wins.
#include "engine/ical.h"
#include "base/mem.h"
#include "engine/ical_event.h"
#include "engine/ical_filter.h"
#include <stdlib.h>

struct instance {
    int64_t planned; // µs: when the rule had it
    size_t order;    // of its VEVENT in the calendar
    bool is_exception, is_cancelled;
    int64_t sequence;
    struct ical_event event;
};

struct reading {
    struct ical_reader reader;
    const struct ical_vevent *current;
    int64_t *excluded; // of the current event, rising
    size_t excluded_count;
    struct instance *list;
    size_t count, room, order, skipped;
    int64_t from, to, steps;
    err error;
    struct why *why;
};

static int compare(int64_t a, int64_t b) { return (a > b) - (a < b); }
static int compare_ints(const void *a, const void *b) { return compare(*(const int64_t *)a, *(const int64_t *)b); }

// --- instances ---

static bool is_excluded(const struct reading *r, int64_t moment, int64_t wall) {
    if (r->excluded_count && bsearch(&moment, r->excluded, r->excluded_count, sizeof *r->excluded, compare_ints))
        return true;
    const struct ical_vevent *v = r->current;
    for (size_t i = 0; i < v->excluded_count && !v->start.is_date; i++) // a whole day is left out
        if (v->excluded[i].is_date && v->excluded[i].wall == civil_day_of(wall) * CIVIL_DAY) return true;
    return false;
}

static bool push(struct reading *r, const struct instance *instance) {
    if (r->count == ICAL_RESULTS_MAX) {
        r->error = why_set(r->why, ERR_LIMIT, "The calendar has more than %d events in this time.", ICAL_RESULTS_MAX);
        return false;
    }
    if (r->count == r->room) {
        r->room = r->room ? r->room * 2 : 64;
        r->list = mem_grow(r->list, r->room * sizeof *r->list);
    }
    r->list[r->count++] = *instance;
    return true;
}

static bool add(struct reading *r, const struct ical_time *start) {
    const struct ical_vevent *v = r->current;
    int64_t from = ical_moment(start);
    struct instance instance = {.planned = v->recurrence_id.is_set ? ical_moment(&v->recurrence_id) : from,
                                .order = r->order,
                                .is_exception = v->recurrence_id.is_set,
                                .is_cancelled = v->is_cancelled,
                                .sequence = v->sequence,
                                .event = {.from = from,
                                          .to = zone_utc(start->zone, start->wall + v->length) * CIVIL_SECOND,
                                          .level = v->level,
                                          .is_all_day = v->start.is_date,
                                          .uid = v->uid}};
    memcpy(instance.event.names, v->names, sizeof v->names);
    // An exception stands in for an instance of the window also when it was moved out of it.
    if (!instance.is_exception && (instance.event.to <= r->from || from >= r->to || is_excluded(r, from, start->wall)))
        return true;
    return push(r, &instance);
}

static bool on_start(void *ctx, int64_t wall) {
    struct reading *r = ctx;
    const struct ical_vevent *v = r->current;
    struct ical_time start = v->start;
    start.wall = wall;
    int64_t reached = v->until_is_utc ? zone_utc(start.zone, wall) : wall;
    if (reached > v->until) return false;
    return wall == v->start.wall || add(r, &start); // the first one is added without a rule
}

static err walk(struct reading *r) {
    const struct ical_vevent *v = r->current;
    int64_t low = civil_floor_div(r->from, CIVIL_SECOND) - v->length - 2 * CIVIL_DAY;
    struct rule_walk walk = {.rule = &v->rule,
                             .start = v->start.wall,
                             .from = low > v->start.wall ? low : v->start.wall,
                             .to = civil_floor_div(r->to, CIVIL_SECOND) + 2 * CIVIL_DAY,
                             .steps = &r->steps,
                             .on_start = on_start,
                             .ctx = r};
    if (walk.from < walk.to && ical_rule_walk(&walk) != ERR_OK)
        return why_set(r->why, ERR_LIMIT,
                       "The calendar's rules take more than %lld steps to follow: a rule recurs too often.",
                       (long long)ICAL_STEPS_MAX);
    return r->error;
}

static void exclude(struct reading *r) {
    const struct ical_vevent *v = r->current;
    r->excluded = arena_alloc(r->reader.memory, (v->excluded_count + 1) * sizeof *r->excluded);
    r->excluded_count = v->excluded_count;
    for (size_t i = 0; i < v->excluded_count; i++) r->excluded[i] = ical_moment(&v->excluded[i]);
    if (v->excluded_count) qsort(r->excluded, v->excluded_count, sizeof *r->excluded, compare_ints);
}

static err add_vevent(struct reading *r, icalcomponent *c) {
    struct ical_vevent v;
    r->order++;
    if (!ical_vevent_read(&r->reader, c, &v)) {
        r->skipped++;
        return ERR_OK;
    }
    if (v.length <= 0 && !v.recurrence_id.is_set) return ERR_OK;
    r->current = &v;
    exclude(r);
    add(r, &v.start);
    for (size_t i = 0; i < v.date_count && r->error == ERR_OK; i++) add(r, &v.dates[i]);
    err e = r->error == ERR_OK && v.has_rule ? walk(r) : r->error;
    r->current = NULL;
    return e;
}

static err add_calendar(struct reading *r, icalcomponent *calendar, zones *z, arena *a) {
    err e = ERR_OK;
    ical_reader_open(&r->reader, calendar, z, a);
    for (icalcomponent *c = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT); c && e == ERR_OK;
         c = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT))
        e = add_vevent(r, c);
    return e;
}

// --- which instances win ---

static int compare_text(str a, str b) {
    int order = memcmp(a.len ? a.ptr : "", b.len ? b.ptr : "", a.len < b.len ? a.len : b.len);
    return order ? order : compare((int64_t)a.len, (int64_t)b.len);
}

// By claim: the winner of each comes first. Events without a UID are all different.
static int by_claim(const void *pa, const void *pb) {
    const struct instance *a = pa, *b = pb;
    int order = compare_text(a->event.uid, b->event.uid);
    if (!order) order = compare(a->planned, b->planned);
    if (!order && !a->event.uid.len) order = compare((int64_t)a->order, (int64_t)b->order);
    if (!order) order = compare(b->is_exception, a->is_exception);
    if (!order) order = compare(b->sequence, a->sequence);
    return order ? order : compare((int64_t)b->order, (int64_t)a->order);
}

static bool is_same_claim(const struct instance *a, const struct instance *b) {
    return a->planned == b->planned && str_is(a->event.uid, b->event.uid) && (a->event.uid.len || a->order == b->order);
}

static int by_start(const void *pa, const void *pb) {
    const struct ical_event *a = pa, *b = pb;
    int order = compare(a->from, b->from);
    if (!order) order = compare(a->to, b->to);
    return order ? order : compare_text(a->uid, b->uid);
}

static void choose(struct reading *r, struct ical_events *out) {
    if (r->count) qsort(r->list, r->count, sizeof *r->list, by_claim);
    out->skipped = r->skipped;
    out->list = arena_alloc(r->reader.memory, (r->count + 1) * sizeof *out->list);
    for (size_t i = 0; i < r->count; i++) {
        const struct instance *one = &r->list[i];
        bool wins = !i || !is_same_claim(one, &r->list[i - 1]);
        if (wins && !one->is_cancelled && one->event.from < one->event.to && one->event.from < r->to &&
            one->event.to > r->from)
            out->list[out->count++] = one->event;
    }
    if (out->count) qsort(out->list, out->count, sizeof *out->list, by_start);
}

static err read_all(struct reading *r, icalcomponent *root, zones *z, arena *a) {
    if (icalcomponent_isa(root) == ICAL_VCALENDAR_COMPONENT) return add_calendar(r, root, z, a);
    err e = ERR_OK;
    for (icalcomponent *c = icalcomponent_get_first_component(root, ICAL_VCALENDAR_COMPONENT); c && e == ERR_OK;
         c = icalcomponent_get_next_component(root, ICAL_VCALENDAR_COMPONENT))
        e = add_calendar(r, c, z, a);
    return e;
}

err ical_read(str text, int64_t from, int64_t to, zones *z, arena *a, struct ical_events *out, struct why *why) {
    buf lines = {0};
    err e = ical_filter(text, &lines, why);
    if (e != ERR_OK) {
        buf_free(&lines);
        return e;
    }
    buf_char(&lines, 0);
    struct reading r = {.reader.memory = a, .from = from, .to = to, .steps = ICAL_STEPS_MAX, .why = why};
    icalcomponent *root = icalparser_parse_string(lines.ptr);
    buf_free(&lines);
    if (!root) e = why_set(why, ERR_INVALID, "This is no calendar: it cannot be read.");
    else e = read_all(&r, root, z, a);
    struct ical_events events = {0};
    if (e == ERR_OK) choose(&r, &events);
    if (e == ERR_OK) *out = events;
    if (root) icalcomponent_free(root);
    icalmemory_free_ring();
    mem_free(r.list);
    return e;
}
