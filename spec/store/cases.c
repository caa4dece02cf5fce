#include "cases.h"
#include "powercut.h"
#include <stdlib.h>

static env *the_env; // a test program's one world

_Noreturn void case_failed(const char *what, const char *file, int line) {
    printf("%s:%d: expected %s\n", file, line, what);
    fflush(stdout);
    _Exit(1);
}

void case_says(const struct why *why, const char *words) {
    if (strstr(why->text, words)) return;
    printf("expected the sentence to hold: %s\nbut it is: %s\n", words, why->text);
    fflush(stdout);
    _Exit(1);
}

env *case_env(void) { return the_env; }

store *case_open(const char *dir, enum store_mode mode) {
    store *s = NULL;
    struct why why = {0};
    struct store_options o = {.dir = dir, .mode = mode, .env = the_env};
    if (store_open(&o, &s, &why) == ERR_OK) return s;
    case_failed(why.text, __FILE__, __LINE__);
}

int64_t case_ask(store *s, const char *sql) {
    arena *a = arena_new();
    struct store_rows rows;
    struct why why = {0};
    if (store_run(s, a, sql, NULL, 0, 0, &rows, &why)) case_failed(why.text, sql, 0);
    EXPECT(rows.count == 1 && rows.values[0].type == STORE_INT);
    int64_t value = rows.values[0].integer;
    arena_free(a);
    return value;
}

int case_run(const char *name, const char *dir) {
    static const struct {
        const char *name;
        void (*run)(const char *dir);
    } cases[] = {
#define X(name) {#name, case_##name},
        CASE_LIST(X)
#undef X
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (strcmp(name, "list") == 0) puts(cases[i].name);
        if (strcmp(name, cases[i].name) != 0) continue;
        the_env = env_new(NULL);
        cases[i].run(dir);
        env_free(the_env);
        return 0;
    }
    return strcmp(name, "list") == 0 ? 0 : 2;
}
