#include "control.h"
#include "base/mem.h"
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define REQUEST_MAX (64 << 20) // a whole configuration
#define CLIENTS_MAX 16

struct control {
    int fd;
    pthread_mutex_t mutex; // guards these
    pthread_cond_t left;
    int clients[CLIENTS_MAX]; // who is being served, or -1
    size_t count;
    bool is_stopping;
    char path[108];
    struct ports *ports;
    log_t *log;
    pthread_t thread;
};

static err address(const char *dir, struct sockaddr_un *out, struct why *why) {
    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    int n = snprintf(out->sun_path, sizeof out->sun_path, "%s/control.sock", dir);
    if (n < 0 || (size_t)n >= sizeof out->sun_path)
        return why_set(why, ERR_LIMIT, "data: the path %s is too long for a socket in it (at most 94 bytes)", dir);
    return ERR_OK;
}

// Reads up to and without the newline, or to the end.
static bool read_line(int fd, buf *line) {
    while (line->len < REQUEST_MAX) {
        ssize_t n = read(fd, buf_reserve(line, 4096), 4096);
        if (n <= 0) return line->len > 0;
        line->len += (size_t)n;
        if (line->ptr[line->len - 1] == '\n') {
            line->len--;
            return true;
        }
    }
    return false;
}

static void write_all(int fd, str s) {
    while (s.len) {
        ssize_t n = send(fd, s.ptr, s.len, MSG_NOSIGNAL);
        if (n <= 0) return;
        s = str_from(s, (size_t)n);
    }
}

static void serve_one(control *c, int fd) {
    struct timeval limit = {.tv_sec = 5};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    buf line = {0}, out = {0}, answer = {0};
    struct why why = {""};
    if (read_line(fd, &line)) {
        str rest = buf_view(&line), name = {NULL, 0};
        str_split(&rest, ' ', &name);
        err e = ports_call(c->ports, name, rest, &out, &why);
        if (e == ERR_OK) {
            buf_lit(&answer, "ok ");
            buf_str(&answer, buf_view(&out));
        } else {
            buf_printf(&answer, "%s %s", err_name(e), why.text);
        }
        buf_char(&answer, '\n');
        write_all(fd, buf_view(&answer));
    }
    buf_free(&line);
    buf_free(&out);
    buf_free(&answer);
}

struct client {
    control *control;
    int fd;
    size_t place;
};

// Notes who is being served, so that a stop need not wait for one who says nothing. Waits for a place.
static size_t take_place(control *c, int fd) {
    size_t place = 0;
    pthread_mutex_lock(&c->mutex);
    while (c->count == CLIENTS_MAX) pthread_cond_wait(&c->left, &c->mutex);
    while (c->clients[place] >= 0) place++;
    c->clients[place] = fd;
    c->count++;
    if (c->is_stopping) shutdown(fd, SHUT_RD);
    pthread_mutex_unlock(&c->mutex);
    return place;
}

// One may wait for something to happen; the others are served meanwhile.
static void *client_thread(void *arg) {
    struct client *own = arg;
    control *c = own->control;
    serve_one(c, own->fd);
    pthread_mutex_lock(&c->mutex);
    c->clients[own->place] = -1;
    c->count--;
    close(own->fd);
    pthread_cond_broadcast(&c->left);
    pthread_mutex_unlock(&c->mutex);
    mem_free(own);
    return NULL;
}

static void serve(control *c, int fd) {
    pthread_t thread;
    struct client *own = NEW(struct client);
    *own = (struct client){.control = c, .fd = fd, .place = take_place(c, fd)};
    if (pthread_create(&thread, NULL, client_thread, own) == 0) pthread_detach(thread);
    else client_thread(own);
}

static void *control_thread(void *arg) {
    control *c = arg;
    for (;;) {
        int fd = accept4(c->fd, NULL, NULL, SOCK_CLOEXEC);
        if (fd >= 0) serve(c, fd);
        else if (errno != EINTR && errno != ECONNABORTED) return NULL; // shut down by control_close
    }
}

err control_open(const char *dir, struct ports *ports, log_t *log, control **out, struct why *why) {
    struct sockaddr_un at;
    err e = address(dir, &at, why);
    if (e != ERR_OK) return e;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    unlink(at.sun_path); // the data folder's lock is ours, so a socket there is a dead server's
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || chmod(at.sun_path, 0600) != 0 ||
        listen(fd, 16) != 0) {
        e = why_set(why, ERR_IO, "%s: %s", at.sun_path, strerror(errno));
        if (fd >= 0) close(fd);
        return e;
    }
    control *c = NEW(control);
    c->fd = fd;
    for (size_t i = 0; i < CLIENTS_MAX; i++) c->clients[i] = -1;
    pthread_mutex_init(&c->mutex, NULL);
    pthread_cond_init(&c->left, NULL);
    c->ports = ports;
    c->log = log;
    memcpy(c->path, at.sun_path, sizeof c->path);
    CHECK(pthread_create(&c->thread, NULL, control_thread, c) == 0);
    *out = c;
    return ERR_OK;
}

void control_close(control *c) {
    if (!c) return;
    pthread_mutex_lock(&c->mutex);
    c->is_stopping = true;
    for (size_t i = 0; i < CLIENTS_MAX; i++)
        if (c->clients[i] >= 0) shutdown(c->clients[i], SHUT_RD);
    pthread_mutex_unlock(&c->mutex);
    shutdown(c->fd, SHUT_RDWR);
    pthread_join(c->thread, NULL);
    pthread_mutex_lock(&c->mutex);
    while (c->count) pthread_cond_wait(&c->left, &c->mutex);
    pthread_mutex_unlock(&c->mutex);
    pthread_cond_destroy(&c->left);
    pthread_mutex_destroy(&c->mutex);
    close(c->fd);
    unlink(c->path);
    mem_free(c);
}

static err read_answer(int fd, buf *out, struct why *why) {
    buf line = {0};
    err e = ERR_CLOSED;
    if (read_line(fd, &line)) {
        str rest = buf_view(&line), word = {NULL, 0};
        str_split(&rest, ' ', &word);
        if (str_is(word, STR("ok"))) {
            buf_str(out, rest);
            e = ERR_OK;
        } else {
            e = why_set(why, err_of_name(word.ptr, word.len, ERR_INVALID), "%.*s", STR_FMT(rest));
        }
    }
    buf_free(&line);
    return e;
}

err control_ask(const char *dir, str name, str json, buf *out, struct why *why) {
    struct sockaddr_un at;
    err e = address(dir, &at, why);
    if (e != ERR_OK) return e;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return ERR_IO;
    if (connect(fd, (struct sockaddr *)&at, sizeof at) != 0) {
        close(fd);
        return ERR_CLOSED;
    }
    buf request = {0};
    buf_str(&request, name);
    buf_char(&request, ' ');
    buf_str(&request, json);
    buf_char(&request, '\n');
    write_all(fd, buf_view(&request));
    buf_free(&request);
    e = read_answer(fd, out, why);
    close(fd);
    return e;
}
