// Unicode 15.0: UTF-8 by code point, character classes and full case mappings as Python has them. Pure, any
// thread.
//
// A byte that belongs to no well-formed sequence is read as the code point U+DC80..U+DCFF of that byte and
// written back as the byte, so that damaged text passes through unchanged and no reader runs past its end.
#pragma once
#include "base/str.h"

enum unicode_flag {
    UNICODE_ALPHA = 1,
    UNICODE_DECIMAL = 2,
    UNICODE_DIGIT = 4,
    UNICODE_NUMERIC = 8,
    UNICODE_SPACE = 16,
    UNICODE_LOWER = 32,
    UNICODE_UPPER = 64,
    UNICODE_TITLE = 128,
    UNICODE_ID_START = 256, // without the underscore
    UNICODE_ID_CONTINUE = 512,
    UNICODE_PRINTABLE = 1024,
    UNICODE_CASED = 2048,
    UNICODE_IGNORABLE = 4096, // Case_Ignorable: looked through by the final sigma rule
};
#define UNICODE_ALNUM (UNICODE_ALPHA | UNICODE_DECIMAL | UNICODE_DIGIT | UNICODE_NUMERIC)

enum unicode_case { UNICODE_TO_UPPER, UNICODE_TO_LOWER, UNICODE_TO_TITLE, UNICODE_TO_FOLD };

#define UTF8_MAX         4 // bytes of one code point
#define UNICODE_CASE_MAX 3 // code points that one may become

struct unicode_record { // what code points have in common
    uint16_t flags;
    uint8_t decimal; // value of a decimal digit
    int32_t map[4];  // by enum unicode_case: a distance, or from 2^24 on an index of unicode_specials
};

const struct unicode_record *unicode_record(uint32_t c);
static inline bool unicode_is(uint32_t c, unsigned flags) { return (unicode_record(c)->flags & flags) != 0; }
static inline bool unicode_is_word(uint32_t c) { return c == '_' || unicode_is(c, UNICODE_ALNUM); }
// The 1..3 code points that `c` becomes.
unsigned unicode_map(uint32_t c, enum unicode_case to, uint32_t out[UNICODE_CASE_MAX]);

uint32_t utf8_next_slow(str s, size_t *at);
size_t utf8_put(char *out, uint32_t c); // bytes written
size_t utf8_len(str s);                 // code points
size_t utf8_prev(str s, size_t at);     // where the code point that ends at `at` (> 0) begins
size_t utf8_offset(str s, size_t from,
                   size_t n); // the byte offset `n` code points after offset `from`, at most s.len
bool utf8_is_ascii(str s);

// The code point at *at (< s.len), which moves behind it.
static inline uint32_t utf8_next(str s, size_t *at) {
    unsigned char c = (unsigned char)s.ptr[*at];
    return c < 0x80 ? ((*at)++, c) : utf8_next_slow(s, at);
}

// Tables of unicode_data.c.
extern const uint16_t unicode_first[], unicode_second[];
extern const struct unicode_record unicode_records[];
extern const uint32_t unicode_specials[][UNICODE_CASE_MAX];
extern const uint32_t unicode_first_count;
