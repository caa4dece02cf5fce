// Work that may take its time and waits for nothing of the world: done beside the API by one of its workers.
//
// Who has such work has one piece of it under way at a time, so that no more than one worker is ever busy with it.
// Ownership: an aside is the workers' from a successful push until its `run` begins; then it may be freed.
// Threads: push from any; `run` on a worker's, with that worker's own tools. It must end within some tenths of a second.
#pragma once
#include "base/mailbox.h"
#include "script/script.h"

struct aside_tools {
    script *script; // reads with `store`
    store *store;   // a reading connection
};

struct aside {
    struct mail mail;
    void (*run)(struct aside *a, struct aside_tools *tools);
};

// Does the query find a row? Who has nothing to look after loads no Lua for it. True also when that cannot be told.
bool aside_finds(const struct aside_tools *tools, const char *sql);

// Who has it done. ERR_FULL: not now.
struct aside_door {
    void *ctx;
    err (*push)(void *ctx, struct aside *a);
};
