#include "net/mail_dialogue.h"
#include <ctype.h>
#include <sodium.h>
#include <stdio.h>

#define LINE_MAX_BYTES 2048 // RFC 5321 allows 512
#define LINES_MAX      128

#define STEP_LIST(X)                   \
    X(GREETING, "its greeting", greet) \
    X(EHLO, "EHLO", after_ehlo)        \
    X(HELO, "HELO", after_helo)        \
    X(STARTTLS, "STARTTLS", after_tls) \
    X(PLAIN, "AUTH", after_login)      \
    X(LOGIN, "AUTH", ask_user)         \
    X(USER, "AUTH", ask_password)      \
    X(PASSWORD, "AUTH", after_login)   \
    X(MAIL, "MAIL", after_from)        \
    X(RCPT, "RCPT", after_to)          \
    X(DATA, "DATA", say_text)          \
    X(TEXT, "the text of the mail", after_text)

enum {
#define X(name, words, function) STEP_##name,
    STEP_LIST(X)
#undef X
};

void mail_dialogue_open(struct mail_dialogue *d, const struct http_mail *mail, const char *own_name,
                        bool is_encrypted) {
    *d = (struct mail_dialogue){.mail = mail, .own_name = own_name, .is_encrypted = is_encrypted};
}

void mail_dialogue_close(struct mail_dialogue *d) { buf_free(&d->incoming); }

static enum mail_next fail(struct mail_dialogue *d, enum http_failure failure, const char *problem, buf *out) {
    d->failure = failure;
    d->problem = problem;
    buf_lit(out, "QUIT\r\n");
    return MAIL_DONE;
}

static enum mail_next refused(struct mail_dialogue *d, buf *out) {
    return fail(d, d->status >= 500 ? HTTP_FAILED_MAIL_REFUSED : HTTP_FAILED_MAIL_LATER, NULL, out);
}

static bool is_good(const struct mail_dialogue *d, int kind) { return d->status / 100 == kind; }

// --- the order ---

static enum mail_next say(struct mail_dialogue *d, int step) {
    d->step = step;
    return MAIL_WAIT;
}

static enum mail_next say_ehlo(struct mail_dialogue *d, buf *out) {
    d->has_starttls = d->has_plain = d->has_login = d->has_8bit = d->has_utf8 = false;
    buf_printf(out, "EHLO %s\r\n", d->own_name);
    return say(d, STEP_EHLO);
}

static enum mail_next greet(struct mail_dialogue *d, buf *out) {
    return is_good(d, 2) ? say_ehlo(d, out) : refused(d, out);
}

static bool is_ascii(str s) {
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] > 127) return false;
    return true;
}

static enum mail_next say_from(struct mail_dialogue *d, buf *out) {
    bool needs_utf8 = !is_ascii(d->mail->from);
    for (size_t i = 0; i < d->mail->to_count; i++) needs_utf8 |= !is_ascii(d->mail->to[i]);
    if (needs_utf8 && !d->has_utf8)
        return fail(d, HTTP_FAILED_MAIL_REFUSED, "it takes no addresses with letters beyond ASCII (SMTPUTF8)", out);
    buf_printf(out, "MAIL FROM:<%.*s>%s%s\r\n", STR_FMT(d->mail->from),
               d->has_8bit && !is_ascii(d->mail->data) ? " BODY=8BITMIME" : "", needs_utf8 ? " SMTPUTF8" : "");
    return say(d, STEP_MAIL);
}

static void put_base64(buf *out, str s) {
    size_t size = sodium_base64_ENCODED_LEN(s.len, sodium_base64_VARIANT_ORIGINAL);
    sodium_bin2base64(buf_reserve(out, size), size, (const unsigned char *)s.ptr, s.len,
                      sodium_base64_VARIANT_ORIGINAL);
    out->len += size - 1;
}

static enum mail_next say_login(struct mail_dialogue *d, buf *out) {
    if (!d->has_plain && d->has_login) {
        buf_lit(out, "AUTH LOGIN\r\n");
        return say(d, STEP_LOGIN);
    }
    if (!d->has_plain) return fail(d, HTTP_FAILED_LOGIN, "it offers no login by password (AUTH PLAIN or LOGIN)", out);
    buf both = {0};
    buf_char(&both, 0);
    buf_str(&both, d->mail->user);
    buf_char(&both, 0);
    buf_str(&both, d->mail->password);
    buf_lit(out, "AUTH PLAIN ");
    put_base64(out, buf_view(&both));
    buf_lit(out, "\r\n");
    sodium_memzero(both.ptr, both.len);
    buf_free(&both);
    return say(d, STEP_PLAIN);
}

static enum mail_next after_ehlo(struct mail_dialogue *d, buf *out) {
    bool may_be_old = !d->mail->is_starttls && !d->mail->user.len && d->status >= 500;
    if (may_be_old && d->status < 504) { // "unknown command": a server from before 1995
        buf_printf(out, "HELO %s\r\n", d->own_name);
        return say(d, STEP_HELO);
    }
    if (!is_good(d, 2)) return refused(d, out);
    if (d->mail->is_starttls && !d->is_encrypted) {
        if (!d->has_starttls) return fail(d, HTTP_FAILED_TLS, "it does not offer STARTTLS", out);
        buf_lit(out, "STARTTLS\r\n");
        return say(d, STEP_STARTTLS);
    }
    return d->mail->user.len ? say_login(d, out) : say_from(d, out);
}

static enum mail_next after_helo(struct mail_dialogue *d, buf *out) {
    return is_good(d, 2) ? say_from(d, out) : refused(d, out);
}

static enum mail_next after_tls(struct mail_dialogue *d, buf *out) {
    if (!is_good(d, 2)) return refused(d, out);
    if (d->incoming.len) return fail(d, HTTP_FAILED_PROTOCOL, "it spoke on before TLS began", out);
    return MAIL_SHAKE;
}

void mail_dialogue_shaken(struct mail_dialogue *d, buf *out) {
    d->is_encrypted = true;
    say_ehlo(d, out); // what was offered in the clear does not count
}

static enum mail_next after_login(struct mail_dialogue *d, buf *out) {
    if (is_good(d, 2)) return say_from(d, out);
    return d->status >= 500 ? fail(d, HTTP_FAILED_LOGIN, NULL, out) : refused(d, out);
}

static enum mail_next ask_user(struct mail_dialogue *d, buf *out) {
    if (!is_good(d, 3)) return after_login(d, out);
    put_base64(out, d->mail->user);
    buf_lit(out, "\r\n");
    return say(d, STEP_USER);
}

static enum mail_next ask_password(struct mail_dialogue *d, buf *out) {
    if (!is_good(d, 3)) return after_login(d, out);
    put_base64(out, d->mail->password);
    buf_lit(out, "\r\n");
    return say(d, STEP_PASSWORD);
}

static enum mail_next say_to(struct mail_dialogue *d, buf *out) {
    str to = d->mail->to[d->recipient++];
    buf_printf(out, "RCPT TO:<%.*s>\r\n", STR_FMT(to));
    return say(d, STEP_RCPT);
}

static enum mail_next after_from(struct mail_dialogue *d, buf *out) {
    return is_good(d, 2) ? say_to(d, out) : refused(d, out);
}

static enum mail_next after_to(struct mail_dialogue *d, buf *out) {
    if (!is_good(d, 2))
        return refused(d, out); // one refused recipient refuses the mail: nobody thinks that he was told
    if (d->recipient < d->mail->to_count) return say_to(d, out);
    buf_lit(out, "DATA\r\n");
    return say(d, STEP_DATA);
}

// Line ends as the protocol wants them (a lone CR or LF is what one server ends a line at and another does not), and a
// second dot before a line's first, so that no text ends itself.
static enum mail_next say_text(struct mail_dialogue *d, buf *out) {
    str s = d->mail->data;
    bool is_line_start = true;
    if (!is_good(d, 3)) return refused(d, out);
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (c == '\r' && i + 1 < s.len && s.ptr[i + 1] == '\n') continue;
        if (c == '\r' || c == '\n') buf_lit(out, "\r\n");
        else {
            if (is_line_start && c == '.') buf_char(out, '.');
            buf_char(out, c);
        }
        is_line_start = c == '\r' || c == '\n';
    }
    if (!is_line_start) buf_lit(out, "\r\n");
    buf_lit(out, ".\r\n");
    return say(d, STEP_TEXT);
}

static enum mail_next after_text(struct mail_dialogue *d, buf *out) {
    if (!is_good(d, 2)) return refused(d, out);
    buf_lit(out, "QUIT\r\n"); // and nobody waits for the farewell
    return MAIL_DONE;
}

// --- replies ---

static bool has_word(str line, const char *word) {
    for (str part; str_split(&line, ' ', &part);)
        if (str_is_nocase(part, str_of(word))) return true;
    return false;
}

static void take_offer(struct mail_dialogue *d, str line) {
    str word = line, rest = line;
    str_split(&rest, ' ', &word);
    if (str_is_nocase(word, STR("STARTTLS"))) d->has_starttls = true;
    if (str_is_nocase(word, STR("8BITMIME"))) d->has_8bit = true;
    if (str_is_nocase(word, STR("SMTPUTF8"))) d->has_utf8 = true;
    if (str_is_nocase(word, STR("AUTH"))) {
        d->has_plain |= has_word(rest, "PLAIN");
        d->has_login |= has_word(rest, "LOGIN");
    }
}

// One line of a reply, "250-text" or "250 text"; false when it is none.
static bool take_line(struct mail_dialogue *d, str line, bool *is_last) {
    int status = 0;
    for (size_t i = 0; i < 3; i++) {
        if (i >= line.len || !isdigit((unsigned char)line.ptr[i])) return false;
        status = status * 10 + (line.ptr[i] - '0');
    }
    bool is_first = d->lines++ == 0;
    if (status < 200 || status > 599 || (line.len > 3 && line.ptr[3] != ' ' && line.ptr[3] != '-')) return false;
    if (!is_first && status != d->status) return false;
    *is_last = line.len == 3 || line.ptr[3] == ' ';
    d->status = status;
    if (d->step == STEP_EHLO && !is_first) take_offer(d, str_from(line, 4));
    size_t n = str_utf8_cut(line, sizeof d->reply - 1);
    memcpy(d->reply, line.ptr, n);
    d->reply[n] = 0;
    return true;
}

static enum mail_next nonsense(struct mail_dialogue *d, buf *out) {
    return fail(d, HTTP_FAILED_PROTOCOL, "its reply is none", out);
}

// The next line of what came, taken off it.
static bool next_line(struct mail_dialogue *d, char line[LINE_MAX_BYTES], size_t *n) {
    ptrdiff_t end = str_find(buf_view(&d->incoming), '\n');
    if (end < 0 || end >= LINE_MAX_BYTES) return false;
    memcpy(line, d->incoming.ptr, (size_t)end);
    *n = end && line[end - 1] == '\r' ? (size_t)end - 1 : (size_t)end;
    d->incoming.len -= (size_t)end + 1;
    memmove(d->incoming.ptr, d->incoming.ptr + end + 1, d->incoming.len);
    return true;
}

enum mail_next mail_dialogue_hear(struct mail_dialogue *d, str bytes, buf *out) {
    static enum mail_next (*const steps[])(struct mail_dialogue *, buf *) = {
#define X(name, words, function) function,
        STEP_LIST(X)
#undef X
    };
    char line[LINE_MAX_BYTES];
    size_t n;
    bool is_last;
    enum mail_next next = MAIL_WAIT;
    buf_str(&d->incoming, bytes);
    while (next == MAIL_WAIT && next_line(d, line, &n)) {
        if (d->lines == LINES_MAX || !take_line(d, (str){line, n}, &is_last)) return nonsense(d, out);
        if (!is_last) continue;
        d->lines = 0;
        next = steps[d->step](d, out);
    }
    return next == MAIL_WAIT && d->incoming.len >= LINE_MAX_BYTES ? nonsense(d, out) : next;
}

const char *mail_dialogue_waits_for(const struct mail_dialogue *d) {
    static const char *const words[] = {
#define X(name, words, function) "answer " words,
        STEP_LIST(X)
#undef X
    };
    return d->step == STEP_GREETING ? "send its greeting" : words[d->step];
}
