#include "net/address_guard.h"
#include <arpa/inet.h>
#include <stdio.h>

// A special-purpose range: IANA's registries of 2024 (RFC 6890 and its successors).
struct special {
    unsigned char base[16];
    unsigned char bits;
    const char *kind;
};

static const struct special special4[] = {
    {{0}, 8, "\"this\" network"},
    {{10}, 8, "a private network"},
    {{100, 64}, 10, "a network shared by a provider (CGNAT)"},
    {{127}, 8, "this machine (loopback)"},
    {{169, 254}, 16, "a link-local address (where clouds keep their metadata)"},
    {{172, 16}, 12, "a private network"},
    {{192, 0, 0}, 24, "a range reserved for protocols"},
    {{192, 0, 2}, 24, "a range for documentation"},
    {{192, 88, 99}, 24, "a range of retired 6to4 relays"},
    {{192, 168}, 16, "a private network"},
    {{198, 18}, 15, "a range for benchmarks"},
    {{198, 51, 100}, 24, "a range for documentation"},
    {{203, 0, 113}, 24, "a range for documentation"},
    {{224}, 4, "a multicast address"},
    {{240}, 4, "a reserved range"},
};

static const struct special special6[] = {
    {{0x20, 0x01, 0x0d, 0xb8}, 32, "a range for documentation"},
    {{0x20, 0x01}, 23, "a range reserved for protocols"},
    {{0x3f, 0xff}, 20, "a range for documentation"},
    {{0}, 127, "this machine (loopback)"},
    {{0xfc}, 7, "a private network"},
    {{0xfe, 0x80}, 10, "a link-local address"},
    {{0xfe, 0xc0}, 10, "a private network"},
    {{0xff}, 8, "a multicast address"},
};

// Where an IPv6 address carries an IPv4 one that the packet ends up at.
static const struct {
    unsigned char base[12];
    unsigned char bits, at;
} carriers[] = {
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, 12}, // mapped, RFC 4291
    {{0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, 12},       // translated, RFC 2765
    {{0x00, 0x64, 0xff, 0x9b}, 96, 12},                   // NAT64, RFC 6052
    {{0x20, 0x02}, 16, 2},                                // 6to4, RFC 3056
};

static const struct special global6 = {{0x20}, 3, NULL};

bool address_parse(str text, struct address *out) {
    char z[ADDRESS_TEXT_MAX];
    struct address a = {0};
    if (text.len >= sizeof z || memchr(text.ptr, 0, text.len)) return false;
    memcpy(z, text.ptr, text.len);
    z[text.len] = 0;
    if (inet_pton(AF_INET, z, a.bytes) == 1) a.size = 4;
    else if (inet_pton(AF_INET6, z, a.bytes) == 1) a.size = 16;
    else return false;
    *out = a;
    return true;
}

const char *address_text(const struct address *a, char out[ADDRESS_TEXT_MAX]) {
    return inet_ntop(a->size == 4 ? AF_INET : AF_INET6, a->bytes, out, ADDRESS_TEXT_MAX);
}

bool address_is_same(const struct address *a, const struct address *b) {
    return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

static bool is_within(const unsigned char *bytes, const unsigned char *base, int bits) {
    int whole = bits / 8, rest = bits % 8;
    if (memcmp(bytes, base, (size_t)whole) != 0) return false;
    return !rest || (bytes[whole] ^ base[whole]) >> (8 - rest) == 0;
}

bool address_guard_lists(const struct address_guard *g, const struct address *a) {
    for (size_t i = 0; i < g->count; i++)
        if (g->ranges[i].base.size == a->size && is_within(a->bytes, g->ranges[i].base.bytes, g->ranges[i].bits))
            return true;
    return false;
}

static const char *kind_of(const struct special *list, size_t count, const unsigned char *bytes) {
    for (size_t i = 0; i < count; i++)
        if (is_within(bytes, list[i].base, list[i].bits)) return list[i].kind;
    return NULL;
}

static bool has_inner(const struct address *a, struct address *inner) {
    for (size_t i = 0; a->size == 16 && i < sizeof carriers / sizeof *carriers; i++) {
        if (!is_within(a->bytes, carriers[i].base, carriers[i].bits)) continue;
        *inner = (struct address){.size = 4};
        memcpy(inner->bytes, a->bytes + carriers[i].at, 4);
        return true;
    }
    return false;
}

const char *address_guard_refuses(const struct address_guard *g, const struct address *a) {
    struct address inner;
    if (g->allows_all || address_guard_lists(g, a)) return NULL;
    if (has_inner(a, &inner)) return address_guard_refuses(g, &inner);
    if (a->size == 4) return kind_of(special4, sizeof special4 / sizeof *special4, a->bytes);
    const char *kind = kind_of(special6, sizeof special6 / sizeof *special6, a->bytes);
    if (kind) return kind;
    return is_within(a->bytes, global6.base, global6.bits) ? NULL : "no address of the public Internet";
}

// Clears the bits after the prefix; false when one was set.
static bool clear_rest(struct address_range *r) {
    bool was_clear = true;
    for (int bit = r->bits; bit < r->base.size * 8; bit++) {
        unsigned char mask = (unsigned char)(0x80 >> bit % 8);
        if (r->base.bytes[bit / 8] & mask) was_clear = false;
        r->base.bytes[bit / 8] &= (unsigned char)~mask;
    }
    return was_clear;
}

static err parse_range(str word, struct address_range *out, struct why *why) {
    ptrdiff_t slash = str_find(word, '/');
    str base = slash < 0 ? word : (str){word.ptr, (size_t)slash};
    int64_t bits = 0;
    char text[ADDRESS_TEXT_MAX];
    if (!address_parse(base, &out->base))
        return why_set(why, ERR_INVALID,
                       "'%.*s' is neither an address nor a range such as 10.0.0.0/8 or fd00::/8 (nor 0 or 1 alone)",
                       STR_FMT(word));
    if (slash < 0) bits = out->base.size * 8;
    else if (!str_to_int(str_from(word, (size_t)slash + 1), &bits) || bits < 0 || bits > out->base.size * 8)
        return why_set(why, ERR_INVALID, "the prefix of '%.*s' must be a number from 0 to %d", STR_FMT(word),
                       out->base.size * 8);
    out->bits = (int)bits;
    if (clear_rest(out)) return ERR_OK;
    return why_set(why, ERR_INVALID, "'%.*s' names one address within a range; the range is %s/%d", STR_FMT(word),
                   address_text(&out->base, text), out->bits);
}

static bool next_word(str *rest, str *word) {
    *rest = str_trim(*rest);
    size_t n = 0;
    while (n < rest->len && rest->ptr[n] != ',' && rest->ptr[n] != ' ' && rest->ptr[n] != '\t') n++;
    *word = (str){rest->ptr, n};
    bool had_any = rest->len > 0;
    *rest = str_from(*rest, n + 1);
    return had_any;
}

static bool is_switch(str list, bool *on) {
    static const struct {
        const char *text;
        bool is_on;
    } words[] = {{"", false}, {"0", false},   {"false", false}, {"off", false},
                 {"1", true}, {"true", true}, {"on", true}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is_nocase(list, str_of(words[i].text))) {
            *on = words[i].is_on;
            return true;
        }
    return false;
}

err address_guard_parse(str list, struct address_guard *out, struct why *why) {
    struct address_guard g = {0};
    str rest = str_trim(list), word;
    if (is_switch(rest, &g.allows_all)) rest = STR("");
    while (next_word(&rest, &word)) {
        if (!word.len) continue;
        if (g.count == ADDRESS_RANGES_MAX)
            return why_set(why, ERR_LIMIT, "at most %d ranges can be listed", ADDRESS_RANGES_MAX);
        err e = parse_range(word, &g.ranges[g.count], why);
        if (e != ERR_OK) return e;
        g.count++;
    }
    *out = g;
    return ERR_OK;
}
