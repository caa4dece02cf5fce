// The calendars of a schedule, for engine/schedule_load.c: fills in the events of `out`.
//
// A calendar comes from the events that were stored beside its copy when they cover the window, else from its text.
#pragma once
#include "engine/schedule_load.h"

void schedule_copies_load(const struct schedule_rows *rows, int64_t from, int64_t to, zones *z, arena *a,
                          struct schedule *out, struct schedule_problem *problem);
