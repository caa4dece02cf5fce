// SQLite's result codes in our words: the only place that translates them.
#include "store/connection.h"
#include <errno.h>

static err conflict(store *s, int rc, struct why *why) {
    const char *text = sqlite3_errmsg(s->db), *colon = strrchr(text, ':');
    const char *columns = colon ? colon + 2 : text;
    switch (rc) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID: return why_set(why, ERR_CONFLICT, "Another row already has this %s.", columns);
    case SQLITE_CONSTRAINT_NOTNULL: return why_set(why, ERR_CONFLICT, "%s must not be null.", columns);
    case SQLITE_CONSTRAINT_FOREIGNKEY:
        return why_set(why, ERR_CONFLICT, "The row refers to one that is not there, or is still referred to.");
    default: return why_set(why, ERR_CONFLICT, "The row is not allowed: %s.", text);
    }
}

static err broken(const store *s, struct why *why) {
    return why_set(why, ERR_IO,
                   "Writing %s failed, so nothing more is stored. Check the disk (see the kernel's log), then restart.",
                   s->path);
}

static bool is_out_of_space(const store *s, int rc) {
    int cause = (rc & 0xff) == SQLITE_IOERR ? sqlite3_system_errno(s->db) : 0;
    return (rc & 0xff) == SQLITE_FULL || cause == ENOSPC || cause == EDQUOT;
}

static err unexpected(store *s, err e, const char *sql, struct why *why) {
    const char *text = sqlite3_errmsg(s->db);
    LOG(s->log, LOG_ERROR, "statement_failed", LOG_Z("error", err_name(e)), LOG_Z("message", text),
        LOG_Z("statement", sql ? sql : ""), LOG_Z("file", s->path));
    if (e == ERR_CORRUPT)
        return why_set(why, e,
                       "The database %s is damaged (%s). Restore a backup, or salvage it with sqlite3's .recover.",
                       s->path, text);
    return why_set(why, e, "The database %s refused a statement: %s.", s->path, text);
}

static err translate(store *s, int rc, const char *sql, struct why *why) {
    if (vfs_is_broken(s->files)) return broken(s, why);
    if (is_out_of_space(s, rc))
        return why_set(why, ERR_DISK_FULL, "The disk that holds %s is full. Free some space on it.", s->path);
    switch (rc & 0xff) {
    case SQLITE_CONSTRAINT: return conflict(s, rc, why);
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return why_set(why, ERR_BUSY, "Another program holds the database %s.", s->path);
    case SQLITE_INTERRUPT:
        return why_set(why, ERR_TIMEOUT, "The question took longer than %d ms. Ask for less.", s->read_timeout_ms);
    case SQLITE_TOOBIG: return why_set(why, ERR_LIMIT, "A value is too large to be stored.");
    case SQLITE_NOMEM: return why_set(why, ERR_MEMORY, "The database ran out of memory.");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return unexpected(s, ERR_CORRUPT, sql, why);
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM: return unexpected(s, ERR_IO, sql, why);
    case SQLITE_READONLY: return unexpected(s, s->mode == STORE_READ ? ERR_SCRIPT : ERR_IO, sql, why);
    default: return unexpected(s, ERR_SCRIPT, sql, why);
    }
}

err store_error(store *s, int rc, const char *sql, struct why *why) {
    if (rc == SQLITE_OK || rc == SQLITE_ROW || rc == SQLITE_DONE) return ERR_OK;
    err e = translate(s, rc, sql, why);
    if (e != ERR_CONFLICT) s->last_error = e;
    return e;
}
