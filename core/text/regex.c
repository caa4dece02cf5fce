// Compiles translated patterns with PCRE2 and runs them within a budget.
//
// Why callouts: PCRE2's match limit counts afresh at every start position and not at all inside a repeat of
// one character, so it does not bound a search. An automatic callout stands before every item of the pattern;
// each one is a step, and how far the place moved since the last one is what was passed unseen. What even
// that misses is bounded by the pattern (the least number of repeats, the reach of a look-behind) or by a
// captured text (a back reference) and is charged at every step.
#define PCRE2_CODE_UNIT_WIDTH 8
#include "text/regex.h"
#include "base/mem.h"
#include "text/regex_pattern.h"
#include "text/unicode.h"
#include <pcre2.h>

#define STEP           3  // units of work for one item of the pattern
#define CALL           60 // units for one run of the matcher
#define MATCH_LIMIT    10000000
#define HEAP_LIMIT_KIB 16384

struct regex {
    pcre2_code *code;
    struct regex_name *names;
    char *text; // where the names stand
    int name_count, groups, slots;
    uint8_t *group_of; // of each slot, where a group has several; else NULL
    uint32_t least;    // characters of the shortest text that matches
    uint32_t unseen;   // bytes that a step may pass unseen
    bool has_references;
};

// --- compiling ---

// What PCRE2 did not accept, in Python's words where it has some, with the place in Python's pattern.
static err refuse(str pattern, int code, size_t offset, struct why *why) {
    struct regex_pattern *p = NEW(struct regex_pattern);
    size_t position = 0;
    char message[256];
    pcre2_get_error_message(code, (PCRE2_UCHAR *)message, sizeof message);
    regex_translate(pattern, p, offset, &position, NULL);
    buf_free(&p->text);
    mem_free(p);
    if (code == PCRE2_ERROR_LOOKBEHIND_NOT_FIXED_LENGTH)
        return why_set(why, ERR_INVALID, "look-behind requires fixed-width pattern");
    if (code == PCRE2_ERROR_UNKNOWN_UNICODE_PROPERTY || code == PCRE2_ERROR_MALFORMED_UNICODE_PROPERTY)
        return regex_refused(pattern, "unknown property", position, why);
    return regex_refused(pattern, message, position, why);
}

static void keep_names(regex *r, const struct regex_pattern *p, str pattern) {
    r->text = mem_copy(pattern.ptr, pattern.len);
    r->names = mem_zero(sizeof *r->names * (size_t)(p->name_count + 1));
    r->name_count = p->name_count;
    r->groups = p->groups;
    r->slots = p->slots;
    if (p->slots > p->groups) r->group_of = (uint8_t *)mem_copy(p->group_of, sizeof p->group_of);
    for (int i = 0; i < p->name_count; i++) {
        str name = p->names[i].name;
        r->names[i] = (struct regex_name){{r->text + (name.ptr - pattern.ptr), name.len}, p->names[i].group};
    }
}

static void study(regex *r, const struct regex_pattern *p) {
    uint32_t behind = 0, references = 0;
    pcre2_pattern_info(r->code, PCRE2_INFO_MAXLOOKBEHIND, &behind);
    pcre2_pattern_info(r->code, PCRE2_INFO_BACKREFMAX, &references);
    r->unseen = behind + p->repeats;
    r->has_references = references > 0;
}

// How short a match can be. With a look-ahead it is not studied, and what it looks at would count as a character; so such a
// pattern is studied apart, with one behind it that stands for all that must.
static uint32_t least_of(const pcre2_code *code, str text, uint32_t options, pcre2_compile_context *context) {
    uint32_t least = 0;
    if (!(options & PCRE2_NO_START_OPTIMIZE)) {
        pcre2_pattern_info(code, PCRE2_INFO_MINLENGTH, &least);
        return least;
    }
    int error;
    PCRE2_SIZE offset;
    buf apart = {0};
    buf_put(&apart, "(?:", 3);
    buf_str(&apart, text);
    buf_put(&apart, ")x", 2);
    options &= ~(uint32_t)PCRE2_NO_START_OPTIMIZE;
    pcre2_code *studied = pcre2_compile((PCRE2_SPTR)apart.ptr, apart.len, options, &error, &offset, context);
    if (studied) pcre2_pattern_info(studied, PCRE2_INFO_MINLENGTH, &least);
    pcre2_code_free(studied);
    buf_free(&apart);
    return least ? least - 1 : 0;
}

// PCRE2 10.42 loses matches when it takes the first character of a look-ahead for that of the match, and so
// must not look for it.
static uint32_t options_of(const struct regex_pattern *p) {
    return PCRE2_UTF | PCRE2_ALT_CIRCUMFLEX | PCRE2_AUTO_CALLOUT | (p->ascii ? 0 : PCRE2_UCP) |
           (p->looks_ahead ? PCRE2_NO_START_OPTIMIZE : 0);
}

static err compile(str pattern, struct regex_pattern *p, regex **out, struct why *why) {
    int code;
    PCRE2_SIZE offset;
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    pcre2_set_newline(context, PCRE2_NEWLINE_LF);
    pcre2_set_bsr(context, PCRE2_BSR_UNICODE);
    str text = {p->text.len ? p->text.ptr : "", p->text.len};
    pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)text.ptr, text.len, options_of(p), &code, &offset, context);
    uint32_t least = compiled ? least_of(compiled, text, options_of(p), context) : 0;
    pcre2_compile_context_free(context);
    if (!compiled) return refuse(pattern, code, offset, why);
    regex *r = NEW(regex);
    r->code = compiled;
    r->least = least;
    keep_names(r, p, pattern);
    study(r, p);
    *out = r;
    return ERR_OK;
}

err regex_new(str pattern, regex **out, struct why *why) {
    if (pattern.len > REGEX_PATTERN_MAX)
        return why_set(why, ERR_INVALID, "the pattern is longer than %d bytes", REGEX_PATTERN_MAX);
    if (!str_is_utf8(pattern)) return why_set(why, ERR_INVALID, "the pattern is not UTF-8");
    struct regex_pattern *p = NEW(struct regex_pattern);
    err e = regex_translate(pattern, p, SIZE_MAX, NULL, why);
    if (!e) e = compile(pattern, p, out, why);
    buf_free(&p->text);
    mem_free(p);
    return e;
}

void regex_free(regex *r) {
    if (!r) return;
    pcre2_code_free(r->code);
    mem_free(r->names);
    mem_free(r->group_of);
    mem_free(r->text);
    mem_free(r);
}

size_t regex_size(const regex *r) {
    size_t size = 0;
    pcre2_pattern_info(r->code, PCRE2_INFO_SIZE, &size);
    return size + sizeof *r + sizeof *r->names * (size_t)r->name_count;
}

// --- running ---

struct run {
    const regex *regex;
    pcre2_match_data *data;
    pcre2_match_context *context;
    str s;
    int64_t *work;
    size_t place; // of the last step
};

static size_t captured(const pcre2_callout_block *at) { // the longest text a back reference may compare
    size_t most = 0;
    for (uint32_t i = 1; i < at->capture_top; i++) {
        size_t from = at->offset_vector[(size_t)2 * i], to = at->offset_vector[(size_t)2 * i + 1];
        if (from != PCRE2_UNSET && to != PCRE2_UNSET && to > from && to - from > most) most = to - from;
    }
    return most;
}

static int on_step(pcre2_callout_block *at, void *ctx) {
    struct run *run = ctx;
    size_t moved =
        at->current_position > run->place ? at->current_position - run->place : run->place - at->current_position;
    run->place = at->current_position;
    size_t unseen = run->regex->unseen + (run->regex->has_references ? captured(at) : 0);
    *run->work -= (int64_t)(STEP + (moved + unseen) / FUEL_BYTES);
    return *run->work < 0 ? PCRE2_ERROR_CALLOUT : 0;
}

static void begin(struct run *run, const regex *r, str s, int64_t *work) {
    *run = (struct run){.regex = r, .s = s, .work = work};
    run->data = pcre2_match_data_create_from_pattern(r->code, NULL);
    run->context = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(run->context, MATCH_LIMIT);
    pcre2_set_depth_limit(run->context, MATCH_LIMIT);
    pcre2_set_heap_limit(run->context, HEAP_LIMIT_KIB);
    pcre2_set_callout(run->context, on_step, run);
}

static void end(struct run *run) {
    pcre2_match_data_free(run->data);
    pcre2_match_context_free(run->context);
}

// One match at `from` or behind it.
static err match(struct run *run, size_t from, uint32_t options) {
    *run->work -= CALL + (int64_t)((run->s.len - from) / FUEL_BYTES);
    if (*run->work < 0) return ERR_TIMEOUT;
    run->place = from;
    const char *text = run->s.len ? run->s.ptr : "";
    int rc = pcre2_match(run->regex->code, (PCRE2_SPTR)text, run->s.len, from, options | PCRE2_NO_UTF_CHECK, run->data,
                         run->context);
    if (rc >= 0) return ERR_OK;
    return rc == PCRE2_ERROR_NOMATCH ? ERR_NOT_FOUND : ERR_TIMEOUT;
}

// Damaged text would be read past its end.
static bool is_readable(str s, int64_t *work) {
    *work -= (int64_t)(s.len / FUEL_BYTES);
    return str_is_utf8(s);
}

err regex_search(const regex *r, str s, enum regex_where where, int64_t *work) {
    if (!is_readable(s, work)) return ERR_NOT_FOUND;
    struct run run;
    begin(&run, r, s, work);
    err e = match(&run, 0, where == REGEX_AT_START ? PCRE2_ANCHORED : 0);
    end(&run);
    return e;
}

// --- replacing ---

struct replacement { // a template that was read: pieces with their literal text in one buffer
    buf text;
    struct span {
        size_t at, len;
        int group;
    } * pieces;
    size_t count, room;
    int most; // the highest group
};

static void on_piece(void *ctx, struct regex_piece piece) {
    struct replacement *r = ctx;
    if (r->count == r->room) {
        r->room = r->room ? r->room * 2 : 8;
        r->pieces = mem_grow(r->pieces, r->room * sizeof *r->pieces);
    }
    r->pieces[r->count++] = (struct span){r->text.len, piece.text.len, piece.group};
    if (piece.group > r->most) r->most = piece.group;
    buf_str(&r->text, piece.text);
}

static void put(struct run *run, buf *out, str text) {
    *run->work -= (int64_t)(text.len / FUEL_BYTES) + 1;
    if (*run->work >= 0) buf_str(out, text);
}

// Where the group of a match is in PCRE2's places: of several, the one that stands last in the text.
static int slot_of(const regex *r, int group, const size_t *places) {
    if (!r->group_of || group == 0) return group;
    int found = r->slots + 1;
    for (int slot = 1; slot <= r->slots; slot++) {
        if (r->group_of[slot] != group || places[2 * slot] == PCRE2_UNSET) continue;
        if (found > r->slots || places[2 * slot] >= places[2 * found]) found = slot;
    }
    return found;
}

static void put_replacement(struct run *run, const struct replacement *r, buf *out) {
    const size_t *places = pcre2_get_ovector_pointer(run->data);
    uint32_t known = pcre2_get_ovector_count(run->data);
    for (size_t i = 0; i < r->count && *run->work >= 0; i++) {
        const struct span *piece = &r->pieces[i];
        if (piece->group < 0) {
            put(run, out, (str){r->text.ptr + piece->at, piece->len});
            continue;
        }
        int slot = slot_of(run->regex, piece->group, places);
        if ((uint32_t)slot < known) {
            const size_t *place = places + (size_t)2 * (size_t)slot;
            size_t from = place[0], to = place[1];
            if (from != PCRE2_UNSET && to > from) put(run, out, (str){run->s.ptr + from, to - from});
        }
    }
}

// An empty match is allowed behind a match, but not twice at one place.
// A group `\1` that the pattern does not have is only noticed by a match.
static err replace_all(struct run *run, const struct replacement *r, buf *out, struct why *why) {
    size_t copied = 0, from = 0;
    uint32_t options = 0;
    err e;
    while ((e = match(run, from, options)) == ERR_OK) {
        if (r->most > run->regex->groups) return why_set(why, ERR_INVALID, "invalid group reference");
        const size_t *places = pcre2_get_ovector_pointer(run->data);
        size_t start = places[0] < copied ? copied : places[0], stop = places[1] < start ? start : places[1];
        put(run, out, (str){run->s.ptr + copied, start - copied});
        put_replacement(run, r, out);
        copied = from = stop;
        options = start == stop ? PCRE2_NOTEMPTY_ATSTART : 0;
    }
    if (e != ERR_NOT_FOUND) return e;
    put(run, out, str_from(run->s, copied));
    return *run->work < 0 ? ERR_TIMEOUT : ERR_OK;
}

bool regex_is_too_short(const regex *r, str s) { return s.len < (size_t)r->least * UTF8_MAX && utf8_len(s) < r->least; }

err regex_replace(const regex *r, str template, str s, buf *out, int64_t *work, struct why *why) {
    struct replacement replacement = {0};
    struct run run;
    *work -= (int64_t) template.len;
    err e = regex_template(template, (struct regex_groups){r->names, r->name_count, r->groups}, on_piece, &replacement,
                           why);
    if (e && regex_is_too_short(r, s)) e = ERR_OK; // then Python's does not look at the template
    if (!e && !is_readable(s, work)) e = why_set(why, ERR_INVALID, "the text is not UTF-8");
    if (!e) {
        begin(&run, r, s, work);
        e = replace_all(&run, &replacement, out, why);
        end(&run);
    }
    buf_free(&replacement.text);
    mem_free(replacement.pieces);
    return e;
}
