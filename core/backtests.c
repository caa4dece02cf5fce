#include "backtests.h"
#include "base/mem.h"
#include "base/thread.h"
#include "script/fuel.h"
#include "text/json.h"
#include <pthread.h>
#include <time.h>

enum { RUNS_KEPT = 32, RUNS_WAITING = 8, WAIT_MAX_MS = 1000 };
#define BUSY_ALERTS_A_SECOND 200
#define FULL_ALERTS_A_SECOND 2000               // from here on it takes a fiftieth of one processor
#define REST_FACTOR_MAX      49                 // rest to work then, and less where less comes in
#define LOOK_NS              INT64_C(50000000)  // between two looks at how busy the house is
#define REST_MAX_NS          INT64_C(500000000) // at once
#define MEMORY_BYTES         (512 << 20)        // of a run: a hundred thousand alerts hold some tens of MiB

enum run_state { RUN_NONE, RUN_WAITING, RUN_RUNNING, RUN_DONE, RUN_STOPPED, RUN_FAILED };
static const char *const state_texts[] = {"", "waiting", "running", "done", "stopped", "failed"};

struct run {
    enum run_state state;
    int64_t id, done, total; // total -1: not known yet
    int64_t lease_us, looked_at;
    bool is_stopping;
    char *request, *integration; // integration: as the request names it
    buf report;
    struct why why;
};

struct backtests {
    struct backtests_options options;
    pthread_t thread;
    pthread_mutex_t mutex;      // of all below but `script` and `reader`
    pthread_cond_t wake, moved; // moved: some run went on
    struct run runs[RUNS_KEPT];
    int64_t last_id;
    bool is_running, is_stopping;
    script *script; // of the run that is under way
    store *reader;
    struct { // how busy the house is
        int64_t looked_at;
        uint64_t alerts;
        double rest; // to work
    } pace;
};

backtests *backtests_new(const struct backtests_options *options) {
    backtests *b = NEW(backtests);
    b->options = *options;
    b->last_id = env_now(options->env) / 1000000; // an id of before a restart means nothing
    pthread_mutex_init(&b->mutex, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&b->wake, &monotonic);
    pthread_cond_init(&b->moved, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return b;
}

static void close_tools(backtests *b) {
    script_free(b->script);
    store_close(b->reader);
    b->script = NULL;
    b->reader = NULL;
}

static void empty_run(struct run *r) {
    mem_free(r->request);
    mem_free(r->integration);
    buf_free(&r->report);
    *r = (struct run){0};
}

void backtests_free(backtests *b) {
    if (!b) return;
    close_tools(b);
    for (size_t i = 0; i < RUNS_KEPT; i++) empty_run(&b->runs[i]);
    pthread_mutex_destroy(&b->mutex);
    pthread_cond_destroy(&b->wake);
    pthread_cond_destroy(&b->moved);
    mem_free(b);
}

// Under the mutex.

static struct run *find(backtests *b, int64_t id) {
    for (size_t i = 0; i < RUNS_KEPT; i++)
        if (b->runs[i].state && b->runs[i].id == id) return &b->runs[i];
    return NULL;
}

static struct run *oldest(backtests *b, enum run_state from, enum run_state to) {
    struct run *found = NULL;
    for (size_t i = 0; i < RUNS_KEPT; i++) {
        struct run *r = &b->runs[i];
        if (r->state >= from && r->state <= to && (!found || r->id < found->id)) found = r;
    }
    return found;
}

static size_t count_waiting(const backtests *b) {
    size_t n = 0;
    for (size_t i = 0; i < RUNS_KEPT; i++) n += b->runs[i].state == RUN_WAITING;
    return n;
}

static struct run *free_place(backtests *b) {
    struct run *empty = oldest(b, RUN_NONE, RUN_NONE);
    return empty ? empty : oldest(b, RUN_DONE, RUN_FAILED);
}

// Any thread.

static char *integration_of(str request) {
    struct json *parsed;
    struct why ignored;
    arena *a = arena_new();
    str name = json_parse(a, request, &parsed, &ignored) == ERR_OK ? json_text(parsed, "integration") : STR("");
    char *copy = mem_copy(name.len ? name.ptr : "", name.len);
    arena_free(a);
    return copy;
}

err backtests_push(backtests *b, str request, int64_t lease_ms, int64_t *id) {
    pthread_mutex_lock(&b->mutex);
    bool has_room = !b->is_stopping && count_waiting(b) < RUNS_WAITING;
    if (has_room) {
        struct run *r = free_place(b);
        empty_run(r);
        *r = (struct run){.state = RUN_WAITING,
                          .id = ++b->last_id,
                          .total = -1,
                          .lease_us = lease_ms * 1000,
                          .looked_at = env_now(b->options.env),
                          .integration = integration_of(request),
                          .request = mem_copy(request.ptr, request.len)};
        *id = r->id;
        pthread_cond_signal(&b->wake);
    }
    pthread_mutex_unlock(&b->mutex);
    return has_room ? ERR_OK : ERR_FULL;
}

static void print(const struct run *r, buf *out) {
    buf_printf(out, "{\"id\":%lld,\"state\":\"%s\",\"integration\":", (long long)r->id, state_texts[r->state]);
    buf_json(out, str_of(r->integration));
    buf_printf(out, ",\"done\":%lld,\"total\":", (long long)r->done);
    if (r->total < 0) buf_lit(out, "null");
    else buf_int(out, r->total);
    if (r->state == RUN_FAILED) {
        buf_lit(out, ",\"error\":");
        buf_json(out, str_of(r->why.text));
    }
    if (r->report.len) {
        buf_lit(out, ",\"report\":");
        buf_json(out, buf_view(&r->report));
    }
    buf_char(out, '}');
}

err backtests_look(backtests *b, int64_t id, buf *out) {
    pthread_mutex_lock(&b->mutex);
    struct run *r = find(b, id);
    if (r) {
        r->looked_at = env_now(b->options.env);
        print(r, out);
    }
    pthread_mutex_unlock(&b->mutex);
    return r ? ERR_OK : ERR_NOT_FOUND;
}

static bool is_as_told(backtests *b, int64_t id, str state, int64_t done) {
    const struct run *r = find(b, id);
    return r && r->done == done && str_is(str_of(state_texts[r->state]), state);
}

void backtests_wait(backtests *b, int64_t id, str state, int64_t done, int64_t wait_ms) {
    struct timespec until;
    if (wait_ms <= 0) return;
    if (wait_ms > WAIT_MAX_MS) wait_ms = WAIT_MAX_MS;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t ns = until.tv_nsec + wait_ms % 1000 * 1000000;
    until.tv_sec += wait_ms / 1000 + ns / 1000000000;
    until.tv_nsec = (long)(ns % 1000000000);
    pthread_mutex_lock(&b->mutex);
    while (!b->is_stopping && is_as_told(b, id, state, done))
        if (pthread_cond_timedwait(&b->moved, &b->mutex, &until) != 0) break;
    pthread_mutex_unlock(&b->mutex);
}

err backtests_end(backtests *b, int64_t id) {
    pthread_mutex_lock(&b->mutex);
    struct run *r = find(b, id);
    if (r) r->is_stopping = true;
    pthread_cond_signal(&b->wake);
    pthread_mutex_unlock(&b->mutex);
    return r ? ERR_OK : ERR_NOT_FOUND;
}

// The thread, or a turn.

static void tell_progress(backtests *b, int64_t id) {
    pthread_mutex_lock(&b->mutex);
    pthread_cond_broadcast(&b->moved);
    pthread_mutex_unlock(&b->mutex);
    if (b->options.on_progress) b->options.on_progress(b->options.ctx, id);
}

static void finish(backtests *b, struct run *r, enum run_state state) {
    pthread_mutex_lock(&b->mutex);
    int64_t id = r->id;
    r->state = state;
    mem_free(r->request);
    r->request = NULL;
    pthread_mutex_unlock(&b->mutex);
    close_tools(b);
    tell_progress(b, id);
}

static void fail(backtests *b, struct run *r, const char *sentence) {
    pthread_mutex_lock(&b->mutex);
    why_set(&r->why, ERR_INVALID, "%s", sentence);
    pthread_mutex_unlock(&b->mutex);
    finish(b, r, RUN_FAILED);
}

static err call(backtests *b, const char *function, const struct script_value *arg, arena *a,
                struct script_value results[4], struct why *why) {
    struct script_budget budget = {.fuel = INT64_MAX / 4}; // each template has its own
    return script_call(b->script, "backtests.run", function, arg, 1, budget, a, results, 4, why);
}

static err open_tools(backtests *b, struct why *why) {
    struct store_options from = {.dir = b->options.data,
                                 .mode = STORE_READ,
                                 .read_timeout_ms = b->options.read_timeout_ms,
                                 .env = b->options.env,
                                 .log = b->options.log};
    err e = store_open(&from, &b->reader, why);
    if (e != ERR_OK) return e;
    struct script_options own = b->options.script;
    own.store = b->reader;
    own.memory_bytes = MEMORY_BYTES;
    b->script = script_new(&own, why);
    return b->script ? ERR_OK : ERR_SCRIPT;
}

static void begin(backtests *b, struct run *r) {
    struct why why = {""};
    struct script_value v[4] = {0}, request = {.type = SCRIPT_STR, .text = str_of(r->request)};
    arena *a = arena_new();
    err e = open_tools(b, &why);
    if (e == ERR_OK) e = call(b, "start", &request, a, v, &why);
    bool is_refused = e == ERR_OK && v[0].type == SCRIPT_STR;
    if (e != ERR_OK) fail(b, r, why.text);
    else if (is_refused) fail(b, r, arena_str(a, v[0].text).ptr);
    arena_free(a);
}

static void take_step(backtests *b, struct run *r, const struct script_value v[4]) {
    pthread_mutex_lock(&b->mutex);
    if (v[1].type == SCRIPT_INT) r->done = v[1].integer;
    if (v[2].type == SCRIPT_INT) r->total = v[2].integer;
    if (v[3].type == SCRIPT_STR) {
        buf_clear(&r->report);
        buf_str(&r->report, v[3].text);
    }
    pthread_mutex_unlock(&b->mutex);
}

static void step(backtests *b, struct run *r, bool is_stopping) {
    struct why why = {""};
    struct script_value v[4] = {0}, last = {.type = SCRIPT_BOOL, .boolean = is_stopping};
    arena *a = arena_new();
    err e = call(b, "step", &last, a, v, &why);
    if (e != ERR_OK) {
        fail(b, r, why.text);
    } else {
        take_step(b, r, v);
        tell_progress(b, r->id);
        if (v[0].type == SCRIPT_BOOL && v[0].boolean) finish(b, r, is_stopping ? RUN_STOPPED : RUN_DONE);
    }
    arena_free(a);
}

static bool is_to_end(const backtests *b, const struct run *r) {
    bool is_left = r->lease_us && env_now(b->options.env) > r->looked_at + r->lease_us;
    return r->is_stopping || is_left || b->is_stopping;
}

// The run that is under way, or the next.
static struct run *take(backtests *b, bool *is_new, bool *is_ending) {
    pthread_mutex_lock(&b->mutex);
    struct run *r = oldest(b, RUN_RUNNING, RUN_RUNNING);
    *is_new = !r;
    if (!r) r = oldest(b, RUN_WAITING, RUN_WAITING);
    if (r) {
        r->state = RUN_RUNNING;
        *is_ending = is_to_end(b, r);
    }
    pthread_mutex_unlock(&b->mutex);
    return r;
}

bool backtests_turn(backtests *b) {
    bool is_new, is_ending = false;
    struct run *r = take(b, &is_new, &is_ending);
    if (!r) return false;
    if (is_new && is_ending) finish(b, r, RUN_STOPPED);
    else if (is_new) begin(b, r);
    else step(b, r, is_ending);
    return true;
}

static void look_around(backtests *b, int64_t now) {
    int64_t since = now - b->pace.looked_at;
    if (since < LOOK_NS) return;
    uint64_t alerts = __atomic_load_n(b->options.alerts, __ATOMIC_RELAXED);
    double rate = (double)(alerts - b->pace.alerts) * 1e9 / (double)since;
    double factor = rate < FULL_ALERTS_A_SECOND ? rate * REST_FACTOR_MAX / FULL_ALERTS_A_SECOND : REST_FACTOR_MAX;
    b->pace.rest = rate > BUSY_ALERTS_A_SECOND ? factor : 0;
    b->pace.alerts = alerts;
    b->pace.looked_at = now;
}

// Ends early when the server stops, and when there is another run.
static void rest(backtests *b, int64_t ns) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t sum = until.tv_nsec + ns;
    until.tv_sec += (time_t)(sum / 1000000000);
    until.tv_nsec = (long)(sum % 1000000000);
    pthread_mutex_lock(&b->mutex);
    if (!b->is_stopping) pthread_cond_timedwait(&b->wake, &b->mutex, &until);
    pthread_mutex_unlock(&b->mutex);
}

// A turn that rests afterwards where it is busy: not only the processor is shared, but also what is between it and memory.
static bool paced_turn(backtests *b) {
    int64_t start = clock_ns();
    if (!backtests_turn(b)) return false;
    int64_t now = clock_ns();
    look_around(b, now);
    double ns = b->pace.rest * (double)(now - start);
    if (ns > 0) rest(b, ns < REST_MAX_NS ? (int64_t)ns : REST_MAX_NS);
    return true;
}

static void *thread_main(void *arg) {
    backtests *b = arg;
    thread_present("backtest", THREAD_LAST);
    for (;;) {
        while (paced_turn(b)) continue;
        pthread_mutex_lock(&b->mutex);
        while (!b->is_stopping && !oldest(b, RUN_WAITING, RUN_RUNNING)) pthread_cond_wait(&b->wake, &b->mutex);
        bool is_done = b->is_stopping && !oldest(b, RUN_WAITING, RUN_RUNNING);
        pthread_mutex_unlock(&b->mutex);
        if (is_done) return NULL;
    }
}

void backtests_start(backtests *b) {
    b->is_running = true;
    CHECK(pthread_create(&b->thread, NULL, thread_main, b) == 0);
}

void backtests_stop(backtests *b) {
    pthread_mutex_lock(&b->mutex);
    b->is_stopping = true;
    pthread_cond_signal(&b->wake);
    pthread_cond_broadcast(&b->moved);
    pthread_mutex_unlock(&b->mutex);
    if (b->is_running) pthread_join(b->thread, NULL);
    b->is_running = false;
}
