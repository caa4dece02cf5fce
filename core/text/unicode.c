// UTF-8 by code point, and look-up in the tables of unicode_data.c.
#include "text/unicode.h"

#define BLOCK_BITS 6

const struct unicode_record *unicode_record(uint32_t c) {
    uint32_t at = c >> BLOCK_BITS;
    if (at >= unicode_first_count) at = unicode_first_count - 1;
    return &unicode_records[unicode_second[((uint32_t)unicode_first[at] << BLOCK_BITS) +
                                           (c & ((1u << BLOCK_BITS) - 1))]];
}

unsigned unicode_map(uint32_t c, enum unicode_case to, uint32_t out[UNICODE_CASE_MAX]) {
    int32_t by = unicode_record(c)->map[to];
    if (by < 1 << 24) {
        out[0] = (uint32_t)((int32_t)c + by);
        return 1;
    }
    const uint32_t *points = unicode_specials[by - (1 << 24)];
    unsigned n = 0;
    while (n < UNICODE_CASE_MAX && points[n]) {
        out[n] = points[n];
        n++;
    }
    return n;
}

static bool is_tail(unsigned char c) { return (c & 0xc0) == 0x80; }

// Bytes of the well-formed sequence at `p`, or 0.
static unsigned sequence(const unsigned char *p, size_t left) {
    if (p[0] >= 0xc2 && p[0] < 0xe0) return left >= 2 && is_tail(p[1]) ? 2 : 0;
    if (p[0] >= 0xe0 && p[0] < 0xf0) {
        if (left < 3 || !is_tail(p[1]) || !is_tail(p[2])) return 0;
        return (p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] >= 0xa0) ? 0 : 3;
    }
    if (p[0] >= 0xf0 && p[0] < 0xf5) {
        if (left < 4 || !is_tail(p[1]) || !is_tail(p[2]) || !is_tail(p[3])) return 0;
        return (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] >= 0x90) ? 0 : 4;
    }
    return 0;
}

uint32_t utf8_next_slow(str s, size_t *at) {
    const unsigned char *p = (const unsigned char *)s.ptr + *at;
    if (p[0] < 0x80) return (*at)++, p[0];
    unsigned n = sequence(p, s.len - *at);
    *at += n ? n : 1;
    switch (n) {
    case 2: return (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);
    case 3: return (p[0] & 0x0fu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
    case 4: return (p[0] & 0x07u) << 18 | (p[1] & 0x3fu) << 12 | (p[2] & 0x3fu) << 6 | (p[3] & 0x3fu);
    default: return 0xdc00u | p[0];
    }
}

size_t utf8_put(char *out, uint32_t c) {
    if (c < 0x80) return out[0] = (char)c, 1;
    if (c >= 0xdc80 && c < 0xdd00) return out[0] = (char)(c & 0xff), 1; // a byte that was no text
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3f));
    out[2] = (char)(0x80 | (c >> 6 & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

bool utf8_is_ascii(str s) {
    size_t i = 0;
    for (; i + 8 <= s.len; i += 8) {
        uint64_t word;
        memcpy(&word, s.ptr + i, 8);
        if (word & 0x8080808080808080u) return false;
    }
    for (; i < s.len; i++)
        if ((unsigned char)s.ptr[i] >= 0x80) return false;
    return true;
}

size_t utf8_len(str s) {
    if (utf8_is_ascii(s)) return s.len;
    size_t n = 0;
    for (size_t at = 0; at < s.len; n++) utf8_next(s, &at);
    return n;
}

size_t utf8_prev(str s, size_t at) {
    size_t least = at > UTF8_MAX ? at - UTF8_MAX : 0;
    for (size_t from = at - 1; from + 1 > least; from--) {
        if (!is_tail((unsigned char)s.ptr[from])) {
            size_t end = from;
            utf8_next((str){s.ptr, at}, &end);
            return end == at ? from : at - 1;
        }
        if (from == 0) break;
    }
    return at - 1;
}

size_t utf8_offset(str s, size_t from, size_t n) {
    size_t at = from;
    while (n-- > 0 && at < s.len) utf8_next(s, &at);
    return at;
}
