// One I/O loop of the HTTP server: a thread, its connections, their deadlines, and what leaves at the end of a turn.
//
// Private to net/. A turn is: read what came and answer what can be answered (poll), take mails (async), then, before
// the loop sleeps again (prepare), write each touched connection once and decide what it waits for.
// Ownership: the server owns its loops; a loop owns its connections and slots. Threads: a loop's fields belong to its
// thread, except where "any thread" is said. Deadlines are lists: one for each kind of wait, all members of a kind wait
// equally long, so the list is ordered by itself and a deadline costs two pointer moves, not a timer.
#pragma once
#include "net/http_reply.h"
#include <uv.h>

struct link {
    struct link *prev, *next;
};

static inline void link_open(struct link *l) { l->prev = l->next = l; }
static inline bool link_is_alone(const struct link *l) { return l->next == l; }
static inline void link_remove(struct link *l) {
    l->prev->next = l->next;
    l->next->prev = l->prev;
    link_open(l);
}
static inline void link_append(struct link *list, struct link *l) {
    l->prev = list->prev;
    l->next = list;
    list->prev->next = l;
    list->prev = l;
}

enum http_wait {
    HTTP_WAIT_REPLY,  // for a handler: no deadline here
    HTTP_WAIT_IDLE,   // for a request
    HTTP_WAIT_HEAD,   // for the rest of a header block
    HTTP_WAIT_BODY,   // for the rest of a body
    HTTP_WAIT_WRITE,  // for the peer to read its answers
    HTTP_WAIT_STREAM, // for the next piece of an answer that goes on
    HTTP_WAIT_LINGER, // for the peer to close after the last answer
    HTTP_WAITS
};

struct http_connection;
struct http_slot;

struct http_loop {
    struct http_server *server;
    int index;
    pthread_t thread;
    uv_loop_t uv;
    uv_async_t async;
    uv_prepare_t prepare;
    uv_timer_t timer;
    struct mailbox mailbox;        // what exchanges call their owner; any thread pushes
    struct mailbox arrivals;       // connections from the acceptor; any thread pushes
    void *ctx;                     // what on_loop_open returned
    struct link waits[HTTP_WAITS]; // every open connection is in exactly one
    struct link dirty;             // connections to look at before the loop sleeps
    struct link live;              // slots in use
    struct http_slot *free_slots;
    int free_count;
    uint64_t armed_at; // ms of the loop's clock; 0: the timer is off
    int64_t unanswered,
        writing; // exchanges without a reply; connections whose peer does not read fast enough
    bool is_stopping;
    char date_text[HTTP_DATE_MAX];
    str date;
    uint64_t date_at;
    // Written by this thread, read by any (atomics).
    uint64_t requests, refused, bytes_in, bytes_out;
    int64_t busy;        // unanswered, unwritten: as of the end of the last turn
    uint64_t idle_since; // deadline of the longest idle connection, 0 when one lingers, UINT64_MAX without either
    // Written by the acceptor too (atomics).
    int64_t connections, evictions;
    int is_ending;
    buf decrypted; // of one read
    char read_buffer[65536];
};

struct http_server {
    struct http_server_options options;
    int wait_ms[HTTP_WAITS];
    int fd, port, spare_fd, connection_cap;
    uv_poll_t poll; // on loop 0, with the timer that resumes it after a failed accept
    uv_timer_t resume;
    bool has_waited; // for somebody to idle, loop 0 only
    struct http_loop *loops;
    pthread_barrier_t opened;
    pthread_mutex_t tls_mutex; // of `tls`: what new connections speak; NULL: in the clear
    struct tls_context *tls;
    // Any thread (atomics).
    int64_t open_connections, bodies_in_flight, evictions;
    uint64_t accepted, turned_away;
    int is_stopping, stopped_loops;
};

struct http_arrival { // an accepted socket on its way to its loop
    struct mail mail;
    int fd;
    bool is_refused; // all connections are busy: told so and ended
    char peer[46];
};

void http_loop_open(struct http_loop *l, struct http_server *server, int index); // controlling thread
void http_loop_start(struct http_loop *l);
void http_loop_end(struct http_loop *l);   // ends its thread; connections are closed, replies that come later dropped
void http_loop_close(struct http_loop *l); // once all have ended
void http_loop_wake(struct http_loop *l);  // any thread

str http_loop_date(struct http_loop *l);
// Puts the connection on a list with the deadline that belongs to it.
void http_loop_wait(struct http_loop *l, struct http_connection *c, enum http_wait wait);
void http_loop_publish(struct http_loop *l);

// For counters that only this thread writes and any thread reads.
static inline void http_count(uint64_t *counter, uint64_t n) {
    __atomic_store_n(counter, *counter + n, __ATOMIC_RELAXED);
}
