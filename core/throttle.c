#include "throttle.h"
#include "base/mem.h"
#include <pthread.h>

enum { SECONDS = 60 };

struct record {
    int64_t key, last_second, total;
    uint32_t counts[SECONDS]; // by second modulo 60
};

struct throttle {
    int64_t limit;
    pthread_mutex_t mutex;
    struct record *list;
    size_t count;
};

throttle *throttle_new(int64_t limit) {
    throttle *t = NEW(throttle);
    t->limit = limit;
    pthread_mutex_init(&t->mutex, NULL);
    return t;
}

void throttle_free(throttle *t) {
    if (!t) return;
    pthread_mutex_destroy(&t->mutex);
    mem_free(t->list);
    mem_free(t);
}

static struct record *record_of(throttle *t, int64_t key, int64_t second) {
    for (size_t i = 0; i < t->count; i++)
        if (t->list[i].key == key) return &t->list[i];
    t->list = mem_grow(t->list, (t->count + 1) * sizeof *t->list);
    t->list[t->count] = (struct record){.key = key, .last_second = second};
    return &t->list[t->count++];
}

// Forgets what is older than a minute.
static void move_to(struct record *r, int64_t second) {
    for (int i = 0; r->last_second < second && i < SECONDS; i++) {
        uint32_t *oldest = &r->counts[++r->last_second % SECONDS];
        r->total -= *oldest;
        *oldest = 0;
    }
    if (r->last_second < second) r->last_second = second;
}

// Seconds until the oldest counted request is a minute old.
static int64_t wait_of(const struct record *r) {
    int64_t age = SECONDS - 1;
    while (age > 0 && !r->counts[(r->last_second + SECONDS - age) % SECONDS]) age--;
    return SECONDS - age;
}

int64_t throttle_take(throttle *t, int64_t key, int64_t now) {
    if (!t->limit) return 0;
    pthread_mutex_lock(&t->mutex);
    struct record *r = record_of(t, key, now / 1000000);
    move_to(r, now / 1000000);
    int64_t wait = r->total < t->limit ? 0 : wait_of(r);
    if (!wait) {
        r->counts[r->last_second % SECONDS]++;
        r->total++;
    }
    pthread_mutex_unlock(&t->mutex);
    return wait;
}
