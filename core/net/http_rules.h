// What a header block must be before anybody believes it: the rule layer around the parser.
//
// Purpose: parsers forgive. Whatever two programs on one path may read differently (bare LF, two lengths, a space before
// a colon …) is refused here, first on the raw bytes while they arrive (http_rules_scan), then on the parsed headers
// (http_rules_check). Pure functions: no socket, no allocation, nothing kept but what the caller holds.
// Threads: any. Errors: a http_refusal is the status and the sentence for the peer; zero status means no objection.
#pragma once
#include "net/http_server.h"

struct http_refusal {
    int status;
    char detail[160];
};

// Writes the refusal and returns false, so that `return http_refuse(…)` reads well.
bool http_refuse(struct http_refusal *why, int status, const char *format, ...) __attribute__((format(printf, 3, 4)));

struct http_scan {       // how far a header block has been looked at; zero to start a request
    size_t at;           // bytes looked at; when done, the length of the block with its last empty line
    size_t line;         // where the current line starts
    size_t start;        // where the request line starts (one empty line before it is allowed)
    size_t header_count; // complete header lines
    bool has_request_line;
    enum http_method method; // the rest is known once has_request_line is set; offsets count from `start`
    size_t method_len, target_at, target_len; // the target without scheme and authority: a path, a query or nothing
    size_t authority_at, authority_len;       // of a target in absolute form; else 0
    int minor;                                // HTTP/1.<minor>
};

enum http_scan_result { HTTP_SCAN_MORE, HTTP_SCAN_DONE, HTTP_SCAN_REFUSED };

// `bytes` starts at the first byte of the request and has grown at its end since the last call.
enum http_scan_result http_rules_scan(struct http_scan *s, str bytes, const struct http_limits *limits,
                                      struct http_refusal *why);

struct http_framing { // what the headers say about the message
    bool is_chunked, has_length, is_gzip, wants_continue;
    size_t length;
};

bool http_rules_check(const struct http_request *r, int minor, const struct http_limits *limits,
                      struct http_framing *out, struct http_refusal *why);

bool http_is_token_char(char c); // RFC 9110 tchar
