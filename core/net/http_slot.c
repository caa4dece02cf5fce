// Slots: made when a header block is complete, answered in any order, sent in order.
#include "net/http_slot.h"
#include "base/mem.h"
#include "net/http_connection.h"
#include "net/http_stream.h"

#define POOL 256

static void slot_reply(struct http_exchange *x, const struct http_response *response);

static struct http_slot *take_free(struct http_loop *l) {
    struct http_slot *s = l->free_slots;
    if (!s) return mem_alloc(sizeof *s);
    l->free_slots = s->next;
    l->free_count--;
    return s;
}

struct http_slot *http_slot_new(struct http_connection *c) {
    struct http_loop *l = c->loop;
    struct http_slot *s = take_free(l);
    *s = (struct http_slot){.loop = l, .connection = c};
    s->exchange = (struct http_exchange){.request.is_tls = c->tls != NULL,
                                         .arena = arena_new(),
                                         .reply = slot_reply,
                                         .owner = &l->mailbox,
                                         .loop_ctx = l->ctx,
                                         .streaming = &http_stream_of_slot};
    link_append(&l->live, &s->live);
    *(c->last ? &c->last->next : &c->first) = s;
    c->last = s;
    c->slot_count++;
    return s;
}

void http_slot_let_go(struct http_slot *s) {
    if (s->held) __atomic_sub_fetch(&s->loop->server->bodies_in_flight, (int64_t)s->held, __ATOMIC_RELAXED);
    s->held = 0;
    http_body_free(&s->body);
    arena_free(s->exchange.arena);
    s->exchange.arena = NULL;
    s->exchange.request = (struct http_request){0};
}

void http_slot_free(struct http_slot *s) {
    struct http_loop *l = s->loop;
    http_slot_let_go(s);
    buf_free(&s->answer);
    link_remove(&s->live);
    if (l->free_count >= POOL) {
        mem_free(s);
        return;
    }
    s->next = l->free_slots;
    l->free_slots = s;
    l->free_count++;
}

void http_slot_free_pool(struct http_loop *l) {
    while (!link_is_alone(&l->live)) http_slot_free(CONTAINER(l->live.next, struct http_slot, live));
    for (struct http_slot *s = l->free_slots, *next; s; s = next) {
        next = s->next;
        mem_free(s);
    }
    l->free_slots = NULL;
}

bool http_slot_hold(struct http_slot *s, size_t size, struct http_refusal *why) {
    if (size <= s->held) return true;
    struct http_server *server = s->loop->server;
    int64_t all = __atomic_add_fetch(&server->bodies_in_flight, (int64_t)(size - s->held), __ATOMIC_RELAXED);
    s->held = size;
    size_t limit = server->options.limits.bodies_in_flight;
    if ((size_t)all <= limit) return true;
    return http_refuse(why, 503, "the requests in flight are over the limit of %zu bytes in all; try again", limit);
}

void http_slot_hand_over(struct http_slot *s) {
    struct http_loop *l = s->loop;
    s->is_handed_over = true;
    l->unanswered++;
    http_count(&l->requests, 1);
    s->exchange.request.received_at = env_now(l->server->options.env);
    l->server->options.on_request(l->server->options.ctx, &s->exchange);
}

struct http_reply_style http_slot_style(const struct http_slot *s) {
    return (struct http_reply_style){.date = http_loop_date(s->loop),
                                     .is_head = s->exchange.request.method == HTTP_M_HEAD,
                                     .is_closing = s->is_closing,
                                     .is_keep_alive = s->is_old && !s->is_closing};
}

// The first in the queue writes straight into the connection's output; the others wait with their own bytes.
buf *http_slot_place(struct http_slot *s) { return s == s->connection->first ? &s->connection->out : &s->answer; }

static void slot_reply(struct http_exchange *x, const struct http_response *response) {
    struct http_slot *s = CONTAINER(x, struct http_slot, exchange);
    CHECK(s->is_handed_over && !s->is_answered && !s->is_streaming);
    struct http_connection *c = s->connection;
    s->is_handed_over = false;
    s->loop->unanswered--;
    if (!c) {
        http_slot_free(s);
        return;
    }
    if (response->must_close || (s->loop->is_stopping && !s->next)) s->is_closing = true;
    struct http_reply_style style = http_slot_style(s);
    http_reply_write(http_slot_place(s), response, &style);
    s->is_answered = true;
    http_slots_advance(c);
    http_connection_touch(c);
}

void http_slot_refuse(struct http_slot *s, const struct http_refusal *why) {
    http_count(&s->loop->refused, 1);
    s->is_closing = true;
    s->is_answered = true;
    s->wants_continue = false;
    http_reply_refuse(http_slot_place(s), why, http_slot_style(s));
    http_body_free(&s->body);
    http_slots_advance(s->connection);
}

static struct http_slot *pop(struct http_connection *c) {
    struct http_slot *s = c->first;
    c->first = s->next;
    if (!c->first) c->last = NULL;
    c->slot_count--;
    return s;
}

void http_slots_advance(struct http_connection *c) {
    while (c->first && c->first->is_answered) {
        struct http_slot *s = pop(c);
        buf_put(&c->out, s->answer.ptr, s->answer.len);
        bool is_closing = s->is_closing;
        http_slot_free(s);
        if (!is_closing) continue;
        c->is_last_answered = c->is_deaf = true;
        http_slots_drop(c);
    }
    if (c->first && c->first->is_streaming && c->first->answer.len) {
        buf_put(&c->out, c->first->answer.ptr, c->first->answer.len);
        buf_free(&c->first->answer);
    }
    if (c->first && c->first->wants_continue) {
        c->first->wants_continue = false;
        buf_lit(&c->out, "HTTP/1.1 100 Continue\r\n\r\n");
    }
}

static void abandon(struct http_slot *s) {
    s->connection = NULL;
    s->next = NULL;
    if (s->is_streaming) http_stream_gone(s);
    else if (!s->is_handed_over) http_slot_free(s);
}

void http_slots_drop(struct http_connection *c) {
    c->reading = NULL;
    while (c->first) abandon(pop(c));
}

void http_slot_drop_after(struct http_slot *s) {
    struct http_connection *c = s->connection;
    c->reading = NULL;
    for (struct http_slot *at = s->next, *next; at; at = next) {
        next = at->next;
        c->slot_count--;
        abandon(at);
    }
    s->next = NULL;
    c->last = s;
}
