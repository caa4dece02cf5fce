// Names to addresses without blocking: c-ares on a given loop, with a cache that outlives its servers.
//
// Purpose: both families are asked at the same time and one that does not answer does not hold up the other. An
// answer is kept for its TTL. After that it is asked again, and while the servers do not answer, the old addresses are
// served for a day: a page must not fail because DNS does. "No such name" is believed, and kept for 5 s. Questions
// for one name that is being looked up wait for the same answer. Each look-up reads /etc/resolv.conf and /etc/hosts
// as they are at that moment and uses ports of its own.
// Ownership: the caller owns `struct resolver_question` and keeps it until its answer or resolver_cancel. The addresses
// of an answer are borrowed for the call.
// Threads: all functions on the loop's thread. The answer may come before resolver_ask returns.
// Errors: resolver_new, when `servers` is no list of addresses; everything else comes as a state.
#pragma once
#include "base/env.h"
#include "base/err.h"
#include "net/address_guard.h"
#include <uv.h>

typedef struct resolver resolver;

#define RESOLVER_ADDRESSES_MAX 16 // of one name; more are left out
#define RESOLVER_NAME_MAX      253

struct resolver_options {
    uv_loop_t *loop;
    env *env;            // its clock tells the age of an answer
    const char *servers; // "192.0.2.53, [2001:db8::53]:5353"; "" or NULL: those of the system
    // All in milliseconds; 0 means the default.
    int try_ms;   // 1000: until a server is asked again, or the next one
    int limit_ms; // 5000: of one look-up, all in all
    int stale_ms; // 200: so long a look-up is waited for when there are old addresses
    int names;    // 4096: names kept
};

enum resolver_state {
    RESOLVER_FOUND,
    RESOLVER_NO_NAME,   // the servers say that the name, or an address of it, does not exist
    RESOLVER_NO_SERVERS // no server answered in time, or none with an answer
};

struct resolver_answer {
    enum resolver_state state;
    const struct address *addresses; // in the order of preference
    size_t count;
    bool is_stale; // served past its TTL because no server answered
};

struct resolver_question {
    void (*on_answer)(struct resolver_question *q, const struct resolver_answer *answer);
    void *ctx;
    struct resolver_question *next, **at; // the resolver's own
};

struct resolver_stats {
    uint64_t asked, looked_up, served_stale, failed;
    size_t names;
};

err resolver_new(const struct resolver_options *options, resolver **out, struct why *why);
// Cancels all questions without an answer. The memory goes when the loop has run its closing callbacks.
void resolver_free(resolver *r); // accepts NULL; never from within on_answer
// A name or an address as text. Each question is answered exactly once, unless it is cancelled.
void resolver_ask(resolver *r, str name, struct resolver_question *q);
void resolver_cancel(struct resolver_question *q); // does nothing when it is answered or cancelled
void resolver_forget(resolver *r);                 // empties the cache, but for names that are being looked up
struct resolver_stats resolver_stats(const resolver *r);
bool resolver_is_servers(const char *servers, struct why *why); // whether `servers` can be used
