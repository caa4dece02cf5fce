// One look-up of a name on the network: A and AAAA at the same time, on a c-ares channel of its own.
//
// Purpose: what resolver.c starts and settles. A channel for each look-up reads the system's configuration of the
// moment, and ending one disturbs no other. Threads: the loop's.
#pragma once
#include "net/resolver.h"

struct lookup_outcome {
    enum resolver_state state;
    struct address addresses[RESOLVER_ADDRESSES_MAX];
    size_t count;
    int64_t ttl_s;
};

struct lookup_options {
    uv_loop_t *loop;
    const char *servers; // "" for the system's
    int try_ms, limit_ms;
    int nudge_ms; // after this, on_slow is called once; 0: never
    void *ctx;
    void (*on_slow)(void *ctx);
    void (*on_done)(void *ctx,
                    const struct lookup_outcome *outcome); // once, never within lookup_start; then it is gone
};

typedef struct lookup lookup;

lookup *lookup_start(const struct lookup_options *options, const char *name);
void lookup_cancel(lookup *l); // without on_done; the memory goes with the loop's closing callbacks
