#include "store/queue.h"
#include "base/mem.h"

static struct commit_item *next_of(struct commit_item *item) {
    return item->mail.next ? CONTAINER(item->mail.next, struct commit_item, mail) : NULL;
}

void items_add(struct items *list, struct commit_item *item) {
    item->mail.next = NULL;
    if (list->tail) list->tail->mail.next = &item->mail;
    else list->head = item;
    list->tail = item;
    list->count++;
}

struct commit_item *items_take(struct items *list) {
    struct commit_item *item = list->head;
    if (!item) return NULL;
    list->head = next_of(item);
    if (!list->head) list->tail = NULL;
    list->count--;
    return item;
}

static struct lane **bucket_of(struct queue *q, int64_t id) {
    return &q->buckets[(uint64_t)id % (sizeof q->buckets / sizeof *q->buckets)];
}

static void add_turn(struct queue *q, struct lane *lane) {
    lane->next_in_turn = NULL;
    if (q->last_turn) q->last_turn->next_in_turn = lane;
    else q->turn = lane;
    q->last_turn = lane;
}

static struct lane *lane_make(struct queue *q, int64_t id) {
    struct lane *lane = q->spare;
    if (lane) q->spare = lane->next_in_bucket;
    else lane = NEW(struct lane);
    *lane = (struct lane){.id = id, .next_in_bucket = *bucket_of(q, id)};
    *bucket_of(q, id) = lane;
    add_turn(q, lane);
    return lane;
}

// An empty lane leaves the table: an integration that is silent costs nothing.
static void lane_drop(struct queue *q, struct lane *lane) {
    struct lane **at = bucket_of(q, lane->id);
    while (*at != lane) at = &(*at)->next_in_bucket;
    *at = lane->next_in_bucket;
    lane->next_in_bucket = q->spare;
    q->spare = lane;
}

void queue_put(struct queue *q, struct commit_item *item) {
    if (item->class == COMMIT_PERSON) {
        items_add(&q->persons, item);
        return;
    }
    struct lane *lane = *bucket_of(q, item->lane);
    while (lane && lane->id != item->lane) lane = lane->next_in_bucket;
    items_add(&(lane ? lane : lane_make(q, item->lane))->items, item);
    q->alerts++;
}

struct commit_item *queue_take_person(struct queue *q) {
    return items_take(&q->persons);
}

struct commit_item *queue_take_alert(struct queue *q) {
    struct lane *lane = q->turn;
    if (!lane) return NULL;
    q->turn = lane->next_in_turn;
    if (!q->turn) q->last_turn = NULL;
    struct commit_item *item = items_take(&lane->items);
    if (lane->items.count) add_turn(q, lane);
    else lane_drop(q, lane);
    q->alerts--;
    return item;
}

void queue_close(struct queue *q) {
    CHECK(!q->persons.count && !q->alerts);
    for (struct lane *lane = q->spare, *next; lane; lane = next) {
        next = lane->next_in_bucket;
        mem_free(lane);
    }
    q->spare = NULL;
}
