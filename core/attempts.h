// How often something was tried lately, by key: what bounds the guessing of passwords and codes.
//
// Purpose: a key may be tried `burst` times at once, and then once every `every_ms`: a bucket that leaks, kept as one
// moment. Which keys there are and what they may is the caller's (lua/api/attempts.lua).
// Memory: bounded. Keys are remembered by a keyed hash in sets of a few; of a full set the one that owes least is
// forgotten. Threads: any.
#pragma once
#include "base/buf.h"
#include "base/err.h"
#include "text/json.h"

typedef struct attempts attempts;

struct attempt {
    str key;
    int64_t burst, every_ms; // both at least 1
};

attempts *attempts_new(void);
void attempts_free(attempts *a); // accepts NULL
// Counts a try for each key, at `now` (µs that never step back). 0: it may go on; else none is counted, and all of them
// have room again in so many µs.
int64_t attempts_take(attempts *a, const struct attempt *list, size_t count, int64_t now);
void attempts_give_back(attempts *a, const struct attempt *list, size_t count); // it was no guess
void attempts_forget(attempts *a, str key); // as if it was never tried; without a key: as if nothing ever was
// The same as a port, JSON in and JSON out: {keys: [{key, burst, every_ms}], give_back, forget or forget_all: true} → {wait}, in seconds.
err attempts_port(attempts *a, int64_t now, const struct json *args, buf *out, struct why *why);
