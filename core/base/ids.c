#include "base/ids.h"
#include <sodium.h>
#include <stdio.h>

#define HALF_BITS 30
#define HALF_MASK ((1u << HALF_BITS) - 1)
#define ROUNDS    6
#define DIGITS    12

static const char alphabet[] = "ABCDEFGHIJKLMNPQRSTUVWXYZ123456789";
#define BASE (sizeof alphabet - 1)

static uint32_t round_value(const struct ids *ids, const char *prefix, int round, uint32_t half) {
    unsigned char in[12] = {(unsigned char)round}, out[crypto_shorthash_BYTES];
    for (int i = 0; i < 3 && prefix[i]; i++) in[1 + i] = (unsigned char)prefix[i];
    memcpy(in + 4, &half, 4);
    crypto_shorthash(out, in, sizeof in, ids->key);
    uint32_t value;
    memcpy(&value, out, 4);
    return value & HALF_MASK;
}

void ids_encode(const struct ids *ids, const char *prefix, int64_t id, char out[ID_TEXT_MAX]) {
    CHECK(id >= 0 && (uint64_t)id >> (2 * HALF_BITS) == 0);
    uint32_t left = (uint32_t)(id >> HALF_BITS), right = (uint32_t)id & HALF_MASK;
    for (int round = 0; round < ROUNDS; round++) {
        uint32_t next = left ^ round_value(ids, prefix, round, right);
        left = right;
        right = next;
    }
    uint64_t code = (uint64_t)left << HALF_BITS | right;
    size_t n = strlen(prefix);
    memcpy(out, prefix, n);
    for (size_t i = DIGITS; i-- > 0; code /= BASE) out[n + i] = alphabet[code % BASE];
    out[n + DIGITS] = 0;
}

err ids_decode(const struct ids *ids, const char *prefix, str text, int64_t *out) {
    size_t n = strlen(prefix);
    if (text.len != n + DIGITS || memcmp(text.ptr, prefix, n) != 0) return ERR_NOT_FOUND;
    uint64_t code = 0;
    for (size_t i = n; i < text.len; i++) {
        const char *at = memchr(alphabet, text.ptr[i], BASE);
        if (!at) return ERR_NOT_FOUND;
        code = code * BASE + (uint64_t)(at - alphabet);
    }
    if (code >> (2 * HALF_BITS)) return ERR_NOT_FOUND;
    uint32_t left = (uint32_t)(code >> HALF_BITS), right = (uint32_t)code & HALF_MASK;
    for (int round = ROUNDS - 1; round >= 0; round--) {
        uint32_t previous = right ^ round_value(ids, prefix, round, left);
        right = left;
        left = previous;
    }
    *out = (int64_t)((uint64_t)left << HALF_BITS | right);
    return ERR_OK;
}
