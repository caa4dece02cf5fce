// Whether a request carries the sign that its integration asks for, and the answer to a sender that asks for one. Pure.
//
// Purpose: an integration file says in `verify` and `challenge` what its source signs (integrations/README.md); the rule is
// copied as JSON into the integration, and its secret is sealed there. All is compared here, before anything else looks at
// the body, in a time that tells nothing of how much was right.
// Ownership: a rule's texts live in the arena it was read into. Threads: any.
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "net/http.h"

enum verify_kind {
    VERIFY_NONE,
    VERIFY_HMAC,  // of the body, or of `form`
    VERIFY_PLAIN, // the secret itself
    VERIFY_BASIC, // "user:password", as HTTP sends it
    VERIFY_SNS    // by Amazon's certificate (engine/intake_sns.c); the secret names the topics
};

struct verify_rule {
    enum verify_kind kind;
    int bits;                 // of HMAC: 1, 256, 512
    str header, query, field; // where the sign stands: one of them
    str prefix;               // in front of it
    bool is_base64;           // else hexadecimal
    str form;                 // what is signed: {body} and {timestamp}
    str timestamp_header;
    int64_t tolerance_us; // how old a signed timestamp may be; 0: not looked at
    struct {
        str query, field; // where the question stands: one of them, or neither: there is none
        str only_field, only_value;
        str answer; // {challenge}, {hmac}
        bool is_base64;
    } challenge;
};

#define VERIFY_SECRET_MAX 1000

// Reads {"verify": {…}, "challenge": {…}}, as lua/integration.lua writes it; empty text is no rule. False: it is none of ours.
bool verify_read(arena *a, str json, struct verify_rule *out);

// 0: the sign is right. Otherwise the status to answer, 401 (missing) or 403 (wrong), and a sentence that says where it was
// looked for. For VERIFY_NONE and VERIFY_SNS always 0.
int verify_check(const struct verify_rule *rule, str secret, const struct http_request *q, arena *a, struct why *why);

// Is the request no alert but a question whether we are who we say? Then the answer, in `a`. An answer that needs a secret
// is not given without one.
bool verify_answer(const struct verify_rule *rule, str secret, const struct http_request *q, arena *a,
                   struct http_response *out);
