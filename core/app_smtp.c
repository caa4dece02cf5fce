// The mail listener of the app: its intake, and what becomes of mails.
#include "app.h"
#include "base/mem.h"
#include "engine/mail_in.h"

#define CONNECTIONS_MAX 2000
#define IDLE_MS         300000 // RFC 5321, 4.5.3.2

// What mails need on the listener's thread.
struct mailroom {
    struct app *app;
    struct mail_in in;
};

static void *on_open(void *ctx, struct mailbox *box) {
    struct app *app = ctx;
    struct why why = {""};
    intake *in = app_new_intake(app, CRASH_SLOTS - 2, &why);
    if (!in) LOG(app->log, LOG_ERROR, "loop_not_opened", LOG_Z("error", why.text));
    CHECK(in); // the same modules were loaded once at the start
    struct mailroom *room = NEW(struct mailroom);
    *room = (struct mailroom){
        .app = app, .in = {.intake = in, .env = app->env, .domain = str_of(app->settings.email_domain), .box = box}};
    return room;
}

static void on_close(void *ctx, void *own) {
    struct mailroom *room = own;
    (void)ctx;
    intake_free(room->in.intake);
    mem_free(room);
}

static struct smtp_verdict on_recipient(void *ctx, void *own, str address) {
    const struct mailroom *room = own;
    (void)ctx;
    if (mail_in_knows(&room->in, address)) return (struct smtp_verdict){250, "2.1.5 Ok"};
    return (struct smtp_verdict){550, "5.1.1 This address is not known"};
}

static void on_answer(void *ctx, int code, const char *text) { smtp_mail_answer(ctx, code, text); }

static void on_mail(void *ctx, void *own, struct smtp_mail *mail) {
    const struct mailroom *room = own;
    struct mail_brought brought = {.sender = mail->sender,
                                   .data = mail->data,
                                   .peer = mail->peer,
                                   .recipients = mail->recipients,
                                   .recipient_count = mail->recipient_count,
                                   .ctx = mail,
                                   .answer = on_answer};
    (void)ctx;
    mail_in_take(&room->in, &brought);
}

static void on_post(void *ctx, void *own, struct mail *post) { app_on_mail(ctx, own, post); }

err app_open_smtp(struct app *app, struct why *why) {
    const struct settings *s = &app->settings;
    struct smtp_options options = {.listen = s->smtp_listen,
                                   .certificate_file = s->tls_certificate,
                                   .key_file = s->tls_key,
                                   .size_limit = (size_t)s->body_limit,
                                   .held_max = (size_t)s->bodies_limit,
                                   .connections = CONNECTIONS_MAX,
                                   .idle_ms = IDLE_MS,
                                   .log = app->log,
                                   .ctx = app,
                                   .on_open = on_open,
                                   .on_close = on_close,
                                   .on_recipient = on_recipient,
                                   .on_mail = on_mail,
                                   .on_post = on_post};
    return *s->smtp_listen ? smtp_server_new(&options, &app->smtp, why) : ERR_OK;
}
