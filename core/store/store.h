// Rows on disk: opens and migrates the database and runs statements. The only folder that calls SQLite.
//
// Purpose: one `store` is one connection, used by one thread. The commit thread has the only writing one; workers and
// the pager open read-only ones. `store_open` with STORE_CREATE also takes the data folder's lock, so that a second
// server is refused.
// Ownership: text and blobs passed in are borrowed for the call; what a read returns lives in the given arena.
// Errors: SQLite's codes become `err`; ERR_CONFLICT is a broken constraint (why names it), ERR_DISK_FULL, ERR_IO (the
// file layer has latched: nothing more is accepted until a restart), ERR_CORRUPT, ERR_TIMEOUT (a read past its time).
#pragma once
#include "base/arena.h"
#include "base/env.h"
#include "base/err.h"
#include "base/ids.h"
#include "base/log.h"
#include "store/vfs.h"

typedef struct store store;

enum store_mode { STORE_READ, STORE_WRITE, STORE_CHECKPOINT };

struct store_options {
    const char *dir;      // data folder; made (0700) when it is not there and mode is STORE_WRITE
    enum store_mode mode; // STORE_WRITE: lock, create, migrate
    env *env;
    log_t *log;
    int read_timeout_ms; // a read statement is cut after this; 0 means 2000
};

err store_open(const struct store_options *options, store **out, struct why *why);
// A second connection to the files of `first` that only checkpoints, for a thread of its own; closed before the first.
err store_open_beside(store *first, store **out, struct why *why);
void store_close(store *s);                  // accepts NULL
const struct ids *store_ids(const store *s); // key of the public ids of this database

// A value bound to a statement or read from a row.
struct store_value {
    enum { STORE_NULL, STORE_INT, STORE_REAL, STORE_TEXT, STORE_BLOB } type;
    union {
        int64_t integer;
        double real;
        str text; // TEXT and BLOB
    };
};
#define SV_INT(v)  ((struct store_value){.type = STORE_INT, .integer = (v)})
#define SV_TEXT(v) ((struct store_value){.type = STORE_TEXT, .text = (v)})
#define SV_BLOB(v) ((struct store_value){.type = STORE_BLOB, .text = (v)})
#define SV_NULL    ((struct store_value){.type = STORE_NULL})
// Where 0 and the empty text stand for null.
static inline int64_t store_int_of(const struct store_value *v) { return v->type == STORE_INT ? v->integer : 0; }
static inline struct store_value store_int_or_null(int64_t v) { return v ? SV_INT(v) : SV_NULL; }
static inline struct store_value store_text_or_null(str s) { return s.len ? SV_TEXT(s) : SV_NULL; }

struct store_rows {
    size_t count, columns;
    const char **names;         // column names
    struct store_value *values; // count * columns, row by row
    int64_t changes;            // rows changed by a write
};

// Runs one statement with placeholders $1…; statements are prepared once and kept by their text (`sql` must outlive
// the store or be the same text again). Rows are copied into `a`. At most `max_rows` rows (0: no limit).
err store_run(store *s, arena *a, const char *sql, const struct store_value *args, size_t nargs, size_t max_rows,
              struct store_rows *out, struct why *why);

// The hot path: a statement by handle, stepped by hand. Used by the files of store/ that hold typed rows.
typedef struct store_stmt store_stmt;
// Once per connection: the same text gives the same handle. CHECKs that the SQL is right.
store_stmt *store_prepare(store *s, const char *sql);
void store_bind_int(store_stmt *st, int at, int64_t v);
void store_bind_text(store_stmt *st, int at, str v); // {NULL,0} binds NULL; borrowed until store_reset
void store_bind_blob(store_stmt *st, int at, str v);
void store_bind_null(store_stmt *st, int at);
err store_step(store_stmt *st, bool *has_row); // has_row may be NULL for a statement without rows
int64_t store_column_int(store_stmt *st, int at);
str store_column_text(store_stmt *st, int at); // borrowed until the next step or reset; NULL is {NULL,0}
bool store_column_is_null(store_stmt *st, int at);
void store_reset(store_stmt *st);

// Transactions, for the commit thread and migrations only.
err store_begin(store *s);
err store_commit(store *s, struct why *why);
void store_rollback(store *s);
err store_savepoint(store *s);
err store_savepoint_release(store *s);
void store_savepoint_undo(store *s);
err store_transaction_error(const store *s); // ERR_OK while one is open, else what ended it
err store_checkpoint(store *s);              // when the log has grown past 1,000 frames
void store_interrupt(store *s);              // any thread: a checkpoint that runs on this connection ends soon
// Waits 50 ms for readers that keep the log from starting over; `done` as below.
err store_restart_log(store *s, int *done);
err store_sync_database(store *s); // what checkpoints have written so far is on the disk
#define STORE_LOG_STUCK 16384      // frames: readers have kept the log from starting over; they are waited for a moment
int store_log_frames(const store *s); // in the log after the last commit
// What readers allow, whatever the log's length; `done`: frames of the log that the database has now. NULL: not asked.
err store_checkpoint_now(store *s, int *done);
err store_truncate_log(store *s);                  // when idle: an empty log makes a fast start
bool store_is_broken(const store *s);              // a write or sync failed: accept nothing more
bool store_is_full(store *s);                      // asks the file system again after ERR_DISK_FULL
void store_release_ballast(store *s);              // room for people's actions while the disk is full
struct vfs_stats store_file_stats(const store *s); // any thread
int64_t store_setting_int(store *s, const char *name, int64_t otherwise);
