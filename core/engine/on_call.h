// Who is on call on a stored schedule, fast: schedules are kept as they were read, until configuration changes.
//
// Purpose: an escalation step asks on the commit thread, inside its transaction; a simulation on a reading connection.
// Calendars are not read here: their events were written beside their copy when that was fetched.
// Threads: one at a time, that of the store. Errors: ERR_NOT_FOUND when the schedule is gone, ERR_LIMIT, those of store.h.
// *why is a sentence then, and also beside ERR_OK when a part of the schedule could not be used; else it is empty.
#pragma once
#include "engine/schedule.h"
#include "store/store.h"

typedef struct on_call on_call;

on_call *on_call_new(store *s);
void on_call_free(on_call *o); // accepts NULL
// People, schedules, shifts, swaps or copies may have changed, or were rolled back.
void on_call_forget(on_call *o);
// `out` is in `a`, by rising id; nobody is no error.
err on_call_at(on_call *o, int64_t schedule_id, int64_t at, arena *a, struct people *out, struct why *why);
