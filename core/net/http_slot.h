// A request's place in its connection's queue: the exchange, its body, and its answer until its turn comes.
//
// Private to net/. A slot outlives its connection when a handler still holds the exchange. Threads: the loop's thread.
#pragma once
#include "net/http_body.h"
#include "net/http_loop.h"

struct http_slot {
    struct http_exchange exchange;
    struct http_loop *loop;
    struct http_connection *connection; // NULL: the peer is gone and the answer will be dropped
    struct http_slot *next;
    struct link live;
    struct http_body body;
    buf answer;
    size_t held;         // its part of bodies_in_flight
    bool is_handed_over; // a handler has it and has not answered
    bool is_answered;
    bool is_closing;     // the connection ends after this answer
    bool is_old;         // HTTP/1.0
    bool is_streaming;   // its answer has begun and goes on; `is_answered` once it has ended
    bool is_gone;        // the stream's holder knows that nobody listens any more
    str keep_alive;      // of a stream
    bool wants_continue; // 100 Continue is due when its turn comes
};

struct http_slot *http_slot_new(struct http_connection *c); // at the end of the connection's queue
void http_slot_free(struct http_slot *s);                   // not in a queue any more
void http_slot_let_go(struct http_slot *s);                 // of the request: its body, its arena, what it holds
buf *http_slot_place(struct http_slot *s);                  // where its answer is written
void http_slot_drop_after(struct http_slot *s);             // those behind it in the queue, unanswered
void http_slot_free_pool(struct http_loop *l);              // all of them: the loop ends
// Counts `size` bytes as held by this request; false when the server holds too much.
bool http_slot_hold(struct http_slot *s, size_t size, struct http_refusal *why);
void http_slot_hand_over(struct http_slot *s);
void http_slot_refuse(struct http_slot *s, const struct http_refusal *why);
// Moves answers whose turn has come to the connection's output.
void http_slots_advance(struct http_connection *c);
struct http_reply_style http_slot_style(const struct http_slot *s);
void http_slots_drop(struct http_connection *c); // the connection ends
