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

struct copy_known {      // of a calendar, when it is fetched again
    str ical;            // {NULL, 0}: there is no copy
    str error;           // of the last try; empty: it succeeded
    int64_t events_from; // of the events beside it
};
// An absent row is all zeros.
err schedule_rows_get_copy(store *s, arena *a, int64_t schedule_id, bool is_overrides, struct copy_known *out);

struct copy_write { // of one fetch
    int64_t schedule_id, at;
    bool is_overrides;
    str url;
    str error;          // empty: it succeeded
    str ical;           // {NULL, 0}: that of before stays
    str etag, modified; // of it
    str events;         // likewise
    int64_t events_from, events_to;
};
// On the commit thread. ERR_STALE: the schedule is gone or has another address now.
err schedule_rows_put_copy(store *s, arena *a, const struct copy_write *write);

struct calendar_row {              // one that is to be fetched from time to time
    int64_t schedule_id, tried_at; // tried_at 0: never
    bool is_overrides, has_failed;
    str url, etag, modified; // etag, modified: empty when there is no copy
};
// Those that have waited longest first.
err schedule_rows_calendars(store *s, arena *a, struct calendar_row **out, size_t *count);
