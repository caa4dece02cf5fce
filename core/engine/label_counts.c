#include "engine/label_counts.h"
#include "base/mem.h"
#include "engine/labels.h"
#include <pthread.h>
#include <stdlib.h>

struct label_counts {
    char *key;
    pthread_mutex_t mutex; // of what is below
    size_t count;
    struct {
        char *text;
        size_t len;
        uint64_t groups;
    } values[LABEL_COUNTS_MAX];
    uint64_t rest;
};

label_counts *label_counts_new(const char *key) {
    if (!*key) return NULL;
    label_counts *c = NEW(label_counts);
    c->key = mem_copy(key, strlen(key) + 1);
    pthread_mutex_init(&c->mutex, NULL);
    return c;
}

void label_counts_free(label_counts *c) {
    if (!c) return;
    for (size_t i = 0; i < c->count; i++) mem_free(c->values[i].text);
    pthread_mutex_destroy(&c->mutex);
    mem_free(c->key);
    mem_free(c);
}

str label_counts_key(const label_counts *c) { return str_of(c->key); }

static uint64_t *counter_of(label_counts *c, str value) {
    for (size_t i = 0; i < c->count; i++)
        if (str_is((str){c->values[i].text, c->values[i].len}, value)) return &c->values[i].groups;
    if (c->count == LABEL_COUNTS_MAX) return &c->rest;
    size_t at = c->count++;
    c->values[at].text = mem_copy(value.ptr ? value.ptr : "", value.len);
    c->values[at].len = value.len;
    c->values[at].groups = 0;
    return &c->values[at].groups;
}

void label_counts_add(label_counts *c, str labels) {
    if (!c) return;
    arena *a = arena_new();
    str value = STR("");
    labels_get(a, labels, str_of(c->key), &value);
    pthread_mutex_lock(&c->mutex);
    ++*counter_of(c, value);
    pthread_mutex_unlock(&c->mutex);
    arena_free(a);
}

void label_counts_list(label_counts *c, void (*each)(void *ctx, str value, bool is_rest, uint64_t count), void *ctx) {
    pthread_mutex_lock(&c->mutex);
    for (size_t i = 0; i < c->count; i++)
        each(ctx, (str){c->values[i].text, c->values[i].len}, false, c->values[i].groups);
    if (c->rest) each(ctx, STR(""), true, c->rest);
    pthread_mutex_unlock(&c->mutex);
}
