// One call: hop by hop, each parsed, resolved and judged before it is connected to; then its result.
#include "net/http_client_parts.h"
#include <stdlib.h>

// --- what may be sent ---

static bool has_line_end(str s) {
    return memchr(s.ptr, '\r', s.len) || memchr(s.ptr, '\n', s.len) || memchr(s.ptr, 0, s.len);
}

static bool is_token(str s) {
    if (!s.len) return false;
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] <= ' ' || s.ptr[i] >= 127 || strchr("()<>@,;:\\\"/[]?={}", s.ptr[i])) return false;
    return true;
}

static bool is_mailbox(str s) {
    if (!s.len || s.len > 320) return false;
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] <= ' ' || s.ptr[i] == 127 || strchr("<>", s.ptr[i])) return false;
    return true;
}

static bool check_headers(struct client_call *k) {
    if (!is_token(k->method)) failure_set(k, HTTP_FAILED_CALL, "The request's method is not a word.");
    for (size_t i = 0; i < k->header_count; i++)
        if (!is_token(k->headers[i].name))
            failure_set(k, HTTP_FAILED_CALL, "The name of header %zu holds a character that no header may have.",
                        i + 1);
        else if (has_line_end(k->headers[i].value))
            failure_set(k, HTTP_FAILED_CALL, "The header %.*s holds a line end.", STR_FMT(k->headers[i].name));
    return k->result.failure == HTTP_FAILED_NONE;
}

static bool check_mail(struct client_call *k) {
    const struct http_mail *m = &k->mail;
    if (!m->to_count) failure_set(k, HTTP_FAILED_CALL, "The mail has no recipient.");
    if (!is_mailbox(m->from)) failure_set(k, HTTP_FAILED_CALL, "The sender's mail address is no address.");
    for (size_t i = 0; i < m->to_count; i++)
        if (!is_mailbox(m->to[i])) failure_set(k, HTTP_FAILED_CALL, "A recipient's mail address is no address.");
    if (has_line_end(m->user) || has_line_end(m->password))
        failure_set(k, HTTP_FAILED_CALL, "The user or password for the mail server holds a line end.");
    return k->result.failure == HTTP_FAILED_NONE;
}

// --- a hop's URL ---

static bool is_wanted_scheme(const struct client_call *k, const char *scheme) {
    if (k->call.mail) return strcmp(scheme, "smtp") == 0 || strcmp(scheme, "smtps") == 0;
    return strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0;
}

static enum http_failure bad_url(const struct client_call *k) {
    return k->result.redirects ? HTTP_FAILED_REDIRECT : HTTP_FAILED_CALL;
}

static bool read_scheme(struct client_call *k) {
    char *scheme = NULL;
    CURLUcode code = has_line_end(k->url) ? CURLUE_MALFORMED_INPUT : CURLUE_OK;
    if (code == CURLUE_OK) code = curl_url_set(k->parsed, CURLUPART_URL, k->url.ptr, 0);
    if (code == CURLUE_OK) code = curl_url_get(k->parsed, CURLUPART_SCHEME, &scheme, 0);
    if (code != CURLUE_OK)
        failure_set(k, bad_url(k), "The URL%s cannot be used: %s.", k->result.redirects ? " of a redirect" : "",
                    curl_url_strerror(code));
    else if (!is_wanted_scheme(k, scheme))
        failure_set(k, bad_url(k), "The URL%s begins with %.20s://, not with %s.",
                    k->result.redirects ? " of a redirect" : "", scheme,
                    k->call.mail ? "smtp:// or smtps://" : "http:// or https://");
    else if (k->is_tls && k->result.redirects && strcmp(scheme, "http") == 0)
        failure_set(k, HTTP_FAILED_REDIRECT, "%s redirects from https to http, which is not followed.", k->host);
    else k->is_tls = strcmp(scheme, "https") == 0 || strcmp(scheme, "smtps") == 0;
    curl_free(scheme);
    return k->result.failure == HTTP_FAILED_NONE;
}

static bool read_host(struct client_call *k) {
    char *host = NULL, *port = NULL, *zone = NULL;
    bool has_zone = curl_url_get(k->parsed, CURLUPART_ZONEID, &zone, 0) == CURLUE_OK;
    if (has_zone || curl_url_get(k->parsed, CURLUPART_HOST, &host, CURLU_PUNYCODE) != CURLUE_OK ||
        curl_url_get(k->parsed, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) != CURLUE_OK)
        failure_set(k, bad_url(k), "The host in the URL%s is none.", k->result.redirects ? " of a redirect" : "");
    else {
        size_t n = strlen(host);
        str name = host[0] == '[' ? (str){host + 1, n - 2} : (str){host, n};
        k->host = (char *)(uintptr_t)arena_str(k->arena, name).ptr;
        k->port = (int)strtol(port, NULL, 10);
    }
    curl_free(host);
    curl_free(port);
    curl_free(zone);
    return k->result.failure == HTTP_FAILED_NONE;
}

// --- what another origin is told ---

// What may be told to another origin: nothing that could be a secret.
static bool is_harmless(str name) {
    static const char *const names[] = {"accept", "accept-language", "content-type", "user-agent"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is_nocase(name, str_of(names[i]))) return true;
    return false;
}

static bool is_of_body(str name) { return name.len > 8 && str_is_nocase((str){name.ptr, 8}, STR("content-")); }
static bool is_harmful(str name) { return !is_harmless(name); }

static void drop_headers(struct client_call *k, bool (*is_dropped)(str name)) {
    size_t kept = 0;
    for (size_t i = 0; i < k->header_count; i++)
        if (!is_dropped(k->headers[i].name)) k->headers[kept++] = k->headers[i];
    k->header_count = kept;
}

// --- addresses ---

static bool uses_proxy(const struct client_call *k) { return k->client->proxy_host && !k->call.mail; }

static bool judge(struct client_call *k, const struct address *a) {
    char text[ADDRESS_TEXT_MAX];
    const char *kind = k->call.is_trusted ? NULL : address_guard_refuses(&k->client->guard, a);
    if (kind)
        failure_set(k, HTTP_FAILED_GUARD,
                    "%s%s leads to %s, %s; the setting allow_private_webhooks opens addresses of your own.",
                    k->result.redirects ? "A redirect to " : "", k->host, address_text(a, text), kind);
    return !kind;
}

static void on_mailed(void *ctx, const struct mail_outcome *outcome) {
    struct client_call *k = ctx;
    struct http_result *r = &k->result;
    k->session = NULL;
    r->status = outcome->status;
    r->reply = arena_str(k->arena, str_of(outcome->reply));
    if (outcome->peer.size) address_text(&outcome->peer, r->peer);
    if (outcome->failure != HTTP_FAILED_NONE) failure_of_mail(k, outcome);
    client_finish(k);
}

static void start_mail(struct client_call *k) {
    http_client *c = k->client;
    struct mail_session_options options = {.loop = c->options.loop,
                                           .addresses = k->addresses,
                                           .count = k->address_count,
                                           .port = k->port,
                                           .host = k->host,
                                           .tls = c->tls,
                                           .is_tls = k->is_tls,
                                           .limit_ms = call_time_left(k),
                                           .mail = &k->mail,
                                           .ctx = k,
                                           .on_done = on_mailed};
    k->session = mail_session_start(&options);
}

static void on_resolved(struct resolver_question *q, const struct resolver_answer *answer) {
    struct client_call *k = q->ctx;
    const char *name = uses_proxy(k) ? k->client->proxy_host : k->host;
    k->is_asking = false;
    if (answer->state == RESOLVER_NO_NAME)
        failure_set(k, HTTP_FAILED_NO_NAME, "There is no host %s: DNS knows no address of that name.", name);
    else if (answer->state == RESOLVER_NO_SERVERS)
        failure_set(k, HTTP_FAILED_NO_SERVERS, "The address of %s is not known: no DNS server answered.", name);
    for (size_t i = 0; i < answer->count && k->result.failure == HTTP_FAILED_NONE; i++)
        if (uses_proxy(k) || judge(k, &answer->addresses[i])) k->addresses[k->address_count++] = answer->addresses[i];
    k->result.is_stale_name |= answer->is_stale;
    if (k->result.failure == HTTP_FAILED_NONE) {
        if (k->call.mail) start_mail(k);
        else if (!easy_start(k))
            failure_set(k, HTTP_FAILED_INTERNAL, "The request to %s could not be made: %s.", k->host, k->error);
    }
    if (k->result.failure != HTTP_FAILED_NONE) client_finish(k);
}

void call_hop(struct client_call *k) {
    struct address literal;
    const char *last_host = k->host;
    int last_port = k->port;
    bool was_tls = k->is_tls;
    k->parsed = curl_url();
    k->address_count = 0;
    bool is_good = (k->call.mail ? check_mail(k) : check_headers(k)) && read_scheme(k) && read_host(k);
    if (is_good && last_host && (strcmp(last_host, k->host) != 0 || last_port != k->port || was_tls != k->is_tls))
        drop_headers(k, is_harmful);
    if (is_good && uses_proxy(k) && address_parse(str_of(k->host), &literal)) is_good = judge(k, &literal);
    if (!is_good) {
        client_finish(k);
        return;
    }
    k->question = (struct resolver_question){.on_answer = on_resolved, .ctx = k};
    k->is_asking = true;
    resolver_ask(k->client->options.resolver, str_of(uses_proxy(k) ? k->client->proxy_host : k->host), &k->question);
}

void call_end_hop(struct client_call *k) {
    if (k->is_asking) resolver_cancel(&k->question);
    k->is_asking = false;
    if (k->easy) {
        curl_multi_remove_handle(k->client->multi, k->easy);
        curl_easy_cleanup(k->easy);
    }
    if (k->session) mail_session_cancel(k->session);
    k->session = NULL;
    curl_url_cleanup(k->parsed);
    curl_slist_free_all(k->header_list);
    curl_slist_free_all(k->resolve_list);
    curl_slist_free_all(k->connect_list);
    k->easy = NULL;
    k->parsed = NULL;
    k->header_list = k->resolve_list = k->connect_list = NULL;
}

// --- redirects ---

// As browsers and every client do: 303 asks for another page, 301 and 302 turn a POST into a GET.
static bool turns_into_get(const struct client_call *k) {
    bool is_post = str_is(k->method, STR("POST"));
    if (k->result.status == 303) return !str_is(k->method, STR("HEAD"));
    return is_post && (k->result.status == 301 || k->result.status == 302);
}

static bool is_redirect(const struct client_call *k, str *to) {
    char *url = NULL;
    if (k->call.mail || k->call.redirects <= 0 || k->result.status < 300 || k->result.status > 399) return false;
    if (curl_easy_getinfo(k->easy, CURLINFO_REDIRECT_URL, &url) != CURLE_OK || !url) return false;
    *to = arena_str(k->arena, str_of(url));
    return true;
}

static void follow(struct client_call *k, str to) {
    if (k->result.redirects >= k->call.redirects) {
        failure_set(k, HTTP_FAILED_REDIRECT, "%s redirects once more than the %d times that are followed.", k->host,
                    k->call.redirects);
        client_finish(k);
        return;
    }
    bool is_get = turns_into_get(k);
    if (is_get) {
        k->method = STR("GET");
        k->body = (str){0};
        drop_headers(k, is_of_body);
    }
    call_end_hop(k);
    easy_forget_received(k);
    k->result.redirects++;
    k->url = to;
    call_hop(k);
}

// --- the end of a hop ---

static void take_figures(struct client_call *k) {
    long status = 0, connects = 0;
    char *peer = NULL;
    curl_easy_getinfo(k->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(k->easy, CURLINFO_NUM_CONNECTS, &connects);
    curl_easy_getinfo(k->easy, CURLINFO_PRIMARY_IP, &peer);
    k->result.status = (int)status;
    k->result.is_reused = status && !connects;
    k->result.url = k->url;
    k->result.body = buf_view(&k->received);
    k->result.is_cut = k->dropped > 0;
    if (peer) memcpy(k->result.peer, peer, strnlen(peer, ADDRESS_TEXT_MAX - 1) + 1);
}

void call_on_transferred(struct client_call *k, CURLcode code) {
    str to;
    take_figures(k);
    // An answer that goes on past what anybody keeps is ended by us: that is no failure.
    if (code == CURLE_WRITE_ERROR && k->dropped > DRAIN_BYTES) code = CURLE_OK;
    if (code != CURLE_OK) failure_of_curl(k, code);
    else if (is_redirect(k, &to)) {
        follow(k, to);
        return;
    }
    client_finish(k);
}

int call_time_left(const struct client_call *k) {
    int64_t left = k->call.timeout_ms - (clock_ns() - k->started_ns) / 1000000;
    return left > 1 ? (int)left : 1;
}

void call_on_late(struct client_call *k) {
    if (k->easy) take_figures(k);
    failure_of_time(k);
    client_finish(k);
}
