// Threads that meet at the turn of a rate limit's window: rate_test THREADS WINDOWS LIMIT counts how many pass in each.
#include "base/err.h"
#include "base/mem.h"
#include "engine/rate_window.h"
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#define EACH 2 // requests of a thread in a window

struct test {
    struct rate_window window;
    int64_t arrived; // at the barrier, in all, atomically
    int64_t threads, windows, limit;
    int64_t *passed; // by window, atomically
};

// All threads leave it within nanoseconds of each other, which those of a sleeping barrier do not.
static void meet(struct test *t, int64_t n) {
    __atomic_add_fetch(&t->arrived, 1, __ATOMIC_ACQ_REL);
    for (int spins = 0; __atomic_load_n(&t->arrived, __ATOMIC_ACQUIRE) < n * t->threads; spins++)
        if (spins > 10000) sched_yield();
}

static void *body(void *arg) {
    struct test *t = arg;
    int64_t retry_s;
    for (int64_t n = 0; n < t->windows; n++) {
        meet(t, n + 1);
        for (int64_t i = 0; i < EACH; i++)
            if (rate_window_pass(&t->window, t->limit, (n + 1) * RATE_WINDOW_US, &retry_s))
                __atomic_add_fetch(&t->passed[n], 1, __ATOMIC_RELAXED);
    }
    return NULL;
}

int main(int argc, char **argv) {
    CHECK(argc == 4);
    struct test t = {.threads = atoll(argv[1]), .windows = atoll(argv[2]), .limit = atoll(argv[3])};
    pthread_t threads[64];
    CHECK(t.threads > 0 && t.threads <= 64 && t.windows > 0);
    t.passed = mem_alloc((size_t)t.windows * sizeof *t.passed);
    for (int64_t n = 0; n < t.windows; n++) t.passed[n] = 0;
    for (int64_t i = 0; i < t.threads; i++) CHECK(pthread_create(&threads[i], NULL, body, &t) == 0);
    for (int64_t i = 0; i < t.threads; i++) pthread_join(threads[i], NULL);
    int64_t all = 0, inexact = 0;
    for (int64_t n = 0; n < t.windows; n++) {
        all += t.passed[n];
        inexact += t.passed[n] != t.limit;
    }
    mem_free(t.passed);
    printf("%lld threads, %lld windows: %lld passed of %lld, %lld windows not exact\n", (long long)t.threads,
           (long long)t.windows, (long long)all, (long long)(t.threads * t.windows * EACH), (long long)inexact);
    return inexact != 0;
}
