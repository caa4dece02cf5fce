#include "script/p256.h"
#include "base/err.h"
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <sodium.h>

#define HASH 32

// Bytes of a point of the number's; false when it is no private key: 0, or not below the curve's order.
static bool point_of(const BIGNUM *number, unsigned char public_key[P256_PUBLIC]) {
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    EC_POINT *point = group ? EC_POINT_new(group) : NULL;
    CHECK(point);
    bool is_key = !BN_is_zero(number) && BN_cmp(number, EC_GROUP_get0_order(group)) < 0;
    if (is_key) {
        CHECK(EC_POINT_mul(group, point, number, NULL, NULL, NULL) == 1);
        CHECK(EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, public_key, P256_PUBLIC, NULL) ==
              P256_PUBLIC);
    }
    EC_POINT_free(point);
    EC_GROUP_free(group);
    return is_key;
}

// OpenSSL's key of our bytes: NULL when the public ones are no point. `number` may be NULL.
static EVP_PKEY *key_of(const BIGNUM *number, const unsigned char *public_key) {
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    CHECK(ctx && builder);
    CHECK(OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0));
    CHECK(OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, public_key, P256_PUBLIC));
    if (number) CHECK(OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PRIV_KEY, number));
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
    CHECK(params && EVP_PKEY_fromdata_init(ctx) == 1);
    if (EVP_PKEY_fromdata(ctx, &key, number ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, params) != 1) key = NULL;
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(builder);
    EVP_PKEY_CTX_free(ctx);
    return key;
}

static EVP_PKEY *private_of(str private_key) {
    unsigned char public_key[P256_PUBLIC];
    if (private_key.len != P256_PRIVATE) return NULL;
    BIGNUM *number = BN_secure_new();
    CHECK(number && BN_bin2bn((const unsigned char *)private_key.ptr, P256_PRIVATE, number));
    BN_set_flags(number, BN_FLG_CONSTTIME);
    EVP_PKEY *key = point_of(number, public_key) ? key_of(number, public_key) : NULL;
    BN_clear_free(number);
    return key;
}

void p256_new(unsigned char private_key[P256_PRIVATE], unsigned char public_key[P256_PUBLIC]) {
    do {
        randombytes_buf(private_key, P256_PRIVATE);
    } while (
        !p256_public((str){(const char *)private_key, P256_PRIVATE}, public_key)); // once in 2^32 it is past the order
}

bool p256_public(str private_key, unsigned char public_key[P256_PUBLIC]) {
    if (private_key.len != P256_PRIVATE) return false;
    BIGNUM *number = BN_secure_new();
    CHECK(number && BN_bin2bn((const unsigned char *)private_key.ptr, P256_PRIVATE, number));
    BN_set_flags(number, BN_FLG_CONSTTIME);
    bool is_key = point_of(number, public_key);
    BN_clear_free(number);
    return is_key;
}

bool p256_agree(str private_key, str other_public, unsigned char secret[P256_SECRET]) {
    EVP_PKEY *own = private_of(private_key), *other = NULL;
    if (other_public.len == P256_PUBLIC) other = key_of(NULL, (const unsigned char *)other_public.ptr);
    EVP_PKEY_CTX *ctx = own && other ? EVP_PKEY_CTX_new(own, NULL) : NULL;
    size_t n = P256_SECRET;
    bool is_done = ctx && EVP_PKEY_derive_init(ctx) == 1 && EVP_PKEY_derive_set_peer(ctx, other) == 1 &&
                   EVP_PKEY_derive(ctx, secret, &n) == 1 && n == P256_SECRET;
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(own);
    EVP_PKEY_free(other);
    return is_done;
}

static void take_numbers(const unsigned char *der, size_t n, unsigned char out[P256_SIGNATURE]) {
    ECDSA_SIG *s = d2i_ECDSA_SIG(NULL, &der, (long)n);
    CHECK(s);
    CHECK(BN_bn2binpad(ECDSA_SIG_get0_r(s), out, P256_SIGNATURE / 2) == P256_SIGNATURE / 2);
    CHECK(BN_bn2binpad(ECDSA_SIG_get0_s(s), out + P256_SIGNATURE / 2, P256_SIGNATURE / 2) == P256_SIGNATURE / 2);
    ECDSA_SIG_free(s);
}

bool p256_sign(str private_key, str data, unsigned char signature[P256_SIGNATURE]) {
    unsigned char der[128];
    size_t n = sizeof der;
    EVP_PKEY *key = private_of(private_key);
    if (!key) return false;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    CHECK(ctx && EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) == 1);
    CHECK(EVP_DigestSign(ctx, der, &n, (const unsigned char *)data.ptr, data.len) == 1);
    take_numbers(der, n, signature);
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    return true;
}

// Two numbers one after the other as OpenSSL wants them: DER, made for who frees it.
static int der_of(str signature, unsigned char **der) {
    const unsigned char *bytes = (const unsigned char *)signature.ptr;
    ECDSA_SIG *s = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(bytes, P256_SIGNATURE / 2, NULL);
    BIGNUM *t = BN_bin2bn(bytes + P256_SIGNATURE / 2, P256_SIGNATURE / 2, NULL);
    CHECK(s && r && t && ECDSA_SIG_set0(s, r, t) == 1);
    int n = i2d_ECDSA_SIG(s, der);
    CHECK(n > 0);
    ECDSA_SIG_free(s);
    return n;
}

bool p256_verify(str public_key, str data, str signature) {
    if (public_key.len != P256_PUBLIC || signature.len != P256_SIGNATURE) return false;
    EVP_PKEY *key = key_of(NULL, (const unsigned char *)public_key.ptr);
    if (!key) return false;
    unsigned char *der = NULL;
    int n = der_of(signature, &der);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    CHECK(ctx);
    bool is = EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
              EVP_DigestVerify(ctx, der, (size_t)n, (const unsigned char *)data.ptr, data.len) == 1;
    EVP_MD_CTX_free(ctx);
    OPENSSL_free(der);
    EVP_PKEY_free(key);
    return is;
}

static void hmac(str key, const unsigned char *data, size_t n, unsigned char out[HASH]) {
    CHECK(HMAC(EVP_sha256(), key.len ? key.ptr : "", (int)key.len, data, n, out, NULL));
}

void hkdf_sha256(str salt, str secret, str info, unsigned char *out, size_t n) {
    unsigned char first[HASH], block[HASH], input[HASH + HKDF_MAX + 1];
    CHECK(n <= HKDF_MAX && info.len <= HKDF_MAX);
    hmac(salt, (const unsigned char *)secret.ptr, secret.len, first);
    size_t before = 0; // bytes of the last block in front of the info
    for (size_t done = 0, number = 1; done < n; number++) {
        size_t take = n - done < HASH ? n - done : HASH;
        memcpy(input, block, before);
        memcpy(input + before, info.ptr, info.len);
        input[before + info.len] = (unsigned char)number;
        hmac((str){(const char *)first, HASH}, input, before + info.len + 1, block);
        memcpy(out + done, block, take);
        done += take;
        before = HASH;
    }
    sodium_memzero(first, sizeof first);
    sodium_memzero(block, sizeof block);
}

void aes128gcm_seal(const unsigned char key[GCM_KEY], const unsigned char nonce[GCM_NONCE], str text,
                    unsigned char *out) {
    int n = 0, last = 0;
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    CHECK(ctx && EVP_EncryptInit_ex(ctx, EVP_aes_128_gcm(), NULL, key, nonce) == 1);
    CHECK(EVP_EncryptUpdate(ctx, out, &n, (const unsigned char *)text.ptr, (int)text.len) == 1);
    CHECK(EVP_EncryptFinal_ex(ctx, out + n, &last) == 1 && (size_t)(n + last) == text.len);
    CHECK(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, GCM_TAG, out + text.len) == 1);
    EVP_CIPHER_CTX_free(ctx);
}
