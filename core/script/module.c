#include "script/module.h"
#include "script/bindings.h"

int module_open(struct lua_State *L) {
    bindings_preload(L);
    lua_newtable(L);
    return 1;
}
