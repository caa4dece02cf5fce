// Requests at the addresses of other systems' intakes: a door's file in lua/api/doors/ says what they mean.
//
// A door reads on the loop, with the loop's Lua state, and takes the same way from there as an integration's own URL: nothing
// here writes. What needs rows (lists, deeds by an id) is left to a worker. Answers of success are made beforehand where
// they need nothing of what was stored, so that the usual one costs no second call of Lua.
#include "engine/intake_parts.h"
#include "script/fuel.h"

enum { D_KIND, D_DOOR, D_TOKEN, D_ROLE, D_PAYLOAD, D_MARKS, D_BITS, D_STATUS, D_TYPE, D_BODY, D_HEADERS, D_COUNT };

static str text_of(const struct script_value *v) { return v->type == SCRIPT_STR ? v->text : STR(""); }
static int64_t int_of(const struct script_value *v) { return v->type == SCRIPT_INT ? v->integer : 0; }
static bool is(const struct script_value *v, const char *word) { return str_is(text_of(v), str_of(word)); }

static struct http_response response_of(const struct script_value v[4]) {
    return (struct http_response){.status = (int)int_of(&v[0]),
                                  .content_type = text_of(&v[1]),
                                  .body = text_of(&v[2]),
                                  .extra_headers = text_of(&v[3])};
}

// Doors are our own code: what they may spend bounds the time that a large body takes of a loop.
static err call(script *s, struct http_exchange *x, const char *function, const struct script_value *args, size_t nargs,
                struct script_value *results, size_t nresults, struct why *why) {
    struct script_budget budget = {.fuel = FUEL_SLOW, .memory_bytes = MEMORY_SLOW};
    return script_call(s, "api.doors", function, args, nargs, budget, x->arena, results, nresults, why);
}

static void log_failed(const intake *in, err e, const struct why *why) {
    LOG(in->options.log, LOG_ERROR, "door_failed", LOG_Z("error", *why->text ? why->text : err_text(e)));
}

static bool is_spent(err e) { return e == ERR_FUEL || e == ERR_MEMORY; }

#define TOO_MUCH "This request is more work than one may be: send it in smaller ones."

void intake_door_refuse(intake *in, struct http_exchange *x, const struct door *door, int status, str sentence,
                        const char *headers) {
    struct script_value v[4] = {0}, args[] = {script_text(door->name), script_int(status), script_text(sentence),
                                              script_text(door->token), script_text(door->note)};
    struct why why = {""};
    err e = call(renderer_script(in->renderer), x, "refuse", args, 5, v, 4, &why);
    if (e != ERR_OK) log_failed(in, e, &why);
    struct http_response r = response_of(v);
    if (e != ERR_OK || !r.status)
        r = (struct http_response){
            .status = status, .content_type = STR("text/plain; charset=utf-8"), .body = sentence};
    if (headers) r.extra_headers = str_of(headers);
    x->reply(x, &r);
}

static void fill(struct arrival *a, struct http_response r) {
    const struct accept_item *first = &a->parts[0].accept;
    buf out = {0};
    for (size_t i = 0; i < r.body.len; i++) {
        if (r.body.ptr[i] == 1) buf_printf(&out, "%012llx", (unsigned long long)first->alert_group_id);
        else if (r.body.ptr[i] == 2) buf_char(&out, first->is_new ? '1' : first->alert_id ? '2' : '3');
        else buf_char(&out, r.body.ptr[i]);
    }
    r.body = buf_view(&out);
    a->x->reply(a->x, &r);
    buf_free(&out);
}

void intake_door_stored(struct arrival *a) {
    const struct door *door = a->door;
    const struct accept_item *first = &a->parts[0].accept;
    if (door->is_known && door->fills) {
        fill(a, door->answer);
        return;
    }
    if (door->is_known) {
        a->x->reply(a->x, &door->answer);
        return;
    }
    intake *in = a->intake;
    const struct config_integration *i = config_by_id(in->config, a->integration_id);
    struct script_value v[4] = {0}, args[] = {script_text(door->name),
                                              script_text(door->note),
                                              script_int(first->alert_group_id),
                                              script_int(first->alert_id),
                                              {.type = SCRIPT_BOOL, .boolean = first->is_new},
                                              script_text(i ? i->token : STR(""))};
    struct why why = {""};
    err e = call(renderer_script(in->renderer), a->x, "stored", args, 6, v, 4, &why);
    if (e != ERR_OK) log_failed(in, e, &why);
    struct http_response r = response_of(v);
    if (!r.status) r.status = 202; // it is stored, whatever went wrong with the words
    a->x->reply(a->x, &r);
}

// A document that the door made, or the body as it came.
static void read_one(const struct intake *in, struct http_exchange *x, str parsed, struct reading *out) {
    str body = x->request.body;
    struct json *json;
    struct why json_why;
    out->kind = READ_ONE;
    out->refused = json_parse(x->arena, parsed.len ? parsed : body, &json, &json_why);
    if (out->refused != ERR_OK) why_set(&out->why, out->refused, "%s", json_why.text);
    else out->refused = intake_check_depth(in, json, &out->why);
    if (out->refused != ERR_OK) out->kind = READ_REFUSED;
    bool is_stored_as_it_came = str_trim(body).len && str_is_utf8(body);
    if ((out->bits & DOOR_IS_WHOLE) && parsed.len) {
        out->payload = (struct payload){.json = json, .bytes = parsed};
        return;
    }
    out->payload = (struct payload){.json = json, .bytes = is_stored_as_it_came ? body : STR("{}"), .parsed = parsed};
}

static void take_alerts(const struct intake *in, struct http_exchange *x, const struct script_value v[D_COUNT],
                        struct reading *out) {
    out->bits = int_of(&v[D_BITS]);
    out->marks = text_of(&v[D_MARKS]);
    out->texts = text_of(&v[D_PAYLOAD]);
    if (is(&v[D_KIND], "alert")) read_one(in, x, out->texts, out);
    else out->kind = READ_SEVERAL;
}

static bool has_role(str role, const struct config_integration *i, str key_type) {
    str type;
    return str_split(&role, ':', &type) && str_is(type, i->type) && (!role.len || str_is(role, key_type));
}

static void take_request(intake *in, struct http_exchange *x, const struct script_value v[D_COUNT]) {
    struct door *door = arena_alloc(x->arena, sizeof *door);
    *door =
        (struct door){.name = text_of(&v[D_DOOR]), .token = text_of(&v[D_TOKEN]), .answer = response_of(&v[D_STATUS])};
    door->is_known = door->answer.status != 0;
    door->fills = (int_of(&v[D_BITS]) & DOOR_FILLS) != 0;
    if (!door->is_known) door->note = door->answer.body;
    in->config = config_current(engine_config(in->options.engine), in->config);
    str key_type;
    const struct config_integration *i = config_by_key(in->config, text_of(&v[D_TOKEN]), &key_type);
    if (!i || !has_role(text_of(&v[D_ROLE]), i, key_type)) {
        if (i) intake_count_refused(i);
        intake_door_refuse(in, x, door, 401, STR("This key is not known."), NULL);
        return;
    }
    struct why why = {""};
    unsigned flags;
    if (is(&v[D_KIND], "beat")) {
        intake_beat_of(in, x, i, door);
        return;
    }
    if (!intake_may_pass(in, x, i, &i->counters->rate, door)) return;
    if (renderer_prepare(in->renderer, i, &flags, &why) != ERR_OK) log_failed(in, ERR_SCRIPT, &why);
    struct reading reading = {0};
    take_alerts(in, x, v, &reading);
    intake_take(in, x, i, &reading, door);
}

static void header(const struct http_request *q, const char *name, struct script_value *out) {
    *out = script_text(http_header_get(q, str_of(name)));
    if (!out->text.ptr) *out = (struct script_value){.type = SCRIPT_NIL};
}

bool intake_door(intake *in, struct http_exchange *x) {
    const struct http_request *q = &x->request;
    struct script_value args[9] = {script_text(q->method_name), script_text(q->path), script_text(q->query)};
    header(q, "authorization", &args[3]);
    header(q, "content-type", &args[4]);
    header(q, "accept", &args[5]);
    args[6] = script_text(q->body);
    args[7] = script_int(q->received_at);
    args[8] = script_text(q->peer);
    struct script_value v[D_COUNT] = {0};
    struct why why = {""};
    err e = call(renderer_script(in->renderer), x, "read", args, 9, v, D_COUNT, &why);
    if (e != ERR_OK) {
        if (!is_spent(e)) log_failed(in, e, &why);
        http_reply_detail(x, is_spent(e) ? 413 : 500, is_spent(e) ? TOO_MUCH : "The server failed; see its log.", NULL);
    } else if (is(&v[D_KIND], "alert") || is(&v[D_KIND], "alerts") || is(&v[D_KIND], "beat")) {
        take_request(in, x, v);
    } else if (is(&v[D_KIND], "answer")) {
        struct http_response r = response_of(&v[D_STATUS]);
        x->reply(x, &r);
    } else {
        return false;
    }
    return true;
}

bool intake_door_payload(const struct intake *in, renderer *r, struct http_exchange *x,
                         const struct config_integration *i, struct reading *out) {
    const struct http_request *q = &x->request;
    struct script_value args[7] = {script_text(i->type), script_text(q->method_name), script_text(q->query)};
    header(q, "content-type", &args[3]);
    args[4] = script_text(q->body);
    args[5] = script_int(q->received_at);
    args[6] = script_text(q->peer);
    struct script_value v[D_COUNT] = {0};
    struct why why = {""};
    err e = call(renderer_script(r), x, "payload", args, 7, v, D_COUNT, &why);
    if (e != ERR_OK && !is_spent(e)) log_failed(in, e, &why);
    if (e != ERR_OK) return false;
    if (is(&v[D_KIND], "alert") || is(&v[D_KIND], "alerts")) take_alerts(in, x, v, out);
    else if (is(&v[D_KIND], "answer")) out->kind = READ_ANSWERED, out->answer = response_of(&v[D_STATUS]);
    else return false;
    return true;
}
