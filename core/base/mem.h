// Allocation that never returns NULL: out of memory ends the process with a line that says so.
// Sizes that come from outside meet their limit before they get here.
#pragma once
#include <stddef.h>

#define MEM_NEVER_NULL __attribute__((returns_nonnull))

void *mem_alloc(size_t size) MEM_NEVER_NULL;               // uninitialised
void *mem_zero(size_t size) MEM_NEVER_NULL;                // zeroed
void *mem_grow(void *old, size_t size) MEM_NEVER_NULL;     // realloc
char *mem_copy(const void *data, size_t n) MEM_NEVER_NULL; // a copy with a NUL after it
void mem_free(void *p);                                    // accepts NULL

#define NEW(type) ((type *)mem_zero(sizeof(type)))
