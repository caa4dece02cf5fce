// Runs the functions an integration file may have: `receive` reads a request, `split` makes several alerts of one.
#include "engine/intake_parts.h"
#include "script/fuel.h"

#define SPLIT_MAX 1000 // alerts that one request may become

// Parses every part before the first is stored, so that a bad one leaves nothing half-done.
static bool parse_parts(struct delivery *d, const struct json *list) {
    for (uint32_t n = 0; n < list->count; n++) {
        const struct json *item = &list->items[n];
        struct json *parsed;
        if (item->type != JSON_STRING || json_parse(d->x->arena, item->text, &parsed, NULL) != ERR_OK) return false;
        if (parsed->type == JSON_NULL) return false;
        d->parts[n].json = parsed;
        d->parts[n].accept.signal.payload = item->text;
    }
    return true;
}

// Several alerts from one request: `texts` is a JSON array of the parts' JSON texts.
static void accept_texts(intake *in, struct http_exchange *x, const struct config_integration *i, str texts) {
    struct json *list;
    struct why why;
    err e = json_parse(x->arena, texts, &list, &why);
    if (e == ERR_OK && list->type == JSON_ARRAY && list->count == 0) { // the integration ignores this request
        http_reply(x, 200, "application/json", STR("\"Ok.\""), NULL);
        return;
    }
    struct delivery *d = NULL;
    if (e == ERR_OK && list->type == JSON_ARRAY && list->count <= SPLIT_MAX) d = intake_delivery(in, x, i, list->count);
    if (!d || !parse_parts(d, list)) {
        buf text = {0};
        buf_printf(&text, "Integration type %.*s made no list of 1 to %d alerts of this request.", STR_FMT(i->type),
                   SPLIT_MAX);
        buf_char(&text, 0);
        intake_count_refused(i);
        http_reply_detail(x, 400, text.ptr, NULL);
        buf_free(&text);
        return;
    }
    for (size_t n = 0; n < d->count; n++) intake_render(in, &d->parts[n], i);
}

static err call_receive(intake *in, struct http_exchange *x, const struct config_integration *i,
                        struct script_value *results, size_t nresults, struct why *why) {
    const struct http_request *r = &x->request;
    buf headers = {0};
    http_headers_json(&headers, r);
    struct script_value args[] = {
        {.type = SCRIPT_STR, .text = i->type},  {.type = SCRIPT_STR, .text = r->method_name},
        {.type = SCRIPT_STR, .text = r->query}, {.type = SCRIPT_STR, .text = buf_view(&headers)},
        {.type = SCRIPT_STR, .text = r->body},  {.type = SCRIPT_INT, .integer = r->received_at}};
    struct script_budget budget = {.fuel = in->options.fuel_inline, .memory_bytes = MEMORY_SLOW};
    err e = script_call(renderer_script(in->renderer), "receive", "request", args, 6, budget, x->arena, results,
                        nresults, why);
    buf_free(&headers);
    return e;
}

static void log_function(intake *in, const struct config_integration *i, const char *name, err e,
                         const struct script_value *result, const struct script_value *sentence,
                         const struct why *why) {
    str text = e != ERR_OK ? str_of(why->text) : sentence->text;
    if (e == ERR_OK && (result->type != SCRIPT_NIL || sentence->type != SCRIPT_STR)) return;
    LOG(in->options.log, LOG_ERROR, name, LOG_S("type", i->type), LOG_S("error", text));
}

// What a contributor's function may not write into an answer's head.
static bool is_head_safe(str s) {
    for (size_t n = 0; n < s.len; n++)
        if (s.ptr[n] < ' ' || s.ptr[n] > '~') return false;
    return true;
}

static void answer_by_function(struct http_exchange *x, const struct script_value v[4]) {
    struct http_response r = {.status = 200, .content_type = STR("text/plain; charset=utf-8"), .body = STR("")};
    if (v[1].type == SCRIPT_INT && v[1].integer >= 200 && v[1].integer <= 599) r.status = (int)v[1].integer;
    if (v[2].type == SCRIPT_STR && is_head_safe(v[2].text)) r.content_type = v[2].text;
    if (v[3].type == SCRIPT_STR) r.body = v[3].text;
    x->reply(x, &r);
}

bool intake_receive(intake *in, struct http_exchange *x, const struct config_integration *i) {
    struct script_value v[4] = {0};
    struct why why = {""};
    err e = call_receive(in, x, i, v, 4, &why);
    log_function(in, i, "receive_failed", e, &v[0], &v[1], &why);
    if (e != ERR_OK || v[0].type != SCRIPT_STR) return false;
    if (str_is(v[0].text, STR("ignore"))) {
        http_reply(x, 200, "application/json", STR("\"Ok.\""), NULL);
    } else if (str_is(v[0].text, STR("answer"))) {
        answer_by_function(x, v);
    } else {
        accept_texts(in, x, i, v[1].type == SCRIPT_STR ? v[1].text : STR("[]"));
    }
    return true;
}

void intake_split(intake *in, struct http_exchange *x, const struct config_integration *i,
                  const struct payload *payload) {
    struct script_value args[] = {{.type = SCRIPT_STR, .text = i->type}, {.type = SCRIPT_JSON, .json = payload->json}};
    struct script_value v[2] = {0}; // the parts, or what went wrong
    struct script_budget budget = {.fuel = in->options.fuel_inline, .memory_bytes = MEMORY_SLOW};
    struct why why = {""};
    err e = script_call(renderer_script(in->renderer), "receive", "split", args, 2, budget, x->arena, v, 2, &why);
    log_function(in, i, "split_failed", e, &v[0], &v[1], &why);
    if (e == ERR_OK && v[0].type == SCRIPT_STR) accept_texts(in, x, i, v[0].text);
    else intake_accept(in, x, i, payload);
}
