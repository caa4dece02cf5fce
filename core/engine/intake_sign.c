// Whether a request may come in at all: its signature, and questions whether we are who we say.
#include "engine/intake_parts.h"
#include "script/fuel.h"
#include <sodium.h>

#define LOG_EVERY_US INT64_C(60000000) // a flood of bad requests is one line a minute and integration

static bool is_time_to_log(struct config_counters *c, int64_t now) {
    int64_t last = __atomic_load_n(&c->sign_logged_at, __ATOMIC_RELAXED);
    bool is_due = !last || now - last >= LOG_EVERY_US || now < last;
    return is_due &&
           __atomic_compare_exchange_n(&c->sign_logged_at, &last, now, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

static void count(const intake *in, const struct config_integration *i, const char *sentence) {
    intake_count_refused(i);
    uint64_t n = __atomic_add_fetch(&i->counters->badly_signed, 1, __ATOMIC_RELAXED);
    if (!is_time_to_log(i->counters, env_now(in->options.env))) return;
    LOG(in->options.log, LOG_WARN, "signature_refused", LOG_N("integration", i->id), LOG_N("so_far", (int64_t)n),
        LOG_Z("error", sentence),
        LOG_Z("do", "Compare the secret of the sender with the integration's signing_secret."));
}

static void refuse(const intake *in, struct http_exchange *x, const struct config_integration *i, int status,
                   const char *sentence) {
    count(in, i, sentence);
    bool is_basic = i->verify.kind == VERIFY_BASIC && status == 401;
    http_reply_detail(x, status, sentence, is_basic ? "WWW-Authenticate: Basic realm=\"Tocsin\"\r\n" : NULL);
}

// The integration's secret in the clear, "" when it has none. False: it cannot be opened, and the request is answered.
static bool open_secret(const intake *in, struct http_exchange *x, const struct config_integration *i, buf *out) {
    struct why why = {""};
    if (!i->signing_secret.len) return true;
    err e = in->options.seal ? seal_get(in->options.seal, i->signing_secret, out, &why) : ERR_NOT_FOUND;
    if (e == ERR_OK) return true;
    LOG(in->options.log, LOG_ERROR, "signing_secret_not_read", LOG_N("integration", i->id), LOG_Z("error", why.text));
    http_reply_detail(x, 503, "The signing secret of this integration cannot be read; see the log.",
                      "Retry-After: 60\r\n");
    return false;
}

static void wipe(buf *secret) {
    if (secret->ptr) sodium_memzero(secret->ptr, secret->len);
    buf_free(secret);
}

// Amazon SNS ----------------------------------------------------------------------------------------------------------

// What SNS signs is checked by its certificate, which may have to be fetched: beside the loop, by a worker. So is the
// confirmation of a subscription (lua/api/sns.lua).
struct judged {
    struct aside aside;
    intake *intake;
    struct http_exchange *x;
    int64_t integration_id;
    str topics;
    str verdict;
    struct why why;
};

static void on_judged(struct http_exchange *x) {
    struct judged *j = x->work;
    intake *in = j->intake;
    in->config = config_current(engine_config(in->options.engine), in->config);
    const struct config_integration *i = config_by_id(in->config, j->integration_id);
    if (!i) {
        intake_reply_not_stored(x, ERR_NOT_FOUND);
    } else if (str_is(j->verdict, STR("pass"))) {
        intake_go_on(in, x, i);
    } else if (str_is(j->verdict, STR("confirmed"))) {
        LOG(in->options.log, LOG_INFO, "subscription_confirmed", LOG_N("integration", i->id));
        intake_reply_ok(x);
    } else if (str_is(j->verdict, STR("refused"))) {
        refuse(in, x, i, 403, j->why.text);
    } else {
        http_reply_detail(x, 503, j->why.text, "Retry-After: 20\r\n");
    }
}

static void judge(struct aside *a, struct aside_tools *tools) {
    struct judged *j = CONTAINER(a, struct judged, aside);
    struct script_value v[2] = {0}, args[] = {{.type = SCRIPT_STR, .text = j->x->request.body},
                                              {.type = SCRIPT_STR, .text = j->topics},
                                              {.type = SCRIPT_INT, .integer = j->x->request.received_at}};
    struct script_budget budget = {.fuel = FUEL_SLOW * 10};
    err e = script_call(tools->script, "api.sns", "judge", args, 3, budget, j->x->arena, v, 2, &j->why);
    if (e == ERR_OK && v[0].type == SCRIPT_STR) {
        j->verdict = v[0].text;
        if (v[1].type == SCRIPT_STR) why_set(&j->why, ERR_OK, "%.*s", STR_FMT(v[1].text));
    } else {
        why_set(&j->why, e, "The signature of Amazon SNS could not be checked; try again.");
    }
    mailbox_push(j->x->owner, &j->x->mail);
}

static str type_of(struct http_exchange *x) {
    struct json *v;
    if (json_parse(x->arena, x->request.body, &v, NULL) != ERR_OK) return STR("");
    return json_text(v, "Type");
}

// With topics set everything is checked; without, only who asks us to confirm a subscription.
static bool hand_to_worker(intake *in, struct http_exchange *x, const struct config_integration *i, str topics) {
    if (!topics.len && !str_is(type_of(x), STR("SubscriptionConfirmation"))) return false;
    struct judged *j = arena_alloc(x->arena, sizeof *j);
    *j = (struct judged){
        .aside.run = judge, .intake = in, .x = x, .integration_id = i->id, .topics = arena_str(x->arena, topics)};
    x->work = j;
    x->resume = on_judged;
    if (!in->options.workers.push || in->options.workers.push(in->options.workers.ctx, &j->aside) != ERR_OK)
        http_reply_detail(x, 503, "Too many requests are waiting; try again.", "Retry-After: 1\r\n");
    return true;
}

bool intake_is_let_in(intake *in, struct http_exchange *x, const struct config_integration *i) {
    struct http_response answer;
    struct why why = {""};
    buf secret = {0};
    bool is_in = false;
    if (i->verify.kind == VERIFY_NONE && !i->verify.challenge.answer.len) return true;
    if (!open_secret(in, x, i, &secret)) return false;
    if (verify_answer(&i->verify, buf_view(&secret), &x->request, x->arena, &answer)) {
        x->reply(x, &answer);
    } else if (i->verify.kind == VERIFY_SNS) {
        is_in = !hand_to_worker(in, x, i, buf_view(&secret));
    } else {
        int status = secret.len ? verify_check(&i->verify, buf_view(&secret), &x->request, x->arena, &why) : 0;
        if (status) refuse(in, x, i, status, why.text);
        is_in = !status;
    }
    wipe(&secret);
    return is_in;
}
