// The server as its owner sees it: options, start, stop, totals.
#include "net/http_server.h"
#include "base/mem.h"
#include "net/http_acceptor.h"
#include "net/tls_stream.h"
#include <unistd.h>

#define LINGER_MS 2000

static void fill_defaults(struct http_limits *l) {
    if (!l->body_bytes) l->body_bytes = 4 << 20;
    if (!l->header_bytes) l->header_bytes = 64 << 10;
    if (!l->header_count) l->header_count = 100;
    if (!l->target_bytes) l->target_bytes = 8 << 10;
    if (!l->header_ms) l->header_ms = 10000;
    if (!l->body_ms) l->body_ms = 30000;
    if (!l->idle_ms) l->idle_ms = 75000;
    if (!l->silence_ms) l->silence_ms = 15000;
    if (!l->stream_bytes) l->stream_bytes = 256 << 10;
    if (!l->bodies_in_flight) l->bodies_in_flight = 64 << 20;
    if (!l->connections) l->connections = 4096;
}

err http_server_new(const struct http_server_options *options, http_server **out, struct why *why) {
    struct http_server *s = NEW(struct http_server);
    s->options = *options;
    if (s->options.loops < 1) s->options.loops = 1;
    s->fd = s->spare_fd = -1;
    struct http_limits *l = &s->options.limits;
    fill_defaults(l);
    s->wait_ms[HTTP_WAIT_IDLE] = l->idle_ms;
    s->wait_ms[HTTP_WAIT_HEAD] = l->header_ms;
    s->wait_ms[HTTP_WAIT_BODY] = s->wait_ms[HTTP_WAIT_WRITE] = l->body_ms;
    s->wait_ms[HTTP_WAIT_STREAM] = l->silence_ms;
    s->wait_ms[HTTP_WAIT_LINGER] = l->body_ms < LINGER_MS ? l->body_ms : LINGER_MS;
    s->options.listen = mem_copy(options->listen, strlen(options->listen));
    pthread_mutex_init(&s->tls_mutex, NULL);
    err e = http_server_reload(s, why);
    if (e == ERR_OK) e = http_acceptor_listen(s, why);
    if (e) {
        http_server_free(s);
        return e;
    }
    *out = s;
    return ERR_OK;
}

err http_server_reload(http_server *s, struct why *why) {
    const struct http_server_options *o = &s->options;
    tls_context *read = NULL, *old;
    if (!o->certificate_file || !*o->certificate_file) return ERR_OK;
    err e = tls_context_serve(o->certificate_file, o->key_file, &read, why);
    if (e != ERR_OK) return e;
    pthread_mutex_lock(&s->tls_mutex);
    old = s->tls;
    s->tls = read;
    pthread_mutex_unlock(&s->tls_mutex);
    tls_context_free(old);
    return ERR_OK;
}

int64_t http_server_certificate_ends_at(http_server *s) {
    pthread_mutex_lock(&s->tls_mutex);
    int64_t at = s->tls ? tls_context_ends_at(s->tls) : 0;
    pthread_mutex_unlock(&s->tls_mutex);
    return at;
}

int http_server_port(const http_server *s) { return s->port; }

void http_server_start(http_server *s) {
    int n = s->options.loops;
    s->loops = mem_zero((size_t)n * sizeof *s->loops);
    pthread_barrier_init(&s->opened, NULL, (unsigned)n + 1);
    for (int i = 0; i < n; i++) http_loop_open(&s->loops[i], s, i);
    for (int i = 0; i < n; i++) http_loop_start(&s->loops[i]);
    pthread_barrier_wait(&s->opened);
}

static void wake_all(http_server *s) {
    for (int i = 0; s->loops && i < s->options.loops; i++) http_loop_wake(&s->loops[i]);
}

void http_server_stop_accepting(http_server *s) {
    __atomic_store_n(&s->is_stopping, 1, __ATOMIC_RELEASE);
    wake_all(s);
}

bool http_server_is_idle(http_server *s) {
    if (!s->loops) return true;
    bool is_stopping = __atomic_load_n(&s->is_stopping, __ATOMIC_ACQUIRE);
    if (is_stopping && __atomic_load_n(&s->stopped_loops, __ATOMIC_ACQUIRE) < s->options.loops) return false;
    for (int i = 0; i < s->options.loops; i++)
        if (__atomic_load_n(&s->loops[i].busy, __ATOMIC_ACQUIRE)) return false;
    return true;
}

void http_server_free(http_server *s) {
    if (!s) return;
    // Loop 0 first: it is the one that hands connections to the others.
    for (int i = 0; s->loops && i < s->options.loops; i++) http_loop_end(&s->loops[i]);
    for (int i = 0; s->loops && i < s->options.loops; i++) http_loop_close(&s->loops[i]);
    if (s->loops) pthread_barrier_destroy(&s->opened);
    if (s->fd >= 0) close(s->fd);
    if (s->spare_fd >= 0) close(s->spare_fd);
    tls_context_free(s->tls);
    pthread_mutex_destroy(&s->tls_mutex);
    mem_free((char *)(uintptr_t)s->options.listen);
    mem_free(s->loops);
    mem_free(s);
}

struct http_server_stats http_server_stats(http_server *s) {
    struct http_server_stats total = {
        .connections = __atomic_load_n(&s->accepted, __ATOMIC_RELAXED),
        .refused = __atomic_load_n(&s->turned_away, __ATOMIC_RELAXED),
        .open_connections = __atomic_load_n(&s->open_connections, __ATOMIC_RELAXED),
        .bodies_in_flight = __atomic_load_n(&s->bodies_in_flight, __ATOMIC_RELAXED),
    };
    for (int i = 0; s->loops && i < s->options.loops; i++) {
        total.requests += __atomic_load_n(&s->loops[i].requests, __ATOMIC_RELAXED);
        total.refused += __atomic_load_n(&s->loops[i].refused, __ATOMIC_RELAXED);
        total.bytes_in += __atomic_load_n(&s->loops[i].bytes_in, __ATOMIC_RELAXED);
        total.bytes_out += __atomic_load_n(&s->loops[i].bytes_out, __ATOMIC_RELAXED);
    }
    return total;
}
