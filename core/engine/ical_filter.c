#include "engine/ical_filter.h"
#include "engine/ical.h"

#define LINE_MAX_BYTES ((size_t)256 << 10) // a list of some ten thousand EXDATEs
#define NAME_MAX_BYTES 1000                // a text longer than this is nobody's name
#define DEPTH_MAX      3                   // VCALENDAR, VTIMEZONE, STANDARD
#define PARTS_MAX      (ICAL_EVENTS_MAX * 2)

struct filter {
    str rest;
    buf line; // unfolded
    buf *out;
    str open[DEPTH_MAX];    // parts that are kept, by name
    size_t depth, skipping; // skipping: how deep in a part that is left out
    size_t events, parts, number;
    bool has_calendar;
    struct why *why;
};

// The next line with its continuations; false at the end.
static bool next_line(struct filter *f) {
    str part;
    buf_clear(&f->line);
    if (!str_split(&f->rest, '\n', &part)) return false;
    for (;;) {
        f->number++;
        if (part.len && part.ptr[part.len - 1] == '\r') part.len--;
        buf_str(&f->line, part);
        if (!f->rest.len || (f->rest.ptr[0] != ' ' && f->rest.ptr[0] != '\t')) return true;
        f->rest = str_from(f->rest, 1);
        if (!str_split(&f->rest, '\n', &part)) return true;
    }
}

static str name_of(str line) {
    size_t n = 0;
    while (n < line.len && line.ptr[n] != ':' && line.ptr[n] != ';') n++;
    return (str){line.ptr, n};
}

static bool is_one_of(str name, const char *const *list, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (str_is_nocase(name, str_of(list[i]))) return true;
    return false;
}
#define ONE_OF(name, list) is_one_of(name, list, sizeof list / sizeof *list)

static const char *const kept_parts[] = {"VCALENDAR", "VEVENT", "VTIMEZONE", "STANDARD", "DAYLIGHT"};
static const char *const kept_lines[] = {"DTSTART",       "DTEND",        "DURATION", "RRULE",        "RDATE",
                                         "EXDATE",        "UID",          "STATUS",   "SEQUENCE",     "SUMMARY",
                                         "DESCRIPTION",   "ATTENDEE",     "TZID",     "TZOFFSETFROM", "TZOFFSETTO",
                                         "RECURRENCE-ID", "X-WR-TIMEZONE"};
static const char *const texts[] = {"SUMMARY", "DESCRIPTION", "ATTENDEE"};

static void keep(struct filter *f, str line) {
    buf_str(f->out, line);
    buf_lit(f->out, "\r\n");
}

static err begin(struct filter *f, str name, str line) {
    bool is_calendar = str_is_nocase(name, STR("VCALENDAR"));
    if (f->skipping || f->depth == DEPTH_MAX || !ONE_OF(name, kept_parts) || is_calendar != (f->depth == 0)) {
        f->skipping++;
        return ERR_OK;
    }
    if (str_is_nocase(name, STR("VEVENT")) && ++f->events > ICAL_EVENTS_MAX)
        return why_set(f->why, ERR_LIMIT, "The calendar has more than %d events.", ICAL_EVENTS_MAX);
    if (++f->parts > PARTS_MAX) return why_set(f->why, ERR_LIMIT, "The calendar has more than %d parts.", PARTS_MAX);
    f->has_calendar = true;
    for (size_t i = 0; i < sizeof kept_parts / sizeof *kept_parts; i++)
        if (str_is_nocase(name, str_of(kept_parts[i]))) f->open[f->depth] = str_of(kept_parts[i]);
    f->depth++;
    keep(f, line);
    return ERR_OK;
}

static err end(struct filter *f, str name, str line) {
    if (f->skipping) {
        f->skipping--;
        return ERR_OK;
    }
    if (!f->depth || !str_is_nocase(name, f->open[f->depth - 1]))
        return why_set(f->why, ERR_INVALID, "The calendar is broken: line %zu ends what did not begin.", f->number);
    f->depth--;
    keep(f, line);
    return ERR_OK;
}

static err take(struct filter *f) {
    str line = buf_view(&f->line), name = name_of(line), value = str_trim(str_from(line, name.len + 1));
    if (str_is_nocase(name, STR("BEGIN"))) return begin(f, value, line);
    if (str_is_nocase(name, STR("END"))) return end(f, value, line);
    if (f->skipping || !f->depth || !ONE_OF(name, kept_lines)) return ERR_OK;
    if (ONE_OF(name, texts) && line.len > NAME_MAX_BYTES) return ERR_OK;
    if (line.len > LINE_MAX_BYTES)
        return why_set(f->why, ERR_LIMIT, "Line %zu of the calendar has more than %zu KiB.", f->number,
                       LINE_MAX_BYTES >> 10);
    keep(f, line);
    return ERR_OK;
}

err ical_filter(str text, buf *out, struct why *why) {
    if (text.len > ICAL_BYTES_MAX)
        return why_set(why, ERR_LIMIT, "The calendar has more than %zu MiB.", ICAL_BYTES_MAX >> 20);
    if (str_starts(text, STR("\xef\xbb\xbf"))) text = str_from(text, 3);
    if (text.len && memchr(text.ptr, 0, text.len))
        return why_set(why, ERR_INVALID, "This is no calendar: it is not text.");
    struct filter f = {.rest = text, .out = out, .why = why};
    err e = ERR_OK;
    while (e == ERR_OK && next_line(&f)) e = take(&f);
    buf_free(&f.line);
    if (e == ERR_OK && !f.has_calendar)
        return why_set(why, ERR_INVALID, "This is no calendar: it has no line BEGIN:VCALENDAR.");
    if (e == ERR_OK && (f.depth || f.skipping))
        return why_set(why, ERR_INVALID, "The calendar is cut off: its end is missing.");
    return e;
}
