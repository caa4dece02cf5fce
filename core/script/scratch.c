#include "script/scratch.h"
#include <lauxlib.h>

void scratch_free(struct scratch *s) {
    arena_free(s->memory);
    buf_free(&s->in);
    buf_free(&s->out);
    s->memory = NULL;
}

static int on_collect(lua_State *L) {
    scratch_free(lua_touserdata(L, 1));
    return 0;
}

struct scratch *scratch_push(lua_State *L) {
    struct scratch *s = lua_newuserdatauv(L, sizeof *s, 0);
    *s = (struct scratch){0};
    if (luaL_newmetatable(L, "tocsin.scratch")) {
        lua_pushcfunction(L, on_collect);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    s->memory = arena_new();
    return s;
}
