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

void *scratch_owned(lua_State *L, size_t size, const char *type, lua_CFunction collect) {
    void *p = lua_newuserdatauv(L, size, 0);
    memset(p, 0, size);
    if (luaL_newmetatable(L, type)) {
        lua_pushcfunction(L, collect);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    return p;
}

struct scratch *scratch_push(lua_State *L) {
    struct scratch *s = scratch_owned(L, sizeof *s, "tocsin.scratch", on_collect);
    s->memory = arena_new();
    return s;
}
