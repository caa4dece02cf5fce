#include "engine/limiter.h"
#include "base/mem.h"

#define ENTRIES_MIN 64

struct entry {
    uint64_t key;    // 0: free
    int64_t full_at; // the moment at which a whole burst is free again
};

struct limiter {
    struct entry *entries;
    size_t size, used; // size is a power of two
};

limiter *limiter_new(void) {
    limiter *l = NEW(limiter);
    l->size = ENTRIES_MIN;
    l->entries = mem_zero(l->size * sizeof *l->entries);
    return l;
}

void limiter_free(limiter *l) {
    if (l) mem_free(l->entries);
    mem_free(l);
}

static struct entry *find(struct entry *entries, size_t size, uint64_t key) {
    size_t i = (key * UINT64_C(0x9e3779b97f4a7c15)) >> 32 & (size - 1);
    while (entries[i].key && entries[i].key != key) i = (i + 1) & (size - 1);
    return &entries[i];
}

// Makes room: whose burst is free again needs no entry.
static void sweep(limiter *l, int64_t now) {
    size_t live = 0;
    for (size_t i = 0; i < l->size; i++) live += l->entries[i].key && l->entries[i].full_at > now;
    size_t size = ENTRIES_MIN;
    while (size < 4 * live) size *= 2;
    struct entry *entries = mem_zero(size * sizeof *entries);
    for (size_t i = 0; i < l->size; i++)
        if (l->entries[i].key && l->entries[i].full_at > now) *find(entries, size, l->entries[i].key) = l->entries[i];
    mem_free(l->entries);
    *l = (limiter){.entries = entries, .size = size, .used = live};
}

int64_t limiter_take(limiter *l, uint64_t key, int64_t count, int64_t per_us, int64_t now) {
    if (l->used * 2 >= l->size) sweep(l, now);
    struct entry *e = find(l->entries, l->size, key ? key : 1);
    int64_t step = per_us / (count > 0 ? count : 1);
    int64_t full_at = e->key && e->full_at > now ? e->full_at : now;
    if (!e->key) l->used++;
    *e = (struct entry){.key = key ? key : 1, .full_at = full_at + step};
    int64_t wait = full_at + step - per_us - now;
    return wait > 0 ? wait : 0;
}
