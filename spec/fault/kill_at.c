// Preloaded into a server: it dies of SIGKILL at a named point. $KILL_AT is "point:n", the nth time that it comes there:
//   before_commit, after_commit   of a transaction: after it nobody has been answered yet, and nothing has left
//   before_sync, after_sync       of a file: the bytes are written, and then they are on the disk
//   before_send                   a request for somebody outside is ready, its row says nothing of it
//   before_record                 its answer has come, and is not written down
#include <curl/curl.h>
#include <dlfcn.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void come_to(const char *point) {
    static int count;
    const char *where = getenv("KILL_AT");
    size_t len = strlen(point);
    if (!where || strncmp(where, point, len) != 0 || where[len] != ':') return;
    if (__atomic_add_fetch(&count, 1, __ATOMIC_RELAXED) == atoi(where + len + 1)) kill(getpid(), SIGKILL);
}

int sqlite3_step(sqlite3_stmt *st) {
    int (*real)(sqlite3_stmt *);
    *(void **)&real = dlsym(RTLD_NEXT, "sqlite3_step");
    const char *sql = sqlite3_sql(st);
    bool is_commit = sql && strncmp(sql, "COMMIT", 6) == 0;
    if (is_commit) come_to("before_commit");
    int rc = real(st);
    if (is_commit) come_to("after_commit");
    return rc;
}

static int sync_file(int fd, const char *name) {
    int (*real)(int);
    *(void **)&real = dlsym(RTLD_NEXT, name);
    come_to("before_sync");
    int rc = real(fd);
    come_to("after_sync");
    return rc;
}

int fdatasync(int fd) { return sync_file(fd, "fdatasync"); }
int fsync(int fd) { return sync_file(fd, "fsync"); }

CURLMcode curl_multi_add_handle(CURLM *multi, CURL *easy) {
    CURLMcode (*real)(CURLM *, CURL *);
    *(void **)&real = dlsym(RTLD_NEXT, "curl_multi_add_handle");
    come_to("before_send");
    return real(multi, easy);
}

CURLMsg *curl_multi_info_read(CURLM *multi, int *left) {
    CURLMsg *(*real)(CURLM *, int *);
    *(void **)&real = dlsym(RTLD_NEXT, "curl_multi_info_read");
    CURLMsg *m = real(multi, left);
    if (m && m->msg == CURLMSG_DONE) come_to("before_record");
    return m;
}
