// Header lookup, form and percent decoding, and the words of the status line.
#include "net/http.h"

str http_header_get(const struct http_request *r, str name) {
    for (size_t i = 0; i < r->header_count; i++)
        if (str_is(r->headers[i].name, name)) return r->headers[i].value;
    return (str){NULL, 0};
}

void http_headers_json(buf *out, const struct http_header *headers, size_t count, size_t max) {
    buf_char(out, '{');
    for (size_t i = 0; i < count && out->len < max; i++) {
        if (i) buf_char(out, ',');
        buf_json(out, headers[i].name);
        buf_char(out, ':');
        buf_json(out, headers[i].value);
    }
    buf_char(out, '}');
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

str http_percent_decode(arena *a, str s, bool plus_is_space) {
    char *out = arena_alloc(a, s.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (c == '%' && s.len - i > 2) {
            int high = hex_digit(s.ptr[i + 1]), low = hex_digit(s.ptr[i + 2]);
            if (high >= 0 && low >= 0) {
                c = (char)(high * 16 + low);
                i += 2;
            }
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        out[n++] = c;
    }
    return (str){out, n};
}

// The next pair as it stands on the wire; empty pieces ("a=1&&b=2") are skipped.
static bool next_raw_pair(str *rest, str *key, str *value) {
    str pair = {0};
    do {
        if (!str_split(rest, '&', &pair)) return false;
    } while (pair.len == 0);
    ptrdiff_t equals = str_find(pair, '=');
    *key = equals < 0 ? pair : (str){pair.ptr, (size_t)equals};
    *value = equals < 0 ? (str){pair.ptr + pair.len, 0} : str_from(pair, (size_t)equals + 1);
    return true;
}

bool http_form_next(arena *a, str *rest, str *key, str *value) {
    str raw_key, raw_value;
    if (!next_raw_pair(rest, &raw_key, &raw_value)) return false;
    *key = http_percent_decode(a, raw_key, true);
    *value = http_percent_decode(a, raw_value, true);
    return true;
}

// Compares without decoding into memory, so that a long form costs the arena nothing but the answer.
static bool is_encoded_form_of(str raw, str key) {
    size_t n = 0;
    for (size_t i = 0; i < raw.len; i++, n++) {
        char c = raw.ptr[i] == '+' ? ' ' : raw.ptr[i];
        if (c == '%' && raw.len - i > 2) {
            int high = hex_digit(raw.ptr[i + 1]), low = hex_digit(raw.ptr[i + 2]);
            if (high >= 0 && low >= 0) {
                c = (char)(high * 16 + low);
                i += 2;
            }
        }
        if (n >= key.len || key.ptr[n] != c) return false;
    }
    return n == key.len;
}

bool http_form_get(arena *a, str form, str key, str *out) {
    str raw_key, raw_value;
    while (next_raw_pair(&form, &raw_key, &raw_value)) {
        if (!is_encoded_form_of(raw_key, key)) continue;
        *out = http_percent_decode(a, raw_value, true);
        return true;
    }
    return false;
}

const char *http_status_text(int status) {
    switch (status) {
    case 100: return "Continue";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    case 507: return "Insufficient Storage";
    default: return status < 200 ? "Information" : status < 300 ? "OK" : status < 400 ? "Redirect" : "Error";
    }
}

void http_reply(struct http_exchange *x, int status, const char *content_type, str body, const char *headers) {
    struct http_response r = {.status = status,
                              .content_type = str_of(content_type),
                              .extra_headers = str_of(headers ? headers : ""),
                              .body = body};
    x->reply(x, &r);
}

void http_reply_detail(struct http_exchange *x, int status, const char *detail, const char *headers) {
    buf body = {0};
    buf_lit(&body, "{\"detail\":");
    buf_json(&body, str_of(detail));
    buf_char(&body, '}');
    http_reply(x, status, "application/json", buf_view(&body), headers);
    buf_free(&body);
}
