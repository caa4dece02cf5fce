#include "jinja/lexer.h"

#define NOWHERE SIZE_MAX

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
static bool is_wide(char c) { return (unsigned char)c >= 0x80; }
static bool is_space(char c) { return (c >= '\t' && c <= '\r') || (c >= 28 && c <= ' '); }

// The byte there; 0 past the end.
static char byte_at(const struct lexer *l, size_t at) { return at < l->source.len ? l->source.ptr[at] : 0; }

static bool is_at(const struct lexer *l, size_t at, str word) {
    return at <= l->source.len && str_starts(str_from(l->source, at), word);
}

static size_t find(const struct lexer *l, size_t at, char c) {
    if (at >= l->source.len) return NOWHERE;
    const char *p = memchr(l->source.ptr + at, c, l->source.len - at);
    return p ? (size_t)(p - l->source.ptr) : NOWHERE;
}

// --- White space, as Python's \s ---

static size_t skip_space(const struct lexer *l, size_t at) {
    while (at < l->source.len) {
        if (is_space(l->source.ptr[at])) {
            at++;
            continue;
        }
        size_t next = at;
        if (!is_wide(l->source.ptr[at]) || !unicode_is(utf8_next(l->source, &next), UNICODE_SPACE)) break;
        at = next;
    }
    return at;
}

// Where the white space begins that ends at `to`.
static size_t strip_end(const struct lexer *l, size_t from, size_t to) {
    while (to > from) {
        size_t at = utf8_prev(l->source, to), next = at;
        if (at < from || !unicode_is(utf8_next(l->source, &next), UNICODE_SPACE)) break;
        to = at;
    }
    return to;
}

// --- Tokens: a step gives one and says so, or goes on without one ---

static void count_lines(struct lexer *l, size_t to) {
    while (l->newline < to) {
        l->line++;
        l->newline = find(l, l->newline + 1, '\n');
    }
}

static bool give(struct lexer *l, struct lexer_token *token, enum lexer_kind kind, size_t from, size_t to) {
    count_lines(l, from);
    token->kind = kind;
    token->from = from;
    token->to = to;
    token->line = l->line;
    return true;
}

static bool fail(struct lexer *l, struct lexer_token *token, enum lexer_fault fault, size_t at) {
    token->fault = fault;
    l->place = LEXER_AT_END;
    return give(l, token, LEXER_ERROR, at, at);
}

static bool end(struct lexer *l, struct lexer_token *token) {
    l->place = LEXER_AT_END;
    return give(l, token, LEXER_EOF, l->at, l->at);
}

// --- Inside a tag ---

static char closer_of(char c) { return c == '(' ? ')' : c == '[' ? ']' : c == '{' ? '}' : 0; }
static bool is_closer(char c) { return c == ')' || c == ']' || c == '}'; }

// Bytes of the operator there; 0: there is none.
static size_t operator_length(const struct lexer *l, size_t at) {
    static const char doubles[] = "// ** == != >= <=", singles[] = "+-/*%~[](){}><=.:|,;";
    char c = byte_at(l, at), next = byte_at(l, at + 1);
    for (const char *pair = doubles; next && *pair; pair += pair[2] ? 3 : 2)
        if (pair[0] == c && pair[1] == next) return 2;
    return c && strchr(singles, c) ? 1 : 0;
}

static bool next_operator(struct lexer *l, struct lexer_token *token) {
    size_t at = l->at, length = operator_length(l, at);
    if (!length) return fail(l, token, LEXER_BAD_CHARACTER, at);
    char c = l->source.ptr[at];
    if (closer_of(c)) {
        if (l->depth == LEXER_DEPTH_MAX) return fail(l, token, LEXER_BAD_DEPTH, at);
        l->closers[l->depth++] = closer_of(c);
    } else if (is_closer(c)) {
        token->expected = l->depth ? l->closers[l->depth - 1] : 0;
        if (token->expected != c) return fail(l, token, LEXER_BAD_CLOSER, at);
        l->depth--;
    }
    l->at = at + length;
    return give(l, token, LEXER_OPERATOR, at, l->at);
}

static int digit_value(char c) {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return 99;
}

// Behind digits below `radix`, each of which may have an underscore in front.
static size_t skip_digits(const struct lexer *l, size_t at, int radix) {
    while (digit_value(byte_at(l, byte_at(l, at) == '_' ? at + 1 : at)) < radix) at += byte_at(l, at) == '_' ? 2 : 1;
    return at;
}

// Behind the float at `at`, or `at`. A float does not follow a dot: `a.0.1` is two subscripts.
static size_t float_end(const struct lexer *l, size_t at) {
    if (at && l->source.ptr[at - 1] == '.') return at;
    size_t stop = skip_digits(l, at, 10), result = at;
    if (byte_at(l, stop) == '.' && is_digit(byte_at(l, stop + 1))) result = stop = skip_digits(l, stop + 1, 10);
    if (byte_at(l, stop) != 'e' && byte_at(l, stop) != 'E') return result;
    char sign = byte_at(l, stop + 1);
    size_t exponent = stop + (sign == '+' || sign == '-' ? 2 : 1);
    return is_digit(byte_at(l, exponent)) ? skip_digits(l, exponent, 10) : result;
}

static size_t integer_end(const struct lexer *l, size_t at) {
    if (byte_at(l, at) != '0') return skip_digits(l, at, 10);
    char letter = byte_at(l, at + 1);
    int radix = letter == 'x' || letter == 'X'   ? 16
                : letter == 'o' || letter == 'O' ? 8
                : letter == 'b' || letter == 'B' ? 2
                                                 : 0;
    if (!radix) return skip_digits(l, at + 1, 1);
    size_t stop = skip_digits(l, at + 2, radix);
    return stop == at + 2 ? at + 1 : stop;
}

static bool next_number(struct lexer *l, struct lexer_token *token) {
    size_t from = l->at, to = float_end(l, from);
    bool is_float = to != from;
    if (!is_float) to = integer_end(l, from);
    token->is_plain = to - from <= 18;
    for (size_t i = from; i < to; i++) token->is_plain &= is_digit(l->source.ptr[i]);
    l->at = to;
    return give(l, token, is_float ? LEXER_FLOAT : LEXER_INTEGER, from, to);
}

static bool next_string(struct lexer *l, struct lexer_token *token) {
    const char *s = l->source.ptr;
    size_t from = l->at + 1, at = from;
    token->is_plain = true;
    for (; at < l->source.len && s[at] != s[from - 1]; at++) {
        if (s[at] != '\\') continue;
        token->is_plain = false;
        at++;
    }
    if (at >= l->source.len) return fail(l, token, LEXER_BAD_CHARACTER, l->at);
    l->at = at + 1;
    return give(l, token, LEXER_STRING, from, at);
}

static bool is_word(uint32_t c) { return unicode_is_word(c) || unicode_is(c, UNICODE_ID_CONTINUE); }

// A name with characters past ASCII. Its extent is that of word characters; not every word is an identifier.
static bool next_wide_name(struct lexer *l, struct lexer_token *token) {
    size_t from = l->at, at = from;
    bool is_identifier = true;
    while (at < l->source.len) {
        size_t next = at;
        uint32_t c = utf8_next(l->source, &next);
        if (!is_word(c)) break;
        is_identifier &= c == '_' || unicode_is(c, at == from ? UNICODE_ID_START : UNICODE_ID_CONTINUE);
        at = next;
    }
    if (at == from) return fail(l, token, LEXER_BAD_CHARACTER, at);
    if (!is_identifier) return fail(l, token, LEXER_BAD_IDENTIFIER, from);
    l->at = at;
    return give(l, token, LEXER_NAME, from, at);
}

static bool next_name(struct lexer *l, struct lexer_token *token) {
    size_t from = l->at, at = from;
    while (at < l->source.len && (is_letter(l->source.ptr[at]) || is_digit(l->source.ptr[at]))) at++;
    if (at < l->source.len && is_wide(l->source.ptr[at])) return next_wide_name(l, token);
    l->at = at;
    return give(l, token, LEXER_NAME, from, at);
}

// Behind the end of the tag when it is there, else `at`.
static size_t tag_end(const struct lexer *l, size_t at) {
    bool is_block = l->place == LEXER_IN_BLOCK;
    str closing = is_block ? STR("%}") : STR("}}");
    char c = l->source.ptr[at];
    if (c != closing.ptr[0] && c != '-' && c != '+') return at;
    if (is_at(l, at, closing)) return at + 2 + (is_block && l->trim_blocks && byte_at(l, at + 2) == '\n');
    if (!is_at(l, at + 1, closing)) return at;
    if (c == '-') return skip_space(l, at + 3);
    return c == '+' && is_block ? at + 3 : at;
}

static bool next_in_tag(struct lexer *l, struct lexer_token *token) {
    size_t at = l->at = skip_space(l, l->at);
    if (at >= l->source.len) return end(l, token);
    size_t behind = l->depth ? at : tag_end(l, at);
    if (behind != at) {
        enum lexer_kind kind = l->place == LEXER_IN_BLOCK ? LEXER_BLOCK_END : LEXER_VARIABLE_END;
        l->place = LEXER_IN_TEXT;
        l->at = behind;
        return give(l, token, kind, at, at);
    }
    char c = l->source.ptr[at];
    if (is_letter(c)) return next_name(l, token);
    if (is_digit(c)) return next_number(l, token);
    if (c == '"' || c == '\'') return next_string(l, token);
    return is_wide(c) ? next_wide_name(l, token) : next_operator(l, token);
}

// --- Outside of tags ---

// The sign behind an opening or in front of a closing: '-', '+' or 0.
static char sign_at(const struct lexer *l, size_t at) {
    char c = byte_at(l, at);
    return c == '-' || c == '+' ? c : 0;
}

// Behind `{% raw %}` or `{% endraw %}` at `at`, or NOWHERE when it is another tag.
static size_t raw_tag(const struct lexer *l, size_t at, bool is_end) {
    str word = is_end ? STR("endraw") : STR("raw");
    at = skip_space(l, at + (sign_at(l, at + 2) ? 3 : 2));
    if (!is_at(l, at, word)) return NOWHERE;
    at = skip_space(l, at + word.len);
    if (is_at(l, at, STR("-%}"))) return skip_space(l, at + 3);
    if (is_at(l, at, STR("%}"))) return at + 2 + (is_end && l->trim_blocks && byte_at(l, at + 2) == '\n');
    return is_end && is_at(l, at, STR("+%}")) ? at + 3 : NOWHERE;
}

// Where the text from `from` ends, when a tag with this sign opens at `to`.
static size_t data_end(const struct lexer *l, size_t from, size_t to, char sign, bool is_strippable) {
    if (sign == '-') return strip_end(l, from, to);
    if (sign == '+' || !is_strippable || !l->lstrip_blocks) return to;
    size_t line = to;
    while (line > from && l->source.ptr[line - 1] != '\n') line--;
    bool is_start = line > from || from == 0 || l->source.ptr[from - 1] == '\n';
    return is_start && skip_space(l, line) >= to ? line : to;
}

static bool next_in_raw(struct lexer *l, struct lexer_token *token) {
    size_t from = l->at;
    if (from >= l->source.len) return end(l, token);
    for (size_t at = find(l, from, '{'); at != NOWHERE; at = find(l, at + 1, '{')) {
        size_t behind = byte_at(l, at + 1) == '%' ? raw_tag(l, at, true) : NOWHERE;
        if (behind == NOWHERE) continue;
        l->at = behind;
        l->place = LEXER_IN_TEXT;
        size_t to = data_end(l, from, at, sign_at(l, at + 2), true);
        return to > from && give(l, token, LEXER_DATA, from, to);
    }
    return fail(l, token, LEXER_BAD_RAW, from);
}

static bool skip_comment(struct lexer *l, struct lexer_token *token) {
    size_t from = l->at, at = from;
    l->place = LEXER_IN_TEXT;
    if (from >= l->source.len) return end(l, token);
    while ((at = find(l, at, '#')) != NOWHERE && byte_at(l, at + 1) != '}') at++;
    if (at == NOWHERE) return fail(l, token, LEXER_BAD_COMMENT, from);
    char sign = at > from ? sign_at(l, at - 1) : 0;
    l->at = at + 2;
    if (sign == '-') l->at = skip_space(l, l->at);
    else if (!sign && l->trim_blocks && byte_at(l, l->at) == '\n') l->at++;
    return false;
}

static bool next_at_opening(struct lexer *l, struct lexer_token *token) {
    l->at = l->opening.behind;
    l->place = l->opening.is_raw ? LEXER_IN_RAW : l->opening.kind == '%' ? LEXER_IN_BLOCK : LEXER_IN_VARIABLE;
    if (l->opening.is_raw) return false;
    if (l->opening.kind == '#') return skip_comment(l, token);
    return give(l, token, l->opening.kind == '%' ? LEXER_BLOCK_BEGIN : LEXER_VARIABLE_BEGIN, l->at, l->at);
}

static size_t find_opening(const struct lexer *l, size_t at) {
    while ((at = find(l, at, '{')) != NOWHERE) {
        char c = byte_at(l, at + 1);
        if (c == '{' || c == '%' || c == '#') return at;
        at++;
    }
    return NOWHERE;
}

static bool next_in_text(struct lexer *l, struct lexer_token *token) {
    size_t from = l->at, at = find_opening(l, from);
    if (at == NOWHERE) {
        l->place = LEXER_AT_END;
        return from < l->source.len ? give(l, token, LEXER_DATA, from, l->source.len) : end(l, token);
    }
    char sign = sign_at(l, at + 2), kind = l->source.ptr[at + 1];
    size_t raw = kind == '%' ? raw_tag(l, at, false) : NOWHERE;
    l->opening.kind = kind;
    l->opening.is_raw = raw != NOWHERE;
    l->opening.behind = raw != NOWHERE ? raw : at + (sign ? 3 : 2);
    l->place = LEXER_AT_OPENING;
    size_t to = data_end(l, from, at, sign, kind != '{');
    return to > from && give(l, token, LEXER_DATA, from, to);
}

void lexer_open(struct lexer *l, str source, bool trim_blocks, bool lstrip_blocks) {
    l->source = source;
    l->trim_blocks = trim_blocks;
    l->lstrip_blocks = lstrip_blocks;
    l->at = l->depth = 0;
    l->line = 1;
    l->newline = find(l, 0, '\n');
    l->place = LEXER_IN_TEXT;
}

static bool step(struct lexer *l, struct lexer_token *token) {
    switch (l->place) {
    case LEXER_IN_TEXT: return next_in_text(l, token);
    case LEXER_AT_OPENING: return next_at_opening(l, token);
    case LEXER_IN_RAW: return next_in_raw(l, token);
    case LEXER_IN_VARIABLE:
    case LEXER_IN_BLOCK: return next_in_tag(l, token);
    case LEXER_AT_END: break;
    }
    return end(l, token);
}

enum lexer_kind lexer_next(struct lexer *l, struct lexer_token *token) {
    while (!step(l, token)) {
    }
    return token->kind;
}
