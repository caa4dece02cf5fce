// A queue from many threads to one: every hand-over between threads uses this type.
//
// `struct mail` is embedded in what is sent; the box never allocates. The receiver is woken by `wake`, called from
// the pushing thread when the box was empty (uv_async_send for a loop, a condition variable for a plain thread).
#pragma once
#include <pthread.h>
#include <stdbool.h>

struct mail {
    struct mail *next;
};

struct mailbox {
    pthread_mutex_t mutex;
    struct mail *head, **tail;
    void (*wake)(void *ctx);
    void *ctx;
};

void mailbox_open(struct mailbox *box, void (*wake)(void *ctx), void *ctx); // wake may be NULL
void mailbox_close(struct mailbox *box);                                    // must be empty
void mailbox_push(struct mailbox *box, struct mail *mail);                  // any thread
struct mail *mailbox_take(struct mailbox *box); // the whole list in order of arrival, or NULL; receiver only

// The struct that embeds `member`, from a pointer to it.
#define CONTAINER(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))
