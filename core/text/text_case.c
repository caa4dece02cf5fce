// Case mapping and character classes as Python's str methods have them: full mappings, final sigma, empty
// text.
#include "text/text.h"

#define SIGMA       0x3a3
#define FINAL_SIGMA 0x3c2
#define SMALL_SIGMA 0x3c3

static uint32_t map_ascii(uint32_t c, enum unicode_case to) {
    bool up = to == UNICODE_TO_UPPER || to == UNICODE_TO_TITLE;
    return c - (up ? 'a' : 'A') < 26 ? c ^ 0x20 : c;
}

static void put_mapped(struct text_out *o, uint32_t c, enum unicode_case to) {
    if (c < 0x80) {
        text_char(o, (char)map_ascii(c, to));
        return;
    }
    uint32_t points[UNICODE_CASE_MAX];
    unsigned n = unicode_map(c, to, points);
    for (unsigned i = 0; i < n; i++) text_point(o, points[i]);
}

// Does a cased character end the text before `at`, looking through what is ignorable?
static bool is_cased_before(str s, size_t at) {
    while (at > 0) {
        size_t from = utf8_prev(s, at), end = from;
        uint32_t c = utf8_next(s, &end);
        if (!unicode_is(c, UNICODE_IGNORABLE)) return unicode_is(c, UNICODE_CASED);
        at = from;
    }
    return false;
}

static bool is_cased_after(str s, size_t at) {
    while (at < s.len) {
        uint32_t c = utf8_next(s, &at);
        if (!unicode_is(c, UNICODE_IGNORABLE)) return unicode_is(c, UNICODE_CASED);
    }
    return false;
}

// `c` stood at [from, at) of s. A sigma at the end of a word has a shape of its own.
static void put_lower(struct text_out *o, str s, size_t from, size_t at, uint32_t c) {
    if (c != SIGMA) put_mapped(o, c, UNICODE_TO_LOWER);
    else text_point(o, is_cased_before(s, from) && !is_cased_after(s, at) ? FINAL_SIGMA : SMALL_SIGMA);
}

static void put_lower_all(struct text_out *o, str s, size_t at) {
    while (at < s.len) {
        size_t from = at;
        uint32_t c = utf8_next(s, &at);
        if (c < 0x80) text_char(o, (char)map_ascii(c, UNICODE_TO_LOWER));
        else put_lower(o, s, from, at, c);
    }
}

static size_t map_all(char *out, str s, enum unicode_case to) {
    struct text_out o = {out, 0};
    for (size_t at = 0; at < s.len;) put_mapped(&o, utf8_next(s, &at), to);
    return o.len;
}

size_t text_upper(char *out, str s, const void *option) {
    (void)option;
    return map_all(out, s, UNICODE_TO_UPPER);
}

size_t text_casefold(char *out, str s, const void *option) {
    (void)option;
    return map_all(out, s, UNICODE_TO_FOLD);
}

size_t text_lower(char *out, str s, const void *option) {
    (void)option;
    struct text_out o = {out, 0};
    put_lower_all(&o, s, 0);
    return o.len;
}

size_t text_capitalize(char *out, str s, const void *option) {
    (void)option;
    struct text_out o = {out, 0};
    size_t at = 0;
    if (s.len) put_mapped(&o, utf8_next(s, &at), UNICODE_TO_TITLE);
    put_lower_all(&o, s, at);
    return o.len;
}

size_t text_title(char *out, str s, const void *option) {
    (void)option;
    struct text_out o = {out, 0};
    bool in_word = false;
    for (size_t at = 0; at < s.len;) {
        size_t from = at;
        uint32_t c = utf8_next(s, &at);
        if (in_word) put_lower(&o, s, from, at, c);
        else put_mapped(&o, c, UNICODE_TO_TITLE);
        in_word = unicode_is(c, UNICODE_CASED);
    }
    return o.len;
}

size_t text_swapcase(char *out, str s, const void *option) {
    (void)option;
    struct text_out o = {out, 0};
    for (size_t at = 0; at < s.len;) {
        size_t from = at;
        uint32_t c = utf8_next(s, &at);
        if (unicode_is(c, UNICODE_UPPER)) put_lower(&o, s, from, at, c);
        else if (unicode_is(c, UNICODE_LOWER)) put_mapped(&o, c, UNICODE_TO_UPPER);
        else text_point(&o, c);
    }
    return o.len;
}

static bool is_word_break(uint32_t c) { // [-\s({\[<]
    return c == '-' || c == '(' || c == '{' || c == '[' || c == '<' || unicode_is(c, UNICODE_SPACE);
}

size_t text_title_words(char *out, str s, const void *option) {
    (void)option;
    struct text_out o = {out, 0};
    for (size_t at = 0; at < s.len;) {
        size_t end = at;
        while (end < s.len) { // one word: what follows is not seen by its final sigma
            size_t next = end;
            if (is_word_break(utf8_next(s, &next))) break;
            end = next;
        }
        if (end > at) put_mapped(&o, utf8_next(s, &at), UNICODE_TO_UPPER);
        put_lower_all(&o, (str){s.ptr + at, end - at}, 0);
        at = end;
        if (at < s.len) text_point(&o, utf8_next(s, &at));
    }
    return o.len;
}

size_t text_digits(char *out, str s, const void *option) {
    (void)option;
    struct text_out o = {out, 0};
    for (size_t at = 0; at < s.len;) {
        uint32_t c = utf8_next(s, &at);
        const struct unicode_record *r = unicode_record(c);
        if (r->flags & UNICODE_DECIMAL) text_char(&o, (char)('0' + r->decimal));
        else if (r->flags & UNICODE_SPACE) text_char(&o, ' ');
        else text_point(&o, c);
    }
    return o.len;
}

static bool is_all(str s, unsigned flags) {
    for (size_t at = 0; at < s.len;)
        if (!unicode_is(utf8_next(s, &at), flags)) return false;
    return s.len > 0;
}

// Some cased character of the wanted case, none of the others.
static bool is_one_case(str s, unsigned wanted, unsigned others) {
    bool seen = false;
    for (size_t at = 0; at < s.len;) {
        unsigned flags = unicode_record(utf8_next(s, &at))->flags;
        if (flags & others) return false;
        seen = seen || (flags & wanted);
    }
    return seen;
}

static bool is_title(str s) {
    bool seen = false, in_word = false;
    for (size_t at = 0; at < s.len;) {
        unsigned flags = unicode_record(utf8_next(s, &at))->flags;
        if (flags & (UNICODE_UPPER | UNICODE_TITLE)) {
            if (in_word) return false;
            seen = in_word = true;
        } else if (flags & UNICODE_LOWER) {
            if (!in_word) return false;
        } else {
            in_word = false;
        }
    }
    return seen;
}

static bool is_identifier(str s) {
    size_t at = 0;
    if (s.len == 0) return false;
    uint32_t c = utf8_next(s, &at);
    if (c != '_' && !unicode_is(c, UNICODE_ID_START)) return false;
    return at == s.len || is_all(str_from(s, at), UNICODE_ID_CONTINUE);
}

bool text_is(str s, enum text_class class) {
    switch (class) {
    case TEXT_ALPHA: return is_all(s, UNICODE_ALPHA);
    case TEXT_DIGIT: return is_all(s, UNICODE_DIGIT);
    case TEXT_DECIMAL: return is_all(s, UNICODE_DECIMAL);
    case TEXT_NUMERIC: return is_all(s, UNICODE_NUMERIC);
    case TEXT_ALNUM: return is_all(s, UNICODE_ALNUM);
    case TEXT_SPACE: return is_all(s, UNICODE_SPACE);
    case TEXT_LOWER: return is_one_case(s, UNICODE_LOWER, UNICODE_UPPER | UNICODE_TITLE);
    case TEXT_UPPER: return is_one_case(s, UNICODE_UPPER, UNICODE_LOWER | UNICODE_TITLE);
    case TEXT_TITLE: return is_title(s);
    case TEXT_IDENTIFIER: return is_identifier(s);
    case TEXT_PRINTABLE: return s.len == 0 || is_all(s, UNICODE_PRINTABLE);
    case TEXT_ASCII: return utf8_is_ascii(s);
    }
    return false;
}
