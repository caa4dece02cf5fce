// simdjson's document turned into our nodes: the only C++ file. It never throws and never calls Lua.
//
// Strings of a document are copied into one arena block, since together they are never longer than the text.
#include <charconv>
#include <simdjson.h>

// Our headers are C11: two words of it need a translation.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#define _Noreturn [[noreturn]]
extern "C" {
#include "text/json_impl.h"
}
#undef _Noreturn
#pragma GCC diagnostic pop
#include <cstdio>
#include <cstdlib>

namespace {

constexpr size_t KEEP_PARSER_UP_TO = 1 << 20; // a parser grown past this is given back at once
constexpr uint32_t COUNT_SATURATED = 0xFFFFFF;

struct builder {
    arena *memory;
    char *text; // where the next string goes
};

str copy_text(builder &b, std::string_view s) {
    str copy = {b.text, s.size()};
    if (!s.empty()) memcpy(b.text, s.data(), s.size());
    b.text += s.size();
    return copy;
}

template <typename container> size_t count_of(const container &c) {
    size_t n = c.size();
    if (n < COUNT_SATURATED) return n;
    n = 0;
    for (auto it = c.begin(); it != c.end(); ++it) n++;
    return n;
}

bool build(builder &b, simdjson::dom::element from, struct json *to, int depth);

bool build_array(builder &b, simdjson::dom::array from, struct json *to, int depth) {
    size_t n = count_of(from), i = 0;
    to->type = JSON_ARRAY;
    to->count = static_cast<uint32_t>(n);
    to->items = static_cast<struct json *>(arena_alloc(b.memory, n * sizeof *to->items));
    for (simdjson::dom::element item : from)
        if (!build(b, item, &to->items[i++], depth + 1)) return false;
    return true;
}

bool build_object(builder &b, simdjson::dom::object from, struct json *to, int depth) {
    size_t n = count_of(from), i = 0;
    to->type = JSON_OBJECT;
    to->count = static_cast<uint32_t>(n);
    to->members = static_cast<struct json_member *>(arena_alloc(b.memory, n * sizeof *to->members));
    for (simdjson::dom::key_value_pair member : from) {
        to->members[i].key = copy_text(b, member.key);
        if (!build(b, member.value, &to->members[i++].value, depth + 1)) return false;
    }
    json_settle(to);
    return true;
}

void build_uint64(builder &b, uint64_t number, struct json *to) {
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%llu", static_cast<unsigned long long>(number));
    to->type = JSON_BIGINT;
    to->text = copy_text(b, {digits, static_cast<size_t>(n)});
}

bool build(builder &b, simdjson::dom::element from, struct json *to, int depth) {
    using type = simdjson::dom::element_type;
    switch (from.type()) {
    case type::ARRAY: return depth < JSON_DEPTH_MAX && build_array(b, from.get_array().value_unsafe(), to, depth);
    case type::OBJECT: return depth < JSON_DEPTH_MAX && build_object(b, from.get_object().value_unsafe(), to, depth);
    case type::UINT64: build_uint64(b, from.get_uint64().value_unsafe(), to); return true;
    case type::INT64:
        to->type = JSON_INT;
        to->integer = from.get_int64().value_unsafe();
        return true;
    case type::DOUBLE:
        to->type = JSON_DOUBLE;
        to->real = from.get_double().value_unsafe();
        return true;
    case type::STRING:
        to->type = JSON_STRING;
        to->text = copy_text(b, from.get_string().value_unsafe());
        return true;
    case type::BOOL: to->type = from.get_bool().value_unsafe() ? JSON_TRUE : JSON_FALSE; return true;
    case type::NULL_VALUE: to->type = JSON_NULL; return true;
    }
    return false;
}

} // namespace

err json_parse_simd(arena *a, str text, struct json **out) {
    thread_local simdjson::dom::parser parser;
    simdjson::dom::element root;
    if (parser.parse(text.ptr, text.len).get(root) != simdjson::SUCCESS) return ERR_INVALID;
    builder b = {a, static_cast<char *>(arena_alloc(a, text.len + 1))};
    auto *node = static_cast<struct json *>(arena_alloc(a, sizeof **out));
    bool is_built = build(b, root, node, 0);
    if (text.len > KEEP_PARSER_UP_TO) parser = simdjson::dom::parser();
    if (!is_built) return ERR_LIMIT;
    *out = node;
    return ERR_OK;
}

// Digits d.ddd and exponent from the shortest scientific form, then laid out as people read it: 0.1, 1e-05,
// 1e+16.
size_t json_number(double number, char out[JSON_NUMBER_MAX]) {
    char form[JSON_NUMBER_MAX], digits[JSON_NUMBER_MAX];
    if (number - number != 0.0)
        return static_cast<size_t>(snprintf(out, JSON_NUMBER_MAX, "%s", number > 0 ? "1e999" : "-1e999"));
    char *end = std::to_chars(form, form + sizeof form - 1, number, std::chars_format::scientific).ptr;
    *end = 0;
    char *exponent_at = strchr(form, 'e');
    int exponent = atoi(exponent_at + 1), count = 0;
    const char *sign = form[0] == '-' ? "-" : "";
    for (const char *c = form; c < exponent_at; c++)
        if (*c >= '0' && *c <= '9') digits[count++] = *c;
    digits[count] = 0;
    int n;
    if (exponent < -4 || exponent >= 16)
        n = snprintf(out, JSON_NUMBER_MAX, count > 1 ? "%s%c.%se%+03d" : "%s%c%se%+03d", sign, digits[0], digits + 1,
                     exponent);
    else if (exponent < 0) n = snprintf(out, JSON_NUMBER_MAX, "%s0.%.*s%s", sign, -exponent - 1, "0000", digits);
    else if (count <= exponent + 1)
        n = snprintf(out, JSON_NUMBER_MAX, "%s%s%.*s.0", sign, digits, exponent + 1 - count, "0000000000000000");
    else n = snprintf(out, JSON_NUMBER_MAX, "%s%.*s.%s", sign, exponent + 1, digits, digits + exponent + 1);
    return static_cast<size_t>(n);
}
