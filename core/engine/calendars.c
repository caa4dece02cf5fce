#include "engine/calendars.h"
#include "base/mem.h"
#include "engine/ical.h"
#include "engine/schedule_copy.h"
#include <stdio.h>

#define ON_WAY_MAX    8
#define TIMEOUT_MS    10000
#define REDIRECTS     5
#define RETRY_US      1000000  // when no worker takes it
#define DISK_RETRY_US 60000000 // when it could not be written down
#define ETAG_MAX      256
#define NEVER         INT64_MAX // unless a schedule changes

enum fetch_state { ASKED, ANSWERED, BEING_READ };

struct fetch {
    calendars *owner;
    arena *memory; // holds this struct too
    struct calendar_fetch said;
    struct http_call call;
    struct http_header headers[2];
    enum fetch_state state;
    struct aside aside;
    struct copy_known known;
    struct copy_item copy;
    err result;
};

struct calendars {
    struct calendars_options options;
    struct mailbox done; // copies that the commit thread has finished with
    struct fetch *on_way[ON_WAY_MAX];
    size_t count;
    int64_t look_at;
    uint64_t version; // of schedules, at the last look
};

calendars *calendars_new(const struct calendars_options *options) {
    calendars *c = NEW(calendars);
    c->options = *options;
    mailbox_open(&c->done, options->wake, options->wake_ctx);
    return c;
}

void calendars_free(calendars *c) {
    if (!c) return;
    mailbox_take(&c->done);
    for (size_t i = 0; i < c->count; i++) arena_free(c->on_way[i]->memory);
    mailbox_close(&c->done);
    mem_free(c);
}

// What a fetch has brought.

static void fail(struct fetch *f, const char *sentence) { f->said.error = arena_str(f->memory, str_of(sentence)); }

static str header_of(struct fetch *f, const struct http_result *r, const char *name) {
    for (size_t i = 0; i < r->header_count; i++)
        if (str_is(r->headers[i].name, str_of(name)) && r->headers[i].value.len <= ETAG_MAX)
            return arena_str(f->memory, r->headers[i].value);
    return (str){NULL, 0};
}

static void take_answer(struct fetch *f, const struct http_result *r) {
    char sentence[80];
    if (r->failure != HTTP_FAILED_NONE) fail(f, r->sentence);
    else if (r->status == 304) f->said.is_unchanged = true;
    else if (r->status != 200) {
        snprintf(sentence, sizeof sentence, "The calendar's server answered with the status %d.", r->status);
        fail(f, sentence);
    } else if (r->is_cut) {
        snprintf(sentence, sizeof sentence, "The calendar is larger than %zu MiB.", ICAL_BYTES_MAX >> 20);
        fail(f, sentence);
    } else {
        f->said.text = arena_str(f->memory, r->body);
        f->said.etag = header_of(f, r, "etag");
        f->said.modified = header_of(f, r, "last-modified");
    }
}

static void on_answer(void *ctx, const struct http_result *r) {
    struct fetch *f = ctx;
    f->state = ANSWERED;
    f->said.at = env_now(f->owner->options.env);
    take_answer(f, r);
    f->owner->options.wake(f->owner->options.wake_ctx);
}

// Reading and writing down.

static void on_written(struct commit_item *item, err result) {
    struct fetch *f = CONTAINER(CONTAINER(item, struct copy_item, item), struct fetch, copy);
    f->result = result;
    mailbox_push(&f->owner->done, &item->mail);
}

static void read_answer(struct aside *a, struct aside_tools *tools) {
    struct fetch *f = CONTAINER(a, struct fetch, aside);
    struct commit_item *item = &f->copy.item;
    err e = schedule_rows_get_copy(tools->store, f->memory, f->said.schedule_id, f->said.is_overrides, &f->known);
    if (e == ERR_OK && f->said.is_unchanged && !f->known.ical.ptr) e = ERR_STALE; // the copy went away meanwhile
    if (e == ERR_OK) {
        copy_init(&f->copy, f->owner->options.engine, &f->said, &f->known, f->memory);
        item->done = on_written;
        e = commit_push(engine_commit(f->owner->options.engine), item);
    }
    if (e != ERR_OK) on_written(item, e);
}

// One at a time. Whether all that could be read is.
static bool read_next(calendars *c) {
    struct fetch *next = NULL;
    for (size_t i = 0; i < c->count; i++) {
        if (c->on_way[i]->state == BEING_READ) return true;
        if (c->on_way[i]->state == ANSWERED && !next) next = c->on_way[i];
    }
    if (!next) return true;
    next->aside.run = read_answer;
    next->state = BEING_READ;
    if (c->options.door.push(c->options.door.ctx, &next->aside) == ERR_OK) return true;
    next->state = ANSWERED;
    return false;
}

bool calendars_is_idle(const calendars *c) {
    for (size_t i = 0; i < c->count; i++)
        if (c->on_way[i]->state != ASKED) return false;
    return true;
}

static void tell(const calendars *c, const struct fetch *f) {
    const struct copy_write *w = &f->copy.write;
    const char *part = w->is_overrides ? "overrides" : "primary";
    struct engine_counters *counters = engine_counters(c->options.engine);
    __atomic_add_fetch(w->error.len ? &counters->calendars_failed : &counters->calendars_fetched, 1, __ATOMIC_RELAXED);
    if (str_is(w->error, f->known.error)) return;
    if (w->error.len)
        LOG(c->options.log, LOG_WARN, "calendar_not_fetched", LOG_N("schedule", w->schedule_id), LOG_Z("part", part),
            LOG_S("error", w->error), LOG_Z("what", "The schedule goes on with the last good copy of it."));
    else
        LOG(c->options.log, LOG_INFO, "calendar_fetched_again", LOG_N("schedule", w->schedule_id), LOG_Z("part", part));
}

static void forget(calendars *c, struct fetch *f) {
    for (size_t i = 0; i < c->count; i++)
        if (c->on_way[i] == f) c->on_way[i] = c->on_way[--c->count];
    arena_free(f->memory);
}

static void take_done(calendars *c, int64_t now) {
    for (struct mail *m = mailbox_take(&c->done), *next; m; m = next) {
        next = m->next;
        struct commit_item *item = CONTAINER(m, struct commit_item, mail);
        struct fetch *f = CONTAINER(CONTAINER(item, struct copy_item, item), struct fetch, copy);
        if (f->result == ERR_OK) tell(c, f);
        else if (f->result == ERR_STALE) c->look_at = 0; // it has another address now
        else {
            LOG(c->options.log, LOG_ERROR, "calendar_not_written", LOG_N("schedule", f->said.schedule_id),
                LOG_Z("error", err_text(f->result)));
            c->look_at = now + DISK_RETRY_US;
        }
        forget(c, f);
    }
}

// Asking.

static void add_header(struct fetch *f, const char *name, str value) {
    if (value.len) f->headers[f->call.header_count++] = (struct http_header){str_of(name), arena_str(f->memory, value)};
}

static void ask(calendars *c, const struct calendar_row *row) {
    arena *a = arena_new();
    struct fetch *f = arena_alloc(a, sizeof *f);
    f->owner = c;
    f->memory = a;
    f->said = (struct calendar_fetch){
        .schedule_id = row->schedule_id, .is_overrides = row->is_overrides, .url = arena_str(a, row->url)};
    f->call = (struct http_call){.method = STR("GET"),
                                 .url = f->said.url,
                                 .headers = f->headers,
                                 .timeout_ms = TIMEOUT_MS,
                                 .keep_bytes = ICAL_BYTES_MAX,
                                 .redirects = REDIRECTS,
                                 .ctx = f,
                                 .on_done = on_answer};
    add_header(f, "accept", STR("text/calendar, */*;q=0.5"));
    add_header(f, row->etag.len ? "if-none-match" : "if-modified-since", row->etag.len ? row->etag : row->modified);
    c->on_way[c->count++] = f;
    c->options.sender.send(c->options.sender.ctx, &f->call);
}

static bool is_on_way(const calendars *c, const struct calendar_row *row) {
    for (size_t i = 0; i < c->count; i++) {
        const struct calendar_fetch *said = &c->on_way[i]->said;
        if (said->schedule_id == row->schedule_id && said->is_overrides == row->is_overrides &&
            str_is(said->url, row->url))
            return true;
    }
    return false;
}

// A try in the future was made by a clock that was wrong.
static int64_t due_at(const calendars *c, const struct calendar_row *row, int64_t now) {
    return row->tried_at && row->tried_at <= now ? row->tried_at + c->options.refresh_us : now;
}

static void ask_due(calendars *c, const struct calendar_row *list, size_t count, int64_t now) {
    uint64_t failing = 0;
    c->look_at = count ? now + c->options.refresh_us : NEVER;
    for (size_t i = 0; i < count; i++) {
        failing += list[i].has_failed;
        if (is_on_way(c, &list[i])) continue;
        int64_t due = due_at(c, &list[i], now);
        if (due <= now && c->count < ON_WAY_MAX) ask(c, &list[i]);
        else if (due < c->look_at) c->look_at = due;
    }
    __atomic_store_n(&engine_counters(c->options.engine)->calendars_failing, failing, __ATOMIC_RELAXED);
}

static err look(calendars *c, int64_t now) {
    struct calendar_row *list;
    size_t count = 0;
    arena *a = arena_new();
    err e = schedule_rows_calendars(c->options.reader, a, &list, &count);
    if (e == ERR_OK) ask_due(c, list, count, now);
    else LOG(c->options.log, LOG_ERROR, "calendars_not_read", LOG_Z("error", err_text(e)));
    arena_free(a);
    return e;
}

int64_t calendars_turn(calendars *c) {
    int64_t now = env_now(c->options.env);
    uint64_t version = engine_schedules_version(c->options.engine);
    take_done(c, now);
    bool is_set_back = c->look_at != NEVER && c->look_at - now > c->options.refresh_us;
    if (version != c->version || is_set_back) c->look_at = 0;
    c->version = version;
    // Half of the ways free again: one look for several of them.
    if (c->look_at <= now && c->count <= ON_WAY_MAX / 2 && look(c, now) != ERR_OK) c->look_at = now + RETRY_US;
    if (!read_next(c)) return RETRY_US;
    return c->look_at == NEVER || c->look_at <= now ? -1 : c->look_at - now;
}
