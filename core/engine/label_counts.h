// How many groups opened by the value of one chosen label, for metrics.
//
// The values come from outside, so there is an end to them: past LABEL_COUNTS_MAX different ones the rest are counted
// together.
// Threads: add on the commit thread; list on any, while it is added to.
#pragma once
#include "base/str.h"

#define LABEL_COUNTS_MAX 200

typedef struct label_counts label_counts;

label_counts *label_counts_new(const char *key); // NULL when `key` is "": nothing is counted
void label_counts_free(label_counts *c);
str label_counts_key(const label_counts *c);
// A group with these labels (a JSON object, or empty) opened. `c` may be NULL.
void label_counts_add(label_counts *c, str labels);
// Calls `each` with every value and its count: "" stands for groups without the label. Then with `is_rest`, if any.
void label_counts_list(label_counts *c, void (*each)(void *ctx, str value, bool is_rest, uint64_t count), void *ctx);
