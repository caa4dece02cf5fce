// What the JSON files share among themselves; everyone else includes script/json.h.
#pragma once
#include "script/json.h"

#ifdef __cplusplus
extern "C" {
#endif

#define JSON_NUMBER_MAX 40

// The fast parser: ERR_INVALID or ERR_LIMIT without a sentence; the strict parser then decides.
err json_parse_simd(arena *a, str text, struct json **out);

// Drops all but the last value of a repeated key, at the place of the first; lowers object->count.
void json_settle(struct json *object);

// The shortest text that reads back as `number`, laid out as Python's repr; infinities as 1e999. Not for NaN.
size_t json_number(double number, char out[JSON_NUMBER_MAX]);

#ifdef __cplusplus
}
#endif
