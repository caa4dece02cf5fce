// Calendars (RFC 5545) as text become events of a window: who is named, from when to when. Pure.
//
// Purpose: what Google, Outlook, PagerDuty and others publish: RRULE, RDATE, EXDATE, RECURRENCE-ID with SEQUENCE,
// STATUS:CANCELLED, all-day events, zones by VTIMEZONE, IANA or Windows name, X-WR-TIMEZONE for times without one.
// A SUMMARY that begins with "[L2]" is of level 2; what follows, the whole DESCRIPTION and a single ATTENDEE are the names
// under which the person is looked for.
// Times: an event's length is that on the clock on the wall, so a night shift ends at its hour also when clocks are turned.
// Ownership: everything lives in the arena given.
// Errors: ERR_INVALID for text that is no calendar, ERR_LIMIT past a limit below; *why says which and what to do.
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/zone.h"

#define ICAL_BYTES_MAX   ((size_t)8 << 20)
#define ICAL_EVENTS_MAX  20000              // VEVENTs of a calendar
#define ICAL_RESULTS_MAX 100000             // events of a window
#define ICAL_STEPS_MAX   ((int64_t)2 << 20) // occurrences that are walked through to find them

struct ical_event {
    int64_t from, to; // µs UTC
    int64_t level;
    bool is_all_day;
    str uid;
    str names[3]; // SUMMARY without its prefix, DESCRIPTION, ATTENDEE; absent: {NULL, 0}
};

struct ical_events {
    struct ical_event *list; // by start
    size_t count;
    size_t skipped; // VEVENTs of the calendar that have no time which can be read
};

err ical_read(str text, int64_t from, int64_t to, zones *z, arena *a, struct ical_events *out, struct why *why);

// As they are kept beside a calendar's copy: [[from, to, level, is_all_day, uid, name, name, name], …], names or null.
void ical_events_write(buf *out, const struct ical_events *events);
err ical_events_parse(str json, arena *a, struct ical_events *out, struct why *why);
