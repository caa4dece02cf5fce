// Requests of an integration as they come in, kept for a moment for somebody who looks at them (`tocsin capture`).
//
// Purpose: who asks for an integration's requests is told of those that came since, also of those that were refused or
// ignored. Kept are the last of them, in memory, while somebody asks, and some seconds more; nothing is on the disk.
// While nobody asks, a request costs one look at a number. Threads: any.
#pragma once
#include "base/buf.h"
#include "net/http.h"
#include "text/json.h"

typedef struct captures captures;

captures *captures_new(void);
void captures_free(captures *c); // accepts NULL
void captures_note(captures *c, int64_t integration_id, const struct http_request *q);
// As a port: {integration: its row id, after: a number} → {"requests": [{"number", "at", "method", "query", "headers", "body",
// "is_cut"}…]} that came after that number (0: all that are kept). Bodies are cut at 64 KiB; what is not UTF-8 in them is
// U+FFFD. `c` NULL: no server runs, ERR_UNSUPPORTED.
err captures_port(captures *c, int64_t now, const struct json *args, buf *out, struct why *why);
