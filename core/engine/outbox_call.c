#include "engine/outbox_call.h"

static const struct http_header *read_headers(arena *a, const struct json *list, size_t *count) {
    *count = list && list->type == JSON_ARRAY ? list->count : 0;
    struct http_header *out = arena_alloc(a, (*count + 1) * sizeof *out);
    for (size_t i = 0; i < *count; i++)
        out[i] = (struct http_header){.name = list->items[i].items[0].text, .value = list->items[i].items[1].text};
    return out;
}

static const struct http_mail *read_mail(arena *a, const struct json *v, str data) {
    if (!v || v->type != JSON_OBJECT) return NULL;
    struct http_mail *mail = arena_alloc(a, sizeof *mail);
    str *to = arena_alloc(a, sizeof *to);
    *to = json_text(v, "to");
    *mail = (struct http_mail){.from = json_text(v, "from"),
                               .to = to,
                               .to_count = 1,
                               .data = data,
                               .user = json_text(v, "user"),
                               .password = json_text(v, "password"),
                               .is_starttls = str_is(json_text(v, "tls"), STR("starttls"))};
    return mail;
}

void outbox_call_read(arena *a, const struct json *v, str body, struct http_call *out) {
    size_t count;
    const struct http_header *headers = read_headers(a, json_get(v, STR("headers")), &count);
    *out = (struct http_call){.method = json_text(v, "method"),
                              .url = json_text(v, "url"),
                              .headers = headers,
                              .header_count = count,
                              .body = body,
                              .mail = read_mail(a, json_get(v, STR("mail")), body),
                              .keep_bytes = (size_t)json_int(v, "keep", 0),
                              .redirects = (int)json_int(v, "redirects", 0),
                              .is_trusted = json_is_true(v, "trusted")};
}

str outbox_call_server(const struct http_call *call) {
    size_t n = 0, slashes = 0;
    while (n < call->url.len && (slashes += call->url.ptr[n] == '/' || call->url.ptr[n] == '?') < 3) n++;
    return (str){call->url.ptr, n};
}
