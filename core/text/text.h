// Python's text methods over UTF-8: repr, case, search by code point, splitting, padding, HTML. Pure, any
// thread.
//
// A function that builds text is called twice: with `out` NULL it only tells the size, so that the caller can
// charge and allocate before anything is built; with room for that many bytes it writes them. Every function
// is linear in the bytes it reads and builds. Indexes are code points unless a name says bytes.
#pragma once
#include "text/unicode.h"

// Text being built or only measured.
struct text_out {
    char *ptr; // NULL: measure
    size_t len;
};
static inline void text_put(struct text_out *o, const char *data, size_t n) {
    if (o->ptr && n) memcpy(o->ptr + o->len, data, n);
    o->len += n;
}
static inline void text_char(struct text_out *o, char c) {
    if (o->ptr) o->ptr[o->len] = c;
    o->len++;
}
static inline void text_point(struct text_out *o, uint32_t c) {
    char bytes[UTF8_MAX];
    text_put(o, bytes, utf8_put(bytes, c));
}

// One function of the kind "text in, text out"; `option` is what its own line says.
typedef size_t text_fn(char *out, str s, const void *option);

// text_repr.c
#define TEXT_FLOAT_MAX 32
size_t text_float(char out[TEXT_FLOAT_MAX], double x); // Python's repr of a float
text_fn text_repr;                                     // Python's repr of a str
text_fn text_ascii;                                    // Python's ascii() of a str
struct text_json {
    bool ascii, html;
};
text_fn text_json; // a JSON string with quotes; option: struct text_json
text_fn text_url;  // percent-encoding; option: str of ASCII bytes to keep too
text_fn text_lua;  // a Lua string literal, of printable ASCII

// text_case.c
text_fn text_upper, text_lower, text_title, text_capitalize, text_swapcase, text_casefold;
text_fn text_title_words; // Jinja's `title` filter
enum text_class {
    TEXT_ALPHA,
    TEXT_DIGIT,
    TEXT_DECIMAL,
    TEXT_NUMERIC,
    TEXT_ALNUM,
    TEXT_SPACE,
    TEXT_LOWER,
    TEXT_UPPER,
    TEXT_TITLE,
    TEXT_IDENTIFIER,
    TEXT_PRINTABLE,
    TEXT_ASCII
};
bool text_is(str s, enum text_class class);
text_fn text_digits; // Unicode digits to 0-9, Unicode white space to blanks

// text_html.c
text_fn text_escape, text_unescape;
size_t text_strip_tags(char *s, size_t n); // in place: comments, tags and needless white space go
struct html_name {
    const char *name; // with its semicolon, if it has one
    uint32_t points[2];
};
extern const struct html_name html_names[];
extern const uint32_t html_names_count;

// text_cut.c
ptrdiff_t text_find_bytes(str s, str sub);  // -1 when absent
ptrdiff_t text_rfind_bytes(str s, str sub); // up to s.len * sub.len comparisons, as text_rsplit_next
size_t text_count(str s, str sub);          // without overlaps; code points + 1 for an empty sub
struct text_replace {
    str old, with;
    int64_t count;
};                    // count < 0: all
text_fn text_replace; // option: struct text_replace
text_fn text_reverse;
struct text_slice {
    int64_t start, step;
    size_t count;
}; // `count` code points from index `start`, each `step` on
text_fn text_slice;
enum text_side { TEXT_LEFT = 1, TEXT_RIGHT = 2, TEXT_BOTH = 3 };
str text_strip(str s, enum text_side side);                // white space
str text_strip_set(str s, str chars, enum text_side side); // the characters of `chars`
// The next part of *rest, which moves behind it; false at the end. `max` < 0: no limit, counted down.
struct text_split {
    str rest;
    str by;
    int64_t max;
    bool ended;
}; // by.ptr NULL: runs of white space
bool text_split_next(struct text_split *it, str *part);
bool text_rsplit_next(struct text_split *it, str *part); // from the right; parts come last first
bool text_line_next(str *rest, bool keep_end, str *line);
size_t text_words(str s); // runs of letters, digits and underscores

// text_base64.c: as Python's base64.b64decode, which skips what is not of the alphabet. False for bad
// padding; `out` has room for 3/4 of the text and 3 bytes.
bool text_base64(str s, char *out, size_t *n);

// text_pad.c
struct text_pad {
    size_t left, right;
    str fill;
}; // code points of fill (one character) on each side
text_fn text_pad;
struct text_zfill {
    size_t zeros;
};
text_fn text_zfill; // zeros after a sign
struct text_tabs {
    int64_t size;
};
text_fn text_expandtabs;
