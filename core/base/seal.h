// Secrets at rest: short texts sealed with a key that lies beside the database and not in it.
//
// Purpose: a copy of the database (a backup, a stolen disk image) gives away no token, password or signing secret of
// the destinations. The keys stand in DIR/secret.key, 0600, one a line, "tocsin-key:<number>:<base64 of 32 bytes>". The
// highest number seals, all of them open: a key is changed by adding a line, and a sealed text says which one it needs:
// "sealed:<number>:<base64url of nonce and box>" (XSalsa20 and Poly1305, libsodium's secretbox).
// The database remembers a mark of the key (seal_mark), so that a missing or wrong file stops the start instead of
// being noticed when the first page cannot be sent.
// Ownership: the caller's. Threads: any; nothing changes after seal_open.
// Errors: sentences that say what to do. Neither keys nor plain texts ever stand in one.
#pragma once
#include "base/buf.h"
#include "base/err.h"

typedef struct seal seal;

#define SEAL_MARK_MAX 48
#define SEAL_KEY_SIZE 32
#define SEAL_TEXT_MAX 65536 // bytes of a plain text

// Reads DIR/secret.key, or makes it when `mark` is empty: then nothing was sealed yet. Otherwise the key with the mark
// must be in it: ERR_NOT_FOUND when there is no file, ERR_CONFLICT when it holds another key, ERR_INVALID when it is
// no key file or open to others.
err seal_open(const char *dir, const char *mark, seal **out, struct why *why);
seal *seal_of_key(const unsigned char key[SEAL_KEY_SIZE]); // key number 1, without a file
void seal_free(seal *s);                                   // accepts NULL; the keys are wiped
void seal_mark(const seal *s, char out[SEAL_MARK_MAX]);    // of the key that seals: "<number>:<hexadecimal digits>"

err seal_put(const seal *s, str plain, buf *sealed, struct why *why); // ERR_LIMIT: too long
err seal_get(const seal *s, str sealed, buf *plain,
             struct why *why); // ERR_INVALID, ERR_NOT_FOUND (the key), ERR_CORRUPT
bool seal_is_sealed(str text); // whether it looks like one

// Texts that go out and come back, such as the links in messages: HMAC-SHA-256, cut to 128 bits, under a key of its own
// for each purpose that is derived from the newest key. A text that any of the keys signed is good.
#define SEAL_SIGNATURE_SIZE 16
void seal_sign(const seal *s, str purpose, str text, unsigned char out[SEAL_SIGNATURE_SIZE]);
bool seal_is_signed(const seal *s, str purpose, str text, str signature); // in a time that tells nothing
