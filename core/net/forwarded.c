#include "net/forwarded.h"

#define HOPS_MAX 32 // of the right end
#define HOST_MAX 255

struct hops {
    str list[HOPS_MAX]; // of "Forwarded": whole elements
    size_t count, dropped;
};

static void add_hop(struct hops *h, str hop) {
    if (h->count == HOPS_MAX) {
        memmove(h->list, h->list + 1, (HOPS_MAX - 1) * sizeof *h->list);
        h->count--;
        h->dropped++;
    }
    h->list[h->count++] = str_trim(hop);
}

// Up to the next `mark` that stands in no quotes.
static str next_part(str *rest, char mark) {
    size_t n = 0;
    for (bool is_quoted = false; n < rest->len && (is_quoted || rest->ptr[n] != mark); n++) {
        if (rest->ptr[n] == '"') is_quoted = !is_quoted;
        else if (is_quoted && rest->ptr[n] == '\\' && n + 1 < rest->len) n++;
    }
    str part = {rest->ptr, n};
    *rest = str_from(*rest, n + 1);
    return part;
}

// All values of a header, split at commas, in order.
static void collect(const struct http_request *r, str name, struct hops *out) {
    for (size_t i = 0; i < r->header_count; i++) {
        if (!str_is(r->headers[i].name, name)) continue;
        for (str rest = r->headers[i].value; rest.len;) add_hop(out, next_part(&rest, ','));
    }
}

static str unquoted(arena *a, str s) {
    if (s.len < 2 || s.ptr[0] != '"' || s.ptr[s.len - 1] != '"') return s;
    str copy = arena_str(a, (str){s.ptr + 1, s.len - 2});
    char *to = (char *)(uintptr_t)copy.ptr;
    size_t n = 0;
    for (size_t i = 0; i < copy.len; i++) {
        if (copy.ptr[i] == '\\' && i + 1 < copy.len) i++;
        to[n++] = copy.ptr[i];
    }
    return (str){copy.ptr, n};
}

// A parameter of an element of Forwarded; empty when it is not there.
static str parameter(arena *a, str element, str name) {
    while (element.len) {
        str pair = str_trim(next_part(&element, ';'));
        ptrdiff_t equals = str_find(pair, '=');
        if (equals > 0 && str_is_nocase(str_trim((str){pair.ptr, (size_t)equals}), name))
            return unquoted(a, str_trim(str_from(pair, (size_t)equals + 1)));
    }
    return STR("");
}

// "192.0.2.1", "192.0.2.1:4711", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:4711".
static bool parse_node(str node, struct address *out) {
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
    if (node.len && node.ptr[0] == '[') {
        ptrdiff_t end = str_find(node, ']');
        node = end < 0 ? STR("") : (str){node.ptr + 1, (size_t)end - 1};
    } else {
        ptrdiff_t colon = str_find(node, ':');
        bool has_port = colon >= 0 && str_find(str_from(node, (size_t)colon + 1), ':') < 0;
        if (has_port) node.len = (size_t)colon;
    }
    if (!address_parse(node, out)) return false;
    if (out->size == 16 && memcmp(out->bytes, mapped, sizeof mapped) == 0) {
        *out = (struct address){.size = 4, .bytes = {out->bytes[12], out->bytes[13], out->bytes[14], out->bytes[15]}};
    }
    return true;
}

// From the right over the hops that are listed proxies. → which hop is the client's, or -1: what it says cannot be read.
static ptrdiff_t find_client(arena *a, const struct hops *h, bool is_standard, const struct address_guard *proxies,
                             struct address *client) {
    ptrdiff_t found = -1;
    for (size_t i = h->count; i-- > 0;) {
        struct address at;
        if (!parse_node(is_standard ? parameter(a, h->list[i], STR("for")) : h->list[i], &at)) break;
        *client = at;
        found = (ptrdiff_t)i;
        if (!address_guard_lists(proxies, &at)) break;
    }
    return found;
}

// The value that belongs to hop `at` when each hop added one, else the one that our proxy wrote.
static str value_at(const struct hops *values, const struct hops *hops, ptrdiff_t at) {
    if (values->count == 0) return STR("");
    bool is_each = values->count == hops->count && values->dropped == hops->dropped && at >= 0;
    return values->list[is_each ? (size_t)at : values->count - 1];
}

static bool is_host(str s) {
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool is_word = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
        if (!is_word && (!c || !strchr(".-_:[]", c))) return false;
    }
    return s.len > 0 && s.len <= HOST_MAX;
}

static void take(struct forwarded *out, str scheme, str host) {
    if (str_is_nocase(scheme, STR("https"))) out->scheme = STR("https");
    else if (str_is_nocase(scheme, STR("http"))) out->scheme = STR("http");
    if (is_host(host)) out->host = host;
}

static void take_client(arena *a, struct forwarded *out, const struct address *client) {
    char text[ADDRESS_TEXT_MAX];
    out->client = arena_str(a, str_of(address_text(client, text)));
}

void forwarded_read(arena *a, const struct http_request *r, const struct address_guard *proxies,
                    struct forwarded *out) {
    struct address peer, by_custom, by_standard;
    struct hops custom = {.count = 0}, standard = {.count = 0}, schemes = {.count = 0}, hosts = {.count = 0};
    *out = (struct forwarded){
        .client = r->peer, .scheme = r->is_tls ? STR("https") : STR("http"), .host = http_header_get(r, STR("host"))};
    if (!proxies->count || !address_parse(r->peer, &peer) || !address_guard_lists(proxies, &peer)) return;
    out->is_proxied = true;
    collect(r, STR("x-forwarded-for"), &custom);
    collect(r, STR("forwarded"), &standard);
    ptrdiff_t custom_at = find_client(a, &custom, false, proxies, &by_custom);
    ptrdiff_t standard_at = find_client(a, &standard, true, proxies, &by_standard);
    if (custom.count && standard.count)
        if (custom_at < 0 || standard_at < 0 || !address_is_same(&by_custom, &by_standard)) return;
    if (custom_at >= 0) take_client(a, out, &by_custom);
    else if (standard_at >= 0) take_client(a, out, &by_standard);
    if (standard.count) {
        str element = standard.list[standard_at >= 0 ? (size_t)standard_at : standard.count - 1];
        take(out, parameter(a, element, STR("proto")), parameter(a, element, STR("host")));
        if (!custom.count) return;
    }
    collect(r, STR("x-forwarded-proto"), &schemes);
    collect(r, STR("x-forwarded-host"), &hosts);
    take(out, value_at(&schemes, &custom, custom_at), value_at(&hosts, &custom, custom_at));
}
