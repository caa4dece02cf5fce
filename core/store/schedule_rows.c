// Reads them by statements that are prepared once for each connection.
#include "store/schedule_rows.h"

// The cells of a row, one after the other.
struct cells {
    const struct store_value *at;
};

static int64_t next_int(struct cells *c) {
    const struct store_value *v = c->at++;
    return v->type == STORE_INT ? v->integer : 0;
}

static str next_text(struct cells *c) {
    const struct store_value *v = c->at++;
    return v->type == STORE_TEXT ? v->text : (str){NULL, 0};
}

static err run(store *s, arena *a, const char *sql, int64_t id, int64_t other, size_t nargs, size_t max,
               struct store_rows *out, struct why *why) {
    const struct store_value args[] = {SV_INT(id), SV_INT(other)};
    return store_run(s, a, sql, args, nargs, max, out, why);
}

static struct cells row_of(const struct store_rows *rows, size_t i) {
    return (struct cells){rows->values + i * rows->columns};
}

static err read_schedule(store *s, arena *a, int64_t id, struct schedule_rows *out, struct why *why) {
    struct store_rows rows;
    err e = run(s, a, "SELECT type, name, timezone, enable_web_overrides FROM schedule WHERE id = $1", id, 0, 1, 1,
                &rows, why);
    if (e != ERR_OK) return e;
    if (!rows.count) return why_set(why, ERR_NOT_FOUND, "There is no such schedule any more.");
    struct cells c = row_of(&rows, 0);
    out->id = id;
    out->type = next_text(&c);
    out->name = next_text(&c);
    out->timezone = next_text(&c);
    out->enable_web_overrides = next_int(&c) != 0;
    return ERR_OK;
}

#define SHIFT_COLUMNS                                                                                               \
    "s.id, s.level, s.duration_ms, s.interval, s.start_index, s.type, s.timezone, s.start_time, s.rotation_start, " \
    "s.frequency, s.until_time, s.week_start, s.by_day, s.by_month, s.by_monthday, s.users, s.rolling_users, s.source"

static struct shift_row shift_of(struct cells c) {
    struct shift_row r = {0};
    int64_t *const numbers[] = {&r.id, &r.level, &r.duration_ms, &r.interval, &r.start_index};
    str *const texts[] = {&r.type,       &r.timezone,      &r.start_time, &r.rotation_start, &r.frequency,
                          &r.until_time, &r.week_start,    &r.by_day,     &r.by_month,       &r.by_monthday,
                          &r.users,      &r.rolling_users, &r.source};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) *numbers[i] = next_int(&c);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) *texts[i] = next_text(&c);
    r.is_linked = next_int(&c) != 0;
    return r;
}

static err read_shifts(store *s, arena *a, struct schedule_rows *out, struct why *why) {
    struct store_rows rows;
    err e = run(s, a,
                "SELECT " SHIFT_COLUMNS ", 0 FROM shift AS s WHERE s.schedule_id = $1 UNION ALL SELECT " SHIFT_COLUMNS
                ", 1 FROM schedule_shift AS l JOIN shift AS s ON s.id = l.shift_id WHERE l.schedule_id = $2 "
                "AND COALESCE(s.schedule_id, 0) <> l.schedule_id",
                out->id, out->id, 2, SCHEDULE_SHIFTS_MAX + 1, &rows, why);
    if (e != ERR_OK) return e;
    if (rows.count > SCHEDULE_SHIFTS_MAX)
        return why_set(why, ERR_LIMIT, "The schedule has more than %d shifts.", SCHEDULE_SHIFTS_MAX);
    out->shift_count = rows.count;
    out->shifts = arena_alloc(a, (rows.count + 1) * sizeof *out->shifts);
    for (size_t i = 0; i < rows.count; i++) out->shifts[i] = shift_of(row_of(&rows, i));
    return ERR_OK;
}

static err read_swaps(store *s, arena *a, int64_t after, struct schedule_rows *out, struct why *why) {
    struct store_rows rows;
    err e =
        run(s, a,
            "SELECT swap_start_at, swap_end_at, beneficiary_id, benefactor_id FROM shift_swap WHERE schedule_id = $1 "
            "AND swap_end_at > $2 AND benefactor_id IS NOT NULL AND deleted_at IS NULL ORDER BY created_at, id",
            out->id, after, 2, SCHEDULE_SWAPS_MAX + 1, &rows, why);
    if (e != ERR_OK) return e;
    if (rows.count > SCHEDULE_SWAPS_MAX)
        return why_set(why, ERR_LIMIT, "The schedule has more than %d swaps in this time.", SCHEDULE_SWAPS_MAX);
    out->swap_count = rows.count;
    out->swaps = arena_alloc(a, (rows.count + 1) * sizeof *out->swaps);
    for (size_t i = 0; i < rows.count; i++) {
        struct cells c = row_of(&rows, i);
        struct swap_row *r = &out->swaps[i];
        r->from_at = next_int(&c);
        r->to_at = next_int(&c);
        r->beneficiary_id = next_int(&c);
        r->benefactor_id = next_int(&c);
    }
    return ERR_OK;
}

static err read_copies(store *s, arena *a, bool with_ical, struct schedule_rows *out, struct why *why) {
    static const char *const all = "SELECT part, events, events_from, events_to, ical FROM schedule_copy "
                                   "WHERE schedule_id = $1 AND ical IS NOT NULL ORDER BY part DESC";
    static const char *const brief = "SELECT part, events, events_from, events_to, NULL FROM schedule_copy "
                                     "WHERE schedule_id = $1 AND ical IS NOT NULL ORDER BY part DESC";
    struct store_rows rows;
    err e = run(s, a, with_ical ? all : brief, out->id, 0, 1, 2, &rows, why);
    if (e != ERR_OK) return e;
    out->copy_count = rows.count;
    out->copies = arena_alloc(a, (rows.count + 1) * sizeof *out->copies);
    for (size_t i = 0; i < rows.count; i++) {
        struct cells c = row_of(&rows, i);
        struct copy_row *r = &out->copies[i];
        r->is_overrides = str_is(next_text(&c), STR("overrides"));
        r->events = next_text(&c);
        r->events_from = next_int(&c);
        r->events_to = next_int(&c);
        r->ical = next_text(&c);
    }
    return ERR_OK;
}

static err read_users(store *s, arena *a, struct schedule_rows *out, struct why *why) {
    struct store_rows rows;
    err e = run(s, a, "SELECT id, username, email FROM user WHERE deleted_at IS NULL ORDER BY id", 0, 0, 0,
                SCHEDULE_USERS_MAX, &rows, why);
    if (e != ERR_OK) return e;
    out->user_count = rows.count;
    out->users = arena_alloc(a, (rows.count + 1) * sizeof *out->users);
    for (size_t i = 0; i < rows.count; i++) {
        struct cells c = row_of(&rows, i);
        struct user_row *r = &out->users[i];
        r->id = next_int(&c);
        r->username = next_text(&c);
        r->email = next_text(&c);
    }
    return ERR_OK;
}

err schedule_rows_read(store *s, arena *a, const struct schedule_query *query, struct schedule_rows *out,
                       struct why *why) {
    struct schedule_rows read = {0};
    err e = read_schedule(s, a, query->id, &read, why);
    if (e == ERR_OK) e = read_shifts(s, a, &read, why);
    if (e == ERR_OK) e = read_swaps(s, a, query->swaps_after, &read, why);
    if (e == ERR_OK) e = read_copies(s, a, query->with_ical, &read, why);
    if (e == ERR_OK) e = read_users(s, a, &read, why);
    if (e == ERR_OK) *out = read;
    return e;
}

static err has_address(store *s, arena *a, const struct copy_write *w) {
    const struct store_value args[] = {SV_INT(w->schedule_id), SV_TEXT(w->url)};
    struct store_rows rows;
    err e = store_run(s, a,
                      w->is_overrides ? "SELECT id FROM schedule WHERE id = $1 AND ical_url_overrides = $2"
                                      : "SELECT id FROM schedule WHERE id = $1 AND ical_url_primary = $2",
                      args, 2, 1, &rows, NULL);
    return e == ERR_OK && !rows.count ? ERR_STALE : e;
}

static str part_of(bool is_overrides) { return is_overrides ? STR("overrides") : STR("primary"); }

err schedule_rows_get_copy(store *s, arena *a, int64_t schedule_id, bool is_overrides, struct copy_known *out) {
    const struct store_value args[] = {SV_INT(schedule_id), SV_TEXT(part_of(is_overrides))};
    struct store_rows rows;
    err e = store_run(s, a, "SELECT ical, error, events_from FROM schedule_copy WHERE schedule_id = $1 AND part = $2",
                      args, 2, 1, &rows, NULL);
    if (e != ERR_OK) return e;
    *out = (struct copy_known){0};
    if (!rows.count) return ERR_OK;
    struct cells c = row_of(&rows, 0);
    out->ical = next_text(&c);
    out->error = next_text(&c);
    out->events_from = next_int(&c);
    return ERR_OK;
}

static struct store_value text_or_null(str s) { return s.len ? SV_TEXT(s) : SV_NULL; }

// A row whose size stays is changed in place: of a large copy that has not changed nothing is written again.
err schedule_rows_put_copy(store *s, arena *a, const struct copy_write *w) {
    static const char *const tried =
        "INSERT INTO schedule_copy (schedule_id, part, tried_at, fetched_at, error) VALUES ($1, $2, $3, "
        "CASE WHEN $4 IS NULL THEN $3 END, $4) ON CONFLICT (schedule_id, part) DO UPDATE SET tried_at = $3, "
        "fetched_at = CASE WHEN $4 IS NULL THEN $3 ELSE fetched_at END, error = $4";
    static const char *const put_events = "UPDATE schedule_copy SET events = $1, events_from = $2, events_to = $3 "
                                          "WHERE schedule_id = $4 AND part = $5";
    static const char *const put_text =
        "UPDATE schedule_copy SET ical = $1, etag = $2, modified = $3 WHERE schedule_id = $4 AND part = $5";
    const struct store_value id = SV_INT(w->schedule_id), part = SV_TEXT(part_of(w->is_overrides));
    const struct store_value head[] = {id, part, SV_INT(w->at), text_or_null(w->error)};
    const struct store_value events[] = {SV_TEXT(w->events), SV_INT(w->events_from), SV_INT(w->events_to), id, part};
    const struct store_value text[] = {SV_TEXT(w->ical), text_or_null(w->etag), text_or_null(w->modified), id, part};
    struct store_rows rows;
    err e = has_address(s, a, w);
    if (e == ERR_OK) e = store_run(s, a, tried, head, 4, 0, &rows, NULL);
    if (e == ERR_OK && w->events.ptr) e = store_run(s, a, put_events, events, 5, 0, &rows, NULL);
    if (e == ERR_OK && w->ical.ptr) e = store_run(s, a, put_text, text, 5, 0, &rows, NULL);
    return e;
}

// Overrides that are made in the web stand in for those of a calendar.
static const char calendars_sql[] =
    "SELECT s.id, c.tried_at, s.is_overrides, c.error IS NOT NULL, s.url, CASE WHEN c.ical IS NOT NULL THEN c.etag "
    "END, "
    "CASE WHEN c.ical IS NOT NULL THEN c.modified END FROM (SELECT id, 0 AS is_overrides, 'primary' AS part, "
    "ical_url_primary AS url FROM schedule WHERE type = 'ical' UNION ALL SELECT id, 1, 'overrides', ical_url_overrides "
    "FROM schedule WHERE type = 'ical' OR (type = 'calendar' AND enable_web_overrides = 0)) AS s LEFT JOIN "
    "schedule_copy "
    "AS c ON c.schedule_id = s.id AND c.part = s.part WHERE s.url IS NOT NULL ORDER BY COALESCE(c.tried_at, 0), s.id";

err schedule_rows_calendars(store *s, arena *a, struct calendar_row **out, size_t *count) {
    struct store_rows rows;
    err e = store_run(s, a, calendars_sql, NULL, 0, 0, &rows, NULL);
    if (e != ERR_OK) return e;
    struct calendar_row *list = arena_alloc(a, (rows.count + 1) * sizeof *list);
    for (size_t i = 0; i < rows.count; i++) {
        struct cells c = row_of(&rows, i);
        list[i].schedule_id = next_int(&c);
        list[i].tried_at = next_int(&c);
        list[i].is_overrides = next_int(&c) != 0;
        list[i].has_failed = next_int(&c) != 0;
        list[i].url = next_text(&c);
        list[i].etag = next_text(&c);
        list[i].modified = next_text(&c);
    }
    *out = list;
    *count = rows.count;
    return ERR_OK;
}
