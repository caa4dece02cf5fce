// How Python prints floats and strings, and the quoting of JSON, URLs and Lua.
#include "text/text.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9, 1e10,
                                1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20};
#define POWERS ((int)(sizeof powers / sizeof *powers))

// Decimal digits and the exponent of the first one: d.ddd × 10^exponent.
struct decimal {
    char digits[20];
    int count, exponent;
};

// The shortest decimal of at most 15 digits, when it can be shown exactly: an integer m < 10^15 and a power
// of ten are both exact, so m / 10^k is rounded once, as reading the decimal would be. False when there is
// none.
static bool short_decimal(double x, struct decimal *d) {
    if (x < 1e-5 || x >= 1e15) return false;
    for (int k = 0; k < POWERS; k++) {
        double m = nearbyint(x * powers[k]);
        if (m >= 1e15) return false;
        if (m / powers[k] != x) continue;
        d->count = snprintf(d->digits, sizeof d->digits, "%lld", (long long)m);
        d->exponent = d->count - 1 - k;
        while (d->count > 1 && d->digits[d->count - 1] == '0') d->count--;
        return true;
    }
    return false;
}

static void split_decimal(const char *printed, struct decimal *d) { // "d.ddde±XX"
    d->count = 0;
    const char *p = printed;
    for (; *p != 'e'; p++)
        if (*p != '.') d->digits[d->count++] = *p;
    d->exponent = atoi(p + 1);
    while (d->count > 1 && d->digits[d->count - 1] == '0') d->count--;
}

static bool reads_back(double x, int digits, char printed[TEXT_FLOAT_MAX]) {
    snprintf(printed, TEXT_FLOAT_MAX, "%.*e", digits - 1, x);
    return strtod(printed, NULL) == x;
}

// Beside a power of two the nearest 16-digit decimal may not read back while its neighbour does.
static bool neighbour_reads_back(double x, char printed[TEXT_FLOAT_MAX]) {
    char *last = strchr(printed, 'e') - 1;
    char digit = *last;
    for (int step = -1; step <= 1; step += 2) {
        if (digit + step < '0' || digit + step > '9') continue;
        *last = (char)(digit + step);
        if (strtod(printed, NULL) == x) return true;
    }
    *last = digit;
    return false;
}

static void any_decimal(double x, struct decimal *d) {
    char printed[TEXT_FLOAT_MAX];
    int least = x < 1e-300 ? 1 : 15; // subnormal numbers hold few digits
    for (int digits = least; digits <= 17; digits++) {
        if (reads_back(x, digits, printed)) break;
        if (digits == 16 && neighbour_reads_back(x, printed)) break;
    }
    split_decimal(printed, d);
}

static void put_scientific(struct text_out *o, const struct decimal *d) {
    text_char(o, d->digits[0]);
    if (d->count > 1) text_char(o, '.');
    text_put(o, d->digits + 1, (size_t)d->count - 1);
    char exponent[8];
    text_put(o, exponent,
             (size_t)snprintf(exponent, sizeof exponent, "e%c%02d", d->exponent < 0 ? '-' : '+', abs(d->exponent)));
}

static void put_plain(struct text_out *o, const struct decimal *d) {
    if (d->exponent < 0) {
        text_put(o, "0.0000", (size_t)(1 - d->exponent));
        text_put(o, d->digits, (size_t)d->count);
        return;
    }
    for (int i = 0; i <= d->exponent; i++) text_char(o, i < d->count ? d->digits[i] : '0');
    text_char(o, '.');
    if (d->count <= d->exponent + 1) text_char(o, '0');
    for (int i = d->exponent + 1; i < d->count; i++) text_char(o, d->digits[i]);
}

size_t text_float(char out[TEXT_FLOAT_MAX], double x) {
    struct text_out o = {out, 0};
    if (isnan(x)) return text_put(&o, "nan", 3), o.len;
    if (signbit(x)) text_char(&o, '-');
    if (isinf(x)) return text_put(&o, "inf", 3), o.len;
    if (x == 0) return text_put(&o, "0.0", 3), o.len;
    struct decimal d = {0};
    if (!short_decimal(fabs(x), &d)) any_decimal(fabs(x), &d);
    if (d.exponent < -4 || d.exponent >= 16) put_scientific(&o, &d);
    else put_plain(&o, &d);
    return o.len;
}

static const char hex[] = "0123456789abcdef";

static void put_hex(struct text_out *o, char letter, uint32_t c, int digits) {
    text_char(o, '\\');
    text_char(o, letter);
    while (digits-- > 0) text_char(o, hex[c >> (4 * digits) & 15]);
}

static void put_escape(struct text_out *o, uint32_t c) {
    if (c < 0x100) put_hex(o, 'x', c, 2);
    else if (c < 0x10000) put_hex(o, 'u', c, 4);
    else put_hex(o, 'U', c, 8);
}

static char short_escape(uint32_t c) {
    switch (c) {
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    case '\\': return '\\';
    default: return 0;
    }
}

// Bytes from `at` that print as themselves whatever the quote: the common case, copied at once.
static size_t plain_run(str s, size_t at) {
    size_t end = at;
    while (end < s.len) {
        unsigned char c = (unsigned char)s.ptr[end];
        if (c < 0x20 || c >= 0x7f || c == '\\' || c == '\'' || c == '"') break;
        end++;
    }
    return end - at;
}

static size_t repr(char *out, str s, bool ascii) {
    bool has_single = memchr(s.ptr, '\'', s.len), has_double = memchr(s.ptr, '"', s.len);
    char quote = has_single && !has_double ? '"' : '\'';
    struct text_out o = {out, 0};
    text_char(&o, quote);
    for (size_t at = 0; at < s.len;) {
        size_t run = plain_run(s, at);
        text_put(&o, s.ptr + at, run);
        at += run;
        if (at == s.len) break;
        uint32_t c = utf8_next(s, &at);
        char letter = short_escape(c);
        if (letter || c == (uint32_t)quote) {
            text_char(&o, '\\');
            text_char(&o, letter ? letter : quote);
        } else if (c < 0x80 ? c >= 0x20 && c != 0x7f : !ascii && unicode_is(c, UNICODE_PRINTABLE)) {
            text_point(&o, c);
        } else {
            put_escape(&o, c);
        }
    }
    text_char(&o, quote);
    return o.len;
}

size_t text_repr(char *out, str s, const void *option) {
    (void)option;
    return repr(out, s, false);
}

size_t text_ascii(char *out, str s, const void *option) {
    (void)option;
    return repr(out, s, true);
}

static char json_short(uint32_t c) {
    switch (c) {
    case '"': return '"';
    case '\\': return '\\';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    case '\b': return 'b';
    case '\f': return 'f';
    default: return 0;
    }
}

static bool is_json_plain(unsigned char c, const struct text_json *how) {
    if (c < 0x20 || c == '"' || c == '\\') return false;
    if (how->ascii && c >= 0x7f) return false;
    return !how->html || (c != '<' && c != '>' && c != '&' && c != '\'');
}

static void put_json_point(struct text_out *o, uint32_t c) {
    char letter = json_short(c);
    if (letter) {
        text_char(o, '\\');
        text_char(o, letter);
    } else if (c >= 0x10000) {
        put_hex(o, 'u', 0xd800 + ((c - 0x10000) >> 10), 4);
        put_hex(o, 'u', 0xdc00 + ((c - 0x10000) & 0x3ff), 4);
    } else {
        put_hex(o, 'u', c, 4);
    }
}

size_t text_json(char *out, str s, const void *option) {
    const struct text_json *how = option;
    struct text_out o = {out, 0};
    text_char(&o, '"');
    for (size_t at = 0; at < s.len;) {
        size_t from = at;
        while (at < s.len && is_json_plain((unsigned char)s.ptr[at], how)) at++;
        text_put(&o, s.ptr + from, at - from);
        if (at < s.len) put_json_point(&o, utf8_next(s, &at));
    }
    text_char(&o, '"');
    return o.len;
}

static bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '-' || c == '~';
}

size_t text_url(char *out, str s, const void *option) {
    const str *safe = option;
    struct text_out o = {out, 0};
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (is_unreserved((char)c) || (safe->len && memchr(safe->ptr, c, safe->len))) {
            text_char(&o, (char)c);
            continue;
        }
        text_char(&o, '%');
        text_char(&o, "0123456789ABCDEF"[c >> 4]);
        text_char(&o, "0123456789ABCDEF"[c & 15]);
    }
    return o.len;
}

size_t text_lua(char *out, str s, const void *option) {
    (void)option;
    struct text_out o = {out, 0};
    text_char(&o, '"');
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c >= ' ' && c <= '~' && c != '"' && c != '\\') {
            text_char(&o, (char)c);
            continue;
        }
        text_char(&o, '\\');
        text_char(&o, (char)('0' + c / 100));
        text_char(&o, (char)('0' + c / 10 % 10));
        text_char(&o, (char)('0' + c % 10));
    }
    text_char(&o, '"');
    return o.len;
}
