// What is said to a mail server: its replies in, our next lines out (RFC 5321, 3207, 4954). Pure; for net/mail_session.
//
// Purpose: the order of a mail's delivery in one place: greeting, EHLO, STARTTLS, EHLO again, AUTH, MAIL, RCPT, DATA, the
// text, QUIT. A reply that is no reply, or bytes that came before TLS began, end it.
// Ownership: the mail and the names are borrowed for the dialogue's life. Threads: the caller's.
#pragma once
#include "net/http_client.h"

struct mail_dialogue {
    const struct http_mail *mail;
    const char *own_name; // for EHLO
    int step;
    size_t recipient;
    bool is_encrypted, has_starttls, has_plain, has_login, has_8bit, has_utf8;
    buf incoming; // bytes of replies that are not complete
    size_t line_at, lines;
    int status; // of the last reply
    char reply[256];
    enum http_failure failure;
    const char *problem; // what is wrong, when it is not the reply that says so; ends a sentence
};

enum mail_next {
    MAIL_WAIT,
    MAIL_SHAKE,
    MAIL_DONE
}; // read on; begin TLS, then mail_dialogue_shaken; over, see `failure`

void mail_dialogue_open(struct mail_dialogue *d, const struct http_mail *mail, const char *own_name, bool is_encrypted);
void mail_dialogue_close(struct mail_dialogue *d);
// Bytes from the server; what is to be said to it is added to `out`.
enum mail_next mail_dialogue_hear(struct mail_dialogue *d, str bytes, buf *out);
void mail_dialogue_shaken(struct mail_dialogue *d, buf *out);
const char *mail_dialogue_waits_for(const struct mail_dialogue *d); // "answer to RCPT"
