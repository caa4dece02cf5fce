// Times: OnCall's filters that read and format them, and how they print.
//
// A J_TIME is what its clock shows; with a zone (`of`), `len` is how far that is east of UTC, in seconds.
#include "base/civil.h"
#include "base/zone.h"
#include "jinja/filters.h"
#include <math.h>
#include <stdio.h>

static int64_t offset_of(const jval *time) { return time->of ? (int32_t)time->len : 0; }

// --- reading ---

static bool digits(str s, size_t at, size_t n, int64_t *out) {
    *out = 0;
    for (size_t i = at; i < at + n; i++) {
        if (i >= s.len || s.ptr[i] < '0' || s.ptr[i] > '9') return false;
        *out = *out * 10 + (s.ptr[i] - '0');
    }
    return true;
}

// A fraction of 3 or 6 digits behind a point, or none; *at moves behind it.
static bool fraction(str s, size_t *at, int64_t *us) {
    *us = 0;
    if (*at >= s.len || s.ptr[*at] != '.') return true;
    size_t n = 0;
    while (*at + 1 + n < s.len && s.ptr[*at + 1 + n] >= '0' && s.ptr[*at + 1 + n] <= '9') n++;
    if ((n != 3 && n != 6) || !digits(s, *at + 1, n, us)) return false;
    if (n == 3) *us *= 1000;
    *at += 1 + n;
    return true;
}

// Nothing, "Z" or "+HH:MM".
static bool zone_from(str s, size_t at, jval *time) {
    int64_t h, m;
    if (at == s.len) return true;
    time->of = true;
    if (s.len == at + 1 && s.ptr[at] == 'Z') return true;
    if (s.len != at + 6 || (s.ptr[at] != '+' && s.ptr[at] != '-') || s.ptr[at + 3] != ':') return false;
    if (!digits(s, at + 1, 2, &h) || !digits(s, at + 4, 2, &m) || h > 23 || m > 59) return false;
    time->len = (uint32_t)(int32_t)((s.ptr[at] == '-' ? -60 : 60) * (60 * h + m));
    return true;
}

// "2026-05-19T12:37:01.250Z", which is how nearly all of them are written.
static bool filter_iso8601(struct run *r, const jval *v, const jval *args, jval *out) {
    int64_t wall, us;
    (void)args;
    if (v->type != J_STR || v->len < 19) return false;
    str s = jval_text(v);
    char plain[19];
    memcpy(plain, s.ptr, sizeof plain);
    if (plain[10] == ' ') plain[10] = 'T';
    size_t at = sizeof plain;
    if (!run_spend(r, 10) || !civil_parse((str){plain, sizeof plain}, &wall) || plain[0] == '-') return false;
    if (!fraction(s, &at, &us)) return false;
    *out = (jval){.type = J_TIME, .integer = wall * CIVIL_SECOND + us};
    return zone_from(s, at, out);
}

#define TIMESTAMP_FIRST ((int64_t)-30610224000) // the year 1000
#define TIMESTAMP_LAST  ((int64_t)253402300799) // the year 9999

static bool filter_timestamp(struct run *r, const jval *v, const jval *args, jval *out) {
    double whole, part = 0;
    (void)args;
    if (v->type == J_INT)
        whole = v->integer < TIMESTAMP_LAST && v->integer > TIMESTAMP_FIRST ? (double)v->integer : NAN;
    else if (v->type == J_FLOAT) part = modf(v->real, &whole) * 1e6;
    else return false;
    if (!(whole > (double)TIMESTAMP_FIRST && whole < (double)TIMESTAMP_LAST)) return false;
    *out = (jval){.type = J_TIME, .integer = (int64_t)whole * CIVIL_SECOND + (int64_t)nearbyint(part)}; // half to even
    return run_spend(r, 1);
}

// --- formatting ---

struct clock { // what is shown
    int64_t wall, us;
    const struct zone_moment *zone; // or NULL
};

static bool put_number(struct run *r, const char *format, int n) {
    char text[32];
    // The format is one of this file's own.
    return run_put(r, text, (size_t)snprintf(text, sizeof text, format, n));
}

static bool put_offset(struct run *r, int64_t seconds, const char *colon) {
    int64_t minutes = (seconds < 0 ? -seconds : seconds) / 60;
    return run_put(r, seconds < 0 ? "-" : "+", 1) && put_number(r, "%02d", (int)(minutes / 60)) &&
           run_put(r, colon, strlen(colon)) && put_number(r, "%02d", (int)(minutes % 60)) && seconds % 60 == 0;
}

static bool put_name(struct run *r, const char *name, size_t most) {
    size_t n = strlen(name);
    return run_put(r, name, n < most ? n : most);
}

// Of the date.
static bool put_day(struct run *r, char code, int64_t day) {
    static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                         "July",    "August",   "September", "October", "November", "December"};
    static const char *const days[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
    struct civil date = civil_date(day);
    switch (code) {
    case 'Y': return put_number(r, "%d", (int)date.year);
    case 'y': return put_number(r, "%02d", (int)(date.year % 100));
    case 'm': return put_number(r, "%02d", date.month);
    case 'd': return put_number(r, "%02d", date.day);
    case 'j': return put_number(r, "%03d", (int)(day - civil_day(date.year, 1, 1)) + 1);
    case 'B': return put_name(r, months[date.month - 1], 20);
    case 'b': return put_name(r, months[date.month - 1], 3);
    case 'A': return put_name(r, days[civil_weekday(day)], 20);
    case 'a': return put_name(r, days[civil_weekday(day)], 3);
    default: return false;
    }
}

static bool put_part(struct run *r, char code, const struct clock *c) {
    int64_t day = civil_day_of(c->wall), second = c->wall - day * CIVIL_DAY;
    int hour = (int)(second / 3600), minute = (int)(second / 60 % 60);
    switch (code) {
    case 'H': return put_number(r, "%02d", hour);
    case 'I': return put_number(r, "%02d", hour % 12 ? hour % 12 : 12);
    case 'M': return put_number(r, "%02d", minute);
    case 'S': return put_number(r, "%02d", (int)(second % 60));
    case 'f': return put_number(r, "%06d", (int)c->us);
    case 'p': return run_put(r, hour < 12 ? "AM" : "PM", 2);
    case '%': return run_put(r, "%", 1);
    case 'Z': return c->zone && put_name(r, c->zone->abbreviation, 20);
    case 'z': return c->zone && put_offset(r, c->zone->offset, "");
    default: return put_day(r, code, day);
    }
}

static struct clock clock_of(int64_t us, const struct zone_moment *moment) {
    int64_t wall = civil_floor_div(us, CIVIL_SECOND);
    return (struct clock){wall, us - wall * CIVIL_SECOND, moment};
}

static bool is_shown(const struct clock *c) { // the year has four digits
    int64_t year = civil_date(civil_day_of(c->wall)).year;
    return year >= 1000 && year <= 9999;
}

static bool put_formatted(struct run *r, const struct clock *c, str format) {
    for (size_t i = 0; i < format.len; i++) {
        if (!run_spend(r, 3)) return false;
        if (format.ptr[i] != '%') {
            if (!run_put(r, &format.ptr[i], 1)) return false;
        } else if (++i == format.len || !put_part(r, format.ptr[i], c)) {
            return false;
        }
    }
    return true;
}

static bool format_clock(struct run *r, const struct clock *c, const jval *format, jval *out) {
    size_t from = r->len;
    str s = format->type == J_STR ? jval_text(format) : STR("%H:%M / %d-%m-%Y");
    if (format->type != J_STR && format->type != J_ABSENT) return false;
    return is_shown(c) && put_formatted(r, c, s) && run_cut(r, from, out);
}

static bool filter_datetimeformat(struct run *r, const jval *v, const jval *args, jval *out) {
    struct clock c = clock_of(v->integer, NULL);
    return v->type == J_TIME && format_clock(r, &c, &args[0], out);
}

#define ZONE_UNITS 10    // for a zone that is known
#define MISS_UNITS 10000 // for a name that is none: the folder is read each time

static bool filter_as_timezone(struct run *r, const jval *v, const jval *args, jval *out) {
    if (v->type != J_TIME || (args[1].type != J_STR && args[1].type != J_ABSENT) || !run_spend(r, ZONE_UNITS))
        return false;
    const zone *found = zones_get(run_zones(r), args[1].type == J_STR ? jval_text(&args[1]) : STR("UTC"));
    if (!found) return run_spend(r, MISS_UNITS) && false;
    int64_t utc = v->integer - offset_of(v) * CIVIL_SECOND;
    struct zone_moment moment = zone_at(found, civil_floor_div(utc, CIVIL_SECOND));
    struct clock c = clock_of(utc + moment.offset * CIVIL_SECOND, &moment);
    return format_clock(r, &c, &args[0], out);
}

bool run_print_time(struct run *r, const jval *v) {
    struct clock c = clock_of(v->integer, NULL);
    return is_shown(&c) && put_formatted(r, &c, c.us ? STR("%Y-%m-%d %H:%M:%S.%f") : STR("%Y-%m-%d %H:%M:%S")) &&
           (!v->of || put_offset(r, offset_of(v), ":"));
}

const struct callee filters_of_time[] = {
    {.name = "iso8601_to_time", .call = filter_iso8601},
    {.name = "timestamp_to_datetime", .call = filter_timestamp},
    {.name = "datetimeformat", .call = filter_datetimeformat, .params = {"format"}},
    {.name = "datetimeformat_as_timezone", .call = filter_as_timezone, .params = {"format", "tz"}},
    {.name = NULL},
};
