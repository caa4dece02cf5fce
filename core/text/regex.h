// Regular expressions in Python's dialect (the `regex` module, version 0), run by PCRE2 within a budget of
// work.
//
// Purpose: a pattern is translated (regex_pattern.c) and compiled once; searching counts every step that
// PCRE2 takes and every byte it passes, so that a pattern that would run for ever stops at the same place on
// every machine. Errors: ERR_INVALID with Python's sentence for a bad pattern or template, ERR_TIMEOUT when
// the work is used up or PCRE2's own limits are reached. Not understood: fuzzy matching, named lists and
// characters, set operations, look-behinds of unbounded width; they are ERR_INVALID. Ownership: the caller's.
// Threads: a compiled regex is immutable.
#pragma once
#include "base/buf.h"
#include "base/err.h"
#include "text/units.h"

#define REGEX_PATTERN_MAX 20000 // bytes
#define REGEX_UNITS       20    // of fuel, to compile one of them

typedef struct regex regex;

err regex_new(str pattern, regex **out, struct why *why);
void regex_free(regex *r);         // accepts NULL
size_t regex_size(const regex *r); // bytes

#define REGEX_WORK_MAX 1500000 // units that one search of a template may use, about 15 ms

enum regex_where { REGEX_ANYWHERE, REGEX_AT_START };

// ERR_OK: found; ERR_NOT_FOUND. `work` is what may be spent and becomes what is left, below zero when it ran
// out.
err regex_search(const regex *r, str s, enum regex_where where, int64_t *work);

// Appends `s` with every match replaced by the template (\1, \g<name>, \n …). ERR_NOT_FOUND, with why set,
// for the name of a group that the pattern does not have (Python's IndexError). What is appended on an error
// is of no use.
err regex_replace(const regex *r, str template, str s, buf *out, int64_t *work, struct why *why);

// Is the text shorter than whatever the pattern matches? Python's then gives back the very object it was given.
bool regex_is_too_short(const regex *r, str s);
