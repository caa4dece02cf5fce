#include "engine/fetches.h"
#include "base/mem.h"

#define TIMEOUT_MAX_MS 10000
#define KEEP_MAX       ((size_t)1 << 20)
#define HEADERS_MAX    16

struct fetches {
    struct fetches_options options;
    struct mailbox box;
    pthread_mutex_t mutex; // guards `busy` and the ends of the errands
    pthread_cond_t ended;
    int busy;
};

struct errand {
    struct mail mail;
    fetches *owner;
    struct http_call call;
    arena *arena;
    struct fetch_answer *out;
    bool is_done;
};

fetches *fetches_new(const struct fetches_options *options) {
    fetches *f = NEW(fetches);
    f->options = *options;
    mailbox_open(&f->box, options->wake, options->wake_ctx);
    pthread_mutex_init(&f->mutex, NULL);
    pthread_cond_init(&f->ended, NULL);
    return f;
}

void fetches_free(fetches *f) {
    if (!f) return;
    CHECK(!f->busy);
    mailbox_close(&f->box);
    pthread_mutex_destroy(&f->mutex);
    pthread_cond_destroy(&f->ended);
    mem_free(f);
}

// On the pager's thread; who asked waits, so its arena may be written to.
static void on_done(void *ctx, const struct http_result *r) {
    struct errand *e = ctx;
    fetches *f = e->owner;
    if (r->failure == HTTP_FAILED_NONE)
        *e->out = (struct fetch_answer){.status = r->status, .body = arena_str(e->arena, r->body), .is_cut = r->is_cut};
    else *e->out = (struct fetch_answer){.failure = arena_str(e->arena, str_of(r->sentence))};
    pthread_mutex_lock(&f->mutex);
    e->is_done = true;
    pthread_cond_broadcast(&f->ended);
    pthread_mutex_unlock(&f->mutex);
}

static bool enter(fetches *f) {
    pthread_mutex_lock(&f->mutex);
    bool has_room = f->busy < f->options.at_once;
    if (has_room) f->busy++;
    pthread_mutex_unlock(&f->mutex);
    return has_room;
}

static void wait_and_leave(fetches *f, const struct errand *e) {
    pthread_mutex_lock(&f->mutex);
    while (!e->is_done) pthread_cond_wait(&f->ended, &f->mutex);
    f->busy--;
    pthread_mutex_unlock(&f->mutex);
}

err fetches_ask(fetches *f, arena *a, const struct http_call *call, struct fetch_answer *out) {
    if (!f || !f->options.sender.send) return ERR_UNSUPPORTED;
    if (!enter(f)) return ERR_FULL;
    struct errand e = {.owner = f, .call = *call, .arena = a, .out = out};
    e.call.ctx = &e;
    e.call.on_done = on_done;
    mailbox_push(&f->box, &e.mail);
    wait_and_leave(f, &e);
    return ERR_OK;
}

void fetches_turn(fetches *f) {
    for (struct mail *m = mailbox_take(&f->box), *next; m; m = next) {
        next = m->next;
        struct errand *e = CONTAINER(m, struct errand, mail);
        f->options.sender.send(f->options.sender.ctx, &e->call);
    }
}

static err read_headers(arena *a, const struct json *args, struct http_call *call, struct why *why) {
    const struct json *list = json_items(args, "headers", &call->header_count);
    struct http_header *out = arena_alloc(a, (call->header_count + 1) * sizeof *out);
    if (call->header_count > HEADERS_MAX) return why_set(why, ERR_INVALID, "headers: at most %d", HEADERS_MAX);
    for (size_t i = 0; i < call->header_count; i++) {
        if (list[i].type != JSON_ARRAY || list[i].count != 2)
            return why_set(why, ERR_INVALID, "headers: pairs are expected");
        out[i] = (struct http_header){list[i].items[0].text, list[i].items[1].text};
    }
    call->headers = out;
    return ERR_OK;
}

static void put_answer(buf *out, const struct fetch_answer *answer) {
    if (answer->failure.len || answer->is_cut) {
        buf_lit(out, "{\"failure\":");
        buf_json(out, answer->failure.len ? answer->failure : STR("The answer is larger than it may be."));
    } else {
        buf_printf(out, "{\"status\":%d,\"body\":", answer->status);
        buf_json(out, answer->body);
    }
    buf_char(out, '}');
}

err fetches_port(fetches *f, arena *a, const struct json *args, buf *out, struct why *why) {
    int64_t timeout = json_int(args, "timeout_ms", TIMEOUT_MAX_MS), keep = json_int(args, "keep", 65536);
    struct http_call call = {.method = json_text(args, "method"),
                             .url = json_text(args, "url"),
                             .body = json_text(args, "body"),
                             .is_trusted = !json_is_true(args, "is_guarded")};
    struct fetch_answer answer = {0};
    if (timeout < 1 || timeout > TIMEOUT_MAX_MS || keep < 1 || keep > (int64_t)KEEP_MAX)
        return why_set(why, ERR_INVALID, "timeout_ms or keep is out of bounds");
    call.timeout_ms = (int)timeout;
    call.keep_bytes = (size_t)keep;
    err e = read_headers(a, args, &call, why);
    if (e != ERR_OK) return e;
    e = fetches_ask(f, a, &call, &answer);
    if (e != ERR_OK) return why_set(why, e, "%s", err_text(e));
    put_answer(out, &answer);
    return ERR_OK;
}
