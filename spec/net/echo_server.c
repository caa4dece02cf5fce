// The HTTP server with a handler of a few lines, for specs and for measuring: it echoes, waits, grows and counts.
//
//   POST /echo              the body as it came
//   any  /request           what the handler was given, as JSON
//   any  /slow?ms=N&text=T  T after N ms, answered through another thread and on_mail
//   any  /block?ms=N        holds up its loop for N ms, as no real handler may
//   GET  /big?n=N           N bytes
//   GET  /stream?count=N&ms=M&size=B   N pieces of B bytes, one each M ms, made on another thread; ms=0: all at once
//   any  /status?code=N     that status with the body "status N"; /status?code=N&close=1 ends the connection
//   POST /form?key=K        the form body's pairs as JSON, and the value of K
//   GET  /stats             http_server_stats as JSON
// SIGHUP reads the certificate again and says so. Flags are the names of http_limits and of http_server_options: --body_ms 100 --loops 2; and --proxies. SIGTERM stops gracefully.
#include "base/mem.h"
#include "net/forwarded.h"
#include "net/http_server.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

struct delayed {
    struct delayed *next;
    struct http_exchange *exchange;
    int64_t due_at;
};

struct stream { // under way: with the delays' thread, or coming back as a mail
    struct delayed delayed;
    struct echo *echo;
    int64_t left, ms, size;
    bool is_gone;
};

struct echo {
    http_server *server;
    env *env;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    struct delayed *waiting;
    struct address_guard proxies;
    bool is_ending;
};

static void answer(struct http_exchange *x, int status, str type, str body, bool must_close) {
    struct http_response r = {.status = status, .content_type = type, .body = body, .must_close = must_close};
    x->reply(x, &r);
}

static int64_t number_of(struct http_exchange *x, const char *key, int64_t otherwise) {
    str text;
    int64_t n;
    if (!http_form_get(x->arena, x->request.query, str_of(key), &text)) return otherwise;
    return str_to_int(text, &n) ? n : otherwise;
}

static void put_field(buf *b, const char *name, str value) {
    if (b->len > 1) buf_char(b, ',');
    buf_json(b, str_of(name));
    buf_char(b, ':');
    buf_json(b, value);
}

static void put_pair(buf *b, str name, str value, bool is_first) {
    if (!is_first) buf_char(b, ',');
    buf_char(b, '[');
    buf_json(b, name);
    buf_char(b, ',');
    buf_json(b, value);
    buf_char(b, ']');
}

static void answer_json(struct http_exchange *x, buf *b) {
    answer(x, 200, STR("application/json"), buf_view(b), false);
    buf_free(b);
}

static void on_describe(struct echo *e, struct http_exchange *x) {
    const struct http_request *r = &x->request;
    buf b = {0};
    buf_char(&b, '{');
    put_field(&b, "method", r->method_name);
    put_field(&b, "path", r->path);
    put_field(&b, "query", r->query);
    put_field(&b, "peer", r->peer);
    struct forwarded from;
    forwarded_read(x->arena, r, &e->proxies, &from);
    put_field(&b, "client", from.client);
    put_field(&b, "scheme", from.scheme);
    put_field(&b, "host", from.host);
    put_field(&b, "body", r->body);
    put_field(&b, "agent", http_header_get(r, STR("user-agent")));
    buf_lit(&b, ",\"headers\":[");
    for (size_t i = 0; i < r->header_count; i++) put_pair(&b, r->headers[i].name, r->headers[i].value, i == 0);
    buf_printf(&b, "],\"received_at\":%lld}", (long long)r->received_at);
    answer_json(x, &b);
}

static void on_form(struct http_exchange *x) {
    str rest = x->request.body, key, value, wanted = {0};
    buf b = {0};
    buf_lit(&b, "{\"pairs\":[");
    for (bool is_first = true; http_form_next(x->arena, &rest, &key, &value); is_first = false)
        put_pair(&b, key, value, is_first);
    buf_char(&b, ']');
    http_form_get(x->arena, x->request.query, STR("key"), &wanted);
    if (http_form_get(x->arena, x->request.body, wanted, &value)) put_field(&b, "value", value);
    buf_char(&b, '}');
    answer_json(x, &b);
}

static void on_stats(struct echo *e, struct http_exchange *x) {
    struct http_server_stats s = http_server_stats(e->server);
    buf b = {0};
    buf_printf(&b, "{\"connections\":%llu,\"requests\":%llu,\"refused\":%llu,\"bytes_in\":%llu,\"bytes_out\":%llu",
               (unsigned long long)s.connections, (unsigned long long)s.requests, (unsigned long long)s.refused,
               (unsigned long long)s.bytes_in, (unsigned long long)s.bytes_out);
    buf_printf(&b, ",\"open_connections\":%lld,\"bodies_in_flight\":%lld}", (long long)s.open_connections,
               (long long)s.bodies_in_flight);
    answer_json(x, &b);
}

static void on_big(struct http_exchange *x) {
    size_t n = (size_t)number_of(x, "n", 0);
    buf b = {0};
    memset(buf_reserve(&b, n + 1), 'x', n);
    b.len = n;
    answer(x, 200, STR("text/plain"), buf_view(&b), false);
    buf_free(&b);
}

static void on_status(struct http_exchange *x) {
    int status = (int)number_of(x, "code", 200);
    buf b = {0};
    buf_printf(&b, "status %d", status);
    answer(x, status, STR("text/plain"), buf_view(&b), number_of(x, "close", 0) == 1);
    buf_free(&b);
}

static void delay(struct echo *e, struct delayed *d, int64_t ms) {
    d->due_at = env_elapsed(e->env) + ms * 1000;
    pthread_mutex_lock(&e->mutex);
    d->next = e->waiting;
    e->waiting = d;
    pthread_cond_signal(&e->changed);
    pthread_mutex_unlock(&e->mutex);
}

static void on_slow(struct echo *e, struct http_exchange *x) {
    struct delayed *d = NEW(struct delayed);
    d->exchange = x;
    delay(e, d, number_of(x, "ms", 0));
}

// Comes back at once.
static void on_gone(struct http_exchange *x) {
    struct stream *s = x->work;
    s->is_gone = true;
    pthread_mutex_lock(&s->echo->mutex);
    s->delayed.due_at = 0;
    pthread_cond_signal(&s->echo->changed);
    pthread_mutex_unlock(&s->echo->mutex);
}

static bool write_piece(struct http_exchange *x, struct stream *s) {
    buf b = {0};
    memset(buf_reserve(&b, (size_t)s->size), 'x', (size_t)s->size);
    b.len = (size_t)s->size;
    bool is_taken = x->streaming->write(x, buf_view(&b));
    buf_free(&b);
    return is_taken;
}

static void go_on(struct echo *e, struct http_exchange *x) {
    struct stream *s = x->work;
    bool is_heard = !s->is_gone;
    do is_heard = is_heard && s->left-- > 0 && write_piece(x, s);
    while (is_heard && s->ms == 0);
    if (is_heard) {
        delay(e, &s->delayed, s->ms);
        return;
    }
    mem_free(s);
    x->streaming->end(x);
}

static void on_stream(struct echo *e, struct http_exchange *x) {
    struct stream *s = NEW(struct stream);
    struct http_response head = {.status = 200, .content_type = STR("text/event-stream"), .body = STR("begin\n")};
    *s = (struct stream){.delayed.exchange = x,
                         .echo = e,
                         .left = number_of(x, "count", 0),
                         .ms = number_of(x, "ms", 0),
                         .size = number_of(x, "size", 1)};
    x->work = s;
    x->on_gone = on_gone;
    if (x->streaming->begin(x, &head, STR(":\n"))) go_on(e, x);
    else mem_free(s);
}

static void on_block(struct http_exchange *x) {
    nanosleep(&(struct timespec){0, number_of(x, "ms", 0) * 1000000}, NULL);
    answer(x, 200, STR("text/plain"), STR("blocked"), false);
}

static void on_request(void *ctx, struct http_exchange *x) {
    struct echo *e = ctx;
    str path = x->request.path;
    if (str_is(path, STR("/echo"))) answer(x, 200, STR("text/plain"), x->request.body, false);
    else if (str_is(path, STR("/request"))) on_describe(e, x);
    else if (str_is(path, STR("/slow"))) on_slow(e, x);
    else if (str_is(path, STR("/stream"))) on_stream(e, x);
    else if (str_is(path, STR("/block"))) on_block(x);
    else if (str_is(path, STR("/big"))) on_big(x);
    else if (str_is(path, STR("/status"))) on_status(x);
    else if (str_is(path, STR("/form"))) on_form(x);
    else if (str_is(path, STR("/stats"))) on_stats(e, x);
    else answer(x, 404, STR("text/plain"), STR("no such path"), false);
}

static void on_mail(void *ctx, void *loop_ctx, struct mail *mail) {
    struct http_exchange *x = CONTAINER(mail, struct http_exchange, mail);
    str text = STR("slow");
    CHECK(x->loop_ctx == loop_ctx);
    if (x->on_gone) {
        go_on(ctx, x);
        return;
    }
    http_form_get(x->arena, x->request.query, STR("text"), &text);
    answer(x, 200, STR("text/plain"), text, false);
}

static void *on_loop_open(void *ctx, int loop_index, struct mailbox *mailbox) {
    (void)ctx;
    (void)loop_index;
    return mailbox;
}

// Takes what is due off the list; returns the µs until the next, or -1.
static int64_t send_due(struct echo *e) {
    int64_t now = env_elapsed(e->env), next = -1;
    for (struct delayed **at = &e->waiting, *d; (d = *at);) {
        if (d->due_at > now && !e->is_ending) {
            if (next < 0 || d->due_at - now < next) next = d->due_at - now;
            at = &d->next;
            continue;
        }
        *at = d->next;
        struct http_exchange *x = d->exchange;
        if (!x->on_gone) mem_free(d); // a stream's is its own
        mailbox_push(x->owner, &x->mail);
    }
    return next;
}

static void *run_delays(void *ctx) {
    struct echo *e = ctx;
    pthread_mutex_lock(&e->mutex);
    while (!e->is_ending || e->waiting) {
        int64_t next = send_due(e);
        if (e->is_ending) continue;
        if (next < 0) {
            pthread_cond_wait(&e->changed, &e->mutex);
            continue;
        }
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        int64_t ns = until.tv_nsec + next * 1000;
        until.tv_sec += ns / 1000000000;
        until.tv_nsec = ns % 1000000000;
        pthread_cond_timedwait(&e->changed, &e->mutex, &until);
    }
    pthread_mutex_unlock(&e->mutex);
    return NULL;
}

static bool set_option(struct http_server_options *o, const char *name, const char *value) {
    const long long n = atoll(value);
    struct http_limits *l = &o->limits;
    if (!strcmp(name, "--listen")) o->listen = value;
    else if (!strcmp(name, "--certificate")) o->certificate_file = value;
    else if (!strcmp(name, "--key")) o->key_file = value;
    else if (!strcmp(name, "--loops")) o->loops = (int)n;
    else if (!strcmp(name, "--body_bytes")) l->body_bytes = (size_t)n;
    else if (!strcmp(name, "--header_bytes")) l->header_bytes = (size_t)n;
    else if (!strcmp(name, "--header_count")) l->header_count = (size_t)n;
    else if (!strcmp(name, "--target_bytes")) l->target_bytes = (size_t)n;
    else if (!strcmp(name, "--header_ms")) l->header_ms = (int)n;
    else if (!strcmp(name, "--body_ms")) l->body_ms = (int)n;
    else if (!strcmp(name, "--idle_ms")) l->idle_ms = (int)n;
    else if (!strcmp(name, "--silence_ms")) l->silence_ms = (int)n;
    else if (!strcmp(name, "--stream_bytes")) l->stream_bytes = (size_t)n;
    else if (!strcmp(name, "--bodies_in_flight")) l->bodies_in_flight = (size_t)n;
    else if (!strcmp(name, "--connections")) l->connections = (int)n;
    else return false;
    return true;
}

static void reload(struct echo *e) {
    struct why why = {"reloaded"};
    (void)http_server_reload(e->server, &why);
    printf("%s\n", why.text);
    fflush(stdout);
}

static void serve(struct echo *e, const sigset_t *wanted) {
    int signal_number = 0;
    pthread_t delays;
    CHECK(pthread_create(&delays, NULL, run_delays, e) == 0);
    http_server_start(e->server);
    printf("listening on %d pid %d\n", http_server_port(e->server), (int)getpid());
    fflush(stdout);
    while (sigwait(wanted, &signal_number) == 0 && signal_number == SIGHUP) reload(e);
    http_server_stop_accepting(e->server);
    for (int i = 0; i < 2500 && !http_server_is_idle(e->server); i++) nanosleep(&(struct timespec){0, 2000000}, NULL);
    bool was_idle = http_server_is_idle(e->server);
    pthread_mutex_lock(&e->mutex);
    e->is_ending = true;
    pthread_cond_signal(&e->changed);
    pthread_mutex_unlock(&e->mutex);
    pthread_join(delays, NULL);
    struct http_server_stats stats = http_server_stats(e->server);
    http_server_free(e->server);
    printf("stopped %s with %lld bytes in flight\n", was_idle ? "idle" : "busy", (long long)stats.bodies_in_flight);
}

// As the real one does at its start: the usual allowance of a shell, 1,024 files, would cap the connections.
static void raise_file_limit(void) {
    struct rlimit limit;
    CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    limit.rlim_cur = limit.rlim_max;
    CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

int main(int argc, char **argv) {
    raise_file_limit();
    struct echo e = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    struct why why;
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGTERM);
    sigaddset(&wanted, SIGINT);
    sigaddset(&wanted, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &wanted, NULL); // before any thread starts, or one of them takes the signal
    e.env = env_new(NULL);
    log_t *log = log_new(2, LOG_INFO);
    struct http_server_options o = {.listen = "127.0.0.1:0",
                                    .loops = 2,
                                    .env = e.env,
                                    .log = log,
                                    .ctx = &e,
                                    .on_loop_open = on_loop_open,
                                    .on_request = on_request,
                                    .on_mail = on_mail};
    int code = 0;
    for (int i = 1; i + 1 < argc; i += 2)
        if (!strcmp(argv[i], "--proxies")) CHECK(!address_guard_parse(str_of(argv[i + 1]), &e.proxies, &why));
        else if (!set_option(&o, argv[i], argv[i + 1])) code = 2;
    if (code == 0 && http_server_new(&o, &e.server, &why) != ERR_OK) {
        fprintf(stderr, "%s\n", why.text);
        code = 1;
    }
    if (code == 0) serve(&e, &wanted);
    log_free(log);
    env_free(e.env);
    return code;
}
