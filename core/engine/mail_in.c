#include "engine/mail_in.h"
#include "base/mem.h"
#include "engine/intake_parts.h"
#include "text/mime.h"
#include <ctype.h>
#include <stdio.h>

#define TOKEN_MAX 200

const struct config_integration *mail_in_find(const config *c, str token) {
    str type;
    const struct config_integration *i = config_by_key(c, token, &type);
    char small[TOKEN_MAX];
    if (!i && token.len <= TOKEN_MAX) { // UUIDs are written in capitals by some
        for (size_t n = 0; n < token.len; n++) small[n] = (char)tolower((unsigned char)token.ptr[n]);
        i = config_by_key(c, (str){small, token.len}, &type);
    }
    return i && (str_is(type, STR("generic")) || str_is(type, STR("email"))) ? i : NULL;
}

bool mail_in_knows(const struct mail_in *in, str address) {
    str token, dedup;
    if (!mime_address(address, in->domain, &token, &dedup)) return false;
    const config *c = config_current(engine_config(intake_engine(in->intake)), NULL);
    bool is_known = mail_in_find(c, token) != NULL;
    config_release(c);
    return is_known;
}

// --- the way in ---

struct delivery { // of one mail to all its recipients
    struct mail_brought mail;
    size_t waiting;
    int code;
    char text[220]; // of the worst answer
};

struct letter { // to one of them
    struct http_exchange x;
    struct delivery *delivery;
};

// What an HTTP answer is as SMTP's: whether trying again has a sense is what counts.
static void translate(const struct http_response *r, int *code, const char **enhanced) {
    static const struct {
        int status, code;
        const char *enhanced;
    } table[] = {
        {403, 550, "5.1.1"}, {401, 550, "5.1.1"}, {404, 550, "5.1.1"}, {413, 552, "5.3.4"}, {429, 451, "4.7.1"}};
    *code = r->status < 300 ? 250 : r->status < 500 ? 554 : 451;
    *enhanced = r->status < 300 ? "2.0.0" : r->status < 500 ? "5.6.0" : "4.3.0";
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].status == r->status) {
            *code = table[i].code;
            *enhanced = table[i].enhanced;
        }
}

// One answer for all: that it is stored, unless trying again may help somebody, or nobody has it.
static bool is_worse(int code, const struct delivery *d) {
    if (!d->code) return true;
    if (d->code / 100 == 4) return false;
    return code / 100 == 4 || (code == 250 && d->code != 250);
}

static void end_delivery(struct delivery *d) {
    d->mail.answer(d->mail.ctx, d->code, d->text);
    mem_free(d);
}

static void note(struct delivery *d, int code, const char *enhanced, str sentence) {
    if (!is_worse(code, d)) return;
    d->code = code;
    snprintf(d->text, sizeof d->text, "%s %.*s", enhanced, (int)str_utf8_cut(sentence, 200), sentence.ptr);
}

// {"detail": "…"}, or a text.
static str sentence_of(str body) {
    str lead = STR("{\"detail\":\"");
    if (!str_starts(body, lead)) return body;
    str rest = str_from(body, lead.len);
    ptrdiff_t end = str_find(rest, '"');
    return end < 0 ? body : (str){rest.ptr, (size_t)end};
}

static void on_reply(struct http_exchange *x, const struct http_response *r) {
    struct letter *l = CONTAINER(x, struct letter, x);
    struct delivery *d = l->delivery;
    const char *enhanced;
    int code;
    translate(r, &code, &enhanced);
    note(d, code, enhanced, code == 250 ? STR("Stored") : sentence_of(r->body));
    arena_free(x->arena);
    if (--d->waiting == 0) end_delivery(d);
}

static void post(const struct mail_in *in, struct delivery *d, const struct mime_mail *m, str recipient, str dedup,
                 const struct config_integration *i) {
    static struct http_header json[] = {{{"content-type", 12}, {"application/json", 16}}};
    arena *a = arena_new();
    struct letter *l = arena_alloc(a, sizeof *l);
    struct mime_envelope envelope = {d->mail.sender, recipient, dedup, str_is(i->type, STR("goalert"))};
    buf body = {0};
    mime_payload(&body, m, &envelope);
    l->delivery = d;
    l->x = (struct http_exchange){.request = {.method = HTTP_M_POST,
                                              .method_name = STR("POST"),
                                              .path = STR("/"),
                                              .query = STR(""),
                                              .headers = json,
                                              .header_count = 1,
                                              .body = arena_str(a, buf_view(&body)),
                                              .peer = arena_str(a, d->mail.peer),
                                              .received_at = env_now(in->env)},
                                  .arena = a,
                                  .reply = on_reply,
                                  .owner = in->box,
                                  .loop_ctx = in->intake};
    buf_free(&body);
    intake_post(in->intake, &l->x, i->type, i->token);
}

void mail_in_take(const struct mail_in *in, const struct mail_brought *mail) {
    arena *a = arena_new();
    struct mime_mail m;
    mime_parse(a, mail->data, &m);
    struct delivery *d = NEW(struct delivery);
    d->mail = *mail;
    d->waiting = 1; // ours: answers may come at once
    if (m.refusal) {
        char text[200];
        snprintf(text, sizeof text, "This mail %s, which is no alert", m.refusal);
        note(d, 550, "5.7.1", str_of(text));
    }
    const config *c = config_current(engine_config(intake_engine(in->intake)), NULL);
    for (size_t i = 0; i < mail->recipient_count && !m.refusal; i++) {
        str token, dedup;
        bool is_ours = mime_address(mail->recipients[i], in->domain, &token, &dedup);
        const struct config_integration *of = is_ours ? mail_in_find(c, token) : NULL;
        d->waiting += of != NULL;
        if (of) post(in, d, &m, mail->recipients[i], dedup, of);
        else note(d, 550, "5.1.1", STR("This address is not known"));
    }
    config_release(c);
    arena_free(a);
    if (--d->waiting == 0) end_delivery(d);
}
