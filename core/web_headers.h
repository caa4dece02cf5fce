// The header lines that every answer of the API and of the pages gets: what browsers may do with it.
//
// Purpose: nothing is framed, no script runs that is not a file of ours, addresses are told to no other site, and under TLS browsers
// keep to it. An answer that names its own policy keeps that. Other sites may read the API only when the operator lists them.
// Pure. Threads: any.
#pragma once
#include "base/err.h"
#include "net/http.h"

struct web_headers {
    str origins; // "https://a.example, https://b.example"; empty: no other site
};

bool web_headers_is_origins(str origins, struct why *why); // as the setting wants them
// Adds to the response's extra headers, in the request's arena.
void web_headers_add(const struct web_headers *w, struct http_exchange *x, bool is_https,
                     struct http_response *response);
bool web_headers_has(str lines, const char *name); // is there a line that begins with "Name:"?
// Answers a browser's question before it asks the API from another site's page; false: it is no such question.
bool web_headers_answer(const struct web_headers *w, struct http_exchange *x);
