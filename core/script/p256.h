// The curve of Web Push, P-256, and what RFC 8291 and 8292 do with it; OpenSSL does the arithmetic.
//
// Keys are raw bytes: a private one is its number, a public one its uncompressed point (0x04 and both coordinates).
// Pure but for p256_new and the nonces of signatures. Threads: any.
// Errors: false for bytes that are no key; nothing else can go wrong.
#pragma once
#include "base/str.h"

#define P256_PRIVATE   32
#define P256_PUBLIC    65
#define P256_SECRET    32
#define P256_SIGNATURE 64
#define HKDF_MAX       1024
#define GCM_KEY        16
#define GCM_NONCE      12
#define GCM_TAG        16

void p256_new(unsigned char private_key[P256_PRIVATE], unsigned char public_key[P256_PUBLIC]);
bool p256_public(str private_key, unsigned char public_key[P256_PUBLIC]);
// The secret that two keys share (ECDH); false when the other's point is not on the curve.
bool p256_agree(str private_key, str other_public, unsigned char secret[P256_SECRET]);
// ES256 of RFC 7518: SHA-256, r and s one after the other.
bool p256_sign(str private_key, str data, unsigned char signature[P256_SIGNATURE]);

// Whether such a signature is right; false also for what is no key or no signature.
bool p256_verify(str public_key, str data, str signature);

// HKDF with SHA-256 (RFC 5869); n is at most HKDF_MAX.
void hkdf_sha256(str salt, str secret, str info, unsigned char *out, size_t n);
// AES-128-GCM: `out` takes text.len + GCM_TAG bytes.
void aes128gcm_seal(const unsigned char key[GCM_KEY], const unsigned char nonce[GCM_NONCE], str text,
                    unsigned char *out);
