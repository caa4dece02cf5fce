// What is known of a source since the start of the server, as JSON for Lua: counts, its last alert, its last beat.
//
// {alerts, refused, template_errors, requests: in the window of its rate limit, last_alert_at: µs, without demos, beat_at: µs;
// null: none}. {} for none: one that was just deleted. Threads: any; the snapshot that holds `i` is held by the caller.
#pragma once
#include "base/buf.h"
#include "base/env.h"
#include "engine/config.h"

void source_facts(const struct config_integration *i, env *clock, buf *out);
