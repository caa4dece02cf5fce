// Preloaded into a server: while the file $NO_SPACE exists, its disk has no room for a single byte more, in whatever file.
#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static bool is_full(void) {
    const char *path = getenv("NO_SPACE");
    return path && access(path, F_OK) == 0;
}

static bool is_refused(int fd) {
    struct stat s;
    return is_full() && fstat(fd, &s) == 0 && S_ISREG(s.st_mode);
}

static ssize_t write_at(const char *name, int fd, const void *bytes, size_t n, off_t at) {
    if (is_refused(fd)) {
        errno = ENOSPC;
        return -1;
    }
    ssize_t (*real)(int, const void *, size_t, off_t);
    *(void **)&real = dlsym(RTLD_NEXT, name);
    return real(fd, bytes, n, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at) { return write_at("pwrite", fd, bytes, n, at); }
ssize_t pwrite64(int fd, const void *bytes, size_t n, off_t at) { return write_at("pwrite64", fd, bytes, n, at); }

int posix_fallocate(int fd, off_t at, off_t n) {
    if (is_refused(fd)) return ENOSPC;
    int (*real)(int, off_t, off_t);
    *(void **)&real = dlsym(RTLD_NEXT, "posix_fallocate");
    return real(fd, at, n);
}

int fstatvfs(int fd, struct statvfs *s) {
    int (*real)(int, struct statvfs *);
    *(void **)&real = dlsym(RTLD_NEXT, "fstatvfs");
    int rc = real(fd, s);
    if (rc == 0 && is_full()) s->f_bavail = s->f_bfree = 0;
    return rc;
}
