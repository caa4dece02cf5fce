// `require "tocsin.core"`: the core in a plain Lua interpreter, for busted specs and contributors' CI. It makes the
// bindings requirable as "tocsin.json", "tocsin.text" … and returns the table of the in-process engine.
#include "engine/schedule_json.h"
#include "inprocess.h"
#include "script/module.h"

struct lua_State;
int luaopen_tocsin_core(struct lua_State *L);
int luaopen_tocsin_core(struct lua_State *L) { return module_open(L, &inprocess_ops, schedule_answer); }
