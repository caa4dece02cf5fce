// What is to come for a group, as Lua may ask: a function that the top of the house fills in, so that script/ need not know it.
#pragma once
#include "base/buf.h"
#include "store/store.h"

// The answer is JSON (engine/preview.h).
typedef err preview_ask(store *s, int64_t group_id, int64_t now, buf *out, struct why *why);
