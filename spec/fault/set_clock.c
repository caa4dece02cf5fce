// Preloaded into a server: its wall clock is so many seconds forward as the file $SET_CLOCK says. No other clock is.
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static long seconds_forward(void) {
    const char *path = getenv("SET_CLOCK");
    FILE *f = path ? fopen(path, "r") : NULL;
    long seconds = 0;
    if (f && fscanf(f, "%ld", &seconds) != 1) seconds = 0;
    if (f) fclose(f);
    return seconds;
}

int clock_gettime(clockid_t id, struct timespec *t) {
    int (*real)(clockid_t, struct timespec *);
    *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
    int rc = real(id, t);
    if (rc == 0 && id == CLOCK_REALTIME) t->tv_sec += seconds_forward();
    return rc;
}
