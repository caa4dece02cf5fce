// What who brings mails may say: any bytes, in any pieces. Every reply is a whole line with a code, a mail is there only with a
// sender, recipients and an end of its text, no text is longer than allowed, and nothing is held at the end. The first byte picks
// the rules, the second the pieces' size.
#include "net/smtp_dialogue.h"
#include <ctype.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds) {
    if (!holds) abort();
}

static struct smtp_verdict judge(void *ctx, str address) {
    (void)ctx;
    check(address.len >= 1 && address.len <= 320 && str_is_utf8(address) && str_find(address, '@') >= 0);
    check(str_find(address, '\n') < 0 && str_find(address, '\r') < 0);
    return address.ptr[0] == 'a' ? (struct smtp_verdict){250, "2.1.5 Ok"} : (struct smtp_verdict){550, "5.1.1 No"};
}

static void check_replies(str said) {
    for (str line; str_split(&said, '\n', &line);) {
        check(line.len >= 5 && line.ptr[line.len - 1] == '\r');
        check(line.ptr[0] >= '2' && line.ptr[0] <= '5' && isdigit((unsigned char)line.ptr[1]) &&
              isdigit((unsigned char)line.ptr[2]) && (line.ptr[3] == ' ' || line.ptr[3] == '-'));
    }
}

static size_t ends_of_text(const uint8_t *data, size_t size) {
    size_t n = 0;
    for (size_t i = 0; i + 4 <= size; i++) n += memcmp(data + i, "\n.\r\n", 4) == 0;
    return n;
}

static void check_mail(const struct smtp_dialogue *d, const struct smtp_rules *rules) {
    check(d->sender.len && d->recipient_count >= 1 && d->recipient_count <= SMTP_RECIPIENTS_MAX);
    check(d->text.len <= rules->size_limit && *rules->held == d->text.len && *rules->held <= rules->held_max);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2) return 0;
    size_t held = 0, mails = 0, piece = (size_t)data[1] + 1;
    struct smtp_rules rules = {.own_name = "here",
                               .size_limit = data[0] & 1 ? 20 : 100000,
                               .held_max = data[0] & 2 ? 10 : 100000,
                               .held = &held,
                               .has_tls = data[0] & 4,
                               .on_recipient = judge};
    struct smtp_dialogue d;
    buf said = {0};
    enum smtp_next next = SMTP_WAIT;
    smtp_dialogue_open(&d, &rules, &said);
    for (size_t at = 2; at < size && next != SMTP_DONE; at += piece) {
        size_t n = size - at < piece ? size - at : piece;
        next = smtp_dialogue_hear(&d, (str){(const char *)data + at, n}, &said);
        for (; next == SMTP_MAIL; mails++) {
            check_mail(&d, &rules);
            next = smtp_dialogue_answer(&d, mails % 2 ? 451 : 250, "2.0.0 Noted", &said);
        }
        if (next == SMTP_SHAKE) {
            check(rules.has_tls && !d.incoming.len && str_ends(buf_view(&said), STR("220 2.0.0 Begin\r\n")));
            smtp_dialogue_shaken(&d);
        }
    }
    check(mails <= ends_of_text(data, size));
    check_replies(buf_view(&said));
    smtp_dialogue_close(&d);
    check(held == 0);
    buf_free(&said);
    return 0;
}
