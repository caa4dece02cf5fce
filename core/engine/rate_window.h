// How many requests an integration sent lately: a fixed window that begins with the first request after the last one.
//
// Exact under concurrency: of the requests of one window, whatever threads they come on, `limit` pass and no more.
// Zero-initialise. Threads: any; the lock is held for a few instructions, and only where a limit is set.
#pragma once
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#define RATE_WINDOW_US (300 * INT64_C(1000000)) // 5 minutes

struct rate_window {
    pthread_mutex_t mutex; // zero is PTHREAD_MUTEX_INITIALIZER
    int64_t started_at, count;
};

// Counts one request. False: it is one too many, and `retry_s` seconds (1 to 300) are left of the window.
bool rate_window_pass(struct rate_window *w, int64_t limit, int64_t now, int64_t *retry_s);
// How many have passed in the window that runs; 0 when none does.
int64_t rate_window_count(struct rate_window *w, int64_t now);
