// What templates may spend. Fuel is the only clock of a rendering: the same template stops at the same place
// on every machine. One unit is about 10 ns of work on the machine it was tuned on.
//
// Charged: every loop head, call, filter and test (FUEL_STEP), every byte that a C helper reads or builds
// (FUEL_BYTES per unit), and compilation by source byte. A result is sized and charged before it is built.
//
// A Lua state has one counter. Once it is spent, every further charge raises again, so that a `pcall` in Lua
// cannot go on working, until the budget that ran out is taken off (the next script_call, or the end of
// `fuel.with`). Outside every budget (plain Lua, loading modules) charges cost nothing. In a script_call that
// was given no fuel, helpers' bytes cost nothing and fuel_spend raises: what loops over a person's input
// cannot run by mistake. The error value is a table {class="FuelError", message=…}. Threads: those of the Lua
// state.
#pragma once
#include "text/units.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FUEL_INLINE   200000  // one alert on an I/O loop: about 2 ms, all its templates together
#define FUEL_SLOW     5000000 // one rendering in the slow lane: about 50 ms
#define MEMORY_INLINE ((size_t)2 << 20)
#define MEMORY_SLOW   ((size_t)32 << 20)

struct lua_State;

enum fuel_mode { FUEL_FREE, FUEL_METERED, FUEL_NONE };

struct fuel {
    enum fuel_mode mode;
    int64_t left;  // METERED: what may still be spent; below zero once spent
    int64_t given; // METERED: what the budget began with
};

// The state's counter; made on first use. It lives as long as the state and does not move.
struct fuel *fuel_of(struct lua_State *L);

void fuel_begin(struct fuel *f, int64_t units); // a new budget; 0 units: FUEL_NONE
bool fuel_is_spent(const struct fuel *f);
int64_t fuel_used(const struct fuel *f);
void fuel_burn(struct fuel *f, int64_t units); // charges without raising, from where Lua may not be entered

bool fuel_is_error(struct lua_State *L, int index); // is the value there the error of a spent or absent budget?

// These raise a Lua error: call them before the work, with nothing allocated.
void fuel_spend(struct lua_State *L, int64_t units);
void fuel_bytes(struct lua_State *L, size_t n);
