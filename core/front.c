#include "front.h"
#include "app.h"
#include "metrics.h"

static void not_allowed(struct http_exchange *x, const char *allow) {
    buf detail = {0}, header = {0};
    buf_printf(&detail, "Method \"%.*s\" not allowed.", STR_FMT(x->request.method_name));
    buf_char(&detail, 0);
    buf_printf(&header, "Allow: %s\r\n", allow);
    buf_char(&header, 0);
    http_reply_detail(x, 405, detail.ptr, header.ptr);
    buf_free(&detail);
    buf_free(&header);
}

static void work(struct app *app, enum work_kind kind, struct http_exchange *x) {
    if (workers_push(app->workers, kind, x) != ERR_OK)
        http_reply_detail(x, 503, "Too many requests are waiting; try again.", "Retry-After: 1\r\n");
}

// /integrations/v1/<type>/<token>[/]
static void integration(struct app *app, intake *in, struct http_exchange *x, str rest) {
    str type, token;
    if (!str_split(&rest, '/', &type) || !type.len || !str_split(&rest, '/', &token) || rest.len) {
        http_reply_detail(x, 404, "Not found.", "");
        return;
    }
    enum http_method m = x->request.method;
    if (m == HTTP_M_POST) intake_post(in, x, type, token);
    else if (m == HTTP_M_GET || m == HTTP_M_HEAD) work(app, WORK_EXPLAIN, x);
    else not_allowed(x, "GET, POST");
}

static void health(struct app *app, struct http_exchange *x) {
    (void)app;
    http_reply(x, 200, "text/plain; charset=utf-8", STR("Ok.\n"), "");
}

static void ready(struct app *app, struct http_exchange *x) {
    const char *trouble = app_trouble(app);
    if (trouble) http_reply(x, 503, "text/plain; charset=utf-8", str_of(trouble), "");
    else http_reply(x, 200, "text/plain; charset=utf-8", STR("Ok.\n"), "");
}

static void metrics(struct app *app, struct http_exchange *x) {
    buf out = {0};
    metrics_write(app, &out);
    http_reply(x, 200, "text/plain; version=0.0.4; charset=utf-8", buf_view(&out), "");
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
