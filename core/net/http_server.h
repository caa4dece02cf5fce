// HTTP/1.1 server: bytes to exchanges and back. Knows no alert.
//
// Purpose: one acceptor, `loops` I/O loops (threads), llhttp in strict mode plus the rules of RFC 9112 that a parser
// alone does not enforce. Keep-alive, pipelining (answers in order), Expect: 100-continue, chunked and gzip bodies.
// With TLS, handshakes have the time of a request's headers, and who speaks HTTP without it is told so.
// Ownership: http_server_new copies the options; the files' names must outlive it. Exchanges belong to the server; `on_request` gets each one on its
// loop's thread and must see that `reply` is called once, there, sooner or later. http_server_free drops those that
// still wait, so whoever holds one, or pushes mails, ends first.
// Threads: new/start/stop/free on one controlling thread; callbacks on loop threads.
// Errors: what the peer does wrong is answered by the server itself (400, 405 for TRACE and CONNECT, 408, 413, 414, 415,
// 417, 431, 501, 503, 505) with a JSON body {"detail": "…"} that names the limit.
#pragma once
#include "base/env.h"
#include "base/err.h"
#include "base/log.h"
#include "net/http.h"

typedef struct http_server http_server;

struct http_limits {         // zero stands for the default given here
    size_t body_bytes;       // after inflating; 4 MiB
    size_t header_bytes;     // 64 KiB
    size_t header_count;     // 100
    size_t target_bytes;     // 8 KiB
    int header_ms;           // 10 s from the first byte of a request to the end of its headers
    int body_ms;             // 30 s for the body, and for the peer to read an answer
    int idle_ms;             // 75 s between requests
    int silence_ms;          // 15 s without a piece of an answer that goes on, then its keep_alive is sent
    size_t stream_bytes;     // 256 KiB that the peer has not read of such an answer; past it the peer is cut off
    size_t bodies_in_flight; // 64 MiB of requests in all loops; past it 503 with Retry-After
    int connections;         // 4096 in all; past it the longest idle one is closed; never all of RLIMIT_NOFILE
};

struct http_server_options {
    const char *listen;                      // "127.0.0.1:8080", "[::1]:0"
    const char *certificate_file, *key_file; // PEM: it listens with TLS; NULL or "": without
    int loops;
    struct http_limits limits;
    env *env;
    log_t *log;
    void *ctx;
    // Called on each loop's thread before its first request; what it returns is exchange->loop_ctx. May be NULL.
    void *(*on_loop_open)(void *ctx, int loop_index, struct mailbox *mailbox);
    void (*on_loop_close)(void *ctx, void *loop_ctx);
    void (*on_request)(void *ctx, struct http_exchange *x);
    // A mail that someone pushed to a loop's mailbox, on that loop's thread.
    void (*on_mail)(void *ctx, void *loop_ctx, struct mail *mail);
};

struct http_server_stats { // running totals, readable from any thread
    uint64_t connections, requests, refused, bytes_in, bytes_out;
    int64_t open_connections, bodies_in_flight;
};

err http_server_new(const struct http_server_options *options, http_server **out, struct why *why); // binds and listens
// Reads the certificate's files again: connections that come from now on get what is there; those that are open go on.
// ERR_INVALID with a sentence when it cannot be used: everything stays as it was. Any one thread at a time.
err http_server_reload(http_server *s, struct why *why);
int64_t http_server_certificate_ends_at(http_server *s); // µs UTC; 0 without TLS
int http_server_port(const http_server *s);
void http_server_start(http_server *s);          // threads run and accept
void http_server_stop_accepting(http_server *s); // no new connection or request; what was accepted goes on
bool http_server_is_idle(http_server *s);        // no exchange is waiting for its reply
void http_server_free(http_server *s);           // ends the loops and joins them
struct http_server_stats http_server_stats(http_server *s);
