// What the files of store/ share: the inside of a connection. Nobody outside store/ includes it, except its specs.
#pragma once
#include "base/asset.h"
#include "store/folder.h"
#include "store/store.h"
#include "store/vfs.h"
#include <sqlite3.h>

#define STATEMENTS_MAX 256 // kept by text; the least recently used goes

struct store_stmt {
    sqlite3_stmt *raw;
    store *owner;
    char *sql;
    uint64_t hash, used_at;
    bool is_running;
    store_stmt *next; // in its bucket, or in the list of handles
};

// The statements of a transaction, by what they do.
#define VERB_LIST(X)               \
    X(BEGIN, "BEGIN IMMEDIATE")    \
    X(COMMIT, "COMMIT")            \
    X(ROLLBACK, "ROLLBACK")        \
    X(SAVEPOINT, "SAVEPOINT item") \
    X(RELEASE, "RELEASE item")     \
    X(UNDO, "ROLLBACK TO item")
enum store_verb {
#define X(name, sql) STORE_##name,
    VERB_LIST(X)
#undef X
        STORE_VERBS
};

struct statements {
    store_stmt *handles;            // store_prepare: kept until the store closes
    store_stmt *buckets[128];       // store_run: by text
    store_stmt *verbs[STORE_VERBS]; // of `handles`, made at their first use
    size_t count;
    uint64_t tick;
};

struct store {
    sqlite3 *db;
    vfs *files;
    folder *folder; // NULL when reading, or on files that are not in a folder (specs)
    env *env;
    log_t *log;
    enum store_mode mode;
    char *path, *marker;
    struct ids ids;
    struct statements statements;
    int read_timeout_ms;
    int64_t deadline_ns; // of the read that runs
    err last_error;      // of a statement; ERR_CONFLICT is an answer and does not count
    int log_frames;      // in the write-ahead log after the last commit
    int checkpointed;    // log_frames at the last checkpoint
    int checkpoint_every;
};

// Opens on another file layer, without folder, lock and ballast: for the power-cut simulation.
err store_open_on(const struct store_options *options, sqlite3_vfs *base, store **out, struct why *why);

// error.c
err store_error(store *s, int rc, const char *sql, struct why *why); // SQLITE_OK, ROW and DONE are ERR_OK

// statement.c
void statements_free(store *s);
err statement_make(store *s, const char *sql, store_stmt **out, struct why *why);
err store_exec(store *s, const char *sql, struct why *why); // several statements without values

// migrate.c
err migrate(store *s, const struct asset *list, struct why *why);       // applies what is missing
err migrate_check(store *s, const struct asset *list, struct why *why); // may this program read the database?
