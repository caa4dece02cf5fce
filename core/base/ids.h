// Public ids: a type prefix and 12 characters that stand for a row's primary key.
//
// The 12 characters are a keyed permutation of the key (a Feistel network over 60 bits), so ids look random, never
// collide and need no column or index. The alphabet is the reference's: A-Z without O, and 1-9. Any thread.
#pragma once
#include "base/err.h"
#include "base/str.h"

#define ID_TEXT_MAX 16 // 3 letters of prefix, 12 characters, NUL

struct ids {
    unsigned char key[16]; // from the database's `setting` row `id_key`
};

void ids_encode(const struct ids *ids, const char *prefix, int64_t id, char out[ID_TEXT_MAX]);
// ERR_NOT_FOUND when `text` is not an id of this prefix and key.
err ids_decode(const struct ids *ids, const char *prefix, str text, int64_t *out);
