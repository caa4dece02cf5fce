// One request body on its way in: the framing of chunks is checked, the content coding undone, the size bounded.
//
// Ownership: the caller embeds the structs and calls http_body_free. Threads: the loop that owns the connection.
// Errors: false and a http_refusal (400 bad framing or bad gzip, 413 over the limit, 431 over the trailers' limit).
#pragma once
#include "net/http_rules.h"

// The bytes of a chunked body are walked here before the parser decodes them, because parsers have forgiven bad sizes,
// bare LF in extensions and endless extensions. Zero to start.
struct http_chunks {
    int state;
    size_t size, left; // of the current chunk
    size_t total;      // bytes of all chunks
    int digits;
    size_t extension, extensions; // bytes in this line, in all
    size_t trailer_bytes, trailer_count;
    char name[20]; // how a trailer's name starts, lower case
    size_t name_len;
};

// Sets `*used` to how many bytes of `bytes` belong to this body, and `*is_end` when its last byte is among them.
bool http_chunks_scan(struct http_chunks *c, str bytes, const struct http_limits *limits, size_t *used, bool *is_end,
                      struct http_refusal *why);

struct http_body {
    buf bytes;                    // decoded
    size_t wire;                  // bytes before the coding was undone
    size_t limit;                 // for the decoded bytes
    struct http_inflate *inflate; // NULL: identity
};

void http_body_open(struct http_body *b, size_t limit, bool is_gzip);
void http_body_free(struct http_body *b);
bool http_body_put(struct http_body *b, str wire, struct http_refusal *why);
bool http_body_end(struct http_body *b,
                   struct http_refusal *why);     // nothing more comes; the inflater is freed
size_t http_body_size(const struct http_body *b); // memory it holds, roughly
