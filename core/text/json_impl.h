// What the JSON files share among themselves; everyone else includes text/json.h.
#pragma once
#include "text/json.h"

#ifdef __cplusplus
extern "C" {
#endif

// The fast parser: ERR_INVALID or ERR_LIMIT without a sentence; the strict parser then decides.
err json_parse_simd(arena *a, str text, struct json **out);

// Drops all but the last value of a repeated key, at the place of the first; lowers object->count.
void json_settle(struct json *object);

#ifdef __cplusplus
}
#endif
