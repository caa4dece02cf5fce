#include "front.h"
#include "app.h"
#include "metrics.h"

static void reply(struct http_exchange *x, int status, const char *type, str body, const char *headers) {
    struct http_response r = {
        .status = status, .content_type = str_of(type), .extra_headers = str_of(headers), .body = body};
    x->reply(x, &r);
}

static void reply_detail(struct http_exchange *x, int status, const char *detail, const char *headers) {
    buf body = {0};
    buf_lit(&body, "{\"detail\":");
    buf_json(&body, str_of(detail));
    buf_char(&body, '}');
    reply(x, status, "application/json", buf_view(&body), headers);
    buf_free(&body);
}

static void not_allowed(struct http_exchange *x, const char *allow) {
    buf detail = {0}, header = {0};
    buf_printf(&detail, "Method \"%.*s\" not allowed.", STR_FMT(x->request.method_name));
    buf_char(&detail, 0);
    buf_printf(&header, "Allow: %s\r\n", allow);
    buf_char(&header, 0);
    reply_detail(x, 405, detail.ptr, header.ptr);
    buf_free(&detail);
    buf_free(&header);
}

static void work(struct app *app, enum work_kind kind, struct http_exchange *x) {
    if (workers_push(app->workers, kind, x) != ERR_OK)
        reply_detail(x, 503, "Too many requests are waiting; try again.", "Retry-After: 1\r\n");
}

// /integrations/v1/<type>/<token>[/]
static void integration(struct app *app, intake *in, struct http_exchange *x, str rest) {
    str type, token;
    if (!str_split(&rest, '/', &type) || !type.len || !str_split(&rest, '/', &token) || rest.len) {
        reply_detail(x, 404, "Not found.", "");
        return;
    }
    enum http_method m = x->request.method;
    if (m == HTTP_M_POST) intake_post(in, x, type, token);
    else if (m == HTTP_M_GET || m == HTTP_M_HEAD) work(app, WORK_EXPLAIN, x);
    else not_allowed(x, "GET, POST");
}

static void health(struct app *app, struct http_exchange *x) {
    (void)app;
    reply(x, 200, "text/plain; charset=utf-8", STR("Ok.\n"), "");
}

static void ready(struct app *app, struct http_exchange *x) {
    const char *trouble = app_trouble(app);
    if (trouble) reply(x, 503, "text/plain; charset=utf-8", str_of(trouble), "");
    else reply(x, 200, "text/plain; charset=utf-8", STR("Ok.\n"), "");
}

static void metrics(struct app *app, struct http_exchange *x) {
    buf out = {0};
    metrics_write(app, &out);
    reply(x, 200, "text/plain; version=0.0.4; charset=utf-8", buf_view(&out), "");
    buf_free(&out);
}

static const struct {
    const char *path; // with and without the final slash
    void (*answer)(struct app *app, struct http_exchange *x);
} plain[] = {{"/health", health}, {"/ready", ready}, {"/metrics", metrics}};

void front_request(struct app *app, intake *in, struct http_exchange *x) {
    str path = x->request.path, integrations = STR("/integrations/v1/");
    if (str_starts(path, integrations)) {
        integration(app, in, x, str_from(path, integrations.len));
        return;
    }
    str bare = path;
    if (bare.len > 1 && bare.ptr[bare.len - 1] == '/') bare.len--;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        if (!str_is(bare, str_of(plain[i].path)) || (plain[i].answer == metrics && !app->settings.metrics)) continue;
        if (x->request.method == HTTP_M_GET || x->request.method == HTTP_M_HEAD) plain[i].answer(app, x);
        else not_allowed(x, "GET");
        return;
    }
    work(app, WORK_API, x);
}
