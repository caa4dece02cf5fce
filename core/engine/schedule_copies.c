// The calendars of a schedule: their events become slots of the people whom they name.
#include "engine/schedule_copies.h"
#include "engine/ical.h"
#include <stdlib.h>
#include <strings.h>

struct loading {
    const struct schedule_rows *rows;
    int64_t from, to;
    zones *zones;
    arena *memory;
    struct schedule_problem *problem;
    const struct user_row **by_name, **by_email; // sorted
    size_t email_count;
};

// --- people by what a calendar calls them ---

static int compare_text(str a, str b, int (*compare)(const char *, const char *, size_t)) {
    int order = compare(a.ptr, b.ptr, a.len < b.len ? a.len : b.len);
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static int compare_bytes(const char *a, const char *b, size_t n) { return memcmp(a, b, n); }

static int by_name(const void *a, const void *b) {
    return compare_text((*(struct user_row *const *)a)->username, (*(struct user_row *const *)b)->username,
                        compare_bytes);
}

static int by_email(const void *a, const void *b) {
    return compare_text((*(struct user_row *const *)a)->email, (*(struct user_row *const *)b)->email, strncasecmp);
}

static void sort_users(struct loading *l) {
    size_t n = l->rows->user_count;
    l->by_name = arena_alloc(l->memory, (n + 1) * sizeof *l->by_name);
    l->by_email = arena_alloc(l->memory, (n + 1) * sizeof *l->by_email);
    for (size_t i = 0; i < n; i++) {
        l->by_name[i] = &l->rows->users[i];
        if (l->rows->users[i].email.len) l->by_email[l->email_count++] = &l->rows->users[i];
    }
    qsort(l->by_name, n, sizeof *l->by_name, by_name);
    qsort(l->by_email, l->email_count, sizeof *l->by_email, by_email);
}

// The whole text is a username, or in any case an e-mail address.
static const struct user_row *user_by_text(struct loading *l, str text) {
    struct user_row wanted = {.username = text, .email = text}, *key = &wanted;
    if (!text.len) return NULL;
    struct user_row **found = bsearch(&key, l->by_name, l->rows->user_count, sizeof *l->by_name, by_name);
    if (!found) found = bsearch(&key, l->by_email, l->email_count, sizeof *l->by_email, by_email);
    return found ? *found : NULL;
}

// --- events ---

// The stored events when they are enough, or all there is.
static err read_events(struct loading *l, const struct copy_row *copy, struct ical_events *out, struct why *why) {
    bool covers = copy->events_from <= l->from && copy->events_to >= l->to;
    if (!copy->events.ptr || (copy->ical.ptr && !covers))
        return ical_read(copy->ical, l->from, l->to, l->zones, l->memory, out, why);
    err e = ical_events_parse(copy->events, l->memory, out, why);
    if (e == ERR_OK && !covers) why_set(why, ERR_OK, "it was not read since it ran out");
    return e;
}

static struct slot slot_of(struct loading *l, const struct ical_event *event, bool is_override) {
    struct slot slot = {.from = event->from,
                        .to = event->to,
                        .level = (int32_t)event->level,
                        .is_override = is_override,
                        .is_all_day = event->is_all_day,
                        .uid = event->uid,
                        .text = event->names[0]};
    const struct user_row *user = NULL;
    for (size_t i = 0; i < 3 && !user; i++) user = user_by_text(l, event->names[i]);
    if (user) slot.people = (struct people){&user->id, 1};
    return slot;
}

static int by_start(const void *pa, const void *pb) {
    const struct slot *a = pa, *b = pb;
    return (a->from > b->from) - (a->from < b->from);
}

static void note(struct loading *l, const struct copy_row *copy, const char *sentence) {
    if (!l->problem->count++)
        why_set(&l->problem->first, ERR_INVALID, "%s: %s", copy->is_overrides ? "calendar of overrides" : "calendar",
                sentence);
}

static void add_copy(struct loading *l, const struct copy_row *copy, struct slots *out) {
    struct ical_events events = {0};
    struct why why = {""};
    err e = read_events(l, copy, &events, &why);
    for (size_t i = 0; i < events.count && e == ERR_OK; i++) {
        struct slot slot = slot_of(l, &events.list[i], copy->is_overrides);
        e = slots_add(out, &slot, &why);
    }
    if (e != ERR_OK || *why.text) note(l, copy, *why.text ? why.text : err_text(e));
    else if (events.skipped) note(l, copy, "some events have no start that can be read");
}

void schedule_copies_load(const struct schedule_rows *rows, int64_t from, int64_t to, zones *z, arena *a,
                          struct schedule *out, struct schedule_problem *problem) {
    struct loading loading = {rows, from, to, z, a, problem, NULL, NULL, 0}, *l = &loading;
    struct slots all = {.memory = a};
    if (rows->copy_count) sort_users(l);
    for (size_t i = 0; i < rows->copy_count; i++)
        if (!rows->copies[i].is_overrides || !rows->enable_web_overrides) add_copy(l, &rows->copies[i], &all);
    if (all.count) qsort(all.list, all.count, sizeof *all.list, by_start);
    for (size_t i = 0; i < all.count; i++)
        if (all.list[i].to - all.list[i].from > out->longest_event)
            out->longest_event = all.list[i].to - all.list[i].from;
    out->events = all.list;
    out->event_count = all.count;
}
