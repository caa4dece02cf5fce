// Opens the bindings in a Lua interpreter that is not ours (busted): the body of `require "tocsin.core"`.
#pragma once

#include "script/schedule_ops.h"

struct lua_State;
struct engine_ops;
// Pushes the module's table, returns 1. `ops` is what tocsin.engine opens (script/engine_ops.h), `schedule` what
// tocsin.schedule asks; either may be NULL.
int module_open(struct lua_State *L, const struct engine_ops *ops, schedule_ask *schedule);
