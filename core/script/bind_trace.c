// `require "tocsin.trace"`: which line a chunk is at, for states that do not have Lua's debug library.
#include "script/bindings.h"
#include <lauxlib.h>
#include <string.h>

// line(source) -> the line that the innermost running function of the chunk loaded under this name is at, or nothing.
static int line(lua_State *L) {
    const char *source = luaL_checkstring(L, 1);
    lua_Debug frame;
    for (int level = 1; lua_getstack(L, level, &frame); level++) {
        lua_getinfo(L, "Sl", &frame);
        if (strcmp(frame.source, source) != 0) continue;
        lua_pushinteger(L, frame.currentline);
        return 1;
    }
    return 0;
}

int bind_trace_open(lua_State *L) {
    static const luaL_Reg functions[] = {{"line", line}, {NULL, NULL}};
    luaL_newlib(L, functions);
    return 1;
}
