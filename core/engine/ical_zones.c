// A VTIMEZONE becomes a rule as base/zone_rule.h reads it: its observances are yearly rules in all calendars that are
// published, and the last of each kind is the one in force.
#include "engine/ical_zones.h"
#include <stdio.h>

// "/freeassociation.sourceforge.net/Europe/Berlin": the longest end that is a name.
static const zone *by_suffix(zones *z, str name) {
    for (str part; name.len && str_split(&name, '/', &part);) {
        const zone *found = name.len ? zones_get(z, name) : NULL;
        if (found) return found;
    }
    return NULL;
}

const zone *ical_zone_named(zones *z, str name) {
    name = str_trim(name);
    if (name.len >= 2 && name.ptr[0] == '"' && name.ptr[name.len - 1] == '"') name = (str){name.ptr + 1, name.len - 2};
    const zone *found = zones_get(z, name);
    if (!found) {
        str windows = ical_windows_zone(name);
        if (windows.ptr) found = zones_get(z, windows);
    }
    return found ? found : by_suffix(z, name);
}

// --- VTIMEZONE ---

struct observance {
    bool is_there, is_yearly; // is_yearly: month, week and day say when it begins each year
    int64_t since;
    int offset, month, week, day, time;
};

// Seven days of a month in a row are one of its weeks: BYMONTHDAY=8,9,10,11,12,13,14;BYDAY=SU is the second Sunday.
static int week_of_days(const short *days) {
    for (int i = 1; i < 7; i++)
        if (days[i] != days[0] + i) return 0;
    return days[7] == ICAL_RECURRENCE_ARRAY_MAX && days[0] >= 1 && days[0] % 7 == 1 ? days[0] / 7 + 1 : 0;
}

static void read_yearly(icalcomponent *c, struct observance *o) {
    icalproperty *p = icalcomponent_get_first_property(c, ICAL_RRULE_PROPERTY);
    if (!p || icalvalue_isa(icalproperty_get_value(p)) != ICAL_RECUR_VALUE) return;
    struct icalrecurrencetype r = icalproperty_get_rrule(p);
    if (r.freq != ICAL_YEARLY_RECURRENCE || !icaltime_is_null_time(r.until) ||
        r.by_day[0] == ICAL_RECURRENCE_ARRAY_MAX || r.by_month[0] == ICAL_RECURRENCE_ARRAY_MAX)
        return;
    int nth = icalrecurrencetype_day_position(r.by_day[0]);
    o->week = nth == -1 ? 5 : nth ? nth : week_of_days(r.by_month_day);
    o->day = (int)icalrecurrencetype_day_day_of_week(r.by_day[0]) - ICAL_SUNDAY_WEEKDAY;
    o->month = icalrecurrencetype_month_month(r.by_month[0]);
    o->is_yearly = o->week >= 1 && o->week <= 5 && o->day >= 0 && o->day <= 6 && o->month >= 1 && o->month <= 12;
}

// The last observance of a kind.
static struct observance last_of(icalcomponent *zone_component, icalcomponent_kind kind) {
    struct observance last = {0};
    for (icalcomponent *c = icalcomponent_get_first_component(zone_component, kind); c;
         c = icalcomponent_get_next_component(zone_component, kind)) {
        icalproperty *to = icalcomponent_get_first_property(c, ICAL_TZOFFSETTO_PROPERTY),
                     *start = icalcomponent_get_first_property(c, ICAL_DTSTART_PROPERTY);
        if (!to || !start || icalvalue_isa(icalproperty_get_value(to)) != ICAL_UTCOFFSET_VALUE ||
            icalvalue_isa(icalproperty_get_value(start)) != ICAL_DATETIME_VALUE)
            continue;
        struct icaltimetype at = icalproperty_get_dtstart(start);
        struct observance o = {.is_there = true,
                               .since = (int64_t)at.year * 10000 + at.month * 100 + at.day,
                               .offset = icalproperty_get_tzoffsetto(to),
                               .time = at.hour * 3600 + at.minute * 60 + at.second};
        read_yearly(c, &o);
        if (!last.is_there || o.since >= last.since) last = o;
    }
    return last;
}

// "<S>-1:00:00": POSIX counts west of Greenwich.
static void put_offset(char *out, size_t size, const char *name, int offset) {
    int n = offset < 0 ? -offset : offset;
    snprintf(out, size, "<%s>%s%d:%02d:%02d", name, offset > 0 ? "-" : "", n / 3600 % 100, n / 60 % 60, n % 60);
}

static void put_change(char *out, size_t size, const struct observance *o) {
    snprintf(out, size, ",M%d.%d.%d/%d:%02d:%02d", o->month, o->week, o->day, o->time / 3600 % 100, o->time / 60 % 60,
             o->time % 60);
}

const zone *ical_zone_of(zones *z, icalcomponent *c) {
    struct observance standard = last_of(c, ICAL_XSTANDARD_COMPONENT), summer = last_of(c, ICAL_XDAYLIGHT_COMPONENT);
    if (!standard.is_there && !summer.is_there) return NULL;
    if (!standard.is_there) standard = summer;
    char name[2][32], change[2][40], rule[160];
    put_offset(name[0], sizeof name[0], "S", standard.offset);
    put_offset(name[1], sizeof name[1], "D", summer.offset);
    put_change(change[0], sizeof change[0], &summer);
    put_change(change[1], sizeof change[1], &standard);
    bool has_dst = standard.is_yearly && summer.is_yearly;
    int n = snprintf(rule, sizeof rule, "%s%s%s%s", name[0], has_dst ? name[1] : "", has_dst ? change[0] : "",
                     has_dst ? change[1] : "");
    return zones_by_rule(z, (str){rule, (size_t)n});
}
