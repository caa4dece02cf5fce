// Recurrence rules of calendars (RFC 5545, 3.3.10) become the starts in a window. Pure.
//
// Why not libical's own iterator: it walks from DTSTART and looks for the next occurrence until it finds one, so a rule
// like FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30 keeps it busy for minutes. Here every period, day and start that is
// looked at is a step, steps are counted against one budget, and without COUNT the walk begins at the window.
//
// All times are on the clock on the wall. The first occurrence (DTSTART) itself is not a matter of the rule: the caller adds
// it. Where RFC 5545 leaves a combination undefined a day must pass every BY part (as python-dateutil reads it).
#pragma once
#include "base/civil.h"
#include "base/err.h"

enum rule_frequency { RULE_SECONDLY, RULE_MINUTELY, RULE_HOURLY, RULE_DAILY, RULE_WEEKLY, RULE_MONTHLY, RULE_YEARLY };

struct rule_set { // small numbers, negative ones too
    bool is_set;
    uint64_t words[12];
};
#define RULE_NEGATIVE 384 // where those begin

static inline void rule_set_add(struct rule_set *s, int n) {
    int at = n < 0 ? RULE_NEGATIVE - n : n;
    s->is_set = true;
    s->words[at / 64] |= (uint64_t)1 << at % 64;
}
static inline bool rule_set_has(const struct rule_set *s, int n) {
    int at = n < 0 ? RULE_NEGATIVE - n : n;
    return (s->words[at / 64] >> at % 64 & 1) != 0;
}

#define RULE_POSITIONS_MAX 64

struct ical_rule {
    enum rule_frequency frequency;
    int64_t interval; // at least 1
    int64_t count;    // 0: no end by number
    int week_start;   // Monday is 0
    struct rule_set month, monthday, yearday, weekno, hour, minute, second;
    unsigned weekdays;      // bit 0 is Monday: BYDAY without numbers
    struct rule_set nth[7]; // BYDAY with numbers, by weekday
    int position[RULE_POSITIONS_MAX];
    size_t position_count;
};

struct rule_walk {
    const struct ical_rule *rule;
    int64_t start;    // DTSTART
    int64_t from, to; // starts in [from, to)
    int64_t *steps;   // left
    // Called for each start, rising; `false` ends the walk (past UNTIL).
    bool (*on_start)(void *ctx, int64_t wall);
    void *ctx;
};

err ical_rule_walk(const struct rule_walk *walk); // ERR_LIMIT: no steps are left
