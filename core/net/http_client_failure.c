// What went wrong with a call: a class for the program and a sentence for the operator.
//
// A sentence names the host and what it did, never the URL: paths and queries of providers hold tokens.
#include "net/http_client_parts.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

static const struct {
    const char *name;
    bool is_temporary;
} classes[] = {
#define X(name, is_temporary) {#name, is_temporary},
    HTTP_FAILURE_LIST(X)
#undef X
};

const char *http_failure_name(enum http_failure f) { return classes[f].name; }
bool http_failure_is_temporary(enum http_failure f) { return classes[f].is_temporary; }

void failure_set(struct client_call *k, enum http_failure f, const char *format, ...) {
    va_list args;
    if (k->result.failure != HTTP_FAILED_NONE) return; // the first is the cause
    k->result.failure = f;
    va_start(args, format);
    vsnprintf(k->result.sentence, sizeof k->result.sentence, format, args);
    va_end(args);
    // Peers' words stand in it: one line, whatever they sent.
    for (char *p = k->result.sentence; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 127) *p = ' ';
    k->result.sentence[str_utf8_cut(str_of(k->result.sentence), sizeof k->result.sentence - 1)] = 0;
}

// "example.org (192.0.2.1)": the address connected to, or that would have been.
static const char *host_of(const struct client_call *k, char *out, size_t size) {
    char address[ADDRESS_TEXT_MAX];
    const char *peer = k->result.peer;
    if (!*peer && k->address_count == 1) peer = address_text(&k->addresses[0], address);
    if (*peer && strcmp(peer, k->host) != 0) snprintf(out, size, "%s (%s)", k->host, peer);
    else if (!*peer && k->address_count) snprintf(out, size, "%s (%zu addresses)", k->host, k->address_count);
    else snprintf(out, size, "%s", k->host);
    return out;
}

#define HOST (host_of(k, host, sizeof host))

static void failure_of_connect(struct client_call *k, long number, const char *words) {
    char host[400];
    switch (number) {
    case ECONNREFUSED: failure_set(k, HTTP_FAILED_REFUSED, "%s refuses connections on port %d.", HOST, k->port); break;
    case ENETUNREACH:
    case EHOSTUNREACH:
    case EADDRNOTAVAIL:
        failure_set(k, HTTP_FAILED_UNREACHABLE, "There is no way to %s from this machine.", HOST);
        break;
    case ETIMEDOUT: failure_set(k, HTTP_FAILED_TIMEOUT, "%s did not accept a connection in time.", HOST); break;
    default: failure_set(k, HTTP_FAILED_UNREACHABLE, "No connection to %s: %s.", HOST, words);
    }
}

static void failure_of_tls(struct client_call *k, const char *reason) {
    char host[400];
    failure_set(k, HTTP_FAILED_TLS, "The TLS connection to %s is not to be trusted or not possible: %s.", HOST, reason);
}

static void failure_of_reset(struct client_call *k) {
    char host[400];
    failure_set(k, HTTP_FAILED_RESET, "%s ended the connection before its answer was complete.", HOST);
}

void failure_of_mail(struct client_call *k, const struct mail_outcome *o) {
    char host[400];
    const char *words = *o->problem ? o->problem : o->reply;
    switch (o->failure) {
    case HTTP_FAILED_UNREACHABLE: failure_of_connect(k, -o->error, uv_strerror(o->error)); break;
    case HTTP_FAILED_TLS: failure_of_tls(k, words); break;
    case HTTP_FAILED_RESET: failure_of_reset(k); break;
    case HTTP_FAILED_PROTOCOL:
        failure_set(k, o->failure, "%s does not answer as a mail server: %s.", HOST, words);
        break;
    case HTTP_FAILED_LOGIN:
        failure_set(k, o->failure, "The mail server %s does not let us in: %s. Check user and password.", HOST, words);
        break;
    case HTTP_FAILED_MAIL_LATER:
        failure_set(k, o->failure, "The mail server %s does not take the mail now: %s.", HOST, words);
        break;
    default: failure_set(k, o->failure, "The mail server %s refuses the mail: %s.", HOST, words);
    }
}

static bool has_proxy_failed(const struct client_call *k, CURLcode code, long *status) {
    curl_easy_getinfo(k->easy, CURLINFO_HTTP_CONNECTCODE, status);
    return code == CURLE_PROXY || (*status && (*status < 200 || *status > 299));
}

void failure_of_curl(struct client_call *k, CURLcode code) {
    char host[400];
    long proxy_status = 0, number = 0;
    curl_easy_getinfo(k->easy, CURLINFO_OS_ERRNO, &number);
    if (!k->error[0]) snprintf(k->error, sizeof k->error, "%s", curl_easy_strerror(code));
    if (has_proxy_failed(k, code, &proxy_status)) {
        failure_set(k, HTTP_FAILED_PROXY, "The proxy does not let through to %s: %s.", k->host, k->error);
        return;
    }
    switch (code) {
    case CURLE_COULDNT_CONNECT: failure_of_connect(k, number, k->error); break;
    case CURLE_OPERATION_TIMEDOUT: failure_of_time(k); break;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS: failure_of_tls(k, k->error); break;
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_PARTIAL_FILE: failure_of_reset(k); break;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
        failure_set(k, HTTP_FAILED_PROTOCOL, "%s does not answer in %s: %s.", HOST, k->call.mail ? "SMTP" : "HTTP",
                    k->error);
        break;
    default: failure_set(k, HTTP_FAILED_INTERNAL, "The request to %s failed: %s.", HOST, k->error);
    }
}

void failure_of_time(struct client_call *k) {
    char host[400];
    curl_off_t ready = 0, began = 0;
    int ms = k->call.timeout_ms;
    if (k->session) {
        struct address peer;
        const char *waits_for = mail_session_waits_for(k->session, &peer);
        if (peer.size) address_text(&peer, k->result.peer);
        failure_set(k, HTTP_FAILED_TIMEOUT, "%s did not %s within %d ms.", HOST, waits_for, ms);
        return;
    }
    if (!k->easy) {
        failure_set(k, HTTP_FAILED_NO_SERVERS, "The address of %s is not known: DNS did not answer within %d ms.",
                    k->host ? k->host : "the host", ms);
        return;
    }
    curl_easy_getinfo(k->easy, CURLINFO_PRETRANSFER_TIME_T, &ready);
    curl_easy_getinfo(k->easy, CURLINFO_STARTTRANSFER_TIME_T, &began);
    const char *what = !*k->result.peer ? "accept a connection"
                       : !ready         ? "complete the handshake"
                       : !began         ? "answer"
                                        : "complete its answer";
    failure_set(k, HTTP_FAILED_TIMEOUT, "%s did not %s within %d ms.", HOST, what, ms);
}
