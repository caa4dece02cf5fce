// What a request and its answer look like to the rest of the house; no socket is mentioned here.
//
// An exchange is one request and the duty to answer it exactly once, on the thread that owns it (`owner` posts work
// there from elsewhere). The HTTP server makes exchanges; specs and `tocsin check` make them without a socket.
//
// An answer may go on for hours: `streaming->begin` in the place of `reply`, then pieces, then `end`. All three belong to
// the owning thread; who makes pieces on another thread sends a mail to `owner` and writes in `resume`. After `begin` the
// request and the arena are gone: an idle stream holds its connection and nothing else. What the peer has not read yet is
// bounded (http_limits.stream_bytes and one piece); a peer that is further behind, or vanishes, is cut off, and a server that
// stops ends its streams: `on_gone` tells so once, and `end` has to follow soon. After 15 s of silence `keep_alive` is sent.
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "base/mailbox.h"

enum http_method {
    HTTP_NONE,
    HTTP_M_GET,
    HTTP_M_HEAD,
    HTTP_M_POST,
    HTTP_M_PUT,
    HTTP_M_PATCH,
    HTTP_M_DELETE,
    HTTP_M_OPTIONS
};

struct http_header {
    str name; // lower case
    str value;
};

struct http_request {
    enum http_method method;
    str method_name;
    str path;  // percent-encoded as it came, without the query
    str query; // after '?', without it
    struct http_header *headers;
    size_t header_count;
    str body;     // content coding undone
    str peer;     // "127.0.0.1"
    bool is_tls;  // by the peer's own connection
    str client;   // who asks, behind proxies that are believed; empty until somebody has looked (net/forwarded.h)
    str base_url; // under which it asks, likewise
    int64_t received_at; // µs UTC, when the last byte of the body was in
};

struct http_response {
    int status;
    str content_type;  // empty: no Content-Type header
    str extra_headers; // complete lines "Name: value\r\n", may be empty
    str body;          // copied by reply
    bool must_close;
};

struct http_exchange;

struct http_streaming {
    // Sends the head, and the response's body as first piece. False: nobody is there to listen, or only the head was
    // asked for; then the exchange has ended. `keep_alive` is text that lives for ever.
    bool (*begin)(struct http_exchange *x, const struct http_response *head, str keep_alive);
    // One piece, copied. False: it is thrown away, because the peer is gone or about to be; `on_gone` was or will be called.
    bool (*write)(struct http_exchange *x, str piece);
    void (*end)(struct http_exchange *x); // the pointer is dead afterwards; also from within `on_gone`
};

struct http_exchange {
    struct mail mail; // for whoever holds the exchange at the moment
    struct http_request request;
    arena *arena; // lives until the reply; the request's strings point into it
    // Sends the answer and ends the exchange; afterwards the pointer is dead. Only on the owning thread.
    void (*reply)(struct http_exchange *x, const struct http_response *response);
    // The owning thread's mailbox; a mail pushed there comes back through the owner's `on_mail`.
    struct mailbox *owner;
    void *loop_ctx; // what the owner of the loop attached (see http_server.h)
    // For whoever works on the request: what to do when the exchange's mail is back on its loop, and with what.
    void (*resume)(struct http_exchange *x);
    void *work;
    const struct http_streaming *streaming;
    void (*on_gone)(struct http_exchange *x); // set before `begin`; called at most once, never from within the three
};

str http_header_get(const struct http_request *r, str name); // value, or {NULL, 0}
// {"name": "value"…} in order of arrival; none begins behind `max` bytes.
void http_headers_json(buf *out, const struct http_header *headers, size_t count, size_t max);
// Value of a query or form key, percent-decoded into the arena; false when absent.
bool http_form_get(arena *a, str form, str key, str *out);
// Walks form pairs: decodes the next `key=value`, false at the end. Invalid escapes stay as they are.
bool http_form_next(arena *a, str *rest, str *key, str *value);
str http_percent_decode(arena *a, str s, bool plus_is_space);
const char *http_status_text(int status);
// Answers and ends the exchange, on its owning thread. `headers`: complete lines, or NULL.
void http_reply(struct http_exchange *x, int status, const char *content_type, str body, const char *headers);
// The same with the body {"detail": "…"}.
void http_reply_detail(struct http_exchange *x, int status, const char *detail, const char *headers);
