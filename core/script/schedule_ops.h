// Schedules as Lua sees them: a function that the top of the house fills in, so that script/ need not know it.
#pragma once
#include "base/buf.h"
#include "base/zone.h"
#include "store/store.h"

// One question with JSON in and JSON out (engine/schedule_json.h). `s` is what stored schedules are read from, or NULL.
typedef err schedule_ask(store *s, zones *z, str question, buf *out, struct why *why);
