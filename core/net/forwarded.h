// Who really asks when a proxy stands in front: the client's address, and the scheme and host that it used.
//
// Purpose: X-Forwarded-For, -Proto and -Host and Forwarded (RFC 7239) are believed only from proxies that the operator lists, and of
// a chain of hops the rightmost that is not listed is the client: what stands left of it, the client may have written itself.
// When both kinds of headers are there and name different clients, one of them was only passed through: neither is believed.
// Pure. Texts live in the arena or in the request. Threads: any.
#pragma once
#include "net/address_guard.h"
#include "net/http.h"

struct forwarded {
    str client;      // "192.0.2.1", "2001:db8::1"
    str scheme;      // "http" or "https"
    str host;        // "example.org:8443"; may be empty
    bool is_proxied; // the peer is a listed proxy: what it says of the request is believed
};

void forwarded_read(arena *a, const struct http_request *r, const struct address_guard *proxies, struct forwarded *out);
