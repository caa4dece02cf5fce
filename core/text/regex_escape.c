// Escapes and sets of Python patterns in PCRE2's syntax.
#include "text/regex_translator.h"
#include <stdio.h>

static bool is_octal(char c) { return c >= '0' && c <= '7'; }

err regex_refused(str pattern, const char *what, size_t at, struct why *why) {
    str before = {pattern.ptr, at};
    size_t position = utf8_len(before);
    if (str_find(pattern, '\n') < 0) return why_set(why, ERR_INVALID, "%s at position %zu", what, position);
    size_t line = 1;
    for (ptrdiff_t end; (end = str_find(before, '\n')) >= 0; line++) before = str_from(before, (size_t)end + 1);
    return why_set(why, ERR_INVALID, "%s at position %zu (line %zu, column %zu)", what, position, line,
                   utf8_len(before) + 1);
}

err regex_refuse_at(struct regex_translator *t, const char *what, size_t at) {
    return regex_refused(t->in, what, at, t->why);
}

err regex_refuse(struct regex_translator *t, const char *what) { return regex_refuse_at(t, what, t->at); }

bool regex_take(struct regex_translator *t, char c) {
    if (!regex_is_next(t, c)) return false;
    t->at++;
    return true;
}

void regex_begin_item(struct regex_translator *t) {
    t->item = REGEX_ITEM_ONE;
    t->item_start = t->out->text.len;
    t->zero_width = false;
}

void regex_put_point(struct regex_translator *t, uint32_t c) {
    char bytes[UTF8_MAX];
    if (c < 0x80 && !regex_is_letter((char)c) && !regex_is_digit((char)c) && c != '_')
        buf_printf(&t->out->text, "\\x{%x}", c);
    else buf_put(&t->out->text, bytes, utf8_put(bytes, c));
}

bool regex_hex(str s, size_t at, int digits, uint32_t *out) {
    uint32_t v = 0;
    for (int i = 0; i < digits; i++) {
        char c = at + (size_t)i < s.len ? s.ptr[at + (size_t)i] : 0;
        if (regex_is_digit(c)) v = v * 16 + (uint32_t)(c - '0');
        else if (c >= 'a' && c <= 'f') v = v * 16 + (uint32_t)(c - 'a' + 10);
        else if (c >= 'A' && c <= 'F') v = v * 16 + (uint32_t)(c - 'A' + 10);
        else return false;
    }
    *out = v;
    return true;
}

bool regex_is_number(str text, int *out) {
    int n = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!regex_is_digit(text.ptr[i]) || n > 999) return false;
        n = n * 10 + text.ptr[i] - '0';
    }
    *out = n;
    return text.len > 0;
}

int regex_group_of(const struct regex_name *names, int count, str name) {
    for (int i = 0; i < count; i++)
        if (str_is(names[i].name, name)) return names[i].group;
    return -1;
}

// --- escapes ---

// \x41, \u0041, \U00000041; the letter was read.
static err hex_escape(struct regex_translator *t, char letter, int digits, uint32_t *out) {
    uint32_t c;
    if (regex_hex(t->in, t->at, digits, &c) && c < 0x110000 && (c < 0xd800 || c > 0xdfff)) {
        t->at += (size_t)digits;
        *out = c;
        return ERR_OK;
    }
    size_t end = t->at;
    while (end < t->in.len && end < t->at + (size_t)digits && regex_hex(t->in, end, 1, &c)) end++;
    char what[40];
    str seen = {t->in.ptr + t->at, end - t->at};
    snprintf(what, sizeof what, "incomplete escape \\%c%.*s", letter, STR_FMT(seen));
    return regex_refuse(t, what);
}

static err bad_escape(struct regex_translator *t, char c) {
    char what[] = "bad escape \\?";
    what[sizeof what - 2] = c;
    return regex_refuse(t, what);
}

static uint32_t octal(struct regex_translator *t) { // up to three digits, the next is one
    uint32_t c = 0;
    for (int i = 0; i < 3 && is_octal(regex_peek(t, 0)); i++) c = c * 8 + (uint32_t)(t->in.ptr[t->at++] - '0');
    return c;
}

static bool is_octal_escape(const struct regex_translator *t) {
    return regex_peek(t, 0) == '0' ||
           (is_octal(regex_peek(t, 0)) && is_octal(regex_peek(t, 1)) && is_octal(regex_peek(t, 2)));
}

// An escape that stands for one character, in a set and outside; ERR_NOT_FOUND when it is another.
static err point_escape(struct regex_translator *t, uint32_t *out) {
    static const char letters[] = "afnrtv", meanings[] = "\a\f\n\r\t\v";
    if (is_octal_escape(t)) return *out = octal(t), ERR_OK;
    char c = regex_peek(t, 0);
    const char *simple = c ? strchr(letters, c) : NULL;
    if (!simple && c != 'x' && c != 'u' && c != 'U' && (regex_is_letter(c) || regex_is_digit(c))) return ERR_NOT_FOUND;
    if (c == 'x' || c == 'u' || c == 'U') return t->at++, hex_escape(t, c, c == 'x' ? 2 : c == 'u' ? 4 : 8, out);
    *out = simple ? (t->at++, (uint32_t)meanings[simple - letters]) : utf8_next(t->in, &t->at);
    return ERR_OK;
}

// \p{…}, \P{…}, \pL: passed on; PCRE2 says which are unknown. A p alone is a letter.
static void property(struct regex_translator *t, char letter) {
    str rest = str_from(t->in, t->at);
    ptrdiff_t length = regex_is_next(t, '{')                                     ? str_find(rest, '}') + 1
                       : strchr("LMNPSZC", regex_peek(t, 0)) && regex_peek(t, 0) ? 1
                                                                                 : 0;
    if (length <= 0) {
        regex_put_point(t, (unsigned char)letter);
        return;
    }
    buf_printf(&t->out->text, "\\%c%.*s", letter, (int)length, rest.ptr);
    t->at += (size_t)length;
}

static void put_zero_width(struct regex_translator *t, const char *text) {
    t->zero_width = true;
    buf_put(&t->out->text, text, strlen(text));
}

// Escapes that PCRE2 needs in other words; NULL for the rest.
static const char *spelled_out(char c) {
    switch (c) {
    case 'Z':
    case 'z': return "\\z";
    case 'm': return "\\b(?=\\w)";
    case 'M': return "\\b(?<=\\w)";
    case 'A': return "\\A";
    case 'b': return "\\b";
    case 'B': return "\\B";
    case 'G': return "\\G";
    case 'K': return "\\K";
    default: return NULL;
    }
}

int regex_slots(const struct regex_translator *t, int group) {
    int count = 0;
    for (int slot = 1; slot <= t->slots; slot++) count += t->out->group_of[slot] == group;
    return count;
}

void regex_put_slot(struct regex_translator *t, int group, const char *before, const char *after) {
    int left = regex_slots(t, group);
    if (left == 0) buf_printf(&t->out->text, "%s%d%s", before, group, after); // the whole pattern, or it only counts
    int open = left - 1;
    for (int slot = t->slots; left > 0; slot--) {
        if (t->out->group_of[slot] != group) continue;
        if (--left > 0) buf_printf(&t->out->text, "(?(%d)", slot);
        buf_printf(&t->out->text, "%s%d%s", before, slot, after);
        if (left > 0) buf_char(&t->out->text, '|');
    }
    while (open-- > 0) buf_char(&t->out->text, ')');
}

static err put_reference(struct regex_translator *t, int group, size_t at) {
    if (t->total >= 0 && (group > t->total || group == 0)) return regex_refuse_at(t, "invalid group reference", at);
    regex_put_slot(t, group, "\\g{", "}");
    return ERR_OK;
}

err regex_take_name(struct regex_translator *t, char end, const char *missing, str *name) {
    size_t from = t->at;
    while (t->at < t->in.len && !regex_is_next(t, end) && !regex_is_next(t, ')')) t->at++;
    *name = (str){t->in.ptr + from, t->at - from};
    if (!regex_is_next(t, end)) return regex_refuse(t, missing);
    if (name->len == 0) return regex_refuse(t, "missing group name");
    t->at++;
    return ERR_OK;
}

bool regex_is_name(str name) {
    size_t at = 0;
    uint32_t c = utf8_next(name, &at);
    if (c != '_' && !unicode_is(c, UNICODE_ID_START)) return false;
    while (at < name.len)
        if (!unicode_is(utf8_next(name, &at), UNICODE_ID_CONTINUE)) return false;
    return true;
}

err regex_resolve(struct regex_translator *t, str name, int *group) {
    size_t at = (size_t)(name.ptr - t->in.ptr);
    if (regex_is_number(name, group)) {
        if (t->total >= 0 && *group > t->total) return regex_refuse_at(t, "invalid group reference", at);
        return ERR_OK;
    }
    if (!regex_is_name(name)) return regex_refuse_at(t, "bad character in group name", at + name.len);
    *group = regex_group_of(t->out->names, t->out->name_count, name);
    if (*group >= 0) return ERR_OK;
    if (t->total >= 0) return regex_refuse_at(t, "unknown group", at);
    *group = 1;
    return ERR_OK;
}

err regex_named_reference(struct regex_translator *t, char end, const char *missing) {
    str name;
    int group = 0;
    err e = regex_take_name(t, end, missing, &name);
    if (e || (e = regex_resolve(t, name, &group))) return e;
    return put_reference(t, group, (size_t)(name.ptr - t->in.ptr));
}

static err numbered_reference(struct regex_translator *t) {
    int group = 0;
    for (int i = 0; i < 2 && regex_is_digit(regex_peek(t, 0)); i++) group = group * 10 + t->in.ptr[t->at++] - '0';
    return put_reference(t, group, t->at);
}

// A letter that PCRE2 knows with the same meaning.
static bool is_shared_letter(char c) { return c && strchr("dDsSwWRXh", c); }

static err letter_escape(struct regex_translator *t) {
    char c = t->in.ptr[t->at++];
    const char *words = spelled_out(c);
    if (words) return put_zero_width(t, words), ERR_OK;
    if (is_shared_letter(c)) return buf_printf(&t->out->text, "\\%c", c), ERR_OK;
    if (c == 'p' || c == 'P') return property(t, c), ERR_OK;
    if (c == 'N' && regex_is_next(t, '{')) return regex_refuse_at(t, "undefined character name", t->at + 1);
    if (c == 'N') return buf_lit(&t->out->text, "[^\\n]"), ERR_OK;
    if (c == 'L' && regex_is_next(t, '<')) return regex_refuse(t, "undefined named list");
    if (c != 'g') return bad_escape(t, c);
    if (!regex_take(t, '<')) return regex_refuse(t, "missing <");
    return regex_named_reference(t, '>', "missing >");
}

err regex_escape(struct regex_translator *t) {
    t->at++;
    if (t->at == t->in.len) return regex_refuse(t, "bad escape (end of pattern)");
    uint32_t c;
    regex_begin_item(t);
    err e = point_escape(t, &c);
    if (e == ERR_OK) regex_put_point(t, c);
    if (e != ERR_NOT_FOUND) return e;
    return regex_is_digit(regex_peek(t, 0)) ? numbered_reference(t) : letter_escape(t);
}

// --- sets ---

// One member of a set: a character, or a class that is written at once (then *is_class).
static err set_escape(struct regex_translator *t, uint32_t *c, bool *is_class) {
    t->at++;
    if (t->at == t->in.len) return regex_refuse(t, "bad escape (end of pattern)");
    err e = point_escape(t, c);
    if (e != ERR_NOT_FOUND) return e;
    char letter = t->in.ptr[t->at++];
    if (letter == 'b') return *c = '\b', ERR_OK;
    *is_class = true;
    if (letter == 'p' || letter == 'P') return property(t, letter), ERR_OK;
    if (!is_shared_letter(letter) || letter == 'R' || letter == 'X') return bad_escape(t, letter);
    buf_printf(&t->out->text, "\\%c", letter);
    return ERR_OK;
}

// "[:alpha:]" at the place; its length, or 0.
static size_t posix_class(const struct regex_translator *t) {
    static const char *const names[] = {"alnum", "alpha", "ascii", "blank", "cntrl", "digit",  "graph",
                                        "lower", "print", "punct", "space", "upper", "xdigit", "word"};
    if (regex_peek(t, 0) != '[' || regex_peek(t, 1) != ':') return 0;
    str rest = str_from(t->in, t->at + 2);
    if (rest.len && rest.ptr[0] == '^') rest = str_from(rest, 1);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        str name = str_of(names[i]);
        if (str_starts(rest, name) && str_starts(str_from(rest, name.len), STR(":]")))
            return (size_t)(rest.ptr - t->in.ptr) + name.len + 2 - t->at;
    }
    return 0;
}

static err set_member(struct regex_translator *t, uint32_t *c, bool *is_class) {
    *is_class = false;
    if (regex_is_next(t, '\\')) return set_escape(t, c, is_class);
    size_t length = posix_class(t);
    if (length) {
        buf_put(&t->out->text, t->in.ptr + t->at, length);
        t->at += length;
        *is_class = true;
        return ERR_OK;
    }
    *c = utf8_next(t->in, &t->at);
    return ERR_OK;
}

// A member and, when it begins one, its range.
static err set_part(struct regex_translator *t) {
    uint32_t low = 0, high = 0;
    bool is_class;
    err e = set_member(t, &low, &is_class);
    if (e || is_class) return e;
    regex_put_point(t, low);
    if (regex_peek(t, 0) != '-' || t->at + 1 >= t->in.len || regex_peek(t, 1) == ']') return ERR_OK;
    t->at++;
    size_t before = t->out->text.len;
    if ((e = set_member(t, &high, &is_class))) return e;
    if (is_class) { // the dash was one: [a-\d]; it goes before the class
        buf_lit(&t->out->text, "\\x{2d}");
        return ERR_OK;
    }
    if (high < low) return regex_refuse(t, "bad character range");
    t->out->text.len = before;
    buf_char(&t->out->text, '-');
    regex_put_point(t, high);
    return ERR_OK;
}

err regex_set(struct regex_translator *t) {
    regex_begin_item(t);
    buf_char(&t->out->text, t->in.ptr[t->at++]);
    if (regex_take(t, '^')) buf_char(&t->out->text, '^');
    for (bool first = true; first || !regex_is_next(t, ']'); first = false) {
        if (t->at >= t->in.len) return regex_refuse(t, "unterminated character set");
        err e = set_part(t);
        if (e) return e;
        if (t->at >= t->in.len) return regex_refuse(t, "unterminated character set");
    }
    buf_char(&t->out->text, t->in.ptr[t->at++]);
    return ERR_OK;
}
