#include "base/mailbox.h"
#include "base/err.h"

void mailbox_open(struct mailbox *box, void (*wake)(void *ctx), void *ctx) {
    *box = (struct mailbox){.wake = wake, .ctx = ctx};
    box->tail = &box->head;
    CHECK(pthread_mutex_init(&box->mutex, NULL) == 0);
}

void mailbox_close(struct mailbox *box) {
    CHECK(box->head == NULL);
    pthread_mutex_destroy(&box->mutex);
}

void mailbox_push(struct mailbox *box, struct mail *mail) {
    mail->next = NULL;
    pthread_mutex_lock(&box->mutex);
    bool was_empty = box->head == NULL;
    *box->tail = mail;
    box->tail = &mail->next;
    // Woken under the lock: the receiver cannot close the box between the push and the wake.
    if (was_empty && box->wake) box->wake(box->ctx);
    pthread_mutex_unlock(&box->mutex);
}

struct mail *mailbox_take(struct mailbox *box) {
    pthread_mutex_lock(&box->mutex);
    struct mail *list = box->head;
    box->head = NULL;
    box->tail = &box->head;
    pthread_mutex_unlock(&box->mutex);
    return list;
}
