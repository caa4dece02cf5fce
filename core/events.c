// The hand-over from the commit thread, the looks, and what is published.
#include "events.h"
#include "base/thread.h"
#include "events_parts.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define LOOK_US    INT64_C(200000)   // between two looks
#define RESET_US   INT64_C(2000000)  // between two resets
#define EXPECT_US  INT64_C(30000000) // who is going to listen does so within
#define CHECK_US   INT64_C(2000000)  // between two questions whether listeners still may, after writes
#define CHECK_MOST INT64_C(60000000) // without any: tokens expire
#define GROUPS_MAX 200               // of one look that are told one by one
#define FUEL       INT64_C(50000000)
#define MEMORY     ((size_t)64 << 20)

events *events_new(const struct events_options *options) {
    events *e = NEW(events);
    e->options = *options;
    pthread_mutex_init(&e->mutex, NULL);
    pthread_cond_init(&e->wake, NULL);
    ring_open(&e->seats);
    for (size_t i = 0; i < EVENTS_LOOPS; i++) ring_open(&e->loops[i]);
    return e;
}

void events_free(events *e) {
    if (!e) return;
    CHECK(e->seats.next == &e->seats);
    for (size_t i = 0; i < EVENTS_RING; i++) batch_drop(e->ring[i]);
    script_free(e->script);
    store_close(e->reader);
    pthread_mutex_destroy(&e->mutex);
    pthread_cond_destroy(&e->wake);
    mem_free(e);
}

int64_t events_listeners(const events *e) { return __atomic_load_n(&e->listeners, __ATOMIC_SEQ_CST); }

// Batches.

struct batch *batch_hold(struct batch *b) {
    __atomic_add_fetch(&b->refs, 1, __ATOMIC_RELAXED);
    return b;
}

void batch_drop(struct batch *b) {
    if (!b || __atomic_sub_fetch(&b->refs, 1, __ATOMIC_ACQ_REL) > 0) return;
    buf_free(&b->text);
    buf_free(&b->id_text);
    mem_free(b->parts);
    mem_free(b);
}

static struct batch *batch_new(int64_t run_id) {
    struct batch *b = NEW(struct batch);
    b->refs = 1;
    b->run_id = run_id;
    return b;
}

static void add_part(struct batch *b, int64_t team_id, str text) {
    if ((b->count & (b->count - 1)) == 0)
        b->parts = mem_grow(b->parts, (b->count ? 2 * b->count : 1) * sizeof *b->parts);
    b->parts[b->count++] = (struct batch_part){.team_id = team_id, .length = text.len};
    buf_str(&b->text, text);
}

size_t ring_since(events *e, int64_t from, struct batch *out[EVENTS_RING], bool *has_gap) {
    size_t n = 0;
    int64_t oldest = e->last_seq > EVENTS_RING ? e->last_seq - EVENTS_RING : 0;
    *has_gap = from < oldest;
    for (int64_t seq = (from > oldest ? from : oldest) + 1; seq <= e->last_seq; seq++) {
        struct batch *b = e->ring[seq % EVENTS_RING];
        if (b && b->seq == seq) out[n++] = batch_hold(b);
        else *has_gap = true;
    }
    return n;
}

static void send_to_loops(events *e, struct batch *b) {
    for (size_t i = 0; i < e->options.loop_count; i++) {
        struct mailbox *box = __atomic_load_n(&e->options.loops[i], __ATOMIC_ACQUIRE);
        if (!box) continue;
        struct delivery *d = NEW(struct delivery);
        *d = (struct delivery){.x.resume = events_deliver, .events = e, .batch = b ? batch_hold(b) : NULL, .loop = i};
        mailbox_push(box, &d->x.mail);
    }
}

// Takes the batch.
static void publish(events *e, struct batch *b) {
    pthread_mutex_lock(&e->mutex);
    b->seq = ++e->last_seq;
    struct batch **place = &e->ring[b->seq % EVENTS_RING], *old = *place;
    *place = batch_hold(b);
    pthread_mutex_unlock(&e->mutex);
    batch_drop(old);
    send_to_loops(e, b);
    batch_drop(b);
}

// What others hand over.

static bool is_wanted(const events *e) { return __atomic_load_n(&e->is_wanted, __ATOMIC_SEQ_CST); }

void events_changed(events *e, const changed_groups *groups) {
    if (!is_wanted(e)) return;
    pthread_mutex_lock(&e->mutex);
    bool was_empty = e->id_count == 0;
    for (size_t i = 0, n = changed_groups_count(groups); i < n && !e->is_overflown; i++)
        if (e->id_count == EVENTS_IDS) e->is_overflown = true;
        else e->ids[e->id_count++] = changed_groups_at(groups, i);
    if (was_empty) pthread_cond_signal(&e->wake);
    pthread_mutex_unlock(&e->mutex);
}

void events_written(events *e) {
    if (!is_wanted(e)) return;
    pthread_mutex_lock(&e->mutex);
    e->was_written = true;
    pthread_mutex_unlock(&e->mutex);
}

void events_run_changed(void *ctx, int64_t run_id) {
    events *e = ctx;
    if (!is_wanted(e)) return;
    pthread_mutex_lock(&e->mutex);
    size_t i = 0;
    while (i < e->run_count && e->runs[i] != run_id) i++;
    if (i == e->run_count && i < EVENTS_RUNS) e->runs[e->run_count++] = run_id;
    pthread_cond_signal(&e->wake);
    pthread_mutex_unlock(&e->mutex);
}

int64_t events_expect(events *e) {
    pthread_mutex_lock(&e->mutex);
    e->expected_until = env_elapsed(e->options.env) + EXPECT_US;
    __atomic_store_n(&e->is_wanted, true, __ATOMIC_SEQ_CST);
    int64_t seq = e->last_seq;
    pthread_cond_signal(&e->wake);
    pthread_mutex_unlock(&e->mutex);
    return seq;
}

// The thread.

static err open_tools(events *e, struct why *why) {
    if (e->script) return ERR_OK;
    struct store_options from = {.dir = e->options.data,
                                 .mode = STORE_READ,
                                 .read_timeout_ms = e->options.read_timeout_ms,
                                 .env = e->options.env,
                                 .log = e->options.log};
    err x = e->reader ? ERR_OK : store_open(&from, &e->reader, why);
    if (x != ERR_OK) return x;
    struct script_options own = e->options.script;
    own.store = e->reader;
    own.memory_bytes = MEMORY;
    e->script = script_new(&own, why);
    return e->script ? ERR_OK : ERR_SCRIPT;
}

static err call(events *e, const char *module, const char *function, const struct script_value *args, size_t nargs,
                arena *a, struct script_value *results, size_t nresults) {
    struct why why = {""};
    struct script_budget budget = {.fuel = FUEL};
    err x = open_tools(e, &why);
    if (x == ERR_OK) x = script_call(e->script, module, function, args, nargs, budget, a, results, nresults, &why);
    if (x != ERR_OK)
        LOG(e->options.log, LOG_ERROR, "events_failed", LOG_Z("error", *why.text ? why.text : err_text(x)));
    return x;
}

static void read_cursor(events *e) {
    struct script_value v[2] = {0};
    arena *a = arena_new();
    e->has_cursor = call(e, "api.events", "cursor", NULL, 0, a, v, 2) == ERR_OK && v[0].type == SCRIPT_INT &&
                    v[1].type == SCRIPT_INT;
    e->alert_id = e->has_cursor ? v[0].integer : 0;
    e->change_id = e->has_cursor ? v[1].integer : 0;
    arena_free(a);
}

static void publish_reset(events *e) {
    struct batch *b = batch_new(0);
    b->is_for_all = true;
    add_part(b, 0, STR(EVENTS_RESET));
    publish(e, b);
}

// `index` is "team length" for each event, with commas.
static struct batch *batch_from(str text, str index, str id_text) {
    struct batch *b = batch_new(0);
    str one, team;
    int64_t team_id, length;
    while (index.len && str_split(&index, ',', &one)) {
        CHECK(str_split(&one, ' ', &team) && str_to_int(team, &team_id) && str_to_int(one, &length));
        CHECK(length >= 0 && (size_t)length <= text.len);
        add_part(b, team_id, (str){text.ptr, (size_t)length});
        text = str_from(text, (size_t)length);
    }
    buf_str(&b->id_text, id_text);
    return b;
}

// Lua: events.look(ids_json, alert_id, change_id) → text, index, id_text, alert_id, change_id.
static bool look_at(events *e, str ids) {
    struct script_value v[5] = {0}, args[] = {script_text(ids), script_int(e->alert_id), script_int(e->change_id)};
    arena *a = arena_new();
    bool is_good = call(e, "api.events", "look", args, 3, a, v, 5) == ERR_OK && v[0].type == SCRIPT_STR &&
                   v[1].type == SCRIPT_STR && v[2].type == SCRIPT_STR && v[3].type == SCRIPT_INT &&
                   v[4].type == SCRIPT_INT;
    if (is_good) {
        e->alert_id = v[3].integer;
        e->change_id = v[4].integer;
        publish(e, batch_from(v[0].text, v[1].text, v[2].text));
    }
    arena_free(a);
    return is_good;
}

static int by_number(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static size_t unite(int64_t *ids, size_t count) {
    size_t n = 0;
    qsort(ids, count, sizeof *ids, by_number);
    for (size_t i = 0; i < count; i++)
        if (n == 0 || ids[n - 1] != ids[i]) ids[n++] = ids[i];
    return n;
}

struct taken { // from what was handed over
    int64_t ids[EVENTS_IDS], runs[EVENTS_RUNS];
    size_t id_count, run_count;
    bool is_overflown, is_to_check;
};

// Too much to tell one by one: everybody loads again, and what changes from here on is told.
static bool reset(events *e) {
    publish_reset(e);
    read_cursor(e);
    return true;
}

static bool tell_groups(events *e, struct taken *t) {
    size_t n = unite(t->ids, t->id_count);
    if (t->is_overflown || n > GROUPS_MAX) return reset(e);
    if (n == 0) return false;
    buf json = {0};
    for (size_t i = 0; i < n; i++) {
        buf_char(&json, i ? ',' : '[');
        buf_int(&json, t->ids[i]);
    }
    buf_char(&json, ']');
    bool is_told = look_at(e, buf_view(&json));
    buf_free(&json);
    return is_told ? false : reset(e);
}

static void tell_run(events *e, int64_t run_id) {
    buf json = {0};
    struct script_value v[2] = {0};
    arena *a = arena_new();
    if (backtests_look(*e->options.backtests, run_id, &json) == ERR_OK) {
        struct script_value arg = script_text(buf_view(&json));
        if (call(e, "api.backtest", "event", &arg, 1, a, v, 2) == ERR_OK && v[0].type == SCRIPT_STR) {
            struct batch *b = batch_new(run_id);
            add_part(b, 0, v[0].text);
            b->is_last = v[1].type == SCRIPT_BOOL && v[1].boolean;
            publish(e, b);
        }
    }
    buf_free(&json);
    arena_free(a);
}

// Seats.

void seat_drop(events *e, struct seat *s) {
    pthread_mutex_lock(&e->mutex);
    bool is_last = --s->refs == 0;
    if (is_last) ring_remove(&s->link);
    pthread_mutex_unlock(&e->mutex);
    if (!is_last) return;
    char *texts[] = {s->path, s->query, s->headers, s->spec, s->client, s->base_url};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) mem_free(texts[i]);
    mem_free(s);
}

// The seat after this one, held; NULL at the end.
static struct seat *next_seat(events *e, struct seat *s) {
    pthread_mutex_lock(&e->mutex);
    struct ring_link *at = s ? s->link.next : e->seats.next;
    struct seat *next = at == &e->seats ? NULL : CONTAINER(at, struct seat, link);
    if (next) next->refs++;
    pthread_mutex_unlock(&e->mutex);
    return next;
}

static bool may_go_on(events *e, const struct seat *s) {
    struct script_value v = {0};
    const char *texts[] = {s->path, s->query, s->headers, s->client, s->base_url, s->spec};
    struct script_value args[7];
    for (size_t i = 0; i < 6; i++) args[i] = script_text(str_of(texts[i]));
    args[6] = script_int(env_now(e->options.env));
    arena *a = arena_new();
    bool is_good =
        call(e, "api.events", "may_go_on", args, 7, a, &v, 1) == ERR_OK && v.type == SCRIPT_BOOL && v.boolean;
    arena_free(a);
    return is_good;
}

static void check_seats(events *e) {
    bool has_denied = false;
    for (struct seat *s = next_seat(e, NULL), *next; s; s = next) {
        if (!may_go_on(e, s)) {
            __atomic_store_n(&s->is_denied, true, __ATOMIC_RELEASE);
            has_denied = true;
        }
        next = next_seat(e, s);
        seat_drop(e, s);
    }
    if (has_denied) send_to_loops(e, NULL);
}

static void wait_until(events *e, int64_t us) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    int64_t ns = until.tv_nsec + us % 1000000 * 1000;
    until.tv_sec += (time_t)(us / 1000000 + ns / 1000000000);
    until.tv_nsec = (long)(ns % 1000000000);
    pthread_cond_timedwait(&e->wake, &e->mutex, &until);
}

static bool is_check_due(const events *e, int64_t now) {
    return now - e->checked_at >= (e->was_written ? CHECK_US : CHECK_MOST) && e->seats.next != &e->seats;
}

// Waits for something to do. Under the mutex; false: the thread ends.
static bool wait_for_work(events *e) {
    for (;;) {
        int64_t now = env_elapsed(e->options.env);
        if (e->is_stopping) return false;
        bool may_rest = now > e->expected_until && events_listeners(e) == 0;
        if (may_rest) {
            __atomic_store_n(&e->is_wanted, false, __ATOMIC_SEQ_CST);
            e->id_count = e->run_count = 0;
            e->is_overflown = e->was_written = e->has_cursor = false;
            pthread_cond_wait(&e->wake, &e->mutex);
            continue;
        }
        if (!e->has_cursor || e->id_count || e->run_count || is_check_due(e, now)) return true;
        wait_until(e, CHECK_US);
    }
}

static bool take(events *e, struct taken *t) {
    pthread_mutex_lock(&e->mutex);
    bool is_on = wait_for_work(e);
    int64_t now = env_elapsed(e->options.env);
    memcpy(t->ids, e->ids, e->id_count * sizeof *t->ids);
    memcpy(t->runs, e->runs, e->run_count * sizeof *t->runs);
    t->id_count = e->id_count;
    t->run_count = e->run_count;
    t->is_overflown = e->is_overflown;
    t->is_to_check = is_check_due(e, now);
    if (t->is_to_check) {
        e->was_written = false;
        e->checked_at = now;
    }
    e->id_count = e->run_count = 0;
    e->is_overflown = false;
    pthread_mutex_unlock(&e->mutex);
    return is_on;
}

static void rest(events *e, int64_t us) {
    pthread_mutex_lock(&e->mutex);
    int64_t end = env_elapsed(e->options.env) + us, now;
    while (!e->is_stopping && (now = env_elapsed(e->options.env)) < end) wait_until(e, end - now);
    pthread_mutex_unlock(&e->mutex);
}

static void *body(void *ctx) {
    events *e = ctx;
    struct taken *t = NEW(struct taken);
    thread_present("events", THREAD_PATIENT);
    while (take(e, t)) {
        if (!e->has_cursor) read_cursor(e);
        bool was_reset = tell_groups(e, t);
        for (size_t i = 0; i < t->run_count; i++) tell_run(e, t->runs[i]);
        if (t->is_to_check) check_seats(e);
        rest(e, was_reset || !e->has_cursor ? RESET_US : LOOK_US);
    }
    mem_free(t);
    return NULL;
}

void events_start(events *e) {
    e->is_running = true;
    CHECK(pthread_create(&e->thread, NULL, body, e) == 0);
}

void events_stop(events *e) {
    if (!e->is_running) return;
    pthread_mutex_lock(&e->mutex);
    e->is_stopping = true;
    pthread_cond_signal(&e->wake);
    pthread_mutex_unlock(&e->mutex);
    pthread_join(e->thread, NULL);
    e->is_running = false;
}
