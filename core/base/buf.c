#include "base/buf.h"
#include "base/mem.h"
#include <stdarg.h>
#include <stdio.h>

void buf_free(buf *b) {
    mem_free(b->ptr);
    *b = (buf){0};
}

void buf_clear(buf *b) { b->len = 0; }

char *buf_reserve(buf *b, size_t more) {
    if (b->cap - b->len < more) {
        size_t cap = b->cap ? b->cap : 64;
        while (cap - b->len < more) cap *= 2;
        b->ptr = mem_grow(b->ptr, cap);
        b->cap = cap;
    }
    return b->ptr + b->len;
}

void buf_put(buf *b, const void *data, size_t n) {
    if (!n) return;
    memcpy(buf_reserve(b, n), data, n);
    b->len += n;
}

void buf_str(buf *b, str s) { buf_put(b, s.ptr, s.len); }

void buf_char(buf *b, char c) { buf_put(b, &c, 1); }

void buf_int(buf *b, int64_t n) {
    char text[24];
    buf_put(b, text, (size_t)snprintf(text, sizeof text, "%lld", (long long)n));
}

void buf_printf(buf *b, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n > 0) {
        vsnprintf(buf_reserve(b, (size_t)n + 1), (size_t)n + 1, format, again);
        b->len += (size_t)n;
    }
    va_end(again);
}

void buf_json(buf *b, str s) {
    buf_char(b, '"');
    bool is_valid = str_is_utf8(s);
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c == '"' || c == '\\') {
            buf_char(b, '\\');
            buf_char(b, (char)c);
        } else if (c == '\n') {
            buf_lit(b, "\\n");
        } else if (c < 0x20 || c == 0x7f) {
            buf_printf(b, "\\u%04x", c);
        } else if (c < 0x80 || is_valid) {
            buf_char(b, (char)c);
        } else {
            buf_lit(b, "\xEF\xBF\xBD");
        }
    }
    buf_char(b, '"');
}

str buf_view(const buf *b) { return (str){b->ptr ? b->ptr : "", b->len}; }
