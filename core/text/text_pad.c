// Padding: centre, justify, zeros, tabs.
#include "text/text.h"

size_t text_pad(char *out, str s, const void *option) {
    const struct text_pad *how = option;
    if (!out) return s.len + (how->left + how->right) * how->fill.len; // the caller bounds the widths
    struct text_out o = {out, 0};
    for (size_t i = 0; i < how->left; i++) text_put(&o, how->fill.ptr, how->fill.len);
    text_put(&o, s.ptr, s.len);
    for (size_t i = 0; i < how->right; i++) text_put(&o, how->fill.ptr, how->fill.len);
    return o.len;
}

size_t text_zfill(char *out, str s, const void *option) {
    const struct text_zfill *how = option;
    if (!out) return s.len + how->zeros;
    size_t sign = s.len && how->zeros && (s.ptr[0] == '+' || s.ptr[0] == '-');
    memcpy(out, s.ptr, sign);
    memset(out + sign, '0', how->zeros);
    memcpy(out + sign + how->zeros, s.ptr + sign, s.len - sign);
    return s.len + how->zeros;
}

// Blanks up to the next stop. Only their number is needed to measure.
static void put_tab(struct text_out *o, size_t blanks) {
    if (o->ptr) memset(o->ptr + o->len, ' ', blanks);
    o->len += blanks;
}

size_t text_expandtabs(char *out, str s, const void *option) {
    const struct text_tabs *how = option;
    struct text_out o = {out, 0};
    size_t size = how->size > 0 ? (size_t)how->size : 0, column = 0;
    for (size_t at = 0; at < s.len;) {
        uint32_t c = utf8_next(s, &at);
        if (c == '\t') {
            size_t blanks = size ? size - column % size : 0;
            put_tab(&o, blanks);
            column += blanks;
            continue;
        }
        text_point(&o, c);
        column = c == '\n' || c == '\r' ? 0 : column + 1;
    }
    return o.len;
}
