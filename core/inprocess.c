#include "inprocess.h"
#include "app.h"
#include "base/mem.h"
#include "postbox.h"
#include "store/copy.h"

struct world {
    struct app *app;
    postbox *postbox;
    arena *texts; // of settings
    buf notes;    // of what was asked of the ports, for a whole copy
};

static struct app *app_of(void *handle) { return ((struct world *)handle)->app; }

static err set_all(arena *a, struct settings *s, str lines, struct why *why) {
    err e = ERR_OK;
    for (str line, name; e == ERR_OK && str_split(&lines, '\n', &line);) {
        if (line.len && str_split(&line, '=', &name)) e = settings_set(a, s, name, line, "settings", why);
    }
    return e;
}

static void *inprocess_open(const struct engine_open *o, struct why *why) {
    struct env_virtual world = {.start_at = o->start_at, .seed = o->seed};
    struct app_options options = {.world = &world};
    settings_defaults(&options.settings);
    arena *a = arena_new();
    if (set_all(a, &options.settings, o->settings, why) != ERR_OK) {
        arena_free(a);
        return NULL;
    }
    options.settings.data = o->data;
    options.settings.api_workers = 1;
    if (o->integrations_dir) options.settings.integrations = o->integrations_dir;
    if (o->lua_dir) options.settings.lua = o->lua_dir;
    if (o->copy_of && store_copy(o->copy_of, o->data, o->copy_group, o->is_whole, why) != ERR_OK) return NULL;
    struct world *w = NEW(struct world);
    w->postbox = postbox_new();
    w->texts = a;
    options.rehearsals = &inprocess_ops;
    options.sender = postbox_sender(w->postbox);
    options.sender.is_rehearsal = o->is_rehearsal;
    if (app_new(&options, &w->app, why) == ERR_OK) {
        if (o->is_whole) w->app->ports.notes = &w->notes;
        return w;
    }
    postbox_free(w->postbox);
    arena_free(w->texts);
    mem_free(w);
    return NULL;
}

static void inprocess_close(void *handle) {
    struct world *w = handle;
    app_free(w->app);
    postbox_free(w->postbox);
    arena_free(w->texts);
    buf_free(&w->notes);
    mem_free(w);
}

static const struct {
    const char *name;
    enum http_method method;
} methods[] = {{"GET", HTTP_M_GET},     {"HEAD", HTTP_M_HEAD},     {"POST", HTTP_M_POST},      {"PUT", HTTP_M_PUT},
               {"PATCH", HTTP_M_PATCH}, {"DELETE", HTTP_M_DELETE}, {"OPTIONS", HTTP_M_OPTIONS}};

static void fill_headers(arena *a, str lines, struct http_request *r) {
    size_t count = 1;
    for (size_t i = 0; i < lines.len; i++) count += lines.ptr[i] == '\n';
    r->headers = arena_alloc(a, (count + 1) * sizeof *r->headers);
    r->headers[r->header_count++] = (struct http_header){STR("host"), STR("tocsin.test")};
    for (str line; str_split(&lines, '\n', &line);) {
        ptrdiff_t colon = str_find(line, ':');
        if (colon < 0) continue;
        r->headers[r->header_count++] =
            (struct http_header){{line.ptr, (size_t)colon}, str_trim(str_from(line, (size_t)colon + 1))};
    }
}

static void fill_request(arena *a, const struct engine_request *from, struct http_request *r) {
    *r = (struct http_request){.method_name = from->method,
                               .path = from->target,
                               .query = STR(""),
                               .body = from->body,
                               .peer = STR("127.0.0.1")};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (str_is(from->method, str_of(methods[i].name))) r->method = methods[i].method;
    ptrdiff_t question = str_find(from->target, '?');
    if (question >= 0) {
        r->path = (str){from->target.ptr, (size_t)question};
        r->query = str_from(from->target, (size_t)question + 1);
    }
    fill_headers(a, from->headers, r);
}

static void inprocess_requests(void *handle, arena *a, const struct engine_request *list, size_t count,
                               struct engine_answer *out) {
    struct http_request *requests = arena_alloc(a, (count + 1) * sizeof *requests);
    struct http_response *responses = arena_alloc(a, (count + 1) * sizeof *responses);
    for (size_t i = 0; i < count; i++) fill_request(a, &list[i], &requests[i]);
    app_requests(app_of(handle), a, requests, responses, count);
    for (size_t i = 0; i < count; i++)
        out[i] = (struct engine_answer){responses[i].status, responses[i].content_type, responses[i].extra_headers,
                                        responses[i].body};
}

static void inprocess_advance(void *handle, int64_t us) { app_advance(app_of(handle), us); }

static int64_t inprocess_now(void *handle) { return env_now(app_of(handle)->env); }

// Somebody sets the wall clock: so many ms forward.
static err set_clock(struct world *w, str json, buf *out) {
    int64_t by_ms;
    if (!str_to_int(json, &by_ms)) return ERR_INVALID;
    env_set_wall(w->app->env, by_ms * 1000);
    while (app_turn(w->app)) continue;
    buf_lit(out, "{}");
    return ERR_OK;
}

// What was asked of the ports since the last time, as a JSON list of [name, arguments].
static err take_notes(struct world *w, buf *out) {
    str notes = buf_view(&w->notes);
    if (notes.len) notes.len--; // the comma behind the last
    buf_char(out, '[');
    buf_str(out, notes);
    buf_char(out, ']');
    w->notes.len = 0;
    return ERR_OK;
}

static err inprocess_port(void *handle, str name, str json, buf *out, struct why *why) {
    struct world *w = handle;
    if (str_is(name, STR("set_clock"))) return set_clock(w, json, out);
    if (str_is(name, STR("notes"))) return take_notes(w, out);
    if (!postbox_has(name)) return ports_call(&w->app->ports, name, json, out, why);
    err e = postbox_port(w->postbox, name, json, out, why);
    while (app_turn(w->app)) continue;
    return e;
}

const struct engine_ops inprocess_ops = {
    .open = inprocess_open,
    .close = inprocess_close,
    .requests = inprocess_requests,
    .advance = inprocess_advance,
    .now = inprocess_now,
    .port = inprocess_port,
};
