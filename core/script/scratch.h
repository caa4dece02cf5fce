// Memory of one binding call that Lua gives back when the call raises: an arena and two buffers in a
// userdata.
//
// Ownership: the userdata on the Lua stack; scratch_free gives the memory back early. Threads: the Lua
// state's.
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include <lua.h>

struct scratch {
    arena *memory;
    buf in, out;
};

// Pushes `size` zeroed bytes of userdata whose metatable, of that name, has `on_collect` as its __gc.
void *scratch_owned(lua_State *L, size_t size, const char *type, lua_CFunction on_collect);

struct scratch *scratch_push(lua_State *L);
void scratch_free(struct scratch *s); // the memory, not the struct; may be called twice
