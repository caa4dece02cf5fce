// The in-process engine as Lua sees it: functions that the top of the house fills in, so that script/ need not know it.
//
// The engine runs without threads on a virtual clock. One thread uses it.
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct engine_open {
    const char *data, *integrations_dir, *lua_dir; // lua_dir and integrations_dir may be NULL
    const char *copy_of; // a data folder whose configuration `data` begins with; NULL: `data` as it is
    int64_t copy_group;  // an alert group of it that comes along, closed, with its last alert; 0: none
    bool is_whole;       // the copy also has what `store/copy.h` calls whole, and its ports note what they are asked
    bool is_rehearsal;   // what leaves counts as sent; otherwise it waits for the ports `outgoing` and `answer`
    str settings;        // "name=value" lines
    int64_t start_at;
    uint64_t seed;
};

struct engine_request {
    str method, target, body;
    str headers; // "name: value" lines, names in lower case
};

struct engine_answer {
    int status;
    str content_type, extra_headers, body;
};

struct engine_ops {
    void *(*open)(const struct engine_open *options, struct why *why);
    void (*close)(void *engine);
    // Requests that are on their way at the same time; returns when all are answered. Texts of the answers live in `a`.
    void (*requests)(void *engine, arena *a, const struct engine_request *list, size_t count,
                     struct engine_answer *out);
    void (*advance)(void *engine, int64_t us);
    int64_t (*now)(void *engine);
    err (*port)(void *engine, str name, str json, buf *out, struct why *why);
};
