#include "base/env.h"
#include "base/err.h"
#include "base/mem.h"
#include <sodium.h>
#include <time.h>

struct env {
    bool is_virtual;
    int64_t start_at;   // µs UTC when the env was made
    int64_t start_boot; // µs of the boot clock at that moment
    int64_t virtual_us; // µs since start, virtual only
    int64_t wall_us;    // by how much the wall clock was set, virtual only
    int64_t followed;   // µs by which engine time has followed steps of the wall clock
    uint64_t seed, draws;
};

static int64_t read_clock(clockid_t id) {
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

env *env_new(const struct env_virtual *world) {
    CHECK(sodium_init() >= 0);
    env *e = NEW(env);
    if (world) {
        e->is_virtual = true;
        e->start_at = world->start_at;
        e->seed = world->seed;
    } else {
        e->start_at = read_clock(CLOCK_REALTIME);
        e->start_boot = read_clock(CLOCK_BOOTTIME);
    }
    return e;
}

void env_free(env *e) { mem_free(e); }

int64_t env_elapsed(const env *e) {
    return e->is_virtual ? __atomic_load_n(&e->virtual_us, __ATOMIC_RELAXED)
                         : read_clock(CLOCK_BOOTTIME) - e->start_boot;
}

int64_t env_now(const env *e) { return e->start_at + __atomic_load_n(&e->followed, __ATOMIC_RELAXED) + env_elapsed(e); }

int64_t env_wall(const env *e) {
    if (!e->is_virtual) return read_clock(CLOCK_REALTIME);
    return e->start_at + __atomic_load_n(&e->wall_us, __ATOMIC_RELAXED) + env_elapsed(e);
}

void env_follow(env *e, int64_t by_us) { __atomic_add_fetch(&e->followed, by_us, __ATOMIC_RELAXED); }

void env_set_wall(env *e, int64_t by_us) {
    CHECK(e->is_virtual);
    __atomic_add_fetch(&e->wall_us, by_us, __ATOMIC_RELAXED);
}

void env_advance(env *e, int64_t by_us) {
    CHECK(e->is_virtual && by_us >= 0);
    __atomic_add_fetch(&e->virtual_us, by_us, __ATOMIC_RELAXED);
}

void env_random(env *e, void *out, size_t n) {
    if (!e->is_virtual) {
        randombytes_buf(out, n);
        return;
    }
    unsigned char seed[randombytes_SEEDBYTES] = {0};
    uint64_t draw = __atomic_add_fetch(&e->draws, 1, __ATOMIC_RELAXED);
    memcpy(seed, &e->seed, 8);
    memcpy(seed + 8, &draw, 8);
    randombytes_buf_deterministic(out, n, seed);
}

int64_t clock_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}
