// The labels of a group as they are stored, a JSON object of texts: what one says. Pure.
//
// Which labels a group gets is computed where templates are, in lua/labels.lua.
#pragma once
#include "base/arena.h"
#include "base/str.h"

// The value of a key: false when there is none. It lives in `a`.
bool labels_get(arena *a, str labels, str key, str *out);
