#include "net/tls_stream.h"
#include "base/mem.h"
#include "net/address_guard.h"
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

struct tls_context {
    SSL_CTX *ctx;
};

struct tls_stream {
    SSL *ssl;
    BIO *in, *out; // owned by `ssl`
};

static const char *reason(void) {
    const char *text = ERR_reason_error_string(ERR_peek_last_error());
    return text ? text : "unknown reason";
}

tls_context *tls_context_new(const char *ca_file, struct why *why) {
    ERR_clear_error();
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    CHECK(ctx);
    SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    bool is_loaded =
        *ca_file ? SSL_CTX_load_verify_file(ctx, ca_file) == 1 : SSL_CTX_set_default_verify_paths(ctx) == 1;
    if (!is_loaded) {
        why_set(why, ERR_INVALID, "The file of trusted authorities %s cannot be read: %s.", ca_file, reason());
        SSL_CTX_free(ctx);
        return NULL;
    }
    tls_context *c = NEW(tls_context);
    c->ctx = ctx;
    return c;
}

void tls_context_lend(const tls_context *c, void *ssl_ctx) {
    SSL_CTX_set1_cert_store(ssl_ctx, SSL_CTX_get_cert_store(c->ctx));
}

void tls_context_free(tls_context *c) {
    if (!c) return;
    SSL_CTX_free(c->ctx);
    mem_free(c);
}

tls_stream *tls_stream_new(tls_context *c, const char *host) {
    struct address literal;
    tls_stream *t = NEW(tls_stream);
    t->ssl = SSL_new(c->ctx);
    t->in = BIO_new(BIO_s_mem());
    t->out = BIO_new(BIO_s_mem());
    CHECK(t->ssl && t->in && t->out);
    SSL_set_bio(t->ssl, t->in, t->out);
    SSL_set_connect_state(t->ssl);
    if (address_parse(str_of(host), &literal)) CHECK(X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(t->ssl), host));
    else CHECK(SSL_set1_host(t->ssl, host) && SSL_set_tlsext_host_name(t->ssl, host));
    return t;
}

void tls_stream_free(tls_stream *t) {
    if (!t) return;
    SSL_free(t->ssl);
    mem_free(t);
}

void tls_stream_feed(tls_stream *t, str encrypted) {
    CHECK(BIO_write(t->in, encrypted.ptr, (int)encrypted.len) == (int)encrypted.len);
}

void tls_stream_take(tls_stream *t, buf *encrypted) {
    for (int n; (n = BIO_read(t->out, buf_reserve(encrypted, 4096), 4096)) > 0;) encrypted->len += (size_t)n;
}

// A code of OpenSSL's that is no success: ERR_OK when it only waits for bytes.
static err judge(tls_stream *t, int code, bool *is_ended, struct why *why) {
    int what = SSL_get_error(t->ssl, code);
    long verified = SSL_get_verify_result(t->ssl);
    if (what == SSL_ERROR_WANT_READ || what == SSL_ERROR_WANT_WRITE) return ERR_OK;
    if (what == SSL_ERROR_ZERO_RETURN && is_ended) {
        *is_ended = true;
        return ERR_OK;
    }
    return why_set(why, ERR_INVALID, "%s", verified != X509_V_OK ? X509_verify_cert_error_string(verified) : reason());
}

err tls_stream_shake(tls_stream *t, bool *is_done, struct why *why) {
    ERR_clear_error();
    int code = SSL_do_handshake(t->ssl);
    *is_done = code == 1;
    return code == 1 ? ERR_OK : judge(t, code, NULL, why);
}

err tls_stream_read(tls_stream *t, buf *plain, bool *is_ended, struct why *why) {
    ERR_clear_error();
    for (;;) {
        int n = SSL_read(t->ssl, buf_reserve(plain, 4096), 4096);
        if (n <= 0) return judge(t, n, is_ended, why);
        plain->len += (size_t)n;
    }
}

err tls_stream_write(tls_stream *t, str plain, struct why *why) {
    ERR_clear_error();
    int n = SSL_write(t->ssl, plain.ptr, (int)plain.len); // the buffer takes all of it
    return n == (int)plain.len ? ERR_OK : judge(t, n, NULL, why);
}
