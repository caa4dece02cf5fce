// Bytes to requests: the rules look first, the parser second, and only what both believe reaches a handler.
#include "net/http_connection.h"

#define PIPELINE_MAX 16
#define ANSWERS_MAX  65536 // bytes of answers that wait to be sent; then no further request is read

static struct http_slot *slot_of(llhttp_t *parser) { return ((struct http_connection *)parser->data)->reading; }

static int on_header_field(llhttp_t *parser, const char *at, size_t length) {
    struct http_slot *s = slot_of(parser);
    struct http_request *r = &s->exchange.request;
    struct http_connection *c = parser->data;
    if (parser->flags & F_TRAILING) return 0;
    if (r->header_count == c->scan.header_count) return -1; // rules and parser disagree
    char *name = (char *)(uintptr_t)at;                     // the arena's copy of the block is ours
    for (size_t i = 0; i < length; i++)
        if (name[i] >= 'A' && name[i] <= 'Z') name[i] = (char)(name[i] + 32);
    r->headers[r->header_count++] = (struct http_header){.name = {name, length}, .value = {at + length, 0}};
    return 0;
}

static int on_header_value(llhttp_t *parser, const char *at, size_t length) {
    if (parser->flags & F_TRAILING) return 0;
    struct http_request *r = &slot_of(parser)->exchange.request;
    if (r->header_count == 0 || r->headers[r->header_count - 1].value.len) return -1;
    r->headers[r->header_count - 1].value = str_trim((str){at, length});
    return 0;
}

static int on_headers_complete(llhttp_t *parser) {
    parser->upgrade = 0; // an Upgrade is an offer; it is not taken up
    struct http_slot *s = slot_of(parser);
    s->is_old = parser->http_minor == 0;
    s->is_closing = !llhttp_should_keep_alive(parser);
    return 0;
}

// A body that is complete in one piece goes to the arena; one that trickles in grows as it arrives.
static int on_body(llhttp_t *parser, const char *at, size_t length) {
    struct http_connection *c = parser->data;
    struct http_slot *s = c->reading;
    if (c->framing.has_length && length == c->framing.length && !c->framing.is_gzip) {
        s->exchange.request.body = arena_str(s->exchange.arena, (str){at, length});
        return http_slot_hold(s, s->held + length, &c->why) ? 0 : -1;
    }
    size_t before = http_body_size(&s->body);
    if (!http_body_put(&s->body, (str){at, length}, &c->why)) return -1;
    return http_slot_hold(s, s->held + http_body_size(&s->body) - before, &c->why) ? 0 : -1;
}

static int on_message_complete(llhttp_t *parser) {
    ((struct http_connection *)parser->data)->is_message_complete = true;
    return HPE_PAUSED;
}

static const llhttp_settings_t settings = {.on_header_field = on_header_field,
                                           .on_header_value = on_header_value,
                                           .on_headers_complete = on_headers_complete,
                                           .on_body = on_body,
                                           .on_message_complete = on_message_complete};

static bool execute(struct http_connection *c, str bytes) {
    enum llhttp_errno rc = llhttp_execute(&c->parser, bytes.ptr, bytes.len);
    if (rc == HPE_OK) return true;
    if (rc == HPE_PAUSED && c->is_message_complete)
        return llhttp_get_error_pos(&c->parser) == bytes.ptr + bytes.len ||
               http_refuse(&c->why, 400, "the message ends elsewhere than its framing says");
    if (c->why.status) return false;
    return http_refuse(&c->why, 400, "the request cannot be parsed: %.80s", llhttp_get_error_reason(&c->parser));
}

static void fill_request(struct http_connection *c, struct http_slot *s, str block) {
    const struct http_scan *scan = &c->scan;
    struct http_request *r = &s->exchange.request;
    str target = {block.ptr + scan->target_at, scan->target_len};
    ptrdiff_t mark = str_find(target, '?');
    r->method = scan->method;
    r->method_name = (str){block.ptr, scan->method_len};
    r->path = mark < 0 ? target : (str){target.ptr, (size_t)mark};
    if (!r->path.len) r->path = STR("/");
    r->query = mark < 0 ? (str){target.ptr + target.len, 0} : str_from(target, (size_t)mark + 1);
    r->headers = arena_alloc(s->exchange.arena, (scan->header_count + 1) * sizeof *r->headers);
    r->peer = arena_str(s->exchange.arena, str_of(c->peer));
}

static bool is_agreed(const struct http_connection *c) {
    return c->parser.http_major == 1 && c->parser.http_minor == c->scan.minor &&
           c->reading->exchange.request.header_count == c->scan.header_count &&
           c->is_message_complete == (!c->framing.is_chunked && c->framing.length == 0);
}

// The authority of a target in absolute form stands for the Host header, whatever that says.
static void take_authority(struct http_connection *c, struct http_request *r, str block) {
    str authority = {block.ptr + c->scan.authority_at, c->scan.authority_len};
    if (!authority.len) return;
    for (size_t i = 0; i < r->header_count; i++)
        if (str_is(r->headers[i].name, STR("host"))) {
            r->headers[i].value = authority;
            return;
        }
    r->headers[r->header_count++] =
        (struct http_header){STR("host"), authority}; // HTTP/1.0; there is room for one more
}

static bool parse_head(struct http_connection *c, struct http_slot *s, str block) {
    const struct http_limits *limits = &c->loop->server->options.limits;
    block = arena_str(s->exchange.arena, block);
    fill_request(c, s, block);
    c->is_message_complete = false;
    llhttp_init(&c->parser, HTTP_REQUEST, &settings);
    c->parser.data = c;
    if (!execute(c, block)) return false;
    if (!http_rules_check(&s->exchange.request, c->scan.minor, limits, &c->framing, &c->why)) return false;
    if (!is_agreed(c)) return http_refuse(&c->why, 400, "the header block can be read in more than one way");
    take_authority(c, &s->exchange.request, block);
    return http_slot_hold(s, block.len, &c->why);
}

static void finish_request(struct http_connection *c) {
    struct http_slot *s = c->reading;
    if (!http_body_end(&s->body, &c->why)) {
        http_connection_refuse(c, &c->why);
        return;
    }
    if (s->body.bytes.len) s->exchange.request.body = buf_view(&s->body.bytes);
    c->reading = NULL;
    if (s->is_closing) c->is_deaf = true;
    http_slot_hand_over(s);
}

// Would the body that is announced be one too many? Bytes are counted when they arrive, but a 100 Continue is a promise.
static bool is_welcome(struct http_connection *c) {
    struct http_server *server = c->loop->server;
    int64_t all = __atomic_load_n(&server->bodies_in_flight, __ATOMIC_RELAXED);
    size_t limit = server->options.limits.bodies_in_flight;
    if ((size_t)all + c->framing.length <= limit) return true;
    return http_refuse(&c->why, 503, "the requests in flight are over the limit of %zu bytes in all; try again", limit);
}

static void start_body(struct http_connection *c, struct http_slot *s, bool has_bytes) {
    c->body_left = c->framing.length;
    c->chunks = (struct http_chunks){0};
    http_body_open(&s->body, c->loop->server->options.limits.body_bytes, c->framing.is_gzip);
    s->wants_continue = c->framing.wants_continue && !has_bytes;
    if (s->wants_continue) {
        http_slots_advance(c);
        http_connection_touch(c);
    }
}

static size_t read_head(struct http_connection *c, str bytes) {
    enum http_scan_result result = http_rules_scan(&c->scan, bytes, &c->loop->server->options.limits, &c->why);
    if (result == HTTP_SCAN_MORE) return 0;
    size_t used = c->scan.at;
    if (result == HTTP_SCAN_DONE) {
        struct http_slot *s = c->reading = http_slot_new(c);
        c->number++;
        bool is_good = parse_head(c, s, (str){bytes.ptr + c->scan.start, used - c->scan.start}) && is_welcome(c);
        c->scan = (struct http_scan){0};
        if (is_good) {
            if (c->is_message_complete) finish_request(c);
            else start_body(c, s, used < bytes.len);
            return used;
        }
    }
    http_connection_refuse(c, &c->why);
    return bytes.len;
}

static bool frame_body(struct http_connection *c, str bytes, size_t *used, bool *is_end) {
    if (c->framing.is_chunked)
        return http_chunks_scan(&c->chunks, bytes, &c->loop->server->options.limits, used, is_end, &c->why);
    *used = bytes.len < c->body_left ? bytes.len : c->body_left;
    c->body_left -= *used;
    *is_end = c->body_left == 0;
    return true;
}

static size_t read_body(struct http_connection *c, str bytes) {
    size_t used = 0;
    bool is_end = false;
    c->reading->wants_continue = false;
    bool is_good = frame_body(c, bytes, &used, &is_end) && execute(c, (str){bytes.ptr, used});
    if (is_good && is_end != c->is_message_complete)
        is_good = http_refuse(&c->why, 400, "the message ends elsewhere than its framing says");
    if (!is_good) {
        http_connection_refuse(c, &c->why);
        return bytes.len;
    }
    if (is_end) finish_request(c);
    return used;
}

bool http_connection_may_start(const struct http_connection *c) {
    bool has_room = c->slot_count < PIPELINE_MAX && c->out.len < ANSWERS_MAX && !c->is_writing;
    return has_room && !c->is_deaf && !c->loop->is_stopping;
}

size_t http_connection_consume(struct http_connection *c, str bytes) {
    size_t used = 0;
    while (used < bytes.len && (c->reading || http_connection_may_start(c))) {
        str rest = str_from(bytes, used);
        size_t n = c->reading ? read_body(c, rest) : read_head(c, rest);
        if (n == 0) break;
        used += n;
    }
    return c->is_deaf && !c->reading ? bytes.len : used;
}

void http_connection_refuse(struct http_connection *c, const struct http_refusal *why) {
    struct http_slot *s = c->reading ? c->reading : http_slot_new(c);
    c->reading = NULL;
    c->is_deaf = true;
    http_slot_refuse(s, why);
    http_connection_touch(c);
}
