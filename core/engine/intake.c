#include "engine/intake.h"
#include "base/mem.h"
#include "engine/intake_parts.h"
#include <stdio.h>

#define SPLIT_MAX 1000 // alerts that one request may become

intake *intake_new(const struct intake_options *options, struct why *why) {
    renderer *r = renderer_new(&options->script, options->log, why);
    if (!r) return NULL;
    intake *in = NEW(intake);
    in->options = *options;
    in->renderer = r;
    renderer_guess(r, options->engine);
    return in;
}

void intake_free(intake *in) {
    if (!in) return;
    config_release(in->config);
    renderer_free(in->renderer);
    mem_free(in);
}

engine *intake_engine(const intake *in) { return in->options.engine; }

void intake_count_refused(const struct config_integration *i) {
    __atomic_add_fetch(&i->counters->refused, 1, __ATOMIC_RELAXED);
}

const struct config_integration *intake_find(intake *in, struct http_exchange *x, str type, str token) {
    in->config = config_current(engine_config(in->options.engine), in->config);
    const struct config_integration *i = config_by_token(in->config, token);
    if (!i) {
        intake_reply_not_stored(x, ERR_NOT_FOUND);
        return NULL;
    }
    if (!str_is(type, i->type)) {
        buf text = {0};
        buf_printf(&text, "This url is for integration with %.*s. Key is for %.*s", STR_FMT(type), STR_FMT(i->type));
        intake_count_refused(i);
        http_reply(x, 400, "text/plain; charset=utf-8", buf_view(&text), NULL);
        buf_free(&text);
        return NULL;
    }
    return i;
}

bool intake_check(intake *in, struct http_exchange *x, str type, str token) {
    return intake_find(in, x, type, token) != NULL;
}

bool intake_may_pass(intake *in, struct http_exchange *x, const struct config_integration *i,
                     struct rate_window *window, const struct door *door) {
    int64_t retry_s = 0;
    if (!i->rate_limit || rate_window_pass(window, i->rate_limit, x->request.received_at, &retry_s)) return true;
    char headers[48];
    snprintf(headers, sizeof headers, "Retry-After: %lld\r\n", (long long)retry_s);
    buf text = {0};
    buf_printf(&text,
               "Rate limit of integration %.*s is exceeded: %lld requests in 5 minutes. Try again in %lld seconds.",
               STR_FMT(i->name), (long long)i->rate_limit, (long long)retry_s);
    intake_count_refused(i);
    if (door) intake_door_refuse(in, x, door, 429, buf_view(&text), headers);
    else http_reply(x, 429, "text/plain; charset=utf-8", buf_view(&text), headers);
    buf_free(&text);
    return false;
}

static void refuse(intake *in, struct http_exchange *x, const struct config_integration *i, const struct door *door,
                   int status, const char *sentence) {
    intake_count_refused(i);
    if (door) intake_door_refuse(in, x, door, status, str_of(sentence), NULL);
    else http_reply_detail(x, status, sentence, NULL);
}

static void mark(struct part *p, const struct reading *reading, const struct json *own) {
    p->accept.signal.needs_open = (reading->bits & DOOR_NEEDS_OPEN) != 0;
    p->accept.signal.logs_repeats = (reading->bits & DOOR_LOGS_REPEATS) != 0;
    if (!own || own->type != JSON_ARRAY || own->count != 2 || own->items[0].type != JSON_INT) return;
    p->accept.signal.ends_at = own->items[0].integer;
    p->accept.signal.sender = own->items[1].text;
}

static void mark_all(struct arrival *a, const struct reading *reading) {
    struct json *marks = NULL;
    bool has_marks = reading->marks.len && json_parse(a->x->arena, reading->marks, &marks, NULL) == ERR_OK &&
                     marks->type == JSON_ARRAY && marks->count == a->count;
    for (size_t n = 0; n < a->count; n++) mark(&a->parts[n], reading, has_marks ? &marks->items[n] : NULL);
}

static void accept_one(intake *in, struct http_exchange *x, const struct config_integration *i,
                       const struct reading *reading, const struct door *door) {
    struct arrival *a = intake_arrival(in, x, i, 1);
    struct part *p = &a->parts[0];
    a->door = door;
    p->json = reading->payload.json;
    p->accept.signal.payload = reading->payload.bytes;
    p->accept.signal.parsed = reading->payload.parsed;
    mark_all(a, reading);
    intake_arrive(a, i);
}

// After a crash: nothing of ours reads or renders the request, and its sender has its answer.
static void accept_raw(intake *in, struct http_exchange *x, const struct config_integration *i,
                       const struct door *door) {
    str body = x->request.body;
    if (!str_is_utf8(body)) {
        refuse(in, x, i, door, 400, "body is not valid UTF-8");
        return;
    }
    struct arrival *a = intake_arrival(in, x, i, 1);
    a->door = door;
    a->is_raw = true;
    a->parts[0].accept.signal.payload = str_trim(body).len ? body : STR("{}");
    intake_arrive(a, i);
}

static err no_list(const struct config_integration *i, struct why *why) {
    return why_set(why, ERR_INVALID, "Integration type %.*s made no list of 1 to %d alerts of this request.",
                   STR_FMT(i->type), SPLIT_MAX);
}

// Parses every part before the first is rendered, so that a bad one leaves nothing half-done.
static err parse_parts(struct arrival *a, const struct config_integration *i, const struct json *list,
                       struct why *why) {
    for (uint32_t n = 0; n < list->count; n++) {
        const struct json *item = &list->items[n];
        struct json *parsed;
        if (item->type != JSON_STRING || json_parse(a->x->arena, item->text, &parsed, NULL) != ERR_OK ||
            parsed->type == JSON_NULL)
            return no_list(i, why);
        err e = intake_check_depth(a->intake, parsed, why);
        if (e != ERR_OK) return e;
        a->parts[n].json = parsed;
        a->parts[n].accept.signal.payload = item->text;
    }
    return ERR_OK;
}

static void accept_several(intake *in, struct http_exchange *x, const struct config_integration *i,
                           const struct reading *reading, const struct door *door) {
    struct json *list;
    struct arrival *a = NULL;
    struct why why;
    bool is_list = json_parse(x->arena, reading->texts, &list, NULL) == ERR_OK && list->type == JSON_ARRAY;
    bool is_good = is_list && list->count > 0 && list->count <= SPLIT_MAX;
    err e = is_good ? ERR_OK : no_list(i, &why);
    if (e == ERR_OK) {
        a = intake_arrival(in, x, i, list->count);
        a->door = door;
        e = parse_parts(a, i, list, &why);
        mark_all(a, reading);
    }
    if (e == ERR_OK) intake_arrive(a, i);
    else refuse(in, x, i, door, 400, why.text);
}

void intake_take(intake *in, struct http_exchange *x, const struct config_integration *i, const struct reading *reading,
                 const struct door *door) {
    if (door && intake_is_raw(in, i->id, &x->request)) {
        accept_raw(in, x, i, door);
        return;
    }
    switch (reading->kind) {
    case READ_ONE: accept_one(in, x, i, reading, door); break;
    case READ_SEVERAL: accept_several(in, x, i, reading, door); break;
    case READ_IGNORED: intake_reply_ok(x); break;
    case READ_ANSWERED: x->reply(x, &reading->answer); break;
    case READ_REFUSED: refuse(in, x, i, door, reading->refused == ERR_UNSUPPORTED ? 415 : 400, reading->why.text);
    }
}

static void on_read(intake *in, struct http_exchange *x, const struct config_integration *i,
                    const struct reading *reading) {
    intake_take(in, x, i, reading, NULL);
}

void intake_go_on(intake *in, struct http_exchange *x, const struct config_integration *i) {
    struct reading reading;
    if (!intake_may_pass(in, x, i, &i->counters->rate, NULL)) return;
    if (intake_is_raw(in, i->id, &x->request)) {
        accept_raw(in, x, i, NULL);
    } else if (intake_is_suspect(in, i->id)) {
        intake_read_slowly(in, x, i, on_read);
    } else {
        intake_read(in, in->renderer, in->options.crash_marker, x, i, &reading);
        on_read(in, x, i, &reading);
    }
}

void intake_post(intake *in, struct http_exchange *x, str type, str token) {
    const struct config_integration *i = intake_find(in, x, type, token);
    if (!i) return;
    captures_note(engine_captures(in->options.engine), i->id, &x->request);
    if (intake_is_let_in(in, x, i)) intake_go_on(in, x, i);
}

bool intake_takes_get(intake *in, const struct http_exchange *x, str type, str token) {
    str rest = x->request.query, key, value;
    unsigned flags = 0;
    struct why why;
    in->config = config_current(engine_config(in->options.engine), in->config);
    const struct config_integration *i = config_by_token(in->config, token);
    if (!i || !str_is(type, i->type) || !rest.len) return false;
    while (i->verify.challenge.query.len && http_form_next(x->arena, &rest, &key, &value))
        if (str_is(key, i->verify.challenge.query)) return true;
    return renderer_prepare(in->renderer, i, &flags, &why) == ERR_OK && flags & RENDER_TAKES_GET;
}
