// A mail as it came (RFC 5322, MIME): what an alert needs of it. GMime reads it; nobody else knows that.
//
// Purpose: headers decoded, bodies in any encoding and charset as UTF-8, HTML as text (html_text), attachments by name, type
// and size. Of several forms of one text the plain one counts, unless it is blank. And what an automatic answer, a bounce
// or a mail that goes in circles shows of itself.
// Ownership: everything lives in the arena. Threads: any, after mime_start, which may be called again.
// There is no error: whatever the bytes are, a mail is made of them. Bounds: depth 30, 200 attachments named, 1,000 parts; behind
// 256 KiB of headers or 2,000 boundaries, and of HTML behind 1 MiB, nothing is read.
#pragma once
#include "base/arena.h"
#include "base/buf.h"

void mime_start(void);

struct mime_mail {
    str subject, text;
    str from; // the first address of From, or the header as it is when it holds none; may be empty
    str to, cc, date, message_id, in_reply_to; // as headers say, decoded; empty where there are none
    struct mime_attachment {
        str name, type;
        size_t size; // decoded
    } * attachments;
    size_t attachment_count;
    const char *refusal; // why it is no alert: the end of the sentence "This mail …"; NULL
};

// An address of ours, `<token>@domain` or `<token>+<dedup>@domain`: in quotes or not. False: it is of another domain, or no address.
bool mime_address(str address, str domain, str *token, str *dedup); // domain "": any; dedup may be empty

void mime_parse(arena *a, str bytes, struct mime_mail *out);

// As the payload of an alert: {"subject", "message", "sender", "recipient", …}. `sender`: of the envelope, when there is no From.
// For GoAlert's keys "summary" and "details" too: the form that their templates know.
struct mime_envelope {
    str sender, recipient, dedup; // the latter empty: null
    bool is_goalert;
};
void mime_payload(buf *out, const struct mime_mail *m, const struct mime_envelope *envelope);
