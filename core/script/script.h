// Lua states: made with limits, entered in one guarded function. The border between C and Lua.
//
// Purpose: one `script` is one Lua state of one thread: modules are the embedded files (or those under a folder),
// the standard library is cut down to what pure modules need, memory is capped by the allocator, and templates spend
// fuel. Bindings are one file a module (`bind_*.c`), each opened by name.
// Errors: a Lua error becomes ERR_SCRIPT with the message; a spent budget ERR_FUEL, memory ERR_MEMORY.
// Threads: a script is used by the thread that made it.
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/ids.h"
#include "base/log.h"
#include "base/password.h"
#include "script/limits.h"
#include "script/preview_ops.h"
#include "script/schedule_ops.h"
#include "text/json.h"

typedef struct script script;

// What Lua may ask of the parts above this folder; all may be NULL. Called on the script's thread, outside Lua's stack.
struct script_ports {
    void *ctx;
    // One request to the core by name with JSON in and JSON out (into `out`); the names are listed in ports.c.
    // Used for what is rare: group actions, token creation, metrics. ERR_* with a sentence on refusal.
    err (*call)(void *ctx, str name, str json, buf *out, struct why *why);
};

struct script_options {
    const char *lua_dir;          // a checkout to read lua/ and integrations/ from, or NULL for the embedded files
    const char *integrations_dir; // a folder whose *.lua files come before the built-in integrations, or NULL
    struct own_files *own_files;  // read instead of that folder (script/own_files.h); NULL: the folder is
    size_t memory_bytes;          // cap of the allocator; 0: none
    struct script_limits limits;  // for the binding `limits`
    store *store;                 // opened for reading, for the binding `store`; NULL without
    const struct ids *ids;        // for the binding `ids`
    const struct seal *seal;      // for the binding `seal`; NULL without
    password *password;           // for the binding `password`; NULL without
    struct script_ports ports;
    const struct engine_ops *engine_ops; // for the binding `engine` (script/engine_ops.h); NULL without
    schedule_ask *schedule;              // for the binding `schedule`; NULL without
    struct preview_ops preview;          // for the binding `preview`
    bool is_command;                     // a command of the binary: the binding `console` may read and write files
    log_t *log;
};

script *script_new(const struct script_options *options, struct why *why); // NULL when the state cannot be opened
void script_free(script *s);
uint64_t script_generation(const script *s); // of its integration files: grows when one of one's own has changed

// A function that Lua may call during a call it is an argument of: (text, integer) -> boolean.
struct script_question {
    bool (*ask)(void *ctx, str text, int64_t number);
    void *ctx;
};

// Arguments and results of a call.
struct script_value {
    enum { SCRIPT_NIL, SCRIPT_BOOL, SCRIPT_INT, SCRIPT_REAL, SCRIPT_STR, SCRIPT_JSON, SCRIPT_QUESTION } type;
    union {
        bool boolean;
        int64_t integer;
        double real;
        str text;
        const struct json *json;                // an argument only: becomes a payload value; must outlive the call
        const struct script_question *question; // an argument only: becomes a function; must outlive the script
    };
};

static inline struct script_value script_int(int64_t n) {
    return (struct script_value){.type = SCRIPT_INT, .integer = n};
}
static inline struct script_value script_text(str s) { return (struct script_value){.type = SCRIPT_STR, .text = s}; }

struct script_budget {
    int64_t fuel;        // units of script/fuel.h; 0: none is given, the call may not render
    size_t memory_bytes; // above what the state holds when the call begins; 0: the state's cap alone
};

// Calls `require(module)[function](args…)`; both names are literals (or live as long as the script): the function is
// looked up once and kept by their addresses. Results' text is copied into `a`.
// Fewer results than asked for are SCRIPT_NIL.
err script_call(script *s, const char *module, const char *function, const struct script_value *args, size_t nargs,
                struct script_budget budget, arena *a, struct script_value *results, size_t nresults, struct why *why);

int64_t script_fuel_used(const script *s); // by the last call
size_t script_memory(const script *s);     // bytes held
int64_t script_gc_pause_max_ns(const script *s);
