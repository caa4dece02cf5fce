// Cases of the store and the commit on real files: each is a function that takes an empty folder.
#pragma once
#include "base/mem.h"
#include "ledger.h"
#include "store/connection.h"
#include <stdio.h>

#define CASE_LIST(X)         \
    X(second_server)         \
    X(data_folder)           \
    X(first_start)           \
    X(migrations)            \
    X(newer_schema)          \
    X(foreign_database)      \
    X(values)                \
    X(bad_statements)        \
    X(many_statements)       \
    X(conflicts)             \
    X(reader)                \
    X(damaged)               \
    X(order_of_turns)        \
    X(atomic_items)          \
    X(bad_item_fails_alone)  \
    X(bounds)                \
    X(committed_before_done) \
    X(batch_time)            \
    X(statistics)            \
    X(threads)               \
    X(checkpoints_beside)    \
    X(log_stays_short)       \
    X(full_disk)             \
    X(failed_sync)           \
    X(slow_disk)

#define X(name) void case_##name(const char *dir);
CASE_LIST(X)
#undef X

// Says where and what, and ends the program with 1.
#define EXPECT(x) ((x) ? (void)0 : case_failed(#x, __FILE__, __LINE__))
_Noreturn void case_failed(const char *what, const char *file, int line);
// The sentence must hold these words.
void case_says(const struct why *why, const char *words);

store *case_open(const char *dir, enum store_mode mode);
env *case_env(void);                         // one for the whole program
int64_t case_ask(store *s, const char *sql); // the first value
