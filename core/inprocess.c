#include "inprocess.h"
#include "app.h"

static void *inprocess_open(const struct engine_open *o, struct why *why) {
    struct env_virtual world = {.start_at = o->start_at, .seed = o->seed};
    struct app_options options = {.world = &world};
    settings_defaults(&options.settings);
    options.settings.data = o->data;
    options.settings.api_workers = 1;
    if (o->integrations_dir) options.settings.integrations = o->integrations_dir;
    if (o->lua_dir) options.settings.lua = o->lua_dir;
    return app_new(&options, why);
}

static void inprocess_close(void *handle) { app_free(handle); }

static const struct {
    const char *name;
    enum http_method method;
} methods[] = {{"GET", HTTP_M_GET}, {"HEAD", HTTP_M_HEAD},   {"POST", HTTP_M_POST},      {"PUT", HTTP_M_PUT},
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

static void inprocess_request(void *handle, arena *a, str method, str target, str headers, str body,
                              struct engine_answer *out) {
    struct http_request r = {.method_name = method, .path = target, .query = STR(""), .body = body, .peer = STR("127.0.0.1")};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (str_is(method, str_of(methods[i].name))) r.method = methods[i].method;
    ptrdiff_t question = str_find(target, '?');
    if (question >= 0) {
        r.path = (str){target.ptr, (size_t)question};
        r.query = str_from(target, (size_t)question + 1);
    }
    fill_headers(a, headers, &r);
    struct http_response response = {0};
    app_request(handle, a, &r, &response);
    *out = (struct engine_answer){response.status, response.content_type, response.extra_headers, response.body};
}

static void inprocess_advance(void *handle, int64_t us) { app_advance(handle, us); }

static int64_t inprocess_now(void *handle) {
    struct app *app = handle;
    return env_now(app->env);
}

static err inprocess_port(void *handle, str name, str json, buf *out, struct why *why) {
    struct app *app = handle;
    return ports_call(&app->ports, name, json, out, why);
}

const struct engine_ops inprocess_ops = {
    .open = inprocess_open,
    .close = inprocess_close,
    .request = inprocess_request,
    .advance = inprocess_advance,
    .now = inprocess_now,
    .port = inprocess_port,
};
