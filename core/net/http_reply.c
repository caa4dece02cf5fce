// Status line, headers, body: written in one go, because this stands in the path of every alert.
#include "net/http_reply.h"
#include <stdio.h>
#include <time.h>

str http_date(int64_t at, char out[HTTP_DATE_MAX]) {
    static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t seconds = (time_t)(at / 1000000);
    struct tm t;
    gmtime_r(&seconds, &t);
    int n = snprintf(out, HTTP_DATE_MAX, "%.3s, %02u %.3s %04u %02u:%02u:%02u GMT", days + 3 * t.tm_wday,
                     (unsigned)t.tm_mday % 100, months + 3 * t.tm_mon, (unsigned)(t.tm_year + 1900) % 10000,
                     (unsigned)t.tm_hour % 100, (unsigned)t.tm_min % 100, (unsigned)t.tm_sec % 100);
    return (str){out, (size_t)n};
}

static void put_number(buf *b, uint64_t n) {
    char text[20];
    size_t at = sizeof text;
    do text[--at] = (char)('0' + n % 10);
    while (n /= 10);
    buf_put(b, text + at, sizeof text - at);
}

static void put_status(buf *out, int status) {
    if (status == 200) {
        buf_lit(out, "HTTP/1.1 200 OK\r\nDate: ");
        return;
    }
    buf_lit(out, "HTTP/1.1 ");
    put_number(out, (uint64_t)status);
    buf_char(out, ' ');
    buf_str(out, str_of(http_status_text(status)));
    buf_lit(out, "\r\nDate: ");
}

// A value that a handler built from outside text must not be able to open a line of its own.
static bool is_one_line(str s) { return str_find(s, '\r') < 0 && str_find(s, '\n') < 0; }

void http_reply_write(buf *out, const struct http_response *r, const struct http_reply_style *style) {
    CHECK(r->status >= 200 && r->status <= 999);
    CHECK(r->extra_headers.len == 0 || str_ends(r->extra_headers, STR("\r\n")));
    bool has_no_body = r->status == 204 || r->status == 304;
    CHECK(!has_no_body || !style->is_open);
    buf_reserve(out, 256 + r->content_type.len + r->extra_headers.len + r->body.len);
    put_status(out, r->status);
    buf_str(out, style->date);
    if (r->content_type.len && is_one_line(r->content_type)) {
        buf_lit(out, "\r\nContent-Type: ");
        buf_str(out, r->content_type);
    }
    if (!has_no_body) {
        if (r->body.len || style->is_open) buf_lit(out, "\r\nX-Content-Type-Options: nosniff");
        if (!style->is_open) {
            buf_lit(out, "\r\nContent-Length: ");
            put_number(out, r->body.len);
        } else if (style->is_chunked) {
            buf_lit(out, "\r\nTransfer-Encoding: chunked");
        }
    }
    buf_lit(out, "\r\n");
    buf_str(out, r->extra_headers);
    if (style->is_closing) buf_lit(out, "Connection: close\r\n");
    else if (style->is_keep_alive) buf_lit(out, "Connection: keep-alive\r\n");
    buf_lit(out, "\r\n");
    if (!has_no_body && !style->is_head && !style->is_open) buf_str(out, r->body);
}

void http_reply_chunk(buf *out, str bytes) {
    buf_printf(out, "%zx\r\n", bytes.len);
    buf_str(out, bytes);
    buf_lit(out, "\r\n");
}

void http_reply_last_chunk(buf *out) { buf_lit(out, "0\r\n\r\n"); }

static str headers_for(int status) {
    switch (status) {
    case 405: return STR("Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n");
    case 415: return STR("Accept-Encoding: gzip, identity\r\n");
    case 503: return STR("Retry-After: 1\r\n");
    default: return (str){0};
    }
}

void http_reply_refuse(buf *out, const struct http_refusal *why, struct http_reply_style style) {
    buf body = {0};
    buf_lit(&body, "{\"detail\":");
    buf_json(&body, str_of(why->detail));
    buf_char(&body, '}');
    struct http_response r = {.status = why->status,
                              .content_type = STR("application/json"),
                              .extra_headers = headers_for(why->status),
                              .body = buf_view(&body)};
    style.is_closing = true;
    http_reply_write(out, &r, &style);
    buf_free(&body);
}
