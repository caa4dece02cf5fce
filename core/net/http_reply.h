// A response as bytes. Pure: appends to a buffer, knows no connection.
#pragma once
#include "net/http_rules.h"

struct http_reply_style {
    str date;           // "Sun, 06 Nov 1994 08:49:37 GMT"
    bool is_head;       // headers only
    bool is_closing;    // "Connection: close"
    bool is_keep_alive; // "Connection: keep-alive", which HTTP/1.0 wants to see
    bool is_open;       // no length: the body follows, in chunks or up to the connection's end
    bool is_chunked;
};

#define HTTP_DATE_MAX 32

str http_date(int64_t at, char out[HTTP_DATE_MAX]); // `at` in µs UTC
void http_reply_write(buf *out, const struct http_response *r, const struct http_reply_style *style);
void http_reply_chunk(buf *out, str bytes); // not empty
void http_reply_last_chunk(buf *out);
// The answer to what the server itself refuses: {"detail": "…"}; always closing.
void http_reply_refuse(buf *out, const struct http_refusal *why, struct http_reply_style style);
