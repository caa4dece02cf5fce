#include "engine/verify.h"
#include "base/civil.h"
#include "engine/payload.h"
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>
#include <strings.h>

#define DIGEST_MAX 64
#define SECOND_US  INT64_C(1000000)
#define MS_FROM    INT64_C(100000000000) // a timestamp past it counts milliseconds

// Rules ---------------------------------------------------------------------------------------------------------------

static str copy_of(arena *a, const struct json *block, const char *key) {
    const struct json *v = json_get(block, str_of(key));
    return v && v->type == JSON_STRING ? arena_str(a, v->text) : STR("");
}

static bool read_algorithm(str name, struct verify_rule *out) {
    static const struct {
        const char *name;
        enum verify_kind kind;
        int bits;
    } known[] = {{"hmac-sha1", VERIFY_HMAC, 1}, {"hmac-sha256", VERIFY_HMAC, 256}, {"hmac-sha512", VERIFY_HMAC, 512},
                 {"plain", VERIFY_PLAIN, 0},    {"basic", VERIFY_BASIC, 0},        {"sns", VERIFY_SNS, 0}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!str_is(name, str_of(known[i].name))) continue;
        out->kind = known[i].kind;
        out->bits = known[i].bits;
        return true;
    }
    return false;
}

static bool read_sign(arena *a, const struct json *v, struct verify_rule *out) {
    if (!v || v->type == JSON_NULL) return true;
    if (!read_algorithm(json_text(v, "algorithm"), out)) return false;
    out->header = copy_of(a, v, "header");
    out->query = copy_of(a, v, "query");
    out->field = copy_of(a, v, "field");
    out->prefix = copy_of(a, v, "prefix");
    out->is_base64 = str_is(json_text(v, "encoding"), STR("base64"));
    out->form = copy_of(a, v, "signed");
    out->timestamp_header = copy_of(a, v, "timestamp_header");
    out->tolerance_us = json_int(v, "tolerance", 0) * SECOND_US;
    if (out->kind == VERIFY_BASIC) out->header = STR("authorization");
    return true;
}

static void read_challenge(arena *a, const struct json *v, struct verify_rule *out) {
    if (!v || v->type != JSON_OBJECT) return;
    const struct json *only = json_get(v, STR("only"));
    out->challenge.query = copy_of(a, v, "query");
    out->challenge.field = copy_of(a, v, "field");
    out->challenge.answer = copy_of(a, v, "answer");
    out->challenge.is_base64 = str_is(json_text(v, "encoding"), STR("base64"));
    if (!only || only->type != JSON_OBJECT || only->count != 1 || only->members[0].value.type != JSON_STRING) return;
    out->challenge.only_field = arena_str(a, only->members[0].key);
    out->challenge.only_value = arena_str(a, only->members[0].value.text);
}

bool verify_read(arena *a, str text, struct verify_rule *out) {
    struct json *v;
    *out = (struct verify_rule){.kind = VERIFY_NONE};
    if (!text.len) return true;
    if (json_parse(a, text, &v, NULL) != ERR_OK || v->type != JSON_OBJECT) return false;
    read_challenge(a, json_get(v, STR("challenge")), out);
    return read_sign(a, json_get(v, STR("verify")), out);
}

// Requests ------------------------------------------------------------------------------------------------------------

// "a.b" of the body, be it JSON or a form; {NULL, 0} when there is no such text.
static str field_of(arena *a, const struct http_request *q, str path) {
    struct payload payload;
    struct why why;
    str name;
    str type = http_header_get(q, STR("content-type"));
    if (payload_parse(a, type, STR(""), q->body, &payload, &why) != ERR_OK) return (str){NULL, 0};
    const struct json *v = payload.json;
    while (v && path.len && str_split(&path, '.', &name)) v = json_get(v, name);
    return v && v->type == JSON_STRING ? v->text : (str){NULL, 0};
}

static str query_of(arena *a, const struct http_request *q, str key) {
    str found;
    return http_form_get(a, q->query, key, &found) ? found : (str){NULL, 0};
}

static str found_sign(const struct verify_rule *rule, const struct http_request *q, arena *a) {
    if (rule->header.len) return http_header_get(q, rule->header);
    return rule->query.len ? query_of(a, q, rule->query) : field_of(a, q, rule->field);
}

static size_t hmac_of(const struct verify_rule *rule, str secret, str data, unsigned char out[DIGEST_MAX]) {
    const EVP_MD *md = rule->bits == 1 ? EVP_sha1() : rule->bits == 512 ? EVP_sha512() : EVP_sha256();
    unsigned int n = 0;
    CHECK(HMAC(md, secret.ptr, (int)secret.len, (const unsigned char *)data.ptr, data.len, out, &n));
    return n;
}

static bool is_same(str a, str b) { return a.len == b.len && sodium_memcmp(a.ptr, b.ptr, a.len) == 0; }

// The words of `form` with what stands for {name} put in; pairs of name and text.
static str filled(arena *a, str form, const str *pairs, size_t count) {
    buf out = {0};
    while (form.len) {
        size_t i = 0;
        while (i < count && !str_starts(form, pairs[2 * i])) i++;
        buf_str(&out, i < count ? pairs[2 * i + 1] : (str){form.ptr, 1});
        form = str_from(form, i < count ? pairs[2 * i].len : 1);
    }
    str copy = arena_str(a, buf_view(&out));
    buf_free(&out);
    return copy;
}

// Standard alphabet, with its padding or without.
static bool from_base64(str text, char *out, size_t *n) {
    static const int variants[] = {sodium_base64_VARIANT_ORIGINAL, sodium_base64_VARIANT_ORIGINAL_NO_PADDING};
    for (size_t i = 0; i < 2; i++)
        if (!sodium_base642bin((unsigned char *)out, text.len, text.ptr, text.len, NULL, n, NULL, variants[i]))
            return true;
    return false;
}

static bool is_digest(const struct verify_rule *rule, str sign, str digest, arena *a) {
    size_t n = 0;
    char *bytes = arena_alloc(a, sign.len + 4);
    if (rule->is_base64) {
        if (!from_base64(sign, bytes, &n)) return false;
    } else if (sodium_hex2bin((unsigned char *)bytes, sign.len, sign.ptr, sign.len, NULL, &n, NULL) != 0 ||
               n * 2 != sign.len) {
        return false;
    }
    return is_same((str){bytes, n}, digest);
}

// Senders that change their secret sign with both for a while: one of several, with commas, is enough.
static bool is_hmac(const struct verify_rule *rule, str secret, str signs, str timestamp, const struct http_request *q,
                    arena *a) {
    str pairs[] = {STR("{body}"), q->body, STR("{timestamp}"), timestamp};
    str data = rule->form.len ? filled(a, rule->form, pairs, 2) : q->body, one;
    unsigned char digest[DIGEST_MAX];
    size_t n = hmac_of(rule, secret, data, digest);
    while (signs.len && str_split(&signs, ',', &one)) {
        one = str_trim(one);
        if (!str_starts(one, rule->prefix)) continue;
        if (is_digest(rule, str_from(one, rule->prefix.len), (str){(const char *)digest, n}, a)) return true;
    }
    return false;
}

// The scheme of an Authorization header is written in any case.
static bool has_prefix(str text, str prefix) {
    return text.len >= prefix.len && strncasecmp(text.ptr, prefix.ptr, prefix.len) == 0;
}

static bool is_basic(str secret, str sign, arena *a) {
    str scheme = STR("basic ");
    size_t n = 0;
    if (!has_prefix(sign, scheme)) return false;
    char *bytes = arena_alloc(a, sign.len + 4);
    return from_base64(str_trim(str_from(sign, scheme.len)), bytes, &n) && is_same((str){bytes, n}, secret);
}

static bool is_right(const struct verify_rule *rule, str secret, str sign, str timestamp, const struct http_request *q,
                     arena *a) {
    if (rule->kind == VERIFY_HMAC) return is_hmac(rule, secret, sign, timestamp, q, a);
    if (rule->kind == VERIFY_BASIC) return is_basic(secret, sign, a);
    return has_prefix(sign, rule->prefix) && is_same(str_from(sign, rule->prefix.len), secret);
}

// Seconds or milliseconds since 1970, or ISO 8601 in UTC; -1: none of them.
static int64_t moment_of(str text) {
    int64_t n = 0;
    if (text.len > 19 && text.ptr[4] == '-' && civil_parse((str){text.ptr, 19}, &n)) return n * SECOND_US;
    if (!text.len || text.len > 15 || !str_to_int(text, &n) || n < 0) return -1;
    return n >= MS_FROM ? n * 1000 : n * SECOND_US;
}

static bool is_fresh(const struct verify_rule *rule, str timestamp, int64_t now) {
    int64_t at = moment_of(timestamp);
    return at >= 0 && at >= now - rule->tolerance_us && at <= now + rule->tolerance_us;
}

static const char *place_of(const struct verify_rule *rule) {
    return rule->header.len ? "header" : rule->query.len ? "query parameter" : "field";
}

static str name_of(const struct verify_rule *rule) {
    return rule->header.len ? rule->header : rule->query.len ? rule->query : rule->field;
}

int verify_check(const struct verify_rule *rule, str secret, const struct http_request *q, arena *a, struct why *why) {
    if (rule->kind == VERIFY_NONE || rule->kind == VERIFY_SNS) return 0;
    str sign = found_sign(rule, q, a), timestamp = STR("");
    if (!sign.ptr) {
        why_set(why, ERR_INVALID, "This integration takes signed requests only, and %s \"%.*s\" is missing.",
                place_of(rule), STR_FMT(name_of(rule)));
        return 401;
    }
    if (rule->timestamp_header.len) timestamp = http_header_get(q, rule->timestamp_header);
    if (!is_right(rule, secret, sign, timestamp, q, a)) {
        why_set(why, ERR_INVALID, "%s \"%.*s\" does not go with this request and the integration's signing secret.",
                rule->header.len  ? "Header"
                : rule->query.len ? "Query parameter"
                                  : "Field",
                STR_FMT(name_of(rule)));
        return 403;
    }
    if (rule->tolerance_us && rule->timestamp_header.len && !is_fresh(rule, timestamp, q->received_at)) {
        why_set(why, ERR_INVALID, "Header \"%.*s\" is not within %lld seconds of now.", STR_FMT(rule->timestamp_header),
                (long long)(rule->tolerance_us / SECOND_US));
        return 403;
    }
    return 0;
}

// Questions -----------------------------------------------------------------------------------------------------------

static bool has_text(str s, str word) {
    for (const char *at; word.len && s.len >= word.len && (at = memchr(s.ptr, word.ptr[0], s.len - word.len + 1));) {
        s = str_from(s, (size_t)(at - s.ptr));
        if (str_starts(s, word)) return true;
        s = str_from(s, 1);
    }
    return false;
}

static str encoded(arena *a, const unsigned char *bytes, size_t n, bool is_base64) {
    size_t size = is_base64 ? sodium_base64_ENCODED_LEN(n, sodium_base64_VARIANT_ORIGINAL) : 2 * n + 1;
    char *text = arena_alloc(a, size);
    if (is_base64) sodium_bin2base64(text, size, bytes, n, sodium_base64_VARIANT_ORIGINAL);
    else sodium_bin2hex(text, size, bytes, n);
    return str_of(text);
}

// The inside of a JSON string: what came from outside goes out in one.
static str json_inside(arena *a, str s) {
    buf out = {0};
    buf_json(&out, s);
    str copy = arena_str(a, buf_view(&out));
    buf_free(&out);
    return (str){copy.ptr + 1, copy.len - 2};
}

static str question_of(const struct verify_rule *rule, const struct http_request *q, arena *a) {
    if (rule->challenge.query.len) return query_of(a, q, rule->challenge.query);
    str only = rule->challenge.only_field;
    if (!rule->challenge.field.len || q->method != HTTP_M_POST) return (str){NULL, 0};
    // Nearly all bodies are alerts, and those are not parsed twice.
    if (only.len && !has_text(q->body, rule->challenge.only_value)) return (str){NULL, 0};
    if (only.len && !str_is(field_of(a, q, only), rule->challenge.only_value)) return (str){NULL, 0};
    return field_of(a, q, rule->challenge.field);
}

bool verify_answer(const struct verify_rule *rule, str secret, const struct http_request *q, arena *a,
                   struct http_response *out) {
    str question = question_of(rule, q, a), answer = rule->challenge.answer;
    struct verify_rule sha256 = {.bits = 256};
    unsigned char digest[DIGEST_MAX];
    if (!question.len || question.len > VERIFY_SECRET_MAX) return false;
    if (!secret.len && has_text(answer, STR("{hmac}"))) return false;
    bool is_json = str_starts(answer, STR("{"));
    size_t n = hmac_of(&sha256, secret, question, digest);
    str pairs[] = {STR("{challenge}"), is_json ? json_inside(a, question) : question, STR("{hmac}"),
                   encoded(a, digest, n, rule->challenge.is_base64)};
    *out = (struct http_response){.status = 200,
                                  .content_type = is_json ? STR("application/json") : STR("text/plain; charset=utf-8"),
                                  .body = filled(a, answer, pairs, 2)};
    return true;
}
