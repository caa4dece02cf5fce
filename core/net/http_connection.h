// One connection: bytes in, requests out, answers back in order.
//
// Private to net/. Ownership: the loop owns connections; a connection ends itself (http_connection_close) and its
// memory goes when libuv has let go of the handle. Threads: the loop's thread only.
#pragma once
#include "net/http_loop.h"
#include "net/http_slot.h"
#include "net/tls_stream.h"
#include <llhttp.h>

struct http_connection {
    uv_tcp_t tcp;
    struct http_loop *loop;
    struct link waiting, dirty;
    enum http_wait wait;
    uint64_t deadline;            // ms of the loop's clock
    uint64_t wait_number, number; // a new request or a new write starts a new wait of the same kind
    // reading
    buf in; // bytes that no request has taken yet
    struct http_scan scan;
    struct http_chunks chunks;
    struct http_framing framing;
    size_t body_left; // of a body with a Content-Length
    llhttp_t parser;
    struct http_refusal why;   // set by a parser callback that fails
    struct http_slot *reading; // the request whose body is coming
    bool is_message_complete;
    bool is_reading; // libuv delivers bytes
    bool is_deaf;    // no further request is read
    bool is_eof;     // the peer has sent its last byte
    // answering
    struct http_slot *first, *last; // requests in order of arrival, not yet answered to the peer
    int slot_count;
    buf out, sending; // gathered in this turn; handed to libuv
    tls_stream *tls;  // NULL: in the clear
    buf sealed;       // `out` and the handshake, encrypted
    bool is_shaken;   // the handshake is done
    bool has_begun;   // something came from the peer
    uv_write_t write;
    bool is_writing;       // libuv holds `sending`
    bool is_last_answered; // what is in `out` is the end
    bool is_streaming;     // its last answer goes on: what the peer sends is thrown away
    bool is_overrun;       // the peer is too far behind with it, and is cut off in this turn
    bool is_lingering, is_closing;
    char peer[46];
};

void http_connection_open(struct http_loop *l, const struct http_arrival *arrival);
void http_connection_close(struct http_connection *c);
void http_connection_expire(struct http_connection *c); // its deadline has passed
void http_connection_stop(struct http_connection *c);   // the server stops: no further request
void http_connection_touch(struct http_connection *c);  // to be looked at before the loop sleeps
void http_connection_flush(struct http_connection *c);  // that look
// Sends what the socket takes now, before the turn ends; closes nothing.
void http_connection_relieve(struct http_connection *c);

// Parsing; in http_request.c. Returns how many bytes were used.
size_t http_connection_consume(struct http_connection *c, str bytes);
bool http_connection_may_start(const struct http_connection *c); // may a further request begin?
// Answers the request that is being read, or a new one, with the refusal; nothing after it is read.
void http_connection_refuse(struct http_connection *c, const struct http_refusal *why);
