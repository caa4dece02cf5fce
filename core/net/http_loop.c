// The loop thread: its turn, its deadline lists, its start and its end.
#include "net/http_loop.h"
#include "base/mem.h"
#include "base/thread.h"
#include "net/http_acceptor.h"
#include "net/http_connection.h"
#include <signal.h>
#include <unistd.h>

static struct http_connection *waiting(struct link *l) { return CONTAINER(l, struct http_connection, waiting); }

static void on_timer(uv_timer_t *timer);

static void arm(struct http_loop *l, uint64_t at) {
    if (l->armed_at && l->armed_at <= at) return;
    l->armed_at = at;
    uint64_t now = uv_now(&l->uv);
    uv_timer_start(&l->timer, on_timer, at > now ? at - now : 0, 0);
}

void http_loop_wait(struct http_loop *l, struct http_connection *c, enum http_wait wait) {
    link_remove(&c->waiting);
    link_append(&l->waits[wait], &c->waiting);
    c->wait = wait;
    c->wait_number = c->number;
    if (wait == HTTP_WAIT_REPLY) return;
    c->deadline = uv_now(&l->uv) + (uint64_t)l->server->wait_ms[wait];
    arm(l, c->deadline);
}

static void expire(struct http_loop *l, struct link *list, uint64_t now) {
    while (!link_is_alone(list)) {
        struct http_connection *c = waiting(list->next);
        if (c->deadline > now) {
            arm(l, c->deadline);
            return;
        }
        http_connection_expire(c);
    }
}

// Every connection that something happened to is written once, and its wait is decided.
static void flush(struct http_loop *l) {
    while (!link_is_alone(&l->dirty)) {
        struct http_connection *c = CONTAINER(l->dirty.next, struct http_connection, dirty);
        link_remove(&c->dirty);
        http_connection_flush(c);
    }
}

// libuv's timers come after what was read in this turn and before the turn's end: without the flush a connection would
// still stand on the list of the wait that its bytes have just ended.
static void on_timer(uv_timer_t *timer) {
    struct http_loop *l = timer->data;
    flush(l);
    l->armed_at = 0;
    for (int wait = HTTP_WAIT_IDLE; wait < HTTP_WAITS; wait++) expire(l, &l->waits[wait], uv_now(&l->uv));
}

str http_loop_date(struct http_loop *l) {
    uint64_t now = uv_now(&l->uv) / 500;
    if (now != l->date_at || !l->date.len) {
        l->date_at = now;
        l->date = http_date(env_now(l->server->options.env), l->date_text);
    }
    return l->date;
}

void http_loop_publish(struct http_loop *l) {
    struct link *idle = &l->waits[HTTP_WAIT_IDLE];
    uint64_t since = link_is_alone(idle) ? UINT64_MAX : waiting(idle->next)->deadline;
    if (!link_is_alone(&l->waits[HTTP_WAIT_LINGER])) since = 0;
    __atomic_store_n(&l->idle_since, since, __ATOMIC_RELAXED);
    int64_t busy = l->unanswered + l->writing + !link_is_alone(&l->dirty);
    __atomic_store_n(&l->busy, busy, __ATOMIC_RELEASE);
}

// The end of a turn.
static void on_prepare(uv_prepare_t *prepare) {
    struct http_loop *l = prepare->data;
    flush(l);
    http_loop_publish(l);
}

static void take_arrivals(struct http_loop *l) {
    for (struct mail *m = mailbox_take(&l->arrivals), *next; m; m = next) {
        next = m->next;
        struct http_arrival *arrival = CONTAINER(m, struct http_arrival, mail);
        http_connection_open(l, arrival);
        mem_free(arrival);
    }
}

static void take_mails(struct http_loop *l) {
    const struct http_server_options *o = &l->server->options;
    for (struct mail *m = mailbox_take(&l->mailbox), *next; m; m = next) {
        next = m->next;
        o->on_mail(o->ctx, l->ctx, m);
    }
}

static bool evict_one(struct http_loop *l) {
    enum http_wait wait = link_is_alone(&l->waits[HTTP_WAIT_LINGER]) ? HTTP_WAIT_IDLE : HTTP_WAIT_LINGER;
    struct link *list = &l->waits[wait];
    if (link_is_alone(list)) return false;
    http_connection_close(waiting(list->next));
    return true;
}

// The acceptor asked for room: who lingers goes first, then who has idled longest. It counted on what it knew of this
// loop; what cannot be done here is passed on to a loop that can.
static void evict(struct http_loop *l) {
    struct http_server *s = l->server;
    int64_t n = __atomic_exchange_n(&l->evictions, 0, __ATOMIC_RELAXED);
    if (n == 0) return;
    flush(l);
    __atomic_sub_fetch(&s->evictions, n, __ATOMIC_RELAXED);
    while (n > 0 && evict_one(l)) n--;
    while (n-- > 0 && http_acceptor_evict(s, l)) {
    }
}

static void for_each_connection(struct http_loop *l, void (*f)(struct http_connection *c)) {
    for (int wait = 0; wait < HTTP_WAITS; wait++)
        for (struct link *at = l->waits[wait].next, *next; at != &l->waits[wait]; at = next) {
            next = at->next;
            f(waiting(at));
        }
}

static void stop(struct http_loop *l) {
    flush(l);
    l->is_stopping = true;
    if (l->index == 0) http_acceptor_stop(l->server);
    for_each_connection(l, http_connection_stop);
}

static void end(struct http_loop *l) {
    if (uv_is_closing((uv_handle_t *)&l->async)) return;
    if (l->index == 0) http_acceptor_close(l->server);
    for_each_connection(l, http_connection_close);
    uv_close((uv_handle_t *)&l->async, NULL);
    uv_close((uv_handle_t *)&l->prepare, NULL);
    uv_close((uv_handle_t *)&l->timer, NULL);
}

static void on_async(uv_async_t *async) {
    struct http_loop *l = async->data;
    struct http_server *s = l->server;
    take_arrivals(l);
    evict(l);
    bool is_stopping = __atomic_load_n(&s->is_stopping, __ATOMIC_ACQUIRE);
    if (is_stopping && !l->is_stopping) {
        stop(l);
        // `busy` must be true before anybody may conclude from it that the work is done.
        http_loop_publish(l);
        __atomic_add_fetch(&s->stopped_loops, 1, __ATOMIC_RELEASE);
    }
    take_mails(l);
    if (__atomic_load_n(&l->is_ending, __ATOMIC_ACQUIRE)) end(l);
}

void http_loop_wake(struct http_loop *l) { uv_async_send(&l->async); }

static void wake(void *ctx) { http_loop_wake(ctx); }

void http_loop_open(struct http_loop *l, struct http_server *server, int index) {
    l->server = server;
    l->index = index;
    l->idle_since = UINT64_MAX;
    for (int i = 0; i < HTTP_WAITS; i++) link_open(&l->waits[i]);
    link_open(&l->dirty);
    link_open(&l->live);
    CHECK(uv_loop_init(&l->uv) == 0);
    CHECK(uv_async_init(&l->uv, &l->async, on_async) == 0);
    uv_prepare_init(&l->uv, &l->prepare);
    uv_prepare_start(&l->prepare, on_prepare);
    uv_timer_init(&l->uv, &l->timer);
    l->async.data = l->prepare.data = l->timer.data = l;
    mailbox_open(&l->mailbox, wake, l);
    mailbox_open(&l->arrivals, wake, l);
}

// What came after the last turn: sockets are closed, mails get their visit (a reply is dropped: its peer is gone).
static void drain(struct http_loop *l) {
    for (struct mail *m = mailbox_take(&l->arrivals), *next; m; m = next) {
        next = m->next;
        struct http_arrival *arrival = CONTAINER(m, struct http_arrival, mail);
        close(arrival->fd);
        mem_free(arrival);
    }
    take_mails(l);
}

static void *run(void *ctx) {
    struct http_loop *l = ctx;
    const struct http_server_options *o = &l->server->options;
    thread_present("loop", THREAD_BATCH);
    if (o->on_loop_open) l->ctx = o->on_loop_open(o->ctx, l->index, &l->mailbox);
    if (l->index == 0) http_acceptor_open(l->server);
    pthread_barrier_wait(&l->server->opened);
    uv_run(&l->uv, UV_RUN_DEFAULT);
    drain(l);
    if (o->on_loop_close) o->on_loop_close(o->ctx, l->ctx);
    http_slot_free_pool(l);
    buf_free(&l->decrypted);
    return NULL;
}

// Signals belong to the controlling thread; a write to a closed socket must come back as an error here, too.
void http_loop_start(struct http_loop *l) {
    sigset_t blocked, before;
    sigfillset(&blocked);
    const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGPROF};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) sigdelset(&blocked, faults[i]);
    pthread_sigmask(SIG_SETMASK, &blocked, &before);
    CHECK(pthread_create(&l->thread, NULL, run, l) == 0);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void http_loop_end(struct http_loop *l) {
    __atomic_store_n(&l->is_ending, 1, __ATOMIC_RELEASE);
    http_loop_wake(l);
    pthread_join(l->thread, NULL);
}

void http_loop_close(struct http_loop *l) {
    mailbox_close(&l->mailbox);
    mailbox_close(&l->arrivals);
    CHECK(uv_loop_close(&l->uv) == 0);
}
