#include "script/bindings.h"
#include <lauxlib.h>

void bindings_preload(lua_State *L) {
    static const luaL_Reg list[] = {
#define X(name) {"tocsin." #name, bind_##name##_open},
        BINDING_LIST(X)
#undef X
            {NULL, NULL}};
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    luaL_setfuncs(L, list, 0);
    lua_pop(L, 1);
}
