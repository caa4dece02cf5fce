// Whose data the process worked on when it died: a small mapped file with a slot for each thread.
//
// A thread writes the integration's id before it loads its templates, reads a request (with the functions of the type's
// file) or renders an alert, and 0 afterwards; the page cache keeps it through a crash of the process. The next start
// reads who was marked: their requests are read and rendered in the slow lane until one went well.
//
// Who is marked again before that kills the process there too, and its sender tries again: then its next request is stored
// without a look at it, so that the sender has its answer. Each further crash doubles how many requests are. How often each
// crashed in a row is kept in the same file.
//
// Where the process broke by itself (engine/fault), the thread that did is known, and the others are not suspected. For a
// day such requests are stored without a look at them, however many others went well in between; and so are the next ones
// of an integration that broke it by several requests, twice as many each time.
#pragma once
#include "base/err.h"
#include "base/str.h"
#include <stdint.h>

typedef struct crash_marker crash_marker;

#define CRASH_SLOTS 66                // the last two are the mail listener's and the slow lane's
#define CRASH_NOTE  (3 * CRASH_SLOTS) // words from a thread's slot to where `fault` notes its request

struct crash_faults { // in the file; the newest replace the oldest
    struct crash_fault {
        int64_t id, at;          // integration; µs of the last
        int64_t count, raw_left; // within a day of each other; requests to be stored without a look at them
    } of[CRASH_SLOTS];
    uint64_t requests[CRASH_SLOTS], next;
};

struct crash_set { // changed with atomics
    size_t count;
    int64_t ids[CRASH_SLOTS]; // 0: went well since
    uint64_t crashes[CRASH_SLOTS];
    int64_t raw_left[CRASH_SLOTS]; // requests to be stored without a look at them
    uint64_t *kept;                // in the file: id and crashes of each
    struct crash_faults *faults;
};

// Opens DIR/rendering, reads what the last process left into `found`, clears it. NULL when the file cannot be mapped.
crash_marker *crash_marker_open(const char *dir, int64_t now, struct crash_set *found);
uint64_t *crash_marker_slot(crash_marker *m, size_t thread); // NULL when m is NULL or there are too many threads
void crash_marker_close(crash_marker *m);

bool crash_set_has(const struct crash_set *set, int64_t id);
// Is its request to be stored without a look at it?
bool crash_set_is_raw(const struct crash_set *set, int64_t id, int64_t now, str body, str query);
void crash_set_stored_raw(struct crash_set *set, int64_t id); // and was
void crash_set_clear(struct crash_set *set, int64_t id);      // one went well
