// Opens the bindings in a Lua interpreter that is not ours (busted): the body of `require "tocsin.core"`.
#pragma once

struct lua_State;
int module_open(struct lua_State *L); // pushes the module's table, returns 1
