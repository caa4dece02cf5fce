// The rule for the years to come at the end of a time zone file: "CET-1CEST,M3.5.0,M10.5.0/3" (POSIX TZ).
// Pure.
#pragma once
#include "base/zone.h"

struct zone_change { // the moment in a year when clocks are turned
    enum { ZONE_MONTH, ZONE_JULIAN, ZONE_DAY } kind;
    int month, week, day; // MONTH: week 5 = the last; JULIAN: day 1..365, never 29 February; DAY: 0..365
    int32_t time;         // seconds after midnight, may be negative or past a day
};

struct zone_rule {
    bool is_set, has_dst;
    int32_t offset[2]; // standard, summer
    char name[2][16];
    struct zone_change change[2]; // to summer, to standard
};

bool zone_rule_parse(str text, struct zone_rule *out); // false when it is no rule
struct zone_moment zone_rule_at(const struct zone_rule *rule, int64_t unix_seconds);
