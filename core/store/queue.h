// What waits for the commit, in the order it shall be taken: people first, then alerts round robin by lane.
//
// Purpose: a storm on one integration delays the others by one item a round. First in, first out within a lane.
// Ownership: items are linked by their `mail.next` and stay the sender's memory. Threads: one.
#pragma once
#include "store/commit.h"

struct items { // a list in order
    struct commit_item *head, *tail;
    size_t count;
};

struct lane {
    int64_t id;
    struct items items;
    struct lane *next_in_turn, *next_in_bucket;
};

struct queue {
    struct items persons;
    struct lane *turn, *last_turn; // lanes that hold something, the next one first
    struct lane *buckets[256];
    struct lane *spare;
    size_t alerts;
};

void items_add(struct items *list, struct commit_item *item);
struct commit_item *items_take(struct items *list); // the first, or NULL

void queue_put(struct queue *q, struct commit_item *item);
struct commit_item *queue_take_person(struct queue *q); // NULL when there is none
struct commit_item *queue_take_alert(struct queue *q);
void queue_close(struct queue *q); // must be empty
