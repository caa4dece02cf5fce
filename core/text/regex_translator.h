// Inside of the pattern translator (regex_pattern.c, regex_escape.c): its state.
#pragma once
#include "text/regex_pattern.h"
#include "text/unicode.h"

#define REGEX_DEPTH_MAX 200

// What stands before the place that is read, for quantifiers.
enum regex_item { REGEX_ITEM_NONE, REGEX_ITEM_ONE, REGEX_ITEM_REPEATED };

struct regex_frame { // an open group
    bool verbose;    // outside of it
    bool resets;     // (?|…): every alternative counts its groups from the same number
    int first, most;
    int first_slot, most_slots;
};

struct regex_translator {
    str in;
    size_t at;
    struct regex_pattern *out;
    struct why *why;
    enum regex_item item;
    size_t item_start; // in the output
    bool zero_width;   // the item is an assertion that PCRE2 does not repeat as it is
    bool verbose;
    int total; // groups of the whole pattern; -1 while they are counted
    int slots; // and what PCRE2 counts as such; 0 while they are counted
    int depth;
    struct regex_frame frames[REGEX_DEPTH_MAX];
};

static inline bool regex_is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static inline bool regex_is_digit(char c) { return c >= '0' && c <= '9'; }
static inline bool regex_is_next(const struct regex_translator *t, char c) {
    return t->at < t->in.len && t->in.ptr[t->at] == c;
}
static inline char regex_peek(const struct regex_translator *t, size_t ahead) { // NUL behind the end
    return t->at + ahead < t->in.len ? t->in.ptr[t->at + ahead] : 0;
}

bool regex_take(struct regex_translator *t, char c); // moves behind `c` if it is next
err regex_refuse_at(struct regex_translator *t, const char *what, size_t at);
err regex_refuse(struct regex_translator *t, const char *what); // where it stands
void regex_begin_item(struct regex_translator *t);
void regex_put_point(struct regex_translator *t, uint32_t c); // a literal character
bool regex_is_name(str name);
// A name up to `end`, which is taken; `missing` is the message when it is not there.
err regex_take_name(struct regex_translator *t, char end, const char *missing, str *name);
// The group that a name or number in a reference stands for.
err regex_resolve(struct regex_translator *t, str name, int *group);
// How many slots a group has.
int regex_slots(const struct regex_translator *t, int group);
// Writes a slot of the group between `before` and `after`; of several the last one that is set.
void regex_put_slot(struct regex_translator *t, int group, const char *before, const char *after);
err regex_named_reference(struct regex_translator *t, char end, const char *missing);
err regex_escape(struct regex_translator *t); // t stands on the backslash
err regex_set(struct regex_translator *t);    // t stands on the bracket
