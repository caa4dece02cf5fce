// Preloaded into a server: fdatasync and fsync fail with EIO while the file $FAIL_SYNC exists.
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static int sync_or_fail(int fd, const char *name) {
    const char *path = getenv("FAIL_SYNC");
    if (path && access(path, F_OK) == 0) {
        errno = EIO;
        return -1;
    }
    int (*real)(int);
    *(void **)&real = dlsym(RTLD_NEXT, name);
    return real(fd);
}

int fdatasync(int fd) { return sync_or_fail(fd, "fdatasync"); }
int fsync(int fd) { return sync_or_fail(fd, "fsync"); }
