// Texts to numbers, one shift and one calendar at a time.
#include "engine/schedule_copies.h"
#include "text/json.h"
#include <stdio.h>

struct loading {
    const struct schedule_rows *rows;
    int64_t from, to;
    zones *zones;
    arena *memory;
    struct schedule_problem *problem;
};

static void note(struct loading *l, const char *what, const char *sentence) {
    if (!l->problem->count++) why_set(&l->problem->first, ERR_INVALID, "%s: %s", what, sentence);
}

static void note_shift(struct loading *l, const struct shift_row *row, const char *sentence) {
    char what[64];
    snprintf(what, sizeof what, "shift %lld", (long long)row->id);
    note(l, what, sentence);
}

// --- people ---

static const struct user_row *user_by_id(const struct schedule_rows *rows, int64_t id) {
    size_t low = 0, high = rows->user_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (rows->users[middle].id < id) low = middle + 1;
        else high = middle;
    }
    return low < rows->user_count && rows->users[low].id == id ? &rows->users[low] : NULL;
}

static struct people people_of(struct loading *l, const struct json *list) {
    if (!list || list->type != JSON_ARRAY) return (struct people){0};
    int64_t *ids = arena_alloc(l->memory, (list->count + 1) * sizeof *ids);
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].type == JSON_INT && user_by_id(l->rows, list->items[i].integer))
            ids[count++] = list->items[i].integer;
    return (struct people){ids, count};
}

// --- shifts ---

static int64_t clamp(int64_t n, int64_t least, int64_t most) { return n < least ? least : n > most ? most : n; }

static int word_in(str word, const char *const *words, int count) {
    for (int i = 0; i < count; i++)
        if (str_is_nocase(word, str_of(words[i]))) return i;
    return -1;
}

static const char *const weekdays[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
static const char *const types[] = {"single_event", "recurrent_event", "rolling_users", "override"};
static const char *const frequencies[] = {"", "hourly", "daily", "weekly", "monthly"};

static const struct json *list_of(struct loading *l, str text) {
    struct json *root = NULL;
    if (text.len < 3 || json_parse(l->memory, text, &root, NULL) != ERR_OK || root->type != JSON_ARRAY) return NULL;
    return root;
}

static void read_days(struct loading *l, const struct shift_row *row, struct shift *out) {
    const struct json *days = list_of(l, row->by_day), *months = list_of(l, row->by_month),
                      *dates = list_of(l, row->by_monthday);
    for (size_t i = 0; days && i < days->count; i++) {
        int day = days->items[i].type == JSON_STRING ? word_in(days->items[i].text, weekdays, 7) : -1;
        if (day >= 0) out->by_day |= 1u << day;
    }
    for (size_t i = 0; months && i < months->count; i++) {
        int64_t n = months->items[i].type == JSON_INT ? months->items[i].integer : 0;
        if (n >= 1 && n <= 12) out->by_month |= 1u << n;
    }
    for (size_t i = 0; dates && i < dates->count; i++) {
        int64_t n = dates->items[i].type == JSON_INT ? dates->items[i].integer : 0;
        if (n >= 1 && n <= 31) out->by_monthday |= (uint64_t)1 << n;
        else if (n <= -1 && n >= -31) out->by_monthday |= (uint64_t)1 << (32 - n);
    }
}

static const zone *zone_of(struct loading *l, const struct shift_row *row) {
    bool is_web = str_is(l->rows->type, STR("web"));
    str name = row->timezone.len ? row->timezone : is_web ? STR("UTC") : l->rows->timezone;
    const zone *found = zones_get(l->zones, name.len ? name : STR("UTC"));
    if (found) return found;
    note_shift(l, row, "its time zone is unknown here: its times are read as UTC");
    return zones_get(l->zones, STR("UTC"));
}

static void read_groups(struct loading *l, const struct shift_row *row, struct shift *out) {
    bool takes_turns = out->type == SHIFT_ROLLING || out->type == SHIFT_OVERRIDE;
    const struct json *list = takes_turns ? list_of(l, row->rolling_users) : NULL;
    if (list && list->count) {
        out->group_count = list->count;
        out->groups = arena_alloc(l->memory, list->count * sizeof *out->groups);
        for (size_t i = 0; i < list->count; i++) out->groups[i] = people_of(l, &list->items[i]);
        if (row->start_index > 0) out->first_group = (size_t)row->start_index % list->count;
        return;
    }
    out->group_count = 1;
    out->groups = arena_alloc(l->memory, sizeof *out->groups);
    out->groups[0] = people_of(l, list_of(l, row->users));
}

static bool read_times(struct loading *l, const struct shift_row *row, struct shift *out) {
    if (!civil_parse(row->start_time, &out->start)) {
        note_shift(l, row, "its start is no time: it is left out");
        return false;
    }
    if (!civil_parse(row->rotation_start, &out->rotation_start)) out->rotation_start = out->start;
    if (!row->until_time.len || !civil_parse(row->until_time, &out->until)) out->until = SHIFT_FOR_EVER;
    out->duration = clamp(row->duration_ms / 1000, 0, SHIFT_SECONDS_MAX);
    return true;
}

static bool read_shift(struct loading *l, const struct shift_row *row, struct shift *out) {
    int type = word_in(row->type, types, 4), frequency = word_in(row->frequency, frequencies, 5);
    int week_start = word_in(row->week_start, weekdays, 7);
    *out = (struct shift){.id = row->id,
                          .type = type < 0 ? SHIFT_SINGLE : (enum shift_type)type,
                          .level = (int32_t)clamp(row->level, 0, SHIFT_LEVEL_MAX),
                          .is_web = str_is(row->source, STR("web")),
                          .frequency = frequency < 0 ? FREQUENCY_NONE : (enum shift_frequency)frequency,
                          .interval = clamp(row->interval, 1, SHIFT_INTERVAL_MAX),
                          .week_start = week_start < 0 ? 0 : week_start};
    if (!read_times(l, row, out)) return false;
    out->zone = zone_of(l, row);
    read_days(l, row, out);
    read_groups(l, row, out);
    shift_prepare(out);
    return true;
}

// A calendar schedule takes its overrides from the web or from a calendar, never from both.
static bool is_left_out(const struct schedule_rows *rows, const struct shift_row *row) {
    return str_is(rows->type, STR("calendar")) && !row->is_linked && !rows->enable_web_overrides;
}

static void load_shifts(struct loading *l, struct schedule *out) {
    struct shift *shifts = arena_alloc(l->memory, (l->rows->shift_count + 1) * sizeof *shifts);
    out->shifts = shifts;
    for (size_t i = 0; i < l->rows->shift_count; i++)
        if (!is_left_out(l->rows, &l->rows->shifts[i]) && read_shift(l, &l->rows->shifts[i], &shifts[out->shift_count]))
            out->shift_count++;
}

static void load_swaps(struct loading *l, struct schedule *out) {
    struct swap *swaps = arena_alloc(l->memory, (l->rows->swap_count + 1) * sizeof *swaps);
    out->swaps = swaps;
    for (size_t i = 0; i < l->rows->swap_count; i++) {
        const struct swap_row *row = &l->rows->swaps[i];
        if (user_by_id(l->rows, row->benefactor_id)) // who is gone can take nothing over
            swaps[out->swap_count++] = (struct swap){row->from_at, row->to_at, row->beneficiary_id, row->benefactor_id};
    }
}

void schedule_load(const struct schedule_rows *rows, int64_t from, int64_t to, zones *z, arena *a, struct schedule *out,
                   struct schedule_problem *problem) {
    struct loading l = {.rows = rows, .from = from, .to = to, .zones = z, .memory = a, .problem = problem};
    *problem = (struct schedule_problem){0};
    *out = (struct schedule){.id = rows->id, .name = rows->name};
    load_shifts(&l, out);
    schedule_copies_load(rows, from, to, z, a, out, problem);
    load_swaps(&l, out);
}
