// Preloaded into a server: its wall clock, and the clock that counts sleep too, are so many seconds forward as the file
// $SET_CLOCK says ("wall boot"): the first alone is a clock that somebody set, both are a machine that slept.
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void read_file(long *wall, long *boot) {
    const char *path = getenv("SET_CLOCK");
    FILE *f = path ? fopen(path, "r") : NULL;
    if (f && fscanf(f, "%ld %ld", wall, boot) < 1) *wall = 0;
    if (f) fclose(f);
}

int clock_gettime(clockid_t id, struct timespec *t) {
    int (*real)(clockid_t, struct timespec *);
    *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
    int rc = real(id, t);
    if (rc != 0 || (id != CLOCK_REALTIME && id != CLOCK_BOOTTIME)) return rc;
    long wall = 0, boot = 0;
    read_file(&wall, &boot);
    t->tv_sec += id == CLOCK_REALTIME ? wall : boot;
    return 0;
}
