// The control socket: other processes (`tocsin token create` …) ask the running server by it.
//
// A Unix socket DIR/control.sock (0600). One request a connection: the port's name, a space, JSON, a newline; the
// answer is `ok <JSON>` or `<ERROR NAME> <sentence>`. The server's side runs on threads of its own, one for
// each of up to 16 clients: one may wait until something happens.
#pragma once
#include "ports.h"

typedef struct control control;

err control_open(const char *dir, struct ports *ports, log_t *log, control **out, struct why *why); // starts the thread
void control_close(control *c);                                                                     // accepts NULL

// The other side. ERR_CLOSED when no server listens there.
err control_ask(const char *dir, str name, str json, buf *out, struct why *why);
