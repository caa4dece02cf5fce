// Listeners: on their loop, from the answer's head to its end.
#include "events.h"
#include "events_parts.h"

#define HEADERS_MAX 8192 // of a listener's request, kept to ask again whether it still may listen

static struct listener *listener_of(struct ring_link *l) { return CONTAINER(l, struct listener, link); }

static void leave(struct listener *l) {
    events *e = l->events;
    ring_remove(&l->link);
    __atomic_sub_fetch(&e->listeners, 1, __ATOMIC_SEQ_CST);
    seat_drop(e, l->seat);
    mem_free(l);
}

static void hang_up(struct listener *l) {
    struct http_exchange *x = l->x;
    leave(l);
    x->streaming->end(x);
}

static void on_gone(struct http_exchange *x) { hang_up(x->work); }

static bool sees(const struct listener *l, int64_t team_id) {
    str rest = l->teams, one;
    int64_t id;
    if (str_is(rest, STR("*"))) return true;
    while (rest.len && str_split(&rest, ',', &one))
        if (str_to_int(one, &id) && id == team_id) return true;
    return false;
}

static void write_seen(struct listener *l, const struct batch *b) {
    buf piece = {0};
    size_t at = 0;
    for (size_t i = 0; i < b->count; at += b->parts[i++].length)
        if (b->is_for_all || sees(l, b->parts[i].team_id)) buf_put(&piece, b->text.ptr + at, b->parts[i].length);
    if (piece.len) {
        buf_str(&piece, buf_view(&b->id_text));
        l->x->streaming->write(l->x, buf_view(&piece));
    }
    buf_free(&piece);
}

// False when the listener is gone with it.
static bool tell(struct listener *l, const struct batch *b) {
    if (b->seq <= l->seq || b->run_id != l->run_id) return true;
    l->seq = b->seq;
    write_seen(l, b);
    if (b->is_last) hang_up(l);
    return !b->is_last;
}

void events_deliver(struct http_exchange *x) {
    struct delivery *d = CONTAINER(x, struct delivery, x);
    struct ring_link *list = &d->events->loops[d->loop];
    for (struct ring_link *at = list->next, *next; at != list; at = next) {
        struct listener *l = listener_of(at);
        next = at->next;
        if (__atomic_load_n(&l->seat->is_denied, __ATOMIC_ACQUIRE)) hang_up(l);
        else if (d->batch) tell(l, d->batch);
    }
    batch_drop(d->batch);
    mem_free(d);
}

static char *keep(str s) { return mem_copy(s.ptr ? s.ptr : "", s.len); }

static struct seat *seat_new(struct http_exchange *x, str spec) {
    struct seat *s = NEW(struct seat);
    buf headers = {0};
    http_headers_json(&headers, x->request.headers, x->request.header_count, HEADERS_MAX);
    ring_open(&s->link);
    s->refs = 1;
    s->path = keep(x->request.path);
    s->query = keep(x->request.query);
    s->client = keep(x->request.client);
    s->base_url = keep(x->request.base_url);
    s->headers = keep(buf_view(&headers));
    s->spec = keep(spec);
    buf_free(&headers);
    return s;
}

static struct listener *listener_new(events *e, struct http_exchange *x, str spec) {
    struct listener *l = NEW(struct listener);
    str from, kind, rest;
    l->events = e;
    l->x = x;
    l->seat = seat_new(x, spec);
    rest = str_of(l->seat->spec);
    bool is_good = str_split(&rest, ' ', &from) && str_split(&rest, ' ', &kind) && str_to_int(from, &l->seq);
    CHECK(is_good); // lua/api/events.lua wrote it
    if (str_is(kind, STR("run"))) CHECK(str_to_int(rest, &l->run_id));
    l->teams = l->run_id ? STR("*") : rest;
    ring_open(&l->link);
    return l;
}

static size_t loop_of(events *e, struct mailbox *box) {
    size_t i = 0;
    while (i < e->options.loop_count && __atomic_load_n(&e->options.loops[i], __ATOMIC_ACQUIRE) != box) i++;
    return i;
}

// What was published between events_expect and now.
static void catch_up(struct listener *l) {
    events *e = l->events;
    struct batch *missed[EVENTS_RING];
    bool has_gap, is_there = true;
    pthread_mutex_lock(&e->mutex);
    ring_append(&e->seats, &l->seat->link);
    int64_t now = e->last_seq;
    size_t n = ring_since(e, l->seq, missed, &has_gap);
    pthread_mutex_unlock(&e->mutex);
    if (has_gap) l->x->streaming->write(l->x, STR(EVENTS_RESET));
    for (size_t i = 0; i < n; i++) {
        if (is_there) is_there = tell(l, missed[i]);
        batch_drop(missed[i]);
    }
    if (is_there && now > l->seq) l->seq = now;
}

void events_listen(void *ctx, struct http_exchange *x, const struct http_response *head, str spec) {
    events *e = ctx;
    size_t loop = loop_of(e, x->owner);
    if (__atomic_add_fetch(&e->listeners, 1, __ATOMIC_SEQ_CST) > e->options.listeners_max) {
        __atomic_sub_fetch(&e->listeners, 1, __ATOMIC_SEQ_CST);
        http_reply_detail(x, 503, "Too many are listening; try again later.", "Retry-After: 10\r\n");
        return;
    }
    struct listener *l = listener_new(e, x, spec);
    x->work = l;
    x->on_gone = on_gone;
    if (loop < e->options.loop_count) ring_append(&e->loops[loop], &l->link);
    if (x->streaming->begin(x, head, STR(":\n\n"))) catch_up(l);
    else leave(l);
}
