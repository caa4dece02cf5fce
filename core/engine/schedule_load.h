// Makes the plain data of engine/schedule.h out of a schedule's rows.
//
// A shift without a zone of its own is in its schedule's, else in UTC; without one a shift of a web schedule is always in
// UTC, as OnCall has it. People who are gone are left out: a shift of nobody else is an empty one. A calendar
// comes from its stored events when they cover the window, else from its text.
// What cannot be used (a zone, a time, a calendar that is broken) is left out and named in `problem`, so that one bad shift
// silences nobody else's.
// Threads: that of the zones. Ownership: `a`; names and zones are borrowed from the rows and from `z`.
#pragma once
#include "engine/schedule.h"
#include "store/schedule_rows.h"

struct schedule_problem {
    size_t count;
    struct why first; // a sentence about the first of them
};

void schedule_load(const struct schedule_rows *rows, int64_t from, int64_t to, zones *z, arena *a, struct schedule *out,
                   struct schedule_problem *problem);
