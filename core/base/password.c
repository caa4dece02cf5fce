#include "base/password.h"
#include "base/mem.h"
#include <pthread.h>
#include <sodium.h>
#include <string.h>

#define OPS_LIMIT    crypto_pwhash_OPSLIMIT_INTERACTIVE
#define MEMORY_LIMIT crypto_pwhash_MEMLIMIT_INTERACTIVE

_Static_assert(PASSWORD_HASH_MAX >= crypto_pwhash_STRBYTES, "a hash must fit");

struct password {
    pthread_mutex_t mutex;
    pthread_cond_t has_room;
    int at_once, busy;
    uint64_t count;
    char of_nobody[crypto_pwhash_STRBYTES]; // the hash of a random text: what is compared where there is none
};

password *password_new(int at_once) {
    password *p = NEW(password);
    CHECK(sodium_init() >= 0);
    pthread_mutex_init(&p->mutex, NULL);
    pthread_cond_init(&p->has_room, NULL);
    p->at_once = at_once;
    return p;
}

void password_free(password *p) {
    if (!p) return;
    pthread_mutex_destroy(&p->mutex);
    pthread_cond_destroy(&p->has_room);
    mem_free(p);
}

static void enter(password *p) {
    pthread_mutex_lock(&p->mutex);
    while (p->busy >= p->at_once) pthread_cond_wait(&p->has_room, &p->mutex);
    p->busy++;
    p->count++;
    pthread_mutex_unlock(&p->mutex);
}

static void leave(password *p) {
    pthread_mutex_lock(&p->mutex);
    p->busy--;
    pthread_cond_signal(&p->has_room);
    pthread_mutex_unlock(&p->mutex);
}

err password_hash(password *p, str text, char out[PASSWORD_HASH_MAX]) {
    char hash[crypto_pwhash_STRBYTES];
    enter(p);
    int failed = crypto_pwhash_str(hash, text.ptr ? text.ptr : "", text.len, OPS_LIMIT, MEMORY_LIMIT);
    leave(p);
    if (failed) return ERR_MEMORY;
    memcpy(out, hash, sizeof hash);
    return ERR_OK;
}

// Made when it is first needed: a start need not wait for it.
static err hash_of_nobody(password *p, char out[crypto_pwhash_STRBYTES]) {
    pthread_mutex_lock(&p->mutex);
    memcpy(out, p->of_nobody, crypto_pwhash_STRBYTES);
    pthread_mutex_unlock(&p->mutex);
    if (*out) return ERR_OK;
    char text[32];
    randombytes_buf(text, sizeof text);
    if (crypto_pwhash_str(out, text, sizeof text, OPS_LIMIT, MEMORY_LIMIT)) return ERR_MEMORY;
    pthread_mutex_lock(&p->mutex);
    memcpy(p->of_nobody, out, crypto_pwhash_STRBYTES);
    pthread_mutex_unlock(&p->mutex);
    return ERR_OK;
}

err password_check(password *p, str hash, str text, bool *is_right) {
    char copy[crypto_pwhash_STRBYTES] = {0};
    // What libsodium would not even begin with has to take its time too.
    bool is_hash = hash.len && hash.len < sizeof copy;
    if (is_hash) memcpy(copy, hash.ptr, hash.len);
    is_hash = is_hash && crypto_pwhash_str_needs_rehash(copy, OPS_LIMIT, MEMORY_LIMIT) >= 0;
    err e = ERR_OK;
    enter(p);
    if (!is_hash) e = hash_of_nobody(p, copy);
    if (e == ERR_OK) *is_right = crypto_pwhash_str_verify(copy, text.ptr ? text.ptr : "", text.len) == 0 && is_hash;
    leave(p);
    return e;
}

uint64_t password_count(const password *p) { return __atomic_load_n(&p->count, __ATOMIC_RELAXED); }
