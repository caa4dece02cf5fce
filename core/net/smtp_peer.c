#include "net/smtp_peer.h"
#include "base/mem.h"
#include "net/listening.h"

#define UNREAD_MAX 65536 // of our replies: who does not read them has to go

struct peer {
    struct link link;
    struct smtp_server *server;
    uv_tcp_t tcp;
    uv_shutdown_t shutdown;
    struct smtp_dialogue dialogue;
    tls_stream *tls; // NULL: in the clear
    bool is_shaking, is_storing, is_inside, is_answered, is_closing;
    uint64_t heard_at;
    char address[46];
    int code; // the answer to its mail
    char answer[256];
    struct smtp_mail mail;
};

struct sending {
    uv_write_t write;
    buf bytes;
};

static void act(struct peer *p, enum smtp_next next, buf *out);

// --- the end ---

static void on_closed(uv_handle_t *h) {
    struct peer *p = h->data;
    struct smtp_server *s = p->server;
    link_remove(&p->link);
    smtp_dialogue_close(&p->dialogue);
    tls_stream_free(p->tls);
    __atomic_sub_fetch(&s->stats.open_connections, 1, __ATOMIC_RELAXED);
    mem_free(p);
    smtp_server_peer_gone(s);
}

static void move_to(struct peer *p, struct link *list) {
    link_remove(&p->link);
    link_append(list, &p->link);
}

// One whose mail is being stored stays until that is answered.
static void drop(struct peer *p) {
    p->is_closing = true;
    move_to(p, &p->server->busy);
    uv_read_stop((uv_stream_t *)&p->tcp);
    if (!p->is_storing && !uv_is_closing((uv_handle_t *)&p->tcp)) uv_close((uv_handle_t *)&p->tcp, on_closed);
}

static void on_shut(uv_shutdown_t *shutdown, int status) {
    (void)status;
    drop(shutdown->data);
}

// What was said leaves first.
static void finish(struct peer *p) {
    if (p->is_closing) return;
    p->is_closing = true;
    move_to(p, &p->server->busy);
    uv_read_stop((uv_stream_t *)&p->tcp);
    p->shutdown.data = p;
    if (uv_shutdown(&p->shutdown, (uv_stream_t *)&p->tcp, on_shut) != 0) drop(p);
}

// --- bytes out ---

static void on_sent(uv_write_t *w, int status) {
    struct sending *sending = w->data;
    (void)status; // a connection that cannot be written to is seen by its end
    buf_free(&sending->bytes);
    mem_free(sending);
}

static void send_raw(struct peer *p, buf *bytes) {
    uv_buf_t one = uv_buf_init(bytes->ptr, (unsigned)bytes->len);
    int n = bytes->len && !p->is_closing ? uv_try_write((uv_stream_t *)&p->tcp, &one, 1) : (int)bytes->len;
    if (n == (int)bytes->len) return;
    size_t sent = n > 0 ? (size_t)n : 0;
    struct sending *sending = NEW(struct sending);
    buf_put(&sending->bytes, bytes->ptr + sent, bytes->len - sent);
    sending->write.data = sending;
    one = uv_buf_init(sending->bytes.ptr, (unsigned)sending->bytes.len);
    if (uv_write(&sending->write, (uv_stream_t *)&p->tcp, &one, 1, on_sent) != 0) on_sent(&sending->write, 0);
    if (uv_stream_get_write_queue_size((uv_stream_t *)&p->tcp) > UNREAD_MAX) drop(p);
}

static void send_text(struct peer *p, buf *out) {
    buf encrypted = {0};
    struct why why;
    if (!p->tls) send_raw(p, out);
    else if (out->len && tls_stream_write(p->tls, buf_view(out), &why) == ERR_OK) {
        tls_stream_take(p->tls, &encrypted);
        send_raw(p, &encrypted);
    }
    buf_free(&encrypted);
    buf_clear(out);
}

static void dismiss(struct peer *p, const char *line) {
    buf out = {0};
    buf_printf(&out, "%s\r\n", line);
    if (!p->is_shaking) send_text(p, &out);
    buf_free(&out);
    finish(p);
}

// --- bytes in ---

static void shake(struct peer *p) {
    struct why why = {""};
    buf out = {0};
    bool is_done = false;
    err e = tls_stream_shake(p->tls, &is_done, &why);
    tls_stream_take(p->tls, &out); // an alert, when it failed
    send_raw(p, &out);
    buf_free(&out);
    if (e != ERR_OK) finish(p);
    else if (is_done) {
        p->is_shaking = false;
        smtp_dialogue_shaken(&p->dialogue);
    }
}

static void start_tls(struct peer *p) {
    tls_context *context = smtp_server_tls(p->server);
    p->tls = tls_stream_accept(context);
    tls_context_free(context);
    p->is_shaking = true;
}

static void hear(struct peer *p, str plain) {
    buf out = {0};
    act(p, smtp_dialogue_hear(&p->dialogue, plain, &out), &out);
    buf_free(&out);
}

static void hear_encrypted(struct peer *p, str bytes) {
    buf plain = {0};
    bool is_ended = false;
    struct why why = {""};
    tls_stream_feed(p->tls, bytes);
    if (p->is_shaking) shake(p);
    if (p->is_shaking || p->is_closing) return;
    err e = tls_stream_read(p->tls, &plain, &is_ended, &why);
    if (plain.len) hear(p, buf_view(&plain));
    if ((e != ERR_OK || is_ended) && !p->is_storing) finish(p);
    buf_free(&plain);
}

static void on_room(uv_handle_t *h, size_t wanted, uv_buf_t *out) {
    struct peer *p = h->data;
    (void)wanted;
    *out = uv_buf_init(p->server->room, sizeof p->server->room);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *bytes) {
    struct peer *p = stream->data;
    if (n == 0 || p->is_closing) return;
    if (n < 0) {
        drop(p);
        return;
    }
    p->heard_at = uv_now(&p->server->loop);
    move_to(p, &p->server->silent);
    if (p->tls) hear_encrypted(p, (str){bytes->base, (size_t)n});
    else hear(p, (str){bytes->base, (size_t)n});
}

// --- mails ---

static void begin_mail(struct peer *p) {
    struct smtp_dialogue *d = &p->dialogue;
    p->mail = (struct smtp_mail){.sender = buf_view(&d->sender),
                                 .data = buf_view(&d->text),
                                 .peer = str_of(p->address),
                                 .recipient_count = d->recipient_count};
    for (size_t i = 0; i < d->recipient_count; i++) p->mail.recipients[i] = buf_view(&d->recipients[i]);
    p->is_storing = true;
    p->is_answered = false;
    uv_read_stop((uv_stream_t *)&p->tcp);
    move_to(p, &p->server->busy);
    __atomic_add_fetch(&p->server->storing, 1, __ATOMIC_ACQ_REL);
}

static enum smtp_next end_mail(struct peer *p, buf *out) {
    struct smtp_server *s = p->server;
    p->is_storing = false;
    smtp_count(p->code == 250 ? &s->stats.mails : &s->stats.refused);
    __atomic_sub_fetch(&s->storing, 1, __ATOMIC_ACQ_REL);
    return smtp_dialogue_answer(&p->dialogue, p->code, p->answer, out);
}

void smtp_mail_answer(struct smtp_mail *m, int code, const char *text) {
    struct peer *p = CONTAINER(m, struct peer, mail);
    size_t n = str_utf8_cut(str_of(text), sizeof p->answer - 1);
    memcpy(p->answer, text, n);
    p->answer[n] = 0;
    for (char *c = p->answer; *c; c++)
        if (*c == '\r' || *c == '\n') *c = ' ';
    p->code = code;
    p->is_answered = true;
    if (p->is_inside) return;
    buf out = {0};
    act(p, end_mail(p, &out), &out);
    buf_free(&out);
}

// Mails that are answered at once follow each other here, not from within each other.
static enum smtp_next store_mails(struct peer *p, enum smtp_next next, buf *out) {
    struct smtp_server *s = p->server;
    while (next == SMTP_MAIL) {
        send_text(p, out);
        begin_mail(p);
        p->is_inside = true;
        s->options.on_mail(s->options.ctx, s->own, &p->mail);
        p->is_inside = false;
        if (!p->is_answered) return SMTP_MAIL;
        next = end_mail(p, out);
    }
    return next;
}

static void act(struct peer *p, enum smtp_next next, buf *out) {
    struct smtp_server *s = p->server;
    next = store_mails(p, next, out);
    if (next == SMTP_MAIL) return;
    if (p->is_closing) { // it went while its mail was stored
        drop(p);
        return;
    }
    send_text(p, out);
    if (next == SMTP_SHAKE) start_tls(p);
    bool must_go = s->is_ending || __atomic_load_n(&s->must_stop, __ATOMIC_ACQUIRE);
    if (next == SMTP_DONE) finish(p);
    else if (must_go) dismiss(p, "421 4.3.2 The server is stopping");
    else if (!p->is_closing) {
        p->heard_at = uv_now(&s->loop);
        move_to(p, &s->silent);
        uv_read_start((uv_stream_t *)&p->tcp, on_room, on_read);
    }
}

// --- all of them ---

static struct peer *longest_silent(struct smtp_server *s) {
    return link_is_alone(&s->silent) ? NULL : CONTAINER(s->silent.next, struct peer, link);
}

static void name_peer(struct peer *p) {
    struct sockaddr_storage address = {0};
    int length = sizeof address;
    if (uv_tcp_getpeername(&p->tcp, (struct sockaddr *)&address, &length) == 0) listening_peer(&address, p->address);
}

void smtp_peer_accept(struct smtp_server *s) {
    struct peer *p = NEW(struct peer);
    buf out = {0};
    p->server = s;
    link_open(&p->link);
    CHECK(uv_tcp_init(&s->loop, &p->tcp) == 0);
    p->tcp.data = p;
    smtp_count(&s->stats.connections);
    int64_t open = __atomic_add_fetch(&s->stats.open_connections, 1, __ATOMIC_RELAXED);
    smtp_dialogue_open(&p->dialogue, &s->rules, &out);
    if (uv_accept((uv_stream_t *)&s->listener, (uv_stream_t *)&p->tcp) != 0) {
        drop(p);
        buf_free(&out);
        return;
    }
    name_peer(p);
    bool is_crowd = open > 2 * (int64_t)s->options.connections; // none of them is silent
    struct peer *silent = open > s->options.connections ? longest_silent(s) : NULL;
    if (silent) dismiss(silent, "421 4.7.0 Others need the connection");
    if (is_crowd) dismiss(p, "421 4.7.0 Too many connections");
    else act(p, SMTP_WAIT, &out);
    buf_free(&out);
}

void smtp_peers_look(struct smtp_server *s) {
    uint64_t now = uv_now(&s->loop);
    for (struct peer *p; (p = longest_silent(s)) && p->heard_at + (uint64_t)s->options.idle_ms <= now;)
        dismiss(p, "421 4.4.2 You said nothing for too long");
}

void smtp_peers_dismiss(struct smtp_server *s) {
    for (struct peer *p; (p = longest_silent(s));) dismiss(p, "421 4.3.2 The server is stopping");
    for (struct link *l = s->busy.next, *next; s->is_ending && l != &s->busy;
         l = next) { // nobody is waited for any more
        struct peer *p = CONTAINER(l, struct peer, link);
        next = l->next;
        if (p->is_closing && !p->is_storing) {
            if (!uv_is_closing((uv_handle_t *)&p->tcp)) uv_close((uv_handle_t *)&p->tcp, on_closed);
        }
    }
}
