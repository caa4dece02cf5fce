// Items whose rows can be recognised afterwards, and a book of what was answered about each.
//
// Purpose: an item writes one to three alerts and counts them in one of eight groups, in one apply. `ledger_check` asks
// a reopened store whether every answered item is there exactly once, every other one wholly or not at all.
// Threads: items may be answered on the commit thread while the sender pushes; check when it is stopped.
#pragma once
#include "store/commit.h"

typedef struct ledger ledger;

struct ledger_findings {
    uint64_t lost, doubled, torn, miscounted, corrupt;
};

ledger *ledger_new(uint64_t seed, bool is_early_answer); // early: answers before the commit, which must be caught
void ledger_free(ledger *l);
void ledger_clear(ledger *l);
// A new item with the given class; it answers into the book. The result is that of the push.
err ledger_push(ledger *l, commit *c, enum commit_class class, int64_t lane);
// After a check the book holds what the database holds.
struct ledger_findings ledger_check(ledger *l, store *s);
bool ledger_is_clean(const struct ledger_findings *f);
uint64_t ledger_count(ledger *l, err result); // items answered so
uint64_t ledger_unanswered(ledger *l);
uint64_t ledger_random(ledger *l, uint64_t below);
