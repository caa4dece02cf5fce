// Replacement templates of Python's regex.sub.
#include "text/regex_pattern.h"
#include "text/unicode.h"
#include <stdio.h>

struct template {
    str in;
    size_t at;
    struct regex_groups groups;
    void (*on_piece)(void *ctx, struct regex_piece piece);
    void *ctx;
    struct why *why;
};

static err refuse(struct template *t, const char *what, size_t at) {
    return why_set(t->why, ERR_INVALID, "%s at position %zu", what, utf8_len((str){t->in.ptr, at}));
}

static void put_text(struct template *t, str text) {
    if (text.len) t->on_piece(t->ctx, (struct regex_piece){text, -1});
}

static void put_point(struct template *t, uint32_t c) {
    char bytes[UTF8_MAX];
    put_text(t, (str){bytes, utf8_put(bytes, c)});
}

static err put_group(struct template *t, int group) {
    t->on_piece(t->ctx, (struct regex_piece){STR(""), group});
    return ERR_OK;
}

static bool is_octal(struct template *t, size_t at) {
    return at < t->in.len && t->in.ptr[at] >= '0' && t->in.ptr[at] <= '7';
}

static bool is_digit(struct template *t, size_t at) {
    return at < t->in.len && t->in.ptr[at] >= '0' && t->in.ptr[at] <= '9';
}

// A digit follows the backslash: an octal character, or a group of one or two digits.
static err number(struct template *t) {
    size_t from = t->at;
    const char *p = t->in.ptr + from;
    if (p[0] == '0' || (is_octal(t, from) && is_octal(t, from + 1) && is_octal(t, from + 2))) {
        uint32_t c = 0;
        for (int i = 0; i < 3 && is_octal(t, t->at); i++) c = c * 8 + (uint32_t)(t->in.ptr[t->at++] - '0');
        return put_point(t, c), ERR_OK;
    }
    int group = 0;
    for (int i = 0; i < 2 && is_digit(t, t->at); i++) group = group * 10 + t->in.ptr[t->at++] - '0';
    return put_group(t, group);
}

// \g<…>; t->at stands behind the g.
static err named(struct template *t) {
    if (t->at >= t->in.len || t->in.ptr[t->at] != '<') return refuse(t, "missing <", t->at);
    str name = str_from(t->in, ++t->at);
    ptrdiff_t length = str_find(name, '>');
    if (length < 0) return refuse(t, "missing >", t->in.len);
    name.len = (size_t)length;
    if (name.len == 0) return refuse(t, "missing group name", t->at);
    t->at += name.len + 1;
    int group;
    if (regex_is_number(name, &group)) {
        return group > t->groups.count ? refuse(t, "invalid group reference", t->at) : put_group(t, group);
    }
    size_t at = 0;
    uint32_t c = utf8_next(name, &at);
    if (c != '_' && !unicode_is(c, UNICODE_ID_START)) return refuse(t, "bad character in group name", t->at - 1);
    group = regex_group_of(t->groups.names, t->groups.name_count, name);
    if (group < 0) return why_set(t->why, ERR_NOT_FOUND, "unknown group");
    return put_group(t, group);
}

static err hex(struct template *t, char letter, int digits) {
    uint32_t c;
    if (regex_hex(t->in, t->at, digits, &c) && c < 0x110000 && (c < 0xd800 || c > 0xdfff)) {
        t->at += (size_t)digits;
        return put_point(t, c), ERR_OK;
    }
    size_t end = t->at;
    while (end < t->in.len && end < t->at + (size_t)digits && regex_hex(t->in, end, 1, &c)) end++;
    char what[40];
    str seen = {t->in.ptr + t->at, end - t->at};
    snprintf(what, sizeof what, "incomplete escape \\%c%.*s", letter, STR_FMT(seen));
    return refuse(t, what, end);
}

static err escape(struct template *t) {
    static const char letters[] = "abfnrtv", meanings[] = "\a\b\f\n\r\t\v";
    char c = t->in.ptr[t->at++];
    const char *simple = c ? strchr(letters, c) : NULL;
    if (simple) return put_point(t, (unsigned char)meanings[simple - letters]), ERR_OK;
    if (c >= '0' && c <= '9') return t->at--, number(t);
    switch (c) {
    case 'g': return named(t);
    case 'x': return hex(t, c, 2);
    case 'u': return hex(t, c, 4);
    case 'U': return hex(t, c, 8);
    case '\\': return put_text(t, STR("\\")), ERR_OK;
    default: break;
    }
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
        char what[] = "bad escape \\?";
        what[sizeof what - 2] = c;
        return refuse(t, what, t->at);
    }
    size_t from = t->at - 2, end = t->at - 1; // the backslash stays before what is no letter
    utf8_next(t->in, &end);
    put_text(t, (str){t->in.ptr + from, end - from});
    t->at = end;
    return ERR_OK;
}

err regex_template(str in, struct regex_groups groups, void (*on_piece)(void *ctx, struct regex_piece piece), void *ctx,
                   struct why *why) {
    struct template t = {in, 0, groups, on_piece, ctx, why};
    while (t.at < in.len) {
        str rest = str_from(in, t.at);
        ptrdiff_t plain = str_find(rest, '\\');
        if (plain < 0) return put_text(&t, rest), ERR_OK;
        put_text(&t, (str){rest.ptr, (size_t)plain});
        t.at += (size_t)plain + 1;
        if (t.at == in.len) return refuse(&t, "bad escape (end of pattern)", in.len);
        err e = escape(&t);
        if (e) return e;
    }
    return ERR_OK;
}
