#include "front.h"

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

static void work(const struct front *front, enum work_kind kind, struct http_exchange *x) {
    if (workers_push(front->workers, kind, x) != ERR_OK)
        http_reply_detail(x, 503, "Too many requests are waiting; try again.", "Retry-After: 1\r\n");
}

// Where other systems' senders post (lua/api/doors/README.md): on the loop like any alert, unless rows are needed.
static void door(const struct front *front, intake *in, struct http_exchange *x) {
    if (!intake_door(in, x)) work(front, WORK_DOOR, x);
}

static bool is_door(str path) {
    static const char *const begins[] = {
        "/api/v2/", "/v2/", "/v1/api/", "/v1/webhooks/", "/generic/2010-04-15/", "/integrations/generic/"};
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (str_starts(path, str_of(begins[i]))) return true;
    return false;
}

// /integrations/v1/<type>/<token>[/] and …/<token>/heartbeat[/]
static void integration(const struct front *front, intake *in, struct http_exchange *x, str rest) {
    str type = STR(""), token;
    bool is_named = str_split(&rest, '/', &type) && type.len && str_split(&rest, '/', &token);
    bool is_beat = is_named && (str_is(rest, STR("heartbeat")) || str_is(rest, STR("heartbeat/")));
    bool is_mail = str_is(type, STR("inbound_email_webhook")) && !is_named;
    if (is_mail || (is_named && str_starts(rest, STR("api/v2/")))) {
        door(front, in, x);
        return;
    }
    if (!is_named || (rest.len && !is_beat)) {
        http_reply_detail(x, 404, "Not found.", "");
        return;
    }
    enum http_method m = x->request.method;
    bool is_known = m == HTTP_M_POST || m == HTTP_M_GET || m == HTTP_M_HEAD;
    if (is_beat && is_known) intake_beat(in, x, type, token);
    else if (m == HTTP_M_POST || (m == HTTP_M_GET && intake_takes_get(in, x, type, token)))
        intake_post(in, x, type, token);
    else if (m == HTTP_M_GET || m == HTTP_M_HEAD) work(front, WORK_PAGE, x);
    else not_allowed(x, "GET, HEAD, POST");
}

static void health(const struct front *front, struct http_exchange *x) {
    (void)front;
    http_reply(x, 200, "text/plain; charset=utf-8", STR("Ok.\n"), "");
}

// Why this server should get no traffic now, or NULL.
static const char *trouble_of(store *s) {
    if (store_is_broken(s))
        return "Storage failed: a write or sync did not reach the disk. Nothing is accepted until a restart; see the "
               "log.\n";
    if (store_is_full(s)) return "The disk is full: alerts are refused until there is room.\n";
    return NULL;
}

static void ready(const struct front *front, struct http_exchange *x) {
    const char *trouble = trouble_of(front->store);
    if (trouble) http_reply(x, 503, "text/plain; charset=utf-8", str_of(trouble), "");
    else http_reply(x, 200, "text/plain; charset=utf-8", STR("Ok.\n"), "");
}

static void metrics(const struct front *front, struct http_exchange *x) {
    buf out = {0};
    metrics_write(&front->metrics, &out);
    http_reply(x, 200, "text/plain; version=0.0.4; charset=utf-8", buf_view(&out), "");
    buf_free(&out);
}

static const struct {
    const char *path; // with and without the final slash
    void (*answer)(const struct front *front, struct http_exchange *x);
} plain[] = {{"/health", health}, {"/ready", ready}, {"/metrics", metrics}};

static void take_prefix(const struct front *front, struct http_request *r) {
    str prefix = front->path_prefix, rest = str_from(r->path, prefix.len);
    if (!prefix.len || !str_starts(r->path, prefix) || (rest.len && rest.ptr[0] != '/')) return;
    r->path = rest.len ? rest : STR("/");
}

void front_request(const struct front *front, intake *in, struct http_exchange *x) {
    take_prefix(front, &x->request);
    if (web_headers_answer(&front->headers, x)) return;
    str path = x->request.path, integrations = STR("/integrations/v1/");
    if (str_starts(path, integrations)) {
        integration(front, in, x, str_from(path, integrations.len));
        return;
    }
    if (is_door(path)) {
        door(front, in, x);
        return;
    }
    if (str_starts(path, STR("/callbacks/"))) {
        work(front, WORK_CALLBACK, x);
        return;
    }
    str bare = path;
    if (bare.len > 1 && bare.ptr[bare.len - 1] == '/') bare.len--;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        if (!str_is(bare, str_of(plain[i].path)) || (plain[i].answer == metrics && !front->has_metrics)) continue;
        if (x->request.method == HTTP_M_GET || x->request.method == HTTP_M_HEAD) plain[i].answer(front, x);
        else not_allowed(x, "GET, HEAD");
        return;
    }
    bool is_page = !str_starts(path, STR("/api/")) || str_is(bare, STR("/api/v1/docs"));
    work(front, is_page ? WORK_PAGE : WORK_API, x);
}
