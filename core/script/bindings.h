// The modules that C shows to Lua, one file bind_<name>.c each: `require "tocsin.<name>"`.
//
// A binding is: check arguments, call, push; about ten lines, its comment its Lua signature and documentation. It
// holds no mutex, statement or allocation across a Lua call that can raise.
#pragma once
#include <lua.h>

// Add a module here and write bind_<name>.c with `int bind_<name>_open(lua_State *L)`.
#define BINDING_LIST(X) \
    X(access)           \
    X(asset)            \
    X(console)          \
    X(crypto)           \
    X(engine)           \
    X(fuel)             \
    X(ids)              \
    X(json)             \
    X(lexer)            \
    X(limits)           \
    X(mime)             \
    X(output)           \
    X(password)         \
    X(port)             \
    X(preview)          \
    X(print)            \
    X(program)          \
    X(regex)            \
    X(sandbox)          \
    X(schedule)         \
    X(seal)             \
    X(store)            \
    X(text)             \
    X(trace)            \
    X(yaml)             \
    X(zone)

#define X(name) int bind_##name##_open(lua_State *L);
BINDING_LIST(X)
#undef X

// Makes every binding requirable as "tocsin.<name>" in this state.
void bindings_preload(lua_State *L);
