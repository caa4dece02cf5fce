// What is to come for a group or a chain, as Lua may ask: functions that the top of the house fills in, so that script/ need not know
// them. The answers are JSON (engine/preview.h).
#pragma once
#include "base/buf.h"
#include "store/store.h"

typedef err preview_ask(store *s, int64_t id, int64_t now, buf *out, struct why *why);

struct preview_ops {
    preview_ask *group, *chain, *users; // NULL without
};
