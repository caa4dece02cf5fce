// A script on the command line, for its specs.
//
//   script_test [--lua DIR] [--memory BYTES] [--secrets DIR with secret.key] < requests
//     one JSON line a call: {"module":,"function":,"args":[…],"fuel":,"memory":,"results":} and one JSON line
//     back:
//     {"err":,"why":,"results":[…],"fuel":,"memory":,"pause_us":,"ms":} (ms of
//     processor time). Containers among the arguments become payloads.
//   script_test parse < documents
//     each document after its length in ten decimal digits; one JSON line back: what the fast parser, the
//     strict one and both together make of it: {"simd":text or null,"strict":…,"both":…,"err":,"why":}.
//   script_test bench FILE COUNT TREE
//     µs to parse the file, to parse it and walk four paths in Lua, and to expand it, each a mean of COUNT
//     rounds.
#include "base/env.h"
#include "base/mem.h"
#include "base/seal.h"
#include "script/script.h"
#include "text/json_impl.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ARGS_MAX 8

static int64_t integer_of(const struct json *request, const char *key) {
    const struct json *v = json_get(request, str_of(key));
    return v && v->type == JSON_INT ? v->integer : 0;
}

static const char *text_of(const struct json *request, const char *key) {
    const struct json *v = json_get(request, str_of(key));
    CHECK(v && v->type == JSON_STRING);
    return mem_copy(v->text.ptr, v->text.len);
}

static struct script_value to_argument(const struct json *v) {
    switch (v->type) {
    case JSON_NULL: return (struct script_value){.type = SCRIPT_NIL};
    case JSON_FALSE:
    case JSON_TRUE: return (struct script_value){.type = SCRIPT_BOOL, .boolean = v->type == JSON_TRUE};
    case JSON_INT: return (struct script_value){.type = SCRIPT_INT, .integer = v->integer};
    case JSON_DOUBLE: return (struct script_value){.type = SCRIPT_REAL, .real = v->real};
    case JSON_STRING: return (struct script_value){.type = SCRIPT_STR, .text = v->text};
    default: return (struct script_value){.type = SCRIPT_JSON, .json = v};
    }
}

static struct json to_json(const struct script_value *v) {
    switch (v->type) {
    case SCRIPT_BOOL: return (struct json){.type = v->boolean ? JSON_TRUE : JSON_FALSE};
    case SCRIPT_INT: return (struct json){.type = JSON_INT, .integer = v->integer};
    case SCRIPT_REAL: return (struct json){.type = JSON_DOUBLE, .real = v->real};
    case SCRIPT_STR: return (struct json){.type = JSON_STRING, .text = v->text};
    default: return (struct json){.type = JSON_NULL};
    }
}

static void print_answer(const script *s, err e, const struct why *why, struct script_value *results, size_t n,
                         double ms) {
    buf out = {0};
    buf_printf(&out, "{\"err\":\"%s\",\"why\":", err_name(e));
    buf_json(&out, str_of(why->text));
    buf_lit(&out, ",\"results\":[");
    for (size_t i = 0; e == ERR_OK && i < n; i++) {
        struct json v = to_json(&results[i]);
        if (i) buf_char(&out, ',');
        json_write(&out, &v);
    }
    buf_printf(&out, "],\"fuel\":%lld,\"memory\":%zu,\"pause_us\":%lld,\"ms\":%.3f}\n", (long long)script_fuel_used(s),
               script_memory(s), (long long)(script_gc_pause_max_ns(s) / 1000), ms);
    fwrite(out.ptr, 1, out.len, stdout);
    fflush(stdout);
    buf_free(&out);
}

static int64_t processor_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void answer(script *s, str line) {
    arena *a = arena_new();
    struct json *request;
    struct why why = {{0}};
    CHECK(json_parse(a, line, &request, &why) == ERR_OK);
    const struct json *list = json_get(request, STR("args"));
    struct script_value args[ARGS_MAX], results[ARGS_MAX] = {{0}};
    size_t nargs = list ? list->count : 0, nresults = (size_t)integer_of(request, "results");
    CHECK(nargs <= ARGS_MAX && nresults <= ARGS_MAX);
    for (size_t i = 0; i < nargs; i++) args[i] = to_argument(&list->items[i]);
    struct script_budget budget = {.fuel = integer_of(request, "fuel"),
                                   .memory_bytes = (size_t)integer_of(request, "memory")};
    char *module = (char *)(uintptr_t)text_of(request, "module"),
         *function = (char *)(uintptr_t)text_of(request, "function");
    int64_t since = processor_ns();
    err e = script_call(s, module, function, args, nargs, budget, a, results, nresults, &why);
    print_answer(s, e, &why, results, nresults, (double)(processor_ns() - since) / 1e6);
    mem_free(module);
    mem_free(function);
    arena_free(a);
}

static err on_port(void *ctx, str name, str json, buf *out, struct why *why) {
    (void)ctx;
    if (str_is(name, STR("echo"))) {
        buf_str(out, json);
        return ERR_OK;
    }
    return why_set(why, ERR_NOT_FOUND, "nothing answers to '%.*s'", STR_FMT(name));
}

static int serve(int argc, char **argv) {
    static const struct ids ids = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};
    struct script_options options = {.ids = &ids, .ports = {.call = on_port}};
    const char *secrets = NULL;
    seal *keys = NULL;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--lua") == 0) options.lua_dir = argv[i + 1];
        else if (strcmp(argv[i], "--memory") == 0) options.memory_bytes = strtoull(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--secrets") == 0) secrets = argv[i + 1];
    }
    struct why why;
    if (secrets && seal_open(secrets, "", &keys, &why) != ERR_OK) {
        fprintf(stderr, "%s\n", why.text);
        return 1;
    }
    options.seal = keys;
    script *s = script_new(&options, &why);
    if (!s) {
        fprintf(stderr, "%s\n", why.text);
        return 1;
    }
    char *line = NULL;
    size_t cap = 0;
    for (ssize_t n; (n = getline(&line, &cap, stdin)) > 0;) answer(s, (str){line, (size_t)n});
    free(line);
    script_free(s);
    seal_free(keys);
    return 0;
}

static str read_all(const char *path, buf *out) {
    FILE *f = fopen(path, "rb");
    CHECK(f);
    for (size_t n = 1; n; out->len += n) n = fread(buf_reserve(out, 4096), 1, 4096, f);
    fclose(f);
    return buf_view(out);
}

// --- parse ---

static void print_result(buf *out, const char *name, err e, const struct json *v) {
    buf text = {0};
    buf_printf(out, "\"%s\":", name);
    if (e) buf_lit(out, "null,");
    else {
        json_write(&text, v);
        buf_json(out, buf_view(&text));
        buf_char(out, ',');
    }
    buf_free(&text);
}

static void parse_one(str text) {
    arena *a = arena_new();
    struct json *v = NULL;
    struct why why = {{0}};
    buf out = {0};
    buf_char(&out, '{');
    err e = json_parse_simd(a, text, &v);
    print_result(&out, "simd", e, v);
    e = json_parse(a, text, &v, &why);
    print_result(&out, "both", e, v);
    e = json_parse_strict(a, text, &v, &why);
    print_result(&out, "strict", e, v);
    buf_printf(&out, "\"err\":\"%s\",\"why\":", err_name(e));
    buf_json(&out, str_of(why.text));
    buf_lit(&out, "}\n");
    fwrite(out.ptr, 1, out.len, stdout);
    buf_free(&out);
    arena_free(a);
}

// Each document is copied to memory of exactly its size, so that a sanitizer sees one byte read too many.
static int parse_all(void) {
    char length[11] = {0};
    while (fread(length, 1, 10, stdin) == 10) {
        size_t n = strtoull(length, NULL, 10);
        char *text = mem_alloc(n);
        CHECK(fread(text, 1, n, stdin) == n);
        parse_one((str){text, n});
        mem_free(text);
    }
    return 0;
}

// --- bench ---

static double us_each(int64_t since, long count) { return (double)(clock_ns() - since) / 1000.0 / (double)count; }

static void bench_parse(const char *name, str text, long count, bool is_strict) {
    struct json *root;
    int64_t since = clock_ns();
    for (long i = 0; i < count; i++) {
        arena *a = arena_new();
        CHECK((is_strict ? json_parse_strict : json_parse)(a, text, &root, NULL) == ERR_OK);
        arena_free(a);
    }
    printf("%-28s %8.3f us\n", name, us_each(since, count));
}

static void bench_call(script *s, const char *name, const char *function, str text, long count) {
    struct why why;
    int64_t since = clock_ns(), fuel = 0;
    for (long i = 0; i < count; i++) {
        arena *a = arena_new();
        struct json *root;
        CHECK(json_parse(a, text, &root, NULL) == ERR_OK);
        struct script_value arg = {.type = SCRIPT_JSON, .json = root}, result;
        struct script_budget budget = {.fuel = 1000000, .memory_bytes = 2 << 20};
        if (script_call(s, "script_bench", function, &arg, 1, budget, a, &result, 1, &why)) {
            fprintf(stderr, "%s\n", why.text);
            exit(1);
        }
        fuel = script_fuel_used(s);
        arena_free(a);
    }
    printf("%-28s %8.3f us  fuel %lld\n", name, us_each(since, count), (long long)fuel);
}

static int bench(const char *path, long count, const char *lua_dir) {
    buf file = {0};
    str text = read_all(path, &file);
    struct why why;
    script *s = script_new(&(struct script_options){.lua_dir = lua_dir}, &why);
    CHECK(s);
    printf("%zu bytes, state of %zu bytes\n", text.len, script_memory(s));
    bench_parse("parse", text, count, false);
    bench_parse("parse, strict parser alone", text, count, true);
    bench_call(s, "parse + call", "nothing", text, count);
    bench_call(s, "parse + call + 4 paths", "paths", text, count);
    bench_call(s, "parse + call + expand", "expand", text, count);
    printf("longest collection %.1f us, state of %zu bytes\n", (double)script_gc_pause_max_ns(s) / 1000,
           script_memory(s));
    script_free(s);
    buf_free(&file);
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 5 && strcmp(argv[1], "bench") == 0) return bench(argv[2], strtol(argv[3], NULL, 10), argv[4]);
    if (argc == 2 && strcmp(argv[1], "parse") == 0) return parse_all();
    return serve(argc, argv);
}
