#include "engine/ical_event.h"

static icalproperty *first(icalcomponent *c, icalproperty_kind kind) {
    return icalcomponent_get_first_property(c, kind);
}

static icalvalue_kind kind_of(icalproperty *p) {
    icalvalue *value = icalproperty_get_value(p);
    return value ? icalvalue_isa(value) : ICAL_NO_VALUE;
}

static str text_of(const struct ical_reader *r, icalcomponent *c, icalproperty_kind kind) {
    icalproperty *p = first(c, kind);
    if (!p || (kind_of(p) != ICAL_TEXT_VALUE && kind_of(p) != ICAL_X_VALUE)) return (str){NULL, 0};
    icalvalue *value = icalproperty_get_value(p);
    const char *text = kind_of(p) == ICAL_X_VALUE ? icalvalue_get_x(value) : icalvalue_get_text(value);
    return text ? str_trim(arena_str(r->memory, str_of(text))) : (str){NULL, 0};
}

// --- times ---

static const zone *zone_named(const struct ical_reader *r, icalproperty *p) {
    icalparameter *parameter = icalproperty_get_first_parameter(p, ICAL_TZID_PARAMETER);
    const char *id = parameter ? icalparameter_get_tzid(parameter) : NULL;
    if (!id) return r->floating;
    const zone *found = ical_zone_named(r->zones, str_of(id));
    for (size_t i = 0; i < r->entry_count && !found; i++)
        if (str_is(r->entries[i].id, str_trim(str_of(id)))) found = r->entries[i].zone;
    return found ? found : r->floating;
}

static struct ical_time time_of(const struct ical_reader *r, icalproperty *p, struct icaltimetype t) {
    if (t.year < 1 || t.year > 9999 || t.month < 1 || t.month > 12 || t.day < 1 ||
        t.day > civil_month_length(t.year, t.month) || t.hour < 0 || t.hour > 23 || t.minute < 0 || t.minute > 59 ||
        t.second < 0 || t.second > 60)
        return (struct ical_time){0};
    struct ical_time out = {.is_set = true, .is_date = t.is_date != 0};
    out.wall = civil_day(t.year, t.month, t.day) * CIVIL_DAY;
    if (!out.is_date) out.wall += t.hour * 3600 + t.minute * 60 + t.second;
    bool is_utc = !out.is_date && icaltime_is_utc(t);
    out.zone = is_utc ? zones_get(r->zones, STR("UTC")) : out.is_date ? r->floating : zone_named(r, p);
    return out;
}

static struct ical_time time_property(const struct ical_reader *r, icalproperty *p) {
    if (!p) return (struct ical_time){0};
    icalvalue *value = icalproperty_get_value(p);
    switch (kind_of(p)) {
    case ICAL_DATE_VALUE: return time_of(r, p, icalvalue_get_date(value));
    case ICAL_DATETIME_VALUE: return time_of(r, p, icalvalue_get_datetime(value));
    case ICAL_DATETIMEDATE_VALUE: return time_of(r, p, icalvalue_get_datetimedate(value));
    case ICAL_DATETIMEPERIOD_VALUE: return time_of(r, p, icalvalue_get_datetimeperiod(value).time);
    case ICAL_PERIOD_VALUE: return time_of(r, p, icalvalue_get_period(value).start);
    default: return (struct ical_time){0};
    }
}

int64_t ical_moment(const struct ical_time *t) { return zone_utc(t->zone, t->wall) * CIVIL_SECOND; }

static int64_t duration_of(icalproperty *p) {
    if (!p || kind_of(p) != ICAL_DURATION_VALUE) return -1;
    struct icaldurationtype d = icalvalue_get_duration(icalproperty_get_value(p));
    if (d.is_neg) return -1;
    return ((int64_t)d.weeks * 7 + d.days) * CIVIL_DAY + (int64_t)d.hours * 3600 + (int64_t)d.minutes * 60 + d.seconds;
}

// From DTSTART to DTEND on the clock of DTSTART's zone.
static int64_t length_of(const struct ical_reader *r, icalcomponent *c, const struct ical_time *start) {
    struct ical_time end = time_property(r, first(c, ICAL_DTEND_PROPERTY));
    if (!end.is_set) {
        int64_t length = duration_of(first(c, ICAL_DURATION_PROPERTY));
        return length >= 0 ? length : start->is_date ? CIVIL_DAY : 0;
    }
    if (end.is_date || start->is_date || end.zone == start->zone) return end.wall - start->wall;
    int64_t at = zone_utc(end.zone, end.wall);
    return at + zone_at(start->zone, at).offset - start->wall;
}

// Every property of a kind, as times; a list in one property is several properties here.
static size_t times_of(const struct ical_reader *r, icalcomponent *c, icalproperty_kind kind, struct ical_time **out) {
    size_t count = 0, room = 0;
    for (icalproperty *p = first(c, kind); p; p = icalcomponent_get_next_property(c, kind)) room++;
    if (!room) return 0;
    *out = arena_alloc(r->memory, room * sizeof **out);
    for (icalproperty *p = first(c, kind); p; p = icalcomponent_get_next_property(c, kind)) {
        struct ical_time t = time_property(r, p);
        if (t.is_set) (*out)[count++] = t;
    }
    return count;
}

// --- rules ---

static void add_all(struct rule_set *set, const short *list, size_t size, int least, int most) {
    for (size_t i = 0; i < size && list[i] != ICAL_RECURRENCE_ARRAY_MAX; i++) {
        int n = list[i] < 0 ? -list[i] : list[i];
        if (n >= least && n <= most && (list[i] >= 0 || least == 1)) rule_set_add(set, list[i]);
    }
}

static void add_weekdays(struct ical_rule *rule, const short *list) {
    for (size_t i = 0; i < ICAL_BY_DAY_SIZE && list[i] != ICAL_RECURRENCE_ARRAY_MAX; i++) {
        int day = (int)icalrecurrencetype_day_day_of_week(list[i]), nth = icalrecurrencetype_day_position(list[i]);
        if (day < ICAL_SUNDAY_WEEKDAY || day > ICAL_SATURDAY_WEEKDAY || nth < -53 || nth > 53) continue;
        int weekday = (day + 5) % 7; // Sunday is 1 there
        if (nth) rule_set_add(&rule->nth[weekday], nth);
        else rule->weekdays |= 1u << weekday;
    }
}

static void add_positions(struct ical_rule *rule, const short *list) {
    for (size_t i = 0; i < ICAL_BY_SETPOS_SIZE && list[i] != ICAL_RECURRENCE_ARRAY_MAX; i++)
        if (list[i] && rule->position_count < RULE_POSITIONS_MAX) rule->position[rule->position_count++] = list[i];
}

static void read_until(const struct icalrecurrencetype *r, struct ical_vevent *out) {
    struct icaltimetype t = r->until;
    out->until = INT64_MAX;
    if (icaltime_is_null_time(t) || t.year < 1 || t.year > 9999 || t.month < 1 || t.month > 12 || t.day < 1) return;
    out->until = civil_day(t.year, t.month, t.day) * CIVIL_DAY;
    out->until_is_utc = !t.is_date && icaltime_is_utc(t);
    // A day is meant whole, also where the events have a time of day.
    out->until += t.is_date ? CIVIL_DAY - 1 : t.hour * 3600 + t.minute * 60 + t.second;
}

static void read_rule(icalcomponent *c, struct ical_vevent *out) {
    icalproperty *p = first(c, ICAL_RRULE_PROPERTY);
    if (!p || kind_of(p) != ICAL_RECUR_VALUE) return;
    struct icalrecurrencetype r = icalproperty_get_rrule(p);
    if (r.freq > ICAL_YEARLY_RECURRENCE) return;
    struct ical_rule *rule = &out->rule;
    *rule = (struct ical_rule){.frequency = (enum rule_frequency)r.freq,
                               .interval = r.interval > 0 ? r.interval : 1,
                               .count = r.count > 0 ? r.count : 0};
    bool has_start = r.week_start >= ICAL_SUNDAY_WEEKDAY && r.week_start <= ICAL_SATURDAY_WEEKDAY;
    rule->week_start = has_start ? ((int)r.week_start + 5) % 7 : 0;
    add_all(&rule->second, r.by_second, ICAL_BY_SECOND_SIZE, 0, 59);
    add_all(&rule->minute, r.by_minute, ICAL_BY_MINUTE_SIZE, 0, 59);
    add_all(&rule->hour, r.by_hour, ICAL_BY_HOUR_SIZE, 0, 23);
    add_all(&rule->month, r.by_month, ICAL_BY_MONTH_SIZE, 1, 12);
    add_all(&rule->monthday, r.by_month_day, ICAL_BY_MONTHDAY_SIZE, 1, 31);
    add_all(&rule->yearday, r.by_year_day, ICAL_BY_YEARDAY_SIZE, 1, 366);
    add_all(&rule->weekno, r.by_week_no, ICAL_BY_WEEKNO_SIZE, 1, 53);
    add_weekdays(rule, r.by_day);
    add_positions(rule, r.by_set_pos);
    read_until(&r, out);
    out->has_rule = true;
}

// --- whom it names ---

// "[L2] ada": the level, and what follows.
static str take_level(str summary, int64_t *level) {
    size_t n = 2;
    int64_t value = 0;
    if (!str_starts(summary, STR("[L"))) return summary;
    for (; n < summary.len && summary.ptr[n] >= '0' && summary.ptr[n] <= '9'; n++)
        if (value < 1000000) value = value * 10 + summary.ptr[n] - '0';
    if (n == 2 || n == summary.len || summary.ptr[n] != ']') return summary;
    *level = value > 1000000 ? 1000000 : value;
    return str_trim(str_from(summary, n + 1));
}

static str attendee_of(const struct ical_reader *r, icalcomponent *c) {
    icalproperty *p = first(c, ICAL_ATTENDEE_PROPERTY);
    if (!p || icalcomponent_get_next_property(c, ICAL_ATTENDEE_PROPERTY)) return (str){NULL, 0};
    if (kind_of(p) != ICAL_CALADDRESS_VALUE) return (str){NULL, 0};
    const char *text = icalvalue_get_caladdress(icalproperty_get_value(p));
    str address = text ? str_trim(arena_str(r->memory, str_of(text))) : (str){NULL, 0};
    bool is_mail = address.len > 7 && str_is_nocase((str){address.ptr, 7}, STR("mailto:"));
    return is_mail ? str_from(address, 7) : address;
}

bool ical_vevent_read(const struct ical_reader *r, icalcomponent *c, struct ical_vevent *out) {
    *out = (struct ical_vevent){.until = INT64_MAX};
    icalproperty *status = first(c, ICAL_STATUS_PROPERTY), *sequence = first(c, ICAL_SEQUENCE_PROPERTY);
    out->start = time_property(r, first(c, ICAL_DTSTART_PROPERTY));
    if (!out->start.is_set) return false;
    out->uid = text_of(r, c, ICAL_UID_PROPERTY);
    out->is_cancelled = status && kind_of(status) == ICAL_STATUS_VALUE &&
                        icalvalue_get_status(icalproperty_get_value(status)) == ICAL_STATUS_CANCELLED;
    if (sequence && kind_of(sequence) == ICAL_INTEGER_VALUE)
        out->sequence = icalvalue_get_integer(icalproperty_get_value(sequence));
    out->recurrence_id = time_property(r, first(c, ICAL_RECURRENCEID_PROPERTY));
    out->length = length_of(r, c, &out->start);
    if (!out->recurrence_id.is_set) {
        read_rule(c, out);
        out->date_count = times_of(r, c, ICAL_RDATE_PROPERTY, &out->dates);
        out->excluded_count = times_of(r, c, ICAL_EXDATE_PROPERTY, &out->excluded);
    }
    out->names[0] = take_level(text_of(r, c, ICAL_SUMMARY_PROPERTY), &out->level);
    out->names[1] = text_of(r, c, ICAL_DESCRIPTION_PROPERTY);
    out->names[2] = attendee_of(r, c);
    return true;
}

// --- the calendar's zones ---

static const zone *floating_zone(struct ical_reader *r, icalcomponent *calendar) {
    for (icalproperty *p = first(calendar, ICAL_X_PROPERTY); p;
         p = icalcomponent_get_next_property(calendar, ICAL_X_PROPERTY)) {
        const char *name = icalproperty_get_x_name(p), *value = icalproperty_get_value_as_string(p);
        if (!name || !value || !str_is_nocase(str_of(name), STR("X-WR-TIMEZONE"))) continue;
        const zone *found = ical_zone_named(r->zones, str_of(value));
        if (found) return found;
    }
    return zones_get(r->zones, STR("UTC"));
}

void ical_reader_open(struct ical_reader *r, icalcomponent *calendar, zones *z, arena *memory) {
    *r = (struct ical_reader){.memory = memory, .zones = z};
    r->floating = floating_zone(r, calendar);
    int count = icalcomponent_count_components(calendar, ICAL_VTIMEZONE_COMPONENT);
    r->entries = arena_alloc(memory, ((size_t)count + 1) * sizeof *r->entries);
    for (icalcomponent *c = icalcomponent_get_first_component(calendar, ICAL_VTIMEZONE_COMPONENT); c;
         c = icalcomponent_get_next_component(calendar, ICAL_VTIMEZONE_COMPONENT)) {
        struct ical_zone_entry entry = {text_of(r, c, ICAL_TZID_PROPERTY), ical_zone_of(z, c)};
        if (entry.id.len && entry.zone) r->entries[r->entry_count++] = entry;
    }
}
