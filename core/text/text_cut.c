// Finding, splitting, stripping, slicing and replacing, by code point.
#include "text/text.h"

ptrdiff_t text_find_bytes(str s, str sub) {
    if (sub.len > s.len) return -1;
    if (sub.len == 0) return 0;
    const char *found = memmem(s.ptr, s.len, sub.ptr, sub.len);
    return found ? found - s.ptr : -1;
}

ptrdiff_t text_rfind_bytes(str s, str sub) {
    if (sub.len > s.len) return -1;
    if (sub.len == 0) return (ptrdiff_t)s.len;
    for (size_t at = s.len - sub.len + 1; at-- > 0;)
        if (s.ptr[at] == sub.ptr[0] && memcmp(s.ptr + at, sub.ptr, sub.len) == 0) return (ptrdiff_t)at;
    return -1;
}

size_t text_count(str s, str sub) {
    if (sub.len == 0) return utf8_len(s) + 1;
    size_t n = 0;
    for (ptrdiff_t at; (at = text_find_bytes(s, sub)) >= 0; n++) s = str_from(s, (size_t)at + sub.len);
    return n;
}

// Between all characters, before the first and behind the last.
static size_t replace_nothing(char *out, str s, const struct text_replace *how) {
    struct text_out o = {out, 0};
    int64_t left = how->count;
    for (size_t at = 0;;) {
        if (left == 0) {
            text_put(&o, s.ptr + at, s.len - at);
            break;
        }
        text_put(&o, how->with.ptr, how->with.len);
        if (left > 0) left--;
        if (at == s.len) break;
        size_t from = at;
        utf8_next(s, &at);
        text_put(&o, s.ptr + from, at - from);
    }
    return o.len;
}

size_t text_replace(char *out, str s, const void *option) {
    const struct text_replace *how = option;
    if (how->old.len == 0) return replace_nothing(out, s, how);
    struct text_out o = {out, 0};
    int64_t left = how->count;
    for (ptrdiff_t at; left != 0 && (at = text_find_bytes(s, how->old)) >= 0;) {
        text_put(&o, s.ptr, (size_t)at);
        text_put(&o, how->with.ptr, how->with.len);
        s = str_from(s, (size_t)at + how->old.len);
        if (left > 0) left--;
    }
    text_put(&o, s.ptr, s.len);
    return o.len;
}

size_t text_reverse(char *out, str s, const void *option) {
    (void)option;
    if (!out) return s.len;
    char *to = out + s.len;
    for (size_t at = 0; at < s.len;) {
        size_t from = at;
        utf8_next(s, &at);
        to -= at - from;
        memcpy(to, s.ptr + from, at - from);
    }
    return s.len;
}

// Moves a byte offset by `n` code points either way; it ends at the ends of s.
static size_t walk(str s, size_t at, int64_t n) {
    for (; n > 0 && at < s.len; n--) utf8_next(s, &at);
    for (; n < 0 && at > 0; n++) at = utf8_prev(s, at);
    return at;
}

size_t text_slice(char *out, str s, const void *option) {
    const struct text_slice *how = option;
    struct text_out o = {out, 0};
    bool ascii = utf8_is_ascii(s);
    size_t at = ascii ? (size_t)how->start : utf8_offset(s, 0, (size_t)how->start);
    for (size_t n = 0; n < how->count; n++) {
        size_t end = at;
        utf8_next(s, &end);
        text_put(&o, s.ptr + at, end - at);
        if (n + 1 < how->count) at = ascii ? (size_t)((int64_t)at + how->step) : walk(s, at, how->step);
    }
    return o.len;
}

static bool next_is_space(str s, size_t *at) { return unicode_is(utf8_next(s, at), UNICODE_SPACE); }

str text_strip(str s, enum text_side side) {
    while ((side & TEXT_LEFT) && s.len) {
        size_t at = 0;
        if (!next_is_space(s, &at)) break;
        s = str_from(s, at);
    }
    while ((side & TEXT_RIGHT) && s.len) {
        size_t from = utf8_prev(s, s.len), at = from;
        if (!next_is_space(s, &at)) break;
        s.len = from;
    }
    return s;
}

static bool is_member(str chars, str c) {
    if (c.len == 1) return memchr(chars.ptr, c.ptr[0], chars.len) != NULL;
    return memmem(chars.ptr, chars.len, c.ptr, c.len) != NULL; // UTF-8 never matches in mid-character
}

str text_strip_set(str s, str chars, enum text_side side) {
    while ((side & TEXT_LEFT) && s.len && chars.len) {
        size_t at = 0;
        utf8_next(s, &at);
        if (!is_member(chars, (str){s.ptr, at})) break;
        s = str_from(s, at);
    }
    while ((side & TEXT_RIGHT) && s.len && chars.len) {
        size_t from = utf8_prev(s, s.len);
        if (!is_member(chars, str_from(s, from))) break;
        s.len = from;
    }
    return s;
}

static bool split_all_left(struct text_split *it, str *part) {
    *part = it->rest;
    it->rest = str_from(it->rest, it->rest.len);
    it->ended = true;
    return true;
}

static bool split_space(struct text_split *it, str *part) {
    it->rest = text_strip(it->rest, TEXT_LEFT);
    if (it->rest.len == 0) return false;
    if (it->max == 0) return split_all_left(it, part);
    size_t end = 0;
    for (size_t at = 0; at < it->rest.len && !next_is_space(it->rest, &at);) end = at;
    *part = (str){it->rest.ptr, end};
    it->rest = str_from(it->rest, end);
    return true;
}

bool text_split_next(struct text_split *it, str *part) {
    if (it->ended) return false;
    if (!it->by.ptr) {
        if (!split_space(it, part)) return false;
    } else {
        ptrdiff_t at = it->max == 0 ? -1 : text_find_bytes(it->rest, it->by);
        if (at < 0) return split_all_left(it, part);
        *part = (str){it->rest.ptr, (size_t)at};
        it->rest = str_from(it->rest, (size_t)at + it->by.len);
    }
    if (it->max > 0) it->max--;
    return true;
}

static bool rsplit_space(struct text_split *it, str *part) {
    it->rest = text_strip(it->rest, TEXT_RIGHT);
    if (it->rest.len == 0) return false;
    if (it->max == 0) return split_all_left(it, part);
    size_t from = it->rest.len;
    while (from > 0) {
        size_t before = utf8_prev(it->rest, from), at = before;
        if (next_is_space(it->rest, &at)) break;
        from = before;
    }
    *part = str_from(it->rest, from);
    it->rest.len = from;
    return true;
}

bool text_rsplit_next(struct text_split *it, str *part) {
    if (it->ended) return false;
    if (!it->by.ptr) {
        if (!rsplit_space(it, part)) return false;
    } else {
        ptrdiff_t at = it->max == 0 ? -1 : text_rfind_bytes(it->rest, it->by);
        if (at < 0) return split_all_left(it, part);
        *part = str_from(it->rest, (size_t)at + it->by.len);
        it->rest.len = (size_t)at;
    }
    if (it->max > 0) it->max--;
    return true;
}

static bool is_line_end(uint32_t c) {
    return (c >= '\n' && c <= '\r') || (c >= 0x1c && c <= 0x1e) || c == 0x85 || c == 0x2028 || c == 0x2029;
}

bool text_line_next(str *rest, bool keep_end, str *line) {
    if (rest->len == 0) return false;
    size_t end = 0, at = 0;
    while (at < rest->len) {
        uint32_t c = utf8_next(*rest, &at);
        if (is_line_end(c)) {
            if (c == '\r' && at < rest->len && rest->ptr[at] == '\n') at++;
            break;
        }
        end = at;
    }
    *line = (str){rest->ptr, keep_end ? at : end};
    *rest = str_from(*rest, at);
    return true;
}

size_t text_words(str s) {
    size_t n = 0;
    bool in_word = false;
    for (size_t at = 0; at < s.len;) {
        bool word = unicode_is_word(utf8_next(s, &at));
        n += word && !in_word;
        in_word = word;
    }
    return n;
}
