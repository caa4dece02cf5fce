// Mails that are alerts: whose an address is, and the way of a mail into an integration.
//
// Purpose: `<token>@domain` and `<token>+<dedup>@domain` are an integration's addresses, whatever its type. A mail becomes the
// payload {subject, message, sender, …} (text/mime.h) and takes the way of every request from there: rate limit, templates,
// slow lane, commit. It is answered when all its recipients' alerts are on disk.
// Ownership: the mail belongs to who brought it, until `answer`. Threads: that of the intake.
#pragma once
#include "engine/intake.h"

// The integration that takes mails for this token, its own or a key of type email; NULL: none does.
const struct config_integration *mail_in_find(const config *c, str token);

struct mail_in {
    intake *intake;
    env *env;
    str domain;
    struct mailbox *box; // of the intake's thread
};
bool mail_in_knows(const struct mail_in *in, str address);

struct mail_brought {
    str sender, data, peer;
    const str *recipients;
    size_t recipient_count;
    void *ctx;
    void (*answer)(void *ctx, int code, const char *text); // as SMTP has it
};
void mail_in_take(const struct mail_in *in, const struct mail_brought *mail);
