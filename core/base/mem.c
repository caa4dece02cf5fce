#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *check(void *p, size_t size) {
    if (!p) {
        fprintf(stderr, "{\"level\":\"fatal\",\"event\":\"out_of_memory\",\"bytes\":%zu}\n", size);
        abort();
    }
    return p;
}

// Nothing is one byte: whether malloc(0) gives NULL is up to each allocator.
void *mem_alloc(size_t size) { return check(malloc(size ? size : 1), size); }
void *mem_zero(size_t size) { return check(calloc(1, size ? size : 1), size); }
void *mem_grow(void *old, size_t size) { return check(realloc(old, size ? size : 1), size); }
void mem_free(void *p) { free(p); }

char *mem_copy(const void *data, size_t n) {
    char *p = mem_alloc(n + 1);
    if (n) memcpy(p, data, n);
    p[n] = 0;
    return p;
}
