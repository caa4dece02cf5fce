#include "net/tls_stream.h"
#include "base/mem.h"
#include "net/address_guard.h"
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define RECORD_MAX 16384

struct tls_context {
    SSL_CTX *ctx;
    int refs; // atomically
    int64_t ends_at;
};

struct tls_stream {
    SSL *ssl;
    BIO *in, *out;    // owned by `ssl`
    tls_context *own; // of a server, held
    bool is_plain_http;
};

static const char *reason(void) {
    const char *text = ERR_reason_error_string(ERR_peek_last_error());
    return text ? text : "unknown reason";
}

static tls_context *context_of(SSL_CTX *ctx) {
    tls_context *c = NEW(tls_context);
    c->ctx = ctx;
    c->refs = 1;
    return c;
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
    return context_of(ctx);
}

// A key that asks for a passphrase would stop the start at a question that nobody sees.
static int no_passphrase(char *text, int size, int is_writing, void *ctx) {
    (void)text;
    (void)size;
    (void)is_writing;
    *(bool *)ctx = true;
    return 0;
}

static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_length, const unsigned char *in,
                           unsigned length, void *ctx) {
    static const unsigned char ours[] = "\x08http/1.1";
    unsigned char *chosen;
    (void)ssl;
    (void)ctx;
    if (SSL_select_next_proto(&chosen, out_length, ours, sizeof ours - 1, in, length) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

static SSL_CTX *serving_context(void) {
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    CHECK(ctx);
    SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                 SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS); // an idle connection holds none
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(ctx, 1);
    SSL_CTX_set_alpn_select_cb(ctx, choose_protocol, NULL);
    return ctx;
}

static int64_t end_of(SSL_CTX *ctx) {
    struct tm end;
    X509 *x = SSL_CTX_get0_certificate(ctx);
    return x && ASN1_TIME_to_tm(X509_get0_notAfter(x), &end) == 1 ? (int64_t)timegm(&end) * 1000000 : 0;
}

static err read_key(const char *file, EVP_PKEY **out, struct why *why) {
    bool has_passphrase = false;
    FILE *from = fopen(file, "re");
    if (!from) return why_set(why, ERR_INVALID, "tls_key: %s cannot be read: %s", file, strerror(errno));
    *out = PEM_read_PrivateKey(from, NULL, no_passphrase, &has_passphrase);
    fclose(from);
    if (*out) return ERR_OK;
    if (has_passphrase)
        return why_set(why, ERR_INVALID, "tls_key: %s is locked with a passphrase; write it without one", file);
    return why_set(why, ERR_INVALID, "tls_key: %s holds no private key in PEM", file);
}

static err load_pair(SSL_CTX *ctx, const char *certificate_file, const char *key_file, struct why *why) {
    EVP_PKEY *key = NULL;
    if (access(certificate_file, R_OK) != 0)
        return why_set(why, ERR_INVALID, "tls_certificate: %s cannot be read: %s", certificate_file, strerror(errno));
    if (SSL_CTX_use_certificate_chain_file(ctx, certificate_file) != 1)
        return why_set(why, ERR_INVALID, "tls_certificate: %s holds no certificate in PEM", certificate_file);
    err e = read_key(key_file, &key, why);
    if (e == ERR_OK && (SSL_CTX_use_PrivateKey(ctx, key) != 1 || SSL_CTX_check_private_key(ctx) != 1))
        e = why_set(why, ERR_INVALID, "tls_key: %s does not belong to the certificate in %s", key_file,
                    certificate_file);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return e;
}

err tls_context_serve(const char *certificate_file, const char *key_file, tls_context **out, struct why *why) {
    SSL_CTX *ctx = serving_context();
    err e = load_pair(ctx, certificate_file, key_file, why);
    if (e != ERR_OK) {
        SSL_CTX_free(ctx);
        return e;
    }
    *out = context_of(ctx);
    (*out)->ends_at = end_of(ctx);
    return ERR_OK;
}

int64_t tls_context_ends_at(const tls_context *c) { return c->ends_at; }

tls_context *tls_context_hold(tls_context *c) {
    __atomic_add_fetch(&c->refs, 1, __ATOMIC_RELAXED);
    return c;
}

void tls_context_lend(const tls_context *c, void *ssl_ctx) {
    SSL_CTX_set1_cert_store(ssl_ctx, SSL_CTX_get_cert_store(c->ctx));
}

void tls_context_free(tls_context *c) {
    if (!c || __atomic_sub_fetch(&c->refs, 1, __ATOMIC_ACQ_REL) > 0) return;
    SSL_CTX_free(c->ctx);
    mem_free(c);
}

static tls_stream *stream_of(tls_context *c) {
    tls_stream *t = NEW(tls_stream);
    t->ssl = SSL_new(c->ctx);
    t->in = BIO_new(BIO_s_mem());
    t->out = BIO_new(BIO_s_mem());
    CHECK(t->ssl && t->in && t->out);
    SSL_set_bio(t->ssl, t->in, t->out);
    return t;
}

tls_stream *tls_stream_accept(tls_context *c) {
    tls_stream *t = stream_of(c);
    t->own = tls_context_hold(c);
    SSL_set_accept_state(t->ssl);
    return t;
}

tls_stream *tls_stream_new(tls_context *c, const char *host) {
    struct address literal;
    tls_stream *t = stream_of(c);
    SSL_set_connect_state(t->ssl);
    if (address_parse(str_of(host), &literal)) CHECK(X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(t->ssl), host));
    else CHECK(SSL_set1_host(t->ssl, host) && SSL_set_tlsext_host_name(t->ssl, host));
    return t;
}

void tls_stream_free(tls_stream *t) {
    if (!t) return;
    SSL_free(t->ssl);
    tls_context_free(t->own);
    mem_free(t);
}

void tls_stream_feed(tls_stream *t, str encrypted) {
    CHECK(BIO_write(t->in, encrypted.ptr, (int)encrypted.len) == (int)encrypted.len);
}

void tls_stream_take(tls_stream *t, buf *encrypted) {
    char *bytes;
    long n = BIO_get_mem_data(t->out, &bytes);
    if (n <= 0) return;
    buf_put(encrypted, bytes, (size_t)n);
    (void)BIO_reset(t->out);
}

bool tls_stream_is_plain_http(const tls_stream *t) { return t->is_plain_http; }

void tls_stream_say_bye(tls_stream *t) {
    ERR_clear_error();
    SSL_shutdown(t->ssl);
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
    int why_not = ERR_GET_REASON(ERR_peek_last_error());
    t->is_plain_http = code != 1 && (why_not == SSL_R_HTTP_REQUEST || why_not == SSL_R_HTTPS_PROXY_REQUEST);
    return code == 1 ? ERR_OK : judge(t, code, NULL, why);
}

err tls_stream_read(tls_stream *t, buf *plain, bool *is_ended, struct why *why) {
    ERR_clear_error();
    for (;;) {
        int n = SSL_read(t->ssl, buf_reserve(plain, RECORD_MAX), RECORD_MAX);
        if (n <= 0) return judge(t, n, is_ended, why);
        plain->len += (size_t)n;
    }
}

err tls_stream_write(tls_stream *t, str plain, struct why *why) {
    ERR_clear_error();
    int n = SSL_write(t->ssl, plain.ptr, (int)plain.len); // the buffer takes all of it
    return n == (int)plain.len ? ERR_OK : judge(t, n, NULL, why);
}
