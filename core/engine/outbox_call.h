// What Lua says of a request of the outbox, as the client's call.
//
// Ownership: the call borrows from the arena and from `v`. Threads: any. Errors: what is missing is empty.
#pragma once
#include "net/http_client.h"
#include "text/json.h"

// {method, url, headers, mail, keep, redirects, trusted}; its callback is the caller's.
void outbox_call_read(arena *a, const struct json *v, str body, struct http_call *out);
str outbox_call_server(const struct http_call *call); // scheme, host and port as they stand in its URL
