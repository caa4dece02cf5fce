// A connection's life: opened by the acceptor's hand-over, read, written once a turn, ended by peer, deadline or server.
#include "net/http_connection.h"
#include "base/mem.h"
#include "net/http_stream.h"
#include <sys/socket.h>
#include <unistd.h>

#define KEEP_BYTES 4096 // a buffer larger than this is given back when it is empty

static void shrink(buf *b) {
    if (b->cap > KEEP_BYTES) buf_free(b);
    else buf_clear(b);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *out) {
    (void)suggested;
    struct http_connection *c = handle->data;
    *out = uv_buf_init(c->loop->read_buffer, sizeof c->loop->read_buffer);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *bytes);

static void set_reading(struct http_connection *c, bool wanted) {
    if (c->is_reading == wanted) return;
    c->is_reading = wanted;
    if (!wanted) uv_read_stop((uv_stream_t *)&c->tcp);
    else if (uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read) != 0) http_connection_close(c);
}

static bool wants_bytes(const struct http_connection *c) {
    bool is_shaking = c->tls && !c->is_shaken;
    return !c->is_eof && (is_shaking || c->reading || c->is_streaming || http_connection_may_start(c));
}

// Requests are read where the bytes lie: in the loop's buffer, or behind what an earlier read left over.
static void feed(struct http_connection *c, str bytes) {
    if (c->in.len) {
        buf_put(&c->in, bytes.ptr, bytes.len);
        bytes = buf_view(&c->in);
    }
    size_t used = http_connection_consume(c, bytes);
    size_t left = bytes.len - used;
    if (c->in.len == 0) {
        buf_put(&c->in, bytes.ptr + used, left);
    } else if (left == 0) {
        shrink(&c->in);
    } else if (used) {
        memmove(c->in.ptr, c->in.ptr + used, left);
        c->in.len = left;
    }
}

// The peer has sent its last byte, but may still read: what it asked is answered first.
static void on_eof(struct http_connection *c) {
    c->is_eof = c->is_deaf = true;
    c->is_reading = false;
    shrink(&c->in);
    if (c->reading) { // its body will never be complete: an empty last answer in its place
        c->reading->is_answered = c->reading->is_closing = true;
        c->reading = NULL;
        http_slots_advance(c);
    }
    http_connection_touch(c);
}

// The peer is told why, if that is possible; nothing of its is believed any more.
static void give_up_tls(struct http_connection *c) {
    struct http_refusal why;
    if (!tls_stream_is_plain_http(c->tls)) {
        http_connection_relieve(c); // the alert
        http_connection_close(c);
        return;
    }
    tls_stream_free(c->tls);
    c->tls = NULL;
    http_refuse(&why, 400, "this port speaks TLS: the address begins with https://");
    http_connection_refuse(c, &why);
}

static void feed_sealed(struct http_connection *c, str bytes) {
    struct why ignored;
    bool is_ended = false;
    buf *plain = &c->loop->decrypted;
    err e = ERR_OK;
    buf_clear(plain);
    tls_stream_feed(c->tls, bytes);
    if (!c->is_shaken) e = tls_stream_shake(c->tls, &c->is_shaken, &ignored);
    if (e == ERR_OK && c->is_shaken) e = tls_stream_read(c->tls, plain, &is_ended, &ignored);
    if (plain->len) feed(c, buf_view(plain));
    if (e != ERR_OK) give_up_tls(c);
    else if (is_ended) {
        set_reading(c, false);
        on_eof(c);
    }
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *bytes) {
    struct http_connection *c = stream->data;
    if (n == 0) return;
    if (n < 0) {
        if (n == UV_EOF && !c->is_lingering && !c->is_streaming) on_eof(c);
        else http_connection_close(c);
        return;
    }
    http_count(&c->loop->bytes_in, (uint64_t)n);
    if (c->is_lingering || c->is_streaming) return;
    str came = {bytes->base, (size_t)n};
    c->has_begun = true;
    if (c->tls) feed_sealed(c, came);
    else feed(c, came);
    if (c->is_closing) return;
    if (!wants_bytes(c)) set_reading(c, false); // now, or libuv goes on reading in this turn
    http_connection_touch(c);
}

static void begin_tls(struct http_connection *c) {
    struct http_server *s = c->loop->server;
    if (!s->options.certificate_file || !*s->options.certificate_file) return;
    pthread_mutex_lock(&s->tls_mutex);
    c->tls = tls_stream_accept(s->tls);
    pthread_mutex_unlock(&s->tls_mutex);
}

void http_connection_open(struct http_loop *l, const struct http_arrival *arrival) {
    struct http_connection *c = NEW(struct http_connection);
    c->loop = l;
    memcpy(c->peer, arrival->peer, sizeof c->peer);
    link_open(&c->waiting);
    link_open(&c->dirty);
    CHECK(uv_tcp_init(&l->uv, &c->tcp) == 0);
    c->tcp.data = c;
    if (uv_tcp_open(&c->tcp, arrival->fd) != 0) {
        close(arrival->fd);
        http_connection_close(c);
        return;
    }
    begin_tls(c);
    http_loop_wait(l, c, HTTP_WAIT_IDLE);
    http_connection_touch(c);
    if (!arrival->is_refused) return;
    http_refuse(&c->why, 503, "all %d connections are busy; try again", l->server->connection_cap);
    http_connection_refuse(c, &c->why);
}

static void on_closed(uv_handle_t *handle) {
    struct http_connection *c = handle->data;
    struct http_loop *l = c->loop;
    buf_free(&c->in);
    buf_free(&c->out);
    buf_free(&c->sending);
    buf_free(&c->sealed);
    tls_stream_free(c->tls);
    mem_free(c);
    __atomic_sub_fetch(&l->connections, 1, __ATOMIC_RELAXED);
    __atomic_sub_fetch(&l->server->open_connections, 1, __ATOMIC_RELAXED);
}

static void let_go(struct http_connection *c) {
    c->is_closing = true;
    link_remove(&c->waiting);
    link_remove(&c->dirty);
    http_slots_drop(c);
    if (c->is_writing) c->loop->writing--;
}

static void say_bye(struct http_connection *c) {
    if (!c->tls || !c->is_shaken) return;
    tls_stream_say_bye(c->tls);
    http_connection_relieve(c);
}

void http_connection_close(struct http_connection *c) {
    if (c->is_closing) return;
    say_bye(c);
    let_go(c);
    uv_close((uv_handle_t *)&c->tcp, on_closed);
}

// With a reset the kernel forgets the unread answers at once, instead of offering them to a peer that does not read.
static void cut(struct http_connection *c) {
    let_go(c);
    if (uv_tcp_close_reset(&c->tcp, on_closed) != 0) uv_close((uv_handle_t *)&c->tcp, on_closed);
}

void http_connection_touch(struct http_connection *c) {
    if (!c->is_closing && link_is_alone(&c->dirty)) link_append(&c->loop->dirty, &c->dirty);
}

static void on_written(uv_write_t *write, int status) {
    struct http_connection *c = write->data;
    if (c->is_closing) return;
    c->is_writing = false;
    c->loop->writing--;
    shrink(&c->sending);
    if (status < 0) http_connection_close(c);
    else http_connection_touch(c);
}

static void write_later(struct http_connection *c, buf *from, size_t at) {
    buf empty = c->sending;
    c->sending = *from;
    *from = empty;
    uv_buf_t rest = uv_buf_init(c->sending.ptr + at, (unsigned)(c->sending.len - at));
    c->write.data = c;
    if (uv_write(&c->write, (uv_stream_t *)&c->tcp, &rest, 1, on_written) != 0) {
        http_connection_close(c);
        return;
    }
    c->is_writing = true;
    c->number++;
    c->loop->writing++;
}

// What goes to the socket: with TLS the answers encrypted, and the handshake's own bytes.
static buf *outgoing(struct http_connection *c) {
    struct why ignored;
    if (!c->tls) return &c->out;
    if (c->is_shaken && c->out.len) {
        // It fails only after the peer broke the protocol, and then reading ends the connection.
        (void)tls_stream_write(c->tls, buf_view(&c->out), &ignored);
        shrink(&c->out);
    }
    tls_stream_take(c->tls, &c->sealed);
    return &c->sealed;
}

void http_connection_relieve(struct http_connection *c) {
    buf *from = c->is_writing ? NULL : outgoing(c);
    if (!from || !from->len) return;
    uv_buf_t all = uv_buf_init(from->ptr, (unsigned)from->len);
    int n = uv_try_write((uv_stream_t *)&c->tcp, &all, 1);
    if (n <= 0) return; // the turn's own write finds out why
    http_count(&c->loop->bytes_out, (uint64_t)n);
    from->len -= (size_t)n;
    memmove(from->ptr, from->ptr + n, from->len);
}

static void send_out(struct http_connection *c) {
    buf *from = c->is_writing ? NULL : outgoing(c);
    if (!from || !from->len) return;
    uv_buf_t all = uv_buf_init(from->ptr, (unsigned)from->len);
    http_count(&c->loop->bytes_out, from->len);
    int n = uv_try_write((uv_stream_t *)&c->tcp, &all, 1);
    if (n == (int)from->len) shrink(from);
    else if (n >= 0 || n == UV_EAGAIN) write_later(c, from, n > 0 ? (size_t)n : 0);
    else http_connection_close(c);
}

// After the last answer the peer gets a moment to read it: closing over unread bytes would reset the connection and may
// take the answer with it. Until then bytes are thrown away unread.
static void linger(struct http_connection *c) {
    int fd;
    say_bye(c);
    if (c->is_eof || uv_fileno((uv_handle_t *)&c->tcp, &fd) != 0 || shutdown(fd, SHUT_WR) != 0) {
        http_connection_close(c);
        return;
    }
    c->is_lingering = c->is_deaf = true;
    shrink(&c->in);
    http_loop_wait(c->loop, c, HTTP_WAIT_LINGER);
    set_reading(c, true);
}

static enum http_wait wait_of(const struct http_connection *c) {
    if (c->is_writing) return HTTP_WAIT_WRITE;
    if (c->reading) return HTTP_WAIT_BODY;
    if (c->tls && !c->is_shaken && c->has_begun) return HTTP_WAIT_HEAD;
    if (http_connection_may_start(c) && c->in.len) return HTTP_WAIT_HEAD;
    if (c->first && c->first->is_streaming) return HTTP_WAIT_STREAM;
    return c->first ? HTTP_WAIT_REPLY : HTTP_WAIT_IDLE;
}

static void settle(struct http_connection *c) {
    bool is_quiet = !c->first && !c->out.len && !c->sealed.len && !c->is_writing;
    if (is_quiet && (c->is_last_answered || c->is_eof || c->loop->is_stopping)) {
        linger(c);
        return;
    }
    enum http_wait wait = wait_of(c);
    if (wait != c->wait || c->number != c->wait_number) http_loop_wait(c->loop, c, wait);
    if (wait == HTTP_WAIT_IDLE && c->in.cap) buf_free(&c->in);
    set_reading(c, wants_bytes(c));
}

void http_connection_flush(struct http_connection *c) {
    if (c->is_lingering) return;
    if (c->is_overrun) {
        cut(c);
        return;
    }
    size_t before;
    do { // answering may have made room for requests that wait in `in`
        send_out(c);
        before = c->in.len;
        if (!c->is_closing && before) feed(c, (str){0});
    } while (!c->is_closing && c->in.len != before);
    if (!c->is_closing) settle(c);
}

void http_connection_expire(struct http_connection *c) {
    const int *ms = c->loop->server->wait_ms;
    struct http_refusal why;
    if (c->tls && !c->is_shaken) { // there is no way to tell it anything
        http_connection_close(c);
        return;
    }
    switch (c->wait) {
    case HTTP_WAIT_HEAD:
        http_refuse(&why, 408, "the header block was not complete within the limit of %d ms", ms[HTTP_WAIT_HEAD]);
        break;
    case HTTP_WAIT_BODY:
        http_refuse(&why, 408, "the body was not complete within the limit of %d ms", ms[HTTP_WAIT_BODY]);
        break;
    case HTTP_WAIT_WRITE: cut(c); return;
    case HTTP_WAIT_STREAM:
        http_stream_keep_alive(c->first);
        http_loop_wait(c->loop, c, HTTP_WAIT_STREAM);
        return;
    default: http_connection_close(c); return;
    }
    shrink(&c->in);
    http_connection_refuse(c, &why);
    http_loop_wait(c->loop, c, HTTP_WAIT_REPLY);
}

void http_connection_stop(struct http_connection *c) {
    struct http_refusal why;
    if (c->tls && !c->is_shaken) {
        http_connection_close(c);
        return;
    }
    if (c->reading || c->wait == HTTP_WAIT_HEAD) {
        http_refuse(&why, 503, "the server is stopping; try again");
        http_connection_refuse(c, &why);
    }
    c->is_deaf = true;
    shrink(&c->in);
    if (c->is_streaming && c->last) http_stream_gone(c->last);
    http_connection_touch(c);
}
