#include "engine/payload.h"
#include "net/http.h"

#define PAIRS_MAX 1000
#define PARTS_MAX 100

// An object that grows by pairs; of equal keys the last value wins, at the first's place.
struct pairs {
    arena *arena;
    struct json *object;
    struct json_member members[PAIRS_MAX];
};

static err add_pair(struct pairs *p, str key, str value, struct why *why) {
    struct json *o = p->object;
    if (!str_is_utf8(key) || !str_is_utf8(value)) return why_set(why, ERR_INVALID, "form field is not valid UTF-8");
    for (uint32_t i = 0; i < o->count; i++)
        if (str_is(p->members[i].key, key)) {
            p->members[i].value.text = value;
            return ERR_OK;
        }
    if (o->count == PAIRS_MAX) return why_set(why, ERR_LIMIT, "form has more than %d fields", PAIRS_MAX);
    p->members[o->count++] = (struct json_member){.key = key, .value = {.type = JSON_STRING, .text = value}};
    return ERR_OK;
}

static struct pairs *pairs_new(arena *a) {
    struct pairs *p = arena_alloc(a, sizeof *p);
    p->arena = a;
    p->object = arena_alloc(a, sizeof *p->object);
    p->object->type = JSON_OBJECT;
    p->object->members = p->members;
    return p;
}

static err read_form(struct pairs *p, str form, struct why *why) {
    str key, value;
    err e = ERR_OK;
    while (e == ERR_OK && http_form_next(p->arena, &form, &key, &value)) e = add_pair(p, key, value, why);
    return e;
}

// Takes one line (without its CRLF) off `rest`.
static bool take_line(str *rest, str *line) {
    if (!str_split(rest, '\n', line)) return false;
    if (line->len && line->ptr[line->len - 1] == '\r') line->len--;
    return true;
}

static str header_parameter(str header, str name) {
    str piece;
    while (str_split(&header, ';', &piece)) {
        piece = str_trim(piece);
        if (piece.len <= name.len || !str_is_nocase((str){piece.ptr, name.len}, name) || piece.ptr[name.len] != '=')
            continue;
        str value = str_from(piece, name.len + 1);
        if (value.len >= 2 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"')
            value = (str){value.ptr + 1, value.len - 2};
        return value;
    }
    return (str){NULL, 0};
}

// The end of a part: where "\r\n--boundary" begins.
static ptrdiff_t find_text(str s, str needle) {
    const char *at = s.len && needle.len ? memmem(s.ptr, s.len, needle.ptr, needle.len) : NULL;
    return at ? at - s.ptr : -1;
}

static err read_part(struct pairs *p, str part, struct why *why) {
    str line, name = {NULL, 0};
    while (take_line(&part, &line) && line.len) {
        if (line.len < 20 || !str_is_nocase((str){line.ptr, 20}, STR("content-disposition:"))) continue;
        if (header_parameter(line, STR("filename")).ptr)
            return why_set(why, ERR_INVALID, "File uploads are not allowed");
        name = header_parameter(line, STR("name"));
    }
    return name.ptr ? add_pair(p, name, part, why) : why_set(why, ERR_INVALID, "multipart field without a name");
}

static err read_multipart(struct pairs *p, str content_type, str body, struct why *why) {
    str boundary = header_parameter(content_type, STR("boundary"));
    if (!boundary.len || boundary.len > 70) return why_set(why, ERR_INVALID, "multipart body without a boundary");
    buf mark = {0};
    buf_lit(&mark, "\r\n--");
    buf_str(&mark, boundary);
    str edge = arena_str(p->arena, buf_view(&mark));
    buf_free(&mark);
    str first = str_from(edge, 2);
    if (!str_starts(body, first)) return why_set(why, ERR_INVALID, "multipart body does not begin with its boundary");
    body = str_from(body, first.len);
    for (int parts = 0; !str_starts(body, STR("--")); parts++) {
        if (parts == PARTS_MAX) return why_set(why, ERR_LIMIT, "multipart body has more than %d parts", PARTS_MAX);
        ptrdiff_t end = find_text(body, edge);
        if (end < 0 || !str_starts(body, STR("\r\n"))) return why_set(why, ERR_INVALID, "multipart body is cut off");
        err e = read_part(p, (str){body.ptr + 2, end >= 2 ? (size_t)end - 2 : 0}, why);
        if (e != ERR_OK) return e;
        body = str_from(body, (size_t)end + edge.len);
    }
    return ERR_OK;
}

// A form with one field that holds JSON means that JSON.
static void unwrap_json_field(struct pairs *p, struct json **json) {
    struct json *o = p->object, *inner;
    if (o->count != 1) return;
    str key = o->members[0].key;
    if (!str_is(key, STR("payload")) && !str_is(key, STR("data")) && !str_is(key, STR("json"))) return;
    if (json_parse(p->arena, o->members[0].value.text, &inner, NULL) != ERR_OK) return;
    if (inner->type == JSON_OBJECT || inner->type == JSON_ARRAY) *json = inner;
}

static err finish(arena *a, struct pairs *p, str bytes, struct payload *out) {
    struct json *json = p->object;
    unwrap_json_field(p, &json);
    buf text = {0};
    json_write(&text, json);
    *out = (struct payload){.json = json, .bytes = bytes, .parsed = arena_str(a, buf_view(&text))};
    buf_free(&text);
    return ERR_OK;
}

err payload_text(arena *a, str body, struct payload *out, struct why *why) {
    if (!str_is_utf8(body)) return why_set(why, ERR_INVALID, "body is not valid UTF-8");
    struct json *json = arena_alloc(a, sizeof *json);
    *json = (struct json){.type = JSON_STRING, .text = body};
    buf text = {0};
    json_write(&text, json);
    *out = (struct payload){.json = json, .bytes = body, .parsed = arena_str(a, buf_view(&text))};
    buf_free(&text);
    return ERR_OK;
}

static bool is_type(str content_type, const char *type) {
    str essence;
    if (!str_split(&content_type, ';', &essence)) return false;
    return str_is_nocase(str_trim(essence), str_of(type));
}

static err read_empty(arena *a, str query, struct payload *out, struct why *why) {
    struct pairs *p = pairs_new(a);
    err e = read_form(p, query, why);
    if (e == ERR_OK) e = finish(a, p, STR("{}"), out);
    if (e == ERR_OK && !p->object->count) out->parsed = (str){NULL, 0};
    return e;
}

// Types under which a body that is no JSON is simply bad JSON.
static bool claims_json(str content_type) {
    str essence = content_type;
    str_split(&content_type, ';', &essence);
    essence = str_trim(essence);
    return !essence.len || is_type(essence, "application/json") || is_type(essence, "text/json") ||
           str_ends(essence, STR("+json"));
}

err payload_parse(arena *a, str content_type, str query, str body, struct payload *out, struct why *why) {
    if (!str_trim(body).len) return read_empty(a, query, out, why);
    bool is_form = is_type(content_type, "application/x-www-form-urlencoded");
    bool is_multipart = is_type(content_type, "multipart/form-data");
    struct json *json;
    struct why json_why;
    err e = json_parse(a, body, &json, &json_why);
    if (e == ERR_OK) {
        if (json->type == JSON_NULL) return why_set(why, ERR_INVALID, "Payload is required");
        *out = (struct payload){.json = json, .bytes = body};
        return ERR_OK;
    }
    char first = str_trim(body).ptr[0];
    bool begins_json = first == '{' || first == '[';
    // A form's first letter is never one of these: `curl -d` calls everything a form.
    if ((is_form && !begins_json) || is_multipart) {
        struct pairs *p = pairs_new(a);
        e = is_form ? read_form(p, body, why) : read_multipart(p, content_type, body, why);
        return e == ERR_OK ? finish(a, p, body, out) : e;
    }
    bool looks_like_json = begins_json || first == '"';
    if (is_form || claims_json(content_type) || e == ERR_LIMIT ||
        (looks_like_json && is_type(content_type, "text/plain")))
        return why_set(why, e, "%s", json_why.text);
    if (is_type(content_type, "text/plain")) return payload_text(a, body, out, why);
    return why_set(why, ERR_UNSUPPORTED, "Unsupported media type \"%.*s\" in request.", STR_FMT(content_type));
}
