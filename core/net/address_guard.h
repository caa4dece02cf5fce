// Which addresses outgoing requests may reach: the public Internet, and what the operator has listed.
//
// Purpose: a URL that a person may write (webhooks, iCal) must not become a way into the server's own network, so the
// address that is connected to, not the name, is judged here. Refused are all ranges that IANA lists as special
// purpose: private, shared, loopback, link-local, multicast, documentation and reserved ones of both families; an
// IPv4 address inside an IPv6 one (mapped, NAT64, 6to4) is judged as what it is. The setting `allow_private_webhooks`
// opens all of them (1) or those that it lists.
// Pure: plain structs, no I/O, nothing allocated. Threads: any; a guard does not change once it is parsed.
// Errors: address_guard_parse says which word of the list is wrong and what it should be.
#pragma once
#include "base/err.h"
#include "base/str.h"

#define ADDRESS_TEXT_MAX   46 // with its NUL
#define ADDRESS_RANGES_MAX 64

struct address {
    unsigned char size; // 4 or 16: the family
    unsigned char bytes[16];
};

struct address_range {
    struct address base;
    int bits;
};

struct address_guard {
    bool allows_all;
    size_t count;
    struct address_range ranges[ADDRESS_RANGES_MAX];
};

// "192.0.2.1" or "2001:db8::1", in the usual notation only: no brackets, zone, octal or short forms.
bool address_parse(str text, struct address *out);
const char *address_text(const struct address *a, char out[ADDRESS_TEXT_MAX]);
bool address_is_same(const struct address *a, const struct address *b);

// `list`: "" or 0 (nothing private), 1 (everything), or CIDRs and addresses: "10.0.0.0/8, fd00::/8, 192.168.1.5".
err address_guard_parse(str list, struct address_guard *out, struct why *why);
bool address_guard_lists(const struct address_guard *g, const struct address *a); // by name; "1" lists nothing
// NULL when the address may be reached; else what kind it is, to end a sentence: "a private network".
const char *address_guard_refuses(const struct address_guard *g, const struct address *a);
