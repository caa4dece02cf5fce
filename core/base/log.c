#include "base/log.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define RING      (256 * 1024)
#define VALUE_MAX 2048

struct log {
    int fd;
    enum log_level least;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    buf pending;      // lines waiting for the writer, at most RING bytes
    uint64_t dropped; // in all
    uint64_t dropped_told;
    bool is_stopping;
};

static void put_time(buf *line) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    struct tm utc;
    gmtime_r(&t.tv_sec, &utc);
    char text[40];
    size_t n = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    buf_put(line, text, n);
    buf_printf(line, ".%06ldZ", t.tv_nsec / 1000);
}

static void write_all(int fd, str s) {
    while (s.len) {
        ssize_t n = write(fd, s.ptr, s.len);
        if (n <= 0) return; // nobody reads: a log must not stop the process
        s = str_from(s, (size_t)n);
    }
}

static void *writer(void *arg) {
    log_t *l = arg;
    buf out = {0};
    pthread_mutex_lock(&l->mutex);
    while (!l->is_stopping || l->pending.len) {
        while (!l->pending.len && !l->is_stopping) pthread_cond_wait(&l->wake, &l->mutex);
        buf swap = out;
        out = l->pending;
        l->pending = swap;
        uint64_t dropped = l->dropped - l->dropped_told;
        l->dropped_told = l->dropped;
        pthread_mutex_unlock(&l->mutex);
        if (dropped)
            buf_printf(&out, "{\"level\":\"warn\",\"event\":\"log_lines_dropped\",\"count\":%llu}\n",
                       (unsigned long long)dropped);
        write_all(l->fd, buf_view(&out));
        buf_clear(&out);
        pthread_mutex_lock(&l->mutex);
    }
    pthread_mutex_unlock(&l->mutex);
    buf_free(&out);
    return NULL;
}

log_t *log_new(int fd, enum log_level least) {
    log_t *l = NEW(log_t);
    l->fd = fd;
    l->least = least;
    pthread_mutex_init(&l->mutex, NULL);
    pthread_cond_init(&l->wake, NULL);
    // The log starts before anything else; a SIGTERM that its thread took would end the process where it stands.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    CHECK(pthread_create(&l->thread, NULL, writer, l) == 0);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return l;
}

void log_free(log_t *l) {
    if (!l) return;
    pthread_mutex_lock(&l->mutex);
    l->is_stopping = true;
    pthread_cond_signal(&l->wake);
    pthread_mutex_unlock(&l->mutex);
    pthread_join(l->thread, NULL);
    pthread_mutex_destroy(&l->mutex);
    pthread_cond_destroy(&l->wake);
    buf_free(&l->pending);
    mem_free(l);
}

void log_write(log_t *l, enum log_level level, const char *event, const struct log_field *fields) {
    if (!l || level < l->least) return;
    static const char *const levels[] = {"debug", "info", "warn", "error"};
    buf line = {0};
    buf_lit(&line, "{\"time\":\"");
    put_time(&line);
    buf_printf(&line, "\",\"level\":\"%s\",\"event\":\"%s\"", levels[level], event);
    for (const struct log_field *f = fields; f && f->key; f++) {
        buf_printf(&line, ",\"%s\":", f->key);
        if (f->type == LOG_NUMBER) buf_int(&line, f->number);
        else buf_json(&line, (str){f->text.ptr, str_utf8_cut(f->text, VALUE_MAX)});
    }
    buf_lit(&line, "}\n");
    pthread_mutex_lock(&l->mutex);
    if (l->pending.len + line.len > RING) l->dropped++;
    else buf_str(&l->pending, buf_view(&line));
    pthread_cond_signal(&l->wake);
    pthread_mutex_unlock(&l->mutex);
    buf_free(&line);
}

uint64_t log_dropped(const log_t *l) { return l->dropped; }
