// The rule layer: what is refused although a parser might take it (RFC 9112, and what smuggling taught since).
#include "net/http_rules.h"
#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>

#define METHOD_MAX 32
#define HOST_MAX   255

bool http_refuse(struct http_refusal *why, int status, const char *format, ...) {
    va_list args;
    why->status = status;
    va_start(args, format);
    vsnprintf(why->detail, sizeof why->detail, format, args);
    va_end(args);
    return false;
}

bool http_is_token_char(char c) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
    return c && strchr("!#$%&'*+-.^_`|~", c) != NULL;
}

static bool is_visible_ascii(char c) { return c > 0x20 && c < 0x7f; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Bytes that may stand anywhere inside a line; CR, LF and the other control characters end the run.
static bool is_plain(char c) { return (unsigned char)c >= 0x20 ? c != 0x7f : c == '\t'; }

static enum http_method method_of(str name) {
    static const struct {
        str name;
        enum http_method method;
    } known[] = {{{"POST", 4}, HTTP_M_POST},      {{"GET", 3}, HTTP_M_GET},     {{"HEAD", 4}, HTTP_M_HEAD},
                 {{"PUT", 3}, HTTP_M_PUT},        {{"PATCH", 5}, HTTP_M_PATCH}, {{"DELETE", 6}, HTTP_M_DELETE},
                 {{"OPTIONS", 7}, HTTP_M_OPTIONS}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_is(name, known[i].name)) return known[i].method;
    return HTTP_NONE;
}

static bool check_method(str name, enum http_method *out, struct http_refusal *why) {
    for (size_t i = 0; i < name.len; i++)
        if (!http_is_token_char(name.ptr[i]))
            return http_refuse(why, 400, "the method holds a character that no method may");
    if (name.len == 0) return http_refuse(why, 400, "the request line has no method");
    *out = method_of(name);
    if (*out != HTTP_NONE) return true;
    bool is_known = str_is(name, STR("TRACE")) || str_is(name, STR("CONNECT"));
    return http_refuse(why, is_known ? 405 : 501,
                       "this server answers GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS only");
}

static bool check_version(str version, int *minor, struct http_refusal *why) {
    if (version.len != 8 || !str_starts(version, STR("HTTP/")) || !is_digit(version.ptr[5]) || version.ptr[6] != '.' ||
        !is_digit(version.ptr[7]))
        return http_refuse(why, 400, "the request line must be: method, space, target, space, HTTP/1.1");
    if (version.ptr[5] != '1' || version.ptr[7] > '1')
        return http_refuse(why, 505, "only HTTP/1.1 and HTTP/1.0 are spoken here");
    *minor = version.ptr[7] - '0';
    return true;
}

static bool check_target(str target, const struct http_limits *limits, struct http_refusal *why) {
    if (target.len > limits->target_bytes)
        return http_refuse(why, 414, "the request target is over the limit of %zu bytes", limits->target_bytes);
    for (size_t i = 0; i < target.len; i++)
        if (!is_visible_ascii(target.ptr[i]) || target.ptr[i] == '#' || target.ptr[i] == '\\')
            return http_refuse(why, 400, "the request target holds a character that must be percent-encoded");
    return true;
}

static bool is_host(str s);

// `http://authority/path` is what a proxy is sent, and what every server has to take (RFC 9112, 3.2.2).
static bool split_target(struct http_scan *s, str target, struct http_refusal *why) {
    str scheme = STR("http://");
    if (target.len && target.ptr[0] == '/') return true;
    if (target.len <= scheme.len || !str_is_nocase((str){target.ptr, scheme.len}, scheme))
        return http_refuse(why, 400, "the request target must start with a slash or be an http:// address");
    str authority = str_from(target, scheme.len);
    size_t end = 0;
    while (end < authority.len && authority.ptr[end] != '/' && authority.ptr[end] != '?') end++;
    authority.len = end;
    if (!is_host(authority))
        return http_refuse(why, 400, "the request target names no host name or address with an optional port");
    s->authority_at = s->target_at + scheme.len;
    s->authority_len = end;
    s->target_at += scheme.len + end;
    s->target_len -= scheme.len + end;
    return true;
}

static bool check_request_line(struct http_scan *s, str line, const struct http_limits *limits,
                               struct http_refusal *why) {
    ptrdiff_t first = str_find(line, ' ');
    if (first < 0) return http_refuse(why, 400, "the request line must be: method, space, target, space, HTTP/1.1");
    str rest = str_from(line, (size_t)first + 1);
    ptrdiff_t second = str_find(rest, ' ');
    if (second < 0) return http_refuse(why, 400, "the request line names no HTTP version");
    s->method_len = (size_t)first;
    s->target_at = s->method_len + 1;
    s->target_len = (size_t)second;
    s->has_request_line = true;
    return check_version(str_from(rest, (size_t)second + 1), &s->minor, why) &&
           check_method((str){line.ptr, s->method_len}, &s->method, why) &&
           check_target((str){rest.ptr, (size_t)second}, limits, why) &&
           split_target(s, (str){rest.ptr, (size_t)second}, why);
}

static bool check_header_line(struct http_scan *s, str line, const struct http_limits *limits,
                              struct http_refusal *why) {
    if (line.ptr[0] == ' ' || line.ptr[0] == '\t')
        return http_refuse(why, 400, "a header line starts with white space (folded headers are not read)");
    size_t name = 0;
    while (name < line.len && http_is_token_char(line.ptr[name])) name++;
    if (name == line.len || line.ptr[name] != ':') {
        bool is_space = name < line.len && (line.ptr[name] == ' ' || line.ptr[name] == '\t');
        return http_refuse(why, 400,
                           is_space ? "a header has a space before its colon" : "a header line is not `Name: value`");
    }
    if (name == 0) return http_refuse(why, 400, "a header has no name");
    if (++s->header_count > limits->header_count)
        return http_refuse(why, 431, "the request has more headers than the limit of %zu", limits->header_count);
    return true;
}

static bool check_size(const struct http_scan *s, const struct http_limits *limits, struct http_refusal *why) {
    size_t length = s->at - s->start;
    if (!s->has_request_line && length > limits->target_bytes + METHOD_MAX)
        return http_refuse(why, 414, "the request target is over the limit of %zu bytes", limits->target_bytes);
    if (length > limits->header_bytes)
        return http_refuse(why, 431, "the header block is over the limit of %zu bytes", limits->header_bytes);
    return true;
}

// One complete line; `*is_last` when it was the empty one that ends the block.
static bool check_line(struct http_scan *s, str line, const struct http_limits *limits, bool *is_last,
                       struct http_refusal *why) {
    *is_last = false;
    if (line.len == 0 && s->has_request_line) {
        *is_last = true;
        return true;
    }
    if (line.len == 0) {
        if (s->start) return http_refuse(why, 400, "empty lines stand where a request should start");
        s->start = s->at;
        return true;
    }
    return s->has_request_line ? check_header_line(s, line, limits, why) : check_request_line(s, line, limits, why);
}

static bool check_line_end(str bytes, size_t at, struct http_refusal *why) {
    if (bytes.ptr[at] == '\n') return http_refuse(why, 400, "a line ends with a bare LF; lines end with CR LF");
    if (bytes.ptr[at] != '\r') return http_refuse(why, 400, "the header block holds a control character");
    if (at + 1 < bytes.len && bytes.ptr[at + 1] != '\n') return http_refuse(why, 400, "a CR stands without its LF");
    return true;
}

enum http_scan_result http_rules_scan(struct http_scan *s, str bytes, const struct http_limits *limits,
                                      struct http_refusal *why) {
    bool is_last = false;
    while (!is_last) {
        while (s->at < bytes.len && is_plain(bytes.ptr[s->at])) s->at++;
        if (!check_size(s, limits, why)) return HTTP_SCAN_REFUSED;
        if (s->at == bytes.len) return HTTP_SCAN_MORE;
        if (!check_line_end(bytes, s->at, why)) return HTTP_SCAN_REFUSED;
        if (s->at + 1 == bytes.len) return HTTP_SCAN_MORE;
        str line = {bytes.ptr + s->line, s->at - s->line};
        s->at += 2;
        s->line = s->at;
        if (!check_line(s, line, limits, &is_last, why)) return HTTP_SCAN_REFUSED;
    }
    return HTTP_SCAN_DONE;
}

static bool is_port(str s) {
    int64_t port;
    return s.len >= 1 && s.len <= 5 && is_digit(s.ptr[0]) && str_to_int(s, &port) && port <= 65535;
}

static bool is_ipv6_literal(str s) {
    char text[INET6_ADDRSTRLEN];
    struct in6_addr address;
    if (s.len >= sizeof text) return false;
    memcpy(text, s.ptr, s.len);
    text[s.len] = 0;
    return strlen(text) == s.len && inet_pton(AF_INET6, text, &address) == 1;
}

// Narrower than the grammar on purpose: the host may stand in links, and no real host name needs more.
static bool is_host_name(str s) {
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (!is_digit(c) && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && c != '.' && c != '-' && c != '_')
            return false;
    }
    return s.len > 0;
}

static bool is_host(str s) {
    if (s.len == 0 || s.len > HOST_MAX) return false;
    if (s.ptr[0] == '[') {
        ptrdiff_t end = str_find(s, ']');
        if (end < 0 || !is_ipv6_literal((str){s.ptr + 1, (size_t)end - 1})) return false;
        str rest = str_from(s, (size_t)end + 1);
        return rest.len == 0 || (rest.ptr[0] == ':' && is_port(str_from(rest, 1)));
    }
    ptrdiff_t colon = str_find(s, ':');
    if (colon < 0) return is_host_name(s);
    return is_host_name((str){s.ptr, (size_t)colon}) && is_port(str_from(s, (size_t)colon + 1));
}

static bool check_length(str value, const struct http_limits *limits, size_t *out, struct http_refusal *why) {
    for (size_t i = 0; i < value.len; i++)
        if (!is_digit(value.ptr[i])) return http_refuse(why, 400, "Content-Length must be digits only");
    int64_t length;
    if (!str_to_int(value, &length))
        return http_refuse(why, 400, "Content-Length is not a number that a body can have");
    if ((uint64_t)length > limits->body_bytes)
        return http_refuse(why, 413, "the body is over the limit of %zu bytes", limits->body_bytes);
    *out = (size_t)length;
    return true;
}

static bool check_coding(str value, bool *is_gzip, struct http_refusal *why) {
    *is_gzip = str_is_nocase(value, STR("gzip")) || str_is_nocase(value, STR("x-gzip"));
    if (*is_gzip || str_is_nocase(value, STR("identity"))) return true;
    return http_refuse(why, 415, "Content-Encoding may be gzip or identity only");
}

// The headers that frame a message, each with the place of its value; more than one of a kind is an error.
struct framing_headers {
    const str *host, *length, *transfer, *coding, *expect;
};

static bool take(const str **place, const str *value, const char *name, struct http_refusal *why) {
    if (*place) return http_refuse(why, 400, "the header %s stands there twice", name);
    *place = value;
    return true;
}

static bool find_framing(const struct http_request *r, struct framing_headers *found, struct http_refusal *why) {
    for (size_t i = 0; i < r->header_count; i++) {
        const struct http_header *h = &r->headers[i];
        bool is_fine = true;
        if (str_is(h->name, STR("host"))) is_fine = take(&found->host, &h->value, "Host", why);
        else if (str_is(h->name, STR("expect"))) is_fine = take(&found->expect, &h->value, "Expect", why);
        else if (str_is(h->name, STR("content-length")))
            is_fine = take(&found->length, &h->value, "Content-Length", why);
        else if (str_is(h->name, STR("content-encoding")))
            is_fine = take(&found->coding, &h->value, "Content-Encoding", why);
        else if (str_is(h->name, STR("transfer-encoding")))
            is_fine = take(&found->transfer, &h->value, "Transfer-Encoding", why);
        if (!is_fine) return false;
    }
    return true;
}

static bool check_transfer(const struct framing_headers *found, int minor, struct http_refusal *why) {
    if (found->length) return http_refuse(why, 400, "Content-Length and Transfer-Encoding stand together");
    if (minor == 0) return http_refuse(why, 400, "HTTP/1.0 knows no Transfer-Encoding");
    if (!str_is_nocase(*found->transfer, STR("chunked")))
        return http_refuse(why, 400, "Transfer-Encoding may be `chunked` only");
    return true;
}

bool http_rules_check(const struct http_request *r, int minor, const struct http_limits *limits,
                      struct http_framing *out, struct http_refusal *why) {
    struct framing_headers found = {0};
    struct http_framing framing = {0};
    if (!find_framing(r, &found, why)) return false;
    if (!found.host && minor == 1) return http_refuse(why, 400, "the Host header is missing");
    if (found.host && !is_host(*found.host))
        return http_refuse(why, 400, "the Host header is not a host name or address with an optional port");
    if (found.transfer && !check_transfer(&found, minor, why)) return false;
    if (found.length && !check_length(*found.length, limits, &framing.length, why)) return false;
    if (found.coding && !check_coding(*found.coding, &framing.is_gzip, why)) return false;
    framing.is_chunked = found.transfer != NULL;
    framing.has_length = found.length != NULL;
    if (found.expect && minor == 1) {
        if (!str_is_nocase(*found.expect, STR("100-continue")))
            return http_refuse(why, 417, "the only expectation that is understood is 100-continue");
        framing.wants_continue = true;
    }
    *out = framing;
    return true;
}
