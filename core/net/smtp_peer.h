// One who brings mails to net/smtp_server: its socket, TLS, dialogue, and the mail that is being stored.
//
// Private to net/. Threads: the server's. A peer is on one of two lists: `silent`, in the order of its last word, or `busy`,
// while its mail is stored or its socket closes.
#pragma once
#include "net/http_loop.h"
#include "net/smtp_server.h"
#include "net/tls_stream.h"

struct smtp_server {
    struct smtp_options options;
    struct smtp_rules rules;
    char own_name[UV_MAXHOSTNAMESIZE];
    size_t held;
    int fd, port;
    pthread_t thread;
    uv_loop_t loop;
    uv_async_t async;
    uv_timer_t timer;
    uv_tcp_t listener;
    struct mailbox box;
    void *own;
    struct link silent, busy;
    bool is_started, is_deaf, is_ending, is_closed;
    bool must_stop, must_end; // atomics
    int64_t storing;          // atomically: mails that wait for their answer
    struct smtp_stats stats;  // atomics
    pthread_mutex_t tls_mutex;
    tls_context *tls;
    char room[65536]; // of one read
};

static inline void smtp_count(uint64_t *counter) { __atomic_add_fetch(counter, 1, __ATOMIC_RELAXED); }

tls_context *smtp_server_tls(smtp_server *s); // held
void smtp_server_peer_gone(struct smtp_server *s);

void smtp_peer_accept(struct smtp_server *s);
void smtp_peers_look(struct smtp_server *s);    // ends who has been silent for too long
void smtp_peers_dismiss(struct smtp_server *s); // ends all that carry no mail
