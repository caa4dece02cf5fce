// The inside of net/http_client: a client with its sockets, and a call with its hops. For http_client*.c only.
#pragma once
#include "net/http_client.h"
#include "net/mail_session.h"
#include <curl/curl.h>

#define HEADERS_KEPT      64
#define HEADER_BYTES_KEPT 16384
#define DRAIN_BYTES       65536 // past what is kept, so that the connection can serve again

struct client_call;

struct http_client {
    struct http_client_options options;
    struct address_guard guard;
    char *proxy, *agent;
    char *proxy_host; // what the resolver is asked for when there is a proxy
    int proxy_port;
    CURLM *multi;
    tls_context *tls; // the authorities that are trusted
    uv_timer_t timer; // libcurl's
    struct socket_watch *watches;
    struct client_call *calls;
    size_t active;
    uint64_t last_id;
    int handles; // open ones; the last to close frees the client
};

struct socket_watch {
    uv_poll_t poll;
    http_client *client;
    curl_socket_t fd;
    struct socket_watch *next;
};

struct client_call {
    http_client *client;
    struct client_call *next, **at;
    uint64_t id;
    arena *arena; // holds this struct and all texts
    struct http_call call;
    struct http_mail mail;
    int64_t started_ns;
    uv_timer_t timer; // the deadline; at once when a failure is to be told
    bool is_starting; // still within http_client_send: nothing may be told
    // This hop.
    str url, method, body;
    struct http_header *headers;
    size_t header_count;
    CURLU *parsed;
    char *host; // libcurl's memory; a name in ASCII, or an address without brackets
    int port;
    bool is_tls, is_asking;
    struct resolver_question question;
    struct address addresses[RESOLVER_ADDRESSES_MAX];
    size_t address_count;
    CURL *easy;            // HTTP
    mail_session *session; // mail
    struct curl_slist *header_list, *resolve_list, *connect_list;
    char error[CURL_ERROR_SIZE];
    // What comes back.
    buf received;
    size_t dropped; // bytes of the body that were not kept
    size_t header_bytes;
    struct http_result result;
};

// --- http_client_call.c: a call from its first hop to its result ---
void call_hop(struct client_call *k);                           // parse, resolve, guard, connect
void call_on_transferred(struct client_call *k, CURLcode code); // libcurl is done with the hop
void call_end_hop(struct client_call *k);                       // gives back what the hop holds; may be called twice
int call_time_left(const struct client_call *k);                // ms, at least 1
void call_on_late(struct client_call *k);                       // its time is up

// --- http_client_easy.c: a hop as libcurl is told it ---
bool easy_start(struct client_call *k); // false: no memory or a bad option, k->error says which
void easy_forget_received(struct client_call *k);

// --- http_client_failure.c: what went wrong, as a class and a sentence ---
void failure_set(struct client_call *k, enum http_failure f, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void failure_of_curl(struct client_call *k, CURLcode code);
void failure_of_mail(struct client_call *k, const struct mail_outcome *outcome);
void failure_of_time(struct client_call *k);

// --- http_client.c ---
void client_finish(struct client_call *k); // tells the result, once, and lets the call go
