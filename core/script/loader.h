// The standard library of a script and its `require`: modules are embedded files, or those under a folder.
#pragma once
#include "base/err.h"
#include "script/scratch.h"

// Opens base, string, table, math and utf8 without what reaches files, bytecode or the collector; `load`
// takes text only; strings have no metatable, so `s:method()` does not exist. May raise.
void loader_open(lua_State *L);

// The text of a file of the tree ("lua/render.lua"), from options.lua_dir or embedded; `s` holds it when it
// is read. ERR_NOT_FOUND, ERR_INVALID for a name that leaves the tree.
err loader_read(lua_State *L, const char *name, struct scratch *s, str *out);

int loader_require(lua_State *L); // require(name), as a C function
