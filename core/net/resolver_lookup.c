#include "net/resolver_lookup.h"
#include "base/mem.h"
#include <ares.h>
#include <netdb.h>

#define TRIES    4   // of each server, within the limit of the look-up
#define GRACE_MS 100 // the other family may take so much longer than the first that has addresses

enum { V4, V6, FAMILIES };

struct part { // one family's answer
    lookup *owner;
    int status; // ARES_*
    bool is_done;
    struct address addresses[RESOLVER_ADDRESSES_MAX];
    size_t count;
    int64_t ttl_s;
};

struct watch { // a socket of the channel
    uv_poll_t poll;
    lookup *owner;
    ares_socket_t fd;
    struct watch *next;
};

struct lookup {
    struct lookup_options options;
    ares_channel channel; // NULL: it could not be made
    uv_timer_t timer;
    struct watch *watches;
    struct part parts[FAMILIES];
    uint64_t started_at, found_at; // ms of the loop's clock; found_at 0: no addresses yet
    bool is_slow, is_over;
};

static void on_watch_closed(uv_handle_t *h) { mem_free(h->data); }

static void unwatch(lookup *l, ares_socket_t fd) {
    for (struct watch **at = &l->watches, *w; (w = *at); at = &w->next)
        if (w->fd == fd) {
            *at = w->next;
            uv_poll_stop(&w->poll);
            uv_close((uv_handle_t *)&w->poll, on_watch_closed);
            return;
        }
}

static void advance(lookup *l);

static void on_ready(uv_poll_t *poll, int status, int events) {
    struct watch *w = poll->data;
    lookup *l = w->owner;
    ares_socket_t fd = w->fd; // the watch may be closed in there
    bool has_failed = status < 0;
    ares_process_fd(l->channel, events & UV_READABLE || has_failed ? fd : ARES_SOCKET_BAD,
                    events & UV_WRITABLE || has_failed ? fd : ARES_SOCKET_BAD);
    advance(l);
}

static struct watch *watch_of(lookup *l, ares_socket_t fd) {
    for (struct watch *w = l->watches; w; w = w->next)
        if (w->fd == fd) return w;
    struct watch *w = NEW(struct watch);
    if (uv_poll_init(l->options.loop, &w->poll, fd) != 0) { // the question runs into its timeout
        mem_free(w);
        return NULL;
    }
    w->poll.data = w;
    w->owner = l;
    w->fd = fd;
    w->next = l->watches;
    l->watches = w;
    return w;
}

static void on_socket(void *ctx, ares_socket_t fd, int readable, int writable) {
    lookup *l = ctx;
    if (!readable && !writable) {
        unwatch(l, fd);
        return;
    }
    struct watch *w = watch_of(l, fd);
    if (w) uv_poll_start(&w->poll, (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0), on_ready);
}

static bool to_address(const struct sockaddr *from, struct address *out) {
    *out = (struct address){0};
    if (from->sa_family == AF_INET) {
        out->size = 4;
        memcpy(out->bytes, &((const struct sockaddr_in *)(const void *)from)->sin_addr, 4);
    } else if (from->sa_family == AF_INET6) {
        out->size = 16;
        memcpy(out->bytes, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, 16);
    }
    return out->size > 0;
}

static void on_answer(void *ctx, int status, int timeouts, struct ares_addrinfo *list) {
    struct part *p = ctx;
    (void)timeouts;
    p->is_done = true;
    p->status = status;
    p->ttl_s = INT32_MAX;
    for (struct ares_addrinfo_node *n = list ? list->nodes : NULL; n; n = n->ai_next) {
        if (p->count == RESOLVER_ADDRESSES_MAX || !to_address(n->ai_addr, &p->addresses[p->count])) continue;
        p->count++;
        if (n->ai_ttl < p->ttl_s) p->ttl_s = n->ai_ttl;
    }
    for (struct ares_addrinfo_cname *c = list ? list->cnames : NULL; c; c = c->next)
        if (c->ttl < p->ttl_s) p->ttl_s = c->ttl;
    ares_freeaddrinfo(list);
}

static bool is_final(const struct part *p) {
    return p->is_done && (p->status == ARES_SUCCESS || p->status == ARES_ENOTFOUND || p->status == ARES_ENODATA);
}

// What the parts come to. Addresses of the first family stand first in turn with the other's, so that a few of both fit.
static void sum_up(const lookup *l, struct lookup_outcome *out) {
    const struct part *a = &l->parts[V4], *b = &l->parts[V6];
    *out = (struct lookup_outcome){.ttl_s = INT32_MAX};
    for (size_t i = 0; i < RESOLVER_ADDRESSES_MAX; i++) {
        if (i < a->count && out->count < RESOLVER_ADDRESSES_MAX) out->addresses[out->count++] = a->addresses[i];
        if (i < b->count && out->count < RESOLVER_ADDRESSES_MAX) out->addresses[out->count++] = b->addresses[i];
    }
    if (a->count && a->ttl_s < out->ttl_s) out->ttl_s = a->ttl_s;
    if (b->count && b->ttl_s < out->ttl_s) out->ttl_s = b->ttl_s;
    out->state = out->count ? RESOLVER_FOUND : is_final(a) && is_final(b) ? RESOLVER_NO_NAME : RESOLVER_NO_SERVERS;
}

static void on_closed(uv_handle_t *timer) { mem_free(timer->data); }

void lookup_cancel(lookup *l) {
    l->is_over = true;
    if (l->channel) ares_destroy(l->channel); // its sockets are unwatched on the way
    CHECK(!l->watches);
    uv_close((uv_handle_t *)&l->timer, on_closed);
}

static void end(lookup *l) {
    struct lookup_outcome outcome;
    struct lookup_options options = l->options;
    sum_up(l, &outcome);
    lookup_cancel(l);
    options.on_done(options.ctx, &outcome);
}

static uint64_t age_ms(const lookup *l) { return uv_now(l->options.loop) - l->started_at; }

static bool is_complete(lookup *l) {
    bool has_all = l->parts[V4].is_done && l->parts[V6].is_done;
    if (has_all || !l->channel || age_ms(l) >= (uint64_t)l->options.limit_ms) return true;
    if (!l->parts[V4].count && !l->parts[V6].count) return false;
    if (!l->found_at) l->found_at = uv_now(l->options.loop);
    return uv_now(l->options.loop) - l->found_at >= GRACE_MS;
}

static void on_timer(uv_timer_t *timer) {
    lookup *l = timer->data;
    if (l->channel) ares_process_fd(l->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    advance(l);
}

static void sleep_until_next(lookup *l) {
    uint64_t age = age_ms(l), wait = (uint64_t)l->options.limit_ms - age;
    struct timeval most = {.tv_sec = 3600}, left;
    const struct timeval *next = ares_timeout(l->channel, &most, &left);
    uint64_t own = (uint64_t)next->tv_sec * 1000 + (uint64_t)(next->tv_usec + 999) / 1000;
    if (own < wait) wait = own;
    if (l->found_at && GRACE_MS < wait) wait = GRACE_MS;
    if (l->options.nudge_ms && !l->is_slow && (uint64_t)l->options.nudge_ms - age < wait)
        wait = (uint64_t)l->options.nudge_ms - age;
    uv_timer_start(&l->timer, on_timer, wait ? wait : 1, 0);
}

static void advance(lookup *l) {
    if (is_complete(l)) {
        end(l);
        return;
    }
    if (l->options.nudge_ms && !l->is_slow && age_ms(l) >= (uint64_t)l->options.nudge_ms) {
        l->is_slow = true;
        l->options.on_slow(l->options.ctx);
    }
    if (!l->is_over) sleep_until_next(l);
}

static void open_channel(lookup *l) {
    struct ares_options o = {
        .timeout = l->options.try_ms, .tries = TRIES, .sock_state_cb = on_socket, .sock_state_cb_data = l};
    if (ares_init_options(&l->channel, &o, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB) !=
        ARES_SUCCESS)
        l->channel = NULL;
    else if (*l->options.servers && ares_set_servers_ports_csv(l->channel, l->options.servers) != ARES_SUCCESS) {
        ares_destroy(l->channel);
        l->channel = NULL;
    }
}

lookup *lookup_start(const struct lookup_options *options, const char *name) {
    static const int families[FAMILIES] = {AF_INET, AF_INET6};
    lookup *l = NEW(lookup);
    l->options = *options;
    uv_update_time(options->loop);
    l->started_at = uv_now(options->loop);
    CHECK(uv_timer_init(options->loop, &l->timer) == 0);
    l->timer.data = l;
    open_channel(l);
    for (int i = 0; i < FAMILIES; i++) {
        struct ares_addrinfo_hints hints = {.ai_family = families[i]};
        l->parts[i].owner = l;
        if (l->channel) ares_getaddrinfo(l->channel, name, NULL, &hints, on_answer, &l->parts[i]);
    }
    uv_timer_start(&l->timer, on_timer, 0, 0); // an answer that is there already comes from the loop, too
    return l;
}
