#include "fetch.h"
#include "base/env.h"
#include "net/http_client.h"
#include "text/json.h"

#define BODY_MAX   ((size_t)64 << 20)
#define TIMEOUT_MS 30000

struct fetch {
    buf *out;
    struct why *why;
    err result;
    bool is_done;
};

static void put_answer(struct fetch *f, const struct http_result *r) {
    buf_printf(f->out, "{\"status\":%d,\"retry_after\":", r->status);
    str after = {"", 0};
    for (size_t i = 0; i < r->header_count; i++)
        if (str_is(r->headers[i].name, STR("retry-after"))) after = r->headers[i].value;
    buf_json(f->out, after);
    buf_lit(f->out, ",\"body\":");
    buf_json(f->out, r->body);
    buf_char(f->out, '}');
}

static void on_done(void *ctx, const struct http_result *r) {
    struct fetch *f = ctx;
    f->is_done = true;
    if (r->failure != HTTP_FAILED_NONE) f->result = why_set(f->why, ERR_IO, "%s", r->sentence);
    else if (r->is_cut) f->result = why_set(f->why, ERR_LIMIT, "the answer is larger than 64 MiB");
    else put_answer(f, r);
}

static err send_one(uv_loop_t *loop, http_client *client, const struct json *args, struct fetch *f) {
    struct http_header headers[] = {{STR("authorization"), json_text(args, "token")},
                                    {STR("accept"), STR("application/json")},
                                    {STR("content-type"), STR("application/json")}};
    str method = json_text(args, "method"), body = json_text(args, "body");
    struct http_call call = {.method = method.len ? method : STR("GET"),
                             .url = json_text(args, "url"),
                             .headers = headers,
                             .header_count = body.len ? 3 : 2,
                             .body = body,
                             .timeout_ms = (int)json_int(args, "timeout_ms", TIMEOUT_MS),
                             .keep_bytes = BODY_MAX,
                             .is_trusted = true,
                             .ctx = f,
                             .on_done = on_done};
    http_client_send(client, &call);
    while (!f->is_done && uv_run(loop, UV_RUN_ONCE)) continue;
    return f->result;
}

static err run(uv_loop_t *loop, env *clock, arena *a, const struct json *args, struct fetch *f) {
    struct resolver_options names = {.loop = loop, .env = clock};
    struct address_guard guard;
    resolver *resolving = NULL;
    http_client *client = NULL;
    err e = address_guard_parse(STR(""), &guard, f->why);
    if (e == ERR_OK) e = resolver_new(&names, &resolving, f->why);
    struct http_client_options options = {
        .loop = loop, .resolver = resolving, .guard = &guard, .ca_file = arena_str(a, json_text(args, "ca_file")).ptr};
    if (e == ERR_OK) e = http_client_new(&options, &client, f->why);
    if (e == ERR_OK) e = send_one(loop, client, args, f);
    http_client_free(client);
    resolver_free(resolving);
    return e;
}

err fetch_send(str json, buf *out, struct why *why) {
    struct fetch f = {.out = out, .why = why};
    uv_loop_t loop;
    struct json *args;
    arena *a = arena_new();
    env *clock = env_new(NULL);
    CHECK(uv_loop_init(&loop) == 0);
    err e = json_parse(a, json, &args, why);
    if (e == ERR_OK) e = run(&loop, clock, a, args, &f);
    uv_run(&loop, UV_RUN_DEFAULT); // closing callbacks
    CHECK(uv_loop_close(&loop) == 0);
    env_free(clock);
    arena_free(a);
    return e;
}
