// One hop as libcurl is told it: where to connect to, what to send, what to keep of the answer.
#include "base/mem.h"
#include "net/http_client_parts.h"
#include <sodium.h>
#include <stdio.h>
#include <sys/socket.h>

// --- what comes back ---

void easy_forget_received(struct client_call *k) {
    buf_clear(&k->received);
    k->dropped = k->header_bytes = 0;
    k->result.body = (str){0};
    k->result.is_cut = false;
    k->result.header_count = 0;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *ctx) {
    struct client_call *k = ctx;
    size_t n = size * count, room = k->call.keep_bytes - k->received.len, kept = n < room ? n : room;
    buf_put(&k->received, bytes, kept);
    k->dropped += n - kept;
    return k->dropped > DRAIN_BYTES ? CURL_WRITEFUNC_ERROR : n;
}

static void keep_header(struct client_call *k, str line) {
    struct http_result *r = &k->result;
    ptrdiff_t colon = str_find(line, ':');
    if (str_starts(line, STR("HTTP/"))) r->header_count = k->header_bytes = 0; // after 100 Continue, another begins
    if (colon <= 0 || r->header_count == HEADERS_KEPT || k->header_bytes + line.len > HEADER_BYTES_KEPT) return;
    if (!r->headers) r->headers = arena_alloc(k->arena, HEADERS_KEPT * sizeof *r->headers);
    str name = arena_str(k->arena, (str){line.ptr, (size_t)colon});
    char *p = (char *)(uintptr_t)name.ptr;
    for (size_t i = 0; i < name.len; i++)
        if (p[i] >= 'A' && p[i] <= 'Z') p[i] = (char)(p[i] + 32);
    r->headers[r->header_count++] =
        (struct http_header){name, arena_str(k->arena, str_trim(str_from(line, (size_t)colon + 1)))};
    k->header_bytes += line.len;
}

static size_t on_header(char *bytes, size_t size, size_t count, void *ctx) {
    keep_header(ctx, str_trim((str){bytes, size * count}));
    return size * count;
}

// --- where to ---

// The last door: libcurl opens no socket whose address was not judged, whatever its reasons.
static curl_socket_t on_open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *to) {
    struct client_call *k = ctx;
    struct address a = {0};
    (void)purpose;
    if (to->family == AF_INET) {
        a.size = 4;
        memcpy(a.bytes, &((const struct sockaddr_in *)(const void *)&to->addr)->sin_addr, 4);
    } else if (to->family == AF_INET6) {
        a.size = 16;
        memcpy(a.bytes, &((const struct sockaddr_in6 *)(const void *)&to->addr)->sin6_addr, 16);
    }
    for (size_t i = 0; i < k->address_count; i++)
        if (address_is_same(&a, &k->addresses[i])) return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
    return CURL_SOCKET_BAD;
}

static int compare_addresses(const void *a, const void *b) { return memcmp(a, b, sizeof(struct address)); }

// A name that stands for these addresses, so that libcurl takes up a kept connection for no others.
static void identity_of(const struct client_call *k, char out[64]) {
    struct address sorted[RESOLVER_ADDRESSES_MAX];
    unsigned char hash[16];
    char hex[33];
    memcpy(sorted, k->addresses, sizeof sorted);
    qsort(sorted, k->address_count, sizeof *sorted, compare_addresses);
    crypto_generichash(hash, sizeof hash, (const unsigned char *)sorted, k->address_count * sizeof *sorted, NULL, 0);
    snprintf(out, 64, "a%s.invalid", sodium_bin2hex(hex, sizeof hex, hash, sizeof hash));
}

static struct curl_slist *resolve_list(const struct client_call *k, const char *name, int port) {
    buf line = {0};
    char text[ADDRESS_TEXT_MAX];
    buf_printf(&line, "+%s:%d:", name, port);
    for (size_t i = 0; i < k->address_count; i++) {
        const struct address *a = &k->addresses[i];
        buf_printf(&line, a->size == 4 ? "%s%s" : "%s[%s]", i ? "," : "", address_text(a, text));
    }
    buf_char(&line, 0);
    struct curl_slist *list = curl_slist_append(NULL, line.ptr);
    buf_free(&line);
    return list;
}

#define SET(option, value) \
    if ((code = curl_easy_setopt(k->easy, option, value)) != CURLE_OK) return code

static CURLcode set_addresses(struct client_call *k) {
    CURLcode code;
    char identity[64], line[80];
    bool has_proxy = k->client->proxy_host != NULL;
    if (has_proxy) k->resolve_list = resolve_list(k, k->client->proxy_host, k->client->proxy_port);
    else {
        identity_of(k, identity);
        snprintf(line, sizeof line, "::%s:", identity);
        k->resolve_list = resolve_list(k, identity, k->port);
        k->connect_list = curl_slist_append(NULL, line);
        SET(CURLOPT_CONNECT_TO, k->connect_list);
    }
    SET(CURLOPT_RESOLVE, k->resolve_list);
    SET(CURLOPT_DNS_CACHE_TIMEOUT, 86400L); // of the entry just given; without one libcurl would ask for itself
    SET(CURLOPT_PROXY, has_proxy ? k->client->proxy : ""); // "": none, whatever the environment says
    SET(CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
    SET(CURLOPT_OPENSOCKETDATA, k);
    return CURLE_OK;
}

// --- what is sent ---

static void add_header(struct client_call *k, const struct http_header *h) {
    buf line = {0}; // libcurl sends "Name;" as a header without a value, and takes "Name:" as an order to leave it out
    if (h->value.len) buf_printf(&line, "%.*s: %.*s", STR_FMT(h->name), STR_FMT(h->value));
    else buf_printf(&line, "%.*s;", STR_FMT(h->name));
    buf_char(&line, 0);
    k->header_list = curl_slist_append(k->header_list, line.ptr);
    buf_free(&line);
}

static CURLcode set_request(struct client_call *k) {
    CURLcode code;
    bool has_type = false, has_accept = false;
    bool is_get = str_is(k->method, STR("GET")), is_head = str_is(k->method, STR("HEAD"));
    for (size_t i = 0; i < k->header_count; i++) {
        has_type |= str_is_nocase(k->headers[i].name, STR("content-type"));
        has_accept |= str_is_nocase(k->headers[i].name, STR("accept"));
        add_header(k, &k->headers[i]);
    }
    if (!has_type) k->header_list = curl_slist_append(k->header_list, "Content-Type:");
    if (!has_accept) k->header_list = curl_slist_append(k->header_list, "Accept: */*");
    k->header_list = curl_slist_append(k->header_list, "Expect:"); // nobody waits a second for 100 Continue
    SET(CURLOPT_HTTPHEADER, k->header_list);
    if (k->body.len || !(is_get || is_head || str_is(k->method, STR("DELETE")) || str_is(k->method, STR("OPTIONS")))) {
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)k->body.len);
        SET(CURLOPT_POSTFIELDS, k->body.len ? k->body.ptr : "");
    }
    if (is_head) SET(CURLOPT_NOBODY, 1L);
    SET(CURLOPT_CUSTOMREQUEST, k->method.ptr);
    return CURLE_OK;
}

static CURLcode on_ssl_ctx(CURL *easy, void *ssl_ctx, void *ctx) {
    (void)easy;
    tls_context_lend(ctx, ssl_ctx);
    return CURLE_OK;
}

static CURLcode set_all(struct client_call *k) {
    CURLcode code;
    SET(CURLOPT_PRIVATE, k);
    SET(CURLOPT_ERRORBUFFER, k->error);
    SET(CURLOPT_CURLU, k->parsed);
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)call_time_left(k)); // shared by the addresses, one after the other
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_TCP_NODELAY, 1L);
    SET(CURLOPT_USERAGENT, k->client->agent);
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_WRITEDATA, k);
    SET(CURLOPT_HEADERFUNCTION, on_header);
    SET(CURLOPT_HEADERDATA, k);
    SET(CURLOPT_CAINFO, NULL);
    SET(CURLOPT_CAPATH, NULL);
    SET(CURLOPT_SSL_CTX_FUNCTION, on_ssl_ctx);
    SET(CURLOPT_SSL_CTX_DATA, k->client->tls);
    code = set_addresses(k);
    return code == CURLE_OK ? set_request(k) : code;
}

bool easy_start(struct client_call *k) {
    k->easy = curl_easy_init();
    CHECK(k->easy);
    CURLcode code = set_all(k);
    if (code == CURLE_OK && curl_multi_add_handle(k->client->multi, k->easy) == CURLM_OK) return true;
    snprintf(k->error, sizeof k->error, "%s", curl_easy_strerror(code));
    return false;
}
