#include "text/html_text.h"
#include "text/text.h"
#include <ctype.h>

#define RULE "--------------------------------"

struct page {
    buf *out;
    bool wants_line, wants_space, is_item; // before the next text
    int pre;                               // open <pre>
    size_t link_at;                        // where the text of an open link begins
    buf address;                           // of that link; empty: none is open
};

struct tag {
    str name; // as written
    str attributes;
    bool is_end;
};

// --- text ---

static void before_text(struct page *p) {
    size_t n = p->out->len;
    bool is_start = n == 0 || p->out->ptr[n - 1] == '\n';
    if (p->wants_line && !is_start) buf_char(p->out, '\n');
    else if (p->wants_space && !is_start) buf_char(p->out, ' ');
    if (p->is_item) buf_lit(p->out, "* ");
    if (p->address.len && p->link_at == SIZE_MAX) p->link_at = p->out->len;
    p->wants_line = p->wants_space = p->is_item = false;
}

// A blank or a no-break space: how many bytes it has, else 0.
static size_t blank_at(str s, size_t i) {
    if (s.ptr[i] == ' ' || (s.ptr[i] >= '\t' && s.ptr[i] <= '\r')) return 1;
    return s.ptr[i] == '\xc2' && i + 1 < s.len && s.ptr[i + 1] == '\xa0' ? 2 : 0;
}

static void put_flowing(struct page *p, str s) {
    for (size_t i = 0, n; i < s.len; i += n ? n : 1) {
        n = blank_at(s, i);
        if (n) p->wants_space = true;
        else {
            if (p->wants_line || p->wants_space || p->is_item || p->address.len) before_text(p);
            buf_char(p->out, s.ptr[i]);
        }
    }
}

static void put_lines(struct page *p, str s) {
    while (s.len) {
        const char *end = memchr(s.ptr, '\n', s.len);
        str line = {s.ptr, end ? (size_t)(end - s.ptr) : s.len};
        s = str_from(s, line.len + (end != NULL));
        if (line.len && line.ptr[line.len - 1] == '\r') line.len--;
        if (str_trim(line).len) {
            before_text(p);
            buf_str(p->out, line);
        }
        if (end) p->wants_line = true;
    }
}

static void unescape(buf *out, str s) {
    size_t n = text_unescape(NULL, s, NULL);
    if (!n) return;
    text_unescape(buf_reserve(out, n), s, NULL);
    out->len += n;
}

static void put_text(struct page *p, str s) {
    buf plain = {0};
    bool has_references = memchr(s.ptr, '&', s.len) != NULL;
    if (has_references) unescape(&plain, s);
    str text = has_references ? buf_view(&plain) : s;
    if (p->pre) put_lines(p, text);
    else put_flowing(p, text);
    buf_free(&plain);
}

// --- tags ---

static bool is_one_of(str name, const char *names) {
    for (str rest = str_of(names), one; str_split(&rest, ' ', &one);)
        if (str_is_nocase(one, name)) return true;
    return false;
}

// The value of an attribute, as it is written; false when the tag has none.
static bool attribute(str rest, const char *wanted, str *out) {
    size_t i = 0;
    while (i < rest.len) {
        while (i < rest.len && (isspace((unsigned char)rest.ptr[i]) || rest.ptr[i] == '/')) i++;
        size_t from = i;
        while (i < rest.len && !isspace((unsigned char)rest.ptr[i]) && rest.ptr[i] != '=') i++;
        str name = {rest.ptr + from, i - from}, value = {rest.ptr + i, 0};
        while (i < rest.len && isspace((unsigned char)rest.ptr[i])) i++;
        if (i < rest.len && rest.ptr[i] == '=') {
            for (i++; i < rest.len && isspace((unsigned char)rest.ptr[i]);) i++;
            char quote = i < rest.len && (rest.ptr[i] == '"' || rest.ptr[i] == '\'') ? rest.ptr[i++] : 0;
            from = i;
            while (i < rest.len && (quote ? rest.ptr[i] != quote : !isspace((unsigned char)rest.ptr[i]))) i++;
            value = (str){rest.ptr + from, i - from};
            i += quote != 0;
        }
        if (str_is_nocase(name, str_of(wanted))) {
            *out = value;
            return true;
        }
    }
    return false;
}

static void end_link(struct page *p) {
    str address = buf_view(&p->address);
    bool has_text = p->link_at != SIZE_MAX && p->out->len > p->link_at;
    str text = has_text ? (str){p->out->ptr + p->link_at, p->out->len - p->link_at} : STR("");
    if (has_text && !str_is(text, address)) {
        buf_lit(p->out, " (");
        buf_str(p->out, address);
        buf_lit(p->out, ")");
    }
    buf_clear(&p->address);
}

static void begin_link(struct page *p, str attributes) {
    str address;
    if (p->address.len) end_link(p);
    if (!attribute(attributes, "href", &address)) return;
    buf plain = {0};
    unescape(&plain, str_trim(address));
    str shown = str_trim(buf_view(&plain));
    bool leads_somewhere = shown.len && shown.ptr[0] != '#' &&
                           !is_one_of((str){shown.ptr, shown.len < 11 ? shown.len : 11}, "javascript:");
    if (leads_somewhere) buf_str(&p->address, shown);
    p->link_at = SIZE_MAX;
    buf_free(&plain);
}

static void put_image(struct page *p, str attributes) {
    str text;
    if (attribute(attributes, "alt", &text)) put_text(p, text);
}

#define BLOCKS                                                                                                       \
    "p div br hr li ul ol dl dt dd h1 h2 h3 h4 h5 h6 table tr caption blockquote pre section article header footer " \
    "address form fieldset figure figcaption main nav aside body center details summary"

static void take_tag(struct page *p, const struct tag *t) {
    if (is_one_of(t->name, "a")) {
        if (t->is_end && p->address.len) end_link(p);
        else if (!t->is_end) begin_link(p, t->attributes);
    }
    if (is_one_of(t->name, "td th")) p->wants_space = true;
    if (is_one_of(t->name, "img") && !t->is_end) put_image(p, t->attributes);
    if (!is_one_of(t->name, BLOCKS)) return;
    p->wants_line = true;
    if (is_one_of(t->name, "li")) p->is_item = !t->is_end;
    if (is_one_of(t->name, "pre")) p->pre = !t->is_end;
    if (is_one_of(t->name, "hr") && !t->is_end) {
        before_text(p);
        buf_lit(p->out, RULE);
        p->wants_line = true;
    }
}

// Where the tag that begins at `<` ends: behind its >, quoted ones passed over; the end of all when it does not end.
static size_t tag_end(str s) {
    char quote = 0;
    for (size_t i = 1; i < s.len; i++) {
        char c = s.ptr[i];
        if (quote) quote = c == quote ? 0 : quote;
        else if (c == '>') return i + 1;
        else if ((c == '"' || c == '\'') && s.ptr[i - 1] == '=') quote = c;
    }
    return s.len;
}

static size_t comment_end(str s) {
    const char *end = memmem(s.ptr + 4, s.len - 4, "-->", 3);
    return end ? (size_t)(end - s.ptr) + 3 : s.len;
}

// What stands between <script> and </script> is no text, and no tag either.
static size_t content_end(str s, str name) {
    for (size_t i = 0; i + 2 + name.len <= s.len; i++) {
        const char *next = memchr(s.ptr + i, '<', s.len - i);
        if (!next) break;
        i = (size_t)(next - s.ptr);
        bool is_end =
            i + 2 + name.len <= s.len && s.ptr[i + 1] == '/' && str_is_nocase((str){s.ptr + i + 2, name.len}, name);
        if (is_end) return i;
    }
    return s.len;
}

// A tag at the start of `s`; how many bytes it and what belongs to it take. 0: it is none.
static size_t read_tag(struct page *p, str s) {
    struct tag t = {.is_end = s.len > 1 && s.ptr[1] == '/'};
    size_t from = t.is_end ? 2 : 1, i = from;
    if (s.len >= 4 && memcmp(s.ptr, "<!--", 4) == 0) return comment_end(s);
    if (s.len > 1 && (s.ptr[1] == '!' || s.ptr[1] == '?')) return tag_end(s);
    if (from >= s.len || !isalpha((unsigned char)s.ptr[from])) return 0;
    size_t end = tag_end(s), inner = end - (s.ptr[end - 1] == '>');
    while (i < inner && isalnum((unsigned char)s.ptr[i])) i++;
    t.name = (str){s.ptr + from, i - from};
    t.attributes = (str){s.ptr + i, inner - i};
    take_tag(p, &t);
    if (!t.is_end && is_one_of(t.name, "script style title template")) end += content_end(str_from(s, end), t.name);
    return end;
}

void html_text(buf *out, str html) {
    struct page p = {.out = out};
    size_t text_from = 0;
    if (!html.len) return;
    for (size_t i = 0; i < html.len;) {
        const char *next = memchr(html.ptr + i, '<', html.len - i);
        if (!next) break;
        i = (size_t)(next - html.ptr);
        bool may_be_tag = i + 1 < html.len && (isalpha((unsigned char)next[1]) || (next[1] && strchr("/!?", next[1])));
        size_t n = 0;
        if (may_be_tag) {
            put_text(&p, (str){html.ptr + text_from, i - text_from});
            text_from = i;
            n = read_tag(&p, str_from(html, i));
        }
        if (n) text_from = i + n;
        i += n ? n : 1;
    }
    put_text(&p, str_from(html, text_from));
    if (p.address.len) end_link(&p);
    buf_free(&p.address);
}
