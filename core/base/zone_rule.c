// Reads and applies POSIX TZ rules.
#include "base/zone_rule.h"
#include "base/civil.h"

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

static bool take(str *s, char c) {
    if (s->len == 0 || s->ptr[0] != c) return false;
    *s = str_from(*s, 1);
    return true;
}

static bool take_number(str *s, int most, int *out) {
    int n = 0;
    size_t digits = 0;
    while (digits < s->len && s->ptr[digits] >= '0' && s->ptr[digits] <= '9' && digits < 4)
        n = n * 10 + s->ptr[digits++] - '0';
    *s = str_from(*s, digits);
    *out = n;
    return digits > 0 && n <= most;
}

static bool take_name(str *s, char out[16]) {
    bool quoted = take(s, '<');
    size_t n = 0;
    while (n < s->len && (quoted ? s->ptr[n] != '>' : is_letter(s->ptr[n]))) n++;
    if (n == 0 || n > 15) return false;
    memcpy(out, s->ptr, n);
    out[n] = 0;
    *s = str_from(*s, n);
    return !quoted || take(s, '>');
}

// [+-]hh[:mm[:ss]]
static bool take_time(str *s, int32_t *out) {
    bool negative = take(s, '-');
    int part[3] = {0, 0, 0};
    if (!negative) take(s, '+');
    if (!take_number(s, 167, &part[0])) return false;
    for (int i = 1; i < 3 && take(s, ':'); i++)
        if (!take_number(s, 59, &part[i])) return false;
    int32_t seconds = part[0] * 3600 + part[1] * 60 + part[2];
    *out = negative ? -seconds : seconds;
    return true;
}

static bool take_change(str *s, struct zone_change *out) {
    out->time = 2 * 3600;
    bool ok;
    if (take(s, 'M')) {
        out->kind = ZONE_MONTH;
        ok = take_number(s, 12, &out->month) && out->month > 0 && take(s, '.') && take_number(s, 5, &out->week) &&
             out->week > 0 && take(s, '.') && take_number(s, 6, &out->day);
    } else if (take(s, 'J')) {
        out->kind = ZONE_JULIAN;
        ok = take_number(s, 365, &out->day) && out->day > 0;
    } else {
        out->kind = ZONE_DAY;
        ok = take_number(s, 365, &out->day);
    }
    return ok && (!take(s, '/') || take_time(s, &out->time));
}

bool zone_rule_parse(str s, struct zone_rule *out) {
    struct zone_rule r = {.is_set = true};
    if (!take_name(&s, r.name[0]) || !take_time(&s, &r.offset[0])) return false;
    r.offset[0] = -r.offset[0]; // written as west of Greenwich
    if (s.len) {
        r.has_dst = true;
        if (!take_name(&s, r.name[1])) return false;
        r.offset[1] = r.offset[0] + 3600;
        if (s.len && s.ptr[0] != ',') {
            if (!take_time(&s, &r.offset[1])) return false;
            r.offset[1] = -r.offset[1];
        }
        for (int i = 0; i < 2; i++)
            if (!take(&s, ',') || !take_change(&s, &r.change[i])) return false;
    }
    if (s.len) return false;
    *out = r;
    return true;
}

// Seconds from 1970 of a change, on the clock that is turned.
static int64_t change_at(const struct zone_change *c, int64_t year) {
    int64_t day;
    if (c->kind == ZONE_MONTH) {
        int64_t first = civil_day(year, c->month, 1);
        int weekday = (civil_weekday(first) + 1) % 7; // Sunday is 0
        day = first + (c->day - weekday + 7) % 7 + (int64_t)7 * (c->week - 1);
        if (day >= first + civil_month_length(year, c->month)) day -= 7;
    } else if (c->kind == ZONE_JULIAN) {
        day = civil_day(year, 1, 1) + c->day - 1 + (civil_month_length(year, 2) == 29 && c->day > 59);
    } else {
        day = civil_day(year, 1, 1) + c->day;
    }
    return day * CIVIL_DAY + c->time;
}

struct zone_moment zone_rule_at(const struct zone_rule *r, int64_t at) {
    bool dst = false;
    if (r->has_dst) {
        if (at > INT64_MAX / 1000) at = INT64_MAX / 1000; // far outside every calendar
        if (at < INT64_MIN / 1000) at = INT64_MIN / 1000;
        int64_t year = civil_date(civil_day_of(at + r->offset[0])).year;
        int64_t start = change_at(&r->change[0], year) - r->offset[0],
                end = change_at(&r->change[1], year) - r->offset[1];
        dst = start < end ? at >= start && at < end : at >= start || at < end;
    }
    return (struct zone_moment){r->offset[dst], dst, r->name[dst]};
}
