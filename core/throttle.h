// How many requests each key (a person, or an API token of none) made in the last minute: a sliding count, kept by the second.
//
// Threads: any. Memory: one small record for each key that was ever seen; keys are people and tokens that exist.
#pragma once
#include <stdint.h>

typedef struct throttle throttle;

throttle *throttle_new(int64_t limit); // requests a minute; 0: no limit
void throttle_free(throttle *t);       // accepts NULL
// Counts a request at `now` (µs that never step back). 0: it may go on; else it is one too many, and there is room in so many seconds.
int64_t throttle_take(throttle *t, int64_t key, int64_t now);
