// The labels of a group as they are stored, a JSON object of texts: what one says, and whether some match. Pure functions.
//
// Which labels a group gets is computed where templates are, in lua/labels.lua; here they are read again: by metrics, by
// whatever applies to the groups with certain labels.
#pragma once
#include "base/arena.h"
#include "base/str.h"

// The value of a key: false when there is none. It lives in `a`.
bool labels_get(arena *a, str labels, str key, str *out);
// Whether every label of `wanted`, a JSON list [{"key","value"}…], is among them. None wanted: nothing matches.
bool labels_match(arena *a, str labels, str wanted);
