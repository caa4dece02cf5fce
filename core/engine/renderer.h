// Turns a payload into a signal by an integration's templates, in one thread's Lua state.
//
// Purpose: keeps which versions of which integrations the state has compiled; calls lua/signal.lua within a budget.
// Threads: one renderer a thread. Errors: ERR_FUEL or ERR_MEMORY: left the budget, render in the slow lane; anything
// else is a bug of ours and is logged; the alert is then stored by `renderer_fallback`.
#pragma once
#include "engine/config.h"
#include "engine/signal.h"
#include "script/script.h"

typedef struct renderer renderer;

enum {
    RENDER_HAS_RECEIVE = 1,
    RENDER_HAS_SPLIT = 2,
    RENDER_IS_BROKEN = 8,
    RENDER_TAKES_GET = 16,
    RENDER_HAS_DOOR = 32
};

struct engine;

renderer *renderer_new(const struct script_options *options, log_t *log, struct why *why);
void renderer_free(renderer *r);
script *renderer_script(renderer *r);
// From now on `renderer_signal` may leave out the words of alerts that `e` will probably join to an open group.
void renderer_guess(renderer *r, struct engine *e);

// Makes the state know this version; `flags` tells which functions the type has. With RENDER_IS_BROKEN
// its file cannot be used, `why` says why, and its alerts are to be stored by `renderer_fallback`.
err renderer_prepare(renderer *r, const struct config_integration *i, unsigned *flags, struct why *why);
// Fills everything of `out` but payload, parsed, received_at and flags. With field_fuel > 0 each template has that much
// and a spent one becomes the field's problem; else all share `fuel`. `is_whole`: the words are not left out.
err renderer_signal(renderer *r, const struct config_integration *i, const struct json *payload, int64_t now,
                    int64_t fuel, int64_t field_fuel, bool is_whole, arena *a, struct signal *out, struct why *why);
// The signal of an alert that could not be rendered: grouped by its bytes, titled with their beginning.
void renderer_fallback(const struct config_integration *i, str bytes, const char *reason, arena *a, struct signal *out);
