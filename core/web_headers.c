#include "web_headers.h"

#define METHODS "GET, HEAD, POST, PUT, PATCH, DELETE"

static bool next_origin(str *rest, str *out) {
    *rest = str_trim(*rest);
    if (!rest->len) return false;
    str_split(rest, ',', out);
    *out = str_trim(*out);
    return true;
}

static bool is_origin(str s) {
    str host = str_starts(s, STR("https://"))  ? str_from(s, 8)
               : str_starts(s, STR("http://")) ? str_from(s, 7)
                                               : STR("");
    for (size_t i = 0; i < host.len; i++)
        if (host.ptr[i] <= ' ' || host.ptr[i] > '~' || strchr("/?#@*\"'\\,", host.ptr[i])) return false;
    return host.len > 0;
}

bool web_headers_is_origins(str origins, struct why *why) {
    for (str one; next_origin(&origins, &one);)
        if (!is_origin(one)) {
            why_set(why, ERR_INVALID, "'%.*s' is no origin such as https://status.example, without a path",
                    STR_FMT(one));
            return false;
        }
    return true;
}

// The request's origin, if pages of it may read the API; else empty.
static str listed_origin(const struct web_headers *w, const struct http_request *r) {
    str origin = http_header_get(r, STR("origin")), rest = w->origins;
    for (str one; origin.len && next_origin(&rest, &one);)
        if (str_is(one, origin)) return origin;
    return STR("");
}

static bool is_api(const struct http_request *r) { return str_starts(r->path, STR("/api/")); }

static void put_policy(buf *out, bool is_page) {
    if (is_page)
        buf_lit(
            out,
            "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
            "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'\r\n");
    else buf_lit(out, "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n");
}

bool web_headers_has(str lines, const char *name) {
    for (str line; lines.len && str_split(&lines, '\n', &line);)
        if (line.len > strlen(name) && str_is_nocase((str){line.ptr, strlen(name)}, str_of(name))) return true;
    return false;
}

void web_headers_add(const struct web_headers *w, struct http_exchange *x, bool is_https,
                     struct http_response *response) {
    buf out = {0};
    str own = response->extra_headers, origin = is_api(&x->request) ? listed_origin(w, &x->request) : STR("");
    buf_str(&out, own);
    if (!web_headers_has(own, "Content-Security-Policy:"))
        put_policy(&out, str_starts(response->content_type, STR("text/html")));
    if (!web_headers_has(own, "Referrer-Policy:")) buf_lit(&out, "Referrer-Policy: same-origin\r\n");
    if (is_https) buf_lit(&out, "Strict-Transport-Security: max-age=31536000\r\n");
    if (w->origins.len && is_api(&x->request)) buf_lit(&out, "Vary: Origin\r\n");
    if (origin.len) buf_printf(&out, "Access-Control-Allow-Origin: %.*s\r\n", STR_FMT(origin));
    response->extra_headers = arena_str(x->arena, buf_view(&out));
    buf_free(&out);
}

bool web_headers_answer(const struct web_headers *w, struct http_exchange *x) {
    if (x->request.method != HTTP_M_OPTIONS || !is_api(&x->request)) return false;
    str origin = listed_origin(w, &x->request);
    if (!origin.len || !http_header_get(&x->request, STR("access-control-request-method")).len) return false;
    buf lines = {0};
    buf_printf(&lines,
               "Access-Control-Allow-Origin: %.*s\r\nAccess-Control-Allow-Methods: " METHODS
               "\r\nAccess-Control-Allow-Headers: authorization, content-type, last-event-id\r\n"
               "Access-Control-Max-Age: 600\r\nVary: Origin\r\n",
               STR_FMT(origin));
    buf_char(&lines, 0);
    http_reply(x, 204, "", STR(""), lines.ptr);
    buf_free(&lines);
    return true;
}
