#include "script/module.h"
#include "script/bindings.h"
#include <stdint.h>

int module_open(struct lua_State *L, const struct engine_ops *ops) {
    lua_pushlightuserdata(L, (void *)(uintptr_t)ops);
    lua_setfield(L, LUA_REGISTRYINDEX, "tocsin.engine_ops");
    bindings_preload(L);
    lua_newtable(L);
    return 1;
}
