// What providers are asked without a message: what people did (Telegram's long poll), and their lists of rooms and user groups.
//
// Purpose: carries the questions out, some at a time, each with limits of time and size. What is due, what to ask and what
// an answer means is Lua's (lua/api/chores.lua), on a worker (engine/aside.h), which also acts and writes by the ports. So
// neither pages nor the API wait for a provider. A chore without a row or whose moment in `chore` has come is due.
// Threads: one (the pager's). Errors: stand in the chore's row, and in the log when they begin, change and end.
#pragma once
#include "engine/aside.h"
#include "engine/outbox.h"

typedef struct chores chores;

struct chores_options {
    engine *engine;
    struct outbox_sender sender; // who carries the questions out
    struct aside_door door;      // who plans them and reads what came
    env *env;
    log_t *log;
    int64_t refresh_us;      // between two looks at a list
    void (*wake)(void *ctx); // a turn may find something to do. From any thread
    void *wake_ctx;
};

chores *chores_new(const struct chores_options *options);
void chores_free(chores *c); // accepts NULL
// Starts what is due; µs until there may be more, -1: only a wake brings any.
int64_t chores_turn(chores *c);
bool chores_is_idle(const chores *c); // no answer is being read
