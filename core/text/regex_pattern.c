// Translates a pattern of Python's `regex` module into PCRE2's syntax, with Python's errors.
//
// Names become numbers, escapes that PCRE2 reads otherwise are spelled out, the verbose flag is carried out
// here, and what PCRE2 would take but Python refuses is refused. A pattern is read twice: the first time only
// counts its groups, because a reference may stand before its group.
#include "text/regex_translator.h"

#define REPEAT_MAX 65535

// --- groups ---

static err push(struct regex_translator *t, bool resets) {
    if (t->depth == REGEX_DEPTH_MAX) return regex_refuse(t, "too many nested groups");
    struct regex_pattern *p = t->out;
    t->frames[t->depth++] = (struct regex_frame){t->verbose, resets, p->groups, p->groups, p->slots, p->slots};
    t->item = REGEX_ITEM_NONE;
    return ERR_OK;
}

static err open_as(struct regex_translator *t, const char *text, bool resets) {
    buf_put(&t->out->text, text, strlen(text));
    return push(t, resets);
}

// A name that stands again is the same group: in Python one number, in PCRE2 one more.
static err open_capture(struct regex_translator *t, str name) {
    struct regex_pattern *p = t->out;
    if (p->slots == REGEX_GROUPS_MAX) return regex_refuse(t, "too many groups");
    int slot = ++p->slots, known = name.len ? regex_group_of(p->names, p->name_count, name) : -1;
    // The second time, every name is known: it stands for the first time where its number comes next.
    int group = known >= 0 && known <= p->groups ? known : ++p->groups;
    if (name.len && known < 0) p->names[p->name_count++] = (struct regex_name){name, group};
    p->group_of[slot] = (uint8_t)group;
    buf_char(&p->text, '(');
    return push(t, false);
}

static err open_named(struct regex_translator *t) {
    str name;
    err e = regex_take_name(t, '>', "missing >", &name);
    if (e) return e;
    if (!regex_is_name(name)) return regex_refuse_at(t, "bad character in group name", t->at - 1);
    return open_capture(t, name);
}

// (?R), (?1), (?P>name), (?&name): the pattern, or a group of it, again.
static err call(struct regex_translator *t, str name, size_t at) {
    int group;
    err e = regex_resolve(t, name, &group);
    if (e) return e;
    if (t->total >= 0 && group > t->total) return regex_refuse_at(t, "invalid group reference", at);
    if (regex_slots(t, group) > 1) return regex_refuse_at(t, "ambiguous group reference", at);
    regex_begin_item(t);
    regex_put_slot(t, group, "(?", ")");
    return ERR_OK;
}

static err call_named(struct regex_translator *t) {
    str name;
    size_t at = t->at;
    err e = regex_take_name(t, ')', "missing )", &name);
    return e ? e : call(t, name, at);
}

// (?(1)…), (?(name)…), (?(?=…)…); the second bracket was read.
static err condition(struct regex_translator *t) {
    if (regex_is_next(t, '?')) {
        t->at--;
        return open_as(t, "(?", false);
    }
    str name;
    int group = 0;
    err e = regex_take_name(t, ')', "missing )", &name);
    if (e) return e;
    if (str_is(name, STR("DEFINE"))) return open_as(t, "(?(DEFINE)", false);
    if ((e = regex_resolve(t, name, &group))) return e;
    if (regex_slots(t, group) > 1) {
        // Is one of them set?
        buf_put(&t->out->text, "(?(?=", 5);
        for (int slot = 1; slot <= t->slots; slot++)
            if (t->out->group_of[slot] == group) buf_printf(&t->out->text, "(?(%d)|", slot);
        buf_put(&t->out->text, "(*F)", 4);
        for (int i = regex_slots(t, group); i > 0; i--) buf_char(&t->out->text, ')');
        buf_char(&t->out->text, ')');
    } else {
        regex_put_slot(t, group, "(?(", ")");
    }
    return push(t, false);
}

// One flag letter: those that PCRE2 has are written, some are without effect here, the rest is refused.
static bool put_flag(struct regex_translator *t, char c, bool on, buf *flags) {
    if (c == 'i' || c == 'm' || c == 's') return buf_char(flags, c), true;
    if (c == 'x') return t->verbose = on, true;
    if (c == 'a') return t->out->ascii = on || t->out->ascii, true;
    return c && strchr("ubef0", c); // Unicode, best match, enhance match, full case folding, V0
}

// (?i), (?s-m:…). t->at stands on the first flag.
static err read_flags(struct regex_translator *t, buf *text) {
    bool on = true;
    size_t from = t->at, minus = 0;
    for (; t->at < t->in.len && !regex_is_next(t, ')') && !regex_is_next(t, ':'); t->at++) {
        char c = t->in.ptr[t->at];
        if (c == '-' && on) {
            on = false;
            minus = t->at + 1;
            buf_char(text, '-');
        } else if (c != 'V' || regex_peek(t, 1) != '0') {
            if (!put_flag(t, c, on, text)) return regex_refuse_at(t, "unknown extension", from);
        }
    }
    if (t->at >= t->in.len) return regex_refuse(t, "missing )");
    return minus == t->at ? regex_refuse(t, "bad inline flags: no flags after '-'") : ERR_OK;
}

static err flags(struct regex_translator *t) {
    buf text = {0};
    bool outside = t->verbose;
    err e = read_flags(t, &text);
    if (e == ERR_OK && regex_take(t, ')')) {
        if (text.len) buf_printf(&t->out->text, "(?%.*s)", (int)text.len, text.ptr);
        t->item = REGEX_ITEM_NONE;
    } else if (e == ERR_OK) {
        t->at++;
        buf_printf(&t->out->text, "(?%.*s:", (int)text.len, text.len ? text.ptr : "");
        e = push(t, false);
        if (!e) t->frames[t->depth - 1].verbose = outside;
    }
    buf_free(&text);
    return e;
}

static err comment(struct regex_translator *t) {
    ptrdiff_t length = str_find(str_from(t->in, t->at), ')');
    if (length < 0) return regex_refuse_at(t, "missing )", t->in.len);
    t->at += (size_t)length + 1;
    return ERR_OK;
}

// Behind "(?P".
static err python_extension(struct regex_translator *t) {
    t->at++;
    if (regex_take(t, '<')) return open_named(t);
    if (regex_take(t, '>')) return call_named(t);
    if (!regex_take(t, '=')) return regex_refuse(t, "unknown extension");
    regex_begin_item(t);
    return regex_named_reference(t, ')', "missing )");
}

static err recursion(struct regex_translator *t) {
    size_t from = t->at;
    while (regex_is_digit(regex_peek(t, 0)) || (t->at == from && regex_is_next(t, 'R'))) t->at++;
    str name = {t->in.ptr + from, t->at - from};
    if (!regex_take(t, ')')) return regex_refuse(t, "missing )");
    return call(t, str_is(name, STR("R")) ? STR("0") : name, from);
}

// Behind "(?".
static err extension(struct regex_translator *t) {
    char c = regex_peek(t, 0);
    if (c == '<' && regex_peek(t, 1) != '=' && regex_peek(t, 1) != '!') return t->at++, open_named(t);
    if (c == '<') return t->at += 2, open_as(t, t->in.ptr[t->at - 1] == '=' ? "(?<=" : "(?<!", false);
    if (c == 'R' || regex_is_digit(c)) return recursion(t);
    if (regex_is_letter(c) && c != 'P') return flags(t);
    switch (c) {
    case ':': return t->at++, open_as(t, "(?:", false);
    case '>': return t->at++, open_as(t, "(?>", false);
    case '=': return t->at++, t->out->looks_ahead = true, open_as(t, "(?=", false);
    case '!': return t->at++, open_as(t, "(?!", false);
    case '|': return t->at++, open_as(t, "(?|", true);
    case '#': return comment(t);
    case '&': return t->at++, call_named(t);
    case '(': return t->at++, condition(t);
    case 'P': return python_extension(t);
    case '-': return flags(t);
    default: return regex_refuse(t, "unknown extension");
    }
}

// Behind "(*".
static err verb(struct regex_translator *t) {
    static const char *const verbs[] = {"FAIL)", "F)", "PRUNE)", "SKIP)"};
    str rest = str_from(t->in, t->at + 1);
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (!str_starts(rest, str_of(verbs[i]))) continue;
        regex_begin_item(t);
        buf_printf(&t->out->text, "(*%s", verbs[i]);
        t->at += 1 + strlen(verbs[i]);
        return ERR_OK;
    }
    return regex_is_letter(regex_peek(t, 1)) ? regex_refuse_at(t, "unknown verb", t->at + 1)
                                             : regex_refuse(t, "nothing to repeat");
}

static err open_group(struct regex_translator *t) {
    t->at++;
    if (regex_is_next(t, '*')) return verb(t);
    if (regex_take(t, '?')) return extension(t);
    return open_capture(t, STR(""));
}

static err close_group(struct regex_translator *t) {
    if (t->depth == 0) return regex_refuse(t, "unbalanced parenthesis");
    const struct regex_frame *frame = &t->frames[--t->depth];
    if (frame->resets && frame->most > t->out->groups) t->out->groups = frame->most;
    if (frame->resets && frame->most_slots > t->out->slots) t->out->slots = frame->most_slots;
    t->verbose = frame->verbose;
    t->at++;
    buf_char(&t->out->text, ')');
    t->item = REGEX_ITEM_ONE;
    t->zero_width = false;
    return ERR_OK;
}

static void alternative(struct regex_translator *t) {
    t->at++;
    buf_char(&t->out->text, '|');
    t->item = REGEX_ITEM_NONE;
    if (t->depth == 0 || !t->frames[t->depth - 1].resets) return;
    struct regex_frame *frame = &t->frames[t->depth - 1];
    if (t->out->groups > frame->most) frame->most = t->out->groups;
    if (t->out->slots > frame->most_slots) frame->most_slots = t->out->slots;
    t->out->groups = frame->first;
    t->out->slots = frame->first_slot;
}

// --- quantifiers ---

struct repeat {
    bool has_least, has_most;
    unsigned least, most;
};

static bool take_count(struct regex_translator *t, unsigned *out) {
    size_t from = t->at;
    unsigned n = 0;
    for (; regex_is_digit(regex_peek(t, 0)); t->at++)
        n = n > REPEAT_MAX ? n : n * 10 + (unsigned)(t->in.ptr[t->at] - '0');
    *out = n;
    return t->at > from;
}

// {2}, {2,}, {,3}, {2,3}; false, and nothing taken, when the brace is a character.
static bool take_braces(struct regex_translator *t, struct repeat *r) {
    size_t from = t->at++;
    r->has_least = take_count(t, &r->least);
    bool comma = regex_take(t, ',');
    if (comma) r->has_most = take_count(t, &r->most);
    else r->has_most = r->has_least, r->most = r->least;
    if ((comma || r->has_least) && regex_take(t, '}')) return true;
    t->at = from;
    return false;
}

// "{e<=1}" and the like, which only the `regex` module has.
static bool is_fuzzy(const struct regex_translator *t) {
    bool letter = false;
    for (size_t i = 1; regex_peek(t, i) && regex_peek(t, i) != '}'; i++) {
        if (!strchr("eids0123456789<=,+ ", regex_peek(t, i))) return false;
        letter = letter || strchr("eids", regex_peek(t, i));
    }
    return letter;
}

static void wrap_item(struct regex_translator *t) { // PCRE2 repeats no bare assertion
    buf *text = &t->out->text;
    buf_lit(text, "(?:)");
    memmove(text->ptr + t->item_start + 3, text->ptr + t->item_start, text->len - 4 - t->item_start);
    memcpy(text->ptr + t->item_start, "(?:", 3);
    text->ptr[text->len - 1] = ')';
}

static err check_repeat(struct regex_translator *t, const struct repeat *r, size_t from) {
    if (r->has_most && r->least > r->most) return regex_refuse_at(t, "min repeat greater than max repeat", from + 1);
    if (r->least > REPEAT_MAX || (r->has_most && r->most > REPEAT_MAX))
        return regex_refuse_at(t, "repeat count too big", from + 1);
    return ERR_OK;
}

static err quantifier(struct regex_translator *t) {
    size_t from = t->at;
    struct repeat r = {0};
    char c = t->in.ptr[from];
    if (c == '{' && t->item == REGEX_ITEM_ONE && is_fuzzy(t)) return regex_refuse(t, "fuzzy matching is not supported");
    if (c == '{' && !take_braces(t, &r)) {
        regex_begin_item(t);
        regex_put_point(t, utf8_next(t->in, &t->at));
        return ERR_OK;
    }
    if (t->item == REGEX_ITEM_NONE) return regex_refuse_at(t, "nothing to repeat", from);
    if (t->item == REGEX_ITEM_REPEATED) return regex_refuse_at(t, "multiple repeat", from);
    err e = check_repeat(t, &r, from);
    if (e) return e;
    if (t->zero_width) wrap_item(t);
    if (c != '{') buf_char(&t->out->text, t->in.ptr[t->at++]);
    else if (r.has_most) buf_printf(&t->out->text, "{%u,%u}", r.least, r.most);
    else buf_printf(&t->out->text, "{%u,}", r.least);
    if (r.least > t->out->repeats) t->out->repeats = r.least;
    if (regex_is_next(t, '?') || regex_is_next(t, '+')) buf_char(&t->out->text, t->in.ptr[t->at++]);
    t->item = REGEX_ITEM_REPEATED;
    return ERR_OK;
}

// --- the whole ---

// Under the verbose flag white space and comments are no part of the pattern.
static bool skip_blank(struct regex_translator *t) {
    if (!t->verbose) return false;
    char c = regex_peek(t, 0);
    if (c == '#') {
        while (t->at < t->in.len && !regex_is_next(t, '\n')) t->at++;
        return true;
    }
    size_t at = t->at;
    if (!unicode_is(utf8_next(t->in, &at), UNICODE_SPACE)) return false;
    t->at = at;
    return true;
}

static err one(struct regex_translator *t) {
    char c = t->in.ptr[t->at];
    switch (c) {
    case '\\': return regex_escape(t);
    case '[': return regex_set(t);
    case '(': return open_group(t);
    case ')': return close_group(t);
    case '|': return alternative(t), ERR_OK;
    case '*':
    case '+':
    case '?':
    case '{': return quantifier(t);
    case '^':
    case '$':
    case '.':
        regex_begin_item(t);
        t->zero_width = c != '.';
        buf_char(&t->out->text, t->in.ptr[t->at++]);
        return ERR_OK;
    default:
        regex_begin_item(t);
        regex_put_point(t, utf8_next(t->in, &t->at));
        return ERR_OK;
    }
}

static err walk(struct regex_translator *t, size_t stop_at) {
    while (t->at < t->in.len && t->out->text.len <= stop_at) {
        if (skip_blank(t)) continue;
        err e = one(t);
        if (e) return e;
    }
    if (t->depth && t->at == t->in.len) return regex_refuse(t, "missing )");
    return ERR_OK;
}

err regex_translate(str in, struct regex_pattern *out, size_t stop_at, size_t *position, struct why *why) {
    struct regex_translator t = {.in = in, .out = out, .why = why, .total = -1};
    err e = walk(&t, SIZE_MAX);
    if (e) return e;
    int total = out->groups, slots = out->slots;
    buf_clear(&out->text);
    out->groups = out->slots = 0;
    out->ascii = false;
    t = (struct regex_translator){.in = in, .out = out, .why = why, .total = total, .slots = slots};
    e = walk(&t, stop_at);
    if (position) *position = t.at;
    return e;
}
