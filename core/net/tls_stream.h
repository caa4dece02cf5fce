// TLS over bytes that somebody else moves: OpenSSL between two buffers. For net/mail_session and net/http_connection;
// and the authorities that net/http_client trusts.
//
// Purpose: what comes from the socket is fed, what is to be sent there is taken, and plain bytes are read and written
// in between; no I/O here. Who connects: the peer's certificate must lead to a trusted authority and name the host. Who
// listens: TLS 1.2 and later, ALPN http/1.1, sessions resumed by tickets, no renegotiation.
// Ownership: a client's context outlives its streams; a server's is shared, and each stream holds it.
// Threads: a stream is one thread's; a server's context may be held, released and accepted with on any.
// Errors: ERR_INVALID with a sentence when the peer is not to be trusted or does not speak TLS, or that names the file.
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

// What a listener shows: the file with its certificate, the authorities' between after it, and the file with the key.
err tls_context_serve(const char *certificate_file, const char *key_file, tls_context **out, struct why *why);
int64_t tls_context_ends_at(const tls_context *c); // the certificate, µs UTC
tls_context *tls_context_hold(tls_context *c);     // of a server
tls_stream *tls_stream_accept(tls_context *c);     // of a server; the first bytes come from the peer

tls_stream *tls_stream_new(tls_context *c, const char *host); // a name or an address
void tls_stream_free(tls_stream *t);                          // accepts NULL
void tls_stream_feed(tls_stream *t, str encrypted);
void tls_stream_take(tls_stream *t, buf *encrypted); // adds what is to be sent
bool tls_stream_is_plain_http(const tls_stream *t);  // the handshake failed because the peer speaks HTTP without TLS
void tls_stream_say_bye(tls_stream *t);              // nothing more is written
err tls_stream_shake(tls_stream *t, bool *is_done, struct why *why);
err tls_stream_read(tls_stream *t, buf *plain, bool *is_ended, struct why *why);
err tls_stream_write(tls_stream *t, str plain, struct why *why); // after the handshake
