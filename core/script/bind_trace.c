// `require "tocsin.trace"`: which line a chunk is at, for states that do not have Lua's debug library.
#include "script/bindings.h"
#include <lauxlib.h>
#include <string.h>

// line(prefix) -> the line that the innermost running function of a chunk whose name begins so is at, and that name; or nothing.
static int line(lua_State *L) {
    size_t length;
    const char *prefix = luaL_checklstring(L, 1, &length);
    lua_Debug frame;
    for (int level = 1; lua_getstack(L, level, &frame); level++) {
        lua_getinfo(L, "Sl", &frame);
        if (strncmp(frame.source, prefix, length) != 0) continue;
        lua_pushinteger(L, frame.currentline);
        lua_pushstring(L, frame.source);
        return 2;
    }
    return 0;
}

int bind_trace_open(lua_State *L) {
    static const luaL_Reg functions[] = {{"line", line}, {NULL, NULL}};
    luaL_newlib(L, functions);
    return 1;
}
