#include "store/open_index.h"
#include "base/err.h"
#include "base/mem.h"

// Open addressing with linear probing. An id of 0 is a free slot, of -1 one that was emptied.
struct slot {
    uint64_t key;
    int64_t id;
};

struct open_index {
    struct slot *slots;
    size_t size, used, count; // size: a power of two; used: taken or emptied; count: taken
};

enum { FREE = 0, EMPTIED = -1 };

static uint64_t key_of(int64_t integration_id, int64_t hash) {
    return (uint64_t)hash ^ (uint64_t)integration_id * 0x9E3779B97F4A7C15u;
}

open_index *open_index_new(void) {
    open_index *ix = NEW(open_index);
    ix->size = 64;
    ix->slots = mem_zero(ix->size * sizeof *ix->slots);
    return ix;
}

void open_index_free(open_index *ix) {
    if (!ix) return;
    mem_free(ix->slots);
    mem_free(ix);
}

size_t open_index_count(const open_index *ix) { return ix->count; }

static void place(open_index *ix, struct slot slot) {
    size_t at = slot.key & (ix->size - 1);
    while (ix->slots[at].id > FREE) at = (at + 1) & (ix->size - 1);
    if (ix->slots[at].id == FREE) ix->used++;
    ix->slots[at] = slot;
    ix->count++;
}

// Keeps a third of the slots free for `more`; what was emptied goes away on the occasion.
static void make_room(open_index *ix, size_t more) {
    if ((ix->used + more) * 3 < ix->size * 2) return;
    struct slot *old = ix->slots;
    size_t old_size = ix->size;
    while ((ix->count + more) * 2 >= ix->size) ix->size *= 2;
    ix->slots = mem_zero(ix->size * sizeof *ix->slots);
    ix->used = ix->count = 0;
    for (size_t i = 0; i < old_size; i++)
        if (old[i].id > FREE) place(ix, old[i]);
    mem_free(old);
}

void open_index_put(open_index *ix, int64_t integration_id, int64_t hash, int64_t group_id) {
    CHECK(group_id > 0);
    make_room(ix, 1);
    place(ix, (struct slot){key_of(integration_id, hash), group_id});
}

void open_index_fill(open_index *ix, const struct open_entry *list, size_t count) {
    enum { AHEAD = 16 };
    make_room(ix, count);
    size_t mask = ix->size - 1;
    for (size_t i = 0; i < count; i++) {
        const struct open_entry *e = &list[i];
        if (count - i > AHEAD) __builtin_prefetch(&ix->slots[key_of(e[AHEAD].integration_id, e[AHEAD].hash) & mask], 1);
        place(ix, (struct slot){key_of(e->integration_id, e->hash), e->group_id});
    }
}

void open_index_del(open_index *ix, int64_t integration_id, int64_t hash, int64_t group_id) {
    uint64_t key = key_of(integration_id, hash);
    for (size_t at = key & (ix->size - 1); ix->slots[at].id != FREE; at = (at + 1) & (ix->size - 1))
        if (ix->slots[at].key == key && ix->slots[at].id == group_id) {
            ix->slots[at].id = EMPTIED;
            ix->count--;
            return;
        }
}

// Puts an id into a list that is in order, largest first, and keeps at most `max`.
static size_t insert(int64_t *ids, size_t count, size_t max, int64_t id) {
    size_t at = count;
    while (at > 0 && ids[at - 1] < id) at--;
    if (at == max) return count;
    if (count == max) count--;
    for (size_t i = count; i > at; i--) ids[i] = ids[i - 1];
    ids[at] = id;
    return count + 1;
}

size_t open_index_find(const open_index *ix, int64_t integration_id, int64_t hash, int64_t below, int64_t *ids,
                       size_t max) {
    uint64_t key = key_of(integration_id, hash);
    size_t count = 0;
    for (size_t at = key & (ix->size - 1); ix->slots[at].id != FREE; at = (at + 1) & (ix->size - 1))
        if (ix->slots[at].key == key && ix->slots[at].id > FREE && ix->slots[at].id < below)
            count = insert(ids, count, max, ix->slots[at].id);
    return count;
}
