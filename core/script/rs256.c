#include "script/rs256.h"
#include "base/err.h"
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

enum { BITS_MIN = 2048, BITS_MAX = 8192, EXPONENT_MAX = 8, CERTIFICATE_MAX = 65536 };

static EVP_PKEY *key_of(const BIGNUM *n, const BIGNUM *e) {
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    CHECK(ctx && builder);
    CHECK(OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n));
    CHECK(OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e));
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
    CHECK(params && EVP_PKEY_fromdata_init(ctx) == 1);
    if (EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1) key = NULL;
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(builder);
    EVP_PKEY_CTX_free(ctx);
    return key;
}

static bool is_signed(EVP_PKEY *key, const EVP_MD *md, str data, str signature) {
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    CHECK(ctx);
    bool is = EVP_DigestVerifyInit(ctx, NULL, md, NULL, key) == 1 &&
              EVP_DigestVerify(ctx, (const unsigned char *)signature.ptr, signature.len,
                               (const unsigned char *)data.ptr, data.len) == 1;
    EVP_MD_CTX_free(ctx);
    return is;
}

bool rs256_verify(str modulus, str exponent, str data, str signature) {
    if (modulus.len > BITS_MAX / 8 + 1 || exponent.len > EXPONENT_MAX || !exponent.len) return false;
    BIGNUM *n = BN_bin2bn((const unsigned char *)modulus.ptr, (int)modulus.len, NULL);
    BIGNUM *e = BN_bin2bn((const unsigned char *)exponent.ptr, (int)exponent.len, NULL);
    CHECK(n && e);
    int bits = BN_num_bits(n);
    bool is_key = bits >= BITS_MIN && bits <= BITS_MAX && BN_is_odd(n) && BN_is_odd(e) && !BN_is_one(e);
    EVP_PKEY *key = is_key ? key_of(n, e) : NULL;
    bool is = key && is_signed(key, EVP_sha256(), data, signature);
    EVP_PKEY_free(key);
    BN_free(n);
    BN_free(e);
    return is;
}

static X509 *read_certificate(str pem) {
    if (!pem.len || pem.len > CERTIFICATE_MAX) return NULL;
    BIO *bio = BIO_new_mem_buf(pem.ptr, (int)pem.len);
    CHECK(bio);
    X509 *found = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    BIO_free(bio);
    return found;
}

static bool is_valid_at(const X509 *certificate, int64_t now_s) {
    time_t now = (time_t)now_s;
    return X509_cmp_time(X509_get0_notBefore(certificate), &now) < 0 &&
           X509_cmp_time(X509_get0_notAfter(certificate), &now) > 0;
}

bool certificate_verify(str pem, int bits, int64_t now_s, str data, str signature) {
    X509 *certificate = read_certificate(pem);
    EVP_PKEY *key = certificate ? X509_get0_pubkey(certificate) : NULL;
    bool is_key =
        key && EVP_PKEY_is_a(key, "RSA") && EVP_PKEY_get_bits(key) >= BITS_MIN && EVP_PKEY_get_bits(key) <= BITS_MAX;
    bool is = is_key && is_valid_at(certificate, now_s) &&
              is_signed(key, bits == 1 ? EVP_sha1() : EVP_sha256(), data, signature);
    X509_free(certificate);
    return is;
}
