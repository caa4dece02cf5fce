#include "script/heap.h"
#include "base/env.h"
#include <lua.h>
#include <stdlib.h>

#define REFUSALS_MAX 6
#define GROWTH       ((size_t)64 << 10) // collected after a call that leaves this much more; garbage stays in the cache

static void note_pause(struct heap *h, int64_t since) {
    int64_t pause = clock_ns() - since;
    if (pause > h->pause_max) h->pause_max = pause;
}

static void *refuse(struct heap *h) {
    h->refusals++;
    h->refused_at = clock_ns();
    if (h->fuel) fuel_burn(h->fuel, h->refusals < REFUSALS_MAX ? (int64_t)(h->held / FUEL_BYTES) : INT64_MAX);
    return NULL;
}

static bool is_refused(const struct heap *h, size_t more) {
    return h->refusals >= REFUSALS_MAX || h->held > h->limit || more > h->limit - h->held;
}

void *heap_alloc(void *heap, void *ptr, size_t old_size, size_t new_size) {
    struct heap *h = heap;
    if (!ptr) old_size = 0;
    if (!new_size) {
        free(ptr);
        h->held -= old_size;
        return NULL;
    }
    if (h->refused_at) {
        note_pause(h, h->refused_at);
        h->refused_at = 0;
    }
    if (new_size > old_size && is_refused(h, new_size - old_size)) return refuse(h);
    void *p = realloc(ptr, new_size);
    if (!p) return new_size > old_size ? refuse(h) : ptr;
    h->held += new_size - old_size;
    return p;
}

void heap_begin(struct heap *h, size_t budget) {
    h->refusals = 0;
    h->refused_at = 0;
    if (budget && h->held < h->cap && budget < h->cap - h->held) h->limit = h->held + budget;
}

// After a forced collection Lua waits for twice the memory that filled the heap, which the limit never
// allows. A full collection outside the generational mode, and entering it again, forgets that.
static void start_over(lua_State *L) {
    lua_gc(L, LUA_GCINC, 0, 0, 0);
    lua_gc(L, LUA_GCCOLLECT);
    lua_gc(L, LUA_GCGEN, 0, 0);
}

void heap_end(struct heap *h, lua_State *L) {
    h->limit = h->cap;
    h->refused_at = 0;
    if (h->held < h->settled + GROWTH && !h->refusals) return;
    int64_t since = clock_ns();
    if (h->refusals) start_over(L);
    else lua_gc(L, LUA_GCSTEP, 0);
    h->refusals = 0;
    note_pause(h, since);
    h->settled = h->held;
}
