#include "attempts.h"
#include "base/mem.h"
#include <pthread.h>
#include <sodium.h>
#include <string.h>

enum { SETS = 4096, SET_SIZE = 8, KEYS_MAX = 8, BURST_MAX = 1000000, EVERY_MAX_MS = 86400000 };

struct record {
    uint64_t hash;
    int64_t full_at; // when all its tries have leaked away again: what it owes, as a moment
};

struct attempts {
    pthread_mutex_t mutex;
    unsigned char key[crypto_shorthash_KEYBYTES]; // nobody outside can choose keys that share a set
    struct record sets[SETS][SET_SIZE];
};

attempts *attempts_new(void) {
    attempts *a = NEW(attempts);
    CHECK(sodium_init() >= 0);
    pthread_mutex_init(&a->mutex, NULL);
    crypto_shorthash_keygen(a->key);
    return a;
}

void attempts_free(attempts *a) {
    if (!a) return;
    pthread_mutex_destroy(&a->mutex);
    mem_free(a);
}

static struct record *find(attempts *a, str key, uint64_t *hash) {
    unsigned char bytes[crypto_shorthash_BYTES];
    crypto_shorthash(bytes, (const unsigned char *)key.ptr, key.len, a->key);
    memcpy(hash, bytes, sizeof *hash);
    struct record *set = a->sets[*hash % SETS];
    for (int i = 0; i < SET_SIZE; i++)
        if (set[i].hash == *hash && set[i].full_at) return &set[i];
    return NULL;
}

static struct record *find_or_make(attempts *a, str key) {
    uint64_t hash;
    struct record *r = find(a, key, &hash);
    if (r) return r;
    struct record *set = a->sets[hash % SETS];
    r = set;
    for (int i = 1; i < SET_SIZE; i++)
        if (set[i].full_at < r->full_at) r = &set[i];
    *r = (struct record){.hash = hash};
    return r;
}

// What the key would owe after one more try, as a moment.
static int64_t owed(const struct record *r, const struct attempt *t, int64_t now) {
    int64_t from = r && r->full_at > now ? r->full_at : now;
    return from + t->every_ms * 1000;
}

int64_t attempts_take(attempts *a, const struct attempt *list, size_t count, int64_t now) {
    int64_t wait = 0;
    pthread_mutex_lock(&a->mutex);
    for (size_t i = 0; i < count; i++) {
        uint64_t hash;
        int64_t over = owed(find(a, list[i].key, &hash), &list[i], now) - now - list[i].burst * list[i].every_ms * 1000;
        if (over > wait) wait = over;
    }
    for (size_t i = 0; i < count && !wait; i++) {
        struct record *r = find_or_make(a, list[i].key);
        r->full_at = owed(r, &list[i], now);
    }
    pthread_mutex_unlock(&a->mutex);
    return wait;
}

void attempts_give_back(attempts *a, const struct attempt *list, size_t count) {
    pthread_mutex_lock(&a->mutex);
    for (size_t i = 0; i < count; i++) {
        uint64_t hash;
        struct record *r = find(a, list[i].key, &hash);
        if (r) r->full_at -= list[i].every_ms * 1000;
    }
    pthread_mutex_unlock(&a->mutex);
}

void attempts_forget(attempts *a, str key) {
    uint64_t hash;
    pthread_mutex_lock(&a->mutex);
    struct record *r = key.len ? find(a, key, &hash) : NULL;
    if (r) *r = (struct record){0};
    if (!key.len) memset(a->sets, 0, sizeof a->sets);
    pthread_mutex_unlock(&a->mutex);
}

static err read_keys(const struct json *args, struct attempt list[KEYS_MAX], size_t *count, struct why *why) {
    const struct json *keys = json_items(args, "keys", count);
    if (*count > KEYS_MAX) return why_set(why, ERR_INVALID, "keys: at most %d", KEYS_MAX);
    for (size_t i = 0; i < *count; i++) {
        struct attempt t = {json_text(&keys[i], "key"), json_int(&keys[i], "burst", 1),
                            json_int(&keys[i], "every_ms", 1)};
        if (t.burst < 1 || t.burst > BURST_MAX || t.every_ms < 1 || t.every_ms > EVERY_MAX_MS)
            return why_set(why, ERR_INVALID, "keys: burst or every_ms is out of bounds");
        list[i] = t;
    }
    return ERR_OK;
}

err attempts_port(attempts *a, int64_t now, const struct json *args, buf *out, struct why *why) {
    struct attempt list[KEYS_MAX];
    size_t count;
    int64_t wait = 0;
    err e = read_keys(args, list, &count, why);
    if (e != ERR_OK) return e;
    if (json_is_true(args, "forget_all")) attempts_forget(a, STR(""));
    else if (json_is_true(args, "give_back")) attempts_give_back(a, list, count);
    else if (!json_is_true(args, "forget")) wait = attempts_take(a, list, count, now);
    else
        for (size_t i = 0; i < count; i++) attempts_forget(a, list[i].key);
    buf_printf(out, "{\"wait\":%lld}", (long long)((wait + 999999) / 1000000));
    return ERR_OK;
}
