// The inside of events, for its own files, which include events.h first.
#pragma once
#include "base/mem.h"

enum { EVENTS_RING = 64, EVENTS_LOOPS = 64, EVENTS_IDS = 4096, EVENTS_RUNS = 32 };

struct ring_link {
    struct ring_link *prev, *next;
};

struct batch { // what one look found; immutable once published
    int refs;  // atomically
    int64_t seq;
    int64_t run_id;    // 0: of groups
    bool is_for_all;   // whatever their teams: a reset
    bool is_last;      // of this run
    buf text, id_text; // id_text: where a listener that was away goes on
    struct batch_part {
        int64_t team_id; // 0: of no team
        size_t length;
    } * parts;
    size_t count;
};

// What a listener asked with, to ask again whether it still may. Shared by its loop and the thread.
struct seat {
    struct ring_link link;
    int refs; // under the mutex
    char *path, *query, *headers, *spec, *client, *base_url;
    bool is_denied; // atomically
};

struct listener { // belongs to its loop
    struct ring_link link;
    struct http_exchange *x;
    struct seat *seat;
    events *events;
    int64_t seq, run_id;
    str teams; // of the seat's spec
};

struct delivery {           // on its way to a loop
    struct http_exchange x; // only its mail and `resume` are used
    events *events;
    struct batch *batch; // NULL: those who are denied are hung up
    size_t loop;
};

struct events {
    struct events_options options;
    pthread_t thread;
    pthread_mutex_t mutex; // of all up to `seats`
    pthread_cond_t wake;
    int64_t ids[EVENTS_IDS];
    size_t id_count;
    bool is_overflown;
    int64_t runs[EVENTS_RUNS];
    size_t run_count;
    bool was_written, is_stopping;
    int64_t expected_until; // of elapsed time
    struct batch *ring[EVENTS_RING];
    int64_t last_seq;
    struct ring_link seats;
    bool is_wanted, is_running;           // is_wanted: atomically, written under the mutex
    int64_t listeners;                    // atomically
    struct ring_link loops[EVENTS_LOOPS]; // each is its loop's own
    // The thread's own.
    script *script;
    store *reader;
    int64_t alert_id, change_id; // up to where the last look told
    int64_t checked_at;
    bool has_cursor;
};

static inline void ring_open(struct ring_link *l) { l->prev = l->next = l; }
static inline void ring_remove(struct ring_link *l) {
    l->prev->next = l->next;
    l->next->prev = l->prev;
    ring_open(l);
}
static inline void ring_append(struct ring_link *list, struct ring_link *l) {
    l->prev = list->prev;
    l->next = list;
    list->prev->next = l;
    list->prev = l;
}

struct batch *batch_hold(struct batch *b);
void batch_drop(struct batch *b); // accepts NULL
// The batches after `from`, held; sets *has_gap when some of them are not kept any more. Under the mutex.
size_t ring_since(events *e, int64_t from, struct batch *out[EVENTS_RING], bool *has_gap);
void seat_drop(events *e, struct seat *s);    // a reference; without the mutex
void events_deliver(struct http_exchange *x); // `resume` of a delivery
#define EVENTS_RESET "event: reset\ndata: {}\n\n"
