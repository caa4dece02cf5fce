// Which groups alerts lately joined or opened: a guess for the loops, so that an alert that will join is not rendered
// the words that only an opening group needs (title, labels).
//
// A fixed table of keys without chains: an older group loses its place to a newer one, and two keys may meet. Either
// way the guess is wrong and costs one rendering; the commit thread decides by the rows.
// Threads: set by the commit thread, asked by any.
#pragma once
#include <stdbool.h>
#include <stdint.h>

typedef struct open_guess open_guess;

open_guess *open_guess_new(void);
void open_guess_free(open_guess *g);
void open_guess_set(open_guess *g, int64_t integration_id, int64_t route_id, int64_t grouping_hash, bool is_open);
bool open_guess_is_open(const open_guess *g, int64_t integration_id, int64_t route_id, int64_t grouping_hash);
