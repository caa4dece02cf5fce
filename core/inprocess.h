// The core without threads and sockets, on a virtual clock: for specs, `tocsin check` and simulation.
#pragma once
#include "script/engine_ops.h"

extern const struct engine_ops inprocess_ops;
