#include "script/module.h"
#include "script/bindings.h"
#include <stdint.h>

int module_open(struct lua_State *L, const struct engine_ops *ops, schedule_ask *schedule) {
    lua_pushlightuserdata(L, (void *)(uintptr_t)ops);
    lua_setfield(L, LUA_REGISTRYINDEX, "tocsin.engine_ops");
    *(schedule_ask **)lua_newuserdatauv(L, sizeof schedule, 0) = schedule; // a function is no void pointer
    lua_setfield(L, LUA_REGISTRYINDEX, "tocsin.schedule_ask");
    bindings_preload(L);
    lua_newtable(L);
    return 1;
}
