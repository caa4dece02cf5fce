// What a request says: its payload, and what the functions of an integration file, `receive` and `split`, make of it.
#include "engine/intake_parts.h"
#include "script/fuel.h"

// A request being read, on the thread of its renderer.
struct reader {
    const intake *in;
    renderer *renderer;
    struct http_exchange *x;
    const struct config_integration *i;
};

static err call(const struct reader *r, const char *function, const struct script_value *args, size_t nargs,
                struct script_value *results, size_t nresults, struct why *why) {
    struct script_budget budget = {.fuel = r->in->options.fuel_inline, .memory_bytes = MEMORY_SLOW};
    return script_call(renderer_script(r->renderer), "receive", function, args, nargs, budget, r->x->arena, results,
                       nresults, why);
}

static err call_receive(const struct reader *r, struct script_value results[4], struct why *why) {
    const struct http_request *q = &r->x->request;
    buf headers = {0};
    http_headers_json(&headers, q->headers, q->header_count, SIZE_MAX);
    struct script_value args[] = {
        {.type = SCRIPT_STR, .text = r->i->type}, {.type = SCRIPT_STR, .text = q->method_name},
        {.type = SCRIPT_STR, .text = q->query},   {.type = SCRIPT_STR, .text = buf_view(&headers)},
        {.type = SCRIPT_STR, .text = q->body},    {.type = SCRIPT_INT, .integer = q->received_at}};
    err e = call(r, "request", args, 6, results, 4, why);
    buf_free(&headers);
    return e;
}

static void log_function(const struct reader *r, const char *name, err e, const struct script_value *result,
                         const struct script_value *sentence, const struct why *why) {
    str text = e != ERR_OK ? str_of(why->text) : sentence->text;
    if (e == ERR_OK && (result->type != SCRIPT_NIL || sentence->type != SCRIPT_STR)) return;
    LOG(r->in->options.log, LOG_ERROR, name, LOG_S("type", r->i->type), LOG_S("error", text));
}

// What a contributor's function may not write into an answer's head.
static bool is_head_safe(str s) {
    for (size_t n = 0; n < s.len; n++)
        if (s.ptr[n] < ' ' || s.ptr[n] > '~') return false;
    return true;
}

static struct http_response answer_of(const struct script_value v[4]) {
    struct http_response a = {.status = 200, .content_type = STR("text/plain; charset=utf-8"), .body = STR("")};
    if (v[1].type == SCRIPT_INT && v[1].integer >= 200 && v[1].integer <= 599) a.status = (int)v[1].integer;
    if (v[2].type == SCRIPT_STR && is_head_safe(v[2].text)) a.content_type = v[2].text;
    if (v[3].type == SCRIPT_STR) a.body = v[3].text;
    return a;
}

static void take_texts(const struct script_value *v, struct reading *out) {
    out->texts = v->type == SCRIPT_STR ? v->text : STR("[]");
    out->kind = str_is(out->texts, STR("[]")) ? READ_IGNORED : READ_SEVERAL;
}

// A type with `receive` reads the request itself; false: it leaves the request to the usual way.
static bool receive(const struct reader *r, struct reading *out) {
    struct script_value v[4] = {0};
    struct why why = {""};
    err e = call_receive(r, v, &why);
    log_function(r, "receive_failed", e, &v[0], &v[1], &why);
    if (e != ERR_OK || v[0].type != SCRIPT_STR) return false;
    if (str_is(v[0].text, STR("ignore"))) {
        out->kind = READ_IGNORED;
    } else if (str_is(v[0].text, STR("answer"))) {
        out->kind = READ_ANSWERED;
        out->answer = answer_of(v);
    } else {
        take_texts(&v[1], out);
    }
    return true;
}

// A type with `split` may make several alerts of one payload, or none.
static void split(const struct reader *r, struct reading *out) {
    struct script_value args[] = {{.type = SCRIPT_STR, .text = r->i->type},
                                  {.type = SCRIPT_JSON, .json = out->payload.json}};
    struct script_value v[2] = {0}; // the parts, or what went wrong
    struct why why = {""};
    err e = call(r, "split", args, 2, v, 2, &why);
    log_function(r, "split_failed", e, &v[0], &v[1], &why);
    if (e != ERR_OK || v[0].type != SCRIPT_STR) return;
    take_texts(&v[0], out);
}

// Has the document more levels than `left`? The parser has bounded them.
static bool is_deeper(const struct json *v, int left) {
    if (v->type != JSON_ARRAY && v->type != JSON_OBJECT) return false;
    if (left == 0) return true;
    for (uint32_t i = 0; i < v->count; i++)
        if (is_deeper(v->type == JSON_ARRAY ? &v->items[i] : &v->members[i].value, left - 1)) return true;
    return false;
}

err intake_check_depth(const intake *in, const struct json *v, struct why *why) {
    int depth = in->options.json_depth;
    if (depth >= JSON_DEPTH_MAX || !is_deeper(v, depth)) return ERR_OK;
    return why_set(why, ERR_LIMIT, "JSON parse error - nested deeper than %d levels, the limit here", depth);
}

static void parse(const struct reader *r, struct reading *out) {
    const struct http_request *q = &r->x->request;
    int64_t start = clock_ns();
    out->refused = payload_parse(r->x->arena, http_header_get(q, STR("content-type")), q->query, q->body, &out->payload,
                                 &out->why);
    if (out->refused == ERR_OK) out->refused = intake_check_depth(r->in, out->payload.json, &out->why);
    engine_spent(&engine_counters(r->in->options.engine)->parse_ns, start);
    out->kind = out->refused == ERR_OK ? READ_ONE : READ_REFUSED;
}

// `receive` is shown the body as JSON too; the parser has its own bound when the setting is not lower.
static bool is_refused_unread(const struct reader *r, struct reading *out) {
    struct json *json;
    if (r->in->options.json_depth >= JSON_DEPTH_MAX) return false;
    if (json_parse(r->x->arena, r->x->request.body, &json, NULL) != ERR_OK) return false;
    out->refused = intake_check_depth(r->in, json, &out->why);
    out->kind = READ_REFUSED;
    return out->refused != ERR_OK;
}

static void log_broken(const struct reader *r, const struct why *why) {
    if (__atomic_exchange_n(&r->i->counters->has_broken_file, true, __ATOMIC_RELAXED)) return;
    LOG(r->in->options.log, LOG_ERROR, "integration_file_broken", LOG_N("integration", r->i->id),
        LOG_S("type", r->i->type), LOG_Z("error", why->text),
        LOG_Z("do",
              "Mend the file (`tocsin check` shows what is wrong); it is read again when it changes. Until then its "
              "alerts are stored as they come."));
}

// For a file that cannot be used: what its functions would have read is one alert, as it came.
static void take_raw(const struct reader *r, struct reading *out) {
    parse(r, out);
    if (out->kind != READ_REFUSED || out->refused != ERR_UNSUPPORTED) return;
    out->refused = payload_text(r->x->arena, r->x->request.body, &out->payload, &out->why);
    if (out->refused == ERR_OK) out->kind = READ_ONE;
}

void intake_read(const intake *in, renderer *own, uint64_t *marker, struct http_exchange *x,
                 const struct config_integration *i, struct reading *out) {
    struct reader r = {in, own, x, i};
    struct why why = {""};
    unsigned flags = 0;
    out->marks = (str){NULL, 0};
    out->bits = 0;
    intake_mark(marker, i->id, &x->request);
    if (renderer_prepare(own, i, &flags, &why) != ERR_OK)
        LOG(in->options.log, LOG_ERROR, "integration_not_loaded", LOG_N("integration", i->id),
            LOG_Z("error", why.text));
    if (flags & RENDER_IS_BROKEN) {
        log_broken(&r, &why);
        take_raw(&r, out);
    } else if ((flags & RENDER_HAS_DOOR) && intake_door_payload(in, own, x, i, out)) {
        // its door has read it
    } else if (!(flags & RENDER_HAS_RECEIVE) || (!is_refused_unread(&r, out) && !receive(&r, out))) {
        parse(&r, out);
        if (out->kind == READ_ONE && (flags & RENDER_HAS_SPLIT)) split(&r, out);
    }
    intake_unmark(marker);
}

// In the slow lane: the requests of an integration whose data, or whose file's functions, killed the process.

struct slow_reading {
    struct slow_task task;
    intake *intake;
    struct http_exchange *x;
    int64_t integration_id;
    const config *config; // held while the slow lane reads the integration
    bool is_read;
    struct reading reading;
    void (*done)(intake *in, struct http_exchange *x, const struct config_integration *i,
                 const struct reading *reading);
};

static void on_read(struct http_exchange *x) {
    struct slow_reading *s = x->work;
    intake *in = s->intake;
    config_release(s->config);
    in->config = config_current(engine_config(in->options.engine), in->config);
    const struct config_integration *i = config_by_id(in->config, s->integration_id);
    if (!i) intake_reply_not_stored(x, ERR_NOT_FOUND);
    else if (!s->is_read) http_reply_detail(x, 503, "The server is stopping; try again.", "Retry-After: 1\r\n");
    else s->done(in, x, i, &s->reading);
}

static void run_slow(struct slow_task *task, renderer *r) {
    struct slow_reading *s = CONTAINER(task, struct slow_reading, task);
    const struct config_integration *i = config_by_id(s->config, s->integration_id);
    s->is_read = r != NULL;
    if (r) intake_read(s->intake, r, s->intake->options.slow_marker, s->x, i, &s->reading);
    // Where there is an alert, its rendering may still be what kills.
    bool has_alerts = s->reading.kind == READ_ONE || s->reading.kind == READ_SEVERAL;
    if (r && !has_alerts) intake_clear_suspect(s->intake, i->id);
    mailbox_push(s->x->owner, &s->x->mail);
}

void intake_read_slowly(intake *in, struct http_exchange *x, const struct config_integration *i,
                        void (*done)(intake *in, struct http_exchange *x, const struct config_integration *i,
                                     const struct reading *reading)) {
    struct slow_reading *s = arena_alloc(x->arena, sizeof *s);
    *s = (struct slow_reading){.intake = in, .x = x, .integration_id = i->id, .done = done};
    s->task = (struct slow_task){.integration_id = i->id, .count = 1, .run = run_slow};
    s->config = config_current(engine_config(in->options.engine), NULL);
    x->work = s;
    x->resume = on_read;
    bool is_there = config_by_id(s->config, i->id) != NULL;
    if (is_there && slow_lane_push(in->options.slow_lane, &s->task) == ERR_OK) return;
    config_release(s->config);
    if (!is_there) intake_reply_not_stored(x, ERR_NOT_FOUND);
    else
        http_reply_detail(x, 503, "Too many requests of this integration are waiting; try again.",
                          "Retry-After: 1\r\n");
}
