// Sockets that listen, of the HTTP server and the mail server: HOST:PORT bound, with the options that what is accepted takes over.
// Threads: any.
#pragma once
#include "base/err.h"
#include <sys/socket.h>

bool listening_is_address(const char *text); // HOST:PORT, an IPv6 address in brackets
// `name` is of the setting, for the sentence. ERR_INVALID: no address; ERR_IO: it cannot be listened on.
err listening_open(const char *text, const char *name, int *fd, int *port, struct why *why);
void listening_peer(const struct sockaddr_storage *address, char out[46]);
