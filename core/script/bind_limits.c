// `require "tocsin.limits"`: the numbers of script/limits.h, as the settings have them: template, rendering, title, labels.
#include "script/bindings.h"
#include "script/state.h"

int bind_limits_open(lua_State *L) {
    const struct script_options *options = script_options_of(L);
    struct script_limits limits = options ? options->limits : (struct script_limits){0};
    lua_newtable(L);
#define X(name, value)                                                    \
    lua_pushinteger(L, limits.name ? limits.name : (lua_Integer)(value)); \
    lua_setfield(L, -2, #name);
    SCRIPT_LIMIT_LIST(X)
#undef X
    return 1;
}
