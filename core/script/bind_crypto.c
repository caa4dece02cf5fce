// `require "tocsin.crypto"`: hashes, signatures, what Web Push encrypts with, random bytes and their encodings. Bytes are
// Lua strings.
#include "base/str.h"
#include "script/bindings.h"
#include "script/fuel.h"
#include "script/p256.h"
#include "script/rs256.h"
#include <lauxlib.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#define RANDOM_MAX 4096
#define HASH_COST  4                    // bytes of fuel for one byte hashed
#define CURVE_COST (10000 * FUEL_BYTES) // of one step on a curve: about 100 µs
#define SETUP_COST (500 * FUEL_BYTES)   // of a key derived or set up: about 5 µs

static str check_bytes(lua_State *L, int index, size_t cost) {
    str s;
    s.ptr = luaL_checklstring(L, index, &s.len);
    fuel_bytes(L, s.len * cost);
    return s;
}

static int push_hex(lua_State *L, const unsigned char *bytes, size_t n) {
    luaL_Buffer out;
    char *to = luaL_buffinitsize(L, &out, n * 2 + 1);
    sodium_bin2hex(to, n * 2 + 1, bytes, n);
    luaL_pushresultsize(&out, n * 2);
    return 1;
}

// fnv1a_hex(bytes) -> 16 hexadecimal digits: no secret's hash, but what others know labels by
static int fnv1a_hex(lua_State *L) {
    str s = check_bytes(L, 1, 1);
    uint64_t sum = 14695981039346656037U;
    unsigned char bytes[8];
    for (size_t i = 0; i < s.len; i++) sum = (sum ^ (unsigned char)s.ptr[i]) * 1099511628211U;
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (unsigned char)(sum >> (56 - 8 * i));
    return push_hex(L, bytes, sizeof bytes);
}

// sha256_hex(bytes) -> 64 hexadecimal digits
static int sha256_hex(lua_State *L) {
    str s = check_bytes(L, 1, HASH_COST);
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)s.ptr, s.len);
    return push_hex(L, hash, sizeof hash);
}

// sha512_hex(bytes) -> 128 hexadecimal digits
static int sha512_hex(lua_State *L) {
    str s = check_bytes(L, 1, HASH_COST);
    unsigned char hash[crypto_hash_sha512_BYTES];
    crypto_hash_sha512(hash, (const unsigned char *)s.ptr, s.len);
    return push_hex(L, hash, sizeof hash);
}

// hmac("sha1"|"sha256"|"sha384"|"sha512", key, data) -> raw bytes
static int hmac(lua_State *L) {
    static const char *const names[] = {"sha1", "sha256", "sha384", "sha512", NULL};
    const EVP_MD *(*const algorithms[])(void) = {EVP_sha1, EVP_sha256, EVP_sha384, EVP_sha512};
    int which = luaL_checkoption(L, 1, NULL, names);
    str key = check_bytes(L, 2, HASH_COST), data = check_bytes(L, 3, HASH_COST);
    luaL_argcheck(L, key.len <= 65536, 2, "the key is too long");
    unsigned char out[EVP_MAX_MD_SIZE];
    unsigned int n = 0;
    if (!HMAC(algorithms[which](), key.ptr, (int)key.len, (const unsigned char *)data.ptr, data.len, out, &n))
        return luaL_error(L, "the signature cannot be computed");
    lua_pushlstring(L, (const char *)out, n);
    return 1;
}

static size_t check_count(lua_State *L) {
    lua_Integer n = luaL_checkinteger(L, 1);
    luaL_argcheck(L, n >= 0 && n <= RANDOM_MAX, 1, "at most 4096 at once");
    return (size_t)n;
}

// random_bytes(n) -> n unpredictable bytes
static int random_bytes(lua_State *L) {
    size_t n = check_count(L);
    char bytes[RANDOM_MAX];
    randombytes_buf(bytes, n);
    lua_pushlstring(L, bytes, n);
    sodium_memzero(bytes, n);
    return 1;
}

// random_token(n) -> n unpredictable characters of A-Z a-z 0-9
static int random_token(lua_State *L) {
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    size_t n = check_count(L);
    char text[RANDOM_MAX];
    for (size_t i = 0; i < n; i++) text[i] = alphabet[randombytes_uniform(sizeof alphabet - 1)];
    lua_pushlstring(L, text, n);
    sodium_memzero(text, n);
    return 1;
}

// p256_new() -> private key of 32 bytes, public key of 65
static int new_key(lua_State *L) {
    unsigned char private_key[P256_PRIVATE], public_key[P256_PUBLIC];
    fuel_bytes(L, CURVE_COST);
    p256_new(private_key, public_key);
    lua_pushlstring(L, (const char *)private_key, sizeof private_key);
    lua_pushlstring(L, (const char *)public_key, sizeof public_key);
    sodium_memzero(private_key, sizeof private_key);
    return 2;
}

static int push_or_nil(lua_State *L, bool is_good, const unsigned char *bytes, size_t n) {
    if (is_good) lua_pushlstring(L, (const char *)bytes, n);
    else lua_pushnil(L);
    return 1;
}

// p256_public(private key) -> public key, or nil when the bytes are none
static int public_key(lua_State *L) {
    unsigned char out[P256_PUBLIC];
    str key = check_bytes(L, 1, 1);
    fuel_bytes(L, CURVE_COST);
    return push_or_nil(L, p256_public(key, out), out, sizeof out);
}

// p256_agree(private key, the other's public key) -> the shared secret of 32 bytes (ECDH), or nil when one is no key
static int agree(lua_State *L) {
    unsigned char out[P256_SECRET];
    str own = check_bytes(L, 1, 1), other = check_bytes(L, 2, 1);
    fuel_bytes(L, 2 * CURVE_COST);
    return push_or_nil(L, p256_agree(own, other, out), out, sizeof out);
}

// p256_sign(private key, data) -> signature of 64 bytes (ES256), or nil when the key is none
static int sign(lua_State *L) {
    unsigned char out[P256_SIGNATURE];
    str key = check_bytes(L, 1, 1), data = check_bytes(L, 2, HASH_COST);
    fuel_bytes(L, CURVE_COST);
    return push_or_nil(L, p256_sign(key, data, out), out, sizeof out);
}

// p256_verify(public key of 65 bytes, data, signature of 64) -> boolean (ES256); false too for what is no key
static int verify_p256(lua_State *L) {
    str key = check_bytes(L, 1, 1), data = check_bytes(L, 2, HASH_COST), signature = check_bytes(L, 3, 1);
    fuel_bytes(L, 2 * CURVE_COST);
    lua_pushboolean(L, p256_verify(key, data, signature));
    return 1;
}

// rs256_verify(modulus, exponent, data, signature) -> boolean (RS256); false too for what is no key
static int verify_rsa(lua_State *L) {
    str modulus = check_bytes(L, 1, 1), exponent = check_bytes(L, 2, 1);
    str data = check_bytes(L, 3, HASH_COST), signature = check_bytes(L, 4, 1);
    fuel_bytes(L, 2 * CURVE_COST);
    lua_pushboolean(L, rs256_verify(modulus, exponent, data, signature));
    return 1;
}

// certificate_verify(PEM, "sha1"|"sha256", seconds since 1970, data, signature) -> boolean: signed by the certificate's RSA
// key while it was valid; false too for what is no such certificate
static int verify_certificate(lua_State *L) {
    static const char *const names[] = {"sha1", "sha256", NULL};
    str pem = check_bytes(L, 1, 1);
    int bits = luaL_checkoption(L, 2, NULL, names) == 0 ? 1 : 256;
    lua_Integer now = luaL_checkinteger(L, 3);
    str data = check_bytes(L, 4, HASH_COST), signature = check_bytes(L, 5, 1);
    fuel_bytes(L, 2 * CURVE_COST);
    lua_pushboolean(L, certificate_verify(pem, bits, now, data, signature));
    return 1;
}

// ed25519_verify(public key of 32 bytes, data, signature of 64) -> boolean; false too for what is no key or signature
static int verify(lua_State *L) {
    str key = check_bytes(L, 1, 1), data = check_bytes(L, 2, HASH_COST), signature = check_bytes(L, 3, 1);
    fuel_bytes(L, CURVE_COST);
    bool has_sizes = key.len == crypto_sign_PUBLICKEYBYTES && signature.len == crypto_sign_BYTES;
    lua_pushboolean(L, has_sizes && crypto_sign_verify_detached((const unsigned char *)signature.ptr,
                                                                (const unsigned char *)data.ptr, data.len,
                                                                (const unsigned char *)key.ptr) == 0);
    return 1;
}

// hkdf(salt, secret, info, n) -> n bytes, at most 1024: HKDF with SHA-256
static int hkdf(lua_State *L) {
    unsigned char out[HKDF_MAX];
    str salt = check_bytes(L, 1, HASH_COST), secret = check_bytes(L, 2, HASH_COST), info = check_bytes(L, 3, HASH_COST);
    lua_Integer n = luaL_checkinteger(L, 4);
    fuel_bytes(L, SETUP_COST);
    luaL_argcheck(L, salt.len <= 65536, 1, "the salt is too long");
    luaL_argcheck(L, info.len <= HKDF_MAX, 3, "at most 1024 bytes");
    luaL_argcheck(L, n >= 0 && n <= HKDF_MAX, 4, "at most 1024 bytes");
    hkdf_sha256(salt, secret, info, out, (size_t)n);
    lua_pushlstring(L, (const char *)out, (size_t)n);
    sodium_memzero(out, sizeof out);
    return 1;
}

// aes128gcm(key of 16 bytes, nonce of 12, text) -> the encrypted text and its tag of 16 bytes
static int aes128gcm(lua_State *L) {
    luaL_Buffer out;
    str key = check_bytes(L, 1, 1), nonce = check_bytes(L, 2, 1), text = check_bytes(L, 3, HASH_COST);
    fuel_bytes(L, SETUP_COST);
    luaL_argcheck(L, key.len == GCM_KEY, 1, "a key has 16 bytes");
    luaL_argcheck(L, nonce.len == GCM_NONCE, 2, "a nonce has 12 bytes");
    luaL_argcheck(L, text.len <= 1 << 24, 3, "the text is too long");
    char *to = luaL_buffinitsize(L, &out, text.len + GCM_TAG);
    aes128gcm_seal((const unsigned char *)key.ptr, (const unsigned char *)nonce.ptr, text, (unsigned char *)to);
    luaL_pushresultsize(&out, text.len + GCM_TAG);
    return 1;
}

// equal(a, b) -> boolean, in a time that tells nothing about where they differ
static int equal(lua_State *L) {
    str a = check_bytes(L, 1, 1), b = check_bytes(L, 2, 1);
    lua_pushboolean(L, a.len == b.len && sodium_memcmp(a.ptr, b.ptr, a.len) == 0);
    return 1;
}

// hex(bytes) -> lower-case hexadecimal digits
static int hex(lua_State *L) {
    str s = check_bytes(L, 1, 2);
    return push_hex(L, (const unsigned char *)s.ptr, s.len);
}

// unhex(text) -> bytes, or nil when the text is no hexadecimal
static int unhex(lua_State *L) {
    str s = check_bytes(L, 1, 1);
    luaL_Buffer out;
    char *to = luaL_buffinitsize(L, &out, s.len / 2 + 1);
    size_t n;
    if (s.len % 2 || sodium_hex2bin((unsigned char *)to, s.len / 2 + 1, s.ptr, s.len, NULL, &n, NULL)) {
        lua_pushnil(L);
        return 1;
    }
    luaL_pushresultsize(&out, n);
    return 1;
}

// base64(bytes) -> text with padding
static int base64(lua_State *L) {
    str s = check_bytes(L, 1, 2);
    luaL_Buffer out;
    size_t size = sodium_base64_ENCODED_LEN(s.len, sodium_base64_VARIANT_ORIGINAL);
    char *to = luaL_buffinitsize(L, &out, size);
    sodium_bin2base64(to, size, (const unsigned char *)s.ptr, s.len, sodium_base64_VARIANT_ORIGINAL);
    luaL_pushresultsize(&out, size - 1);
    return 1;
}

// base64url(bytes) -> text in the alphabet of URLs, without padding
static int base64url(lua_State *L) {
    str s = check_bytes(L, 1, 2);
    luaL_Buffer out;
    size_t size = sodium_base64_ENCODED_LEN(s.len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *to = luaL_buffinitsize(L, &out, size);
    sodium_bin2base64(to, size, (const unsigned char *)s.ptr, s.len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    luaL_pushresultsize(&out, size - 1);
    return 1;
}

// unbase64(text) -> bytes, or nil when the text is none. Both alphabets, with or without padding.
static int unbase64(lua_State *L) {
    static const int variants[] = {sodium_base64_VARIANT_ORIGINAL, sodium_base64_VARIANT_URLSAFE,
                                   sodium_base64_VARIANT_ORIGINAL_NO_PADDING, sodium_base64_VARIANT_URLSAFE_NO_PADDING};
    str s = check_bytes(L, 1, 4);
    luaL_Buffer out;
    char *to = luaL_buffinitsize(L, &out, s.len + 1);
    size_t n;
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
        if (sodium_base642bin((unsigned char *)to, s.len + 1, s.ptr, s.len, NULL, &n, NULL, variants[i])) continue;
        luaL_pushresultsize(&out, n);
        return 1;
    }
    lua_pushnil(L);
    return 1;
}

int bind_crypto_open(lua_State *L) {
    static const luaL_Reg functions[] = {{"fnv1a_hex", fnv1a_hex},
                                         {"sha256_hex", sha256_hex},
                                         {"sha512_hex", sha512_hex},
                                         {"hmac", hmac},
                                         {"random_bytes", random_bytes},
                                         {"random_token", random_token},
                                         {"equal", equal},
                                         {"p256_new", new_key},
                                         {"p256_public", public_key},
                                         {"p256_agree", agree},
                                         {"p256_sign", sign},
                                         {"p256_verify", verify_p256},
                                         {"rs256_verify", verify_rsa},
                                         {"certificate_verify", verify_certificate},
                                         {"ed25519_verify", verify},
                                         {"hkdf", hkdf},
                                         {"aes128gcm", aes128gcm},
                                         {"base64url", base64url},
                                         {"hex", hex},
                                         {"unhex", unhex},
                                         {"base64", base64},
                                         {"unbase64", unbase64},
                                         {NULL, NULL}};
    if (sodium_init() < 0) return luaL_error(L, "libsodium cannot start");
    luaL_newlib(L, functions);
    return 1;
}
