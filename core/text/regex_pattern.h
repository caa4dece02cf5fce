// Inside of regex.c: Python's pattern syntax as PCRE2's, and replacement templates.
#pragma once
#include "text/regex.h"

#define REGEX_GROUPS_MAX 200

struct regex_name {
    str name; // inside the pattern text
    int group;
};

struct regex_pattern { // a translated pattern
    buf text;
    int groups;
    int slots;                              // PCRE2's groups: a name that stands several times has one for each
    uint8_t group_of[REGEX_GROUPS_MAX + 1]; // of each slot
    bool looks_ahead;                       // has (?=…)
    bool ascii;                             // \w, \d, \s and \b know ASCII only
    uint32_t repeats; // the largest least number of repeats: what one step may pass without being seen
    struct regex_name names[REGEX_GROUPS_MAX];
    int name_count;
};

// `stop_at`: stop as soon as that many bytes are written, to learn with *position (bytes) behind what they
// came from; SIZE_MAX for all.
err regex_translate(str pattern, struct regex_pattern *out, size_t stop_at, size_t *position, struct why *why);

// "what at position 3 (line 1, column 4)": the line only where the pattern has several. ERR_INVALID.
err regex_refused(str pattern, const char *what, size_t at, struct why *why);

int regex_group_of(const struct regex_name *names, int count, str name); // -1 when there is none
bool regex_is_number(str text, int *out);                                // decimal, at most 9999
bool regex_hex(str s, size_t at, int digits, uint32_t *out);

// One piece of a replacement: literal text, or a group (>= 0).
struct regex_piece {
    str text;
    int group; // -1: text
};
// The groups of a pattern.
struct regex_groups {
    const struct regex_name *names;
    int name_count, count;
};
// Calls `on_piece` for each piece in order; a group from `\1` may be one that the pattern does not have. Errors as
// regex_replace.
err regex_template(str template, struct regex_groups groups, void (*on_piece)(void *ctx, struct regex_piece piece),
                   void *ctx, struct why *why);
