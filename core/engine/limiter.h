// How soon the next message may go to a destination: a rate for each key, with bursts up to its count. Pure but for its
// own memory; one thread.
#pragma once
#include <stdint.h>

typedef struct limiter limiter;

limiter *limiter_new(void);
void limiter_free(limiter *l); // accepts NULL
// Takes the next turn of at most `count` in `per_us`: µs until it has come.
int64_t limiter_take(limiter *l, uint64_t key, int64_t count, int64_t per_us, int64_t now);
