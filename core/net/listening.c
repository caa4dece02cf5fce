#include "net/listening.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BACKLOG      1024
#define USER_TIMEOUT 20000

static bool split_listen(const char *text, char host[256], char port[8]) {
    const char *colon = strrchr(text, ':');
    if (!colon || strlen(colon + 1) == 0 || strlen(colon + 1) >= 8) return false;
    if (strspn(colon + 1, "0123456789") != strlen(colon + 1)) return false;
    size_t n = (size_t)(colon - text);
    if (n >= 2 && text[0] == '[' && text[n - 1] == ']') {
        text++;
        n -= 2;
    } else if (memchr(text, ':', n)) {
        return false; // an IPv6 address needs its brackets
    }
    if (n >= 256) return false;
    memcpy(host, text, n);
    host[n] = 0;
    strcpy(port, colon + 1);
    return strtol(port, NULL, 10) <= 65535;
}

bool listening_is_address(const char *text) {
    char host[256], port[8];
    return split_listen(text, host, port);
}

// Linux hands these on to every accepted socket, which saves the calls there.
static void set_options(int fd) {
    int on = 1, idle = 60, every = 10, times = 3;
    unsigned patience = USER_TIMEOUT;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &every, sizeof every);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &times, sizeof times);
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &patience, sizeof patience);
}

static int port_of(int fd) {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } address = {.v6 = {0}};
    socklen_t length = sizeof address;
    getsockname(fd, &address.any, &length);
    return ntohs(address.any.sa_family == AF_INET6 ? address.v6.sin6_port : address.v4.sin_port);
}

static err bind_to(const char *text, const char *name, const struct addrinfo *where, int *fd, struct why *why) {
    *fd = socket(where->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (*fd < 0) return why_set(why, ERR_IO, "%s %s: %s", name, text, strerror(errno));
    set_options(*fd);
    if (bind(*fd, where->ai_addr, where->ai_addrlen) == 0 && listen(*fd, BACKLOG) == 0) return ERR_OK;
    int code = errno;
    close(*fd);
    return why_set(why, ERR_IO, "%s %s: %s", name, text, strerror(code));
}

err listening_open(const char *text, const char *name, int *fd, int *port, struct why *why) {
    char host[256], service[8];
    int made = -1;
    if (!split_listen(text, host, service))
        return why_set(why, ERR_INVALID, "%s %s: write HOST:PORT, an IPv6 address in brackets", name, text);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV}, *found = NULL;
    int rc = getaddrinfo(host[0] ? host : NULL, service, &hints, &found);
    if (rc != 0) return why_set(why, ERR_INVALID, "%s %s: %s", name, text, gai_strerror(rc));
    err e = bind_to(text, name, found, &made, why);
    freeaddrinfo(found);
    if (e) return e;
    *fd = made;
    *port = port_of(made);
    return ERR_OK;
}

void listening_peer(const struct sockaddr_storage *address, char out[46]) {
    out[0] = 0;
    if (address->ss_family == AF_INET) {
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)address)->sin_addr, out, 46);
    } else if (address->ss_family == AF_INET6) {
        const struct in6_addr *six = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
        if (IN6_IS_ADDR_V4MAPPED(six)) inet_ntop(AF_INET, &six->s6_addr[12], out, 46);
        else inet_ntop(AF_INET6, six, out, 46);
    }
}
