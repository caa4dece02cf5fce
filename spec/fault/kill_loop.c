// Posts alerts at full speed while the server is killed with SIGKILL at random moments and started again; then looks
// into the database: every alert that was answered 2xx is there exactly once, and the groups are consistent.
//
//   kill_loop BINARY DATA TOKEN CYCLES SEED [extra serve flags…]
//
// Prints one line of JSON with what it found; exits 1 when anything answered is missing or anything is inconsistent.
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CLIENTS  8
#define GROUPS   200
#define CAPACITY (64LL << 20) // alerts that one run may send

static struct {
    const char *binary, *data, *token;
    char **flags;
    int flag_count;
    atomic_int port; // 0: no server
    atomic_bool is_over;
    atomic_llong next_seq, acked, refused;
    unsigned char *is_acked; // by seq
} test;

static int64_t now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static uint64_t next_random(uint64_t *state) { // xorshift
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static _Noreturn void die(const char *what) {
    fprintf(stderr, "kill_loop: %s: %s\n", what, strerror(errno));
    exit(2);
}

static int open_client(int port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at) == 0) return fd;
    if (fd >= 0) close(fd);
    return -1;
}

// Sends one alert and waits for its answer: the status, or 0 when the connection died.
static int post(int fd, long long seq) {
    char body[256], request[1024], answer[2048];
    int n = snprintf(body, sizeof body, "{\"alert_uid\":\"g%lld\",\"title\":\"t\",\"state\":\"%s\",\"seq\":%lld}",
                     seq % GROUPS, seq % 7 == 0 ? "ok" : "alerting", seq);
    n = snprintf(
        request, sizeof request,
        "POST /integrations/v1/formatted_webhook/%.200s/ HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n"
        "Content-Length: %d\r\n\r\n%s",
        test.token, n, body);
    if (send(fd, request, (size_t)n, MSG_NOSIGNAL) != n) return 0;
    size_t have = 0;
    for (;;) {
        ssize_t got = recv(fd, answer + have, sizeof answer - 1 - have, 0);
        if (got <= 0) return 0;
        have += (size_t)got;
        answer[have] = 0;
        char *end = strstr(answer, "\r\n\r\n"), *length = strcasestr(answer, "content-length:");
        if (end && length && have >= (size_t)(end + 4 - answer) + strtoul(length + 15, NULL, 10)) break;
    }
    return atoi(answer + 9);
}

static void talk(int fd, int port) {
    while (test.port == port && !test.is_over) {
        long long seq = test.next_seq++;
        if (seq >= CAPACITY) die("too many alerts for the table");
        int status = post(fd, seq);
        if (status == 0) return;
        if (status >= 200 && status < 300) {
            test.is_acked[seq] = 1;
            test.acked++;
        } else {
            test.refused++;
        }
    }
}

static void *client(void *arg) {
    (void)arg;
    while (!test.is_over) {
        int port = test.port, fd = port ? open_client(port) : -1;
        if (fd >= 0) {
            talk(fd, port);
            close(fd);
        } else {
            usleep(500);
        }
    }
    return NULL;
}

static _Noreturn void become_server(int out) {
    char *args[32] = {(char *)(uintptr_t)test.binary,
                      "serve",
                      "--data",
                      (char *)(uintptr_t)test.data,
                      "--listen",
                      "127.0.0.1:0",
                      "--log-level",
                      "error"};
    dup2(out, 1);
    for (int i = 0; i < test.flag_count && i < 20; i++) args[8 + i] = test.flags[i];
    execv(test.binary, args);
    _exit(127);
}

static pid_t start_server(int *port) {
    int out[2];
    if (pipe(out) != 0) die("pipe");
    pid_t pid = fork();
    if (pid < 0) die("fork");
    if (pid == 0) become_server(out[1]);
    close(out[1]);
    FILE *lines = fdopen(out[0], "r");
    if (!lines || fscanf(lines, "listening on http://127.0.0.1:%d", port) != 1) {
        fprintf(stderr, "kill_loop: the server did not start\n");
        exit(1);
    }
    fclose(lines);
    return pid;
}

// One number that a query answers.
static long long count(sqlite3 *db, const char *sql) {
    sqlite3_stmt *st;
    if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK || sqlite3_step(st) != SQLITE_ROW) {
        fprintf(stderr, "kill_loop: %s: %s\n", sql, sqlite3_errmsg(db));
        exit(2);
    }
    long long n = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return n;
}

static bool is_whole(sqlite3 *db) {
    sqlite3_stmt *st;
    bool is_ok = sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &st, NULL) == SQLITE_OK &&
                 sqlite3_step(st) == SQLITE_ROW && strcmp((const char *)sqlite3_column_text(st, 0), "ok") == 0;
    sqlite3_finalize(st);
    return is_ok;
}

// Every stored alert's number, counted.
static long long read_alerts(sqlite3 *db, unsigned char *seen, long long *twice) {
    sqlite3_stmt *st;
    long long rows = 0;
    if (sqlite3_prepare_v2(db, "SELECT json_extract(CAST(payload AS TEXT), '$.seq') FROM alert", -1, &st, NULL) !=
        SQLITE_OK)
        die("prepare");
    for (; sqlite3_step(st) == SQLITE_ROW; rows++)
        if (seen[sqlite3_column_int64(st, 0)]++) ++*twice;
    sqlite3_finalize(st);
    return rows;
}

static int verify(int cycles) {
    char path[4096];
    snprintf(path, sizeof path, "%s/tocsin.db", test.data);
    sqlite3 *db;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK) die("open");
    unsigned char *seen = calloc(1, (size_t)CAPACITY);
    if (!seen) die("memory");
    long long lost = 0, twice = 0, rows = read_alerts(db, seen, &twice);
    for (long long seq = 0; seq < CAPACITY; seq++) lost += test.is_acked[seq] && !seen[seq];
    // A group's count is the length of its chain, no alert is outside a chain, one open group stands for a grouping id.
    long long wrong_counts =
        count(db, "WITH RECURSIVE chain(g, id, n) AS (SELECT id, last_alert_id, 1 FROM alert_group UNION ALL SELECT g, "
                  "previous_id, "
                  "n + 1 FROM chain JOIN alert ON alert.id = chain.id WHERE previous_id IS NOT NULL) SELECT COUNT(*) "
                  "FROM (SELECT g, "
                  "MAX(n) AS n FROM chain GROUP BY g) JOIN alert_group ON alert_group.id = g WHERE n <> alerts_count");
    long long outside = count(db, "SELECT (SELECT COUNT(*) FROM alert) - (SELECT SUM(alerts_count) FROM alert_group)");
    long long doubled =
        count(db, "SELECT COUNT(*) FROM (SELECT 1 FROM alert_group WHERE is_open = 1 GROUP BY integration_id, "
                  "grouping_hash HAVING COUNT(*) > 1)");
    bool whole = is_whole(db);
    sqlite3_close(db);
    free(seen);
    printf("{\"cycles\":%d,\"answered\":%lld,\"refused\":%lld,\"stored\":%lld,\"lost\":%lld,\"twice\":%lld,"
           "\"wrong_counts\":%lld,\"outside\":%lld,\"doubled_groups\":%lld,\"integrity\":\"%s\"}\n",
           cycles, (long long)test.acked, (long long)test.refused, rows, lost, twice, wrong_counts, outside, doubled,
           whole ? "ok" : "broken");
    return lost || twice || wrong_counts || outside || doubled || !whole || test.acked == 0;
}

static void run_cycle(uint64_t *random) {
    int port;
    pid_t pid = start_server(&port);
    long long before = test.acked;
    test.port = port;
    int64_t until = now_us() + 5000000;
    while (test.acked == before && now_us() < until) usleep(200); // at least one answer a life
    usleep((useconds_t)(next_random(random) % 30000));
    kill(pid, SIGKILL);
    test.port = 0;
    waitpid(pid, NULL, 0);
}

int main(int argc, char **argv) {
    if (argc < 6) {
        fprintf(stderr, "kill_loop BINARY DATA TOKEN CYCLES SEED [flags…]\n");
        return 2;
    }
    test.binary = argv[1];
    test.data = argv[2];
    test.token = argv[3];
    int cycles = atoi(argv[4]);
    uint64_t random = strtoull(argv[5], NULL, 10) * 2654435761u + 1;
    test.flags = argv + 6;
    test.flag_count = argc - 6;
    test.is_acked = calloc(1, (size_t)CAPACITY);
    if (!test.is_acked) die("memory");
    pthread_t threads[CLIENTS];
    for (int i = 0; i < CLIENTS; i++) pthread_create(&threads[i], NULL, client, NULL);
    for (int cycle = 0; cycle < cycles; cycle++) run_cycle(&random);
    test.is_over = true;
    for (int i = 0; i < CLIENTS; i++) pthread_join(threads[i], NULL);
    return verify(cycles);
}
