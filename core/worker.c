#include "worker.h"
#include "base/mem.h"
#include "base/thread.h"
#include "net/forwarded.h"
#include "net/http_deflate.h"
#include <stdio.h>

#define WAITING_MAX 1000
#define API_FUEL    50000000 // pages render many templates; a backstop, not a budget
#define API_MEMORY  ((size_t)256 << 20)

struct worker {
    workers *pool;
    struct aside_tools tools;
    pthread_t thread;
};

struct workers {
    struct workers_options options;
    struct worker *list;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    struct mail *head, **tail;
    size_t waiting;
    bool is_running, is_stopping;
};

struct work { // a request, as one of the things that workers do
    struct aside aside;
    workers *pool;
    enum work_kind kind;
    struct http_exchange *x;
    struct http_response response;
    str stream; // the answer goes on
    str person; // whom a believed proxy names
};

static bool open_worker(workers *w, struct worker *one, struct why *why) {
    struct store_options reading = {.dir = w->options.data,
                                    .mode = STORE_READ,
                                    .env = w->options.env,
                                    .log = w->options.log,
                                    .read_timeout_ms = w->options.read_timeout_ms};
    one->pool = w;
    if (store_open(&reading, &one->tools.store, why) != ERR_OK) return false;
    struct script_options own = w->options.script;
    own.store = one->tools.store;
    own.ids = store_ids(one->tools.store);
    own.memory_bytes = API_MEMORY;
    one->tools.script = script_new(&own, why);
    return one->tools.script != NULL;
}

workers *workers_new(const struct workers_options *options, struct why *why) {
    workers *w = NEW(workers);
    w->options = *options;
    w->tail = &w->head;
    pthread_mutex_init(&w->mutex, NULL);
    pthread_cond_init(&w->wake, NULL);
    w->list = mem_zero((size_t)options->count * sizeof *w->list);
    for (int i = 0; i < options->count; i++)
        if (!open_worker(w, &w->list[i], why)) {
            workers_free(w);
            return NULL;
        }
    return w;
}

void workers_free(workers *w) {
    if (!w) return;
    for (int i = 0; i < w->options.count; i++) {
        script_free(w->list[i].tools.script);
        store_close(w->list[i].tools.store);
    }
    pthread_mutex_destroy(&w->mutex);
    pthread_cond_destroy(&w->wake);
    mem_free(w->list);
    mem_free(w);
}

static str base_url(workers *w, struct http_exchange *x, const struct forwarded *from) {
    if (*w->options.public_url) {
        str url = str_of(w->options.public_url);
        while (url.len && url.ptr[url.len - 1] == '/') url.len--;
        return url;
    }
    buf b = {0};
    buf_printf(&b, "%.*s://%.*s%s", STR_FMT(from->scheme), STR_FMT(from->host), w->options.path_prefix);
    str copy = arena_str(x->arena, buf_view(&b));
    buf_free(&b);
    return copy;
}

static str headers_json(struct http_exchange *x) {
    buf b = {0};
    http_headers_json(&b, x->request.headers, x->request.header_count, SIZE_MAX);
    str copy = arena_str(x->arena, buf_view(&b));
    buf_free(&b);
    return copy;
}

// Whom a proxy names. A header that came twice may be the client's own beside the proxy's: it names nobody.
static str person_of(const char *header, const struct http_request *r) {
    str found = STR("");
    for (size_t i = 0; *header && i < r->header_count; i++) {
        if (!str_is(r->headers[i].name, str_of(header))) continue;
        if (found.len) return STR("");
        found = r->headers[i].value;
    }
    return found;
}

static const char *const modules[] = {
    [WORK_API] = "api", [WORK_CALLBACK] = "api.callbacks", [WORK_DOOR] = "api.doors", [WORK_PAGE] = "web"};

// Lua: <module>.handle(method, path, query, headers_json, body, now, base_url, client, person) →
// status, content_type, body, extra_headers, stream.
static err call(struct worker *one, struct http_exchange *x, struct script_value out[5], struct why *why) {
    const struct http_request *r = &x->request;
    struct script_budget budget = {.fuel = API_FUEL};
    struct work *work = x->work;
    struct script_value args[] = {script_text(r->method == HTTP_M_HEAD ? STR("GET") : r->method_name),
                                  script_text(r->path),
                                  script_text(r->query),
                                  script_text(headers_json(x)),
                                  script_text(r->body),
                                  {.type = SCRIPT_INT, .integer = env_now(one->pool->options.env)},
                                  script_text(r->base_url),
                                  script_text(r->client),
                                  script_text(work->person)};
    return script_call(one->tools.script, modules[work->kind], "handle", args, 9, budget, x->arena, out, 5, why);
}

// An answer that tells nothing of the inside, and a log line under the same id that does.
static struct http_response failure(struct worker *one, struct http_exchange *x, err e, const struct why *why) {
    unsigned char id[6];
    char text_id[16];
    env_random(one->pool->options.env, id, sizeof id);
    for (size_t i = 0; i < sizeof id; i++) snprintf(text_id + 2 * i, 3, "%02x", id[i]);
    LOG(one->pool->options.log, LOG_ERROR, "request_failed", LOG_Z("id", text_id),
        LOG_S("method", x->request.method_name), LOG_Z("error", *why->text ? why->text : err_text(e)));
    buf body = {0};
    buf_printf(&body, "{\"detail\":\"The server failed to answer; the log has the reason under id %s.\"}", text_id);
    struct http_response r = {.status = e == ERR_TIMEOUT || e == ERR_BUSY ? 503 : 500,
                              .content_type = STR("application/json"),
                              .body = arena_str(x->arena, buf_view(&body))};
    buf_free(&body);
    return r;
}

static str text_or_empty(const struct script_value *v) { return v->type == SCRIPT_STR ? v->text : (str){NULL, 0}; }

static void answer(struct aside *a, struct aside_tools *tools) {
    struct worker *one = CONTAINER(tools, struct worker, tools);
    struct work *work = CONTAINER(a, struct work, aside);
    struct http_exchange *x = work->x;
    struct script_value v[5] = {0};
    struct why why = {""};
    static const struct address_guard nobody = {0};
    const struct workers_options *o = &one->pool->options;
    struct forwarded from;
    forwarded_read(x->arena, &x->request, o->proxies ? o->proxies : &nobody, &from);
    x->request.client = from.client;
    if (from.is_proxied) work->person = person_of(o->header_sign_in, &x->request);
    x->request.base_url = base_url(one->pool, x, &from);
    err e = call(one, x, v, &why);
    if (e == ERR_OK && v[0].type == SCRIPT_INT)
        work->response = (struct http_response){.status = (int)v[0].integer,
                                                .content_type = text_or_empty(&v[1]),
                                                .body = text_or_empty(&v[2]),
                                                .extra_headers = text_or_empty(&v[3])};
    else work->response = failure(one, x, e, &why);
    web_headers_add(&o->headers, x, str_is(from.scheme, STR("https")), &work->response);
    bool is_small = web_headers_has(work->response.extra_headers, "Content-Encoding:"); // by the build
    if (work->kind == WORK_PAGE && !is_small) http_deflate(x, &work->response);
    work->stream = text_or_empty(&v[4]);
    work->pool = one->pool;
    mailbox_push(x->owner, &x->mail);
}

static void send_answer(struct http_exchange *x) {
    struct work *work = x->work;
    const struct workers_options *o = &work->pool->options;
    if (work->stream.len && o->stream.open) o->stream.open(o->stream.ctx, x, &work->response, work->stream);
    else x->reply(x, &work->response);
}

static err push(void *ctx, struct aside *a) {
    workers *w = ctx;
    pthread_mutex_lock(&w->mutex);
    bool is_full = w->waiting >= WAITING_MAX;
    if (!is_full) {
        a->mail.next = NULL;
        *w->tail = &a->mail;
        w->tail = &a->mail.next;
        w->waiting++;
        pthread_cond_signal(&w->wake);
    }
    pthread_mutex_unlock(&w->mutex);
    return is_full ? ERR_FULL : ERR_OK;
}

err workers_push(workers *w, enum work_kind kind, struct http_exchange *x) {
    struct work *work = arena_alloc(x->arena, sizeof *work);
    *work = (struct work){.aside.run = answer, .kind = kind, .x = x};
    x->work = work;
    x->resume = send_answer;
    return push(w, &work->aside);
}

struct aside_door workers_aside(workers *w) {
    return (struct aside_door){.ctx = w, .push = push};
}

static struct aside *take(workers *w, bool may_wait) {
    pthread_mutex_lock(&w->mutex);
    while (may_wait && !w->head && !w->is_stopping) pthread_cond_wait(&w->wake, &w->mutex);
    struct mail *mail = w->head;
    if (mail) {
        w->head = mail->next;
        if (!w->head) w->tail = &w->head;
        w->waiting--;
    }
    pthread_mutex_unlock(&w->mutex);
    return mail ? CONTAINER(mail, struct aside, mail) : NULL;
}

bool workers_turn(workers *w) {
    struct aside *a = take(w, false);
    if (a) a->run(a, &w->list[0].tools);
    return a != NULL;
}

// Whoever reads does not push aside those who take alerts in.
static void *worker_thread(void *arg) {
    struct worker *one = arg;
    thread_present("worker", THREAD_BATCH);
    for (struct aside *a; (a = take(one->pool, true));) a->run(a, &one->tools);
    return NULL;
}

void workers_start(workers *w) {
    w->is_running = true;
    for (int i = 0; i < w->options.count; i++)
        CHECK(pthread_create(&w->list[i].thread, NULL, worker_thread, &w->list[i]) == 0);
}

void workers_stop(workers *w) {
    if (!w->is_running) return;
    pthread_mutex_lock(&w->mutex);
    w->is_stopping = true;
    pthread_cond_broadcast(&w->wake);
    pthread_mutex_unlock(&w->mutex);
    for (int i = 0; i < w->options.count; i++) pthread_join(w->list[i].thread, NULL);
    w->is_running = false;
}
