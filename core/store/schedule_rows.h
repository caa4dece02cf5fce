// The rows of one schedule: itself, its shifts, swaps and calendar copies, and the people they may name.
//
// Any connection: the commit thread's and readers'. Text is as stored (lists are JSON) and lives in the given arena.
// Errors are those of store.h; ERR_NOT_FOUND when there is no such schedule.
#pragma once
#include "store/store.h"

struct shift_row { // an absent text is {NULL, 0}
    int64_t id, level, duration_ms, interval, start_index;
    bool is_linked; // by schedule_shift; else the shift is the schedule's own
    str type, timezone, start_time, rotation_start, frequency, until_time, week_start, by_day, by_month, by_monthday,
        users, rolling_users, source;
};

struct swap_row {
    int64_t from_at, to_at, beneficiary_id, benefactor_id;
};

struct copy_row { // of a calendar
    bool is_overrides;
    str ical;   // {NULL, 0} when it was not asked for
    str events; // JSON of engine/ical.h
    int64_t events_from, events_to;
};

struct user_row { // who can be on call
    int64_t id;
    str username, email;
};

struct schedule_rows {
    int64_t id;
    str type, name, timezone;
    bool enable_web_overrides;
    struct shift_row *shifts;
    struct swap_row *swaps; // taken ones, in the order of their making
    struct copy_row *copies;
    struct user_row *users;
    size_t shift_count, swap_count, copy_count, user_count;
};

struct schedule_query {
    int64_t id;
    int64_t swaps_after; // swaps that ended before are left out
    bool with_ical;      // the calendars' text too
};

#define SCHEDULE_SHIFTS_MAX 10000
#define SCHEDULE_SWAPS_MAX  10000
#define SCHEDULE_USERS_MAX  100000

err schedule_rows_read(store *s, arena *a, const struct schedule_query *query, struct schedule_rows *out,
                       struct why *why);

struct copy_write { // of one fetch
    int64_t schedule_id;
    bool is_overrides;
    str url;
    str error; // empty: it succeeded, and what follows is kept
    str ical, events;
    int64_t at, events_from, events_to;
};
// On the commit thread. ERR_STALE: the schedule is gone or has another address now.
err schedule_rows_put_copy(store *s, arena *a, const struct copy_write *write);
