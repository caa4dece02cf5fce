// Questions to rows, slots to answers.
#include "engine/schedule_json.h"
#include "engine/ical.h"
#include "engine/schedule_load.h"
#include "text/json.h"
#include <stdlib.h>

struct asking {
    store *store;
    zones *zones;
    arena *memory;
    const struct json *question;
    buf *out;
    struct why *why;
    int64_t from, to;
    struct schedule schedule;
    struct schedule_problem problem;
};

// True counts as 1.
static int64_t int_in(const struct json *object, const char *key, int64_t otherwise) {
    const struct json *v = json_get(object, str_of(key));
    return v && v->type == JSON_TRUE ? 1 : json_int(object, key, otherwise);
}

// --- a schedule that is written out ---

static str list_in(arena *a, const struct json *object, const char *key) {
    const struct json *v = json_get(object, str_of(key));
    if (!v || v->type != JSON_ARRAY) return (str){NULL, 0};
    buf text = {0};
    json_write(&text, v);
    str copy = arena_str(a, buf_view(&text));
    buf_free(&text);
    return copy;
}

static struct shift_row shift_in(arena *a, const struct json *v) {
    return (struct shift_row){
        .id = int_in(v, "id", 0),
        .level = int_in(v, "level", 0),
        .duration_ms = int_in(v, "duration_ms", 0),
        .interval = int_in(v, "interval", 1),
        .start_index = int_in(v, "start_index", 0),
        .is_linked = int_in(v, "linked", 0) != 0,
        .type = json_text(v, "type"),
        .timezone = json_text(v, "timezone"),
        .start_time = json_text(v, "start_time"),
        .rotation_start = json_text(v, "rotation_start"),
        .frequency = json_text(v, "frequency"),
        .until_time = json_text(v, "until_time"),
        .week_start = json_text(v, "week_start"),
        .by_day = list_in(a, v, "by_day"),
        .by_month = list_in(a, v, "by_month"),
        .by_monthday = list_in(a, v, "by_monthday"),
        .users = list_in(a, v, "users"),
        .rolling_users = list_in(a, v, "rolling_users"),
        .source = json_text(v, "source"),
    };
}

static const struct json *items_in(const struct json *object, const char *key, size_t *count) {
    const struct json *v = json_get(object, str_of(key));
    *count = v && v->type == JSON_ARRAY ? v->count : 0;
    return *count ? v->items : NULL;
}

static void copies_in(arena *a, const struct json *v, struct schedule_rows *rows) {
    static const char *const parts[] = {"primary", "overrides"};
    rows->copies = arena_alloc(a, 2 * sizeof *rows->copies);
    for (int i = 0; i < 2; i++) {
        str text = json_text(v, parts[i]);
        if (text.ptr) rows->copies[rows->copy_count++] = (struct copy_row){.is_overrides = i == 1, .ical = text};
    }
}

static int by_id(const void *pa, const void *pb) {
    const struct user_row *a = pa, *b = pb;
    return (a->id > b->id) - (a->id < b->id);
}

static void people_in(arena *a, const struct json *v, struct schedule_rows *rows) {
    const struct json *users = items_in(v, "users", &rows->user_count);
    const struct json *swaps = items_in(v, "swaps", &rows->swap_count);
    rows->users = arena_alloc(a, (rows->user_count + 1) * sizeof *rows->users);
    for (size_t i = 0; i < rows->user_count; i++)
        rows->users[i] = (struct user_row){.id = int_in(&users[i], "id", 0),
                                           .username = json_text(&users[i], "username"),
                                           .email = json_text(&users[i], "email")};
    qsort(rows->users, rows->user_count, sizeof *rows->users, by_id);
    rows->swaps = arena_alloc(a, (rows->swap_count + 1) * sizeof *rows->swaps);
    for (size_t i = 0; i < rows->swap_count; i++)
        rows->swaps[i] = (struct swap_row){.from_at = int_in(&swaps[i], "from", 0),
                                           .to_at = int_in(&swaps[i], "to", 0),
                                           .beneficiary_id = int_in(&swaps[i], "beneficiary", 0),
                                           .benefactor_id = int_in(&swaps[i], "benefactor", 0)};
}

static void rows_in(arena *a, const struct json *v, struct schedule_rows *rows) {
    *rows = (struct schedule_rows){.id = int_in(v, "id", 0),
                                   .type = json_text(v, "type"),
                                   .name = json_text(v, "name"),
                                   .timezone = json_text(v, "timezone"),
                                   .enable_web_overrides = int_in(v, "enable_web_overrides", 0) != 0};
    const struct json *shifts = items_in(v, "shifts", &rows->shift_count);
    rows->shifts = arena_alloc(a, (rows->shift_count + 1) * sizeof *rows->shifts);
    for (size_t i = 0; i < rows->shift_count; i++) rows->shifts[i] = shift_in(a, &shifts[i]);
    copies_in(a, json_get(v, STR("copies")), rows);
    people_in(a, v, rows);
}

static err load(struct asking *q) {
    struct schedule_rows rows;
    const struct json *written = json_get(q->question, STR("schedule"));
    struct schedule_query query = {.id = int_in(q->question, "id", 0), .swaps_after = q->from, .with_ical = true};
    err e = ERR_OK;
    if (written) rows_in(q->memory, written, &rows);
    else if (q->store) e = schedule_rows_read(q->store, q->memory, &query, &rows, q->why);
    else e = why_set(q->why, ERR_INVALID, "schedule: is missing, and there is no store to read one from");
    if (e == ERR_OK) schedule_load(&rows, q->from, q->to, q->zones, q->memory, &q->schedule, &q->problem);
    return e;
}

// --- answers ---

static void put_people(buf *out, const char *name, struct people people) {
    buf_printf(out, "\"%s\":[", name);
    for (size_t i = 0; i < people.count; i++) buf_printf(out, i ? ",%lld" : "%lld", (long long)people.ids[i]);
    buf_char(out, ']');
}

static void put_slot(buf *out, const struct slot *slot) {
    buf_printf(out, "{\"from\":%lld,\"to\":%lld,\"shift\":", (long long)slot->from, (long long)slot->to);
    if (slot->shift_id) buf_int(out, slot->shift_id);
    else buf_lit(out, "null");
    buf_printf(out, ",\"level\":%d,\"is_override\":%s,\"is_all_day\":%s,", slot->level,
               slot->is_override ? "true" : "false", slot->is_all_day ? "true" : "false");
    put_people(out, "users", slot->people);
    if (slot->uid.ptr) {
        buf_lit(out, ",\"uid\":");
        buf_json(out, slot->uid);
    }
    if (slot->text.ptr) {
        buf_lit(out, ",\"text\":");
        buf_json(out, slot->text);
    }
    buf_char(out, '}');
}

static void put_slots(buf *out, const char *name, const struct slots *slots) {
    buf_printf(out, "\"%s\":[", name);
    for (size_t i = 0; i < slots->count; i++) {
        if (i) buf_char(out, ',');
        put_slot(out, &slots->list[i]);
    }
    buf_lit(out, "],");
}

static void put_problem(struct asking *q) {
    buf_lit(q->out, "\"problem\":");
    if (q->problem.count) buf_json(q->out, str_of(q->problem.first.text));
    else buf_lit(q->out, "null");
    buf_char(q->out, '}');
}

static err empty_of(struct asking *q, struct slots *out) {
    struct slots all = {.memory = q->memory};
    err e = schedule_slots(&q->schedule, q->from, q->to, &all, q->why);
    for (size_t i = 0; i < all.count && e == ERR_OK; i++)
        if (!all.list[i].people.count) e = slots_add(out, &all.list[i], q->why);
    return e;
}

static err answer_final(struct asking *q) {
    struct slots final = {.memory = q->memory}, gaps = final, empty = final;
    err e = schedule_final(&q->schedule, q->from, q->to, &final, q->why);
    if (e == ERR_OK) e = schedule_gaps(&final, q->from, q->to, &gaps, q->why);
    if (e == ERR_OK) e = empty_of(q, &empty);
    if (e != ERR_OK) return e;
    buf_char(q->out, '{');
    put_slots(q->out, "final", &final);
    put_slots(q->out, "gaps", &gaps);
    put_slots(q->out, "empty", &empty);
    return ERR_OK;
}

static err answer_slots(struct asking *q) {
    struct slots all = {.memory = q->memory};
    err e = schedule_slots(&q->schedule, q->from, q->to, &all, q->why);
    if (e != ERR_OK) return e;
    buf_char(q->out, '{');
    put_slots(q->out, "slots", &all);
    return ERR_OK;
}

static err answer_on_call(struct asking *q) {
    struct people now = {0}, next = {0};
    int64_t next_at = 0;
    err e = schedule_on_call(&q->schedule, q->from, q->memory, &now, q->why);
    if (e == ERR_OK && q->to > q->from + 1)
        e = schedule_next(&q->schedule, q->from, q->to, q->memory, &next_at, &next, q->why);
    if (e != ERR_OK) return e;
    buf_char(q->out, '{');
    put_people(q->out, "users", now);
    buf_lit(q->out, ",\"next_at\":");
    if (next_at) buf_int(q->out, next_at);
    else buf_lit(q->out, "null");
    buf_char(q->out, ',');
    put_people(q->out, "next", next);
    buf_char(q->out, ',');
    return ERR_OK;
}

static err answer_calendar(struct asking *q) {
    struct ical_events events;
    err e = ical_read(json_text(q->question, "text"), q->from, q->to, q->zones, q->memory, &events, q->why);
    if (e != ERR_OK) return e;
    buf_lit(q->out, "{\"events\":");
    ical_events_write(q->out, &events);
    buf_printf(q->out, ",\"count\":%zu,\"skipped\":%zu,", events.count, events.skipped);
    return ERR_OK;
}

static const struct {
    const char *name, *from, *to;
    err (*answer)(struct asking *q);
    bool needs_no_schedule;
} kinds[] = {
    {"final", "from", "to", answer_final, false},
    {"slots", "from", "to", answer_slots, false},
    {"on_call", "at", "until", answer_on_call, false},
    {"calendar", "from", "to", answer_calendar, true},
};

#define WINDOW_MAX ((int64_t)732 * CIVIL_DAY * CIVIL_SECOND)

static err check_window(struct asking *q) {
    int64_t least = -62135596800 * CIVIL_SECOND, most = 253402300800 * CIVIL_SECOND; // the years 1 to 9999
    if (q->from < least || q->to > most || q->to < q->from)
        return why_set(q->why, ERR_INVALID, "This is no time that has a beginning and, later, an end.");
    if (q->to - q->from > WINDOW_MAX) return why_set(q->why, ERR_LIMIT, "The time may have 732 days at most.");
    return ERR_OK;
}

static err answer(struct asking *q) {
    str what = json_text(q->question, "what");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!str_is(what, str_of(kinds[i].name))) continue;
        q->from = int_in(q->question, kinds[i].from, INT64_MIN);
        q->to = int_in(q->question, kinds[i].to, q->from);
        err e = check_window(q);
        if (e == ERR_OK && !kinds[i].needs_no_schedule) e = load(q);
        if (e == ERR_OK) e = kinds[i].answer(q);
        if (e == ERR_OK) put_problem(q);
        return e;
    }
    return why_set(q->why, ERR_INVALID, "what: '%.*s' is not one", STR_FMT(what));
}

err schedule_answer(store *s, zones *z, str question, buf *out, struct why *why) {
    struct json *root;
    struct asking q = {.store = s, .zones = z, .memory = arena_new(), .out = out, .why = why};
    err e = json_parse(q.memory, question, &root, why);
    q.question = root;
    if (e == ERR_OK) e = answer(&q);
    arena_free(q.memory);
    return e;
}
