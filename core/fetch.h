// One HTTP request that is waited for: for commands that ask another server.
//
// Purpose: what the pager's outgoing HTTP is to the server, on a loop of its own, with the same names, TLS and failures. The
// address is the operator's own choice: the guard against private addresses does not look at it. No redirect is followed.
// Threads: any; blocks until the answer is there or the time is over.
#pragma once
#include "base/buf.h"
#include "base/err.h"

// {method, url, token, body, timeout_ms, ca_file} → {status, retry_after, body}; `token` is sent as Authorization, a body as
// JSON. An answer past 64 MiB and every failure is an error with a sentence that names the host.
err fetch_send(str json, buf *out, struct why *why);
