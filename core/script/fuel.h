// What templates may spend. Fuel is the only clock of a rendering: the same template stops at the same place on every
// machine. One unit is about 10 ns of work on the machine it was tuned on.
//
// Charged: every loop head, call, filter and test (FUEL_STEP), every byte that a C helper reads or builds
// (FUEL_BYTES per unit), and compilation by source byte. A result is sized and charged before it is built.
#pragma once
#include <stdint.h>

#define FUEL_STEP     10      // units for one loop head, call, filter or test
#define FUEL_BYTES    16      // bytes read or built for one unit
#define FUEL_INLINE   200000  // one alert on an I/O loop: about 2 ms, all its templates together
#define FUEL_SLOW     5000000 // one rendering in the slow lane: about 50 ms
#define MEMORY_INLINE ((size_t)2 << 20)
#define MEMORY_SLOW   ((size_t)32 << 20)
