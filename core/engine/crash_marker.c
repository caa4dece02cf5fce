#include "engine/crash_marker.h"
#include "base/mem.h"
#include "engine/fault.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define RAW_DOUBLE_MAX 10
#define FORGET_US      (24 * INT64_C(3600000000))

struct crash_file {
    uint64_t marks[CRASH_SLOTS];    // of each thread
    uint64_t kept[2 * CRASH_SLOTS]; // pairs of id and crashes
    uint64_t notes[CRASH_SLOTS];    // of each thread: the request that it broke at
    struct crash_faults faults;
};
_Static_assert(offsetof(struct crash_file, notes) == CRASH_NOTE * sizeof(uint64_t), "a note's place");

struct crash_marker {
    struct crash_file *file;
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

static bool has_notes(const struct crash_file *file) {
    for (size_t i = 0; i < CRASH_SLOTS; i++)
        if (file->notes[i]) return true;
    return false;
}

// Who was marked counts once, on however many threads. Where one is known to have broken, the others are not to blame.
static void add_marked(struct crash_set *set, const struct crash_file *file) {
    const uint64_t *marks = file->marks;
    bool is_known = has_notes(file);
    for (size_t i = 0; i < CRASH_SLOTS; i++) {
        bool is_counted = !marks[i] || (is_known && !file->notes[i]);
        for (size_t j = 0; j < i; j++) is_counted |= marks[j] == marks[i] && (!is_known || file->notes[j]);
        if (!is_counted) add(set, (int64_t)marks[i], 1);
    }
}

static int64_t raw_after(uint64_t crashes) {
    return crashes < 2 ? 0 : INT64_C(1) << (crashes - 2 < RAW_DOUBLE_MAX ? crashes - 2 : RAW_DOUBLE_MAX);
}

static struct crash_fault *fault_of(struct crash_faults *f, int64_t id) {
    for (size_t i = 0; i < CRASH_SLOTS; i++)
        if (f->of[i].id == id) return &f->of[i];
    return NULL;
}

static struct crash_fault *oldest(struct crash_faults *f) {
    struct crash_fault *found = &f->of[0];
    for (size_t i = 1; i < CRASH_SLOTS; i++)
        if (f->of[i].at < found->at) found = &f->of[i];
    return found;
}

static void add_fault(struct crash_faults *f, int64_t id, uint64_t request, int64_t now) {
    struct crash_fault *fault = fault_of(f, id);
    if (!fault) fault = oldest(f);
    int64_t count = fault->id == id && now - fault->at < FORGET_US ? fault->count + 1 : 1;
    *fault = (struct crash_fault){.id = id, .at = now, .count = count, .raw_left = raw_after((uint64_t)count)};
    f->requests[f->next++ % CRASH_SLOTS] = request;
}

static void read_set(struct crash_file *file, int64_t now, struct crash_set *set) {
    for (size_t i = 0; i < CRASH_SLOTS; i++)
        if (file->kept[2 * i]) add(set, (int64_t)file->kept[2 * i], file->kept[2 * i + 1]);
    add_marked(set, file);
    for (size_t i = 0; i < CRASH_SLOTS; i++)
        if (file->marks[i] && file->notes[i]) add_fault(&file->faults, (int64_t)file->marks[i], file->notes[i], now);
    memset(file, 0, offsetof(struct crash_file, faults));
    for (size_t i = 0; i < set->count; i++) {
        file->kept[2 * i] = (uint64_t)set->ids[i];
        file->kept[2 * i + 1] = set->crashes[i];
        set->raw_left[i] = raw_after(set->crashes[i]);
    }
    set->kept = file->kept;
    set->faults = &file->faults;
}

crash_marker *crash_marker_open(const char *dir, int64_t now, struct crash_set *found) {
    char path[4096];
    snprintf(path, sizeof path, "%s/rendering", dir);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return NULL;
    size_t size = sizeof(struct crash_file);
    void *map =
        ftruncate(fd, (off_t)size) == 0 ? mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
    close(fd);
    if (map == MAP_FAILED) return NULL;
    crash_marker *m = NEW(crash_marker);
    m->file = map;
    read_set(map, now, found);
    return m;
}

uint64_t *crash_marker_slot(crash_marker *m, size_t thread) {
    return m && thread < CRASH_SLOTS ? &m->file->marks[thread] : NULL;
}

void crash_marker_close(crash_marker *m) {
    if (!m) return;
    munmap(m->file, sizeof *m->file);
    mem_free(m);
}

bool crash_set_has(const struct crash_set *set, int64_t id) {
    for (size_t i = 0; i < set->count; i++)
        if (__atomic_load_n(&set->ids[i], __ATOMIC_RELAXED) == id) return true;
    return false;
}

static bool is_fault(struct crash_faults *f, int64_t id, int64_t now, str body, str query) {
    const struct crash_fault *fault = f ? fault_of(f, id) : NULL;
    if (!fault || now - fault->at >= FORGET_US) return false;
    if (__atomic_load_n(&fault->raw_left, __ATOMIC_RELAXED) > 0) return true;
    uint64_t number = fault_number(body, query);
    for (size_t i = 0; i < CRASH_SLOTS; i++)
        if (f->requests[i] == number) return true;
    return false;
}

bool crash_set_is_raw(const struct crash_set *set, int64_t id, int64_t now, str body, str query) {
    for (size_t i = 0; i < set->count; i++)
        if (__atomic_load_n(&set->ids[i], __ATOMIC_RELAXED) == id)
            if (__atomic_load_n(&set->raw_left[i], __ATOMIC_RELAXED) > 0) return true;
    return is_fault(set->faults, id, now, body, query);
}

void crash_set_stored_raw(struct crash_set *set, int64_t id) {
    struct crash_fault *fault = set->faults ? fault_of(set->faults, id) : NULL;
    for (size_t i = 0; i < set->count; i++)
        if (__atomic_load_n(&set->ids[i], __ATOMIC_RELAXED) == id)
            __atomic_sub_fetch(&set->raw_left[i], 1, __ATOMIC_RELAXED);
    if (fault) __atomic_sub_fetch(&fault->raw_left, 1, __ATOMIC_RELAXED);
}

void crash_set_clear(struct crash_set *set, int64_t id) {
    for (size_t i = 0; i < set->count; i++) {
        if (__atomic_load_n(&set->ids[i], __ATOMIC_RELAXED) != id) continue;
        __atomic_store_n(&set->ids[i], 0, __ATOMIC_RELAXED);
        __atomic_store_n(&set->kept[2 * i], 0, __ATOMIC_RELAXED);
    }
}
