// The listening socket: bound by the controlling thread, accepted from on loop 0, each connection handed to a loop.
//
// Private to net/. Threads: http_acceptor_listen on the controlling thread, the others on loop 0.
#pragma once
#include "net/http_loop.h"

err http_acceptor_listen(struct http_server *s, struct why *why);
void http_acceptor_open(struct http_server *s);  // starts to accept
void http_acceptor_stop(struct http_server *s);  // closes the socket; idempotent
void http_acceptor_close(struct http_server *s); // ends its handles as well
// Asks the loop whose connection has idled longest to close it; false when none idles. Any loop's thread (`self`).
bool http_acceptor_evict(struct http_server *s, struct http_loop *self);
