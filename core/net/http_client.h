// Outgoing HTTP and mail on a given loop: libcurl's multi interface, our own names, a guard before every connection.
//
// Purpose: one call is one request to one URL and one result. Its name is resolved by net/resolver, every address of it
// is judged by net/address_guard, and exactly those addresses are connected to: libcurl resolves nothing. A redirect is
// followed only when asked for, and each hop goes through the same steps; what is secret stays behind when the origin
// changes. A kept connection is used again only for the same host at the same addresses. TLS is verified, always.
// Mail (`mail` set) takes the same way with smtp:// and smtps:// URLs, on a connection of its own (net/mail_session).
// The environment's proxy variables are not read. With the option `proxy`, HTTP goes through that proxy, which then
// resolves and decides what is reached; addresses in URLs are judged here all the same.
// Ownership: http_client_send copies all it is given. A result and all it points to are borrowed for the callback.
// Threads: all functions on the loop's thread. `on_done` is called once for each call, from the loop and never within
// http_client_send; not at all after http_client_cancel. It may send and cancel, but not free the client.
// Errors: every failure is a result: a class for the program and a sentence for the operator that names the host.
// Nothing blocks the loop.
#pragma once
#include "net/http.h"
#include "net/resolver.h"

typedef struct http_client http_client;

// Class, and whether the same call may succeed later without anybody changing anything.
#define HTTP_FAILURE_LIST(X)                                                             \
    X(NONE, false)       /* an answer came, whatever its status */                       \
    X(CALL, false)       /* the URL, a header or an address of the call is no good */    \
    X(NO_NAME, true)     /* DNS says that the host does not exist */                     \
    X(NO_SERVERS, true)  /* DNS did not answer */                                        \
    X(GUARD, false)      /* the address is not to be reached from here */                \
    X(REFUSED, true)     /* nobody listens there */                                      \
    X(UNREACHABLE, true) /* no way to the network or host */                             \
    X(TIMEOUT, true)                                                                     \
    X(TLS, true)           /* no trust: certificate, host name or protocol version */    \
    X(RESET, true)         /* the peer went away before its answer was complete */       \
    X(PROTOCOL, true)      /* the peer does not speak what was expected */               \
    X(REDIRECT, false)     /* more hops than allowed, or to something that is no HTTP */ \
    X(PROXY, true)         /* the proxy refuses or fails */                              \
    X(LOGIN, false)        /* mail: user or password refused */                          \
    X(MAIL_LATER, true)    /* mail: refused with a 4xx reply */                          \
    X(MAIL_REFUSED, false) /* mail: refused with a 5xx reply */                          \
    X(INTERNAL, true)

enum http_failure {
#define X(name, is_temporary) HTTP_FAILED_##name,
    HTTP_FAILURE_LIST(X)
#undef X
};

struct http_client_options {
    uv_loop_t *loop;
    resolver *resolver;                // outlives the client
    const struct address_guard *guard; // copied
    const char *proxy;                 // "http://proxy.example:3128"; "" or NULL: none
    const char *ca_file;               // authorities to trust; "" or NULL: the system's. Read once
    const char *agent;                 // User-Agent; NULL: "tocsin/<version>"
    int kept;                          // connections kept for later; 0: 64
};

struct http_mail {
    str from; // addresses without brackets
    const str *to;
    size_t to_count;
    str data;           // RFC 5322 text; line ends may be any
    str user, password; // empty: no login
    bool is_starttls;   // required on an smtp:// URL; smtps:// is TLS from the first byte
};

struct http_result {
    enum http_failure failure;
    char sentence[512];          // "" when failure is NONE
    int status;                  // of HTTP or SMTP; 0: no answer came
    struct http_header *headers; // lower-cased names, of the last answer; at most 64 and 16 KiB
    size_t header_count;
    str body;
    bool is_cut;
    str url;                     // where the last answer came from
    str reply;                   // mail: the server's last line
    char peer[ADDRESS_TEXT_MAX]; // the address connected to; "" when none was
    int64_t latency_us;          // from http_client_send to here
    int redirects;               // hops followed
    bool is_reused;              // an old connection served
    bool is_stale_name;          // the addresses came from the cache because DNS did not answer
};

struct http_call {
    str method; // "POST"; ignored for mail
    str url;    // http, https; for mail smtp, smtps
    const struct http_header *headers;
    size_t header_count;
    str body;
    const struct http_mail *mail; // or NULL
    int timeout_ms;               // all in all, names and redirects included; 0: 10,000
    size_t keep_bytes;            // of the response's body; the rest is cut; 0: 4,096
    int redirects;                // hops to follow at most; 0: none, a 3xx is an answer as any
    bool is_trusted;              // the operator chose the address (a relay, a server of one's own): no guard
    void *ctx;
    void (*on_done)(void *ctx, const struct http_result *result);
};

err http_client_new(const struct http_client_options *options, http_client **out, struct why *why);
// Cancels what is under way. The memory goes when the loop has run its closing callbacks.
void http_client_free(http_client *c); // accepts NULL
// A number for http_client_cancel, never 0 and never given twice.
uint64_t http_client_send(http_client *c, const struct http_call *call);
void http_client_cancel(http_client *c, uint64_t id); // does nothing when the call is done or unknown
size_t http_client_active(const http_client *c);      // calls without a result

const char *http_failure_name(enum http_failure f); // "NO_NAME"
bool http_failure_is_temporary(enum http_failure f);
bool http_client_is_proxy(const char *url); // whether it can be the option `proxy`
