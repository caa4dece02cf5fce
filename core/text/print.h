// A JSON document as Python prints it: repr of the dicts and lists, or json.dumps. Pure, any thread.
#pragma once
#include "text/json.h"

struct print_style {
    bool repr;  // {'a': None} instead of {"a": null}; the other fields are then not looked at
    bool sort;  // keys by code point, at every level
    bool ascii; // \uXXXX instead of other letters
    bool html;  // \u003c … instead of < > & '
    bool lines; // every item on a line of its own, behind `indent` times its depth
    str indent;
    int depth; // of what is around, for `lines`
};

// Bytes of the text, written to `out` unless that is NULL. Measuring stops soon after `max`: the answer is
// then more than `max` and says no more than that.
size_t print_json(char *out, const struct json *v, const struct print_style *style, size_t max);
