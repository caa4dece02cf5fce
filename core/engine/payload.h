// What a request's body says: JSON, a form, a query string or text, as one JSON value.
//
// Pure. A body that parses as JSON is JSON whatever its Content-Type, and one that begins with { or [ and does not parse is
// bad JSON, also where it is called a form (as `curl -d` does). An empty body is the query string's pairs, or {}.
// Values and texts live in the arena or are the body itself.
#pragma once
#include "text/json.h"

struct payload {
    struct json *json;
    str bytes;  // to store: the body, or "{}" when there was none
    str parsed; // JSON text of `json` when the bytes are not JSON themselves, else empty
};

// ERR_INVALID: a 400 with why's sentence. ERR_LIMIT: too deep, 400 as well. ERR_UNSUPPORTED: 415.
err payload_parse(arena *a, str content_type, str query, str body, struct payload *out, struct why *why);
// The body as one text, whatever it claims to be. ERR_INVALID: not UTF-8.
err payload_text(arena *a, str body, struct payload *out, struct why *why);
