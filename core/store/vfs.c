#include "store/vfs.h"
#include "base/env.h"
#include "base/mem.h"
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define WRITE_MAX (64 * 1024) // larger writes hold up the other files of a slow disk

// Writes to the log that follow each other, sent down as one. SQLite writes a frame as 24 bytes and a page; apart they
// cost two calls each and the kernel's work on partial pages. Nothing is held back past a sync, a read or the moment
// the log's index is published (xShmBarrier). Bytes that could not be written are missing from the log: until the
// transaction they belong to is over, every use of the log fails, so that it can only be rolled back.
// The pages that a checkpoint writes into the database are not: it may tell readers of them without a sync.
struct gather {
    sqlite3_int64 at;
    int len, failed;
    char data[WRITE_MAX];
};

// What a checkpoint will read of the log next: it walks the frames forward, a page at a time. Only two connections keep
// it: the one that writes the log, which forgets it when it writes, and the one that only checkpoints, which forgets it
// when it syncs the log, as it does before each checkpoint.
struct ahead {
    sqlite3_int64 at, last_end;
    int len;
    char data[WRITE_MAX];
};

struct file;

// What the connections to one database have in common.
struct common {
    const char *marker;
    bool is_broken;
    struct vfs_stats stats;
    struct vfs_faults faults;
    uint64_t writes_seen, syncs_seen; // since the faults were set
};

struct vfs {
    sqlite3_vfs head;
    sqlite3_vfs *base;
    char name[32];
    struct common *common;
    bool is_beside;   // of a second connection: `common` is the first one's
    struct file *log; // the open log, once it was written to
};

struct file {
    sqlite3_file head;
    vfs *owner;
    bool is_log;
    struct gather *gather; // of a log that was written to, else NULL
    struct ahead *ahead;   // of a log file that was written to, or of one that is only read to checkpoint
    sqlite3_file *real;    // follows this struct in the memory SQLite gave us
};

#define REAL(f)  (((struct file *)(void *)(f))->real)
#define OWNER(f) (((struct file *)(void *)(f))->owner)
#define BASE(v)  (((vfs *)(v)->pAppData)->base)

static void count(uint64_t *counter, uint64_t by) { __atomic_fetch_add(counter, by, __ATOMIC_RELAXED); }
static uint64_t since(int64_t start_ns) { return (uint64_t)(clock_ns() - start_ns); }

bool vfs_is_broken(const vfs *v) { return __atomic_load_n(&v->common->is_broken, __ATOMIC_ACQUIRE); }

// A file of the base layer that is none of SQLite's own. SQLite's layers read parameters behind the name, so the name
// must be made by SQLite.
struct plain {
    sqlite3_file *file;
    sqlite3_filename name;
};

static int plain_open(vfs *v, const char *path, int flags, struct plain *out) {
    out->file = mem_zero((size_t)v->base->szOsFile);
    out->name = sqlite3_create_filename(path, "", "", 0, NULL);
    CHECK(out->name);
    return v->base->xOpen(v->base, out->name, out->file, flags, NULL);
}

static void plain_close(struct plain *p) {
    if (p->file->pMethods) p->file->pMethods->xClose(p->file);
    sqlite3_free_filename(p->name);
    mem_free(p->file);
}

static void leave_marker(vfs *v) {
    static const char text[] = "A write or sync of the database failed. The next start writes its files again.\n";
    struct plain marker;
    int rc = plain_open(v, v->common->marker, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_SUPER_JOURNAL,
                        &marker);
    if (rc == SQLITE_OK) {
        // Should these fail too, the page cache still shows the marker to the next process.
        marker.file->pMethods->xWrite(marker.file, text, sizeof text - 1, 0);
        marker.file->pMethods->xSync(marker.file, SQLITE_SYNC_NORMAL);
    }
    plain_close(&marker);
}

static int latch(vfs *v, int rc) {
    count(&v->common->stats.failures, 1);
    if (__atomic_exchange_n(&v->common->is_broken, true, __ATOMIC_ACQ_REL)) return rc;
    int cause = errno;
    if (v->common->marker) leave_marker(v);
    errno = cause;
    return rc;
}

static bool is_due(const vfs *v, uint64_t at, uint64_t seen) {
    return at && (seen == at || (v->common->faults.is_for_good && seen > at));
}

static int write_part(struct file *f, const void *data, int n, sqlite3_int64 at) {
    vfs *v = f->owner;
    uint64_t seen = __atomic_add_fetch(&v->common->writes_seen, 1, __ATOMIC_RELAXED);
    if (is_due(v, v->common->faults.full_at, seen)) return SQLITE_FULL;
    if (is_due(v, v->common->faults.fail_write_at, seen)) return latch(v, SQLITE_IOERR_WRITE);
    int64_t start = clock_ns();
    int rc = f->real->pMethods->xWrite(f->real, data, n, at);
    count(&v->common->stats.write_ns, since(start));
    count(&v->common->stats.writes, 1);
    count(&v->common->stats.written_bytes, (uint64_t)n);
    if (rc == SQLITE_OK || rc == SQLITE_FULL) return rc;
    return errno == EDQUOT ? SQLITE_FULL : latch(v, rc);
}

static int flush(sqlite3_file *sf) {
    struct gather *g = ((struct file *)(void *)sf)->gather;
    if (!g || !g->len) return g ? g->failed : SQLITE_OK;
    if (!g->failed) {
        bool is_broken = vfs_is_broken(OWNER(sf));
        g->failed = is_broken ? SQLITE_IOERR_WRITE : write_part((struct file *)(void *)sf, g->data, g->len, g->at);
    }
    g->len = 0;
    return g->failed;
}

// The write transaction is over: what a commit left is in the file, the rest was rolled back.
static void end_transaction(vfs *v) {
    if (v->log) v->log->gather->len = v->log->gather->failed = 0;
}

// False when the bytes do not follow what is gathered or find no room after it.
static bool gather(struct gather *g, const void *data, int n, sqlite3_int64 at) {
    if (!g || g->failed || n > WRITE_MAX - g->len || (g->len && at != g->at + g->len)) return false;
    if (!g->len) g->at = at;
    memcpy(g->data + g->len, data, (size_t)n);
    g->len += n;
    return true;
}

static int file_write(sqlite3_file *sf, const void *data, int n, sqlite3_int64 at) {
    struct file *f = (struct file *)(void *)sf;
    if (vfs_is_broken(f->owner)) return SQLITE_IOERR_WRITE;
    if (f->is_log && !f->gather) {
        f->gather = NEW(struct gather);
        f->owner->log = f;
        if (!f->ahead) f->ahead = NEW(struct ahead);
    }
    if (f->ahead) f->ahead->len = 0;
    struct gather *g = f->gather;
    if (gather(g, data, n, at)) return SQLITE_OK;
    int flushed = flush(sf);
    if (flushed != SQLITE_OK) return flushed;
    if (gather(g, data, n, at)) return SQLITE_OK;
    for (const char *from = data; n > 0;) {
        int part = n > WRITE_MAX ? WRITE_MAX : n;
        int rc = write_part(f, from, part, at);
        if (rc != SQLITE_OK) return rc;
        from += part;
        at += part;
        n -= part;
    }
    return SQLITE_OK;
}

static int read_real(sqlite3_file *sf, void *data, int n, sqlite3_int64 at) {
    vfs *v = OWNER(sf);
    int64_t start = clock_ns();
    int rc = REAL(sf)->pMethods->xRead(REAL(sf), data, n, at);
    count(&v->common->stats.read_ns, since(start));
    count(&v->common->stats.reads, 1);
    count(&v->common->stats.read_bytes, (uint64_t)n);
    return rc;
}

// Serves a read from what was read ahead, reading ahead first when the reads walk forward. False: read it the plain way.
static bool read_ahead(sqlite3_file *sf, void *data, int n, sqlite3_int64 at) {
    struct ahead *a = ((struct file *)(void *)sf)->ahead;
    if (!a) return false;
    bool is_forward = at >= a->last_end && at - a->last_end < WRITE_MAX;
    a->last_end = at + n;
    if (at < a->at || at + n > a->at + a->len) {
        a->len = 0;
        if (!is_forward || n > WRITE_MAX / 4 || read_real(sf, a->data, WRITE_MAX, at) != SQLITE_OK) return false;
        a->at = at;
        a->len = WRITE_MAX;
    }
    memcpy(data, a->data + (at - a->at), (size_t)n);
    return true;
}

static int file_read(sqlite3_file *sf, void *data, int n, sqlite3_int64 at) {
    int flushed = flush(sf);
    if (flushed != SQLITE_OK) return flushed;
    return read_ahead(sf, data, n, at) ? SQLITE_OK : read_real(sf, data, n, at);
}

static int file_sync(sqlite3_file *sf, int flags) {
    vfs *v = OWNER(sf);
    struct ahead *ahead = ((struct file *)(void *)sf)->ahead;
    if (vfs_is_broken(v)) return SQLITE_IOERR_FSYNC;
    int flushed = flush(sf);
    if (flushed != SQLITE_OK) return flushed;
    if (ahead) ahead->len = 0;
    uint64_t seen = __atomic_add_fetch(&v->common->syncs_seen, 1, __ATOMIC_RELAXED);
    int64_t start = clock_ns();
    int ms = v->common->faults.slow_sync_ms;
    if (ms) nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
    // The real call first: what an injected failure loses is decided by the layer below.
    int rc = REAL(sf)->pMethods->xSync(REAL(sf), flags);
    count(&v->common->stats.sync_ns, since(start));
    count(&v->common->stats.syncs, 1);
    if (is_due(v, v->common->faults.fail_sync_at, seen)) rc = SQLITE_IOERR_FSYNC;
    return rc == SQLITE_OK ? rc : latch(v, rc);
}

static int file_truncate(sqlite3_file *sf, sqlite3_int64 size) {
    if (vfs_is_broken(OWNER(sf))) return SQLITE_IOERR_TRUNCATE;
    int flushed = flush(sf);
    if (flushed != SQLITE_OK) return flushed;
    if (((struct file *)(void *)sf)->ahead) ((struct file *)(void *)sf)->ahead->len = 0;
    return REAL(sf)->pMethods->xTruncate(REAL(sf), size);
}

static int file_shm_map(sqlite3_file *sf, int region, int size, int is_growing, void volatile **out) {
    int rc = REAL(sf)->pMethods->xShmMap(REAL(sf), region, size, is_growing, out);
    return rc == SQLITE_IOERR_SHMSIZE && (errno == ENOSPC || errno == EDQUOT) ? SQLITE_FULL : rc;
}

static int file_close(sqlite3_file *f) {
    int flushed = flush(f), rc = REAL(f)->pMethods->xClose(REAL(f));
    if (OWNER(f)->log == (struct file *)(void *)f) OWNER(f)->log = NULL;
    mem_free(((struct file *)(void *)f)->gather);
    mem_free(((struct file *)(void *)f)->ahead);
    return flushed != SQLITE_OK ? flushed : rc;
}

static int file_size(sqlite3_file *f, sqlite3_int64 *out) {
    int flushed = flush(f);
    return flushed != SQLITE_OK ? flushed : REAL(f)->pMethods->xFileSize(REAL(f), out);
}

static int file_lock(sqlite3_file *f, int kind) { return REAL(f)->pMethods->xLock(REAL(f), kind); }

static int file_unlock(sqlite3_file *f, int kind) {
    int flushed = flush(f), rc = REAL(f)->pMethods->xUnlock(REAL(f), kind);
    return flushed != SQLITE_OK ? flushed : rc;
}

static int file_is_reserved(sqlite3_file *f, int *out) { return REAL(f)->pMethods->xCheckReservedLock(REAL(f), out); }
static int file_control(sqlite3_file *f, int op, void *arg) {
    return REAL(f)->pMethods->xFileControl(REAL(f), op, arg);
}
static int file_sector(sqlite3_file *f) { return REAL(f)->pMethods->xSectorSize(REAL(f)); }
static int file_traits(sqlite3_file *f) { return REAL(f)->pMethods->xDeviceCharacteristics(REAL(f)); }
static int file_shm_lock(sqlite3_file *f, int at, int n, int flags) {
    bool is_write_lock = at == 0; // WAL_WRITE_LOCK of the file format
    if (is_write_lock && flags == (SQLITE_SHM_UNLOCK | SQLITE_SHM_EXCLUSIVE)) end_transaction(OWNER(f));
    return REAL(f)->pMethods->xShmLock(REAL(f), at, n, flags);
}
// Before readers are told of new frames, the frames are in the file. With synchronous=FULL the sync has seen to it.
static void file_shm_barrier(sqlite3_file *f) {
    if (OWNER(f)->log) flush(&OWNER(f)->log->head);
    REAL(f)->pMethods->xShmBarrier(REAL(f));
}
static int file_shm_unmap(sqlite3_file *f, int is_deleting) {
    return REAL(f)->pMethods->xShmUnmap(REAL(f), is_deleting);
}

// Version 2: shared memory for the log's index, but no memory-mapped pages.
static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_is_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_traits,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};

static int on_open(sqlite3_vfs *sv, const char *name, sqlite3_file *sf, int flags, int *out) {
    struct file *f = (struct file *)(void *)sf;
    f->owner = sv->pAppData;
    f->gather = NULL;
    f->ahead = NULL;
    f->real = (sqlite3_file *)(void *)(f + 1);
    int rc = BASE(sv)->xOpen(BASE(sv), name, f->real, flags, out);
    sf->pMethods = f->real->pMethods ? &methods : NULL;
    f->is_log = (flags & SQLITE_OPEN_WAL) != 0;
    if (f->is_log && f->owner->is_beside && rc == SQLITE_OK) f->ahead = NEW(struct ahead);
    return rc;
}

static int on_delete(sqlite3_vfs *v, const char *name, int is_synced) {
    if (vfs_is_broken(v->pAppData)) return SQLITE_IOERR_DELETE;
    return BASE(v)->xDelete(BASE(v), name, is_synced);
}

static int on_access(sqlite3_vfs *v, const char *name, int flags, int *out) {
    return BASE(v)->xAccess(BASE(v), name, flags, out);
}
static int on_full_path(sqlite3_vfs *v, const char *name, int n, char *out) {
    return BASE(v)->xFullPathname(BASE(v), name, n, out);
}
static int on_random(sqlite3_vfs *v, int n, char *out) { return BASE(v)->xRandomness(BASE(v), n, out); }
static int on_sleep(sqlite3_vfs *v, int us) { return BASE(v)->xSleep(BASE(v), us); }
static int on_time(sqlite3_vfs *v, double *out) { return BASE(v)->xCurrentTime(BASE(v), out); }
static int on_time64(sqlite3_vfs *v, sqlite3_int64 *out) { return BASE(v)->xCurrentTimeInt64(BASE(v), out); }
static int on_last_error(sqlite3_vfs *v, int n, char *out) { return BASE(v)->xGetLastError(BASE(v), n, out); }

static vfs *make(sqlite3_vfs *base, struct common *common) {
    vfs *v = NEW(vfs);
    v->common = common;
    v->base = base;
    CHECK(v->base && v->base->iVersion >= 2);
    snprintf(v->name, sizeof v->name, "tocsin-%p", (void *)v);
    v->head = (sqlite3_vfs){
        .iVersion = 2,
        .szOsFile = (int)sizeof(struct file) + v->base->szOsFile,
        .mxPathname = v->base->mxPathname,
        .zName = v->name,
        .pAppData = v,
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
    CHECK(sqlite3_vfs_register(&v->head, 0) == SQLITE_OK);
    return v;
}

vfs *vfs_new(sqlite3_vfs *base) { return make(base ? base : sqlite3_vfs_find(NULL), NEW(struct common)); }

vfs *vfs_new_beside(vfs *first) {
    vfs *v = make(first->base, first->common);
    v->is_beside = true;
    return v;
}

void vfs_free(vfs *v) {
    if (!v) return;
    sqlite3_vfs_unregister(&v->head);
    if (!v->is_beside) mem_free(v->common);
    mem_free(v);
}

const char *vfs_name(const vfs *v) { return v->name; }
void vfs_set_marker(vfs *v, const char *path) { v->common->marker = path; }

void vfs_set_faults(vfs *v, const struct vfs_faults *faults) {
    v->common->faults = *faults;
    v->common->writes_seen = v->common->syncs_seen = 0;
}

struct vfs_stats vfs_stats(const vfs *v) {
    struct vfs_stats out;
    const uint64_t *from = (const uint64_t *)&v->common->stats;
    uint64_t *to = (uint64_t *)&out;
    for (size_t i = 0; i < sizeof out / sizeof *to; i++) to[i] = __atomic_load_n(from + i, __ATOMIC_RELAXED);
    return out;
}

// Writing the same bytes again makes every page dirty, so that the sync covers those a failed sync gave up on.
static int rewrite(sqlite3_file *f) {
    sqlite3_int64 size = 0;
    int rc = f->pMethods->xFileSize(f, &size);
    char *piece = mem_alloc(WRITE_MAX);
    for (sqlite3_int64 at = 0; at < size && rc == SQLITE_OK; at += WRITE_MAX) {
        int n = size - at < WRITE_MAX ? (int)(size - at) : WRITE_MAX;
        rc = f->pMethods->xRead(f, piece, n, at);
        if (rc == SQLITE_OK) rc = f->pMethods->xWrite(f, piece, n, at);
    }
    mem_free(piece);
    return rc == SQLITE_OK ? f->pMethods->xSync(f, SQLITE_SYNC_NORMAL) : rc;
}

static int rewrite_path(vfs *v, const char *path, int type) {
    int is_there = 0;
    int rc = v->base->xAccess(v->base, path, SQLITE_ACCESS_EXISTS, &is_there);
    if (rc != SQLITE_OK || !is_there) return rc;
    struct plain p;
    rc = plain_open(v, path, SQLITE_OPEN_READWRITE | type, &p);
    if (rc == SQLITE_OK) rc = rewrite(p.file);
    plain_close(&p);
    return rc;
}

err vfs_heal(vfs *v, const char *database, bool *is_healed, struct why *why) {
    int is_marked = 0;
    *is_healed = false;
    int rc = v->base->xAccess(v->base, v->common->marker, SQLITE_ACCESS_EXISTS, &is_marked);
    if (rc == SQLITE_OK && !is_marked) return ERR_OK;
    char *log = sqlite3_mprintf("%s-wal", database), *journal = sqlite3_mprintf("%s-journal", database);
    CHECK(log && journal);
    if (rc == SQLITE_OK) rc = rewrite_path(v, log, SQLITE_OPEN_WAL);
    if (rc == SQLITE_OK) rc = rewrite_path(v, journal, SQLITE_OPEN_MAIN_JOURNAL);
    if (rc == SQLITE_OK) rc = rewrite_path(v, database, SQLITE_OPEN_MAIN_DB);
    if (rc == SQLITE_OK) rc = v->base->xDelete(v->base, v->common->marker, 1);
    sqlite3_free(log);
    sqlite3_free(journal);
    if (rc != SQLITE_OK)
        return why_set(why, ERR_IO,
                       "The disk under %s failed before, and writing the database again failed too (%s). Check the "
                       "disk, or copy the data folder to a sound one.",
                       database, sqlite3_errstr(rc));
    *is_healed = true;
    return ERR_OK;
}
