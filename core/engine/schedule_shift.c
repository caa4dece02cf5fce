// A shift's rule becomes slots: every day (or hour) of the window is asked whether the rule has an occurrence on it and
// whose turn that is. So a rotation that began years ago costs nothing more.
//
// A rule is RFC 5545's with FREQ, INTERVAL, BYDAY without numbers, BYMONTH, BYMONTHDAY and WKST, read as OnCall reads
// it: a day must pass every BY part, and a weekly or monthly rule without any is on the day of its start.
#include "engine/schedule.h"

#define SEARCH_DAYS   ((int64_t)366 * 10) // how far the first occurrence is looked for, and `interval` periods more
#define RECURRING_MAX ((int64_t)366 * CIVIL_DAY)

static int64_t week_of(const struct shift *s, int64_t day) { return civil_floor_div(day + 3 - s->week_start, 7); }

static int64_t month_of(int64_t day) {
    struct civil d = civil_date(day);
    return d.year * 12 + d.month - 1;
}

static bool is_monthday(uint64_t set, struct civil d) {
    return (set >> d.day & 1) != 0 || (set >> (32 + civil_month_length(d.year, d.month) - d.day + 1) & 1) != 0;
}

static bool passes(const struct shift *s, int64_t day) {
    if (s->by_day && !(s->by_day >> civil_weekday(day) & 1)) return false;
    if (!s->by_month && !s->by_monthday) return true;
    struct civil d = civil_date(day);
    return (!s->by_month || (s->by_month >> d.month & 1)) && (!s->by_monthday || is_monthday(s->by_monthday, d));
}

// Daily turns by selected days are handed over day by day: `interval` selected days each.
static bool counts_days(const struct shift *s) {
    return s->type != SHIFT_SINGLE && s->type != SHIFT_RECURRENT && s->frequency == FREQUENCY_DAILY && s->by_day;
}

static int64_t selected_days(unsigned by_day, int64_t from, int64_t to) {
    int64_t weeks = (to - from) / 7, n = weeks * __builtin_popcount(by_day);
    for (int64_t day = from + weeks * 7; day < to; day++) n += by_day >> civil_weekday(day) & 1;
    return n;
}

// Is there an occurrence on `day`, for a rule that begins at `anchor`? *turn: how many hand-overs there were before.
static bool occurs(const struct shift *s, int64_t anchor, int64_t day, int64_t *turn) {
    *turn = 0;
    if (day == anchor) return true; // the first is one whatever the rule says (RFC 5545, 3.8.5.3)
    if (day < anchor || !passes(s, day)) return false;
    int64_t periods = day - anchor;
    if (counts_days(s)) {
        *turn = selected_days(s->by_day, anchor, day) / s->interval;
        return true;
    }
    if (s->frequency == FREQUENCY_WEEKLY) {
        periods = week_of(s, day) - week_of(s, anchor);
        if (!s->by_day && !s->by_monthday && civil_weekday(day) != civil_weekday(anchor)) return false;
    } else if (s->frequency == FREQUENCY_MONTHLY) {
        periods = month_of(day) - month_of(anchor);
        if (!s->by_day && !s->by_monthday && civil_date(day).day != civil_date(anchor).day) return false;
    }
    *turn = periods / s->interval;
    return periods % s->interval == 0;
}

static int64_t duration_of(const struct shift *s) {
    bool is_once = s->frequency == FREQUENCY_NONE || s->type == SHIFT_SINGLE;
    return is_once || s->duration < RECURRING_MAX ? s->duration : RECURRING_MAX;
}

// --- the first occurrence ---

static bool is_begun(const struct shift *s, int64_t wall) {
    return wall >= s->rotation_start || (s->is_web && wall + duration_of(s) > s->rotation_start);
}

static bool find_hour(const struct shift *s, int64_t *out) {
    int64_t earliest = s->rotation_start - (s->is_web ? duration_of(s) : 0), step = s->interval * 3600, at = s->start;
    if (earliest > at) at += (earliest - at) / step * step;
    for (int64_t end = at + SEARCH_DAYS * CIVIL_DAY; at < end; at += step)
        if (is_begun(s, at) && (at == s->start || passes(s, civil_day_of(at)))) {
            *out = at;
            return true;
        }
    return false;
}

static bool find_day(const struct shift *s, int64_t *out) {
    struct shift plain = *s;
    plain.type = SHIFT_RECURRENT; // the rule alone
    int64_t anchor = civil_day_of(s->start), time = s->start - anchor * CIVIL_DAY, turn;
    int64_t day = civil_day_of(s->rotation_start - (s->is_web ? duration_of(s) : 0)) - 1;
    if (day < anchor) day = anchor;
    int64_t period = s->frequency == FREQUENCY_MONTHLY ? 31 : s->frequency == FREQUENCY_WEEKLY ? 7 : 1;
    for (int64_t end = day + SEARCH_DAYS + s->interval * period; day < end; day++)
        if (is_begun(s, day * CIVIL_DAY + time) && occurs(&plain, anchor, day, &turn)) {
            *out = day * CIVIL_DAY + time;
            return true;
        }
    return false;
}

// On a day that is not selected the turns begin with the first selected day of a week, as OnCall has it.
static int64_t on_selected_day(const struct shift *s, int64_t wall) {
    int weekday = civil_weekday(civil_day_of(wall));
    if (!s->by_day || (s->by_day >> weekday & 1)) return wall;
    int first = s->week_start;
    while (!(s->by_day >> first & 1)) first = (first + 1) % 7;
    return wall + (first - weekday + 7) % 7 * CIVIL_DAY;
}

void shift_prepare(struct shift *s) {
    s->has_first = true;
    s->first = s->start;
    if (s->type == SHIFT_SINGLE || s->type == SHIFT_RECURRENT) return;
    if (s->frequency == FREQUENCY_NONE) {
        s->has_first = is_begun(s, s->start);
        return;
    }
    if (s->start != s->rotation_start)
        s->has_first = s->frequency == FREQUENCY_HOURLY ? find_hour(s, &s->first) : find_day(s, &s->first);
    s->first = on_selected_day(s, s->first);
}

// --- the slots of a window ---

struct window {
    const struct shift *shift;
    int64_t from, to;           // µs
    int64_t cut_from, cut_to;   // µs: where a shift of the web ends
    int64_t last_start;         // µs
    int64_t first_day, end_day; // on which a start may lie
    struct slots *out;
};

static err add(struct window *w, int64_t wall, int64_t turn, struct why *why) {
    const struct shift *s = w->shift;
    int64_t from = zone_utc(s->zone, wall) * CIVIL_SECOND;
    int64_t to = zone_utc(s->zone, wall + duration_of(s)) * CIVIL_SECOND;
    if (to <= from && s->is_kept) to = from + duration_of(s) * CIVIL_SECOND;
    if (from > w->last_start) return ERR_OK;
    if (from < w->cut_from) from = w->cut_from;
    if (to > w->cut_to) to = w->cut_to;
    if (from >= to || from >= w->to || to <= w->from) return ERR_OK;
    struct slot slot = {
        .from = from, .to = to, .shift_id = s->id, .level = s->level, .is_override = s->type == SHIFT_OVERRIDE};
    if (s->group_count) slot.people = s->groups[((size_t)turn + s->first_group) % s->group_count];
    return slots_add(w->out, &slot, why);
}

static err add_hours(struct window *w, struct why *why) {
    const struct shift *s = w->shift;
    int64_t step = s->interval * 3600, from = w->first_day * CIVIL_DAY;
    int64_t turn = from > s->first ? (from - s->first) / step : 0;
    err e = ERR_OK;
    for (; s->first + turn * step < w->end_day * CIVIL_DAY && e == ERR_OK; turn++)
        if (!turn || passes(s, civil_day_of(s->first + turn * step))) e = add(w, s->first + turn * step, turn, why);
    return e;
}

static err add_days(struct window *w, struct why *why) {
    const struct shift *s = w->shift;
    int64_t anchor = civil_day_of(s->first), time = s->first - anchor * CIVIL_DAY, turn;
    err e = ERR_OK;
    for (int64_t day = w->first_day > anchor ? w->first_day : anchor; day < w->end_day && e == ERR_OK; day++)
        if (occurs(s, anchor, day, &turn)) e = add(w, day * CIVIL_DAY + time, turn, why);
    return e;
}

err shift_slots(const struct shift *s, int64_t from, int64_t to, struct slots *out, struct why *why) {
    if (!s->has_first || s->duration <= 0 || from >= to) return ERR_OK;
    int64_t until = s->until < SHIFT_FOR_EVER ? zone_utc(s->zone, s->until) * CIVIL_SECOND : INT64_MAX;
    struct window w = {.shift = s,
                       .from = from,
                       .to = to,
                       .cut_from = s->is_web ? zone_utc(s->zone, s->rotation_start) * CIVIL_SECOND : INT64_MIN,
                       .cut_to = s->is_web ? until : INT64_MAX,
                       .last_start = until,
                       .out = out};
    if (s->frequency == FREQUENCY_NONE || s->type == SHIFT_SINGLE) return add(&w, s->first, 0, why);
    // A day more at both ends: zones are up to 14 hours away, and clocks are turned.
    w.first_day = civil_day_of(civil_floor_div(from, CIVIL_SECOND) - duration_of(s)) - 2;
    w.end_day = civil_day_of(civil_floor_div(to, CIVIL_SECOND)) + 2;
    return s->frequency == FREQUENCY_HOURLY ? add_hours(&w, why) : add_days(&w, why);
}
