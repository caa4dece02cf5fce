#include "base/arena.h"
#include "base/mem.h"

#define BLOCK 8192

struct block {
    struct block *next;
    size_t used, size;
    _Alignas(16) char data[];
};

struct arena {
    struct block *blocks;
    size_t total;
};

static struct block *add_block(arena *a, size_t size) {
    struct block *b = mem_alloc(sizeof *b + size);
    *b = (struct block){.next = a->blocks, .size = size};
    a->blocks = b;
    a->total += sizeof *b + size;
    return b;
}

arena *arena_new(void) {
    arena *a = NEW(arena);
    add_block(a, BLOCK);
    return a;
}

void arena_free(arena *a) {
    if (!a) return;
    for (struct block *b = a->blocks, *next; b; b = next) {
        next = b->next;
        mem_free(b);
    }
    mem_free(a);
}

void *arena_alloc(arena *a, size_t size) {
    size = (size + 15) & ~(size_t)15;
    struct block *b = a->blocks;
    if (b->size - b->used < size) b = add_block(a, size > BLOCK / 2 ? size : BLOCK);
    void *p = b->data + b->used;
    b->used += size;
    memset(p, 0, size);
    return p;
}

str arena_str(arena *a, str s) {
    char *p = arena_alloc(a, s.len + 1);
    if (s.len) memcpy(p, s.ptr, s.len);
    return (str){p, s.len};
}

size_t arena_size(const arena *a) { return a->total; }
