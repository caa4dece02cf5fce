// The same event delivered twice, by a sender that did not hear our answer: it pages once.
//
// What would open a group is looked up among the events that opened one in the last five minutes: by the key that the
// sender gives an event (intake.c has the headers), or for alerts that are groups of their own by their bytes. An alert with a
// grouping id and without such a key needs nothing of this: while its group is open it joins, and what is told of again after
// somebody resolved it is news. Held in a table of fixed size in which newer events take older ones' places: in a storm a
// retry may be missed, and pages are bundled then.
#include "base/mem.h"
#include "engine/engine_parts.h"

#define WINDOW_US (300 * INT64_C(1000000))
#define SLOTS     32768 // a power of two

struct delivered {
    bool is_loaded;
    struct event {
        int64_t integration_id, hash, group_id, at;
    } slots[SLOTS];
};

static struct event *slot_of(engine *e, int64_t integration_id, int64_t hash) {
    if (!e->delivered) e->delivered = NEW(struct delivered);
    uint64_t mixed = ((uint64_t)hash + (uint64_t)integration_id) * 0x9E3779B97F4A7C15U;
    return &e->delivered->slots[mixed >> 49];
}

static void note(engine *e, int64_t integration_id, int64_t hash, int64_t group_id, int64_t at) {
    *slot_of(e, integration_id, hash) = (struct event){integration_id, hash, group_id, at};
}

// Those of an earlier life, and what a rollback made void, by the bytes of groups that have no grouping id.
static err load(engine *e, int64_t now) {
    arena *a = arena_new();
    struct store_rows rows;
    struct store_value args[] = {SV_INT(SLOTS), SV_INT(now - WINDOW_US)};
    err x = store_run(e->options.writer, a,
                      "SELECT id, integration_id, last_payload_hash, started_at FROM alert_group WHERE grouping_hash "
                      "IS NULL AND is_demo = 0 "
                      "AND id > COALESCE((SELECT max(id) FROM alert_group), 0) - $1 AND started_at > $2",
                      args, 2, 0, &rows, NULL);
    for (size_t i = 0; x == ERR_OK && i < rows.count; i++) {
        const struct store_value *v = &rows.values[i * rows.columns];
        note(e, v[1].integer, v[2].integer, v[0].integer, v[3].integer);
    }
    arena_free(a);
    return x;
}

static bool has_key(const struct signal *s) { return !s->is_ours && (s->event_key.len || !s->has_grouping_id); }

err engine_find_event(engine *e, const struct signal *s, int64_t event_hash, int64_t payload_hash, int64_t now,
                      struct group *out) {
    if (s->is_resolve || s->is_demo || !has_key(s)) return ERR_NOT_FOUND;
    const struct event *known = slot_of(e, s->integration_id, event_hash);
    if (!e->delivered->is_loaded) {
        err x = load(e, now);
        if (x != ERR_OK) return x;
        e->delivered->is_loaded = true;
    }
    bool is_same = known->group_id && known->integration_id == s->integration_id && known->hash == event_hash;
    if (!is_same || now - known->at >= WINDOW_US || now < known->at) return ERR_NOT_FOUND;
    err x = group_rows_get(e->rows, known->group_id, out);
    // By its bytes it is the same only while nothing else was heard of the group.
    bool is_void = x == ERR_OK && (out->wiped_at || (!s->event_key.len && out->last_payload_hash != payload_hash));
    return is_void ? ERR_NOT_FOUND : x;
}

void engine_note_event(engine *e, const struct signal *s, int64_t event_hash, int64_t group_id, int64_t now) {
    if (!s->is_resolve && !s->is_demo && has_key(s)) note(e, s->integration_id, event_hash, group_id, now);
}

void engine_forget_events(engine *e) {
    mem_free(e->delivered);
    e->delivered = NULL;
}
