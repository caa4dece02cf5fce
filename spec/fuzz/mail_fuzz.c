// What a mail server may say: any bytes, in any pieces. Nothing is said twice, no step is left out, and what we say is
// lines of ours only. The first byte picks the mail, the second the pieces' size.
#include "net/mail_dialogue.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds) {
    if (!holds) abort();
}

// A mail was taken only after its text was sent, and that only to those who said so at each step.
static void check_end(const struct mail_dialogue *d, str said) {
    bool has_text = memmem(said.ptr, said.len, "\r\n.\r\n", 5) != NULL;
    if (d->failure == HTTP_FAILED_NONE) {
        check(has_text && d->status / 100 == 2 && d->recipient == d->mail->to_count);
        check(!d->mail->is_starttls || d->is_encrypted);
    }
    check(str_ends(said, STR("QUIT\r\n")) || !said.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const str to[] = {STR("a@example.org"), STR("b@example.org")};
    if (size < 2) return 0;
    struct http_mail mail = {
        .from = STR("c@example.org"), .to = to, .to_count = 1 + (data[0] & 1), .data = STR("a\n.\nb")};
    mail.is_starttls = data[0] & 2;
    if (data[0] & 4) {
        mail.user = STR("user");
        mail.password = STR("password");
    }
    struct mail_dialogue d;
    buf said = {0};
    enum mail_next next = MAIL_WAIT;
    size_t piece = (size_t)data[1] + 1;
    mail_dialogue_open(&d, &mail, "here", data[0] & 8);
    for (size_t at = 2; at < size && next != MAIL_DONE; at += piece) {
        size_t n = size - at < piece ? size - at : piece;
        next = mail_dialogue_hear(&d, (str){(const char *)data + at, n}, &said);
        if (next == MAIL_SHAKE) mail_dialogue_shaken(&d, &said);
    }
    check(mail_dialogue_waits_for(&d) != NULL);
    check(said.len < 2000);
    if (next == MAIL_DONE) check_end(&d, buf_view(&said));
    mail_dialogue_close(&d);
    buf_free(&said);
    return 0;
}
