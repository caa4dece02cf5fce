// Statements, prepared once: by handle for the hot path, by text for everything else.
#include "base/mem.h"
#include "store/connection.h"
#include <stdio.h>

static void stmt_free(store_stmt *st) {
    sqlite3_finalize(st->raw);
    mem_free(st->sql);
    mem_free(st);
}

void statements_free(store *s) {
    struct statements *all = &s->statements;
    for (store_stmt *st = all->handles, *next; st; st = next) next = st->next, stmt_free(st);
    for (size_t i = 0; i < sizeof all->buckets / sizeof *all->buckets; i++)
        for (store_stmt *st = all->buckets[i], *next; st; st = next) next = st->next, stmt_free(st);
    *all = (struct statements){0};
}

// SQLite numbers `$1` by first appearance whatever the digit says: out of order, values would land in wrong places.
static bool is_in_order(sqlite3_stmt *raw) {
    for (int i = 1; i <= sqlite3_bind_parameter_count(raw); i++) {
        const char *name = sqlite3_bind_parameter_name(raw, i);
        int64_t number = 0;
        if (!name || name[0] != '$' || !str_to_int(str_of(name + 1), &number) || number != i) return false;
    }
    return true;
}

static bool is_blank(const char *text) { return str_trim(str_of(text)).len == 0; }

err statement_make(store *s, const char *sql, store_stmt **out, struct why *why) {
    sqlite3_stmt *raw = NULL;
    const char *rest = "";
    int rc = sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &raw, &rest);
    if (rc != SQLITE_OK) return store_error(s, rc, sql, why);
    err e = ERR_OK;
    if (!raw || !is_blank(rest)) e = why_set(why, ERR_SCRIPT, "Exactly one statement is expected: %.200s", sql);
    else if (!is_in_order(raw))
        e = why_set(why, ERR_SCRIPT, "Placeholders must be $1, $2 … in order of use: %.200s", sql);
    if (e) {
        sqlite3_finalize(raw);
        return e;
    }
    store_stmt *st = NEW(store_stmt);
    *st = (store_stmt){.raw = raw, .owner = s, .sql = mem_copy(sql, strlen(sql))};
    *out = st;
    return ERR_OK;
}

store_stmt *store_prepare(store *s, const char *sql) {
    for (store_stmt *st = s->statements.handles; st; st = st->next)
        if (strcmp(st->sql, sql) == 0) return st;
    store_stmt *st = NULL;
    struct why why = {0};
    err e = statement_make(s, sql, &st, &why);
    if (e) fprintf(stderr, "%s\n", why.text); // the log's thread would not come to it any more
    CHECK(st);
    st->next = s->statements.handles;
    s->statements.handles = st;
    return st;
}

void store_bind_int(store_stmt *st, int at, int64_t v) { CHECK(sqlite3_bind_int64(st->raw, at, v) == SQLITE_OK); }
void store_bind_null(store_stmt *st, int at) { CHECK(sqlite3_bind_null(st->raw, at) == SQLITE_OK); }

void store_bind_text(store_stmt *st, int at, str v) {
    int rc = sqlite3_bind_text64(st->raw, at, v.ptr, v.len, SQLITE_STATIC, SQLITE_UTF8);
    CHECK(rc == SQLITE_OK || rc == SQLITE_TOOBIG);
}

void store_bind_blob(store_stmt *st, int at, str v) {
    int rc = sqlite3_bind_blob64(st->raw, at, v.ptr, v.len, SQLITE_STATIC);
    CHECK(rc == SQLITE_OK || rc == SQLITE_TOOBIG);
}

// One step; the clock of a reading connection starts with the first.
static int step(store_stmt *st) {
    store *s = st->owner;
    if (!st->is_running && s->mode == STORE_READ) s->deadline_ns = clock_ns() + s->read_timeout_ms * INT64_C(1000000);
    st->is_running = true;
    return sqlite3_step(st->raw);
}

err store_step(store_stmt *st, bool *has_row) {
    int rc = step(st);
    if (rc == SQLITE_ROW || rc == SQLITE_DONE) {
        if (has_row) *has_row = rc == SQLITE_ROW;
        return ERR_OK;
    }
    return store_error(st->owner, rc, st->sql, NULL);
}

int64_t store_column_int(store_stmt *st, int at) { return sqlite3_column_int64(st->raw, at); }
bool store_column_is_null(store_stmt *st, int at) { return sqlite3_column_type(st->raw, at) == SQLITE_NULL; }

static str column_bytes(sqlite3_stmt *raw, int at) {
    const char *ptr = sqlite3_column_type(raw, at) == SQLITE_BLOB ? sqlite3_column_blob(raw, at)
                                                                  : (const char *)sqlite3_column_text(raw, at);
    return (str){ptr, (size_t)sqlite3_column_bytes(raw, at)};
}

str store_column_text(store_stmt *st, int at) {
    if (store_column_is_null(st, at)) return (str){NULL, 0};
    str s = column_bytes(st->raw, at);
    return s.ptr ? s : STR(""); // an empty blob has no address, but it is not null
}

void store_reset(store_stmt *st) {
    sqlite3_reset(st->raw);
    sqlite3_clear_bindings(st->raw);
    st->is_running = false;
}

// By text.

static uint64_t hash_of(const char *text) {
    uint64_t h = UINT64_C(14695981039346656037);
    for (; *text; text++) h = (h ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return h;
}

static store_stmt **bucket_of(struct statements *all, uint64_t hash) {
    return &all->buckets[hash % (sizeof all->buckets / sizeof *all->buckets)];
}

static void drop_oldest(struct statements *all) {
    store_stmt **oldest = NULL;
    for (size_t i = 0; i < sizeof all->buckets / sizeof *all->buckets; i++)
        for (store_stmt **at = &all->buckets[i]; *at; at = &(*at)->next)
            if (!oldest || (*at)->used_at < (*oldest)->used_at) oldest = at;
    store_stmt *gone = *oldest;
    *oldest = gone->next;
    all->count--;
    stmt_free(gone);
}

static err statement_by_text(store *s, const char *sql, store_stmt **out, struct why *why) {
    struct statements *all = &s->statements;
    uint64_t hash = hash_of(sql);
    store_stmt *st = *bucket_of(all, hash);
    while (st && (st->hash != hash || strcmp(st->sql, sql) != 0)) st = st->next;
    if (!st) {
        err e = statement_make(s, sql, &st, why);
        if (e) return e;
        CHECK(st);
        if (all->count == STATEMENTS_MAX) drop_oldest(all);
        st->hash = hash;
        st->next = *bucket_of(all, hash);
        *bucket_of(all, hash) = st;
        all->count++;
    }
    st->used_at = ++all->tick;
    *out = st;
    return ERR_OK;
}

static void bind_value(store_stmt *st, int at, const struct store_value *v) {
    switch (v->type) {
    case STORE_NULL: store_bind_null(st, at); return;
    case STORE_INT: store_bind_int(st, at, v->integer); return;
    case STORE_REAL: CHECK(sqlite3_bind_double(st->raw, at, v->real) == SQLITE_OK); return;
    case STORE_TEXT: store_bind_text(st, at, v->text.ptr ? v->text : STR("")); return;
    case STORE_BLOB: store_bind_blob(st, at, v->text.ptr ? v->text : STR("")); return;
    }
}

static struct store_value copy_value(arena *a, sqlite3_stmt *raw, int at) {
    switch (sqlite3_column_type(raw, at)) {
    case SQLITE_INTEGER: return SV_INT(sqlite3_column_int64(raw, at));
    case SQLITE_FLOAT: return (struct store_value){.type = STORE_REAL, .real = sqlite3_column_double(raw, at)};
    case SQLITE_TEXT: return SV_TEXT(arena_str(a, column_bytes(raw, at)));
    case SQLITE_BLOB: return SV_BLOB(arena_str(a, column_bytes(raw, at)));
    default: return SV_NULL;
    }
}

static void copy_names(arena *a, sqlite3_stmt *raw, struct store_rows *rows) {
    rows->names = arena_alloc(a, (rows->columns + 1) * sizeof *rows->names);
    for (size_t i = 0; i < rows->columns; i++)
        rows->names[i] = arena_str(a, str_of(sqlite3_column_name(raw, (int)i))).ptr;
}

static void copy_row(arena *a, sqlite3_stmt *raw, struct store_rows *rows, size_t *room) {
    if (rows->count == *room) {
        struct store_value *old = rows->values;
        *room = *room ? *room * 2 : 4;
        rows->values = arena_alloc(a, *room * rows->columns * sizeof *old);
        if (old) memcpy(rows->values, old, rows->count * rows->columns * sizeof *old);
    }
    struct store_value *to = rows->values + rows->count * rows->columns;
    for (size_t i = 0; i < rows->columns; i++) to[i] = copy_value(a, raw, (int)i);
    rows->count++;
}

static err collect(store_stmt *st, arena *a, size_t max_rows, struct store_rows *rows, struct why *why) {
    size_t room = 0;
    int rc = step(st);
    // After the first step: a changed schema may have changed the columns of `SELECT *`.
    rows->columns = (size_t)sqlite3_column_count(st->raw);
    copy_names(a, st->raw, rows);
    while (rc == SQLITE_ROW && (!max_rows || rows->count < max_rows)) {
        copy_row(a, st->raw, rows, &room);
        rc = step(st);
    }
    if (rc != SQLITE_ROW && rc != SQLITE_DONE) return store_error(st->owner, rc, st->sql, why);
    if (!sqlite3_stmt_readonly(st->raw)) rows->changes = sqlite3_changes64(st->owner->db);
    return ERR_OK;
}

err store_run(store *s, arena *a, const char *sql, const struct store_value *args, size_t nargs, size_t max_rows,
              struct store_rows *out, struct why *why) {
    store_stmt *st = NULL;
    err e = statement_by_text(s, sql, &st, why);
    if (e) return e;
    size_t wanted = (size_t)sqlite3_bind_parameter_count(st->raw);
    if (wanted != nargs)
        return why_set(why, ERR_SCRIPT, "The statement takes %zu values and was given %zu: %.200s", wanted, nargs, sql);
    for (size_t i = 0; i < nargs; i++) bind_value(st, (int)i + 1, &args[i]);
    struct store_rows rows = {0};
    e = collect(st, a, max_rows, &rows, why);
    store_reset(st);
    if (!e && out) *out = rows;
    return e;
}

err store_exec(store *s, const char *sql, struct why *why) {
    return store_error(s, sqlite3_exec(s->db, sql, NULL, NULL, NULL), sql, why);
}
