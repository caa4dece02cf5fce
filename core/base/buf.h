// A growable byte buffer. Zero-initialise to start; buf_free to end. Not shared between threads.
#pragma once
#include "base/str.h"

typedef struct buf {
    char *ptr;
    size_t len, cap;
} buf;

void buf_free(buf *b);
void buf_clear(buf *b);                 // keeps the memory
char *buf_reserve(buf *b, size_t more); // room for `more` bytes at the end; the caller then adds to len
void buf_put(buf *b, const void *data, size_t n);
void buf_str(buf *b, str s);
void buf_char(buf *b, char c);
void buf_int(buf *b, int64_t n);
void buf_printf(buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_json(buf *b, str s); // a JSON string with its quotes; invalid UTF-8 becomes U+FFFD
str buf_view(const buf *b);   // borrowed until the next change
#define buf_lit(b, literal) buf_put(b, "" literal, sizeof(literal) - 1)
