// Memory that lives as long as one request and is freed at once. One owner, one thread at a time.
#pragma once
#include "base/str.h"

typedef struct arena arena;

arena *arena_new(void);
void arena_free(arena *a);                // accepts NULL
void *arena_alloc(arena *a, size_t size); // zeroed, aligned to 16
str arena_str(arena *a, str s);           // a copy, with a NUL after it
size_t arena_size(const arena *a);        // bytes taken from the system
