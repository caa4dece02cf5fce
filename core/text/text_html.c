// HTML: escaping as markupsafe does it, references as Python's html.unescape resolves them, and tags taken
// out.
#include "text/text.h"

size_t text_escape(char *out, str s, const void *option) {
    (void)option;
    struct text_out o = {out, 0};
    for (size_t i = 0; i < s.len; i++) {
        switch (s.ptr[i]) {
        case '&': text_put(&o, "&amp;", 5); break;
        case '<': text_put(&o, "&lt;", 4); break;
        case '>': text_put(&o, "&gt;", 4); break;
        case '"': text_put(&o, "&#34;", 5); break;
        case '\'': text_put(&o, "&#39;", 5); break;
        default: text_char(&o, s.ptr[i]);
        }
    }
    return o.len;
}

#define NAME_MAX 32 // code points of a name that are looked at

static int compare_name(const char *name, str s) {
    int order = strncmp(name, s.ptr, s.len);
    return order ? order : name[s.len] != 0;
}

static const struct html_name *name_of(str s) {
    if (s.len > 64 || memchr(s.ptr, 0, s.len)) return NULL;
    size_t low = 0, high = html_names_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = compare_name(html_names[middle].name, s);
        if (order == 0) return &html_names[middle];
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    return NULL;
}

// What the bytes 0x80..0x9f mean in the old Western code page; 0 keeps the number.
static const uint16_t western[32] = {0x20ac, 0,      0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021,
                                     0x2c6,  0x2030, 0x160,  0x2039, 0x152,  0,      0x17d,  0,
                                     0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                     0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0,      0x17e,  0x178};

// Control characters and those that are no characters vanish.
static bool is_dropped(uint32_t n) {
    if (n < 0x20) return n != '\t' && n != '\n' && n != '\f' && n != '\r';
    return n == 0x7f || (n >= 0xfdd0 && n <= 0xfdef) || (n & 0xfffe) == 0xfffe;
}

static void put_numbered(struct text_out *o, uint32_t n) {
    if (n >= 0x80 && n <= 0x9f && western[n - 0x80]) n = western[n - 0x80];
    if (n == 0 || n > 0x10ffff || (n >= 0xd800 && n < 0xe000)) text_point(o, 0xfffd);
    else if (!is_dropped(n)) text_point(o, n);
}

static int digit_of(char c, bool hex) {
    if (c >= '0' && c <= '9') return c - '0';
    if (hex && c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (hex && c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// "#38;" or "#x26" at `at`; the offset behind it, or `at` when it is no number.
static size_t numbered(struct text_out *o, str s, size_t at) {
    size_t i = at + 1;
    bool hex = i < s.len && (s.ptr[i] == 'x' || s.ptr[i] == 'X');
    if (hex) i++;
    size_t first = i;
    uint32_t n = 0;
    for (; i < s.len; i++) {
        int digit = digit_of(s.ptr[i], hex);
        if (digit < 0) break;
        n = n > 0x110000 ? n : n * (hex ? 16 : 10) + (uint32_t)digit;
    }
    if (i == first) return at;
    put_numbered(o, n);
    return i < s.len && s.ptr[i] == ';' ? i + 1 : i;
}

static bool ends_name(char c) {
    return c == '\t' || c == '\n' || c == '\f' || c == ' ' || c == '<' || c == '&' || c == '#' || c == ';';
}

static size_t name_end(str s, size_t at) {
    for (int n = 0; n < NAME_MAX && at < s.len; n++) {
        if (ends_name(s.ptr[at])) break;
        utf8_next(s, &at);
    }
    return at < s.len && s.ptr[at] == ';' ? at + 1 : at;
}

// The longest known name at `at`; the offset behind it, or `at`. A name of one character is none.
static size_t named(struct text_out *o, str s, size_t at) {
    size_t end = name_end(s, at);
    for (size_t n = end - at; n >= 2; n--) {
        const struct html_name *name = name_of((str){s.ptr + at, n});
        if (!name) continue;
        text_point(o, name->points[0]);
        if (name->points[1]) text_point(o, name->points[1]);
        return at + n;
    }
    return at;
}

size_t text_unescape(char *out, str s, const void *option) {
    (void)option;
    struct text_out o = {out, 0};
    for (size_t at = 0; at < s.len;) {
        const char *found = memchr(s.ptr + at, '&', s.len - at);
        size_t mark = found ? (size_t)(found - s.ptr) : s.len;
        text_put(&o, s.ptr + at, mark - at);
        if (mark == s.len) break;
        at = mark + 1;
        size_t end = at;
        if (at < s.len) end = s.ptr[at] == '#' ? numbered(&o, s, at) : named(&o, s, at);
        if (end == at) text_char(&o, '&');
        at = end;
    }
    return o.len;
}

// A comment may come together only when another between its parts is gone, so the text behind it is read on
// from where it ended, while the mark is looked for in what is already kept.
static size_t drop_comments(char *s, size_t n) {
    size_t kept = 0;
    for (size_t at = 0; at < n;) {
        s[kept++] = s[at++];
        if (kept < 4 || memcmp(s + kept - 4, "<!--", 4) != 0) continue;
        if (at < n && s[at] == '>') at++; // "<!-->"
        else if (at + 1 < n && s[at] == '-' && s[at + 1] == '>') at += 2;
        else {
            const char *end = memmem(s + at, n - at, "-->", 3);
            if (!end) {
                memmove(s + kept, s + at, n - at);
                return kept + (n - at);
            }
            at = (size_t)(end - s) + 3;
        }
        kept -= 4;
    }
    return kept;
}

static size_t drop_tags(char *s, size_t n) {
    size_t kept = 0;
    for (size_t at = 0; at < n;) {
        const char *end = s[at] == '<' ? memchr(s + at, '>', n - at) : NULL;
        if (s[at] == '<' && !end) {
            memmove(s + kept, s + at, n - at);
            return kept + (n - at);
        }
        if (end) at = (size_t)(end - s) + 1;
        else s[kept++] = s[at++];
    }
    return kept;
}

static size_t collapse_space(char *s, size_t n) {
    struct text_split words = {.rest = {s, n}, .max = -1};
    size_t kept = 0;
    str word;
    while (text_split_next(&words, &word)) {
        if (kept) s[kept++] = ' ';
        memmove(s + kept, word.ptr, word.len);
        kept += word.len;
    }
    return kept;
}

size_t text_strip_tags(char *s, size_t n) { return collapse_space(s, drop_tags(s, drop_comments(s, n))); }
