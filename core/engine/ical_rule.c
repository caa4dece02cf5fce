// A rule is walked period by period; the starts of one period are collected, positioned and given out.
#include "engine/ical_rule.h"
#include "base/mem.h"
#include <stdlib.h>

struct walking {
    const struct rule_walk *walk;
    struct ical_rule rule; // with the defaults that DTSTART gives
    bool has_nth;
    int64_t *found; // starts of the period
    size_t count, room;
    int64_t left; // of COUNT; -1: no end
    bool is_over;
    err error;
};

static bool spend(struct walking *w) {
    if (--*w->walk->steps >= 0) return true;
    w->error = ERR_LIMIT;
    w->is_over = true;
    return false;
}

// --- which days ---

static bool has_either(const struct rule_set *s, int n, int length) {
    return rule_set_has(s, n) || rule_set_has(s, n - length - 1);
}

// The first day of week 1 of a year: the first week that has four of its days.
static int64_t first_week(int64_t year, int week_start) {
    int64_t fourth = civil_day(year, 1, 4);
    return fourth - (civil_weekday(fourth) - week_start + 7) % 7;
}

static bool is_weekno(const struct walking *w, int64_t day, int64_t year) {
    int start = w->rule.week_start;
    if (day < first_week(year, start)) year--;
    else if (day >= first_week(year + 1, start)) year++;
    int64_t first = first_week(year, start), weeks = (first_week(year + 1, start) - first) / 7;
    return has_either(&w->rule.weekno, (int)((day - first) / 7 + 1), (int)weeks);
}

// BYDAY: plain, or by number in the month, or in the year.
static bool is_weekday(const struct walking *w, int64_t day, struct civil d) {
    int weekday = civil_weekday(day);
    if (w->rule.weekdays >> weekday & 1) return true;
    if (!w->rule.nth[weekday].is_set) return false;
    bool in_month = w->rule.frequency == RULE_MONTHLY || w->rule.month.is_set;
    int64_t first = civil_day(d.year, in_month ? d.month : 1, 1);
    int64_t length = in_month ? civil_month_length(d.year, d.month) : civil_day(d.year + 1, 1, 1) - first;
    int before = (int)(day - first) / 7, after = (int)(first + length - 1 - day) / 7;
    return rule_set_has(&w->rule.nth[weekday], before + 1) || rule_set_has(&w->rule.nth[weekday], -after - 1);
}

static bool passes(const struct walking *w, int64_t day) {
    const struct ical_rule *r = &w->rule;
    struct civil d = civil_date(day);
    if (r->month.is_set && !rule_set_has(&r->month, d.month)) return false;
    if (r->monthday.is_set && !has_either(&r->monthday, d.day, civil_month_length(d.year, d.month))) return false;
    if ((r->weekdays || w->has_nth) && !is_weekday(w, day, d)) return false;
    if (r->weekno.is_set && !is_weekno(w, day, d.year)) return false;
    int64_t first = civil_day(d.year, 1, 1);
    int length = (int)(civil_day(d.year + 1, 1, 1) - first);
    return !r->yearday.is_set || has_either(&r->yearday, (int)(day - first) + 1, length);
}

// --- the starts of a period ---

static void add(struct walking *w, int64_t wall) {
    if (!spend(w)) return;
    if (w->count == w->room) {
        w->room = w->room ? w->room * 2 : 32;
        w->found = mem_grow(w->found, w->room * sizeof *w->found);
    }
    w->found[w->count++] = wall;
}

// The times of a day from hour to hour, minute to minute, second to second.
static void add_times(struct walking *w, int64_t day, const int low[3], const int high[3]) {
    const struct ical_rule *r = &w->rule;
    for (int h = low[0]; h <= high[0]; h++) {
        if (!rule_set_has(&r->hour, h)) continue;
        for (int m = low[1]; m <= high[1] && !w->is_over; m++) {
            if (!rule_set_has(&r->minute, m)) continue;
            for (int s = low[2]; s <= high[2] && !w->is_over; s++)
                if (rule_set_has(&r->second, s)) add(w, day * CIVIL_DAY + h * 3600 + m * 60 + s);
        }
    }
}

static void add_days(struct walking *w, int64_t from, int64_t to) {
    static const int low[3] = {0, 0, 0}, high[3] = {23, 59, 59};
    for (int64_t day = from; day < to && spend(w); day++)
        if (passes(w, day)) add_times(w, day, low, high);
}

static void add_within_day(struct walking *w, int64_t wall) {
    int64_t day = civil_day_of(wall);
    int s = (int)(wall - day * CIVIL_DAY);
    int at[3] = {s / 3600, s / 60 % 60, s % 60}, high[3] = {at[0], 59, 59};
    if (w->rule.frequency <= RULE_MINUTELY) high[1] = at[1];
    if (w->rule.frequency == RULE_SECONDLY) high[2] = at[2];
    if (spend(w) && passes(w, day)) add_times(w, day, at, high);
}

// --- periods ---

static int64_t unit_of(enum rule_frequency f) { return f == RULE_HOURLY ? 3600 : f == RULE_MINUTELY ? 60 : 1; }

// A period as a number, such that the next one is one more.
static int64_t period_of(const struct walking *w, int64_t wall) {
    int64_t day = civil_day_of(wall);
    struct civil d;
    switch (w->rule.frequency) {
    case RULE_YEARLY: return civil_date(day).year;
    case RULE_MONTHLY: d = civil_date(day); return d.year * 12 + d.month - 1;
    case RULE_WEEKLY: return civil_floor_div(day + 3 - w->rule.week_start, 7);
    case RULE_DAILY: return day;
    default: return civil_floor_div(wall, unit_of(w->rule.frequency));
    }
}

static int64_t month_start(int64_t month) {
    int64_t year = civil_floor_div(month, 12);
    return civil_day(year, (int)(month - year * 12) + 1, 1);
}

// Of a year only the months that the rule names are looked at.
static void add_year(struct walking *w, int64_t year) {
    if (!w->rule.month.is_set) {
        add_days(w, civil_day(year, 1, 1), civil_day(year + 1, 1, 1));
        return;
    }
    for (int month = 1; month <= 12; month++)
        if (rule_set_has(&w->rule.month, month))
            add_days(w, month_start(year * 12 + month - 1), month_start(year * 12 + month));
}

static void collect(struct walking *w, int64_t period) {
    switch (w->rule.frequency) {
    case RULE_YEARLY: add_year(w, period); break;
    case RULE_MONTHLY: add_days(w, month_start(period), month_start(period + 1)); break;
    case RULE_WEEKLY: {
        int64_t first = period * 7 - 3 + w->rule.week_start;
        add_days(w, first, first + 7);
        break;
    }
    case RULE_DAILY: add_days(w, period, period + 1); break;
    default: add_within_day(w, period * unit_of(w->rule.frequency));
    }
}

static int compare(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

// BYSETPOS: keeps the starts at these places, from the front or the back.
static void position(struct walking *w) {
    const struct ical_rule *r = &w->rule;
    size_t n = w->count, kept = 0;
    int64_t chosen[RULE_POSITIONS_MAX];
    for (size_t i = 0; i < r->position_count; i++) {
        int64_t at = r->position[i] > 0 ? r->position[i] - 1 : (int64_t)n + r->position[i];
        if (at >= 0 && at < (int64_t)n) chosen[kept++] = w->found[at];
    }
    if (kept) qsort(chosen, kept, sizeof *chosen, compare);
    w->count = 0;
    for (size_t i = 0; i < kept; i++)
        if (!i || chosen[i] != chosen[i - 1]) w->found[w->count++] = chosen[i];
}

static void give(struct walking *w) {
    if (w->rule.position_count) position(w);
    for (size_t i = 0; i < w->count && !w->is_over; i++) {
        int64_t wall = w->found[i];
        if (wall < w->walk->start) continue;
        w->is_over =
            wall >= w->walk->to || w->left == 0 || (wall >= w->walk->from && !w->walk->on_start(w->walk->ctx, wall));
        if (w->left > 0) w->left--;
    }
    w->count = 0;
}

// What a rule does not say it takes from DTSTART.
static void take_defaults(struct walking *w) {
    struct ical_rule *r = &w->rule;
    int64_t start = w->walk->start, day = civil_day_of(start), time = start - day * CIVIL_DAY;
    struct civil d = civil_date(day);
    for (int i = 0; i < 7; i++) {
        if (!r->nth[i].is_set) continue;
        if (r->frequency == RULE_MONTHLY || r->frequency == RULE_YEARLY) w->has_nth = true;
        else r->weekdays |= 1u << i;
    }
    if (!r->weekno.is_set && !r->yearday.is_set && !r->monthday.is_set && !r->weekdays && !w->has_nth) {
        if (r->frequency == RULE_YEARLY && !r->month.is_set) rule_set_add(&r->month, d.month);
        if (r->frequency == RULE_YEARLY || r->frequency == RULE_MONTHLY) rule_set_add(&r->monthday, d.day);
        if (r->frequency == RULE_WEEKLY) r->weekdays = 1u << civil_weekday(day);
    }
    struct rule_set *const sets[] = {&r->second, &r->minute, &r->hour};
    const int at[] = {(int)(time % 60), (int)(time / 60 % 60), (int)(time / 3600)}, size[] = {60, 60, 24};
    for (int i = 0; i < 3; i++) {
        if (sets[i]->is_set) continue;
        if ((int)r->frequency > i) rule_set_add(sets[i], at[i]);
        else
            for (int n = 0; n < size[i]; n++) rule_set_add(sets[i], n);
    }
}

// Far enough for every rule that is meant, and no number gets near an overflow.
#define INTERVAL_MAX ((int64_t)1000000)

err ical_rule_walk(const struct rule_walk *walk) {
    struct walking w = {.walk = walk, .rule = *walk->rule, .left = walk->rule->count ? walk->rule->count : -1};
    if (w.rule.interval < 1) w.rule.interval = 1;
    if (w.rule.interval > INTERVAL_MAX) w.rule.interval = INTERVAL_MAX;
    take_defaults(&w);
    int64_t first = period_of(&w, walk->start), period = first;
    if (w.left < 0 && walk->from > walk->start)
        period += (period_of(&w, walk->from) - first) / w.rule.interval * w.rule.interval;
    int64_t last = period_of(&w, walk->to);
    for (; period <= last && !w.is_over; period += w.rule.interval) {
        collect(&w, period);
        give(&w);
    }
    mem_free(w.found);
    return w.error;
}
