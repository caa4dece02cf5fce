#include "net/mail_session.h"
#include "base/mem.h"
#include "net/mail_dialogue.h"
#include <arpa/inet.h>
#include <ctype.h>

struct mail_session {
    struct mail_session_options options;
    struct mail_dialogue dialogue;
    char own_name[UV_MAXHOSTNAMESIZE];
    uv_timer_t timer; // the next address's turn
    struct link *link;
    size_t tried;
    bool is_connected, is_shaking;
    tls_stream *tls; // NULL: in the clear
    struct mail_outcome outcome;
};

// A socket, which outlives its session until the loop has closed it.
struct link {
    uv_tcp_t tcp;
    uv_connect_t connecting;
    mail_session *session; // NULL: given up
    char room[16384];
};

struct sending {
    uv_write_t write;
    buf bytes;
};

static void on_link_closed(uv_handle_t *h) { mem_free(h->data); }

static void drop_link(mail_session *s) {
    if (!s->link) return;
    s->link->session = NULL;
    uv_close((uv_handle_t *)&s->link->tcp, on_link_closed);
    s->link = NULL;
}

static void on_closed(uv_handle_t *timer) {
    mail_session *s = timer->data;
    mail_dialogue_close(&s->dialogue);
    tls_stream_free(s->tls);
    mem_free(s);
}

void mail_session_cancel(mail_session *s) {
    drop_link(s);
    uv_close((uv_handle_t *)&s->timer, on_closed);
}

static void finish(mail_session *s, enum http_failure failure, const char *problem) {
    s->outcome.failure = failure;
    s->outcome.problem = problem ? problem : "";
    s->outcome.status = s->dialogue.status;
    s->outcome.reply = s->dialogue.reply;
    mail_session_cancel(s);
    s->options.on_done(s->options.ctx, &s->outcome); // the session's memory is there until its handle is closed
}

// --- bytes out ---

static void on_sent(uv_write_t *w, int status) {
    struct sending *sending = w->data;
    (void)status; // a connection that cannot be written to is seen by reading
    buf_free(&sending->bytes);
    mem_free(sending);
}

static void send_raw(mail_session *s, buf *take) {
    if (!take->len) return;
    struct sending *sending = NEW(struct sending);
    sending->write.data = sending;
    sending->bytes = *take;
    *take = (buf){0};
    uv_buf_t one = uv_buf_init(sending->bytes.ptr, (unsigned)sending->bytes.len);
    if (uv_write(&sending->write, (uv_stream_t *)&s->link->tcp, &one, 1, on_sent) != 0) on_sent(&sending->write, 0);
}

static void send_text(mail_session *s, buf *text) {
    buf encrypted = {0};
    struct why why;
    if (!s->tls) send_raw(s, text);
    else if (text->len && tls_stream_write(s->tls, buf_view(text), &why) == ERR_OK) {
        tls_stream_take(s->tls, &encrypted);
        send_raw(s, &encrypted);
    }
    buf_free(&encrypted);
}

// QUIT leaves at once or not at all: nobody waits for it, nor for its answer.
static void send_last(mail_session *s, buf *text) {
    buf encrypted = {0};
    struct why why;
    if (s->tls && text->len && tls_stream_write(s->tls, buf_view(text), &why) == ERR_OK) {
        tls_stream_take(s->tls, &encrypted);
    } else if (!s->tls) buf_str(&encrypted, buf_view(text));
    uv_buf_t one = uv_buf_init(encrypted.ptr, (unsigned)encrypted.len);
    if (encrypted.len) uv_try_write((uv_stream_t *)&s->link->tcp, &one, 1);
    buf_free(&encrypted);
}

// --- bytes in ---

static bool shake(mail_session *s) {
    struct why why = {""};
    buf out = {0};
    bool is_done = false;
    err e = tls_stream_shake(s->tls, &is_done, &why);
    tls_stream_take(s->tls, &out); // an alert, when it failed
    send_raw(s, &out);
    buf_free(&out);
    if (e != ERR_OK) {
        finish(s, HTTP_FAILED_TLS, why.text);
        return false;
    }
    s->is_shaking = !is_done;
    if (is_done && s->dialogue.status) mail_dialogue_shaken(&s->dialogue, &out); // after STARTTLS we speak first
    send_text(s, &out);
    buf_free(&out);
    return is_done;
}

static void start_tls(mail_session *s) {
    s->tls = tls_stream_new(s->options.tls, s->options.host);
    s->is_shaking = true;
    shake(s);
}

static void hear(mail_session *s, str plain) {
    buf out = {0};
    enum mail_next next = mail_dialogue_hear(&s->dialogue, plain, &out);
    if (next == MAIL_DONE) send_last(s, &out);
    else send_text(s, &out);
    buf_free(&out);
    if (next == MAIL_SHAKE) start_tls(s);
    else if (next == MAIL_DONE) finish(s, s->dialogue.failure, s->dialogue.problem);
}

static void hear_encrypted(mail_session *s, str bytes) {
    buf plain = {0};
    bool is_ended = false;
    struct why why = {""};
    tls_stream_feed(s->tls, bytes);
    if (s->is_shaking && !shake(s)) return;
    err e = tls_stream_read(s->tls, &plain, &is_ended, &why);
    if (e != ERR_OK) finish(s, HTTP_FAILED_TLS, why.text);
    else if (plain.len) hear(s, buf_view(&plain));
    else if (is_ended) finish(s, HTTP_FAILED_RESET, NULL);
    buf_free(&plain);
}

static void on_room(uv_handle_t *h, size_t wanted, uv_buf_t *out) {
    struct link *link = h->data;
    (void)wanted;
    *out = uv_buf_init(link->room, sizeof link->room);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *bytes) {
    struct link *link = stream->data;
    mail_session *s = link->session;
    if (!s || n == 0) return;
    if (n < 0) finish(s, HTTP_FAILED_RESET, NULL);
    else if (s->tls) hear_encrypted(s, (str){bytes->base, (size_t)n});
    else hear(s, (str){bytes->base, (size_t)n});
}

// --- connecting ---

static void try_next(mail_session *s);

static void on_connected(uv_connect_t *c, int status) {
    struct link *link = c->data;
    mail_session *s = link->session;
    if (!s) return;
    if (status != 0) {
        s->outcome.error = status;
        try_next(s);
        return;
    }
    uv_timer_stop(&s->timer);
    s->is_connected = true;
    s->outcome.peer = s->options.addresses[s->tried - 1];
    uv_read_start((uv_stream_t *)&link->tcp, on_room, on_read);
    if (s->options.is_tls) start_tls(s);
}

static void on_turn(uv_timer_t *t) {
    mail_session *s = t->data;
    if (s->link) s->outcome.error = UV_ETIMEDOUT;
    try_next(s);
}

static void to_sockaddr(const struct address *a, int port, struct sockaddr_storage *out) {
    char text[ADDRESS_TEXT_MAX];
    address_text(a, text);
    if (a->size == 4) uv_ip4_addr(text, port, (struct sockaddr_in *)out);
    else uv_ip6_addr(text, port, (struct sockaddr_in6 *)out);
}

static int connect_to(mail_session *s, const struct address *a) {
    struct sockaddr_storage to;
    struct link *link = NEW(struct link);
    CHECK(uv_tcp_init(s->options.loop, &link->tcp) == 0);
    link->tcp.data = link->connecting.data = link;
    link->session = s;
    s->link = link;
    to_sockaddr(a, s->options.port, &to);
    return uv_tcp_connect(&link->connecting, &link->tcp, (struct sockaddr *)&to, on_connected);
}

static void try_next(mail_session *s) {
    drop_link(s);
    while (s->tried < s->options.count) {
        size_t left = s->options.count - s->tried;
        int error = connect_to(s, &s->options.addresses[s->tried++]);
        if (error == 0) {
            if (left > 1) uv_timer_start(&s->timer, on_turn, (uint64_t)s->options.limit_ms / left, 0);
            return;
        }
        s->outcome.error = error;
        drop_link(s);
    }
    finish(s, HTTP_FAILED_UNREACHABLE, NULL);
}

// The name of this machine as EHLO takes it.
static void read_own_name(char out[UV_MAXHOSTNAMESIZE]) {
    size_t size = UV_MAXHOSTNAMESIZE;
    bool is_name = uv_os_gethostname(out, &size) == 0 && isalnum((unsigned char)out[0]);
    for (char *p = out; is_name && *p; p++) is_name = isalnum((unsigned char)*p) || *p == '-' || *p == '.';
    if (!is_name) memcpy(out, "localhost", sizeof "localhost");
}

mail_session *mail_session_start(const struct mail_session_options *options) {
    mail_session *s = NEW(mail_session);
    s->options = *options;
    read_own_name(s->own_name);
    mail_dialogue_open(&s->dialogue, options->mail, s->own_name, options->is_tls);
    CHECK(uv_timer_init(options->loop, &s->timer) == 0);
    s->timer.data = s;
    uv_timer_start(&s->timer, on_turn, 0, 0);
    return s;
}

const char *mail_session_waits_for(const mail_session *s, struct address *peer) {
    *peer = s->outcome.peer;
    if (!s->is_connected) return "accept a connection";
    return s->is_shaking ? "complete the handshake" : mail_dialogue_waits_for(&s->dialogue);
}
