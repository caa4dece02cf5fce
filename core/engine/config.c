#include "engine/config.h"
#include "base/buf.h"
#include "base/mailbox.h"
#include "base/mem.h"
#include "text/json.h"
#include <pthread.h>
#include <sodium.h>

// One integration and one snapshot are counted by atomics; a snapshot holds one reference to each of its integrations.
struct held_integration {
    struct config_integration view;
    uint64_t refs;
    arena *arena;
};

struct config {
    uint64_t refs, version;
    size_t count, slots;
    struct config_integration **list; // by id
    struct token_slot {
        const struct config_integration *integration;
        const struct config_key *key; // NULL: its own token
    } * by_hash;                      // open addressing, `slots` a power of two
    unsigned char hash_key[16];
};

struct config_source {
    pthread_mutex_t mutex; // guards `current` while a reader takes its reference
    config *current;
    uint64_t version;      // of current; read without the mutex
    struct counter_entry { // counters outlive the versions of their integration
        int64_t id;
        struct config_counters *counters;
    } * counters;
    size_t counter_count;
    unsigned char hash_key[16];
};

static uint64_t token_hash(const unsigned char key[16], str token) {
    unsigned char out[crypto_shorthash_BYTES];
    crypto_shorthash(out, (const unsigned char *)token.ptr, token.len, key);
    uint64_t hash;
    memcpy(&hash, out, sizeof hash);
    return hash;
}

static struct held_integration *holder(const struct config_integration *i) {
    return CONTAINER(i, struct held_integration, view);
}

static void integration_release(struct config_integration *i) {
    struct held_integration *h = holder(i);
    if (__atomic_sub_fetch(&h->refs, 1, __ATOMIC_ACQ_REL) == 0) arena_free(h->arena);
}

config_source *config_source_new(void) {
    config_source *cs = NEW(config_source);
    pthread_mutex_init(&cs->mutex, NULL);
    randombytes_buf(cs->hash_key, sizeof cs->hash_key);
    return cs;
}

void config_source_free(config_source *cs) {
    if (!cs) return;
    if (cs->current) config_release(cs->current);
    for (size_t i = 0; i < cs->counter_count; i++) mem_free(cs->counters[i].counters);
    mem_free(cs->counters);
    pthread_mutex_destroy(&cs->mutex);
    mem_free(cs);
}

void config_release(const config *shared) {
    if (!shared) return;
    config *c = (config *)(uintptr_t)shared; // the count is the one part that changes
    if (__atomic_sub_fetch(&c->refs, 1, __ATOMIC_ACQ_REL) != 0) return;
    for (size_t i = 0; i < c->count; i++) integration_release(c->list[i]);
    mem_free(c->list);
    mem_free(c->by_hash);
    mem_free(c);
}

const config *config_current(config_source *cs, const config *held) {
    if (held && held->version == __atomic_load_n(&cs->version, __ATOMIC_ACQUIRE)) return held;
    pthread_mutex_lock(&cs->mutex);
    config *c = cs->current;
    __atomic_add_fetch(&c->refs, 1, __ATOMIC_RELAXED);
    pthread_mutex_unlock(&cs->mutex);
    config_release(held);
    return c;
}

uint64_t config_version(const config *c) { return c->version; }
size_t config_count(const config *c) { return c->count; }
const struct config_integration *config_at(const config *c, size_t i) { return c->list[i]; }

// Found by a keyed hash, so the time says nothing about which characters are right; then compared in full.
static struct token_slot find_token(const config *c, str token) {
    struct token_slot found = {0};
    size_t i = token_hash(c->hash_key, token) & (c->slots - 1);
    for (; c->by_hash[i].integration; i = (i + 1) & (c->slots - 1)) {
        const struct token_slot *slot = &c->by_hash[i];
        str t = slot->key ? slot->key->token : slot->integration->token;
        if (t.len == token.len && sodium_memcmp(t.ptr, token.ptr, t.len) == 0) found = *slot;
    }
    return found;
}

const struct config_integration *config_by_token(const config *c, str token) {
    struct token_slot found = find_token(c, token);
    return found.key ? NULL : found.integration;
}

const struct config_integration *config_by_key(const config *c, str token, str *type) {
    struct token_slot found = find_token(c, token);
    *type = found.key ? found.key->type : STR("generic");
    return found.integration;
}

const struct config_integration *config_by_id(const config *c, int64_t id) {
    size_t low = 0, high = c->count;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (c->list[mid]->id == id) return c->list[mid];
        if (c->list[mid]->id < id) low = mid + 1;
        else high = mid;
    }
    return NULL;
}

static struct config_counters *counters_of(config_source *cs, int64_t id) {
    // Sorted by id: new integrations have the largest ids, so only a known one is searched for.
    size_t low = 0, high = cs->counter_count;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (cs->counters[mid].id == id) return cs->counters[mid].counters;
        if (cs->counters[mid].id < id) low = mid + 1;
        else high = mid;
    }
    CHECK(low == cs->counter_count);
    cs->counters = mem_grow(cs->counters, (cs->counter_count + 1) * sizeof *cs->counters);
    struct config_counters *counters = NEW(struct config_counters);
    cs->counters[cs->counter_count++] = (struct counter_entry){id, counters};
    return counters;
}

static void put_json_field(buf *b, const char *name, const struct store_value *v) {
    buf_printf(b, ",\"%s\":", name);
    if (v->type == STORE_TEXT) buf_json(b, v->text);
    else if (v->type == STORE_INT) buf_int(b, v->integer);
    else buf_lit(b, "null");
}

static void put_json_raw(buf *b, const char *name, const struct store_value *v) {
    buf_printf(b, ",\"%s\":", name);
    if (v->type == STORE_TEXT) buf_str(b, v->text);
    else buf_lit(b, "null");
}

static str room_in(const struct json *block) {
    for (uint32_t i = 0; i < block->count; i++)
        if (block->members[i].value.type == JSON_STRING) return block->members[i].value.text;
    return (str){NULL, 0};
}

static bool is_true(const struct json *block, const char *key) {
    const struct json *v = json_get(block, str_of(key));
    return v && v->type == JSON_TRUE;
}

// {"slack": {"channel_id": "C024", "enabled": true}, …}, as lua/api/route_channels.lua writes it.
size_t config_read_rooms(arena *a, str text, const struct config_room **out) {
    struct json *v;
    size_t count = 0;
    *out = NULL;
    if (json_parse(a, text, &v, NULL) != ERR_OK || v->type != JSON_OBJECT || !v->count) return 0;
    struct config_room *rooms = arena_alloc(a, v->count * sizeof *rooms);
    for (uint32_t i = 0; i < v->count; i++) {
        const struct json *block = &v->members[i].value;
        if (block->type != JSON_OBJECT || !is_true(block, "enabled")) continue;
        str room = room_in(block);
        if (room.len || is_true(block, "whole")) rooms[count++] = (struct config_room){v->members[i].key, room};
    }
    *out = rooms;
    return count;
}

// The routes in order, the default one last, as JSON members of the integration and as the list C needs.
static err load_routes(store *s, struct held_integration *h, buf *json) {
    struct store_rows rows;
    err e = store_run(s, h->arena,
                      "SELECT id, is_default, routing_type, routing_regex, routing_labels, escalation_chain_id, "
                      "channels FROM route WHERE "
                      "integration_id = $1 ORDER BY is_default, position, id",
                      &SV_INT(h->view.id), 1, 0, &rows, NULL);
    if (e != ERR_OK) return e;
    h->view.route_count = rows.count;
    h->view.routes = arena_alloc(h->arena, (rows.count + 1) * sizeof *h->view.routes);
    buf_lit(json, ",\"routes\":[");
    for (size_t i = 0; i < rows.count; i++) {
        const struct store_value *v = &rows.values[i * rows.columns];
        h->view.routes[i] = (struct config_route){
            .id = v[0].integer, .escalation_chain_id = store_int_of(&v[5]), .is_default = v[1].integer != 0};
        h->view.routes[i].room_count = config_read_rooms(h->arena, v[6].text, &h->view.routes[i].rooms);
        buf_printf(json, "%s{\"id\":%lld,\"is_default\":%s", i ? "," : "", (long long)v[0].integer,
                   v[1].integer ? "true" : "false");
        put_json_field(json, "type", &v[2]);
        put_json_field(json, "term", &v[3]);
        put_json_raw(json, "labels", &v[4]);
        buf_char(json, '}');
    }
    buf_lit(json, "]}");
    return ERR_OK;
}

#define INTEGRATION_COLUMNS                                                                                         \
    "id, version, type, token, name, rate_limit, allow_resolve, templates_default, templates, labels, "             \
    "dynamic_labels, labels_template, auto_resolve_ms, static_labels, (SELECT name FROM team WHERE id = team_id), " \
    "signing_secret, verify"

// `v` is a row of INTEGRATION_COLUMNS.
static void read_integration(config_source *cs, arena *a, const struct store_value *v, struct config_integration *out) {
    *out = (struct config_integration){.id = v[0].integer,
                                       .version = v[1].integer,
                                       .type = v[2].text,
                                       .token = v[3].text,
                                       .name = v[4].text,
                                       .team = v[14].type == STORE_TEXT ? v[14].text : STR(""),
                                       .rate_limit = v[5].integer,
                                       .allow_resolve = v[6].integer != 0,
                                       .quiet_ms = store_int_of(&v[12]),
                                       .signing_secret = v[15].type == STORE_TEXT ? v[15].text : STR(""),
                                       .counters = counters_of(cs, v[0].integer)};
    // A rule that nobody can read lets nobody in where there is a secret.
    if (!verify_read(a, v[16].type == STORE_TEXT ? v[16].text : STR(""), &out->verify))
        out->verify = (struct verify_rule){.kind = VERIFY_PLAIN, .header = STR("authorization")};
}

#define SILENCES_MAX 200 // that one integration's alerts are held against

// Of the silences by matchers those that end last.
static err load_silences(store *s, struct held_integration *h, buf *json) {
    struct store_rows rows;
    struct store_value args[] = {SV_INT(h->view.id), SV_INT(SILENCES_MAX)};
    err e = store_run(s, h->arena,
                      "SELECT matchers, starts_at, ends_at FROM alert_silence WHERE integration_id = $1 "
                      "ORDER BY ends_at DESC LIMIT $2",
                      args, 2, 0, &rows, NULL);
    if (e != ERR_OK || !rows.count) return e;
    buf_lit(json, ",\"silences\":[");
    for (size_t i = 0; i < rows.count; i++) {
        const struct store_value *v = &rows.values[i * rows.columns];
        buf_printf(json, "%s{\"starts_at\":%lld,\"ends_at\":%lld", i ? "," : "", (long long)v[1].integer,
                   (long long)v[2].integer);
        put_json_raw(json, "matchers", &v[0]);
        buf_char(json, '}');
    }
    buf_char(json, ']');
    return ERR_OK;
}

static err make_json(store *s, struct held_integration *h, const struct store_value *v) {
    buf json = {0};
    buf_printf(&json, "{\"id\":%lld", (long long)v[0].integer);
    put_json_field(&json, "type", &v[2]);
    put_json_field(&json, "name", &v[4]);
    put_json_raw(&json, "templates_default", &v[7]);
    put_json_raw(&json, "templates_custom", &v[8]);
    put_json_raw(&json, "labels", &v[9]);
    put_json_raw(&json, "dynamic_labels", &v[10]);
    put_json_field(&json, "multi_label_template", &v[11]);
    put_json_raw(&json, "static_labels", &v[13]);
    err e = load_silences(s, h, &json);
    if (e == ERR_OK) e = load_routes(s, h, &json);
    if (e == ERR_OK) h->view.json = arena_str(h->arena, buf_view(&json));
    buf_free(&json);
    return e;
}

// `state` in memory is that of the row from here on; what changed makes the silence count anew.
static void load_cell(struct heartbeat_cell *cell, int64_t interval_ms, bool is_enabled, enum heartbeat_state state) {
    bool is_same =
        cell->interval_ms == interval_ms && cell->is_enabled == is_enabled && heartbeat_state_of(cell) == state;
    cell->interval_ms = interval_ms;
    cell->is_enabled = is_enabled;
    if (is_same) return;
    if (state == HEARTBEAT_INACTIVE) __atomic_store_n(&cell->beat_at, 0, __ATOMIC_SEQ_CST);
    __atomic_store_n(&cell->state, (int32_t)state, __ATOMIC_SEQ_CST);
    __atomic_add_fetch(&cell->epoch, 1, __ATOMIC_SEQ_CST);
}

static err load_heartbeat(store *s, struct held_integration *h) {
    struct store_rows rows;
    err e =
        store_run(s, h->arena, "SELECT interval_ms, is_enabled, state, text FROM heartbeat WHERE integration_id = $1",
                  &SV_INT(h->view.id), 1, 1, &rows, NULL);
    if (e != ERR_OK || !rows.count) return e;
    const struct store_value *v = rows.values;
    h->view.heartbeat.interval_us = v[0].integer * 1000;
    h->view.heartbeat.is_enabled = v[1].integer != 0;
    if (v[3].type == STORE_TEXT) h->view.heartbeat.text = v[3].text;
    load_cell(&h->view.counters->heartbeat, v[0].integer, v[1].integer != 0, heartbeat_state_from(v[2].text));
    return ERR_OK;
}

static err load_keys(store *s, struct held_integration *h) {
    struct store_rows rows;
    err e = store_run(s, h->arena, "SELECT type, token FROM integration_key WHERE integration_id = $1 ORDER BY id",
                      &SV_INT(h->view.id), 1, 0, &rows, NULL);
    if (e != ERR_OK) return e;
    h->view.key_count = rows.count;
    h->view.keys = arena_alloc(h->arena, (rows.count + 1) * sizeof *h->view.keys);
    for (size_t i = 0; i < rows.count; i++)
        h->view.keys[i] = (struct config_key){.type = rows.values[i * 2].text, .token = rows.values[i * 2 + 1].text};
    return ERR_OK;
}

static err load_integration(config_source *cs, store *s, int64_t id, struct config_integration **out) {
    arena *a = arena_new();
    struct held_integration *h = arena_alloc(a, sizeof *h);
    h->arena = a;
    h->refs = 1;
    struct store_rows rows;
    err e = store_run(s, a, "SELECT " INTEGRATION_COLUMNS " FROM integration WHERE id = $1 AND deleted_at IS NULL",
                      &SV_INT(id), 1, 1, &rows, NULL);
    if (e == ERR_OK && !rows.count) e = ERR_NOT_FOUND;
    if (e == ERR_OK) {
        read_integration(cs, a, rows.values, &h->view);
        e = make_json(s, h, rows.values);
    }
    if (e == ERR_OK) e = load_heartbeat(s, h);
    if (e == ERR_OK) e = load_keys(s, h);
    if (e == ERR_OK) *out = &h->view;
    else arena_free(a);
    return e;
}

static void index_token(config *c, const struct config_integration *i, const struct config_key *key) {
    size_t at = token_hash(c->hash_key, key ? key->token : i->token) & (c->slots - 1);
    while (c->by_hash[at].integration) at = (at + 1) & (c->slots - 1);
    c->by_hash[at] = (struct token_slot){i, key};
}

static void index_tokens(config *c) {
    size_t count = c->count;
    for (size_t i = 0; i < c->count; i++) count += c->list[i]->key_count;
    c->slots = 16;
    while (c->slots < count * 2 + 1) c->slots *= 2;
    c->by_hash = mem_zero(c->slots * sizeof *c->by_hash);
    for (size_t i = 0; i < c->count; i++) {
        index_token(c, c->list[i], NULL);
        for (size_t k = 0; k < c->list[i]->key_count; k++) index_token(c, c->list[i], &c->list[i]->keys[k]);
    }
}

static void publish(config_source *cs, config *next) {
    pthread_mutex_lock(&cs->mutex);
    config *old = cs->current;
    cs->current = next;
    __atomic_store_n(&cs->version, next->version, __ATOMIC_RELEASE);
    pthread_mutex_unlock(&cs->mutex);
    if (old) config_release(old);
}

static config *config_new(const config_source *cs, size_t room) {
    config *c = NEW(config);
    c->refs = 1;
    c->version = cs->version + 1;
    memcpy(c->hash_key, cs->hash_key, sizeof c->hash_key);
    c->list = mem_zero((room + 1) * sizeof(struct config_integration *));
    return c;
}

// Takes an integration over from the current snapshot, or loads it when it is new or was changed.
static err add_integration(config_source *cs, store *s, int64_t id, int64_t version, config *next, bool *is_same) {
    const struct config_integration *known = cs->current ? config_by_id(cs->current, id) : NULL;
    if (known && known->version == version) {
        struct held_integration *h = holder(known);
        __atomic_add_fetch(&h->refs, 1, __ATOMIC_RELAXED);
        next->list[next->count++] = &h->view;
        return ERR_OK;
    }
    *is_same = false;
    err e = load_integration(cs, s, id, &next->list[next->count]);
    if (e == ERR_OK) next->count++;
    return e;
}

err config_refresh(config_source *cs, store *s) {
    arena *a = arena_new();
    struct store_rows rows = {0};
    err e = store_run(s, a, "SELECT id, version FROM integration WHERE deleted_at IS NULL ORDER BY id", NULL, 0, 0,
                      &rows, NULL);
    config *next = config_new(cs, rows.count);
    bool is_same = cs->current && cs->current->count == rows.count;
    for (size_t i = 0; i < rows.count && e == ERR_OK; i++)
        e = add_integration(cs, s, rows.values[i * 2].integer, rows.values[i * 2 + 1].integer, next, &is_same);
    if (e == ERR_OK && !is_same) {
        index_tokens(next);
        publish(cs, next);
    } else {
        config_release(next);
    }
    arena_free(a);
    return e;
}
