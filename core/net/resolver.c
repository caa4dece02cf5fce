#include "net/resolver.h"
#include "base/buf.h"
#include "base/mem.h"
#include "net/resolver_lookup.h"
#include <stdlib.h>

#define BUCKETS     1024
#define TTL_MIN_S   5     // shorter ones would ask for every page
#define TTL_MAX_S   86400 // a forgotten record is asked again once a day
#define STALE_US    (86400 * INT64_C(1000000))
#define NO_NAME_US  (5 * INT64_C(1000000))
#define RETRY_US    (1 * INT64_C(1000000)) // after servers that did not answer: until then no question waits for them
#define SERVERS_MAX 8

struct entry {
    resolver *owner;
    struct entry *next;
    char *name;
    struct resolver_answer known; // its addresses are those below; state NO_SERVERS: nothing is known
    struct address addresses[RESOLVER_ADDRESSES_MAX];
    int64_t fresh_until, stale_until, retry_at, used_at; // µs of env_elapsed
    lookup *lookup;
    bool is_slow; // the look-up has taken longer than `stale_ms`
    struct resolver_question *questions;
};

struct resolver {
    struct resolver_options options;
    char *servers;
    struct entry *buckets[BUCKETS];
    struct resolver_stats stats;
};

// --- servers ---

static bool is_port(str s) {
    int64_t n;
    return str_to_int(s, &n) && n >= 1 && n <= 65535;
}

// One word of the list in the form that c-ares reads: "a.b.c.d:port" or "[v6]:port".
static bool put_server(buf *out, str word) {
    struct address a;
    str host = word, port = STR("53");
    if (!address_parse(word, &a)) {
        ptrdiff_t colon = (ptrdiff_t)word.len - 1;
        while (colon > 0 && word.ptr[colon] != ':') colon--;
        if (colon > 0 && word.ptr[word.len - 1] != ']') {
            port = str_from(word, (size_t)colon + 1);
            host.len = (size_t)colon;
        }
        if (host.len > 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']')
            host = (str){host.ptr + 1, host.len - 2};
        if (!address_parse(host, &a) || !is_port(port)) return false;
    }
    char text[ADDRESS_TEXT_MAX];
    buf_printf(out, a.size == 4 ? "%s%s:%.*s" : "%s[%s]:%.*s", out->len ? "," : "", address_text(&a, text),
               STR_FMT(port));
    return true;
}

static err read_servers(str list, buf *out, struct why *why) {
    int count = 0;
    for (str word; str_split(&list, ',', &word);) {
        word = str_trim(word);
        if (!word.len) continue;
        if (++count > SERVERS_MAX) return why_set(why, ERR_LIMIT, "at most %d name servers can be listed", SERVERS_MAX);
        if (!put_server(out, word))
            return why_set(why, ERR_INVALID,
                           "'%.*s' is no name server: write addresses, with a port where it is not 53, as in "
                           "192.0.2.53, [2001:db8::53]:5353",
                           STR_FMT(word));
    }
    return ERR_OK;
}

bool resolver_is_servers(const char *servers, struct why *why) {
    buf text = {0};
    err e = read_servers(str_of(servers), &text, why);
    buf_free(&text);
    return e == ERR_OK;
}

err resolver_new(const struct resolver_options *options, resolver **out, struct why *why) {
    buf servers = {0};
    err e = read_servers(str_of(options->servers), &servers, why);
    if (e == ERR_OK) {
        resolver *r = NEW(resolver);
        r->options = *options;
        r->servers = mem_copy(servers.ptr ? servers.ptr : "", servers.len);
        if (!r->options.try_ms) r->options.try_ms = 1000;
        if (!r->options.limit_ms) r->options.limit_ms = 5000;
        if (!r->options.stale_ms) r->options.stale_ms = 200;
        if (!r->options.names) r->options.names = 4096;
        *out = r;
    }
    buf_free(&servers);
    return e;
}

// --- questions ---

static void push_question(struct entry *e, struct resolver_question *q) {
    q->next = e->questions;
    q->at = &e->questions;
    if (q->next) q->next->at = &q->next;
    e->questions = q;
}

void resolver_cancel(struct resolver_question *q) {
    if (!q->at) return;
    *q->at = q->next;
    if (q->next) q->next->at = q->at;
    q->next = NULL;
    q->at = NULL;
}

// The answer is a copy: what is done with it may throw the entry out.
static void answer_all(struct entry *e, const struct resolver_answer *from) {
    struct address addresses[RESOLVER_ADDRESSES_MAX];
    struct resolver_answer answer = *from;
    if (from->count) memcpy(addresses, from->addresses, from->count * sizeof *addresses);
    answer.addresses = addresses;
    struct resolver_question *waiting = e->questions;
    e->questions = NULL;
    if (waiting) waiting->at = &waiting;
    for (struct resolver_question *q; (q = waiting);) {
        resolver_cancel(q);
        q->on_answer(q, &answer);
    }
}

// --- the cache ---

static size_t bucket_of(str name) {
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < name.len; i++) hash = (hash ^ (unsigned char)name.ptr[i]) * 16777619u;
    return hash % BUCKETS;
}

static bool is_idle(const struct entry *e) { return !e->lookup && !e->questions; }

static void drop(resolver *r, struct entry *e) {
    struct entry **at = &r->buckets[bucket_of(str_of(e->name))];
    while (*at != e) at = &(*at)->next;
    *at = e->next;
    r->stats.names--;
    mem_free(e->name);
    mem_free(e);
}

static void drop_oldest(resolver *r) {
    struct entry *oldest = NULL;
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct entry *e = r->buckets[i]; e; e = e->next)
            if (is_idle(e) && (!oldest || e->used_at < oldest->used_at)) oldest = e;
    if (oldest) drop(r, oldest);
}

static struct entry *entry_of(resolver *r, str name) {
    struct entry **bucket = &r->buckets[bucket_of(name)];
    for (struct entry *e = *bucket; e; e = e->next)
        if (str_is(str_of(e->name), name)) return e;
    if (r->stats.names >= (size_t)r->options.names) drop_oldest(r);
    struct entry *e = NEW(struct entry);
    e->owner = r;
    e->name = mem_copy(name.ptr, name.len);
    e->known = (struct resolver_answer){.state = RESOLVER_NO_SERVERS, .addresses = e->addresses};
    e->next = *bucket;
    *bucket = e;
    r->stats.names++;
    return e;
}

static int64_t now_us(const resolver *r) { return env_elapsed(r->options.env); }

static bool has_stale(const struct entry *e) {
    return e->known.state == RESOLVER_FOUND && now_us(e->owner) < e->stale_until;
}

// Answers those who wait with what was known before the servers fell silent.
static void answer_stale(struct entry *e) {
    struct resolver_answer answer = e->known;
    answer.is_stale = true;
    for (struct resolver_question *q = e->questions; q; q = q->next) e->owner->stats.served_stale++;
    answer_all(e, &answer);
}

static void on_slow(void *ctx) {
    struct entry *e = ctx;
    e->is_slow = true;
    if (has_stale(e)) answer_stale(e);
}

static void keep(struct entry *e, const struct lookup_outcome *outcome) {
    int64_t now = now_us(e->owner), ttl_s = outcome->ttl_s;
    if (ttl_s < TTL_MIN_S) ttl_s = TTL_MIN_S;
    if (ttl_s > TTL_MAX_S) ttl_s = TTL_MAX_S;
    memcpy(e->addresses, outcome->addresses, sizeof e->addresses);
    e->known.state = outcome->state;
    e->known.count = outcome->count;
    e->fresh_until = now + (outcome->count ? ttl_s * 1000000 : NO_NAME_US);
    e->stale_until = e->fresh_until + STALE_US;
}

static void on_looked_up(void *ctx, const struct lookup_outcome *outcome) {
    static const struct resolver_answer none = {.state = RESOLVER_NO_SERVERS};
    struct entry *e = ctx;
    e->lookup = NULL;
    if (outcome->state != RESOLVER_NO_SERVERS) {
        keep(e, outcome);
        answer_all(e, &e->known);
        return;
    }
    e->owner->stats.failed++;
    e->retry_at = now_us(e->owner) + RETRY_US;
    if (has_stale(e)) answer_stale(e);
    else answer_all(e, &none);
}

static void look_up(struct entry *e) {
    const struct resolver_options *o = &e->owner->options;
    struct lookup_options options = {.loop = o->loop,
                                     .servers = e->owner->servers,
                                     .try_ms = o->try_ms,
                                     .limit_ms = o->limit_ms,
                                     .nudge_ms = o->stale_ms,
                                     .ctx = e,
                                     .on_slow = on_slow,
                                     .on_done = on_looked_up};
    e->owner->stats.looked_up++;
    e->is_slow = false;
    e->lookup = lookup_start(&options, e->name);
}

// Anything else would end up in a packet or a file's look-up that it has no business in.
static bool is_name(str s) {
    if (!s.len || s.len > RESOLVER_NAME_MAX || s.ptr[0] == '.') return false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
        if (!is_plain || (c == '.' && i && s.ptr[i - 1] == '.')) return false;
    }
    return true;
}

static void answer_one(struct resolver_question *q, enum resolver_state state, const struct address *address) {
    struct resolver_answer answer = {.state = state, .addresses = address, .count = address ? 1 : 0};
    q->on_answer(q, &answer);
}

static void ask_known(struct entry *e, struct resolver_question *q) {
    int64_t now = now_us(e->owner);
    e->used_at = now;
    push_question(e, q);
    if (now < e->fresh_until) {
        answer_all(e, &e->known);
        return;
    }
    if (!e->lookup && now >= e->retry_at) look_up(e);
    if (has_stale(e) && (!e->lookup || e->is_slow)) answer_stale(e);
    else if (!e->lookup) answer_all(e, &(struct resolver_answer){.state = RESOLVER_NO_SERVERS});
}

// Always this machine, whatever DNS says (RFC 6761); and c-ares 1.18 leaks a little at each.
static bool is_localhost(str lower) {
    if (str_ends(lower, STR("."))) lower.len--;
    return str_is(lower, STR("localhost")) || str_ends(lower, STR(".localhost"));
}

static void answer_localhost(struct resolver_question *q) {
    static const struct address own[] = {{.size = 4, .bytes = {127, 0, 0, 1}}, {.size = 16, .bytes = {[15] = 1}}};
    q->on_answer(q, &(struct resolver_answer){.state = RESOLVER_FOUND, .addresses = own, .count = 2});
}

void resolver_ask(resolver *r, str name, struct resolver_question *q) {
    char lower[RESOLVER_NAME_MAX + 1];
    struct address literal;
    q->next = NULL;
    q->at = NULL;
    r->stats.asked++;
    if (address_parse(name, &literal)) {
        answer_one(q, RESOLVER_FOUND, &literal);
        return;
    }
    size_t n = name.len < sizeof lower ? name.len : sizeof lower;
    for (size_t i = 0; i < n; i++)
        lower[i] = (char)(name.ptr[i] >= 'A' && name.ptr[i] <= 'Z' ? name.ptr[i] + 32 : name.ptr[i]);
    str asked = {lower, n};
    if (is_localhost(asked)) answer_localhost(q);
    else if (is_name(asked) && n == name.len) ask_known(entry_of(r, asked), q);
    else answer_one(q, RESOLVER_NO_NAME, NULL);
}

// --- ending ---

void resolver_forget(resolver *r) {
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct entry *e = r->buckets[i], *next; e; e = next) {
            next = e->next;
            if (is_idle(e)) drop(r, e);
        }
}

void resolver_free(resolver *r) {
    if (!r) return;
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct entry *e; (e = r->buckets[i]);) {
            while (e->questions) resolver_cancel(e->questions);
            if (e->lookup) lookup_cancel(e->lookup);
            drop(r, e);
        }
    mem_free(r->servers);
    mem_free(r);
}

struct resolver_stats resolver_stats(const resolver *r) {
    return r->stats;
}
