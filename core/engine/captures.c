#include "engine/captures.h"
#include "base/mem.h"
#include <pthread.h>

#define KEPT_MAX  64
#define BODY_MAX  ((size_t)64 << 10)
#define ASKED_US  INT64_C(10000000) // how long nobody may ask before nothing is kept
#define ASKED_MAX 8                 // integrations at once

struct captured {
    int64_t integration_id;
    uint64_t number;
    char *text; // the JSON object
    size_t len;
};

struct captures {
    pthread_mutex_t mutex;
    int64_t until; // atomic: nobody asks for anything after it
    struct asked {
        int64_t integration_id, until;
    } asked[ASKED_MAX];
    struct captured kept[KEPT_MAX]; // a ring
    uint64_t count;
};

captures *captures_new(void) {
    captures *c = NEW(captures);
    pthread_mutex_init(&c->mutex, NULL);
    return c;
}

void captures_free(captures *c) {
    if (!c) return;
    for (size_t i = 0; i < KEPT_MAX; i++) mem_free(c->kept[i].text);
    pthread_mutex_destroy(&c->mutex);
    mem_free(c);
}

static bool is_asked_for(const captures *c, int64_t id, int64_t now) {
    for (size_t i = 0; i < ASKED_MAX; i++)
        if (c->asked[i].integration_id == id && c->asked[i].until > now) return true;
    return false;
}

static void put_request(buf *out, uint64_t number, const struct http_request *q) {
    bool is_cut = q->body.len > BODY_MAX;
    buf_printf(out, "{\"number\":%llu,\"at\":%lld,\"method\":", (unsigned long long)number, (long long)q->received_at);
    buf_json(out, q->method_name);
    buf_lit(out, ",\"query\":");
    buf_json(out, q->query);
    buf_lit(out, ",\"headers\":");
    http_headers_json(out, q->headers, q->header_count, SIZE_MAX);
    buf_lit(out, ",\"body\":");
    buf_json(out, is_cut ? (str){q->body.ptr, BODY_MAX} : q->body);
    buf_printf(out, ",\"is_cut\":%s}", is_cut ? "true" : "false");
}

void captures_note(captures *c, int64_t id, const struct http_request *q) {
    if (__atomic_load_n(&c->until, __ATOMIC_RELAXED) <= q->received_at) return;
    buf text = {0};
    pthread_mutex_lock(&c->mutex);
    if (is_asked_for(c, id, q->received_at)) {
        put_request(&text, ++c->count, q);
        struct captured *place = &c->kept[c->count % KEPT_MAX];
        mem_free(place->text);
        *place = (struct captured){id, c->count, mem_copy(text.ptr, text.len), text.len};
    }
    pthread_mutex_unlock(&c->mutex);
    buf_free(&text);
}

// The place of an integration that is asked for already, or else the one that was asked for longest ago.
static struct asked *place_of(captures *c, int64_t id) {
    struct asked *oldest = &c->asked[0];
    for (size_t i = 0; i < ASKED_MAX; i++) {
        if (c->asked[i].integration_id == id) return &c->asked[i];
        if (c->asked[i].until < oldest->until) oldest = &c->asked[i];
    }
    return oldest;
}

static void ask(captures *c, int64_t id, uint64_t after, int64_t now, buf *out) {
    bool is_first = true;
    pthread_mutex_lock(&c->mutex);
    *place_of(c, id) = (struct asked){id, now + ASKED_US};
    __atomic_store_n(&c->until, now + ASKED_US, __ATOMIC_RELAXED);
    buf_lit(out, "{\"requests\":[");
    uint64_t from = c->count > KEPT_MAX ? c->count - KEPT_MAX + 1 : 1;
    for (uint64_t n = from > after + 1 ? from : after + 1; n <= c->count; n++) {
        const struct captured *one = &c->kept[n % KEPT_MAX];
        if (one->integration_id != id || one->number != n) continue;
        if (!is_first) buf_char(out, ',');
        buf_put(out, one->text, one->len);
        is_first = false;
    }
    buf_lit(out, "]}");
    pthread_mutex_unlock(&c->mutex);
}

err captures_port(captures *c, int64_t now, const struct json *args, buf *out, struct why *why) {
    int64_t id = json_int(args, "integration", 0), after = json_int(args, "after", 0);
    if (!c) return why_set(why, ERR_UNSUPPORTED, "no server runs on this folder: no requests come");
    if (id < 1 || after < 0) return why_set(why, ERR_INVALID, "integration or after is out of bounds");
    ask(c, id, (uint64_t)after, now, out);
    return ERR_OK;
}
