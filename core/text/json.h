// JSON values with the order of the wire, exact integers and null apart from missing.
//
// json_parse reads a document with simdjson (json_simd.cc, the only C++ file); a document that simdjson refuses goes
// to the strict parser of ours (json_strict.c), which accepts integers of any length, numbers past a double's range
// (inf), lone surrogates (U+FFFD) and a byte order mark, and refuses everything else that RFC 8259 refuses.
// Of duplicate keys the last value wins, at the place of the first. Nodes live in the given arena.
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum json_type {
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_INT,
    JSON_BIGINT,
    JSON_DOUBLE,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
};

struct json { // one value
    enum json_type type;
    uint32_t count; // ARRAY: items; OBJECT: members
    union {
        int64_t integer;
        double real;
        str text;                    // STRING; BIGINT: its decimal digits
        struct json *items;          // ARRAY
        struct json_member *members; // OBJECT, in order
    };
};

struct json_member {
    str key;
    struct json value;
};

#define JSON_DEPTH_MAX 128

// ERR_INVALID (why says what and where: "JSON parse error - … at byte N"), ERR_LIMIT for depth.
err json_parse(arena *a, str text, struct json **out, struct why *why);
err json_parse_strict(arena *a, str text, struct json **out, struct why *why); // the second parser alone, for specs

const struct json *json_get(const struct json *object, str key); // member or NULL; NULL for non-objects
// The member of that name when it is of the type: a text, else {NULL, 0}; an integer of 64 bits, else `otherwise`.
str json_text(const struct json *object, const char *key);
int64_t json_int(const struct json *object, const char *key, int64_t otherwise);
bool json_is_true(const struct json *object, const char *key);
// The items of a member that is a list; NULL and a count of 0 otherwise.
const struct json *json_items(const struct json *object, const char *key, size_t *count);
const struct json *json_path(const struct json *v, const str *keys, size_t n);
void json_write(buf *out, const struct json *v); // compact JSON text

// The shortest text that reads back as `number`, laid out as Python's repr; infinities as 1e999. Not for NaN.
#define JSON_NUMBER_MAX 40
size_t json_number(double number, char out[JSON_NUMBER_MAX]);
