// Templates of strangers over payloads of strangers, compiled and rendered within the limits of an alert.
//
// An input is text: one byte of options (a bit each: autoescape, trim_blocks, lstrip_blocks, keep_trailing_newline, the
// extensions, an alert's whole fuel, an alert's whole memory, variables that are parts of the payload), the template, and
// after lines of "----" the payload as JSON and up to three templates, a, b and c, that it may include, import and extend.
// Without a payload there is one that has a bit of everything. One Lua state serves many runs, as in the server; after
// each it must be as it was.
//
// Wrong, besides what the sanitizers see: an error that is not one of a template's, words of Lua or of this machine in
// what is shown, output that is no UTF-8, another output the second time (when C rendered first, Lua does), more processor
// time than the budget stands for.
#include "base/env.h"
#include "script/fuel.h"
#include "script/script.h"
#include "script/state.h"
#include <lua.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define MODULE     "integrations.template_fuzz" // spec/fuzz/ stands in for the folder of integrations
#define RUNS_MAX   50000                        // of one state
#define SOURCE_MAX 50000                        // as the limit of a template
#ifdef FUZZING
#    define CHECK_EVERY 16 // runs: it costs as much as one; what breaks a state is among the last ones
#else
#    define CHECK_EVERY 1
#endif
#define FUEL_SMALL   25000
#define MEMORY_SMALL ((size_t)96 << 10) // so little that allocations fail in every place
#define SLOWER       60        // how many times slower than a unit's 10 ns: sanitizers, the hook, a busy machine
#define SLACK_NS     300000000 // a full collection, now and then
#define PARTS        5

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// --- coverage of the Lua code: libFuzzer reads the counters as it reads its own ---

#ifdef FUZZING
#    define COUNTERS 32768
__attribute__((section("__libfuzzer_extra_counters"))) static uint8_t counters[COUNTERS];

// A counter for each line or function. The code of templates is left out: its lines mean something else each time.
__attribute__((no_sanitize("coverage", "address", "undefined"))) static void on_step(lua_State *L, lua_Debug *at) {
    lua_getinfo(L, "S", at);
    if (at->source[0] != '@') return;
    uint32_t hash = (uint32_t)at->srclen;
    for (size_t i = at->srclen > 12 ? at->srclen - 12 : 0; i < at->srclen; i++)
        hash = hash * 31 + (uint8_t)at->source[i];
    hash ^= (uint32_t)(at->event == LUA_HOOKLINE ? at->currentline : at->linedefined);
    uint8_t *counter = &counters[(hash * 2654435761U >> 12) % COUNTERS];
    if (*counter < UINT8_MAX) ++*counter;
}

// Lines for one input in 32, calls for three: a hook on lines costs two thirds of the speed.
static void watch(script *s, str input) {
    uint32_t hash = 0;
    for (size_t i = 0; i < input.len; i++) hash = hash * 31 + (uint8_t)input.ptr[i];
    int mask = hash % 32 == 0 ? LUA_MASKLINE : hash % 32 < 4 ? LUA_MASKCALL : 0;
    if (mask) lua_sethook(script_state(s), on_step, mask, 0);
}

static void unwatch(script *s) { lua_sethook(script_state(s), NULL, 0, 0); }
#else
static void watch(script *s, str input) {
    (void)s;
    (void)input;
}
static void unwatch(script *s) { (void)s; }
#endif

// --- what must not be shown ---

// Byte by byte and unwatched: libFuzzer sees what memmem looks for and puts together the very words that must not be shown.
#ifdef FUZZING
__attribute__((no_sanitize("coverage", "address", "undefined")))
#endif
static bool
has(str text, str word) {
    for (size_t at = 0; word.len && at + word.len <= text.len; at++) {
        size_t n = 0;
        while (n < word.len && text.ptr[at + n] == word.ptr[n]) n++;
        if (n == word.len) return true;
    }
    return false;
}

static _Noreturn void fail(const char *what, str shown) {
    fprintf(stderr, "template_fuzz: %s\n%.*s\n", what, STR_FMT(shown));
    abort();
}

static void check_shown(str input, str shown) {
    static const char *const words[] = {"table: 0x",
                                        "function: 0x",
                                        "function: builtin",
                                        "userdata: 0x",
                                        "thread: 0x",
                                        "userdata",
                                        "attempt to ",
                                        "stack traceback",
                                        "bad argument #",
                                        "nil value",
                                        "(a nil",
                                        "upvalue",
                                        "jinja/",
                                        ".lua",
                                        "[C]: in",
                                        "[string",
                                        "=template",
                                        "template:",
                                        "too many results",
                                        "registers",
                                        "stack overflow",
                                        "no integer representation",
                                        "string slice too long",
                                        "invalid value (at index",
                                        "invalid order function",
                                        "wrong number of arguments to",
                                        "number expected",
                                        "string expected",
                                        "table expected",
                                        "error in error handling",
                                        "InternalError",

                                        "__metatable",
                                        "the-alert-of-somebody-else",
                                        "\xff"};
    char here[1024];
    if (!str_is_utf8(shown)) fail("what is shown is no UTF-8", shown);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (has(shown, str_of(words[i])) && !has(input, str_of(words[i]))) fail(words[i], shown);
    if (getcwd(here, sizeof here) && has(shown, str_of(here)) && !has(input, str_of(here)))
        fail("a path of this machine", shown);
}

static void check_class(str class, str message) {
    static const char *const classes[] = {"AttributeError",
                                          "FilterArgumentError",
                                          "FuelError",
                                          "IndexError",
                                          "JSONDecodeError",
                                          "KeyError",
                                          "LookupError",
                                          "MemoryError",
                                          "NotImplementedError",
                                          "OSError",
                                          "OverflowError",
                                          "RecursionError",
                                          "RuntimeError",
                                          "SecurityError",
                                          "SyntaxError",
                                          "TemplateAssertionError",
                                          "TemplateNotFound",
                                          "TemplateRuntimeError",
                                          "TemplateSyntaxError",
                                          "TemplatesNotFound",
                                          "TypeError",
                                          "UndefinedError",
                                          "UnicodeDecodeError",
                                          "UnicodeEncodeError",
                                          "UnknownTimeZoneError",
                                          "ValueError",
                                          "ZeroDivisionError",
                                          "AssertionError",
                                          "error",
                                          "Error"};
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (str_is(class, str_of(classes[i]))) return;
    fprintf(stderr, "class %.*s\n", STR_FMT(class));
    fail("an error of no class of a template's", message);
}

// --- one run ---

struct input {
    unsigned flags;
    str parts[PARTS]; // template, payload, a, b, c
};

// What is no UTF-8 never comes this far: bytes that are none become question marks.
static str valid(arena *a, str s) {
    if (str_is_utf8(s)) return s;
    char *out = arena_alloc(a, s.len + 1);
    for (size_t i = 0; i < s.len; i++) out[i] = (uint8_t)s.ptr[i] < 0x80 ? s.ptr[i] : '?';
    return (str){out, s.len};
}

static void read_input(arena *a, const uint8_t *data, size_t size, struct input *in) {
    static const char line[] = "\n----\n";
    *in = (struct input){.flags = size ? data[0] : 0};
    str rest = {(const char *)data + (size > 0), size - (size > 0)};
    for (int i = 0; i < PARTS; i++) {
        const char *end = i < PARTS - 1 && rest.len ? memmem(rest.ptr, rest.len, line, sizeof line - 1) : NULL;
        size_t n = end ? (size_t)(end - rest.ptr) : rest.len;
        in->parts[i] = valid(a, (str){rest.ptr, n});
        rest = str_from(rest, end ? n + sizeof line - 1 : n);
    }
}

static struct json *payload_of(arena *a, str text) {
    static const char rich[] =
        "{\"d\":{\"b\":1,\"a\":\"x\",\"n\":{\"k\":[1,{\"z\":null}]}},\"l\":[3,1,2],\"s\":\"Ab "
        "c\\u00e9\\ud83d\\ude00<&>\",\"i\":42,"
        "\"f\":-2.5,\"big\":123456789012345678901234567890,\"inf\":1e999,\"t\":true,\"none\":null,\"e\":[],\"o\":{},"
        "\"items\":{\"n\":1,\"k\":2,\"v\":3},\"rows\":[{\"n\":2,\"g\":\"x\"},{\"n\":1,\"g\":\"y\"},{\"n\":1,\"g\":"
        "\"x\"}],"
        "\"__class__\":\"c\",\"call\":\"f\",\"when\":\"2024-03-01T10:11:12.5Z\",\"u\":\"https://x.example/"
        "?a=1&b=<c>\"}";
    struct json *payload;
    struct why why;
    if (json_parse(a, text, &payload, &why) || payload->type < JSON_ARRAY)
        CHECK(json_parse(a, str_of(rich), &payload, &why) == ERR_OK);
    return payload;
}

static struct script_value text_arg(str s) { return (struct script_value){.type = SCRIPT_STR, .text = s}; }

static int64_t processor_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

enum { R_FAULT, R_TEXT, R_CLASS, R_COUNT };

static void run(script *s, arena *a, const struct input *in, str all) {
    bool is_large = in->flags & 32, is_narrow = !(in->flags & 64);
    struct script_budget budget = {.fuel = is_large ? FUEL_INLINE : FUEL_SMALL,
                                   .memory_bytes = is_narrow ? MEMORY_SMALL : MEMORY_INLINE};
    struct script_value args[] = {{.type = SCRIPT_INT, .integer = in->flags},
                                  text_arg(in->parts[0]),
                                  {.type = SCRIPT_JSON, .json = payload_of(a, in->parts[1])},
                                  text_arg(in->parts[2]),
                                  text_arg(in->parts[3]),
                                  text_arg(in->parts[4])};
    struct script_value v[R_COUNT] = {0};
    struct why why = {{0}};
    int64_t since = processor_ns();
    watch(s, all);
    err e = script_call(s, MODULE, "run", args, sizeof args / sizeof *args, budget, a, v, R_COUNT, &why);
    unwatch(s);
    since = processor_ns() - since;
    if (since > budget.fuel * 10 * SLOWER + SLACK_NS) {
        fprintf(stderr, "template_fuzz: %lld ms for %lld units, longest collection so far %lld ms, %zu bytes held\n",
                (long long)(since / 1000000), (long long)script_fuel_used(s),
                (long long)(script_gc_pause_max_ns(s) / 1000000), script_memory(s));
        fail("more work than it was charged for", all);
    }
    if (e == ERR_FUEL || e == ERR_MEMORY) return;
    if (e) fail("an error escaped", str_of(why.text));
    if (v[R_FAULT].type == SCRIPT_STR) fail("a fault", v[R_FAULT].text);
    if (v[R_CLASS].type == SCRIPT_STR) check_class(v[R_CLASS].text, v[R_TEXT].text);
    check_shown(all, v[R_TEXT].text);
}

static void check_state(script *s, arena *a) {
    struct json *payload;
    struct why why = {{0}};
    CHECK(json_parse(a, STR("{\"a\":\"12\",\"secret\":\"the-alert-of-somebody-else\"}"), &payload, &why) == ERR_OK);
    struct script_value arg = {.type = SCRIPT_JSON, .json = payload}, fault = {0};
    struct script_budget budget = {.fuel = FUEL_INLINE, .memory_bytes = MEMORY_INLINE};
    err e = script_call(s, MODULE, "check", &arg, 1, budget, a, &fault, 1, &why);
    if (e) fail("the state is of no use any more", str_of(why.text));
    if (fault.type == SCRIPT_STR) fail("the state has changed", fault.text);
}

// The state, a new one each RUNS_MAX runs: what heaps up over them shall show, and yet be found again.
static script *state(int runs) {
    static script *s;
    if (s && runs % RUNS_MAX) return s;
    script_free(s);
    struct script_options options = {.integrations_dir = FUZZ_DIR, .memory_bytes = (size_t)64 << 20};
    struct why why = {{0}};
    s = script_new(&options, &why);
    if (!s) fail("no Lua state", str_of(why.text));
    arena *a = arena_new();
    check_state(s, a); // also loads the modules
    arena_free(a);
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static int runs;
    if (size > SOURCE_MAX) return 0;
    arena *a = arena_new();
    script *s = state(runs);
    struct input in;
    read_input(a, data, size, &in);
    run(s, a, &in, (str){(const char *)data, size});
    if (runs++ % CHECK_EVERY == 0) check_state(s, a);
    arena_free(a);
    return 0;
}
