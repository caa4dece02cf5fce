// The outside world behind one struct: clock and randomness. Real in the server, virtual in specs and simulation.
//
// Engine time is microseconds UTC: the wall clock at start plus the boot-time clock since, so that a step of the
// wall clock moves nothing early or late. It follows the wall clock when the engine says so, which then moves what waits
// (engine/clock_step). Any thread may call; a virtual env is stepped by one thread only.
#pragma once
#include "base/str.h"

typedef struct env env;

struct env_virtual {  // a seeded world
    int64_t start_at; // µs UTC
    uint64_t seed;
};

env *env_new(const struct env_virtual *world); // NULL: the real world
void env_free(env *e);
int64_t env_now(const env *e);                // µs UTC, engine time
int64_t env_elapsed(const env *e);            // µs since the env was made; never steps back
int64_t env_wall(const env *e);               // µs UTC, the wall clock as it is set now
void env_follow(env *e, int64_t by_us);       // engine time is so much later from now on; env_elapsed is not
void env_advance(env *e, int64_t by_us);      // virtual only
void env_set_wall(env *e, int64_t by_us);     // virtual only: somebody sets the wall clock so much forward
void env_random(env *e, void *out, size_t n); // unpredictable in the real world, seeded in a virtual one
int64_t clock_ns(void);                       // monotonic, for measuring only
