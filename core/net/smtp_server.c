#include "net/smtp_server.h"
#include "base/mem.h"
#include "base/thread.h"
#include "net/http_loop.h"
#include "net/listening.h"
#include "net/smtp_peer.h"
#include <unistd.h>

#define LOOK_MS 500 // between two looks at who is silent

struct smtp_verdict smtp_server_judge(void *ctx, str address) {
    struct smtp_server *s = ctx;
    struct smtp_verdict v = s->options.on_recipient(s->options.ctx, s->own, address);
    if (v.code != 250) smtp_count(&s->stats.refused);
    return v;
}

static tls_context *read_certificate(const struct smtp_options *o, err *e, struct why *why) {
    tls_context *read = NULL;
    if (o->certificate_file && *o->certificate_file)
        *e = tls_context_serve(o->certificate_file, o->key_file, &read, why);
    return read;
}

// The name that the greeting says, as RFC 5321 wants it.
static void read_own_name(char out[UV_MAXHOSTNAMESIZE]) {
    size_t size = UV_MAXHOSTNAMESIZE;
    bool is_name = uv_os_gethostname(out, &size) == 0 && out[0] && out[0] != '.' && out[0] != '-';
    for (const char *p = out; is_name && *p; p++)
        is_name =
            (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') || *p == '-' || *p == '.';
    if (!is_name) memcpy(out, "localhost", sizeof "localhost");
}

err smtp_server_new(const struct smtp_options *options, smtp_server **out, struct why *why) {
    struct smtp_server *s = NEW(struct smtp_server);
    err e = ERR_OK;
    s->options = *options;
    s->options.listen = mem_copy(options->listen, strlen(options->listen));
    s->fd = -1;
    pthread_mutex_init(&s->tls_mutex, NULL);
    read_own_name(s->own_name);
    s->tls = read_certificate(options, &e, why);
    s->rules = (struct smtp_rules){.own_name = s->own_name,
                                   .size_limit = options->size_limit,
                                   .held_max = options->held_max,
                                   .held = &s->held,
                                   .has_tls = s->tls != NULL,
                                   .ctx = s,
                                   .on_recipient = smtp_server_judge};
    if (e == ERR_OK) e = listening_open(options->listen, "smtp_listen", &s->fd, &s->port, why);
    if (e != ERR_OK) {
        smtp_server_free(s);
        return e;
    }
    *out = s;
    return ERR_OK;
}

int smtp_server_port(const smtp_server *s) { return s->port; }

err smtp_server_reload(smtp_server *s, struct why *why) {
    err e = ERR_OK;
    tls_context *read = read_certificate(&s->options, &e, why), *old;
    if (e != ERR_OK || !read) return e;
    pthread_mutex_lock(&s->tls_mutex);
    old = s->tls;
    s->tls = read;
    pthread_mutex_unlock(&s->tls_mutex);
    tls_context_free(old);
    return ERR_OK;
}

tls_context *smtp_server_tls(smtp_server *s) {
    pthread_mutex_lock(&s->tls_mutex);
    tls_context *held = tls_context_hold(s->tls);
    pthread_mutex_unlock(&s->tls_mutex);
    return held;
}

// --- the loop ---

static void on_connection(uv_stream_t *listener, int status) {
    struct smtp_server *s = listener->data;
    if (status == 0) smtp_peer_accept(s);
}

static void on_look(uv_timer_t *timer) {
    struct smtp_server *s = timer->data;
    smtp_peers_look(s);
}

static void take_posts(struct smtp_server *s) {
    for (struct mail *m = mailbox_take(&s->box), *next; m; m = next) {
        next = m->next;
        s->options.on_post(s->options.ctx, s->own, m);
    }
}

static void end_when_done(struct smtp_server *s) {
    bool is_over = s->is_ending && !s->storing && link_is_alone(&s->silent) && link_is_alone(&s->busy);
    if (!is_over || s->is_closed) return;
    s->is_closed = true;
    uv_close((uv_handle_t *)&s->async, NULL);
    uv_close((uv_handle_t *)&s->timer, NULL);
}

static void stop_accepting(struct smtp_server *s) {
    if (s->is_deaf) return;
    s->is_deaf = true;
    uv_close((uv_handle_t *)&s->listener, NULL);
}

static void on_async(uv_async_t *async) {
    struct smtp_server *s = async->data;
    take_posts(s);
    s->is_ending = s->is_ending || __atomic_load_n(&s->must_end, __ATOMIC_ACQUIRE);
    if (s->is_ending || __atomic_load_n(&s->must_stop, __ATOMIC_ACQUIRE)) {
        stop_accepting(s);
        smtp_peers_dismiss(s);
    }
    end_when_done(s);
}

void smtp_server_peer_gone(struct smtp_server *s) { end_when_done(s); }

static void wake(void *ctx) {
    struct smtp_server *s = ctx;
    uv_async_send(&s->async);
}

static void open_loop(struct smtp_server *s) {
    CHECK(uv_loop_init(&s->loop) == 0);
    CHECK(uv_async_init(&s->loop, &s->async, on_async) == 0);
    CHECK(uv_timer_init(&s->loop, &s->timer) == 0);
    CHECK(uv_tcp_init(&s->loop, &s->listener) == 0);
    CHECK(uv_tcp_open(&s->listener, s->fd) == 0);
    s->fd = -1; // the handle's now
    s->async.data = s->timer.data = s->listener.data = s;
    link_open(&s->silent);
    link_open(&s->busy);
    mailbox_open(&s->box, wake, s);
    CHECK(uv_listen((uv_stream_t *)&s->listener, 1024, on_connection) == 0);
    uv_timer_start(&s->timer, on_look, LOOK_MS, LOOK_MS);
}

static void *run(void *arg) {
    struct smtp_server *s = arg;
    thread_present("smtp", THREAD_BATCH);
    s->own = s->options.on_open(s->options.ctx, &s->box);
    uv_run(&s->loop, UV_RUN_DEFAULT);
    s->options.on_close(s->options.ctx, s->own);
    return NULL;
}

void smtp_server_start(smtp_server *s) {
    open_loop(s);
    CHECK(pthread_create(&s->thread, NULL, run, s) == 0);
    s->is_started = true;
}

void smtp_server_stop_accepting(smtp_server *s) {
    __atomic_store_n(&s->must_stop, true, __ATOMIC_RELEASE);
    if (s->is_started) uv_async_send(&s->async);
}

bool smtp_server_is_idle(smtp_server *s) { return __atomic_load_n(&s->storing, __ATOMIC_ACQUIRE) == 0; }

void smtp_server_free(smtp_server *s) {
    if (!s) return;
    if (s->is_started) {
        __atomic_store_n(&s->must_end, true, __ATOMIC_RELEASE);
        uv_async_send(&s->async);
        pthread_join(s->thread, NULL);
        CHECK(uv_loop_close(&s->loop) == 0);
        mailbox_close(&s->box);
    }
    if (s->fd >= 0) close(s->fd);
    tls_context_free(s->tls);
    pthread_mutex_destroy(&s->tls_mutex);
    mem_free((char *)(uintptr_t)s->options.listen);
    mem_free(s);
}

struct smtp_stats smtp_server_stats(smtp_server *s) {
    return (struct smtp_stats){.connections = __atomic_load_n(&s->stats.connections, __ATOMIC_RELAXED),
                               .mails = __atomic_load_n(&s->stats.mails, __ATOMIC_RELAXED),
                               .refused = __atomic_load_n(&s->stats.refused, __ATOMIC_RELAXED),
                               .open_connections = __atomic_load_n(&s->stats.open_connections, __ATOMIC_RELAXED)};
}
