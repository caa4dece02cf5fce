// TLS over bytes that somebody else moves: OpenSSL between two buffers. For net/mail_session;
// and the authorities that net/http_client trusts.
//
// Purpose: what comes from the socket is fed, what is to be sent there is taken, and plain bytes are read and written
// in between; no I/O here. The peer's certificate must lead to a trusted authority and name the host.
// Ownership: a context outlives its streams. Threads: the loop's.
// Errors: ERR_INVALID with a sentence when the peer is not to be trusted or does not speak TLS.
#pragma once
#include "base/buf.h"
#include "base/err.h"

typedef struct tls_context tls_context;
typedef struct tls_stream tls_stream;

tls_context *tls_context_new(const char *ca_file, struct why *why); // "" trusts the system's authorities; NULL on error
// Makes an SSL_CTX of somebody else's trust the same authorities. They are read once, not for each connection: a bundle
// takes 80 ms.
void tls_context_lend(const tls_context *c, void *ssl_ctx);
void tls_context_free(tls_context *c); // accepts NULL

tls_stream *tls_stream_new(tls_context *c, const char *host); // a name or an address
void tls_stream_free(tls_stream *t);                          // accepts NULL
void tls_stream_feed(tls_stream *t, str encrypted);
void tls_stream_take(tls_stream *t, buf *encrypted); // adds what is to be sent
err tls_stream_shake(tls_stream *t, bool *is_done, struct why *why);
err tls_stream_read(tls_stream *t, buf *plain, bool *is_ended, struct why *why);
err tls_stream_write(tls_stream *t, str plain, struct why *why); // after the handshake
