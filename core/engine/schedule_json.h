// Schedules for Lua: a question as JSON, its answer as JSON.
//
// Question: {"what": …, "id": n} about a stored schedule, or {"what": …, "schedule": {…}} about one that is written out:
//   {"id", "type", "name", "timezone", "enable_web_overrides", "shifts": [columns of `shift`, lists as lists; "linked"],
//    "swaps": [{"from", "to", "beneficiary", "benefactor"}], "users": [{"id", "username", "email"}],
//    "copies": {"primary": iCal text, "overrides": iCal text}}
// Answers, by "what"; moments are µs UTC, people ids of user; each has "problem", a sentence or null:
//   final    "from" "to"            {"final": [slot], "gaps": [{from, to}], "empty": [slot]}
//   slots    "from" "to"            {"slots": [slot]}: before anybody gives way
//   on_call  "at" "until"           {"users": [id], "next_at": µs or null, "next": [id]}: the next change before `until`
//   calendar "text" "from" "to"     {"events": [[…]], "count": n, "skipped": n}: the stored form of engine/ical.h
// A slot is {"from", "to", "shift": id or null, "level", "is_override", "is_all_day", "users": [id], "uid", "text"}.
// Threads: that of the store and the zones. Errors: ERR_INVALID for a question that is none, ERR_NOT_FOUND, ERR_LIMIT.
#pragma once
#include "base/buf.h"
#include "base/zone.h"
#include "store/store.h"

err schedule_answer(store *s, zones *z, str question, buf *out, struct why *why); // `s` may be NULL for written ones
