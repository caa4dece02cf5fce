// Preloaded into a server: while the file $STUCK_SYNC exists no sync ends, and while $STUCK_LOOP exists no I/O loop turns.
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

static void wait_while(const char *name) {
    const char *path = getenv(name);
    while (path && access(path, F_OK) == 0) usleep(10000);
}

static int sync_late(int fd, const char *name) {
    wait_while("STUCK_SYNC");
    int (*real)(int);
    *(void **)&real = dlsym(RTLD_NEXT, name);
    return real(fd);
}

int fdatasync(int fd) { return sync_late(fd, "fdatasync"); }
int fsync(int fd) { return sync_late(fd, "fsync"); }

// libuv waits by the one or the other.
static int come_back(int n) {
    char name[32] = "";
    if (pthread_getname_np(pthread_self(), name, sizeof name) == 0 && strncmp(name, "loop", 4) == 0)
        wait_while("STUCK_LOOP");
    return n;
}

int epoll_pwait(int fd, struct epoll_event *events, int max, int timeout, const sigset_t *mask) {
    int (*real)(int, struct epoll_event *, int, int, const sigset_t *);
    *(void **)&real = dlsym(RTLD_NEXT, "epoll_pwait");
    return come_back(real(fd, events, max, timeout, mask));
}

int epoll_wait(int fd, struct epoll_event *events, int max, int timeout) {
    int (*real)(int, struct epoll_event *, int, int);
    *(void **)&real = dlsym(RTLD_NEXT, "epoll_wait");
    return come_back(real(fd, events, max, timeout));
}
