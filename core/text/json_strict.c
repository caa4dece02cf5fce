// The strict parser: RFC 8259 to the letter, and the four things simdjson refuses that real senders send:
// integers of any length, numbers past a double's range, lone surrogates, a byte order mark.
//
// Members and items wait on one stack until their container closes, then move to the arena in one piece.
#include "text/json_impl.h"
#include <stdlib.h>

struct reader {
    arena *memory;
    const char *start, *at, *end;
    buf stack; // of struct json_member; an array's items use the value alone
    struct why *why;
    int depth;
};

static err fail(struct reader *r, const char *at, const char *what) {
    return why_set(r->why, ERR_INVALID, "JSON parse error - %s at byte %zu", what, (size_t)(at - r->start));
}

static void skip_space(struct reader *r) {
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r')) r->at++;
}

static bool is_next(struct reader *r, char c) {
    skip_space(r);
    if (r->at >= r->end || *r->at != c) return false;
    r->at++;
    return true;
}

// --- strings ---

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// Four hexadecimal digits at `p`, or -1.
static int32_t hex_unit(const char *p, const char *end) {
    int32_t unit = 0;
    if (end - p < 4) return -1;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(p[i]);
        if (digit < 0) return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

static char *put_utf8(char *to, uint32_t code) {
    if (code < 0x80) {
        *to++ = (char)code;
    } else if (code < 0x800) {
        *to++ = (char)(0xC0 | code >> 6);
        *to++ = (char)(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        *to++ = (char)(0xE0 | code >> 12);
        *to++ = (char)(0x80 | (code >> 6 & 0x3F));
        *to++ = (char)(0x80 | (code & 0x3F));
    } else {
        *to++ = (char)(0xF0 | code >> 18);
        *to++ = (char)(0x80 | (code >> 12 & 0x3F));
        *to++ = (char)(0x80 | (code >> 6 & 0x3F));
        *to++ = (char)(0x80 | (code & 0x3F));
    }
    return to;
}

// The code point of "\uXXXX" whose digits begin at *p, with its second half when it has one; moves *p past
// it.
static int64_t read_unicode(const char **p, const char *end) {
    int32_t high = hex_unit(*p, end);
    if (high < 0) return -1;
    *p += 4;
    if (high < 0xD800 || high > 0xDFFF) return high;
    if (high < 0xDC00 && end - *p >= 6 && (*p)[0] == '\\' && (*p)[1] == 'u') {
        int32_t low = hex_unit(*p + 2, end);
        if (low >= 0xDC00 && low <= 0xDFFF) {
            *p += 6;
            return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
        }
    }
    return 0xFFFD;
}

static char simple_escape(char c) {
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *at = c ? strchr(from, c) : NULL;
    return at ? to[at - from] : 0;
}

// Unescapes [p, end), which lies between quotes, into the arena.
static err unescape(struct reader *r, const char *p, const char *end, str *out) {
    char *start = arena_alloc(r->memory, (size_t)(end - p) + 1), *to = start;
    while (p < end) {
        if (*p != '\\') {
            *to++ = *p++;
            continue;
        }
        const char *escape = p++;
        if (*p == 'u') {
            p++;
            int64_t code = read_unicode(&p, end);
            if (code < 0) return fail(r, escape, "Invalid \\u escape");
            to = put_utf8(to, (uint32_t)code);
        } else {
            char c = simple_escape(*p++);
            if (!c) return fail(r, escape, "Invalid escape");
            *to++ = c;
        }
    }
    *out = (str){start, (size_t)(to - start)};
    return ERR_OK;
}

// After the opening quote.
static err read_string(struct reader *r, str *out) {
    const char *from = r->at;
    bool has_escape = false;
    for (const char *p = from; p < r->end; p++) {
        if (*p == '"') {
            r->at = p + 1;
            if (has_escape) return unescape(r, from, p, out);
            *out = arena_str(r->memory, (str){from, (size_t)(p - from)});
            return ERR_OK;
        }
        if ((unsigned char)*p < 0x20) return fail(r, p, "Invalid control character in a string");
        if (*p == '\\') {
            has_escape = true;
            if (++p >= r->end) break;
        }
    }
    return fail(r, from - 1, "Unterminated string");
}

// --- numbers ---

static bool skip_digits(struct reader *r) {
    const char *from = r->at;
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9') r->at++;
    return r->at > from;
}

// Moves past a number; false when there is none. *is_integer says whether it has neither fraction nor
// exponent.
static bool skip_number(struct reader *r, bool *is_integer) {
    *is_integer = true;
    if (r->at < r->end && *r->at == '-') r->at++;
    if (r->at < r->end && *r->at == '0') r->at++;
    else if (!skip_digits(r)) return false;
    if (r->at < r->end && *r->at == '.') {
        *is_integer = false;
        r->at++;
        if (!skip_digits(r)) return false;
    }
    if (r->at < r->end && (*r->at == 'e' || *r->at == 'E')) {
        *is_integer = false;
        r->at++;
        if (r->at < r->end && (*r->at == '+' || *r->at == '-')) r->at++;
        if (!skip_digits(r)) return false;
    }
    return true;
}

static err read_number(struct reader *r, struct json *out) {
    const char *from = r->at;
    bool is_integer;
    if (!skip_number(r, &is_integer)) return fail(r, from, *from == '-' ? "Expecting digits" : "Expecting value");
    str text = {from, (size_t)(r->at - from)};
    if (is_integer && str_to_int(text, &out->integer)) {
        out->type = JSON_INT;
        return ERR_OK;
    }
    out->text = arena_str(r->memory, text); // strtod needs the NUL
    out->type = is_integer ? JSON_BIGINT : JSON_DOUBLE;
    if (!is_integer) out->real = strtod(out->text.ptr, NULL);
    return ERR_OK;
}

// --- values ---

static err read_value(struct reader *r, struct json *out);

static struct json_member *push_member(struct reader *r) {
    struct json_member *m = (struct json_member *)(void *)buf_reserve(&r->stack, sizeof *m);
    *m = (struct json_member){0};
    r->stack.len += sizeof *m;
    return m;
}

// The waiting members from byte `base` of the stack on; NULL when there are none.
static struct json_member *waiting(struct reader *r, size_t base, uint32_t *count) {
    *count = (uint32_t)((r->stack.len - base) / sizeof(struct json_member));
    return *count ? (struct json_member *)(void *)(r->stack.ptr + base) : NULL;
}

static err read_item(struct reader *r) {
    struct json value = {0};
    err e = read_value(r, &value);
    if (e == ERR_OK) push_member(r)->value = value;
    return e;
}

static err read_array(struct reader *r, struct json *out) {
    size_t base = r->stack.len;
    if (!is_next(r, ']')) {
        do {
            err e = read_item(r);
            if (e) return e;
        } while (is_next(r, ','));
        if (!is_next(r, ']')) return fail(r, r->at, "Expecting ',' or ']'");
    }
    const struct json_member *from = waiting(r, base, &out->count);
    out->type = JSON_ARRAY;
    out->items = arena_alloc(r->memory, out->count * sizeof *out->items);
    for (uint32_t i = 0; i < out->count; i++) out->items[i] = from[i].value;
    r->stack.len = base;
    return ERR_OK;
}

static err read_member(struct reader *r) {
    struct json_member member = {0};
    if (!is_next(r, '"')) return fail(r, r->at, "Expecting a property name in double quotes");
    err e = read_string(r, &member.key);
    if (e) return e;
    if (!is_next(r, ':')) return fail(r, r->at, "Expecting ':'");
    e = read_value(r, &member.value);
    if (e == ERR_OK) *push_member(r) = member;
    return e;
}

static err read_object(struct reader *r, struct json *out) {
    size_t base = r->stack.len;
    if (!is_next(r, '}')) {
        do {
            err e = read_member(r);
            if (e) return e;
        } while (is_next(r, ','));
        if (!is_next(r, '}')) return fail(r, r->at, "Expecting ',' or '}'");
    }
    const struct json_member *from = waiting(r, base, &out->count);
    out->type = JSON_OBJECT;
    out->members = arena_alloc(r->memory, out->count * sizeof *out->members);
    if (out->count) memcpy(out->members, from, out->count * sizeof *from);
    r->stack.len = base;
    json_settle(out);
    return ERR_OK;
}

static err read_word(struct reader *r, str word, enum json_type type, struct json *out) {
    if (!str_starts((str){r->at, (size_t)(r->end - r->at)}, word)) return fail(r, r->at, "Expecting value");
    r->at += word.len;
    out->type = type;
    return ERR_OK;
}

static err read_container(struct reader *r, struct json *out) {
    if (r->depth >= JSON_DEPTH_MAX)
        return why_set(r->why, ERR_LIMIT, "JSON parse error - nested deeper than %d levels at byte %zu", JSON_DEPTH_MAX,
                       (size_t)(r->at - r->start));
    r->depth++;
    err e = *r->at++ == '[' ? read_array(r, out) : read_object(r, out);
    r->depth--;
    return e;
}

static err read_value(struct reader *r, struct json *out) {
    skip_space(r);
    if (r->at >= r->end) return fail(r, r->at, "Expecting value");
    switch (*r->at) {
    case '{':
    case '[': return read_container(r, out);
    case '"':
        r->at++;
        out->type = JSON_STRING;
        return read_string(r, &out->text);
    case 't': return read_word(r, STR("true"), JSON_TRUE, out);
    case 'f': return read_word(r, STR("false"), JSON_FALSE, out);
    case 'n': return read_word(r, STR("null"), JSON_NULL, out);
    default: return read_number(r, out);
    }
}

// The first byte that does not belong to well-formed UTF-8.
static const char *bad_utf8(str text) {
    size_t good = 0, bad = text.len;
    while (good < bad) { // the longest well-formed beginning, allowing for one cut at a code point
        size_t middle = good + (bad - good + 1) / 2;
        if (str_is_utf8((str){text.ptr, str_utf8_cut(text, middle)})) good = middle;
        else bad = middle - 1;
    }
    return text.ptr + str_utf8_cut(text, good);
}

err json_parse_strict(arena *a, str text, struct json **out, struct why *why) {
    if (!text.ptr) text = STR("");
    struct reader r = {.memory = a, .start = text.ptr, .at = text.ptr, .end = text.ptr + text.len, .why = why};
    if (!str_is_utf8(text)) return fail(&r, bad_utf8(text), "Invalid UTF-8");
    if (str_starts(text, STR("\xEF\xBB\xBF"))) r.at += 3;
    struct json *root = arena_alloc(a, sizeof *root);
    err e = read_value(&r, root);
    if (e == ERR_OK) {
        skip_space(&r);
        if (r.at < r.end) e = fail(&r, r.at, "Extra data");
    }
    buf_free(&r.stack);
    if (e == ERR_OK) *out = root;
    return e;
}
