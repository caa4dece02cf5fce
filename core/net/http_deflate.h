// An answer made small: gzip for who takes it.
//
// Purpose: texts that are made for each request. What is compressed holds no secret beside words that another site could choose:
// its length would tell (pages carry no tokens against forgery, cookies are out of their reach, and what a search reflects stands
// beside nobody's key).
// Ownership: the smaller body and the longer headers lie in the exchange's arena.
// Threads: any that holds the exchange.
#pragma once
#include "net/http.h"

// Compresses the body in place of the plain one when the request accepts gzip and there is something to gain. Always says that the
// answer depends on it.
void http_deflate(struct http_exchange *x, struct http_response *response);
