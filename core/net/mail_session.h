// One mail brought to one server: a connection to judged addresses, TLS where asked for, the dialogue, goodbye.
//
// Purpose: mail of net/http_client. Not libcurl's: 7.88 ends each mail and each connection of SMTP with its loop blocked.
// Ownership: the options' texts are borrowed until the outcome or mail_session_cancel.
// Threads: the loop's. `on_done` is called once, never within mail_session_start; not at all after a cancel.
// Errors: a class and the words of a sentence's end; the caller knows the host and its time.
#pragma once
#include "net/http_client.h"
#include "net/tls_stream.h"

typedef struct mail_session mail_session;

struct mail_outcome {
    enum http_failure failure;
    int error;           // libuv's, of a connection that could not be made
    const char *problem; // "" when the reply says it all
    int status;          // of the last reply; 0: there was none
    const char *reply;
    struct address peer; // size 0: none was connected to
};

struct mail_session_options {
    uv_loop_t *loop;
    const struct address *addresses; // tried one after the other
    size_t count;
    int port;
    const char *host; // whom the certificate must name
    tls_context *tls; // needed when is_tls or the mail's is_starttls is set
    bool is_tls;      // from the first byte
    int limit_ms;     // shared by the addresses while connecting
    const struct http_mail *mail;
    void *ctx;
    void (*on_done)(void *ctx, const struct mail_outcome *outcome);
};

mail_session *mail_session_start(const struct mail_session_options *options);
void mail_session_cancel(mail_session *s); // the memory goes with the loop's closing callbacks
// What it waits for, to end "example.org did not …", and the address that it talks to.
const char *mail_session_waits_for(const mail_session *s, struct address *peer);
