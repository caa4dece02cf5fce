#include "engine/crash_marker.h"
#include "base/mem.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SIZE (CRASH_SLOTS * sizeof(uint64_t))

struct crash_marker {
    uint64_t *slots;
};

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
    for (size_t i = 0; i < CRASH_SLOTS; i++)
        if (m->slots[i] && !crash_set_has(found, (int64_t)m->slots[i]))
            found->ids[found->count++] = (int64_t)m->slots[i];
    memset(map, 0, SIZE);
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

void crash_set_clear(struct crash_set *set, int64_t id) {
    for (size_t i = 0; i < set->count; i++)
        if (__atomic_load_n(&set->ids[i], __ATOMIC_RELAXED) == id) __atomic_store_n(&set->ids[i], 0, __ATOMIC_RELAXED);
}
