// One VEVENT as numbers: what libical's properties say, each checked for its kind before it is read.
//
// libical's getters trust that a property holds the kind of value that its name promises, while VALUE=… in the text may
// have said another one; so nothing outside of ical_event.c and ical_zones.c calls them.
#pragma once
#include "base/arena.h"
#include "engine/ical_rule.h"
#include "engine/ical_zones.h"

struct ical_zone_entry { // a VTIMEZONE of the calendar
    str id;
    const zone *zone;
};

struct ical_reader { // of one calendar
    arena *memory;
    zones *zones;
    const zone *floating; // of times that name none: X-WR-TIMEZONE, else UTC
    struct ical_zone_entry *entries;
    size_t entry_count;
};

struct ical_time {
    bool is_set, is_date;
    int64_t wall;
    const zone *zone;
};

struct ical_vevent {
    str uid; // empty: none
    int64_t sequence, level;
    bool is_cancelled;
    struct ical_time start, recurrence_id;
    int64_t length; // seconds on the clock on the wall
    bool has_rule, until_is_utc;
    struct ical_rule rule;
    int64_t until;                      // INT64_MAX: none; wall-clock seconds, or UTC
    struct ical_time *dates, *excluded; // RDATE, EXDATE
    size_t date_count, excluded_count;
    str names[3];
};

void ical_reader_open(struct ical_reader *r, icalcomponent *calendar, zones *z, arena *memory);
// False when it has no start that can be read.
bool ical_vevent_read(const struct ical_reader *r, icalcomponent *c, struct ical_vevent *out);
int64_t ical_moment(const struct ical_time *t); // µs UTC
