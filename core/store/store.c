#include "store/store.h"
#include "base/buf.h"
#include "base/mem.h"
#include "store/connection.h"
#include <pthread.h>

#define CHECKPOINT_EVERY 1000 // frames: 4 ms; at 64,000 it is 193 ms
#define BUSY_MS          5000

// Settings of every connection. The log is checkpointed by the commit thread alone.
static const char pragmas[] = "PRAGMA journal_mode=WAL;"
                              "PRAGMA synchronous=FULL;"
                              "PRAGMA wal_autocheckpoint=0;"
                              "PRAGMA journal_size_limit=67108864;"
                              "PRAGMA foreign_keys=ON;"
                              "PRAGMA temp_store=MEMORY;"
                              "PRAGMA mmap_size=0;"
                              "PRAGMA secure_delete=FAST;"
                              "PRAGMA cell_size_check=ON;"
                              "PRAGMA cache_size=-65536;";
static const char reader_pragmas[] = "PRAGMA query_only=ON;"
                                     "PRAGMA temp_store=MEMORY;"
                                     "PRAGMA mmap_size=0;"
                                     "PRAGMA cell_size_check=ON;"
                                     "PRAGMA cache_size=-4096;";

static int is_past_deadline(void *arg) {
    const store *s = arg;
    return clock_ns() > s->deadline_ns;
}

static int on_log_grown(void *arg, sqlite3 *db, const char *name, int frames) {
    (void)db, (void)name;
    store *s = arg;
    if (frames < s->log_frames) s->checkpointed = 0; // it started over
    s->log_frames = frames;
    return SQLITE_OK;
}

static void harden(sqlite3 *db, bool leaves_log) {
    static const struct {
        int option, value;
    } options[] = {{SQLITE_DBCONFIG_DEFENSIVE, 1},
                   {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
                   {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
                   {SQLITE_DBCONFIG_DQS_DML, 0},
                   {SQLITE_DBCONFIG_DQS_DDL, 0}};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        CHECK(sqlite3_db_config(db, options[i].option, options[i].value, NULL) == SQLITE_OK);
    CHECK(sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, leaves_log, NULL) == SQLITE_OK);
    sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, 256 * 1024);
    sqlite3_limit(db, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000);
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 1);
    sqlite3_busy_timeout(db, BUSY_MS);
}

static err open_connection(store *s, struct why *why) {
    bool is_reader = s->mode == STORE_READ;
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    flags |= is_reader ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    int rc = sqlite3_open_v2(s->path, &s->db, flags, vfs_name(s->files));
    if (rc == SQLITE_CANTOPEN && is_reader)
        return why_set(why, ERR_NOT_FOUND, "There is no database at %s. Start the server once to make it.", s->path);
    if (rc != SQLITE_OK) return store_error(s, rc, NULL, why);
    harden(s->db, s->mode != STORE_WRITE);
    s->deadline_ns = INT64_MAX;
    err e = store_exec(s, is_reader ? reader_pragmas : pragmas, why);
    // After the pragmas: wal_autocheckpoint takes the hook away.
    if (is_reader) sqlite3_progress_handler(s->db, 1000, is_past_deadline, s);
    else sqlite3_wal_hook(s->db, on_log_grown, s);
    return e;
}

static err load_ids(store *s, struct why *why) {
    store_stmt *st = NULL;
    err e = statement_make(s, "SELECT value FROM setting WHERE name = 'id_key'", &st, why);
    if (e) return e;
    st->next = s->statements.handles;
    s->statements.handles = st;
    bool has_row = false;
    e = store_step(st, &has_row);
    str hex = has_row ? store_column_text(st, 0) : STR("");
    bool is_right = hex.len == 2 * sizeof s->ids.key;
    for (size_t i = 0; is_right && i < hex.len; i++) {
        const char *digits = "0123456789abcdef", *at = memchr(digits, hex.ptr[i], 16);
        if (!at) is_right = false;
        else s->ids.key[i / 2] = (unsigned char)(s->ids.key[i / 2] << 4 | (at - digits));
    }
    store_reset(st);
    if (e || is_right) return e;
    return why_set(why, ERR_CORRUPT, "The database %s has no valid id_key in its settings. Restore a backup.", s->path);
}

static err heal(store *s, struct why *why) {
    bool is_healed = false;
    vfs_set_marker(s->files, s->marker);
    err e = vfs_heal(s->files, s->path, &is_healed, why);
    if (is_healed) LOG(s->log, LOG_WARN, "storage_rewritten", LOG_Z("file", s->path));
    return e;
}

static err open_all(store *s, struct why *why) {
    err e = s->mode == STORE_WRITE ? heal(s, why) : ERR_OK;
    if (!e) e = open_connection(s, why);
    if (!e) e = s->mode == STORE_WRITE ? migrate(s, assets, why) : migrate_check(s, assets, why);
    if (!e) e = load_ids(s, why);
    if (!e && s->folder && !folder_reserve(s->folder))
        LOG(s->log, LOG_WARN, "disk_almost_full", LOG_Z("file", s->path));
    return e;
}

// A name that starts with "file:" would be read as a URI by the system's SQLite; one with a slash never is.
static char *path_in(const char *dir, const char *name) {
    buf b = {0};
    if (dir[0] != '/') buf_lit(&b, "./");
    buf_printf(&b, "%s/%s", dir, name);
    buf_char(&b, 0);
    return b.ptr;
}

static store *make(const struct store_options *o, sqlite3_vfs *base) {
    store *s = NEW(store);
    s->mode = o->mode;
    s->env = o->env;
    s->log = o->log;
    s->read_timeout_ms = o->read_timeout_ms ? o->read_timeout_ms : 2000;
    s->checkpoint_every = CHECKPOINT_EVERY;
    s->path = path_in(o->dir, "tocsin.db");
    s->marker = path_in(o->dir, "storage-failed");
    s->files = vfs_new(base);
    return s;
}

// Memory statistics cost a lock for every allocation of every connection. In a Lua interpreter that has used SQLite
// before, the setting comes too late and is refused: that is as well.
static void configure_library(void) { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

err store_open_on(const struct store_options *options, sqlite3_vfs *base, store **out, struct why *why) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, configure_library);
    store *s = make(options, base);
    err e = options->mode == STORE_WRITE && !base ? folder_open(options->dir, &s->folder, why) : ERR_OK;
    if (!e) e = open_all(s, why);
    if (e) {
        store_close(s);
        return e;
    }
    *out = s;
    return ERR_OK;
}

err store_open(const struct store_options *options, store **out, struct why *why) {
    return store_open_on(options, NULL, out, why);
}

err store_open_beside(store *first, store **out, struct why *why) {
    store *s = NEW(store);
    s->mode = STORE_CHECKPOINT;
    s->env = first->env;
    s->log = first->log;
    s->path = mem_copy(first->path, strlen(first->path));
    s->files = vfs_new_beside(first->files);
    err e = open_connection(s, why);
    if (e) store_close(s);
    else *out = s;
    return e;
}

void store_close(store *s) {
    if (!s) return;
    statements_free(s);
    if (s->db) {
        if (vfs_is_broken(s->files)) sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        CHECK(sqlite3_close(s->db) == SQLITE_OK);
    }
    vfs_free(s->files);
    folder_close(s->folder);
    mem_free(s->path);
    mem_free(s->marker);
    mem_free(s);
}

const struct ids *store_ids(const store *s) { return &s->ids; }
bool store_is_broken(const store *s) { return vfs_is_broken(s->files); }
struct vfs_stats store_file_stats(const store *s) {
    return vfs_stats(s->files);
}

bool store_is_full(store *s) { return s->folder && !folder_reserve(s->folder); }

void store_release_ballast(store *s) {
    if (s->folder) folder_release(s->folder);
}

static err run_verb(store *s, enum store_verb verb, struct why *why) {
    static const char *const sql[] = {
#define X(name, text) text,
        VERB_LIST(X)
#undef X
    };
    store_stmt **st = &s->statements.verbs[verb];
    if (!*st) *st = store_prepare(s, sql[verb]);
    err e = store_error(s, sqlite3_step((*st)->raw), sql[verb], why);
    sqlite3_reset((*st)->raw);
    return e;
}

err store_begin(store *s) {
    s->last_error = ERR_OK;
    return run_verb(s, STORE_BEGIN, NULL);
}

err store_commit(store *s, struct why *why) { return run_verb(s, STORE_COMMIT, why); }

err store_transaction_error(const store *s) {
    if (!sqlite3_get_autocommit(s->db)) return ERR_OK;
    return s->last_error ? s->last_error : ERR_SCRIPT; // without an error a statement must have ended it
}

void store_rollback(store *s) {
    if (!sqlite3_get_autocommit(s->db)) run_verb(s, STORE_ROLLBACK, NULL);
}

err store_savepoint(store *s) { return run_verb(s, STORE_SAVEPOINT, NULL); }
err store_savepoint_release(store *s) { return run_verb(s, STORE_RELEASE, NULL); }

void store_savepoint_undo(store *s) {
    if (sqlite3_get_autocommit(s->db)) return; // SQLite has rolled back everything, the savepoint with it
    run_verb(s, STORE_UNDO, NULL);
    run_verb(s, STORE_RELEASE, NULL);
}

static err checkpoint(store *s, int mode, int wait_ms, int *out) {
    int in_log = 0, done = 0;
    sqlite3_busy_timeout(s->db, wait_ms);
    int rc = sqlite3_wal_checkpoint_v2(s->db, "main", mode, &in_log, &done);
    sqlite3_busy_timeout(s->db, BUSY_MS);
    if (out) *out = done;
    // A reader still needs the log, or somebody else has it to do.
    if ((rc & 0xff) == SQLITE_BUSY || rc == SQLITE_INTERRUPT) return ERR_OK;
    if (rc == SQLITE_OK && mode == SQLITE_CHECKPOINT_TRUNCATE) s->log_frames = s->checkpointed = 0;
    else s->checkpointed = s->log_frames;
    return store_error(s, rc, "checkpoint", NULL);
}

void store_interrupt(store *s) { sqlite3_interrupt(s->db); }

err store_restart_log(store *s, int *done) { return checkpoint(s, SQLITE_CHECKPOINT_RESTART, 50, done); }

err store_checkpoint(store *s) {
    if (s->log_frames - s->checkpointed < s->checkpoint_every) return ERR_OK;
    if (s->log_frames > STORE_LOG_STUCK) return store_restart_log(s, NULL);
    return checkpoint(s, SQLITE_CHECKPOINT_PASSIVE, 0, NULL);
}

err store_checkpoint_now(store *s, int *done) { return checkpoint(s, SQLITE_CHECKPOINT_PASSIVE, 0, done); }

err store_sync_database(store *s) {
    sqlite3_file *file = NULL;
    int rc = sqlite3_file_control(s->db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (rc == SQLITE_OK) rc = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
    return store_error(s, rc, "sync", NULL);
}

int store_log_frames(const store *s) { return s->log_frames; }

err store_truncate_log(store *s) { return s->log_frames ? checkpoint(s, SQLITE_CHECKPOINT_TRUNCATE, 0, NULL) : ERR_OK; }

int64_t store_setting_int(store *s, const char *name, int64_t otherwise) {
    store_stmt *st = store_prepare(s, "SELECT value FROM setting WHERE name = $1");
    store_bind_text(st, 1, str_of(name));
    bool has_row = false;
    int64_t value = otherwise;
    if (store_step(st, &has_row) == ERR_OK && has_row) str_to_int(store_column_text(st, 0), &value);
    store_reset(st);
    return value;
}
