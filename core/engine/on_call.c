// Keeps what was read of each schedule in an arena of its own.
#include "engine/on_call.h"
#include "base/mem.h"
#include "engine/schedule_load.h"

#define KEPT_BYTES_MAX ((size_t)64 << 20)
#define LOOK_BACK      (CIVIL_DAY * CIVIL_SECOND) // a clock may be set back

struct kept {
    struct kept *next;
    arena *memory;
    struct schedule schedule;
    struct schedule_problem problem;
};

struct on_call {
    store *store;
    zones *zones;
    struct kept *first;
    size_t bytes;
};

on_call *on_call_new(store *s) {
    on_call *o = NEW(on_call);
    o->store = s;
    o->zones = zones_new(NULL);
    return o;
}

void on_call_forget(on_call *o) {
    for (struct kept *k = o->first, *next; k; k = next) {
        next = k->next;
        arena_free(k->memory);
        mem_free(k);
    }
    o->first = NULL;
    o->bytes = 0;
}

void on_call_free(on_call *o) {
    if (!o) return;
    on_call_forget(o);
    zones_free(o->zones);
    mem_free(o);
}

static err read_schedule(on_call *o, int64_t id, int64_t at, struct kept **out, struct why *why) {
    struct schedule_query query = {.id = id, .swaps_after = at - LOOK_BACK};
    struct schedule_rows rows;
    arena *memory = arena_new();
    err e = schedule_rows_read(o->store, memory, &query, &rows, why);
    if (e != ERR_OK) {
        arena_free(memory);
        return e;
    }
    struct kept *k = NEW(struct kept);
    k->memory = memory;
    schedule_load(&rows, at, at + 1, o->zones, memory, &k->schedule, &k->problem);
    if (o->bytes > KEPT_BYTES_MAX) on_call_forget(o);
    o->bytes += arena_size(memory);
    k->next = o->first;
    *out = o->first = k;
    return ERR_OK;
}

static err find(on_call *o, int64_t id, int64_t at, struct kept **out, struct why *why) {
    for (struct kept **link = &o->first; *link; link = &(*link)->next) {
        struct kept *k = *link;
        if (k->schedule.id != id) continue;
        *link = k->next; // to the front: the same few are asked about again and again
        k->next = o->first;
        *out = o->first = k;
        return ERR_OK;
    }
    return read_schedule(o, id, at, out, why);
}

err on_call_at(on_call *o, int64_t schedule_id, int64_t at, arena *a, struct people *out, struct why *why) {
    struct kept *k;
    err e = find(o, schedule_id, at, &k, why);
    if (e == ERR_OK) e = schedule_on_call(&k->schedule, at, a, out, why);
    if (e == ERR_OK && k->problem.count) *why = k->problem.first;
    return e;
}
