// Slots: made when a header block is complete, answered in any order, sent in order.
#include "net/http_slot.h"
#include "base/mem.h"
#include "net/http_connection.h"

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
    s->exchange =
        (struct http_exchange){.arena = arena_new(), .reply = slot_reply, .owner = &l->mailbox, .loop_ctx = l->ctx};
    link_append(&l->live, &s->live);
    *(c->last ? &c->last->next : &c->first) = s;
    c->last = s;
    c->slot_count++;
    return s;
}

static void release(struct http_slot *s) {
    if (s->held) __atomic_sub_fetch(&s->loop->server->bodies_in_flight, (int64_t)s->held, __ATOMIC_RELAXED);
    http_body_free(&s->body);
    buf_free(&s->answer);
    arena_free(s->exchange.arena);
    link_remove(&s->live);
}

void http_slot_free(struct http_slot *s) {
    struct http_loop *l = s->loop;
    release(s);
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

static struct http_reply_style style_of(const struct http_slot *s) {
    return (struct http_reply_style){.date = http_loop_date(s->loop),
                                     .is_head = s->exchange.request.method == HTTP_M_HEAD,
                                     .is_closing = s->is_closing,
                                     .is_keep_alive = s->is_old && !s->is_closing};
}

// The first in the queue writes straight into the connection's output; the others wait with their own bytes.
static buf *place_of(struct http_slot *s) { return s == s->connection->first ? &s->connection->out : &s->answer; }

static void slot_reply(struct http_exchange *x, const struct http_response *response) {
    struct http_slot *s = CONTAINER(x, struct http_slot, exchange);
    CHECK(s->is_handed_over && !s->is_answered);
    struct http_connection *c = s->connection;
    s->is_handed_over = false;
    s->loop->unanswered--;
    if (!c) {
        http_slot_free(s);
        return;
    }
    if (response->must_close || (s->loop->is_stopping && !s->next)) s->is_closing = true;
    struct http_reply_style style = style_of(s);
    http_reply_write(place_of(s), response, &style);
    s->is_answered = true;
    http_slots_advance(c);
    http_connection_touch(c);
}

void http_slot_refuse(struct http_slot *s, const struct http_refusal *why) {
    http_count(&s->loop->refused, 1);
    s->is_closing = true;
    s->is_answered = true;
    s->wants_continue = false;
    http_reply_refuse(place_of(s), why, style_of(s));
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
    if (c->first && c->first->wants_continue) {
        c->first->wants_continue = false;
        buf_lit(&c->out, "HTTP/1.1 100 Continue\r\n\r\n");
    }
}

void http_slots_drop(struct http_connection *c) {
    c->reading = NULL;
    while (c->first) {
        struct http_slot *s = pop(c);
        s->connection = NULL;
        s->next = NULL;
        if (!s->is_handed_over) http_slot_free(s);
    }
}
