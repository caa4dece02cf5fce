// One plain listener with accept4 in a loop: the kernel's own distribution (SO_REUSEPORT) would leave requests behind on
// a loop that is busy, so the least loaded loop is chosen here.
#include "net/http_acceptor.h"
#include "base/mem.h"
#include "net/listening.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define ACCEPTS       64 // in a row, before the loop does other work
#define RESUME_MS     50 // after an accept that failed for want of memory or descriptors
#define EVICTIONS_MAX 8  // on their way; then accepting waits for EVICTION_MS, or a burst would pass the cap
#define EVICTION_MS   1
#define REFUSED_PART  16  // of the cap: as many more may be open while they are told so
#define RESERVED_FDS  256 // for the database, logs and outgoing pages

// Connections never take the descriptors that pages and the database need.
static int cap_of(const struct http_server *s) {
    struct rlimit files;
    int cap = s->options.limits.connections;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY) return cap;
    int64_t most = (int64_t)files.rlim_cur > 2 * RESERVED_FDS ? (int64_t)files.rlim_cur - RESERVED_FDS
                                                              : (int64_t)files.rlim_cur / 2;
    if (most >= cap) return cap;
    LOG(s->options.log, LOG_WARN, "connections_capped", LOG_N("connections", most),
        LOG_N("open_files", (int64_t)files.rlim_cur));
    return (int)most;
}

err http_acceptor_listen(struct http_server *s, struct why *why) {
    err e = listening_open(s->options.listen, "listen", &s->fd, &s->port, why);
    if (e) return e;
    s->connection_cap = cap_of(s);
    s->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return ERR_OK;
}

static struct http_loop *least_loaded(struct http_server *s) {
    struct http_loop *best = &s->loops[0];
    for (int i = 1; i < s->options.loops; i++)
        if (__atomic_load_n(&s->loops[i].connections, __ATOMIC_RELAXED) <
            __atomic_load_n(&best->connections, __ATOMIC_RELAXED))
            best = &s->loops[i];
    return best;
}

static struct http_loop *longest_idle(struct http_server *s) {
    struct http_loop *best = NULL;
    uint64_t since = UINT64_MAX;
    for (int i = 0; i < s->options.loops; i++) {
        uint64_t at = __atomic_load_n(&s->loops[i].idle_since, __ATOMIC_RELAXED);
        if (at >= since) continue;
        since = at;
        best = &s->loops[i];
    }
    return best;
}

bool http_acceptor_evict(struct http_server *s, struct http_loop *self) {
    http_loop_publish(self); // its own figure is older than this turn
    struct http_loop *l = longest_idle(s);
    if (!l) return false;
    __atomic_add_fetch(&s->evictions, 1, __ATOMIC_RELAXED);
    __atomic_add_fetch(&l->evictions, 1, __ATOMIC_RELAXED);
    http_loop_wake(l);
    return true;
}

static bool is_full(const struct http_server *s) {
    int64_t open = __atomic_load_n(&s->open_connections, __ATOMIC_RELAXED);
    return open - __atomic_load_n(&s->evictions, __ATOMIC_RELAXED) >= s->connection_cap;
}

static void close_at_once(struct http_server *s, int fd) {
    close(fd);
    __atomic_add_fetch(&s->turned_away, 1, __ATOMIC_RELAXED);
}

// One that finds no room is told so by a loop, which can wait until the peer has read it; a crowd of those is not told.
static void hand_over(struct http_server *s, int fd, const struct sockaddr_storage *address, bool has_room) {
    int64_t most = s->connection_cap + s->connection_cap / REFUSED_PART + 1;
    if (!has_room && __atomic_load_n(&s->open_connections, __ATOMIC_RELAXED) >= most) {
        close_at_once(s, fd);
        return;
    }
    __atomic_add_fetch(&s->accepted, 1, __ATOMIC_RELAXED);
    __atomic_add_fetch(&s->open_connections, 1, __ATOMIC_RELAXED);
    struct http_loop *l = least_loaded(s);
    __atomic_add_fetch(&l->connections, 1, __ATOMIC_RELAXED);
    struct http_arrival *arrival = NEW(struct http_arrival);
    arrival->fd = fd;
    arrival->is_refused = !has_room;
    listening_peer(address, arrival->peer);
    mailbox_push(&l->arrivals, &arrival->mail);
}

static void on_readable(uv_poll_t *poll, int status, int events);

static void on_resume(uv_timer_t *timer) {
    struct http_server *s = timer->data;
    if (s->fd >= 0) uv_poll_start(&s->poll, UV_READABLE, on_readable);
}

static void rest(struct http_server *s, uint64_t ms) {
    uv_poll_stop(&s->poll);
    uv_timer_start(&s->resume, on_resume, ms, 0);
}

// Out of descriptors or memory. The spare descriptor lets one peer in and out again, so that the queue does not spin;
// then an idle connection is asked to make room, and accepting rests for a moment.
static void on_failed_accept(struct http_server *s, int code) {
    LOG(s->options.log, LOG_ERROR, "accept_failed", LOG_Z("reason", strerror(code)));
    if ((code == EMFILE || code == ENFILE) && s->spare_fd >= 0) {
        close(s->spare_fd);
        int fd = accept4(s->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) close_at_once(s, fd);
        s->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
        http_acceptor_evict(s, &s->loops[0]);
    }
    rest(s, RESUME_MS);
}

// Takes one connection from the queue; false when accepting is over for this turn.
static bool accept_one(struct http_server *s, bool has_room) {
    struct sockaddr_storage address = {0};
    socklen_t length = sizeof address;
    int fd = accept4(s->fd, (struct sockaddr *)&address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
        hand_over(s, fd, &address, has_room);
        return true;
    }
    bool is_short = errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS;
    if (is_short) on_failed_accept(s, errno);
    bool is_empty = errno == EAGAIN || errno == EWOULDBLOCK;
    return !is_short && !is_empty; // else that peer was gone before it was greeted
}

// At the cap, one connection a turn: it waits until the evictions on their way are done, and a moment longer when nobody
// seems to idle, because those accepted a moment ago have not been opened yet.
static void accept_when_full(struct http_server *s) {
    if (__atomic_load_n(&s->evictions, __ATOMIC_RELAXED) >= EVICTIONS_MAX) {
        rest(s, EVICTION_MS);
        return;
    }
    bool has_room = http_acceptor_evict(s, &s->loops[0]);
    bool is_patient = !has_room && !s->has_waited;
    s->has_waited = !has_room;
    if (is_patient) rest(s, EVICTION_MS);
    else accept_one(s, has_room);
}

static void on_readable(uv_poll_t *poll, int status, int events) {
    struct http_server *s = poll->data;
    (void)status;
    (void)events;
    if (is_full(s)) {
        accept_when_full(s);
        return;
    }
    s->has_waited = false;
    for (int i = 0; i < ACCEPTS && !is_full(s) && accept_one(s, true); i++) {
    }
}

void http_acceptor_open(struct http_server *s) {
    uv_loop_t *uv = &s->loops[0].uv;
    CHECK(uv_poll_init(uv, &s->poll, s->fd) == 0);
    uv_timer_init(uv, &s->resume);
    s->poll.data = s->resume.data = s;
    uv_poll_start(&s->poll, UV_READABLE, on_readable);
}

void http_acceptor_stop(struct http_server *s) {
    if (s->fd < 0) return;
    uv_poll_stop(&s->poll);
    uv_timer_stop(&s->resume);
    close(s->fd);
    s->fd = -1;
}

void http_acceptor_close(struct http_server *s) {
    http_acceptor_stop(s);
    uv_close((uv_handle_t *)&s->poll, NULL);
    uv_close((uv_handle_t *)&s->resume, NULL);
}
