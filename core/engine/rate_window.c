#include "engine/rate_window.h"

#define SET_BACK_US 1000000 // before the window's start: the clock was set

static bool is_over(const struct rate_window *w, int64_t now) {
    int64_t age = now - w->started_at;
    return !w->started_at || age >= RATE_WINDOW_US || age < -SET_BACK_US;
}

int64_t rate_window_count(struct rate_window *w, int64_t now) {
    pthread_mutex_lock(&w->mutex);
    int64_t count = is_over(w, now) ? 0 : w->count;
    pthread_mutex_unlock(&w->mutex);
    return count;
}

bool rate_window_pass(struct rate_window *w, int64_t limit, int64_t now, int64_t *retry_s) {
    pthread_mutex_lock(&w->mutex);
    if (is_over(w, now)) {
        w->started_at = now;
        w->count = 0;
    }
    int64_t left_us = w->started_at + RATE_WINDOW_US - now;
    bool has_room = w->count < limit;
    if (has_room) w->count++; // who is refused does not count: a raised limit gives room at once
    pthread_mutex_unlock(&w->mutex);
    // On another loop a request may have been received a little before the one that began the window.
    if (left_us > RATE_WINDOW_US) left_us = RATE_WINDOW_US;
    *retry_s = (left_us + 999999) / 1000000;
    return has_room;
}
