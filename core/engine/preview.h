// What is still to come for a group if nobody does anything: its escalation, the pages and the timers, walked ahead by the
// rules that the engine itself follows, on a clock of its own.
//
// Purpose: "who is called next, when, by what?" for people who look at a group. Nothing is written and nothing is sent.
// It is taken that no more alerts come and that every message arrives: one that fails brings the next rule sooner.
// Threads: that of the store, which may be a reading one. Errors: ERR_NOT_FOUND, those of store.h.
//
// The answer is JSON: {"events": [event], "is_truncated": boolean}, in order of time; moments are µs UTC, ids those of rows:
//   step          "step" (from 0), "type", "important", "users", "until" (it waits), "problem" (a reason value), and of what it
//                 names: "schedule", "team", "user_group", "webhook"
//   notification  "user", "channel", "contact_method", "important"
//   page_failed   "user", "channel" or null, "problem"
//   page_withheld "user": of a group that calls nobody
//   webhook       "webhook": one that a step triggered leaves
//   silence_ended, acknowledge_reminder, acknowledge_timed_out, resolved ("problem": null), unanswered
// Each has "at" and "event".
#pragma once
#include "base/buf.h"
#include "store/store.h"

err preview_group(store *s, int64_t group_id, int64_t now, buf *out, struct why *why);

// The same for a group that would open now and escalate by this chain. It has no route, so no rooms and one alert at most.
err preview_chain(store *s, int64_t chain_id, int64_t now, buf *out, struct why *why);

// Whom the steps of its escalation mean now, whether they have run or are to come: a list of ids, each once, in order of the
// steps. Empty without an escalation.
err preview_users(store *s, int64_t group_id, int64_t now, buf *out, struct why *why);
