// Filters over text: case, cutting, replacing, wrapping, formatting; and numbers as text.
#include "jinja/filters.h"
#include "text/text.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

bool filter_apply(struct run *r, text_fn *f, str s, const void *option, jval *out) {
    if (!run_bytes(r, 2 * s.len)) return false;
    char *text = run_text(r, f(NULL, s, option), out);
    if (text) f(text, s, option);
    return text != NULL;
}

static bool transform(struct run *r, text_fn *f, const jval *v, jval *out) {
    str s;
    return run_str(r, v, &s) && filter_apply(r, f, s, NULL, out);
}

static bool filter_upper(struct run *r, const jval *v, const jval *args, jval *out) {
    (void)args;
    return transform(r, text_upper, v, out);
}
static bool filter_lower(struct run *r, const jval *v, const jval *args, jval *out) {
    (void)args;
    return transform(r, text_lower, v, out);
}
static bool filter_title(struct run *r, const jval *v, const jval *args, jval *out) {
    (void)args;
    return transform(r, text_title_words, v, out);
}
static bool filter_capitalize(struct run *r, const jval *v, const jval *args, jval *out) {
    (void)args;
    return transform(r, text_capitalize, v, out);
}

static bool filter_string(struct run *r, const jval *v, const jval *args, jval *out) {
    str s;
    (void)args;
    if (!run_str(r, v, &s)) return false;
    *out = jval_str(s);
    return true;
}

static bool filter_trim(struct run *r, const jval *v, const jval *args, jval *out) {
    str s;
    if (!run_str(r, v, &s) || !run_bytes(r, s.len)) return false;
    if (args[0].type == J_ABSENT || args[0].type == J_NONE) *out = jval_str(text_strip(s, TEXT_BOTH));
    else if (args[0].type == J_STR && args[0].len <= STRIP_SET_MAX)
        *out = jval_str(text_strip_set(s, jval_text(&args[0]), TEXT_BOTH));
    else return false;
    return true;
}

static bool filter_wordcount(struct run *r, const jval *v, const jval *args, jval *out) {
    str s;
    (void)args;
    if (!run_str(r, v, &s) || !run_bytes(r, s.len)) return false;
    *out = jval_int((int64_t)text_words(s));
    return true;
}

static bool filter_escape(struct run *r, const jval *v, const jval *args, jval *out) {
    (void)args;
    *out = *v;
    if (v->type != J_MARKUP && !transform(r, text_escape, v, out)) return false;
    out->type = J_MARKUP;
    return true;
}

static bool filter_safe(struct run *r, const jval *v, const jval *args, jval *out) {
    if (v->type == J_MARKUP) *out = *v;
    else if (!filter_string(r, v, args, out)) return false;
    out->type = J_MARKUP;
    return true;
}

static bool filter_urlencode(struct run *r, const jval *v, const jval *args, jval *out) {
    static const str kept = {"/", 1};
    str s;
    (void)args;
    if (v->type != J_STR && v->type != J_INT) return false;
    return run_str(r, v, &s) && filter_apply(r, text_url, s, &kept, out);
}

static bool filter_replace(struct run *r, const jval *v, const jval *args, jval *out) {
    struct text_replace how = {.count = -1};
    str s;
    if (!run_str(r, v, &s) || !run_str(r, &args[0], &how.old) || !run_str(r, &args[1], &how.with)) return false;
    if (args[2].type == J_INT && args[2].integer >= 0) how.count = args[2].integer;
    else if (args[2].type != J_ABSENT && args[2].type != J_NONE && args[2].type != J_INT) return false;
    return filter_apply(r, text_replace, s, &how, out);
}

// --- cutting ---

static bool int_or(const jval *v, int64_t absent, int64_t *out) {
    *out = v->type == J_INT ? v->integer : absent;
    return v->type == J_INT || v->type == J_ABSENT;
}

bool argument_truth(const jval *v, bool *out) {
    int truth = v->type == J_ABSENT ? 0 : jval_truth(v);
    *out = truth > 0;
    return truth >= 0;
}

static bool filter_truncate(struct run *r, const jval *v, const jval *args, jval *out) {
    int64_t length, leeway;
    bool kills_words;
    str s, ending = STR("...");
    if (v->type != J_STR || !int_or(&args[0], 255, &length) || !argument_truth(&args[1], &kills_words)) return false;
    if (args[2].type == J_STR) ending = jval_text(&args[2]);
    else if (args[2].type != J_ABSENT) return false;
    if (!int_or(&args[3], 5, &leeway)) return false;
    s = jval_text(v);
    int64_t size = (int64_t)utf8_len(ending);
    if (length < size || leeway < 0 || length > INT32_MAX || leeway > INT32_MAX || !run_bytes(r, s.len)) return false;
    *out = *v;
    if ((int64_t)s.len <= length + leeway || (int64_t)utf8_len(s) <= length + leeway) return true;
    s.len = utf8_offset(s, 0, (size_t)(length - size));
    ptrdiff_t space = kills_words ? -1 : text_rfind_bytes(s, STR(" "));
    if (space >= 0) s.len = (size_t)space;
    char *text = run_text(r, s.len + ending.len, out);
    if (!text) return false;
    memcpy(text, s.ptr, s.len);
    memcpy(text + s.len, ending.ptr, ending.len);
    return true;
}

// --- lines ---

// Writes a line of `indent`, and its end when more lines follow.
static bool put_line(struct run *r, str line, str indent, bool is_indented, bool is_last) {
    return (!is_indented || run_put(r, indent.ptr, indent.len)) && run_put(r, line.ptr, line.len) &&
           (is_last || run_put(r, "\n", 1));
}

static bool indented(struct run *r, str s, str indent, bool first, bool blank) {
    str line;
    bool is_first = true;
    bool ends = false; // a line end at the very end is a last, empty line
    while (s.len) {
        str before = s;
        if (!text_line_next(&s, false, &line)) break;
        ends = line.len < (size_t)(s.ptr - before.ptr);
        bool is_indented = is_first ? first : blank || line.len;
        if (!put_line(r, line, indent, is_indented, s.len == 0 && !ends)) return false;
        is_first = false;
    }
    if (is_first) return !first || run_put(r, indent.ptr, indent.len);
    return !ends || !blank || run_put(r, indent.ptr, indent.len);
}

static bool filter_indent(struct run *r, const jval *v, const jval *args, jval *out) {
    char spaces[64];
    int64_t width;
    bool first, blank;
    str indent;
    if (v->type != J_STR || !argument_truth(&args[1], &first) || !argument_truth(&args[2], &blank)) return false;
    if (v->len && v->text[v->len - 1] == '\r') return false;
    if (args[0].type == J_STR) {
        indent = jval_text(&args[0]);
    } else {
        if (!int_or(&args[0], 4, &width) || width > (int64_t)sizeof spaces) return false;
        if (width < 0) width = 0;
        memset(spaces, ' ', sizeof spaces);
        indent = (str){spaces, (size_t)width};
    }
    size_t from = r->len;
    return run_bytes(r, v->len) && indented(r, jval_text(v), indent, first, blank) && run_cut(r, from, out);
}

// What a character is to the rules of where a word may end.
enum letter { LETTER, DIGIT, MARK, DASH, OTHER };
static enum letter letter_kind(char c) {
    if (c == '-') return DASH;
    if (c >= '0' && c <= '9') return DIGIT;
    if (c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return LETTER;
    return c != '\0' && strchr("!\"'&.,?", c) ? MARK : OTHER;
}

static enum letter kind_at(str word, ptrdiff_t i) {
    return i < 0 || (size_t)i >= word.len ? OTHER : letter_kind(word.ptr[i]);
}

// May a line end behind the hyphen at i? Two letters must stand on each side, perhaps with a hyphen between them.
static bool ends_at_hyphen(str w, ptrdiff_t i) {
    return kind_at(w, i) == DASH && kind_at(w, i - 1) == LETTER &&
           (kind_at(w, i - 2) == LETTER || (kind_at(w, i - 2) == DASH && kind_at(w, i - 3) == LETTER)) &&
           kind_at(w, i + 1) == LETTER &&
           (kind_at(w, i + 2) == LETTER || (kind_at(w, i + 2) == DASH && kind_at(w, i + 3) == LETTER));
}

static bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// A line being wrapped. What is plain to wrap are ASCII words that fit, without two dashes in a row.
struct wrapping {
    str line, word; // the word that `at` is in
    size_t width, at;
};

// The bytes of the word's first piece from `from` on.
static size_t first_piece(str word, size_t from) {
    for (size_t i = from + 1; i < word.len; i++)
        if (ends_at_hyphen(word, (ptrdiff_t)i)) return i + 1 - from;
    return word.len - from;
}

static size_t run_of(str line, size_t from, bool blanks) {
    size_t end = from;
    while (end < line.len && is_blank(line.ptr[end]) == blanks) end++;
    return end - from;
}

// The next chunk: blanks, a word, or a part of one up to a hyphen.
static str next_chunk(struct wrapping *w) {
    const char *at = w->line.ptr + w->at;
    size_t n;
    if (is_blank(*at)) {
        n = run_of(w->line, w->at, true);
    } else {
        if (at >= w->word.ptr + w->word.len) w->word = (str){at, run_of(w->line, w->at, false)};
        n = first_piece(w->word, (size_t)(at - w->word.ptr));
    }
    w->at += n;
    return (str){at, n};
}

// Writes the line's chunks in lines of at most `width`; blanks at their ends go.
static bool put_wrapped(struct run *r, struct wrapping *w) {
    size_t line_start = r->len;
    str blanks = {NULL, 0}; // not yet written: they may turn out to be at an end
    while (w->at < w->line.len) {
        str chunk = next_chunk(w);
        if (chunk.len > w->width) return false;
        bool is_space = is_blank(chunk.ptr[0]);
        if (r->len - line_start + blanks.len + chunk.len > w->width) {
            if (!run_put(r, "\n", 1)) return false;
            line_start = r->len;
            blanks.len = 0;
        } else if (is_space) {
            blanks = chunk;
        }
        if (is_space) continue;
        if (!run_put(r, blanks.ptr, blanks.len) || !run_put(r, chunk.ptr, chunk.len)) return false;
        blanks.len = 0;
    }
    return true;
}

static bool is_plain_line(str line) {
    for (size_t i = 0; i < line.len; i++) {
        unsigned char c = (unsigned char)line.ptr[i];
        if (c >= 0x80 || (c < ' ' && !is_blank((char)c))) return false;
        if (c == '-' && i + 1 < line.len && line.ptr[i + 1] == '-') return false;
    }
    return line.len > 0 && !is_blank(line.ptr[0]) && !is_blank(line.ptr[line.len - 1]);
}

static bool wrap_line(struct run *r, str line, size_t width) {
    if (line.len <= width && line.len && line.ptr[line.len - 1] > ' ' && line.ptr[line.len - 1] < 0x7f)
        return run_put(r, line.ptr, line.len);
    if (line.len == 0) return true;
    struct wrapping w = {.line = line, .word = {line.ptr, 0}, .width = width};
    return is_plain_line(line) && run_bytes(r, 4 * line.len) && put_wrapped(r, &w);
}

static bool filter_wordwrap(struct run *r, const jval *v, const jval *args, jval *out) {
    int64_t width;
    if (v->type != J_STR || !int_or(&args[0], 79, &width) || width < 1) return false;
    if (args[1].type != J_ABSENT || args[2].type != J_ABSENT || args[3].type != J_ABSENT) return false;
    size_t from = r->len;
    str rest = jval_text(v), line;
    while (text_line_next(&rest, false, &line)) {
        if (!wrap_line(r, line, (size_t)width)) return false;
        if (rest.len && !run_put(r, "\n", 1)) return false;
    }
    return run_bytes(r, v->len) && run_cut(r, from, out);
}

// --- numbers ---

static bool filter_round(struct run *r, const jval *v, const jval *args, jval *out) {
    int64_t places;
    char text[400];
    (void)r;
    if (!int_or(&args[0], 0, &places) || args[1].type != J_ABSENT || places < 0 || places > 20) return false;
    *out = *v;
    if (v->type == J_INT) return true;
    if (v->type != J_FLOAT || fabs(v->real) > 1e300) return false;
    snprintf(text, sizeof text, "%.*f", (int)places, v->real); // to the nearest, half to even, of the exact value
    *out = jval_real(strtod(text, NULL));
    return true;
}

static bool filter_abs(struct run *r, const jval *v, const jval *args, jval *out) {
    (void)r, (void)args;
    if (v->type == J_FLOAT) *out = jval_real(fabs(v->real));
    else if (v->type == J_INT && v->integer != INT64_MIN) *out = jval_int(v->integer < 0 ? -v->integer : v->integer);
    else return false;
    return true;
}

// A decimal number as people write it, and nothing more.
static bool is_decimal(str s, bool with_fraction) {
    size_t i = s.len && (s.ptr[0] == '-' || s.ptr[0] == '+'), digits = 0, dots = 0;
    for (; i < s.len; i++) {
        if (s.ptr[i] >= '0' && s.ptr[i] <= '9') digits++;
        else if (with_fraction && s.ptr[i] == '.' && digits && dots == 0) dots++;
        else return false;
    }
    return digits > 0 && digits < 16 && s.ptr[s.len - 1] != '.';
}

static double to_real(str s) {
    char text[32];
    memcpy(text, s.ptr, s.len);
    text[s.len] = '\0';
    return strtod(text, NULL);
}

// What surely is no number: nothing, or a letter that no number begins with (inf, nan).
static bool is_no_number(const jval *v) {
    if (v->type == J_NONE || jval_is_list(v) || jval_is_dict(v)) return true;
    if (v->type != J_STR || v->len == 0) return v->type == J_STR;
    char c = v->text[0];
    return ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) && !strchr("iInN", c);
}

static bool filter_int(struct run *r, const jval *v, const jval *args, jval *out) {
    (void)r;
    if (args[1].type != J_ABSENT) return false;
    if (is_no_number(v)) *out = args[0].type == J_ABSENT ? jval_int(0) : args[0];
    else if (v->type == J_INT) *out = *v;
    else if (v->type == J_BOOL) *out = jval_int(v->boolean);
    else if (v->type == J_FLOAT && fabs(v->real) < 1e15) *out = jval_int((int64_t)v->real);
    else if (v->type == J_STR && is_decimal(jval_text(v), true)) *out = jval_int((int64_t)to_real(jval_text(v)));
    else return false;
    return true;
}

static bool filter_float(struct run *r, const jval *v, const jval *args, jval *out) {
    (void)r;
    if (is_no_number(v)) *out = args[0].type == J_ABSENT ? jval_real(0) : args[0];
    else if (v->type == J_FLOAT) *out = *v;
    else if (v->type == J_INT && v->integer < 1000000000000000 && v->integer > -1000000000000000)
        *out = jval_real((double)v->integer);
    else if (v->type == J_STR && is_decimal(jval_text(v), true)) *out = jval_real(to_real(jval_text(v)));
    else return false;
    return true;
}

const struct callee filters_of_text[] = {
    {.name = "upper", .call = filter_upper},
    {.name = "lower", .call = filter_lower},
    {.name = "title", .call = filter_title},
    {.name = "capitalize", .call = filter_capitalize},
    {.name = "string", .call = filter_string},
    {.name = "trim", .call = filter_trim, .params = {"chars"}},
    {.name = "wordcount", .call = filter_wordcount},
    {.name = "escape", .call = filter_escape},
    {.name = "e", .call = filter_escape},
    {.name = "safe", .call = filter_safe},
    {.name = "urlencode", .call = filter_urlencode},
    {.name = "replace", .call = filter_replace, .required = 2, .params = {"old", "new", "count"}},
    {.name = "truncate", .call = filter_truncate, .params = {"length", "killwords", "end", "leeway"}},
    {.name = "indent", .call = filter_indent, .params = {"width", "first", "blank"}},
    {.name = "wordwrap",
     .call = filter_wordwrap,
     .params = {"width", "break_long_words", "wrapstring", "break_on_hyphens"}},
    {.name = "round", .call = filter_round, .params = {"precision", "method"}},
    {.name = "abs", .call = filter_abs},
    {.name = "int", .call = filter_int, .params = {"default", "base"}},
    {.name = "float", .call = filter_float, .params = {"default"}},
    {.name = "format", .call = filter_format, .params = {"", "", "", ""}},
    {.name = NULL},
};
