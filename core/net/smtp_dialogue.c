#include "net/smtp_dialogue.h"
#include "base/err.h"
#include <ctype.h>

#define LINE_MAX_BYTES 2048 // RFC 5321 allows 512, addresses with parameters some more
#define AHEAD_MAX      65536
#define MISTAKES_MAX   10
#define ADDRESS_MAX    320

enum { STEP_COMMANDS, STEP_TEXT, STEP_STORING, STEP_OVER };
enum { AT_START, AFTER_DOT, AFTER_DOT_CR, IN_LINE, AFTER_CR }; // of a text

void smtp_dialogue_open(struct smtp_dialogue *d, const struct smtp_rules *rules, buf *out) {
    *d = (struct smtp_dialogue){.rules = rules};
    buf_printf(out, "220 %s ESMTP Tocsin\r\n", rules->own_name);
}

static void forget_text(struct smtp_dialogue *d) {
    *d->rules->held -= d->text.len;
    buf_free(&d->text);
    d->is_too_long = d->has_no_room = false;
    d->discarded = 0;
}

static void forget_mail(struct smtp_dialogue *d) {
    forget_text(d);
    buf_free(&d->sender);
    for (size_t i = 0; i < d->recipient_count; i++) buf_free(&d->recipients[i]);
    d->recipient_count = 0;
}

void smtp_dialogue_close(struct smtp_dialogue *d) {
    forget_mail(d);
    buf_free(&d->incoming);
    d->step = STEP_OVER;
}

static str unread(const struct smtp_dialogue *d) { return str_from(buf_view(&d->incoming), d->taken); }

static enum smtp_next say(buf *out, const char *line) {
    buf_printf(out, "%s\r\n", line);
    return SMTP_WAIT;
}

static enum smtp_next end(struct smtp_dialogue *d, buf *out, const char *line) {
    say(out, line);
    d->step = STEP_OVER;
    return SMTP_DONE;
}

static enum smtp_next mistake(struct smtp_dialogue *d, buf *out, const char *line) {
    say(out, line);
    return ++d->mistakes < MISTAKES_MAX ? SMTP_WAIT : end(d, out, "421 4.7.0 Too many mistakes");
}

// --- addresses ---

// `:<address> PARAMETERS`, with the blanks and without the brackets that some send. `rest` is behind the colon then.
static bool take_path(str *rest, str *address) {
    str s = str_trim(*rest);
    if (!s.len || s.ptr[0] != '<') {
        if (!str_split(&s, ' ', address)) return false;
        *rest = str_trim(s);
        return true;
    }
    bool is_quoted = false;
    size_t i = 1;
    for (; i < s.len && (is_quoted || s.ptr[i] != '>'); i++) {
        if (s.ptr[i] == '\\' && i + 1 < s.len) i++;
        else if (s.ptr[i] == '"') is_quoted = !is_quoted;
    }
    if (i >= s.len) return false;
    *address = (str){s.ptr + 1, i - 1};
    *rest = str_trim(str_from(s, i + 1));
    ptrdiff_t colon = address->len && address->ptr[0] == '@' ? str_find(*address, ':') : -1; // a route, as of old
    if (colon >= 0) *address = str_from(*address, (size_t)colon + 1);
    return true;
}

static bool is_address(str s) {
    if (!s.len || s.len > ADDRESS_MAX || !str_is_utf8(s) || str_find(s, '@') < 0) return false;
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] <= ' ' || s.ptr[i] == 0x7f) return false;
    return true;
}

// SIZE is heeded; what else EHLO offers needs nothing. False: a reply was given.
static bool take_parameters(struct smtp_dialogue *d, str rest, bool is_sender, buf *out) {
    for (str one; str_split(&rest, ' ', &one);) {
        int64_t size;
        if (!one.len) continue;
        str name = one, value = STR("");
        if (str_split(&one, '=', &name)) value = one;
        if (is_sender && str_is_nocase(name, STR("SIZE")) && str_to_int(value, &size)) {
            if (size <= (int64_t)d->rules->size_limit) continue;
            say(out, "552 5.3.4 The mail is longer than this server takes");
            return false;
        }
        bool is_known = is_sender && (str_is_nocase(name, STR("BODY")) || str_is_nocase(name, STR("SMTPUTF8")));
        if (is_known) continue;
        mistake(d, out, "555 5.5.4 A parameter that this server does not know");
        return false;
    }
    return true;
}

// --- commands ---

static enum smtp_next after_helo(struct smtp_dialogue *d, str rest, buf *out) {
    if (!rest.len) return mistake(d, out, "501 5.5.4 Say who you are");
    forget_mail(d);
    d->is_greeted = true;
    buf_printf(out, "250 %s\r\n", d->rules->own_name);
    return SMTP_WAIT;
}

static enum smtp_next after_ehlo(struct smtp_dialogue *d, str rest, buf *out) {
    if (!rest.len) return mistake(d, out, "501 5.5.4 Say who you are");
    forget_mail(d);
    d->is_greeted = true;
    buf_printf(out, "250-%s\r\n250-PIPELINING\r\n250-SIZE %zu\r\n", d->rules->own_name, d->rules->size_limit);
    if (d->rules->has_tls && !d->is_encrypted) say(out, "250-STARTTLS");
    return say(out, "250-8BITMIME\r\n250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES");
}

static enum smtp_next after_starttls(struct smtp_dialogue *d, str rest, buf *out) {
    if (rest.len) return mistake(d, out, "501 5.5.4 STARTTLS stands alone");
    if (!d->rules->has_tls) return mistake(d, out, "502 5.5.1 There is no certificate here");
    if (d->is_encrypted) return mistake(d, out, "503 5.5.1 TLS has begun already");
    if (unread(d).len) return end(d, out, "554 5.5.1 You spoke on before TLS began");
    say(out, "220 2.0.0 Begin");
    return SMTP_SHAKE;
}

void smtp_dialogue_shaken(struct smtp_dialogue *d) { // what was said in the clear does not count
    forget_mail(d);
    d->is_greeted = false;
    d->is_encrypted = true;
}

static enum smtp_next after_mail(struct smtp_dialogue *d, str rest, buf *out) {
    str address;
    if (!d->is_greeted) return mistake(d, out, "503 5.5.1 EHLO comes first");
    if (d->sender.len) return mistake(d, out, "503 5.5.1 One mail after the other");
    if (!take_path(&rest, &address)) return mistake(d, out, "501 5.5.4 Write MAIL FROM:<address>");
    if (!take_parameters(d, rest, true, out)) return d->step == STEP_OVER ? SMTP_DONE : SMTP_WAIT;
    if (!address.len) return say(out, "550 5.7.1 Bounces and answers of machines are not taken here");
    if (!is_address(address)) return mistake(d, out, "501 5.1.7 The sender is no address");
    buf_str(&d->sender, address);
    return say(out, "250 2.1.0 Ok");
}

static enum smtp_next after_rcpt(struct smtp_dialogue *d, str rest, buf *out) {
    str address;
    if (!d->sender.len) return mistake(d, out, "503 5.5.1 MAIL comes first");
    if (!take_path(&rest, &address)) return mistake(d, out, "501 5.5.4 Write RCPT TO:<address>");
    if (!take_parameters(d, rest, false, out)) return d->step == STEP_OVER ? SMTP_DONE : SMTP_WAIT;
    if (!is_address(address)) return mistake(d, out, "501 5.1.3 The recipient is no address");
    if (d->recipient_count == SMTP_RECIPIENTS_MAX) return say(out, "452 4.5.3 Too many recipients for one mail");
    struct smtp_verdict v = d->rules->on_recipient(d->rules->ctx, address);
    buf_printf(out, "%d %s\r\n", v.code, v.text);
    if (v.code == 250) buf_str(&d->recipients[d->recipient_count++], address);
    else if (++d->mistakes >= MISTAKES_MAX) return end(d, out, "421 4.7.0 Too many mistakes");
    return SMTP_WAIT;
}

static enum smtp_next after_data(struct smtp_dialogue *d, str rest, buf *out) {
    if (rest.len) return mistake(d, out, "501 5.5.4 DATA stands alone");
    if (!d->recipient_count) return mistake(d, out, "503 5.5.1 There is no recipient");
    d->step = STEP_TEXT;
    d->text_state = AT_START;
    return say(out, "354 Go on; end with a dot alone");
}

static enum smtp_next after_rset(struct smtp_dialogue *d, str rest, buf *out) {
    (void)rest;
    forget_mail(d);
    return say(out, "250 2.0.0 Ok");
}

static enum smtp_next after_noop(struct smtp_dialogue *d, str rest, buf *out) {
    (void)d;
    (void)rest;
    return say(out, "250 2.0.0 Ok");
}

static enum smtp_next after_vrfy(struct smtp_dialogue *d, str rest, buf *out) {
    (void)rest;
    return mistake(d, out, "252 2.5.0 Send a mail and see");
}

static enum smtp_next after_quit(struct smtp_dialogue *d, str rest, buf *out) {
    (void)rest;
    return end(d, out, "221 2.0.0 Bye");
}

static enum smtp_next after_auth(struct smtp_dialogue *d, str rest, buf *out) {
    (void)rest;
    return mistake(d, out, "502 5.5.1 Nobody has to sign in here: the address is the key");
}

static enum smtp_next after_http(struct smtp_dialogue *d, str rest, buf *out) {
    (void)rest;
    return end(d, out, "554 5.5.0 This is a mail server");
}

static const struct {
    const char *word;
    enum smtp_next (*take)(struct smtp_dialogue *d, str rest, buf *out);
} commands[] = {
    {"EHLO", after_ehlo},         {"HELO", after_helo}, {"MAIL FROM:", after_mail}, {"RCPT TO:", after_rcpt},
    {"DATA", after_data},         {"RSET", after_rset}, {"NOOP", after_noop},       {"QUIT", after_quit},
    {"STARTTLS", after_starttls}, {"VRFY", after_vrfy}, {"AUTH", after_auth},       {"GET", after_http},
    {"POST", after_http},         {"PUT", after_http},  {"HEAD", after_http},       {"CONNECT", after_http},
    {"OPTIONS", after_http},
};

static enum smtp_next take_line(struct smtp_dialogue *d, str line, buf *out) {
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        str word = str_of(commands[i].word), head = {line.ptr, line.len < word.len ? line.len : word.len};
        bool ends_well =
            line.len == word.len || word.ptr[word.len - 1] == ':' || (line.len > word.len && line.ptr[word.len] == ' ');
        if (str_is_nocase(head, word) && ends_well) return commands[i].take(d, str_trim(str_from(line, word.len)), out);
    }
    if (line.len && line.ptr[0] == 0x16) return end(d, out, "554 5.5.0 TLS begins with STARTTLS here");
    return mistake(d, out, "500 5.5.2 This command is not known");
}

// --- the text ---

static void put_text(struct smtp_dialogue *d, const char *bytes, size_t n) {
    const struct smtp_rules *r = d->rules;
    d->is_too_long = d->is_too_long || d->text.len + n > r->size_limit;
    d->has_no_room = d->has_no_room || *r->held + n > r->held_max;
    if (d->is_too_long || d->has_no_room) {
        d->discarded += n;
        return;
    }
    buf_put(&d->text, bytes, n);
    *r->held += n;
}

// How many of the bytes belong to the text; `is_over` when it has ended with them.
static size_t take_text(struct smtp_dialogue *d, str s, bool *is_over) {
    for (size_t i = 0; i < s.len;) {
        char c = s.ptr[i];
        switch (d->text_state) {
        case AT_START:
            if (c == '.') {
                d->text_state = AFTER_DOT;
                i++;
            } else d->text_state = IN_LINE;
            break;
        case AFTER_DOT: // the dot was put before the line's first by who sent it, or is alone
            if (c == '\r') {
                d->text_state = AFTER_DOT_CR;
                i++;
            } else d->text_state = IN_LINE;
            break;
        case AFTER_DOT_CR:
            if (c == '\n') {
                *is_over = true;
                return i + 1;
            }
            put_text(d, "\r", 1);
            d->text_state = IN_LINE;
            break;
        case AFTER_CR:
            if (c == '\n') {
                put_text(d, "\n", 1);
                d->text_state = AT_START;
                i++;
            } else d->text_state = IN_LINE;
            break;
        default: {
            const char *cr = memchr(s.ptr + i, '\r', s.len - i);
            size_t n = cr ? (size_t)(cr - (s.ptr + i)) + 1 : s.len - i;
            put_text(d, s.ptr + i, n);
            i += n;
            if (cr) d->text_state = AFTER_CR;
        }
        }
    }
    return s.len;
}

static enum smtp_next end_text(struct smtp_dialogue *d, buf *out) {
    bool is_good = !d->is_too_long && !d->has_no_room;
    if (d->is_too_long) say(out, "552 5.3.4 The mail is longer than this server takes");
    else if (d->has_no_room) say(out, "452 4.3.1 Too many mails are on their way; try again");
    d->step = is_good ? STEP_STORING : STEP_COMMANDS;
    if (!is_good) forget_mail(d);
    return is_good ? SMTP_MAIL : SMTP_WAIT;
}

// --- bytes ---

// The next line of what came, copied.
static bool next_line(struct smtp_dialogue *d, char line[LINE_MAX_BYTES], size_t *n) {
    str rest = unread(d);
    ptrdiff_t end = str_find(rest, '\n');
    if (end < 0 || end >= LINE_MAX_BYTES) return false;
    memcpy(line, rest.ptr, (size_t)end);
    *n = end && line[end - 1] == '\r' ? (size_t)end - 1 : (size_t)end;
    d->taken += (size_t)end + 1;
    return true;
}

static bool is_line_too_long(str rest) {
    return rest.len >= LINE_MAX_BYTES && str_find((str){rest.ptr, LINE_MAX_BYTES}, '\n') < 0;
}

static enum smtp_next hear_text(struct smtp_dialogue *d, buf *out) {
    bool is_over = false;
    d->taken += take_text(d, unread(d), &is_over);
    if (is_over) return end_text(d, out);
    bool is_endless = d->discarded > d->rules->size_limit;
    return is_endless ? end(d, out, "552 5.3.4 The mail is longer than this server takes") : SMTP_WAIT;
}

static enum smtp_next go_on(struct smtp_dialogue *d, buf *out) {
    char line[LINE_MAX_BYTES];
    size_t n;
    enum smtp_next next = SMTP_WAIT;
    while (next == SMTP_WAIT && unread(d).len) {
        if (d->step == STEP_TEXT) next = hear_text(d, out);
        else if (next_line(d, line, &n)) next = take_line(d, (str){line, n}, out);
        else break;
    }
    if (next == SMTP_WAIT && d->step == STEP_COMMANDS && is_line_too_long(unread(d)))
        return end(d, out, "500 5.5.2 The line is too long");
    d->incoming.len -= d->taken;
    memmove(d->incoming.ptr, d->incoming.ptr + d->taken, d->incoming.len);
    d->taken = 0;
    return next;
}

enum smtp_next smtp_dialogue_hear(struct smtp_dialogue *d, str bytes, buf *out) {
    if (d->step == STEP_OVER) return SMTP_DONE;
    buf_str(&d->incoming, bytes);
    if (d->step == STEP_STORING)
        return d->incoming.len > AHEAD_MAX ? end(d, out, "421 4.5.0 Too much at once") : SMTP_MAIL;
    return go_on(d, out);
}

enum smtp_next smtp_dialogue_answer(struct smtp_dialogue *d, int code, const char *text, buf *out) {
    CHECK(d->step == STEP_STORING);
    buf_printf(out, "%d %s\r\n", code, text);
    if (code == 250) d->mistakes = 0;
    forget_mail(d);
    d->step = STEP_COMMANDS;
    return go_on(d, out);
}
