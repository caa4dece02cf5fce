// Streams: a head, pieces, an end. The connection's turn sends them; here they only meet their bound.
#include "net/http_stream.h"
#include "net/http_connection.h"

static struct http_slot *slot_of(struct http_exchange *x) { return CONTAINER(x, struct http_slot, exchange); }

// Bytes of the answer that the peer has not read, as far as this process knows.
static size_t behind(struct http_slot *s) {
    struct http_connection *c = s->connection;
    return http_slot_place(s)->len + c->sealed.len + (c->is_writing ? c->sending.len : 0);
}

static void put(struct http_slot *s, str piece) {
    if (!piece.len) return;
    if (s->is_old) buf_str(http_slot_place(s), piece);
    else http_reply_chunk(http_slot_place(s), piece);
    s->connection->number++;
    http_connection_touch(s->connection);
}

// Without a peer, or for its eyes alone: the exchange ends as with a reply.
static bool end_early(struct http_slot *s, const struct http_response *head) {
    struct http_response bare = *head;
    bare.body = (str){NULL, 0};
    s->exchange.reply(&s->exchange, &bare);
    return false;
}

static bool stream_begin(struct http_exchange *x, const struct http_response *head, str keep_alive) {
    struct http_slot *s = slot_of(x);
    struct http_connection *c = s->connection;
    CHECK(s->is_handed_over && !s->is_answered && !s->is_streaming);
    if (!c || c->is_eof || s->loop->is_stopping || x->request.method == HTTP_M_HEAD) return end_early(s, head);
    s->loop->unanswered--;
    s->is_streaming = s->is_closing = true;
    s->keep_alive = keep_alive;
    struct http_reply_style style = http_slot_style(s);
    style.is_open = true;
    style.is_chunked = !s->is_old;
    http_reply_write(http_slot_place(s), head, &style);
    put(s, head->body);
    http_slot_drop_after(s);
    http_slot_let_go(s);
    c->is_streaming = c->is_deaf = true;
    http_connection_touch(c);
    return true;
}

static bool stream_write(struct http_exchange *x, str piece) {
    struct http_slot *s = slot_of(x);
    struct http_connection *c = s->connection;
    CHECK(s->is_streaming && !s->is_answered);
    if (!c || s->is_gone || c->is_overrun) return false;
    size_t most = s->loop->server->options.limits.stream_bytes;
    if (behind(s) > most) http_connection_relieve(c);
    if (behind(s) > most) {
        c->is_overrun = true;
        http_connection_touch(c);
        return false;
    }
    put(s, piece);
    return true;
}

static void stream_end(struct http_exchange *x) {
    struct http_slot *s = slot_of(x);
    struct http_connection *c = s->connection;
    CHECK(s->is_streaming && !s->is_answered);
    s->is_streaming = s->is_handed_over = false;
    if (s->is_gone) s->loop->unanswered--;
    if (!c) {
        http_slot_free(s);
        return;
    }
    if (!s->is_old) http_reply_last_chunk(http_slot_place(s));
    s->is_answered = true;
    c->is_streaming = false;
    http_slots_advance(c);
    http_connection_touch(c);
}

const struct http_streaming http_stream_of_slot = {stream_begin, stream_write, stream_end};

void http_stream_keep_alive(struct http_slot *s) { put(s, s->keep_alive); }

// From here to its end the stream is work under way, which a server that stops waits for.
void http_stream_gone(struct http_slot *s) {
    if (s->is_gone) return;
    s->is_gone = true;
    s->loop->unanswered++;
    if (s->exchange.on_gone) s->exchange.on_gone(&s->exchange);
}
