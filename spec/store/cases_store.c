// Cases of opening, migrating and running statements.
#include "base/buf.h"
#include "cases.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static err run(store *s, arena *a, const char *sql, struct store_rows *rows, struct why *why) {
    return store_run(s, a, sql, NULL, 0, 0, rows, why);
}

static err try_open(const char *dir, enum store_mode mode, struct why *why) {
    store *s = NULL;
    struct store_options o = {.dir = dir, .mode = mode, .env = case_env()};
    err e = store_open(&o, &s, why);
    store_close(s);
    return e;
}

void case_second_server(const char *dir) {
    store *first = case_open(dir, STORE_WRITE);
    struct why why = {0};
    EXPECT(try_open(dir, STORE_WRITE, &why) == ERR_BUSY);
    char pid[64];
    snprintf(pid, sizeof pid, "in use by another tocsin (process %ld)", (long)getpid());
    case_says(&why, pid);
    store_close(first);
    EXPECT(try_open(dir, STORE_WRITE, &why) == ERR_OK);
}

void case_data_folder(const char *dir) {
    char inner[512];
    snprintf(inner, sizeof inner, "%s/data", dir);
    umask(0);
    store_close(case_open(inner, STORE_WRITE));
    struct stat st;
    EXPECT(stat(inner, &st) == 0 && (st.st_mode & 0777) == 0700);
    snprintf(inner, sizeof inner, "%s/data/tocsin.db", dir);
    EXPECT(stat(inner, &st) == 0 && (st.st_mode & 0777) == 0600);
    snprintf(inner, sizeof inner, "%s/missing/data", dir);
    struct why why = {0};
    EXPECT(try_open(inner, STORE_WRITE, &why) == ERR_IO);
    case_says(&why, "Cannot make the data folder");
}

void case_first_start(const char *dir) {
    struct why why = {0};
    EXPECT(try_open(dir, STORE_READ, &why) == ERR_NOT_FOUND);
    case_says(&why, "Start the server once");
    store *s = case_open(dir, STORE_WRITE);
    struct ids ids = *store_ids(s);
    EXPECT(case_ask(s, "SELECT length(value) FROM setting WHERE name = 'group_key'") == 32);
    EXPECT(case_ask(s, "SELECT count(DISTINCT value) FROM setting WHERE name IN ('id_key', 'group_key')") == 2);
    EXPECT(store_setting_int(s, "oldest_reader", -1) == 1);
    EXPECT(store_setting_int(s, "no_such_setting", 42) == 42);
    EXPECT(case_ask(s, "PRAGMA synchronous") == 2 && case_ask(s, "PRAGMA foreign_keys") == 1);
    EXPECT(case_ask(s, "PRAGMA wal_autocheckpoint") == 0 && case_ask(s, "PRAGMA trusted_schema") == 0);
    store_close(s);
    s = case_open(dir, STORE_WRITE);
    EXPECT(memcmp(&ids, store_ids(s), sizeof ids) == 0); // kept
    store_close(s);
}

#define SQL_FILE(n, text) \
    { .name = "core/schema/000" #n "_x.sql", .data = "" text, .size = sizeof(text) - 1 }
#define FIRST                                                                                \
    SQL_FILE(1, "CREATE TABLE setting(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;\n" \
                "CREATE TABLE parent(id INTEGER PRIMARY KEY) STRICT;\n"                      \
                "CREATE TABLE child(id INTEGER PRIMARY KEY, parent_id INTEGER NOT NULL "     \
                "REFERENCES parent(id) ON DELETE CASCADE) STRICT;\n"                         \
                "INSERT INTO parent VALUES (1), (2); INSERT INTO child VALUES (1, 1), (2, 2);")
// Rebuilds the parent, as changing a column needs.
#define SECOND                                                                           \
    SQL_FILE(2, "CREATE TABLE new_parent(id INTEGER PRIMARY KEY, name TEXT) STRICT;\n"   \
                "INSERT INTO new_parent(id) SELECT id FROM parent; DROP TABLE parent;\n" \
                "ALTER TABLE new_parent RENAME TO parent;")

// A connection without a schema, as store_open has it before it migrates.
static store *open_bare(const char *dir) {
    store *s = NEW(store);
    s->env = case_env();
    s->mode = STORE_WRITE;
    s->files = vfs_new(NULL);
    s->path = mem_alloc(600);
    snprintf(s->path, 600, "%s/bare.db", dir);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    CHECK(sqlite3_open_v2(s->path, &s->db, flags, vfs_name(s->files)) == SQLITE_OK);
    CHECK(store_exec(s, "PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON", NULL) == ERR_OK);
    return s;
}

void case_migrations(const char *dir) {
    const struct asset first[] = {{.name = "lua/x.lua", .data = "", .size = 0}, FIRST, {0}};
    const struct asset second[] = {SECOND, FIRST, {0}}; // in order of number, not of the list
    const struct asset wrong[] = {
        FIRST, SECOND, SQL_FILE(3, "DELETE FROM child; CREATE TABLE parent(id INTEGER)"), {0}};
    const struct asset orphan[] = {FIRST, SECOND, SQL_FILE(3, "DELETE FROM parent WHERE id = 2"), {0}};
    struct why why = {0};
    store *s = open_bare(dir);
    EXPECT(migrate(s, first, &why) == ERR_OK && case_ask(s, "PRAGMA user_version") == 1);
    EXPECT(migrate(s, second, &why) == ERR_OK && case_ask(s, "PRAGMA user_version") == 2);
    EXPECT(case_ask(s, "SELECT count(*) FROM child") == 2); // the dropped parent took no child along
    EXPECT(migrate(s, wrong, &why) == ERR_SCRIPT);
    EXPECT(case_ask(s, "SELECT count(*) FROM child") == 2 && case_ask(s, "PRAGMA user_version") == 2);
    EXPECT(migrate(s, orphan, &why) == ERR_CONFLICT);
    case_says(&why, "core/schema/0003_x.sql would leave 1 rows that refer to missing ones");
    EXPECT(case_ask(s, "SELECT count(*) FROM parent") == 2 && case_ask(s, "PRAGMA user_version") == 2);
    EXPECT(case_ask(s, "PRAGMA foreign_keys") == 1);
    store_close(s);
}

void case_newer_schema(const char *dir) {
    const struct asset first[] = {FIRST, {0}}, second[] = {FIRST, SECOND, {0}};
    struct why why = {0};
    store *s = open_bare(dir);
    EXPECT(migrate(s, second, &why) == ERR_OK);
    EXPECT(migrate(s, first, &why) == ERR_OK); // expanded only: the previous program still starts
    EXPECT(store_exec(s, "UPDATE setting SET value = '2' WHERE name = 'oldest_reader'", &why) == ERR_OK);
    EXPECT(migrate(s, first, &why) == ERR_UNSUPPORTED);
    case_says(&why, "written by a newer tocsin: it has schema 2, and this program knows up to 1");
    EXPECT(migrate(s, second, &why) == ERR_OK);
    store_close(s);
}

void case_foreign_database(const char *dir) {
    char path[512];
    snprintf(path, sizeof path, "%s/tocsin.db", dir);
    sqlite3 *db = NULL;
    CHECK(sqlite3_open(path, &db) == SQLITE_OK);
    CHECK(sqlite3_exec(db, "CREATE TABLE somebody_elses(x)", NULL, NULL, NULL) == SQLITE_OK);
    sqlite3_close(db);
    struct why why = {0};
    EXPECT(try_open(dir, STORE_WRITE, &why) == ERR_INVALID);
    case_says(&why, "is not a database of tocsin");
}

void case_values(const char *dir) {
    store *s = case_open(dir, STORE_WRITE);
    arena *a = arena_new();
    struct store_rows rows;
    struct store_value args[] = {
        SV_TEXT(((str){"a\0b", 3})),      SV_BLOB(STR("\xff\x00x")), SV_INT(INT64_MIN), SV_NULL, SV_TEXT(STR("")),
        {.type = STORE_REAL, .real = 0.1}};
    const char *sql = "SELECT $1 AS text, $2 AS blob, $3 AS number, $4 AS missing, $5 AS empty, $6 AS fraction";
    for (int i = 0; i < 2; i++) { // the second time from the cache, with nothing left of the first
        EXPECT(store_run(s, a, sql, args, 6, 0, &rows, NULL) == ERR_OK);
        EXPECT(rows.count == 1 && rows.columns == 6 && rows.changes == 0 && strcmp(rows.names[3], "missing") == 0);
        struct store_value *v = rows.values;
        EXPECT(v[0].type == STORE_TEXT && str_is(v[0].text, args[0].text));
        EXPECT(v[1].type == STORE_BLOB && str_is(v[1].text, args[1].text));
        EXPECT(v[2].type == STORE_INT && v[2].integer == INT64_MIN && v[3].type == STORE_NULL);
        EXPECT(v[4].type == STORE_TEXT && v[4].text.len == 0 && v[4].text.ptr);
        EXPECT(v[5].type == STORE_REAL && v[5].real > 0.09 && v[5].real < 0.11);
    }
    sql = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 1000) SELECT x, x * 2 FROM c";
    EXPECT(run(s, a, sql, &rows, NULL) == ERR_OK && rows.count == 1000 && rows.values[1999].integer == 2000);
    EXPECT(store_run(s, a, sql, NULL, 0, 7, &rows, NULL) == ERR_OK && rows.count == 7);
    EXPECT(run(s, a, "SELECT 1 AS one WHERE 0", &rows, NULL) == ERR_OK && rows.count == 0 && rows.columns == 1);
    EXPECT(run(s, a, "INSERT INTO team(name) VALUES ('a'), ('b') RETURNING id, name", &rows, NULL) == ERR_OK);
    EXPECT(rows.count == 2 && rows.changes == 2 && rows.values[2].integer == 2);
    EXPECT(run(s, a, "DELETE FROM team WHERE name = 'c'", &rows, NULL) == ERR_OK && rows.changes == 0);
    arena_free(a);
    store_close(s);
}

void case_bad_statements(const char *dir) {
    store *s = case_open(dir, STORE_WRITE);
    arena *a = arena_new();
    struct store_rows rows = {.count = 99}, other;
    struct why why = {0};
    struct store_value one = SV_INT(1);
    EXPECT(run(s, a, "SELEC 1", &rows, &why) == ERR_SCRIPT);
    case_says(&why, "near \"SELEC\"");
    EXPECT(run(s, a, "SELECT 1; SELECT 2", &rows, &why) == ERR_SCRIPT);
    case_says(&why, "Exactly one statement");
    EXPECT(run(s, a, "  ", &rows, &why) == ERR_SCRIPT);
    EXPECT(run(s, a, "SELECT $1", &rows, &why) == ERR_SCRIPT);
    case_says(&why, "takes 1 values and was given 0");
    EXPECT(store_run(s, a, "SELECT $2", &one, 1, 0, &rows, &why) == ERR_SCRIPT);
    case_says(&why, "in order of use");
    EXPECT(store_run(s, a, "SELECT ?", &one, 1, 0, &rows, &why) == ERR_SCRIPT);
    EXPECT(run(s, a, "SELECT \"no_such_column\"", &rows, &why) == ERR_SCRIPT); // not a string, as by default
    EXPECT(run(s, a, "PRAGMA writable_schema=ON", &other, &why) == ERR_OK);
    EXPECT(run(s, a, "DELETE FROM sqlite_schema", &rows, &why) == ERR_SCRIPT);
    EXPECT(run(s, a, "SELECT load_extension('x')", &rows, &why) == ERR_SCRIPT);
    EXPECT(rows.count == 99); // untouched by errors
    arena_free(a);
    store_close(s);
}

void case_many_statements(const char *dir) {
    store *s = case_open(dir, STORE_WRITE);
    arena *a = arena_new();
    struct store_rows rows;
    store_stmt *kept = store_prepare(s, "SELECT 7");
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 3 * STATEMENTS_MAX; i++) {
            char sql[64];
            snprintf(sql, sizeof sql, "SELECT %d", i);
            EXPECT(run(s, a, sql, &rows, NULL) == ERR_OK && rows.values[0].integer == i);
        }
    EXPECT(s->statements.count == STATEMENTS_MAX);
    bool has_row = false;
    EXPECT(store_prepare(s, "SELECT 7") == kept);
    EXPECT(store_step(kept, &has_row) == ERR_OK && has_row && store_column_int(kept, 0) == 7);
    EXPECT(run(s, a, "SELECT 7", &rows, NULL) == ERR_OK && rows.values[0].integer == 7); // while the handle is in use
    EXPECT(store_step(kept, &has_row) == ERR_OK && !has_row);
    store_reset(kept);
    arena_free(a);
    store_close(s);
}

void case_conflicts(const char *dir) {
    store *s = case_open(dir, STORE_WRITE);
    arena *a = arena_new();
    struct store_rows rows;
    struct why why = {0};
    EXPECT(run(s, a, "INSERT INTO team(name) VALUES ('ops')", &rows, &why) == ERR_OK);
    EXPECT(run(s, a, "INSERT INTO team(name) VALUES ('ops')", &rows, &why) == ERR_CONFLICT);
    case_says(&why, "Another row already has this team.name.");
    EXPECT(run(s, a, "INSERT INTO team(name) VALUES (NULL)", &rows, &why) == ERR_CONFLICT);
    case_says(&why, "team.name must not be null.");
    EXPECT(run(s, a, "INSERT INTO escalation_chain(name, team_id) VALUES ('x', 77)", &rows, &why) == ERR_CONFLICT);
    case_says(&why, "refers to one that is not there");
    EXPECT(run(s, a, "UPDATE team SET is_sharing_resources = 'yes'", &rows, &why) == ERR_CONFLICT);
    EXPECT(run(s, a, "SELECT name FROM team", &rows, &why) == ERR_OK && rows.count == 1);
    arena_free(a);
    store_close(s);
}

void case_reader(const char *dir) {
    store *w = case_open(dir, STORE_WRITE), *r = NULL;
    struct store_options o = {.dir = dir, .mode = STORE_READ, .env = case_env(), .read_timeout_ms = 100};
    EXPECT(store_open(&o, &r, NULL) == ERR_OK);
    EXPECT(memcmp(store_ids(w), store_ids(r), sizeof(struct ids)) == 0);
    arena *a = arena_new();
    struct store_rows rows;
    struct why why = {0};
    EXPECT(run(w, a, "INSERT INTO team(name) VALUES ('a')", &rows, NULL) == ERR_OK);
    EXPECT(case_ask(r, "SELECT count(*) FROM team") == 1);
    EXPECT(run(r, a, "DELETE FROM team", &rows, &why) == ERR_SCRIPT);
    int64_t start = clock_ns();
    EXPECT(run(r, a, "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c", &rows,
               &why) == ERR_TIMEOUT);
    EXPECT(clock_ns() - start > 90 * INT64_C(1000000) && clock_ns() - start < 10 * INT64_C(1000000000));
    case_says(&why, "longer than 100 ms");
    EXPECT(case_ask(r, "SELECT count(*) FROM team") == 1); // its clock starts anew
    // A reader that closes last leaves the log alone.
    EXPECT(run(w, a, "INSERT INTO team(name) VALUES ('b')", &rows, NULL) == ERR_OK);
    EXPECT(case_ask(r, "SELECT count(*) FROM team") == 2);
    arena_free(a);
    store_close(r);
    store_close(w);
}

void case_damaged(const char *dir) {
    store *s = case_open(dir, STORE_WRITE);
    char path[512];
    snprintf(path, sizeof path, "%s/tocsin.db", dir);
    for (int i = 0; i < 200; i++)
        EXPECT(store_exec(s,
                          "INSERT INTO alert(alert_group_id, received_at, payload) "
                          "VALUES (1, 1, zeroblob(3000))",
                          NULL) == ERR_OK);
    store_close(s);
    int fd = open(path, O_RDWR);
    char junk[4096];
    memset(junk, 0xee, sizeof junk);
    off_t end = lseek(fd, 0, SEEK_END); // the alerts came last
    for (off_t page = 2; page < 22; page++) CHECK(pwrite(fd, junk, sizeof junk, end - page * 4096) == sizeof junk);
    close(fd);
    s = case_open(dir, STORE_WRITE);
    arena *a = arena_new();
    struct store_rows rows;
    struct why why = {0};
    EXPECT(run(s, a, "SELECT sum(length(payload)) FROM alert", &rows, &why) == ERR_CORRUPT);
    case_says(&why, "is damaged");
    arena_free(a);
    store_close(s);
    CHECK(truncate(path, 0) == 0 && (fd = open(path, O_RDWR)) >= 0);
    CHECK(pwrite(fd, junk, sizeof junk, 0) == sizeof junk);
    close(fd);
    EXPECT(try_open(dir, STORE_WRITE, &why) == ERR_CORRUPT);
}
