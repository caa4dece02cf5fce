#include "postbox.h"
#include "base/mem.h"
#include "text/json.h"

struct letter {
    int64_t id;
    const struct http_call *call; // the outbox keeps it until it is answered
    bool is_told;
};

struct postbox {
    struct letter *letters;
    size_t count;
    int64_t last_id;
};

postbox *postbox_new(void) { return NEW(postbox); }

void postbox_free(postbox *p) {
    if (p) mem_free(p->letters);
    mem_free(p);
}

static void keep(void *ctx, const struct http_call *call) {
    postbox *p = ctx;
    p->letters = mem_grow(p->letters, (p->count + 1) * sizeof *p->letters);
    p->letters[p->count++] = (struct letter){.id = ++p->last_id, .call = call};
}

struct outbox_sender postbox_sender(postbox *p) {
    return (struct outbox_sender){.ctx = p, .send = keep};
}

bool postbox_has(str port) { return str_is(port, STR("outgoing")) || str_is(port, STR("answer")); }

static void put(buf *out, const char *name, str text) {
    buf_printf(out, ",\"%s\":", name);
    buf_json(out, text);
}

static void tell(buf *out, const struct letter *l) {
    const struct http_call *c = l->call;
    buf_printf(out, "{\"id\":%lld", (long long)l->id);
    put(out, "method", c->method);
    put(out, "url", c->url);
    put(out, "body", c->body);
    if (c->mail) {
        put(out, "from", c->mail->from);
        put(out, "to", c->mail->to[0]);
        put(out, "data", c->mail->data);
    }
    buf_lit(out, ",\"headers\":{");
    for (size_t i = 0; i < c->header_count; i++) {
        if (i) buf_char(out, ',');
        buf_json(out, c->headers[i].name);
        buf_char(out, ':');
        buf_json(out, c->headers[i].value);
    }
    buf_lit(out, "}}");
}

static err outgoing(postbox *p, buf *out) {
    bool is_first = true;
    buf_char(out, '[');
    for (size_t i = 0; i < p->count; i++) {
        if (p->letters[i].is_told) continue;
        p->letters[i].is_told = true;
        if (!is_first) buf_char(out, ',');
        is_first = false;
        tell(out, &p->letters[i]);
    }
    buf_char(out, ']');
    return ERR_OK;
}

static enum http_failure failure_in(const struct json *v) {
    static const char *const names[] = {
#define X(name, is_temporary) #name,
        HTTP_FAILURE_LIST(X)
#undef X
    };
    str text = json_text(v, "failure");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is(text, str_of(names[i]))) return (enum http_failure)i;
    return HTTP_FAILED_NONE;
}

static void fill_headers(arena *a, const struct json *v, struct http_result *r) {
    if (!v || v->type != JSON_OBJECT) return;
    r->headers = arena_alloc(a, (v->count + 1) * sizeof *r->headers);
    for (uint32_t i = 0; i < v->count; i++)
        r->headers[r->header_count++] = (struct http_header){v->members[i].key, v->members[i].value.text};
}

static err answer(postbox *p, arena *a, const struct json *v, struct why *why) {
    int64_t id = json_int(v, "id", 0);
    struct http_result r = {
        .failure = failure_in(v), .status = (int)json_int(v, "status", 0), .body = json_text(v, "body")};
    if (r.failure) strcpy(r.sentence, "It failed as the spec wanted it.");
    fill_headers(a, json_get(v, STR("headers")), &r);
    for (size_t i = 0; i < p->count; i++)
        if (p->letters[i].id == id) {
            const struct http_call *call = p->letters[i].call;
            p->letters[i] = p->letters[--p->count];
            call->on_done(call->ctx, &r);
            return ERR_OK;
        }
    return why_set(why, ERR_NOT_FOUND, "nothing with the id %lld waits for an answer", (long long)id);
}

err postbox_port(postbox *p, str name, str json, buf *out, struct why *why) {
    if (str_is(name, STR("outgoing"))) return outgoing(p, out);
    struct json *v;
    arena *a = arena_new();
    err e = json_parse(a, json, &v, why);
    if (e == ERR_OK) e = answer(p, a, v, why);
    arena_free(a);
    buf_lit(out, "{}");
    return e;
}
