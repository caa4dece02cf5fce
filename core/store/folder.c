#include "store/folder.h"
#include "base/mem.h"
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define BALLAST_MAX (16 << 20)
#define BALLAST_MIN (1 << 20)

struct folder {
    char *dir;
    int fd, lock;
    int64_t ballast; // bytes to hold back: less than BALLAST_MAX on a very small disk
};

static err make(const char *dir, struct why *why) {
    if (mkdir(dir, 0700) == 0 || errno == EEXIST) return ERR_OK;
    return why_set(why, ERR_IO, "Cannot make the data folder %s: %s.", dir, strerror(errno));
}

static err refuse(const folder *f, struct why *why) {
    char pid[24] = {0};
    ssize_t n = pread(f->lock, pid, sizeof pid - 1, 0);
    pid[n > 0 ? strspn(pid, "0123456789") : 0] = 0;
    return why_set(why, ERR_BUSY,
                   "The data folder %s is in use by another tocsin (process %s). Stop it, or choose another folder "
                   "with --data.",
                   f->dir, *pid ? pid : "unknown");
}

static err lock(folder *f, struct why *why) {
    f->fd = open(f->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (f->fd >= 0) f->lock = openat(f->fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (f->lock < 0) return why_set(why, ERR_IO, "Cannot write in the data folder %s: %s.", f->dir, strerror(errno));
    if (flock(f->lock, LOCK_EX | LOCK_NB) < 0) return refuse(f, why);
    // Who holds it is told for people's sake only: a full disk must not stop the start.
    if (ftruncate(f->lock, 0) == 0) dprintf(f->lock, "%ld\n", (long)getpid());
    return ERR_OK;
}

// Made before SQLite opens it, so that nobody else may read it whatever the umask; and closed before, because closing
// a file drops the process's own locks on it.
static err make_database(folder *f, struct why *why) {
    int fd = openat(f->fd, "tocsin.db", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST) return ERR_OK;
    if (fd < 0) return why_set(why, ERR_IO, "Cannot make %s/tocsin.db: %s.", f->dir, strerror(errno));
    close(fd);
    if (fsync(f->fd) < 0) return why_set(why, ERR_IO, "Cannot sync the data folder %s: %s.", f->dir, strerror(errno));
    return ERR_OK;
}

static int64_t free_bytes(const folder *f) {
    struct statvfs s;
    return fstatvfs(f->fd, &s) == 0 ? (int64_t)(s.f_bavail * s.f_frsize) : 0;
}

// A quarter of what is free, within bounds; or as much as is held back already.
static int64_t choose_ballast(const folder *f) {
    struct stat s;
    if (fstatat(f->fd, "ballast", &s, 0) == 0 && s.st_size >= BALLAST_MIN) return s.st_size;
    int64_t spare = free_bytes(f) / 4;
    return spare > BALLAST_MAX ? BALLAST_MAX : spare < BALLAST_MIN ? BALLAST_MIN : spare;
}

err folder_open(const char *dir, folder **out, struct why *why) {
    err e = make(dir, why);
    if (e) return e;
    folder *f = NEW(folder);
    *f = (folder){.dir = mem_copy(dir, strlen(dir)), .fd = -1, .lock = -1};
    e = lock(f, why);
    if (!e) e = make_database(f, why);
    if (e) {
        folder_close(f);
        return e;
    }
    f->ballast = choose_ballast(f);
    *out = f;
    return ERR_OK;
}

void folder_close(folder *f) {
    if (!f) return;
    if (f->lock >= 0) close(f->lock);
    if (f->fd >= 0) close(f->fd);
    mem_free(f->dir);
    mem_free(f);
}

static bool has_ballast(const folder *f) {
    struct stat s;
    return fstatat(f->fd, "ballast", &s, 0) == 0 && (int64_t)s.st_blocks * 512 >= f->ballast;
}

bool folder_reserve(folder *f) {
    if (has_ballast(f)) return true;
    // Room for the ballast and a quarter more: else the next alerts would fill the disk again at once.
    if (free_bytes(f) < f->ballast + f->ballast / 4) return false;
    int fd = openat(f->fd, "ballast", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return false;
    bool is_made = posix_fallocate(fd, 0, f->ballast) == 0;
    close(fd);
    if (!is_made) folder_release(f);
    return is_made;
}

void folder_release(folder *f) { unlinkat(f->fd, "ballast", 0); }
