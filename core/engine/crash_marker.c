#include "engine/crash_marker.h"
#include "base/mem.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SIZE           (CRASH_SLOTS * 3 * sizeof(uint64_t)) // a mark for each thread; then pairs of id and crashes
#define RAW_DOUBLE_MAX 10

struct crash_marker {
    uint64_t *slots;
};

static void add(struct crash_set *set, int64_t id, uint64_t crashes) {
    size_t i = 0;
    while (i < set->count && set->ids[i] != id) i++;
    if (i == CRASH_SLOTS) i = (size_t)(uint64_t)id % CRASH_SLOTS;
    if (i == set->count) set->count++;
    if (set->ids[i] != id) set->crashes[i] = 0;
    set->ids[i] = id;
    set->crashes[i] += crashes;
}

// Who was marked counts once, on however many threads.
static void add_marked(struct crash_set *set, const uint64_t *slots) {
    for (size_t i = 0; i < CRASH_SLOTS; i++) {
        bool is_counted = !slots[i];
        for (size_t j = 0; j < i; j++) is_counted |= slots[j] == slots[i];
        if (!is_counted) add(set, (int64_t)slots[i], 1);
    }
}

static void read_set(uint64_t *file, struct crash_set *set) {
    uint64_t *kept = file + CRASH_SLOTS;
    for (size_t i = 0; i < CRASH_SLOTS; i++)
        if (kept[2 * i]) add(set, (int64_t)kept[2 * i], kept[2 * i + 1]);
    add_marked(set, file);
    memset(file, 0, SIZE);
    for (size_t i = 0; i < set->count; i++) {
        uint64_t n = set->crashes[i];
        kept[2 * i] = (uint64_t)set->ids[i];
        kept[2 * i + 1] = n;
        set->raw_left[i] = n < 2 ? 0 : INT64_C(1) << (n - 2 < RAW_DOUBLE_MAX ? n - 2 : RAW_DOUBLE_MAX);
    }
    set->kept = kept;
}

crash_marker *crash_marker_open(const char *dir, struct crash_set *found) {
    char path[4096];
    snprintf(path, sizeof path, "%s/rendering", dir);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return NULL;
    void *map = ftruncate(fd, SIZE) == 0 ? mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
    close(fd);
    if (map == MAP_FAILED) return NULL;
    crash_marker *m = NEW(crash_marker);
    m->slots = map;
    read_set(map, found);
    return m;
}

uint64_t *crash_marker_slot(crash_marker *m, size_t thread) {
    return m && thread < CRASH_SLOTS ? &m->slots[thread] : NULL;
}

void crash_marker_close(crash_marker *m) {
    if (!m) return;
    munmap(m->slots, SIZE);
    mem_free(m);
}

bool crash_set_has(const struct crash_set *set, int64_t id) {
    for (size_t i = 0; i < set->count; i++)
        if (__atomic_load_n(&set->ids[i], __ATOMIC_RELAXED) == id) return true;
    return false;
}

bool crash_set_is_raw(const struct crash_set *set, int64_t id) {
    for (size_t i = 0; i < set->count; i++)
        if (__atomic_load_n(&set->ids[i], __ATOMIC_RELAXED) == id)
            return __atomic_load_n(&set->raw_left[i], __ATOMIC_RELAXED) > 0;
    return false;
}

void crash_set_stored_raw(struct crash_set *set, int64_t id) {
    for (size_t i = 0; i < set->count; i++)
        if (__atomic_load_n(&set->ids[i], __ATOMIC_RELAXED) == id)
            __atomic_sub_fetch(&set->raw_left[i], 1, __ATOMIC_RELAXED);
}

void crash_set_clear(struct crash_set *set, int64_t id) {
    for (size_t i = 0; i < set->count; i++) {
        if (__atomic_load_n(&set->ids[i], __ATOMIC_RELAXED) != id) continue;
        __atomic_store_n(&set->ids[i], 0, __ATOMIC_RELAXED);
        __atomic_store_n(&set->kept[2 * i], 0, __ATOMIC_RELAXED);
    }
}
