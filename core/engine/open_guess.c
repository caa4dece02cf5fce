#include "engine/open_guess.h"
#include "base/mem.h"

#define PLACES 65536 // 512 KB of which only the touched pages are real memory

struct open_guess {
    uint64_t keys[PLACES];
};

open_guess *open_guess_new(void) { return NEW(open_guess); }
void open_guess_free(open_guess *g) { mem_free(g); }

static uint64_t key_of(int64_t integration_id, int64_t route_id, int64_t hash) {
    uint64_t key = (uint64_t)hash ^ (uint64_t)integration_id * 0x9E3779B97F4A7C15u ^ (uint64_t)route_id << 32;
    return key ? key : 1; // 0 is an empty place
}

void open_guess_set(open_guess *g, int64_t integration_id, int64_t route_id, int64_t grouping_hash, bool is_open) {
    uint64_t key = key_of(integration_id, route_id, grouping_hash), *place = &g->keys[key % PLACES];
    uint64_t known = __atomic_load_n(place, __ATOMIC_RELAXED);
    if (is_open == (known == key)) return;
    if (is_open || known == key) __atomic_store_n(place, is_open ? key : 0, __ATOMIC_RELAXED);
}

bool open_guess_is_open(const open_guess *g, int64_t integration_id, int64_t route_id, int64_t grouping_hash) {
    uint64_t key = key_of(integration_id, route_id, grouping_hash);
    return __atomic_load_n(&g->keys[key % PLACES], __ATOMIC_RELAXED) == key;
}
