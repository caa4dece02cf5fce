// Renders the templates of template_cases.lua as the server does, for templates.py: template_bench FOLDER.
//
// One Lua state as an I/O loop has it: its allocator, collections, cut-down library, no string metatable. Each rendering
// is one call with the fuel and memory of an alert; its payload is handed over as the parsed document, and the text is
// copied out. (In the server a call renders all templates of an alert, so a template alone pays less for the call.)
// Lines in: "cases", "render N", "run N COUNT", "compile N COUNT", "finish N COUNT" (compile, with the Lua function that
// waits until C gives up); a line of JSON out: the cases, the text, µs of processor time each.
#include "base/env.h"
#include "script/fuel.h"
#include "script/script.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define CASES_MAX 16

static const char module[] = "integrations.template_cases"; // where the state looks is the folder of integrations

struct bench {
    script *script;
    arena *documents;
    const struct json *payloads[CASES_MAX];
    size_t count;
};

static void print_json(const struct json *v) {
    buf out = {0};
    json_write(&out, v);
    buf_char(&out, '\n');
    fwrite(out.ptr, 1, out.len, stdout);
    buf_free(&out);
}

static const struct script_budget of_alert = {.fuel = FUEL_INLINE, .memory_bytes = MEMORY_INLINE},
                                  of_compiling = {.fuel = FUEL_SLOW * 4}; // as engine/renderer.c gives it

static void call(struct bench *b, const char *function, const struct script_value *args, size_t nargs,
                 struct script_budget budget, arena *a, struct script_value *result) {
    struct why why;
    if (script_call(b->script, module, function, args, nargs, budget, a, result, 1, &why) == ERR_OK) return;
    fprintf(stderr, "%s: %s\n", function, why.text);
    exit(1);
}

static void list_cases(struct bench *b) {
    struct script_value result;
    struct json *list;
    struct why why;
    call(b, "all", NULL, 0, of_compiling, b->documents, &result);
    CHECK(json_parse(b->documents, result.text, &list, &why) == ERR_OK && list->count <= CASES_MAX);
    b->count = list->count;
    for (size_t i = 0; i < list->count; i++) {
        struct json *payload;
        str text = json_get(&list->items[i], STR("payload"))->text;
        CHECK(json_parse(b->documents, text, &payload, &why) == ERR_OK);
        b->payloads[i] = payload;
    }
    print_json(list);
}

static void render(struct bench *b, size_t at, bool is_shown) {
    static const char function[] = "render"; // looked up once, by its address
    struct script_value args[] = {{.type = SCRIPT_INT, .integer = (int64_t)at},
                                  {.type = SCRIPT_JSON, .json = b->payloads[at - 1]}};
    struct script_value result;
    arena *a = arena_new();
    call(b, function, args, 2, of_alert, a, &result);
    if (is_shown) print_json(&(struct json){.type = JSON_STRING, .text = result.text});
    arena_free(a);
}

static void compile(struct bench *b, size_t at, const char *function) {
    struct script_value args[] = {{.type = SCRIPT_INT, .integer = (int64_t)at}}, result;
    arena *a = arena_new();
    call(b, function, args, 1, of_compiling, a, &result);
    arena_free(a);
}

static double processor_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void measure(struct bench *b, size_t at, long count, const char *verb) {
    static const char plain[] = "compile", whole[] = "finish";
    const char *compiles = strcmp(verb, plain) == 0 ? plain : strcmp(verb, whole) == 0 ? whole : NULL;
    double since = processor_us();
    for (long i = 0; i < count; i++) {
        if (compiles) compile(b, at, compiles);
        else render(b, at, false);
    }
    printf("%.3f\n", (processor_us() - since) / (double)count);
}

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    struct why why;
    struct bench b = {.script = script_new(&(struct script_options){.integrations_dir = argv[1]}, &why),
                      .documents = arena_new()};
    CHECK(b.script);
    char line[64], verb[16];
    while (fgets(line, sizeof line, stdin)) {
        size_t at = 0;
        long count = 0;
        int n = sscanf(line, "%15s %zu %ld", verb, &at, &count);
        CHECK(n == 1 || (at >= 1 && at <= b.count));
        if (strcmp(verb, "cases") == 0) list_cases(&b);
        else if (strcmp(verb, "render") == 0) render(&b, at, true);
        else measure(&b, at, count, verb);
        fflush(stdout);
    }
    script_free(b.script);
    arena_free(b.documents);
    return 0;
}
