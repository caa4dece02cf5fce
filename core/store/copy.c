#include "store/copy.h"
#include "base/arena.h"
#include "base/buf.h"
#include "store/connection.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#define TRIES 5

struct copy {
    const char *from, *to;
    int64_t group_id;
    bool is_whole;
    sqlite3 *db; // of `to`, with the other attached as `origin`
    struct why *why;
};

// What has happened, and how people sign in, stays behind. A table that is not named here is configuration.
#define HAPPENED                                                                                               \
    "SELECT name FROM origin.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' AND " \
    "name NOT IN ('alert_group', 'alert', 'group_log', 'job', 'label', 'audit', 'escalation_plan', "           \
    "'plan_step', 'escalation', 'page', 'notification', 'outbox_queue', 'delivery', 'message', "               \
    "'resolution_note', 'webhook_response', 'heartbeat_event', 'schedule_watch', 'export_told', 'account', "   \
    "'session', 'recovery_code', 'sign_in_link', 'group_change'"

// So do, unless it is to be whole, API tokens and heartbeats.
static const char tables_sql[] = HAPPENED ", 'api_token', 'heartbeat')";
static const char whole_sql[] = HAPPENED ")";

static err fail(const struct copy *c, int rc) {
    return why_set(c->why, (rc & 0xff) == SQLITE_CANTOPEN ? ERR_NOT_FOUND : ERR_IO,
                   "The database of %s cannot be copied: %s.", c->from, sqlite3_errmsg(c->db));
}

static err run(const struct copy *c, const char *sql) {
    int rc = sqlite3_exec(c->db, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? ERR_OK : fail(c, rc);
}

static err ask_int(const struct copy *c, const char *sql, int64_t *out) {
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(c->db, sql, -1, &st, NULL);
    if (rc == SQLITE_OK) rc = sqlite3_step(st);
    if (rc == SQLITE_ROW) *out = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return rc == SQLITE_ROW ? ERR_OK : fail(c, rc);
}

// A path as a URI, so that it can be opened for reading only.
static void put_uri(buf *b, const char *dir, bool is_live) {
    buf_lit(b, "file:");
    for (const char *p = dir; *p; p++) {
        if (strchr("?#%", *p)) buf_printf(b, "%%%02X", (unsigned)(unsigned char)*p);
        else buf_char(b, *p);
    }
    // A file that nobody has open would otherwise get a log and an index beside it.
    buf_printf(b, "/tocsin.db?mode=ro%s", is_live ? "" : "&immutable=1");
    buf_char(b, 0);
}

static err attach(const struct copy *c, bool is_live) {
    buf uri = {0};
    sqlite3_stmt *st = NULL;
    put_uri(&uri, c->from, is_live);
    int rc = sqlite3_prepare_v2(c->db, "ATTACH $1 AS origin", -1, &st, NULL);
    if (rc == SQLITE_OK) rc = sqlite3_bind_text(st, 1, uri.ptr, -1, SQLITE_STATIC);
    if (rc == SQLITE_OK) rc = sqlite3_step(st);
    sqlite3_finalize(st);
    buf_free(&uri);
    return rc == SQLITE_DONE ? ERR_OK : fail(c, rc);
}

static err check_version(const struct copy *c) {
    int64_t own = 0, other = 0, own_name = 0, other_name = 0;
    err e = ask_int(c, "PRAGMA main.user_version", &own);
    if (e == ERR_OK) e = ask_int(c, "PRAGMA origin.user_version", &other);
    if (e == ERR_OK) e = ask_int(c, "PRAGMA main.application_id", &own_name);
    if (e == ERR_OK) e = ask_int(c, "PRAGMA origin.application_id", &other_name);
    if (e != ERR_OK) return e;
    if (own_name != other_name)
        return why_set(c->why, ERR_INVALID, "%s/tocsin.db is not a database of tocsin, or an empty one.", c->from);
    if (own == other) return ERR_OK;
    return why_set(c->why, ERR_UNSUPPORTED,
                   "The database of %s has schema %lld, and this program has %lld. Use the program that serves it, or "
                   "start the server of this one once.",
                   c->from, (long long)other, (long long)own);
}

static err copy_table(const struct copy *c, const char *name) {
    char *sql = sqlite3_mprintf("DELETE FROM main.\"%w\"; INSERT INTO main.\"%w\" SELECT * FROM origin.\"%w\"", name,
                                name, name);
    CHECK(sql);
    err e = run(c, sql);
    sqlite3_free(sql);
    return e;
}

static err copy_tables(const struct copy *c) {
    sqlite3_stmt *st = NULL;
    err e = ERR_OK;
    int rc = sqlite3_prepare_v2(c->db, c->is_whole ? whole_sql : tables_sql, -1, &st, NULL);
    while (rc == SQLITE_OK && e == ERR_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
        e = copy_table(c, (const char *)sqlite3_column_text(st, 0));
        rc = SQLITE_OK;
    }
    if (e == ERR_OK && rc != SQLITE_DONE) e = fail(c, rc);
    sqlite3_finalize(st);
    return e == ERR_OK && c->is_whole ? run(c, "DELETE FROM main.sqlite_sequence; INSERT INTO main.sqlite_sequence "
                                               "SELECT * FROM origin.sqlite_sequence")
                                      : e;
}

// Windows come along with the groups that collect; what looks at them when is made anew, and no group is in one.
static err copy_windows(const struct copy *c) {
    return run(c, "UPDATE main.maintenance SET job_at = NULL;"
                  "INSERT INTO main.alert_group SELECT * FROM origin.alert_group WHERE id IN "
                  "(SELECT alert_group_id FROM main.maintenance WHERE state = 'running')");
}

// Closed, so that no alert joins it.
static err copy_group(const struct copy *c) {
    if (!c->group_id) return ERR_OK;
    char *sql = sqlite3_mprintf("INSERT INTO main.alert_group SELECT * FROM origin.alert_group WHERE id = %lld "
                                "ON CONFLICT DO NOTHING;"
                                "UPDATE main.alert_group SET is_open = 0, maintenance_id = NULL, root_id = NULL "
                                "WHERE id = %lld;"
                                "INSERT INTO main.alert SELECT * FROM origin.alert WHERE id = "
                                "(SELECT last_alert_id FROM main.alert_group WHERE id = %lld)",
                                (long long)c->group_id, (long long)c->group_id, (long long)c->group_id);
    CHECK(sql);
    err e = run(c, sql);
    sqlite3_free(sql);
    return e;
}

static buf path_in(const char *dir, const char *name) {
    buf b = {0};
    buf_printf(&b, "%s/%s", dir, name);
    buf_char(&b, 0);
    return b;
}

static err copy_all(struct copy *c, bool is_live) {
    buf path = path_in(c->to, "tocsin.db");
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;
    int rc = sqlite3_open_v2(path.ptr, &c->db, flags, NULL);
    buf_free(&path);
    err e = rc == SQLITE_OK ? attach(c, is_live) : fail(c, rc);
    sqlite3_busy_timeout(c->db, 5000);
    if (e == ERR_OK) e = run(c, "PRAGMA synchronous=OFF; PRAGMA foreign_keys=OFF; BEGIN");
    if (e == ERR_OK) e = check_version(c);
    if (e == ERR_OK) e = copy_tables(c);
    if (e == ERR_OK) e = copy_windows(c);
    if (e == ERR_OK) e = copy_group(c);
    if (e == ERR_OK) e = run(c, "COMMIT");
    sqlite3_close(c->db);
    c->db = NULL;
    return e;
}

// Whoever has the database open keeps a log beside it.
static bool is_open_elsewhere(const char *dir) {
    buf path = path_in(dir, "tocsin.db-wal");
    bool is_there = access(path.ptr, F_OK) == 0;
    buf_free(&path);
    return is_there;
}

static err link_key(const struct copy *c) {
    buf target = path_in(c->from, "secret.key"), name = path_in(c->to, "secret.key");
    bool is_there = access(target.ptr, F_OK) == 0;
    bool is_done = !is_there || symlink(target.ptr, name.ptr) == 0;
    int error = errno;
    buf_free(&target);
    buf_free(&name);
    return is_done ? ERR_OK : why_set(c->why, ERR_IO, "Cannot write in %s: %s.", c->to, strerror(error));
}

static err make_empty(const char *dir, struct why *why) {
    env *own = env_new(NULL);
    store *s = NULL;
    struct store_options options = {.dir = dir, .mode = STORE_WRITE, .env = own};
    err e = store_open(&options, &s, why);
    store_close(s);
    env_free(own);
    return e;
}

err store_copy(const char *from, const char *to, int64_t group_id, bool is_whole, struct why *why) {
    char whole[PATH_MAX];
    if (!realpath(from, whole)) return why_set(why, ERR_NOT_FOUND, "%s: %s", from, strerror(errno));
    struct copy c = {.from = whole, .to = to, .group_id = group_id, .is_whole = is_whole, .why = why};
    err e = make_empty(to, why);
    if (e != ERR_OK) return e;
    for (int i = 0; i < TRIES; i++) {
        bool is_live = is_open_elsewhere(whole);
        e = copy_all(&c, is_live);
        if (is_live || !is_open_elsewhere(whole))
            break; // else a server has started meanwhile: what was read may be torn
    }
    return e == ERR_OK ? link_key(&c) : e;
}
