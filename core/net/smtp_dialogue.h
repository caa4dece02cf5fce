// What is said to who brings a mail: their lines in, our replies out (RFC 5321, 3207, 6531). Pure; for net/smtp_server.
//
// Purpose: the server's side of the dialogue in one place: greeting, EHLO, STARTTLS, MAIL, RCPT, DATA, the text. A text ends
// at CRLF . CRLF and nowhere else. Replies are PIPELINING's: what comes too soon waits, bounded, while a mail is stored.
// What is refused, and where: a sender that is empty (bounces) at MAIL, an address that is nobody's at RCPT, a text that is too
// long or finds no room at its end, HTTP and TLS in the clear at once.
// Ownership: rules are borrowed for the dialogue's life. Threads: the caller's.
#pragma once
#include "base/buf.h"

#define SMTP_RECIPIENTS_MAX 20

struct smtp_verdict {
    int code;         // 250, or a refusal
    const char *text; // behind the code, with its enhanced code; static
};

struct smtp_rules {
    const char *own_name;
    size_t size_limit;      // bytes of a text
    size_t held_max, *held; // bytes of all dialogues' texts: at most, and now
    bool has_tls;
    void *ctx;
    struct smtp_verdict (*on_recipient)(void *ctx, str address);
};

struct smtp_dialogue {
    const struct smtp_rules *rules;
    int step, text_state;
    bool is_encrypted, is_greeted, is_too_long, has_no_room;
    int mistakes;
    buf incoming; // lines that are not complete, and what came too soon
    size_t taken; // of them, while they are read
    buf sender, text;
    buf recipients[SMTP_RECIPIENTS_MAX];
    size_t recipient_count, discarded;
};

enum smtp_next {
    SMTP_WAIT,  // read on
    SMTP_SHAKE, // begin TLS once the reply is out, then smtp_dialogue_shaken
    SMTP_MAIL,  // sender, recipients and text are there: read no more; then smtp_dialogue_answer
    SMTP_DONE   // close once the reply is out
};

void smtp_dialogue_open(struct smtp_dialogue *d, const struct smtp_rules *rules, buf *out);
void smtp_dialogue_close(struct smtp_dialogue *d);
// Bytes from the peer; what is to be said to it is added to `out`.
enum smtp_next smtp_dialogue_hear(struct smtp_dialogue *d, str bytes, buf *out);
void smtp_dialogue_shaken(struct smtp_dialogue *d);
// What became of the mail; goes on with what came meanwhile.
enum smtp_next smtp_dialogue_answer(struct smtp_dialogue *d, int code, const char *text, buf *out);
