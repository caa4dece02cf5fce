#include "sim.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include <sqlite3.h>
#include <stdio.h>

#define FILES      8
#define SECTOR     512
#define SHM_REGION 64

struct change { // since the last sync
    int64_t at; // of a write; -1: truncated to `size`
    size_t size;
    size_t from; // in `bytes`
};

struct image {
    char *ptr;
    size_t len, cap;
};

struct sim_file {
    char name[256];
    bool is_there, is_on_disk;
    struct image seen, disk;
    struct change *changes;
    size_t count, room;
    buf bytes;
};

struct sim {
    sqlite3_vfs vfs;
    struct sim_file files[FILES];
    uint64_t seed, operations, cut_at;
    unsigned fail_percent;
    int64_t capacity;
    bool is_cut;
};

struct handle {
    sqlite3_file head;
    sim *disk;
    struct sim_file *file;
    void *shm[SHM_REGION];
};

#define HANDLE(f) ((struct handle *)(void *)(f))

static uint64_t mix(uint64_t z) {
    z += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint64_t sim_random(sim *d, uint64_t below) {
    d->seed += UINT64_C(0x9e3779b97f4a7c15);
    return below ? mix(d->seed) % below : 0;
}

static void resize(struct image *i, size_t len) {
    if (len > i->cap) {
        i->cap = len * 2;
        i->ptr = mem_grow(i->ptr, i->cap);
    }
    if (len > i->len) memset(i->ptr + i->len, 0, len - i->len);
    i->len = len;
}

static void put(struct image *i, int64_t at, const char *data, size_t n) {
    if ((size_t)at + n > i->len) resize(i, (size_t)at + n);
    memcpy(i->ptr + at, data, n);
}

static void copy(struct image *to, const struct image *from) {
    resize(to, from->len);
    if (from->len) memcpy(to->ptr, from->ptr, from->len);
}

static void forget(struct sim_file *f) {
    f->count = 0;
    buf_clear(&f->bytes);
}

static void note(struct sim_file *f, int64_t at, const void *data, size_t n) {
    if (f->count == f->room) f->changes = mem_grow(f->changes, (f->room = f->room * 2 + 16) * sizeof *f->changes);
    f->changes[f->count++] = (struct change){.at = at, .size = n, .from = f->bytes.len};
    if (at >= 0) buf_put(&f->bytes, data, n);
}

// Counts an operation that changes the disk. False: the power is gone.
static bool is_powered(sim *d) {
    if (!d->is_cut && ++d->operations == d->cut_at) d->is_cut = true;
    return !d->is_cut;
}

static int file_read(sqlite3_file *sf, void *data, int n, sqlite3_int64 at) {
    const struct image *i = &HANDLE(sf)->file->seen;
    if (HANDLE(sf)->disk->is_cut) return SQLITE_IOERR_READ;
    size_t have = (size_t)at < i->len ? i->len - (size_t)at : 0;
    if (have >= (size_t)n) {
        memcpy(data, i->ptr + at, (size_t)n);
        return SQLITE_OK;
    }
    if (have) memcpy(data, i->ptr + at, have);
    memset((char *)data + have, 0, (size_t)n - have);
    return SQLITE_IOERR_SHORT_READ;
}

static int64_t used(const sim *d) {
    size_t sum = 0;
    for (size_t i = 0; i < FILES; i++) sum += d->files[i].seen.len;
    return (int64_t)sum;
}

static int file_write(sqlite3_file *sf, const void *data, int n, sqlite3_int64 at) {
    struct sim_file *f = HANDLE(sf)->file;
    sim *d = HANDLE(sf)->disk;
    int64_t more = at + n - (int64_t)f->seen.len;
    if (d->capacity && more > 0 && used(d) + more > d->capacity) return SQLITE_FULL;
    if (d->is_cut) return SQLITE_IOERR_WRITE;
    note(f, at, data, (size_t)n); // a write under way when the power goes may be there, too
    put(&f->seen, at, data, (size_t)n);
    return is_powered(d) ? SQLITE_OK : SQLITE_IOERR_WRITE;
}

static int file_truncate(sqlite3_file *sf, sqlite3_int64 size) {
    struct sim_file *f = HANDLE(sf)->file;
    if (HANDLE(sf)->disk->is_cut) return SQLITE_IOERR_TRUNCATE;
    note(f, -1, NULL, (size_t)size);
    resize(&f->seen, (size_t)size);
    return is_powered(HANDLE(sf)->disk) ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

static void carry_over(struct sim_file *f) {
    for (size_t i = 0; i < f->count; i++) {
        const struct change *c = &f->changes[i];
        if (c->at < 0) resize(&f->disk, c->size);
        else put(&f->disk, c->at, f->bytes.ptr + c->from, c->size);
    }
    forget(f);
}

// The first sync of a new file syncs the folder, too (as the system's VFS does), and with it what was deleted before.
static void sync_folder(sim *d) {
    for (size_t i = 0; i < FILES; i++) {
        struct sim_file *f = &d->files[i];
        if (!f->is_there) carry_over(f);
        f->is_on_disk = f->is_there;
    }
}

static int file_sync(sqlite3_file *sf, int flags) {
    (void)flags;
    sim *d = HANDLE(sf)->disk;
    if (!is_powered(d)) return SQLITE_IOERR_FSYNC;
    if (d->fail_percent && sim_random(d, 100) < d->fail_percent) {
        forget(HANDLE(sf)->file);
        return SQLITE_IOERR_FSYNC;
    }
    carry_over(HANDLE(sf)->file);
    if (!HANDLE(sf)->file->is_on_disk) sync_folder(d);
    return SQLITE_OK;
}

static int file_size(sqlite3_file *sf, sqlite3_int64 *out) {
    *out = (int64_t)HANDLE(sf)->file->seen.len;
    return SQLITE_OK;
}

static int file_shm_map(sqlite3_file *sf, int region, int size, int is_growing, void volatile **out) {
    CHECK(region < SHM_REGION);
    void **at = &HANDLE(sf)->shm[region];
    if (!*at && is_growing) *at = mem_zero((size_t)size);
    *out = *at;
    return SQLITE_OK;
}

static int file_shm_unmap(sqlite3_file *sf, int is_deleting) {
    (void)is_deleting;
    for (size_t i = 0; i < SHM_REGION; i++) {
        mem_free(HANDLE(sf)->shm[i]);
        HANDLE(sf)->shm[i] = NULL;
    }
    return SQLITE_OK;
}

static int file_close(sqlite3_file *sf) { return file_shm_unmap(sf, 0); }
static int file_lock(sqlite3_file *sf, int kind) { return (void)sf, (void)kind, SQLITE_OK; }
static int file_is_reserved(sqlite3_file *sf, int *out) { return (void)sf, *out = 0, SQLITE_OK; }
static int file_control(sqlite3_file *sf, int op, void *arg) { return (void)sf, (void)op, (void)arg, SQLITE_NOTFOUND; }
static int file_sector(sqlite3_file *sf) { return (void)sf, 4096; }
static int file_traits(sqlite3_file *sf) { return (void)sf, SQLITE_IOCAP_POWERSAFE_OVERWRITE; } // as the system's
static int file_shm_lock(sqlite3_file *sf, int at, int n, int flags) {
    return (void)sf, (void)at, (void)n, (void)flags, SQLITE_OK;
}
static void file_shm_barrier(sqlite3_file *sf) { (void)sf; }

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_lock,
    .xCheckReservedLock = file_is_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_traits,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};

static struct sim_file *find(sim *d, const char *name) {
    for (size_t i = 0; i < FILES; i++)
        if (strcmp(d->files[i].name, name) == 0) return &d->files[i];
    return NULL;
}

static struct sim_file *make(sim *d, const char *name) {
    struct sim_file *f = find(d, "");
    CHECK(f && strlen(name) < sizeof f->name);
    strcpy(f->name, name);
    return f;
}

static int on_open(sqlite3_vfs *v, const char *name, sqlite3_file *sf, int flags, int *out) {
    sim *d = v->pAppData;
    CHECK(name);
    *HANDLE(sf) = (struct handle){.disk = d};
    struct sim_file *f = find(d, name);
    if (d->is_cut || ((!f || !f->is_there) && !(flags & SQLITE_OPEN_CREATE))) return SQLITE_CANTOPEN;
    if (!f) f = make(d, name);
    f->is_there = true;
    HANDLE(sf)->file = f;
    sf->pMethods = &methods;
    if (out) *out = flags;
    return SQLITE_OK;
}

static int on_delete(sqlite3_vfs *v, const char *name, int is_synced) {
    sim *d = v->pAppData;
    struct sim_file *f = find(d, name);
    if (!is_powered(d)) return SQLITE_IOERR_DELETE;
    if (!f || !f->is_there) return SQLITE_IOERR_DELETE_NOENT;
    f->is_there = false;
    resize(&f->seen, 0);
    forget(f);
    note(f, -1, NULL, 0);
    if (is_synced) sync_folder(d);
    return SQLITE_OK;
}

static int on_access(sqlite3_vfs *v, const char *name, int flags, int *out) {
    (void)flags;
    const struct sim_file *f = find(v->pAppData, name);
    *out = f && f->is_there;
    return SQLITE_OK;
}

static int on_full_path(sqlite3_vfs *v, const char *name, int n, char *out) {
    return (void)v, snprintf(out, (size_t)n, "%s", name), SQLITE_OK;
}

static int on_random(sqlite3_vfs *v, int n, char *out) {
    for (int i = 0; i < n; i++) out[i] = (char)sim_random(v->pAppData, 256);
    return n;
}
static int on_sleep(sqlite3_vfs *v, int us) { return (void)v, us; }
static int on_time(sqlite3_vfs *v, double *out) { return (void)v, *out = 2460000.5, SQLITE_OK; }
static int on_time64(sqlite3_vfs *v, sqlite3_int64 *out) { return (void)v, *out = INT64_C(212462049600000), SQLITE_OK; }
static int on_last_error(sqlite3_vfs *v, int n, char *out) { return (void)v, (void)n, (void)out, 0; }

sim *sim_new(uint64_t seed) {
    sim *d = NEW(sim);
    d->seed = seed;
    d->vfs = (sqlite3_vfs){
        .iVersion = 2,
        .szOsFile = sizeof(struct handle),
        .mxPathname = 255,
        .zName = "simulated",
        .pAppData = d,
        .xOpen = on_open,
        .xDelete = on_delete,
        .xAccess = on_access,
        .xFullPathname = on_full_path,
        .xRandomness = on_random,
        .xSleep = on_sleep,
        .xCurrentTime = on_time,
        .xGetLastError = on_last_error,
        .xCurrentTimeInt64 = on_time64,
    };
    return d;
}

void sim_free(sim *d) {
    for (size_t i = 0; i < FILES; i++) {
        mem_free(d->files[i].seen.ptr);
        mem_free(d->files[i].disk.ptr);
        mem_free(d->files[i].changes);
        buf_free(&d->files[i].bytes);
    }
    mem_free(d);
}

sqlite3_vfs *sim_vfs(sim *d) { return &d->vfs; }

void sim_copy(sim *to, const sim *from) {
    for (size_t i = 0; i < FILES; i++) {
        struct sim_file *f = &to->files[i];
        memcpy(f->name, from->files[i].name, sizeof f->name);
        f->is_there = from->files[i].is_there;
        f->is_on_disk = from->files[i].is_on_disk;
        copy(&f->seen, &from->files[i].seen);
        copy(&f->disk, &from->files[i].disk);
        CHECK(from->files[i].count == 0);
        forget(f);
    }
    to->is_cut = false;
}

void sim_clear(sim *d) {
    for (size_t i = 0; i < FILES; i++) {
        struct sim_file *f = &d->files[i];
        f->name[0] = 0;
        f->is_there = f->is_on_disk = false;
        resize(&f->seen, 0);
        resize(&f->disk, 0);
        forget(f);
    }
    d->is_cut = false;
}

void sim_cut_after(sim *d, uint64_t operations) {
    d->operations = 0;
    d->cut_at = operations;
}

bool sim_is_cut(const sim *d) { return d->is_cut; }
void sim_fail_syncs(sim *d, unsigned percent) { d->fail_percent = percent; }
void sim_set_capacity(sim *d, int64_t bytes) { d->capacity = bytes; }

bool sim_delete(sim *d, const char *suffix) {
    for (size_t i = 0; i < FILES; i++)
        if (d->files[i].is_there && str_ends(str_of(d->files[i].name), str_of(suffix)))
            return on_delete(&d->vfs, d->files[i].name, 1) == SQLITE_OK;
    return false;
}

// What a cut leaves of one file. Each sector stops at a moment of its own: a sector is written whole, with everything
// the page cache held of it then.
enum fate_kind { LOST, KEPT, MIXED };

struct fate {
    uint64_t salt;
    enum fate_kind kind;
};

static size_t last_change(const struct fate *fate, const struct sim_file *f, uint64_t sector) {
    uint64_t r = mix(fate->salt ^ mix(sector));
    if (fate->kind == LOST || (fate->kind == MIXED && r % 4 == 0)) return 0;
    if (fate->kind == KEPT || r % 4 != 1) return f->count;
    return (r >> 8) % (f->count + 1);
}

static void survive_write(const struct fate *fate, struct sim_file *f, size_t nth) {
    const struct change *c = &f->changes[nth];
    for (size_t done = 0; done < c->size;) {
        size_t at = (size_t)c->at + done, left = SECTOR - at % SECTOR;
        size_t n = left < c->size - done ? left : c->size - done;
        if (nth < last_change(fate, f, at / SECTOR)) put(&f->disk, (int64_t)at, f->bytes.ptr + c->from + done, n);
        done += n;
    }
}

static void survive(sim *d, struct sim_file *f) {
    struct fate fate = {.salt = sim_random(d, UINT64_MAX), .kind = MIXED};
    if (sim_random(d, 3) == 0) fate.kind = sim_random(d, 2) ? LOST : KEPT;
    size_t length = f->disk.len, until = last_change(&fate, f, UINT64_MAX);
    for (size_t i = 0; i < f->count; i++) {
        const struct change *c = &f->changes[i];
        bool is_within = i < until;
        if (c->at >= 0) {
            survive_write(&fate, f, i);
            if (is_within && (size_t)c->at + c->size > length) length = (size_t)c->at + c->size;
        } else if (is_within) {
            length = c->size;
            if (f->disk.len > length) resize(&f->disk, length);
        }
    }
    resize(&f->disk, length);
    // The name of a new or deleted file is lost or kept like its length.
    if (f->count && until) f->is_on_disk = f->is_there;
}

void sim_power_on(sim *d) {
    for (size_t i = 0; i < FILES; i++) {
        struct sim_file *f = &d->files[i];
        survive(d, f);
        if (!f->is_on_disk) resize(&f->disk, 0);
        f->is_there = f->is_on_disk;
        copy(&f->seen, &f->disk);
        forget(f);
    }
    d->is_cut = false;
    d->operations = d->cut_at = 0;
}
