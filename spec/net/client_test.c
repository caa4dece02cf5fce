// The outgoing client and its resolver on a loop of their own, driven by JSON lines, for specs.
//
//   {"do":"send","id":N,"method":,"url":,"headers":[[name,value]…],"body":,"timeout":ms,"keep":bytes,"redirects":N,
//    "trusted":bool,"mail":{"from":,"to":[…],"data":,"user":,"password":,"starttls":bool}}
//        later {"id":N,"failure":,"sentence":,…}: struct http_result; with "give_up":true it is cancelled at once
//   {"do":"cancel","id":N}          of a send; {"done":N active calls left}
//   {"do":"ask","id":N,"name":}     later {"id":N,"state":,"addresses":[…],"is_stale":bool}
//   {"do":"ask","id":N,"name":,"give_up":true}   asked and cancelled at once: no answer may come
//   {"do":"advance","ms":N}         moves the clock that the age of names is told by
//   {"do":"forget"}                 empties the resolver's cache
//   {"do":"stats"}                  resolver_stats, the longest time that the loop stood still since the last one, and
//                                    the processor time used so far
//   {"do":"judge","list":,"addresses":[…]}       address_guard: {"err":,"why":,"kinds":[text or null…]}
// Flags: --servers --try_ms --limit_ms --stale_ms --names --allow --proxy --ca_file --kept. The end of standard input
// ends all; {"ended":true} is written when nothing is left open.
#include "base/mem.h"
#include "net/http_client.h"
#include "text/json.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define TICK_MS 5

struct test {
    uv_loop_t loop;
    uv_pipe_t input;
    uv_timer_t tick;
    env *env;
    resolver *resolver;
    http_client *client;
    buf lines;
    uint64_t last_tick, longest_ns;
    struct pending *pending;
};

struct pending { // a call or question that is under way
    struct test *test;
    struct pending *next;
    int64_t id;
    uint64_t call;
    struct resolver_question question;
};

static void put_line(buf *b) {
    buf_char(b, '\n');
    fwrite(b->ptr, 1, b->len, stdout);
    fflush(stdout);
    buf_free(b);
}

static int64_t number(const struct json *o, const char *key, int64_t otherwise) {
    const struct json *v = json_get(o, str_of(key));
    return v && v->type == JSON_INT ? v->integer : otherwise;
}

static str text(const struct json *o, const char *key) {
    const struct json *v = json_get(o, str_of(key));
    return v && v->type == JSON_STRING ? v->text : STR("");
}

static bool is_true(const struct json *o, const char *key) {
    const struct json *v = json_get(o, str_of(key));
    return v && v->type == JSON_TRUE;
}

static struct pending *pending_new(struct test *t, const struct json *o) {
    struct pending *p = NEW(struct pending);
    p->test = t;
    p->id = number(o, "id", 0);
    p->next = t->pending;
    t->pending = p;
    return p;
}

static void pending_free(struct pending *p) {
    struct pending **at = &p->test->pending;
    while (*at != p) at = &(*at)->next;
    *at = p->next;
    mem_free(p);
}

static void put_text(buf *b, const char *key, str value) {
    buf_printf(b, ",\"%s\":", key);
    buf_json(b, value);
}

static void put_bool(buf *b, const char *key, bool value) {
    buf_printf(b, ",\"%s\":%s", key, value ? "true" : "false");
}

static void on_done(void *ctx, const struct http_result *r) {
    struct pending *p = ctx;
    buf b = {0};
    buf_printf(&b, "{\"id\":%lld,\"status\":%d,\"redirects\":%d,\"latency_us\":%lld", (long long)p->id, r->status,
               r->redirects, (long long)r->latency_us);
    put_text(&b, "failure", str_of(http_failure_name(r->failure)));
    put_text(&b, "sentence", str_of(r->sentence));
    put_text(&b, "body", r->body);
    put_text(&b, "url", r->url);
    put_text(&b, "reply", r->reply);
    put_text(&b, "peer", str_of(r->peer));
    put_bool(&b, "is_cut", r->is_cut);
    put_bool(&b, "is_reused", r->is_reused);
    put_bool(&b, "is_stale_name", r->is_stale_name);
    buf_lit(&b, ",\"headers\":{\"-\":\"-\"");
    for (size_t i = 0; i < r->header_count; i++) {
        buf_char(&b, ',');
        buf_json(&b, r->headers[i].name);
        buf_char(&b, ':');
        buf_json(&b, r->headers[i].value);
    }
    buf_lit(&b, "}}");
    put_line(&b);
    pending_free(p);
}

static struct http_mail *to_mail(arena *a, const struct json *o) {
    struct http_mail *m = arena_alloc(a, sizeof *m);
    const struct json *to = json_get(o, STR("to"));
    str *list = arena_alloc(a, (to->count + 1) * sizeof *list);
    for (size_t i = 0; i < to->count; i++) list[i] = to->items[i].text;
    *m = (struct http_mail){.from = text(o, "from"),
                            .to = list,
                            .to_count = to->count,
                            .data = text(o, "data"),
                            .user = text(o, "user"),
                            .password = text(o, "password"),
                            .is_starttls = is_true(o, "starttls")};
    return m;
}

static void cancel_call(struct test *t, const struct json *o) {
    for (struct pending *p = t->pending; p; p = p->next)
        if (p->call && p->id == number(o, "id", 0)) {
            http_client_cancel(t->client, p->call);
            http_client_cancel(t->client, p->call); // once more means nothing
            pending_free(p);
            break;
        }
    buf b = {0};
    buf_printf(&b, "{\"done\":%zu}", http_client_active(t->client));
    put_line(&b);
}

static void send_call(struct test *t, arena *a, const struct json *o) {
    const struct json *headers = json_get(o, STR("headers")), *mail = json_get(o, STR("mail"));
    size_t count = headers ? headers->count : 0;
    struct http_header *list = arena_alloc(a, (count + 1) * sizeof *list);
    for (size_t i = 0; i < count; i++)
        list[i] = (struct http_header){headers->items[i].items[0].text, headers->items[i].items[1].text};
    struct pending *p = pending_new(t, o);
    struct http_call call = {.method = text(o, "method"),
                             .url = text(o, "url"),
                             .headers = list,
                             .header_count = count,
                             .body = text(o, "body"),
                             .mail = mail ? to_mail(a, mail) : NULL,
                             .timeout_ms = (int)number(o, "timeout", 0),
                             .keep_bytes = (size_t)number(o, "keep", 0),
                             .redirects = (int)number(o, "redirects", 0),
                             .is_trusted = is_true(o, "trusted"),
                             .ctx = p,
                             .on_done = on_done};
    if (!call.method.len) call.method = STR("GET");
    p->call = http_client_send(t->client, &call);
    if (is_true(o, "give_up")) cancel_call(t, o);
}

static void on_answer(struct resolver_question *q, const struct resolver_answer *answer) {
    static const char *const states[] = {"FOUND", "NO_NAME", "NO_SERVERS"};
    struct pending *p = q->ctx;
    buf b = {0};
    char address[ADDRESS_TEXT_MAX];
    buf_printf(&b, "{\"id\":%lld,\"state\":\"%s\",\"addresses\":[", (long long)p->id, states[answer->state]);
    for (size_t i = 0; i < answer->count; i++)
        buf_printf(&b, "%s\"%s\"", i ? "," : "", address_text(&answer->addresses[i], address));
    buf_char(&b, ']');
    put_bool(&b, "is_stale", answer->is_stale);
    buf_char(&b, '}');
    put_line(&b);
    pending_free(p);
}

static void ask(struct test *t, const struct json *o) {
    struct pending *p = pending_new(t, o);
    p->question = (struct resolver_question){.on_answer = on_answer, .ctx = p};
    resolver_ask(t->resolver, text(o, "name"), &p->question);
    if (!is_true(o, "give_up")) return;
    resolver_cancel(&p->question);
    resolver_cancel(&p->question);
    pending_free(p);
    puts("{\"done\":0}");
    fflush(stdout);
}

static void put_stats(struct test *t) {
    struct resolver_stats s = resolver_stats(t->resolver);
    buf b = {0};
    buf_printf(&b,
               "{\"asked\":%llu,\"looked_up\":%llu,\"served_stale\":%llu,\"failed\":%llu,\"names\":%zu,\"stall_ms\":%"
               "llu,\"cpu_ms\":%lld}",
               (unsigned long long)s.asked, (unsigned long long)s.looked_up, (unsigned long long)s.served_stale,
               (unsigned long long)s.failed, s.names, (unsigned long long)(t->longest_ns / 1000000),
               (long long)clock() * 1000 / CLOCKS_PER_SEC);
    t->longest_ns = 0;
    put_line(&b);
}

static void judge(const struct json *o) {
    const struct json *addresses = json_get(o, STR("addresses"));
    struct address_guard guard;
    struct why why = {""};
    err e = address_guard_parse(text(o, "list"), &guard, &why);
    buf b = {0};
    buf_printf(&b, "{\"err\":\"%s\"", err_name(e));
    put_text(&b, "why", str_of(why.text));
    buf_lit(&b, ",\"kinds\":[");
    for (size_t i = 0; e == ERR_OK && i < addresses->count; i++) {
        struct address address;
        bool is_one = address_parse(addresses->items[i].text, &address);
        const char *kind = is_one ? address_guard_refuses(&guard, &address) : "no address";
        if (i) buf_char(&b, ',');
        buf_json(&b, str_of(kind ? kind : ""));
    }
    buf_lit(&b, "]}");
    put_line(&b);
}

static void obey(struct test *t, str line) {
    arena *a = arena_new();
    struct json *o;
    struct why why;
    CHECK(json_parse(a, line, &o, &why) == ERR_OK);
    str what = text(o, "do");
    if (str_is(what, STR("send"))) send_call(t, a, o);
    else if (str_is(what, STR("cancel"))) cancel_call(t, o);
    else if (str_is(what, STR("ask"))) ask(t, o);
    else if (str_is(what, STR("judge"))) judge(o);
    else {
        if (str_is(what, STR("advance"))) env_advance(t->env, number(o, "ms", 0) * 1000);
        else if (str_is(what, STR("forget"))) resolver_forget(t->resolver);
        else CHECK(str_is(what, STR("stats")));
        put_stats(t);
    }
    arena_free(a);
}

static void end(struct test *t) {
    uv_close((uv_handle_t *)&t->input, NULL);
    uv_close((uv_handle_t *)&t->tick, NULL);
    http_client_free(t->client);
    resolver_free(t->resolver);
    while (t->pending) pending_free(t->pending);
}

static void on_room(uv_handle_t *h, size_t wanted, uv_buf_t *out) {
    (void)h;
    *out = uv_buf_init(mem_alloc(wanted), (unsigned)wanted);
}

static void on_input(uv_stream_t *s, ssize_t n, const uv_buf_t *bytes) {
    struct test *t = s->data;
    if (n > 0) buf_put(&t->lines, bytes->base, (size_t)n);
    mem_free(bytes->base);
    str rest = buf_view(&t->lines);
    for (ptrdiff_t at; (at = str_find(rest, '\n')) >= 0; rest = str_from(rest, (size_t)at + 1))
        obey(t, (str){rest.ptr, (size_t)at});
    if (rest.len) memmove(t->lines.ptr, rest.ptr, rest.len);
    t->lines.len = rest.len;
    if (n < 0) end(t);
}

static void on_tick(uv_timer_t *timer) {
    struct test *t = timer->data;
    uint64_t now = uv_hrtime();
    if (t->last_tick && now - t->last_tick > t->longest_ns) t->longest_ns = now - t->last_tick;
    t->last_tick = now;
}

static const char *flag(int argc, char **argv, const char *name) {
    for (int i = 1; i + 1 < argc; i += 2)
        if (strcmp(argv[i] + 2, name) == 0) return argv[i + 1];
    return "";
}

static err open_all(struct test *t, int argc, char **argv, struct why *why) {
    struct address_guard guard;
    struct resolver_options names = {.loop = &t->loop,
                                     .env = t->env,
                                     .servers = flag(argc, argv, "servers"),
                                     .try_ms = atoi(flag(argc, argv, "try_ms")),
                                     .limit_ms = atoi(flag(argc, argv, "limit_ms")),
                                     .stale_ms = atoi(flag(argc, argv, "stale_ms")),
                                     .names = atoi(flag(argc, argv, "names"))};
    err e = address_guard_parse(str_of(flag(argc, argv, "allow")), &guard, why);
    if (e == ERR_OK) e = resolver_new(&names, &t->resolver, why);
    struct http_client_options options = {.loop = &t->loop,
                                          .resolver = t->resolver,
                                          .guard = &guard,
                                          .proxy = flag(argc, argv, "proxy"),
                                          .ca_file = flag(argc, argv, "ca_file"),
                                          .kept = atoi(flag(argc, argv, "kept"))};
    return e == ERR_OK ? http_client_new(&options, &t->client, why) : e;
}

int main(int argc, char **argv) {
    struct test t = {0};
    struct why why = {""};
    struct env_virtual world = {.start_at = 1700000000000000, .seed = 1};
    signal(SIGPIPE, SIG_IGN);
    t.env = env_new(&world);
    CHECK(uv_loop_init(&t.loop) == 0);
    if (open_all(&t, argc, argv, &why) != ERR_OK) {
        fprintf(stderr, "%s\n", why.text);
        resolver_free(t.resolver);
        env_free(t.env);
        uv_loop_close(&t.loop);
        return 1;
    }
    CHECK(uv_pipe_init(&t.loop, &t.input, 0) == 0 && uv_pipe_open(&t.input, 0) == 0);
    CHECK(uv_timer_init(&t.loop, &t.tick) == 0);
    t.input.data = t.tick.data = &t;
    uv_timer_start(&t.tick, on_tick, TICK_MS, TICK_MS);
    uv_read_start((uv_stream_t *)&t.input, on_room, on_input);
    puts("{\"started\":true}");
    fflush(stdout);
    uv_run(&t.loop, UV_RUN_DEFAULT);
    CHECK(uv_loop_close(&t.loop) == 0); // nothing was left open
    env_free(t.env);
    buf_free(&t.lines);
    puts("{\"ended\":true}");
    return 0;
}
