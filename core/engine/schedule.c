// The final schedule: all slots, swaps, and who gives way to whom.
#include "engine/schedule.h"
#include <stdlib.h>

#define GAP_MIN (60 * CIVIL_SECOND)

err slots_add(struct slots *s, const struct slot *slot, struct why *why) {
    size_t max = s->max ? s->max : SLOTS_MAX;
    if (s->count >= max) return why_set(why, ERR_LIMIT, "More than %zu shifts lie in this time: ask for less.", max);
    if (s->count == s->room) {
        size_t room = s->room ? s->room * 2 : 16;
        struct slot *grown = arena_alloc(s->memory, room * sizeof *grown);
        if (s->count) memcpy(grown, s->list, s->count * sizeof *grown);
        s->list = grown;
        s->room = room;
    }
    s->list[s->count++] = *slot;
    return ERR_OK;
}

static bool has(struct people p, int64_t id) {
    for (size_t i = 0; i < p.count; i++)
        if (p.ids[i] == id) return true;
    return false;
}

// --- collecting ---

// The first event that begins at `at` or later.
static size_t first_event(const struct schedule *s, int64_t at) {
    size_t low = 0, high = s->event_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->events[middle].from < at) low = middle + 1;
        else high = middle;
    }
    return low;
}

static err add_events(const struct schedule *s, int64_t from, int64_t to, struct slots *out, struct why *why) {
    err e = ERR_OK;
    for (size_t i = first_event(s, from - s->longest_event); i < s->event_count && s->events[i].from < to; i++)
        if (e == ERR_OK && s->events[i].to > from) e = slots_add(out, &s->events[i], why);
    return e;
}

// --- swaps ---

static struct people exchanged(arena *a, struct people p, int64_t from, int64_t to) {
    int64_t *ids = arena_alloc(a, (p.count + 1) * sizeof *ids);
    struct people out = {ids, 0};
    for (size_t i = 0; i < p.count; i++) {
        int64_t id = p.ids[i] == from ? to : p.ids[i];
        if (!has(out, id)) ids[out.count++] = id;
    }
    return out;
}

static err swap_slot(struct slots *s, size_t at, const struct swap *swap, struct why *why) {
    struct slot before = s->list[at], after = before, given = before;
    err e = ERR_OK;
    if (given.from < swap->from) before.to = given.from = swap->from;
    else before.to = before.from;
    if (given.to > swap->to) after.from = given.to = swap->to;
    else after.from = after.to;
    given.people = exchanged(s->memory, given.people, swap->beneficiary, swap->benefactor);
    s->list[at] = given;
    if (before.from < before.to) e = slots_add(s, &before, why);
    if (e == ERR_OK && after.from < after.to) e = slots_add(s, &after, why);
    return e;
}

static err apply_swap(struct slots *s, const struct swap *swap, struct why *why) {
    size_t count = s->count; // what is added lies outside
    err e = ERR_OK;
    for (size_t i = 0; i < count && e == ERR_OK; i++)
        if (s->list[i].from < swap->to && s->list[i].to > swap->from && has(s->list[i].people, swap->beneficiary))
            e = swap_slot(s, i, swap, why);
    return e;
}

err schedule_slots(const struct schedule *s, int64_t from, int64_t to, struct slots *out, struct why *why) {
    err e = ERR_OK;
    for (size_t i = 0; i < s->shift_count && e == ERR_OK; i++) e = shift_slots(&s->shifts[i], from, to, out, why);
    if (e == ERR_OK) e = add_events(s, from, to, out, why);
    for (size_t i = 0; i < s->swap_count && e == ERR_OK; i++)
        if (s->swaps[i].from < to && s->swaps[i].to > from) e = apply_swap(out, &s->swaps[i], why);
    return e;
}

// --- who gives way ---

static int compare(int64_t a, int64_t b) { return (a > b) - (a < b); }

static int rank_of(const struct slot *a, const struct slot *b) { // overrides first, then the higher level
    if (a->is_override != b->is_override) return a->is_override ? -1 : 1;
    return compare(b->level, a->level);
}

static int by_rank(const void *pa, const void *pb) {
    const struct slot *a = pa, *b = pb;
    int rank = rank_of(a, b);
    return rank ? rank : compare(a->from, b->from);
}

static int by_time(const void *pa, const void *pb) {
    const struct slot *a = pa, *b = pb;
    int order = compare(a->from, b->from);
    if (!order) order = compare(a->shift_id, b->shift_id);
    if (!order) order = compare(a->to, b->to);
    if (!order) order = compare(a->people.ids[0], b->people.ids[0]);
    return order;
}

struct span {
    int64_t from, to;
};

struct spans { // rising, apart from each other
    struct span *list;
    size_t count;
};

// Adds what `taken` leaves of a slot.
static err place(const struct slot *slot, const struct spans *taken, struct slots *out, struct why *why) {
    size_t low = 0, high = taken->count; // the first span that ends after the slot begins
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (taken->list[middle].to <= slot->from) low = middle + 1;
        else high = middle;
    }
    struct slot part = *slot;
    err e = ERR_OK;
    for (size_t i = low; i < taken->count && taken->list[i].from < slot->to && e == ERR_OK; i++) {
        part.to = taken->list[i].from;
        if (part.from < part.to) e = slots_add(out, &part, why);
        part.from = taken->list[i].to;
    }
    part.to = slot->to;
    return e == ERR_OK && part.from < part.to ? slots_add(out, &part, why) : e;
}

// Both rise by `from`; the result is in `into`.
static void merge(const struct spans *taken, const struct slot *tier, size_t count, struct spans *into) {
    into->count = 0;
    for (size_t i = 0, k = 0; i < taken->count || k < count;) {
        bool is_old = k == count || (i < taken->count && taken->list[i].from <= tier[k].from);
        struct span next = is_old ? taken->list[i] : (struct span){tier[k].from, tier[k].to};
        if (is_old) i++;
        else k++;
        struct span *last = into->count ? &into->list[into->count - 1] : NULL;
        if (!last || next.from > last->to) into->list[into->count++] = next;
        else if (next.to > last->to) last->to = next.to;
    }
}

// Keeps the slots that somebody has, cut to the window, by rank.
static void keep_wanted(struct slots *all, int64_t from, int64_t to) {
    size_t kept = 0;
    for (size_t i = 0; i < all->count; i++) {
        struct slot slot = all->list[i];
        if (slot.from < from) slot.from = from;
        if (slot.to > to) slot.to = to;
        if (slot.people.count && slot.from < slot.to) all->list[kept++] = slot;
    }
    all->count = kept;
    if (kept) qsort(all->list, kept, sizeof *all->list, by_rank);
}

static err resolve(const struct slots *list, struct slots *out, struct why *why) {
    struct spans taken = {arena_alloc(out->memory, (list->count + 1) * sizeof(struct span)), 0};
    struct spans other = {arena_alloc(out->memory, (list->count + 1) * sizeof(struct span)), 0};
    err e = ERR_OK;
    for (size_t i = 0, end; i < list->count && e == ERR_OK; i = end) {
        for (end = i; end < list->count && !rank_of(&list->list[i], &list->list[end]) && e == ERR_OK; end++)
            e = place(&list->list[end], &taken, out, why);
        merge(&taken, &list->list[i], end - i, &other);
        struct spans swapped = taken;
        taken = other;
        other = swapped;
    }
    return e;
}

err schedule_final(const struct schedule *s, int64_t from, int64_t to, struct slots *out, struct why *why) {
    struct slots all = {.memory = out->memory, .max = out->max};
    err e = schedule_slots(s, from, to, &all, why);
    if (e != ERR_OK) return e;
    keep_wanted(&all, from, to);
    e = resolve(&all, out, why);
    if (e == ERR_OK && out->count) qsort(out->list, out->count, sizeof *out->list, by_time);
    return e;
}

static int by_id(const void *a, const void *b) { return compare(*(const int64_t *)a, *(const int64_t *)b); }

err schedule_on_call(const struct schedule *s, int64_t at, arena *a, struct people *out, struct why *why) {
    struct slots all = {.memory = a};
    err e = schedule_slots(s, at, at + 1, &all, why);
    if (e != ERR_OK) return e;
    keep_wanted(&all, at, at + 1);
    size_t top = 0, count = 0, kept = 0; // those of the highest rank are the first
    for (; top < all.count && !rank_of(&all.list[0], &all.list[top]); top++) count += all.list[top].people.count;
    int64_t *ids = arena_alloc(a, (count + 1) * sizeof *ids);
    for (size_t i = 0, n = 0; i < top; n += all.list[i++].people.count)
        memcpy(ids + n, all.list[i].people.ids, all.list[i].people.count * sizeof *ids);
    if (count) qsort(ids, count, sizeof *ids, by_id);
    for (size_t i = 0; i < count; i++)
        if (!kept || ids[kept - 1] != ids[i]) ids[kept++] = ids[i];
    *out = (struct people){ids, kept};
    return ERR_OK;
}

err schedule_next(const struct schedule *s, int64_t at, int64_t until, arena *a, int64_t *next_at, struct people *next,
                  struct why *why) {
    struct slots final = {.memory = a};
    err e = schedule_final(s, at, until, &final, why);
    if (e != ERR_OK) return e;
    for (size_t i = 0; i < final.count; i++)
        if (final.list[i].from > at) {
            *next_at = final.list[i].from;
            return schedule_on_call(s, *next_at, a, next, why);
        }
    *next_at = 0;
    return ERR_OK;
}

err schedule_gaps(const struct slots *final, int64_t from, int64_t to, struct slots *out, struct why *why) {
    int64_t covered = from;
    err e = ERR_OK;
    for (size_t i = 0; i < final->count && e == ERR_OK; i++) {
        const struct slot *slot = &final->list[i];
        if (slot->from - covered >= GAP_MIN) e = slots_add(out, &(struct slot){.from = covered, .to = slot->from}, why);
        if (slot->to > covered) covered = slot->to;
    }
    if (e == ERR_OK && to - covered >= GAP_MIN) e = slots_add(out, &(struct slot){.from = covered, .to = to}, why);
    return e;
}
