// Brings the schema up to date: core/schema/NNNN_*.sql in order, each in one transaction.
//
// The number of the last one is PRAGMA user_version. A migration that an older program could not live with sets the
// `setting` row oldest_reader to the oldest schema number whose program may still open the database.
#include "base/buf.h"
#include "store/connection.h"
#include <stdio.h>
#include <stdlib.h>

#define FOLDER         "core/schema/"
#define APPLICATION_ID 0x746f6373 // "tocs": says in the file's header whose database it is

static int number_of(const struct asset *a) {
    return str_starts(str_of(a->name), STR(FOLDER)) ? atoi(a->name + strlen(FOLDER)) : 0;
}

static const struct asset *find(const struct asset *list, int number) {
    for (const struct asset *a = list; a->name; a++)
        if (number_of(a) == number) return a;
    return NULL;
}

static int newest(const struct asset *list) {
    int n = 0;
    while (find(list, n + 1)) n++;
    return n;
}

static err ask_int(store *s, const char *sql, int64_t otherwise, int64_t *out, struct why *why) {
    sqlite3_stmt *raw = NULL;
    int rc = sqlite3_prepare_v2(s->db, sql, -1, &raw, NULL);
    if (rc == SQLITE_OK) rc = sqlite3_step(raw);
    int64_t value = rc == SQLITE_ROW ? sqlite3_column_int64(raw, 0) : otherwise;
    sqlite3_finalize(raw);
    err e = store_error(s, rc, sql, why);
    if (!e) *out = value;
    return e;
}

static err put_setting(store *s, const char *name, const char *value, struct why *why) {
    char *sql = sqlite3_mprintf("INSERT INTO setting(name, value) VALUES (%Q, %Q)", name, value);
    CHECK(sql);
    err e = store_exec(s, sql, why);
    sqlite3_free(sql);
    return e;
}

static err put_key(store *s, const char *name, struct why *why) {
    unsigned char key[16];
    char hex[33];
    env_random(s->env, key, sizeof key);
    for (size_t i = 0; i < sizeof key; i++) snprintf(hex + 2 * i, 3, "%02x", key[i]);
    return put_setting(s, name, hex, why);
}

static err put_first_settings(store *s, struct why *why) {
    err e = put_key(s, "id_key", why);
    if (!e) e = put_key(s, "group_key", why);
    if (!e) e = put_setting(s, "oldest_reader", "1", why);
    return e;
}

static err check_references(store *s, const struct asset *a, struct why *why) {
    int64_t lost = 0;
    err e = ask_int(s, "SELECT count(*) FROM pragma_foreign_key_check", 0, &lost, why);
    if (!e && lost)
        e = why_set(why, ERR_CONFLICT, "%s would leave %lld rows that refer to missing ones; nothing was changed.",
                    a->name, (long long)lost);
    return e;
}

static err apply_inside(store *s, const struct asset *a, int number, struct why *why) {
    char mark[96];
    snprintf(mark, sizeof mark, "PRAGMA user_version=%d; PRAGMA application_id=%d", number, APPLICATION_ID);
    CHECK(a->data[a->size] == 0);
    err e = store_exec(s, a->data, why);
    if (!e && number == 1) e = put_first_settings(s, why);
    if (!e) e = check_references(s, a, why);
    return e ? e : store_exec(s, mark, why);
}

static err apply(store *s, const struct asset *a, int number, struct why *why) {
    // With foreign keys on, rebuilding a parent table deletes its children; inside a transaction the switch does nothing.
    err e = store_exec(s, "PRAGMA foreign_keys=OFF; BEGIN IMMEDIATE", why);
    if (!e) e = apply_inside(s, a, number, why);
    if (!e) e = store_exec(s, "COMMIT", why);
    if (e && !sqlite3_get_autocommit(s->db)) store_exec(s, "ROLLBACK", NULL);
    err on = store_exec(s, "PRAGMA foreign_keys=ON", e ? NULL : why);
    if (!e) LOG(s->log, LOG_INFO, "schema_migrated", LOG_Z("file", a->name), LOG_N("version", number));
    return e ? e : on;
}

static err refuse_foreign(store *s, int64_t version, struct why *why) {
    int64_t tables = 0, owner = 0;
    err e = ask_int(s, "SELECT count(*) FROM sqlite_schema", 0, &tables, why);
    if (!e) e = ask_int(s, "PRAGMA application_id", 0, &owner, why);
    if (e || owner == APPLICATION_ID || (version == 0 && tables == 0 && owner == 0)) return e;
    return why_set(why, ERR_INVALID, "%s is not a database of tocsin. Choose another folder with --data.", s->path);
}

err migrate_check(store *s, const struct asset *list, struct why *why) {
    int64_t version = 0, oldest = 0;
    int known = newest(list);
    err e = ask_int(s, "PRAGMA user_version", 0, &version, why);
    if (!e) e = refuse_foreign(s, version, why);
    if (!e && s->mode == STORE_READ && version == 0)
        return why_set(why, ERR_NOT_FOUND, "The database %s is empty. Start the server once to fill it.", s->path);
    if (e || version <= known) return e;
    e = ask_int(s, "SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'oldest_reader'", version, &oldest, why);
    if (e || oldest <= known) return e;
    return why_set(
        why, ERR_UNSUPPORTED,
        "The database %s was written by a newer tocsin: it has schema %lld, and this program knows up to %d. "
        "Start the newer program, or restore a backup from before the upgrade.",
        s->path, (long long)version, known);
}

err migrate(store *s, const struct asset *list, struct why *why) {
    int64_t version = 0;
    err e = migrate_check(s, list, why);
    if (!e) e = ask_int(s, "PRAGMA user_version", 0, &version, why);
    for (int n = (int)version + 1; !e && find(list, n); n++) e = apply(s, find(list, n), n, why);
    return e;
}
