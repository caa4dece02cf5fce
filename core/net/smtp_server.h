// Takes mails: a listener with a loop and a thread of its own, the dialogues with those who bring them, STARTTLS.
//
// Purpose: bytes to mails; whose they are and what becomes of them is said by the owner. A mail is answered once it is on disk
// or refused; meanwhile its connection is not read. Past `connections` the one that has been silent longest has to go, and so
// does who says nothing for `idle_ms`.
// Ownership: what a mail points to lives until it is answered. Threads: new, start, stop and free on the controlling thread;
// the callbacks and smtp_mail_answer on the server's own; stats and reload on any.
// Errors: a sentence that names the setting.
#pragma once
#include "base/err.h"
#include "base/log.h"
#include "base/mailbox.h"
#include "net/smtp_dialogue.h"

typedef struct smtp_server smtp_server;

struct smtp_mail {
    str sender, data, peer;
    size_t recipient_count;
    str recipients[SMTP_RECIPIENTS_MAX];
};
// "250 2.0.0 Ok": the code and what stands behind it. Once, at once or later.
void smtp_mail_answer(struct smtp_mail *m, int code, const char *text);

struct smtp_options {
    const char *listen, *certificate_file, *key_file; // the latter "" or NULL: no TLS
    size_t size_limit, held_max;                      // bytes of a mail, and of all on their way
    int connections, idle_ms;
    log_t *log;
    void *ctx;
    void *(*on_open)(void *ctx, struct mailbox *box); // what it returns is the callbacks' `own`
    void (*on_close)(void *ctx, void *own);
    struct smtp_verdict (*on_recipient)(void *ctx, void *own, str address);
    void (*on_mail)(void *ctx, void *own, struct smtp_mail *mail);
    void (*on_post)(void *ctx, void *own, struct mail *post); // what was pushed into the mailbox
};

err smtp_server_new(const struct smtp_options *options, smtp_server **out, struct why *why);
int smtp_server_port(const smtp_server *s);
void smtp_server_start(smtp_server *s);
err smtp_server_reload(smtp_server *s, struct why *why); // the certificate
void smtp_server_stop_accepting(smtp_server *s);         // and ends what carries no mail
bool smtp_server_is_idle(smtp_server *s);                // no mail waits for its answer
void smtp_server_free(smtp_server *s);                   // accepts NULL; ends the thread and joins it
struct smtp_stats {
    uint64_t connections, mails, refused; // refused: recipients and mails, by us
    int64_t open_connections;
};
struct smtp_stats smtp_server_stats(smtp_server *s);
