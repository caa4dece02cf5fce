// An answer that goes on: the server's side of http_streaming, on a slot.
//
// Private to net/. A stream is its connection's last answer: what was asked behind it is dropped, what the peer sends
// meanwhile is thrown away, and the connection ends with it. Threads: the loop's thread.
#pragma once
#include "net/http_slot.h"

extern const struct http_streaming http_stream_of_slot;

void http_stream_keep_alive(struct http_slot *s); // after a silence
// The holder is told, once, that nobody listens any more; it ends the stream there or later.
void http_stream_gone(struct http_slot *s);
