// The client on its loop: libcurl's sockets and timer, and the calls that are under way.
#include "base/mem.h"
#include "net/http_client_parts.h"
#include <stdlib.h>

#define KEPT_STANDARD    64
#define TIMEOUT_STANDARD 10000
#define BODY_STANDARD    4096

// One handle of the client is closed; the last takes the client with it.
static void release(http_client *c) {
    if (--c->handles) return;
    mem_free(c->proxy_host);
    mem_free(c->proxy);
    mem_free(c->agent);
    tls_context_free(c->tls);
    mem_free(c);
    curl_global_cleanup();
}

static void on_timer_closed(uv_handle_t *h) { release(h->data); }

// --- libcurl's sockets and timer ---

static void tell_finished(http_client *c) {
    int left;
    for (CURLMsg *m; (m = curl_multi_info_read(c->multi, &left));) {
        struct client_call *k = NULL;
        if (m->msg != CURLMSG_DONE) continue;
        CURLcode code = m->data.result;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &k);
        call_on_transferred(k, code);
    }
}

static void on_timer(uv_timer_t *t) {
    http_client *c = t->data;
    int running;
    curl_multi_socket_action(c->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    tell_finished(c);
}

static int on_curl_timer(CURLM *multi, long ms, void *ctx) {
    http_client *c = ctx;
    (void)multi;
    if (uv_is_closing((uv_handle_t *)&c->timer)) return 0;
    if (ms < 0) uv_timer_stop(&c->timer);
    else uv_timer_start(&c->timer, on_timer, (uint64_t)ms, 0);
    return 0;
}

static void on_ready(uv_poll_t *poll, int status, int events) {
    struct socket_watch *w = poll->data;
    http_client *c = w->client;
    int running, flags = status < 0 ? CURL_CSELECT_ERR : 0;
    if (events & UV_READABLE) flags |= CURL_CSELECT_IN;
    if (events & UV_WRITABLE) flags |= CURL_CSELECT_OUT;
    curl_multi_socket_action(c->multi, w->fd, flags, &running); // may close the watch
    tell_finished(c);
}

static void on_watch_closed(uv_handle_t *h) {
    struct socket_watch *w = h->data;
    release(w->client);
    mem_free(w);
}

static struct socket_watch *watch_open(http_client *c, curl_socket_t fd) {
    struct socket_watch *w = NEW(struct socket_watch);
    if (uv_poll_init_socket(c->options.loop, &w->poll, fd) != 0) {
        mem_free(w);
        return NULL;
    }
    c->handles++;
    w->poll.data = w;
    w->client = c;
    w->fd = fd;
    w->next = c->watches;
    c->watches = w;
    curl_multi_assign(c->multi, fd, w);
    return w;
}

static void watch_close(struct socket_watch *w) {
    struct socket_watch **at = &w->client->watches;
    while (*at != w) at = &(*at)->next;
    *at = w->next;
    curl_multi_assign(w->client->multi, w->fd, NULL);
    uv_poll_stop(&w->poll);
    uv_close((uv_handle_t *)&w->poll, on_watch_closed);
}

static int on_curl_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *of_socket) {
    http_client *c = ctx;
    struct socket_watch *w = of_socket;
    if (what == CURL_POLL_REMOVE) {
        if (w) watch_close(w);
        return 0;
    }
    if (!w) w = watch_open(c, fd);
    if (!w) return -1; // libcurl fails the transfers
    (void)easy;
    int events = (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
    return uv_poll_start(&w->poll, events, on_ready) == 0 ? 0 : -1;
}

// --- new, free ---

// Takes host and port out of the proxy's URL: its name is resolved by us, too.
static bool read_proxy(const char *url, char **host, int *port) {
    CURLU *u = curl_url();
    char *name = NULL, *number = NULL, *scheme = NULL;
    bool is_good = u && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
                   curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                   (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0) &&
                   curl_url_get(u, CURLUPART_HOST, &name, CURLU_PUNYCODE) == CURLUE_OK &&
                   curl_url_get(u, CURLUPART_PORT, &number, CURLU_DEFAULT_PORT) == CURLUE_OK;
    if (is_good && host) {
        size_t n = strlen(name);
        bool is_v6 = name[0] == '[';
        *host = mem_copy(name + is_v6, n - 2 * (size_t)is_v6);
        *port = (int)strtol(number, NULL, 10);
    }
    curl_free(scheme);
    curl_free(name);
    curl_free(number);
    curl_url_cleanup(u);
    return is_good;
}

bool http_client_is_proxy(const char *url) { return read_proxy(url, NULL, NULL); }

static char *copy_text(const char *text, const char *otherwise) {
    const char *from = text && *text ? text : otherwise;
    return mem_copy(from, strlen(from));
}

err http_client_new(const struct http_client_options *options, http_client **out, struct why *why) {
    bool has_proxy = options->proxy && *options->proxy;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return why_set(why, ERR_IO, "libcurl cannot start; is its package complete?");
    if (has_proxy && !http_client_is_proxy(options->proxy)) {
        curl_global_cleanup();
        return why_set(why, ERR_INVALID, "outgoing_proxy must be a URL such as http://proxy.example:3128, not '%s'",
                       options->proxy);
    }
    tls_context *tls = tls_context_new(options->ca_file ? options->ca_file : "", why);
    if (!tls) {
        curl_global_cleanup();
        return ERR_INVALID;
    }
    http_client *c = NEW(http_client);
    c->tls = tls;
    c->options = *options;
    c->guard = *options->guard;
    c->proxy = copy_text(options->proxy, "");
    c->agent = copy_text(options->agent, "tocsin/" TOCSIN_VERSION);
    if (has_proxy) read_proxy(c->proxy, &c->proxy_host, &c->proxy_port);
    CHECK(uv_timer_init(options->loop, &c->timer) == 0);
    c->timer.data = c;
    c->handles = 1;
    c->multi = curl_multi_init();
    CHECK(c->multi);
    curl_multi_setopt(c->multi, CURLMOPT_SOCKETFUNCTION, on_curl_socket);
    curl_multi_setopt(c->multi, CURLMOPT_SOCKETDATA, c);
    curl_multi_setopt(c->multi, CURLMOPT_TIMERFUNCTION, on_curl_timer);
    curl_multi_setopt(c->multi, CURLMOPT_TIMERDATA, c);
    curl_multi_setopt(c->multi, CURLMOPT_MAXCONNECTS, (long)(options->kept ? options->kept : KEPT_STANDARD));
    *out = c;
    return ERR_OK;
}

static void on_call_closed(uv_handle_t *h) {
    struct client_call *k = h->data;
    release(k->client);
    buf_free(&k->received);
    arena_free(k->arena);
}

static void let_go(struct client_call *k) {
    *k->at = k->next;
    if (k->next) k->next->at = k->at;
    k->client->active--;
    call_end_hop(k);
    uv_close((uv_handle_t *)&k->timer, on_call_closed); // its memory stays until then, for the result's texts
}

void http_client_free(http_client *c) {
    if (!c) return;
    while (c->calls) let_go(c->calls);
    uv_close((uv_handle_t *)&c->timer, on_timer_closed);
    curl_multi_cleanup(c->multi); // kept connections are closed, and with them their watches
    CHECK(!c->watches);
}

// --- calls ---

static void on_call_timer(uv_timer_t *t) {
    struct client_call *k = t->data;
    if (k->result.failure == HTTP_FAILED_NONE) call_on_late(k);
    else client_finish(k);
}

void client_finish(struct client_call *k) {
    if (k->is_starting) {
        uv_timer_start(&k->timer, on_call_timer, 0, 0);
        return;
    }
    k->result.latency_us = (clock_ns() - k->started_ns) / 1000;
    let_go(k);
    k->call.on_done(k->call.ctx, &k->result);
}

static struct http_header *copy_headers(arena *a, const struct http_header *from, size_t count) {
    struct http_header *to = arena_alloc(a, (count + 1) * sizeof *to);
    for (size_t i = 0; i < count; i++)
        to[i] = (struct http_header){arena_str(a, from[i].name), arena_str(a, from[i].value)};
    return to;
}

static void copy_mail(struct client_call *k, const struct http_mail *from) {
    arena *a = k->arena;
    str *to = arena_alloc(a, (from->to_count + 1) * sizeof *to);
    for (size_t i = 0; i < from->to_count; i++) to[i] = arena_str(a, from->to[i]);
    k->mail = (struct http_mail){.from = arena_str(a, from->from),
                                 .to = to,
                                 .to_count = from->to_count,
                                 .data = arena_str(a, from->data),
                                 .user = arena_str(a, from->user),
                                 .password = arena_str(a, from->password),
                                 .is_starttls = from->is_starttls};
    k->call.mail = &k->mail;
}

static struct client_call *copy_call(http_client *c, const struct http_call *call) {
    arena *a = arena_new();
    struct client_call *k = arena_alloc(a, sizeof *k);
    k->client = c;
    k->arena = a;
    k->call = *call;
    k->url = arena_str(a, call->url);
    k->method = arena_str(a, call->method);
    k->body = arena_str(a, call->body);
    k->headers = copy_headers(a, call->headers, call->header_count);
    k->header_count = call->header_count;
    if (call->mail) copy_mail(k, call->mail);
    if (!call->timeout_ms) k->call.timeout_ms = TIMEOUT_STANDARD;
    if (!call->keep_bytes) k->call.keep_bytes = BODY_STANDARD;
    return k;
}

uint64_t http_client_send(http_client *c, const struct http_call *call) {
    struct client_call *k = copy_call(c, call);
    k->started_ns = clock_ns();
    k->id = ++c->last_id;
    k->next = c->calls;
    k->at = &c->calls;
    if (k->next) k->next->at = &k->next;
    c->calls = k;
    c->active++;
    c->handles++;
    CHECK(uv_timer_init(c->options.loop, &k->timer) == 0);
    k->timer.data = k;
    uv_update_time(c->options.loop);
    uv_timer_start(&k->timer, on_call_timer, (uint64_t)k->call.timeout_ms, 0);
    k->is_starting = true;
    call_hop(k);
    k->is_starting = false;
    return k->id;
}

void http_client_cancel(http_client *c, uint64_t id) {
    for (struct client_call *k = c->calls; k; k = k->next)
        if (k->id == id) {
            let_go(k);
            return;
        }
}

size_t http_client_active(const http_client *c) { return c->active; }
