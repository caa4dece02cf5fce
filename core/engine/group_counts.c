#include "engine/group_counts.h"
#include "base/err.h"
#include "base/mem.h"
#include "engine/labels.h"
#include <pthread.h>

#define REST    UINT32_MAX // instead of a value's index: one of those that are not told apart
#define SPAN_US 43200000000
#define SPANS   15 // seven days, and the one that has begun

const int64_t group_counts_bounds_s[] = {60, 300, 600, 3600};

struct cell {
    int64_t integration_id;
    uint32_t value; // its index, or REST
    int64_t groups[GROUP_COUNTS_STATES];
    struct answers { // to groups that began in one span; it lies at its number modulo SPANS
        int64_t span;
        uint32_t counts[GROUP_COUNTS_BUCKETS];
        int64_t ms;
    } answers[SPANS];
};

struct step { // one that is not on disk yet
    size_t cell;
    uint8_t state;
    int8_t by; // 1 or -1
    int64_t started_at, response_ms;
};

struct group_counts {
    char *key;
    bool is_plain_key; // stands in JSON as it is
    struct step *steps;
    size_t step_count, step_room, kept;
    int64_t come_to, kept_to, committed_to;
    pthread_mutex_t mutex; // of what is below
    bool is_complete;
    size_t value_count, cell_count, cell_room, slot_count;
    str values[GROUP_COUNTS_VALUES];
    struct cell *cells; // GROUP_COUNTS_CELLS at most, and one more for each integration with a rest
    size_t *slots;      // open addressing: index of a cell and one, 0 free; a power of two
};

static bool is_plain(str key) {
    for (size_t i = 0; i < key.len; i++)
        if (key.ptr[i] < ' ' || key.ptr[i] > '~' || key.ptr[i] == '"' || key.ptr[i] == '\\') return false;
    return true;
}

group_counts *group_counts_new(const char *key) {
    group_counts *c = NEW(group_counts);
    c->key = mem_copy(key, strlen(key));
    c->is_plain_key = is_plain(str_of(key));
    c->slot_count = 64;
    c->slots = mem_zero(c->slot_count * sizeof *c->slots);
    pthread_mutex_init(&c->mutex, NULL);
    return c;
}

void group_counts_free(group_counts *c) {
    if (!c) return;
    for (size_t i = 0; i < c->value_count; i++) mem_free((char *)(uintptr_t)c->values[i].ptr);
    mem_free(c->cells);
    mem_free(c->slots);
    mem_free(c->steps);
    mem_free(c->key);
    pthread_mutex_destroy(&c->mutex);
    mem_free(c);
}

str group_counts_key(const group_counts *c) { return str_of(c->key); }
bool group_counts_needs_labels(const group_counts *c) { return *c->key != '\0'; }

// Where a value belongs.

static uint32_t value_of_text(group_counts *c, str text) {
    for (uint32_t i = 0; i < c->value_count; i++)
        if (str_is(c->values[i], text)) return i;
    if (c->value_count == GROUP_COUNTS_VALUES) return REST;
    c->values[c->value_count] = (str){mem_copy(text.len ? text.ptr : "", text.len), text.len};
    return (uint32_t)c->value_count++;
}

// Most labels do not even hold the key: those are not parsed.
static uint32_t value_of(group_counts *c, str labels) {
    str key = str_of(c->key), text = STR("");
    bool may_hold = key.len && labels.len && (!c->is_plain_key || memmem(labels.ptr, labels.len, key.ptr, key.len));
    if (!may_hold) return value_of_text(c, text);
    arena *a = arena_new();
    labels_get(a, labels, key, &text);
    uint32_t value = value_of_text(c, text);
    arena_free(a);
    return value;
}

static size_t *slot_of(group_counts *c, int64_t integration_id, uint32_t value) {
    uint64_t hash = ((uint64_t)integration_id * 0x9E3779B97F4A7C15u) ^ ((uint64_t)value * 0xC2B2AE3D27D4EB4Fu);
    size_t at = (size_t)(hash ^ (hash >> 29)) & (c->slot_count - 1);
    for (; c->slots[at]; at = (at + 1) & (c->slot_count - 1)) {
        const struct cell *cell = &c->cells[c->slots[at] - 1];
        if (cell->integration_id == integration_id && cell->value == value) break;
    }
    return &c->slots[at];
}

static void grow_slots(group_counts *c) {
    mem_free(c->slots);
    c->slot_count *= 2;
    c->slots = mem_zero(c->slot_count * sizeof *c->slots);
    for (size_t i = 0; i < c->cell_count; i++) *slot_of(c, c->cells[i].integration_id, c->cells[i].value) = i + 1;
}

static size_t add_cell(group_counts *c, int64_t integration_id, uint32_t value) {
    if (c->cell_count == c->cell_room)
        c->cells = mem_grow(c->cells, (c->cell_room = c->cell_room ? 2 * c->cell_room : 64) * sizeof *c->cells);
    c->cells[c->cell_count] = (struct cell){.integration_id = integration_id, .value = value};
    *slot_of(c, integration_id, value) = ++c->cell_count;
    if (2 * c->cell_count > c->slot_count) grow_slots(c);
    return c->cell_count - 1;
}

static size_t cell_of(group_counts *c, int64_t integration_id, uint32_t value) {
    size_t at = *slot_of(c, integration_id, value);
    if (at) return at - 1;
    if (value == REST || c->cell_count < GROUP_COUNTS_CELLS) return add_cell(c, integration_id, value);
    return cell_of(c, integration_id, REST);
}

// What was told.

static void add_step(group_counts *c, const struct counted_group *g, int by) {
    if (c->step_count == c->step_room)
        c->steps = mem_grow(c->steps, (c->step_room = c->step_room ? 2 * c->step_room : 64) * sizeof *c->steps);
    CHECK(g->state < GROUP_COUNTS_STATES);
    size_t cell = cell_of(c, g->integration_id, value_of(c, g->labels));
    c->steps[c->step_count++] = (struct step){cell, (uint8_t)g->state, (int8_t)by, g->started_at, g->response_ms};
}

void group_counts_move(group_counts *c, const struct counted_group *was, const struct counted_group *is) {
    if ((was ? was : is)->id > c->come_to) return;
    pthread_mutex_lock(&c->mutex);
    if (was) add_step(c, was, -1);
    if (is) add_step(c, is, 1);
    pthread_mutex_unlock(&c->mutex);
}

int64_t group_counts_come_to(const group_counts *c) { return c->come_to; }
void group_counts_come(group_counts *c, int64_t id) { c->come_to = id; }

void group_counts_keep(group_counts *c) {
    c->kept = c->step_count;
    c->kept_to = c->come_to;
}

void group_counts_undo(group_counts *c) {
    c->step_count = c->kept;
    c->come_to = c->kept_to;
}

static bool is_recent(int64_t span, int64_t now) { return span <= now / SPAN_US && span > now / SPAN_US - SPANS; }

// What began before the seven days is left out, and so is what is taken back after its span has gone.
static void add_answer(struct cell *cell, const struct step *step, int64_t now) {
    int64_t span = step->started_at / SPAN_US;
    if (step->response_ms < 0 || step->started_at < 0 || !is_recent(span, now)) return;
    struct answers *answers = &cell->answers[span % SPANS];
    if (answers->span != span) *answers = (struct answers){.span = span};
    size_t i = 0;
    while (i < GROUP_COUNTS_BUCKETS - 1 && step->response_ms > group_counts_bounds_s[i] * 1000) i++;
    if (step->by < 0 && !answers->counts[i]) return;
    answers->counts[i] = step->by < 0 ? answers->counts[i] - 1 : answers->counts[i] + 1;
    answers->ms += step->by * step->response_ms;
}

void group_counts_commit(group_counts *c, int64_t now) {
    group_counts_keep(c);
    c->committed_to = c->come_to;
    if (!c->step_count && c->is_complete) return;
    pthread_mutex_lock(&c->mutex);
    for (size_t i = 0; i < c->step_count; i++) {
        const struct step *step = &c->steps[i];
        struct cell *cell = &c->cells[step->cell];
        cell->groups[step->state] += step->by;
        add_answer(cell, step, now);
    }
    c->is_complete = c->come_to == INT64_MAX;
    pthread_mutex_unlock(&c->mutex);
    c->step_count = c->kept = 0;
}

void group_counts_roll_back(group_counts *c) {
    c->step_count = c->kept = 0;
    c->come_to = c->kept_to = c->committed_to;
}

static struct group_count read_cell(const group_counts *c, const struct cell *cell, int64_t now) {
    bool is_rest = cell->value == REST;
    struct group_count out = {cell->integration_id, is_rest ? STR("") : c->values[cell->value], .is_rest = is_rest};
    memcpy(out.groups, cell->groups, sizeof out.groups);
    for (size_t s = 0; s < SPANS; s++) {
        const struct answers *answers = &cell->answers[s];
        if (!is_recent(answers->span, now)) continue;
        for (size_t i = 0; i < GROUP_COUNTS_BUCKETS; i++) out.answers[i] += answers->counts[i];
        out.answer_ms += (uint64_t)answers->ms;
    }
    return out;
}

bool group_counts_list(group_counts *c, int64_t now, void (*each)(void *ctx, const struct group_count *cell),
                       void *ctx) {
    pthread_mutex_lock(&c->mutex); // a copy: the commit thread does not wait while text is made of it
    bool is_complete = c->is_complete;
    size_t count = is_complete ? c->cell_count : 0;
    struct group_count *cells = mem_alloc((count + 1) * sizeof *cells);
    for (size_t i = 0; i < count; i++) cells[i] = read_cell(c, &c->cells[i], now);
    pthread_mutex_unlock(&c->mutex);
    for (size_t i = 0; i < count; i++) each(ctx, &cells[i]);
    mem_free(cells);
    return is_complete;
}
