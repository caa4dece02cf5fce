#include "engine/pager.h"
#include "base/mem.h"
#include "engine/clock_step.h"
#include <uv.h>

#define JOBS_AT_ONCE   100 // one that becomes due waits for as many that are overdue
#define RETRY_US       1000000
#define RETRY_MAX_US   64000000
#define FAILED_MAX     64
#define TELL_US        60000000
#define DRAIN_MS       2500 // answers of providers are awaited for so long at the stop
#define DRAIN_EVERY_MS 50
#define WAIT_MAX_MS    10000 // the wall clock is looked at so often at least

struct pager {
    struct pager_options options;
    uv_loop_t loop;
    uv_async_t wake;
    uv_timer_t timer;
    pthread_t thread;
    struct mailbox done; // jobs that the commit thread has finished with
    struct clock_item clock;
    bool clock_in_flight, clock_is_done; // the second is set by the commit thread
    bool is_moving;                      // the clock was set, and rows have still to be moved: no job may run
    int64_t unmoved;                     // see engine/clock_step.h
    int64_t clock_rest_until;            // elapsed time: the disk did not take it
    size_t in_flight;
    // What could not run stays in its row. A trouble of all (no room on the disk) makes everything wait a moment; a job that
    // fails by itself waits alone, longer each time.
    struct failed_job {
        int64_t id, failures, retry_at; // elapsed time
    } failed[FAILED_MAX];
    size_t failed_count;
    int64_t rest_until, told_at; // elapsed time
    bool is_running, is_stopping;
    uint64_t stop_at; // answers are not awaited past it
};

// A job on its way to the commit thread and back.
struct errand {
    struct job_item job;
    pager *pager;
    err result;
};

static void wake_loop(void *ctx) {
    pager *p = ctx;
    if (__atomic_load_n(&p->is_running, __ATOMIC_ACQUIRE)) uv_async_send(&p->wake);
}

pager *pager_new(const struct pager_options *options) {
    pager *p = NEW(pager);
    p->options = *options;
    p->is_moving = clock_step_goes_on(options->engine, &p->unmoved);
    mailbox_open(&p->done, wake_loop, p);
    return p;
}

static void on_job_done(struct commit_item *item, err result) {
    struct errand *errand = CONTAINER(CONTAINER(item, struct job_item, item), struct errand, job);
    errand->result = result;
    mailbox_push(&errand->pager->done, &item->mail);
}

static int64_t sooner(int64_t a, int64_t b) { return a < 0 ? b : b < 0 || a < b ? a : b; }

static struct failed_job *find_failed(pager *p, int64_t id) {
    for (size_t i = 0; i < p->failed_count; i++)
        if (p->failed[i].id == id) return &p->failed[i];
    return NULL;
}

static bool is_everybodys(err e) {
    return e == ERR_DISK_FULL || e == ERR_IO || e == ERR_FULL || e == ERR_CLOSED || e == ERR_TIMEOUT;
}

static void note_failed(pager *p, const struct job_row *job, err e) {
    int64_t now = env_elapsed(p->options.env);
    struct failed_job *f = find_failed(p, job->id);
    bool is_of_all = is_everybodys(e) || (!f && p->failed_count == FAILED_MAX);
    bool is_told = is_of_all && p->told_at && now - p->told_at < TELL_US;
    if (is_of_all) p->rest_until = now + RETRY_US;
    else {
        if (!f) *(f = &p->failed[p->failed_count++]) = (struct failed_job){.id = job->id};
        int64_t pause = RETRY_US << (f->failures < 6 ? f->failures : 6);
        f->failures++;
        f->retry_at = now + (pause < RETRY_MAX_US ? pause : RETRY_MAX_US);
    }
    if (is_told) return;
    if (is_of_all) p->told_at = now + 1;
    LOG(p->options.log, LOG_ERROR, "job_failed", LOG_N("job", job->id), LOG_S("kind", job->kind),
        LOG_Z("error", err_text(e)));
}

static void note_done(pager *p, int64_t id) {
    struct failed_job *f = find_failed(p, id);
    if (f) *f = p->failed[--p->failed_count];
}

// Takes back what the commit thread has finished.
static void take_done(pager *p) {
    for (struct mail *m = mailbox_take(&p->done), *next; m; m = next) {
        next = m->next;
        struct job_item *j = CONTAINER(CONTAINER(m, struct commit_item, mail), struct job_item, item);
        err result = CONTAINER(j, struct errand, job)->result;
        if (result == ERR_OK) note_done(p, j->job.id);
        else note_failed(p, &j->job, result);
        p->in_flight--;
        arena_free(j->arena);
    }
}

static void hand_over(pager *p, const struct store_value *v) {
    arena *a = arena_new();
    struct errand *errand = arena_alloc(a, sizeof *errand);
    struct job_item *j = &errand->job;
    errand->pager = p;
    j->arena = a;
    j->job = (struct job_row){.id = v[0].integer,
                              .kind = arena_str(a, v[1].text),
                              .due_at = v[2].integer,
                              .alert_group_id = store_int_of(&v[3])};
    if (v[4].type == STORE_TEXT) j->job.detail = arena_str(a, v[4].text);
    job_init(j, p->options.engine);
    j->item.done = on_job_done;
    p->in_flight++;
    err e = commit_push(engine_commit(p->options.engine), &j->item);
    if (e != ERR_OK) on_job_done(&j->item, e);
}

// The next lower priority that any job has; ERR_NOT_FOUND: there is none.
static err next_priority(pager *p, arena *a, int64_t *priority) {
    struct store_rows rows;
    err e = store_run(p->options.reader, a, "SELECT MAX(priority) FROM job WHERE priority < $1", &SV_INT(*priority), 1,
                      1, &rows, NULL);
    if (e == ERR_OK && rows.values[0].type != STORE_INT) return ERR_NOT_FOUND;
    if (e == ERR_OK) *priority = rows.values[0].integer;
    return e;
}

static err hand_over_of(pager *p, arena *a, int64_t priority, int64_t now) {
    size_t room = JOBS_AT_ONCE - p->in_flight;
    struct store_value args[] = {SV_INT(priority), SV_INT(now), SV_INT((int64_t)(room + p->failed_count))};
    struct store_rows rows = {0};
    err e = store_run(p->options.reader, a,
                      "SELECT id, kind, due_at, alert_group_id, detail FROM job WHERE priority = $1 AND due_at <= $2 "
                      "ORDER BY due_at, id LIMIT $3",
                      args, 3, 0, &rows, NULL);
    for (size_t i = 0; i < rows.count && p->in_flight < JOBS_AT_ONCE; i++) {
        const struct failed_job *f = find_failed(p, rows.values[i * rows.columns].integer);
        if (!f || f->retry_at <= env_elapsed(p->options.env)) hand_over(p, &rows.values[i * rows.columns]);
    }
    return e;
}

// Most critical first; what a look costs does not depend on how many wait or are overdue.
static err hand_over_due(pager *p, int64_t now) {
    arena *a = arena_new();
    int64_t priority = INT64_MAX;
    err e = ERR_OK;
    while (e == ERR_OK && p->in_flight < JOBS_AT_ONCE) {
        e = next_priority(p, a, &priority);
        if (e == ERR_OK) e = hand_over_of(p, a, priority, now);
    }
    arena_free(a);
    return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static err first_of(pager *p, arena *a, int64_t priority, int64_t now, int64_t *due_at) {
    struct store_value args[] = {SV_INT(priority), SV_INT(now)};
    struct store_rows rows;
    err e = store_run(p->options.reader, a, "SELECT MIN(due_at) FROM job WHERE priority = $1 AND due_at > $2", args, 2,
                      1, &rows, NULL);
    if (e == ERR_OK && rows.values[0].type == STORE_INT && rows.values[0].integer < *due_at)
        *due_at = rows.values[0].integer;
    return e;
}

// µs until the next job is due; -1: there is none.
static err look_ahead(pager *p, int64_t now, int64_t *wait) {
    arena *a = arena_new();
    int64_t priority = INT64_MAX, due_at = INT64_MAX;
    err e = ERR_OK;
    while (e == ERR_OK && (e = next_priority(p, a, &priority)) == ERR_OK) e = first_of(p, a, priority, now, &due_at);
    if (e == ERR_NOT_FOUND) e = ERR_OK;
    if (e == ERR_OK) *wait = due_at == INT64_MAX ? -1 : due_at - now;
    arena_free(a);
    return e;
}

// µs until a job that failed is tried again; -1: there is none. What was not found although its time has come is gone.
static int64_t next_retry(pager *p, int64_t elapsed) {
    int64_t next = -1;
    for (size_t i = p->failed_count; i-- > 0;) {
        int64_t left = p->failed[i].retry_at - elapsed;
        if (left > 0) next = sooner(next, left);
        else p->failed[i] = p->failed[--p->failed_count];
    }
    return next;
}

static int64_t jobs_turn(pager *p) {
    int64_t now = env_now(p->options.env), wait = -1;
    take_done(p);
    if (p->in_flight) return -1; // the last of them wakes us
    int64_t elapsed = env_elapsed(p->options.env);
    if (p->rest_until > elapsed) return p->rest_until - elapsed;
    err e = hand_over_due(p, now);
    if (e == ERR_OK && !p->in_flight) e = look_ahead(p, now, &wait);
    if (e == ERR_OK) return p->in_flight ? wait : sooner(wait, next_retry(p, elapsed));
    LOG(p->options.log, LOG_ERROR, "jobs_not_read", LOG_Z("error", err_text(e)));
    return RETRY_US;
}

// The wall clock.

static void on_clock_done(struct commit_item *item, err result) {
    pager *p = CONTAINER(CONTAINER(item, struct clock_item, item), struct pager, clock);
    p->clock.item.result = result;
    __atomic_store_n(&p->clock_is_done, true, __ATOMIC_RELEASE);
    wake_loop(p);
}

static void take_clock(pager *p) {
    if (!p->clock_in_flight || !__atomic_load_n(&p->clock_is_done, __ATOMIC_ACQUIRE)) return;
    p->clock_in_flight = p->clock_is_done = false;
    if (p->clock.item.result != ERR_OK) {
        LOG(p->options.log, LOG_ERROR, "clock_not_followed", LOG_Z("error", err_text(p->clock.item.result)));
        p->clock_rest_until = env_elapsed(p->options.env) + RETRY_US;
        return;
    }
    p->is_moving = p->clock.has_more;
    p->unmoved = p->clock.unmoved;
    if (p->clock.by_us) LOG(p->options.log, LOG_WARN, "clock_was_set", LOG_N("by_ms", p->clock.by_us / 1000));
}

// µs until it is looked at again; -1: not before something happens.
static int64_t watch_clock(pager *p) {
    take_clock(p);
    if (p->clock_in_flight || !(p->is_moving || clock_is_off(p->options.env))) return -1;
    int64_t rest = p->clock_rest_until - env_elapsed(p->options.env);
    if (rest > 0) return rest;
    clock_item_init(&p->clock, p->options.engine);
    p->clock.item.done = on_clock_done;
    p->clock_in_flight = true;
    err e = commit_push(engine_commit(p->options.engine), &p->clock.item);
    if (e != ERR_OK) on_clock_done(&p->clock.item, e);
    return -1;
}

int64_t pager_turn(pager *p) {
    int64_t clock = watch_clock(p);
    // Until it is written, this thread might read the new time and the old moments.
    if (p->clock_in_flight && !p->is_moving) return -1;
    int64_t jobs = p->is_moving ? clock : sooner(clock, jobs_turn(p));
    int64_t out = p->options.outbox ? outbox_turn(p->options.outbox, p->unmoved) : -1;
    int64_t fetch = p->options.calendars ? calendars_turn(p->options.calendars) : -1;
    int64_t chore = p->options.chores ? chores_turn(p->options.chores) : -1;
    if (p->options.fetches) fetches_turn(p->options.fetches);
    int64_t look = p->options.watch ? watch_turn(p->options.watch) : -1;
    int64_t beats = p->options.beats ? heartbeats_turn(p->options.beats) : -1;
    int64_t own = p->options.pulse ? pulse_turn(p->options.pulse) : -1;
    return sooner(sooner(sooner(jobs, out), own), sooner(sooner(fetch, chore), sooner(look, beats)));
}

bool pager_is_idle(pager *p) {
    return !p->in_flight && !p->clock_in_flight && !p->is_moving &&
           (!p->options.outbox || outbox_is_idle(p->options.outbox)) &&
           (!p->options.calendars || calendars_is_idle(p->options.calendars)) &&
           (!p->options.chores || chores_is_idle(p->options.chores)) &&
           (!p->options.watch || watch_is_idle(p->options.watch)) &&
           (!p->options.pulse || pulse_is_idle(p->options.pulse)) &&
           (!p->options.beats || heartbeats_is_idle(p->options.beats));
}

static void on_timer(uv_timer_t *t);

static void turn(pager *p) {
    if (!p->stop_at && __atomic_load_n(&p->is_stopping, __ATOMIC_ACQUIRE)) p->stop_at = uv_now(&p->loop) + DRAIN_MS;
    if (__atomic_load_n(&p->is_stopping, __ATOMIC_ACQUIRE)) {
        take_done(p);
        take_clock(p);
        bool is_over = !p->options.outbox || !outbox_drain(p->options.outbox) || uv_now(&p->loop) >= p->stop_at;
        if (!p->in_flight && !p->clock_in_flight && is_over) uv_stop(&p->loop);
        else uv_timer_start(&p->timer, on_timer, DRAIN_EVERY_MS, 0);
        return;
    }
    int64_t wait_us = pager_turn(p);
    uint64_t wait_ms = wait_us < 0 || wait_us / 1000 > WAIT_MAX_MS ? WAIT_MAX_MS : (uint64_t)(wait_us + 999) / 1000;
    uv_timer_start(&p->timer, on_timer, wait_ms, 0);
}

static void on_timer(uv_timer_t *t) { turn(t->data); }
static void on_wake(uv_async_t *w) { turn(w->data); }

static void *pager_thread(void *arg) {
    pager *p = arg;
    turn(p);
    uv_run(&p->loop, UV_RUN_DEFAULT);
    return NULL;
}

void pager_start(pager *p) {
    CHECK(uv_loop_init(&p->loop) == 0);
    CHECK(uv_async_init(&p->loop, &p->wake, on_wake) == 0);
    CHECK(uv_timer_init(&p->loop, &p->timer) == 0);
    p->wake.data = p->timer.data = p;
    if (p->options.on_open) p->options.on_open(p->options.ctx, &p->loop);
    __atomic_store_n(&p->is_running, true, __ATOMIC_RELEASE);
    CHECK(pthread_create(&p->thread, NULL, pager_thread, p) == 0);
}

void pager_wake(pager *p) { wake_loop(p); }

void pager_stop(pager *p) {
    if (!p->is_running) return;
    __atomic_store_n(&p->is_stopping, true, __ATOMIC_RELEASE);
    uv_async_send(&p->wake);
    pthread_join(p->thread, NULL);
    __atomic_store_n(&p->is_running, false, __ATOMIC_RELEASE);
    if (p->options.on_close) p->options.on_close(p->options.ctx);
    uv_close((uv_handle_t *)&p->wake, NULL);
    uv_close((uv_handle_t *)&p->timer, NULL);
    uv_run(&p->loop, UV_RUN_DEFAULT);
    CHECK(uv_loop_close(&p->loop) == 0);
}

void pager_free(pager *p) {
    if (!p) return;
    take_done(p);
    mailbox_close(&p->done);
    watch_free(p->options.watch);
    heartbeats_free(p->options.beats);
    pulse_free(p->options.pulse);
    chores_free(p->options.chores);
    fetches_free(p->options.fetches);
    calendars_free(p->options.calendars);
    outbox_free(p->options.outbox);
    store_close(p->options.reader);
    mem_free(p);
}
