// Text as pointer and length: borrowed, by value, may hold NULs, never assumed to end with one.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct str {
    const char *ptr;
    size_t len;
} str;

#define STR(literal) ((str){"" literal, sizeof(literal) - 1})
#define STR_FMT(s)   (int)(s).len, (s).ptr // for "%.*s"

static inline str str_of(const char *z) { return (str){z, z ? strlen(z) : 0}; }
static inline bool str_is(str a, str b) { return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0); }
static inline bool str_starts(str s, str prefix) {
    return s.len >= prefix.len && memcmp(s.ptr, prefix.ptr, prefix.len) == 0;
}
static inline bool str_ends(str s, str suffix) {
    return s.len >= suffix.len && memcmp(s.ptr + s.len - suffix.len, suffix.ptr, suffix.len) == 0;
}
static inline str str_from(str s, size_t at) {
    return at >= s.len ? (str){s.ptr + s.len, 0} : (str){s.ptr + at, s.len - at};
}

bool str_is_nocase(str a, str b);             // ASCII letters only
ptrdiff_t str_find(str s, char c);            // index or -1
bool str_split(str *rest, char c, str *head); // takes the part before `c` off `rest`; false when `rest` is empty
bool str_to_int(str s, int64_t *out);         // decimal with optional minus, whole text, no overflow
bool str_is_utf8(str s);                      // well-formed UTF-8 (no surrogates, no overlong forms)
str str_trim(str s);                          // without ASCII white space at both ends
size_t str_utf8_cut(str s, size_t max);       // largest length <= max that does not split a code point
