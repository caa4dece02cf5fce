// What a binding may know about the state it runs in, and a measuring instrument about a script.
#pragma once
#include "script/script.h"

struct lua_State;

// The options the script was made with; NULL in a Lua interpreter that is not ours (busted).
const struct script_options *script_options_of(struct lua_State *L);

// The state itself, for what measures it from outside (spec/fuzz); nothing else enters it but script_call.
struct lua_State *script_state(const script *s);
