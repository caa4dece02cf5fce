// Passwords: argon2id by libsodium, with a bound on how many are computed at once.
//
// Purpose: a hash takes 64 MiB and about a tenth of a second of a core (libsodium's interactive limits), so that guessing
// is dear; at most `at_once` are computed at the same time, so that the memory for all of them has a bound, and the rest
// wait their turn.
// Ownership: the caller's. Threads: any that may block; never an I/O loop's.
// Errors: ERR_MEMORY when the 64 MiB are not there.
#pragma once
#include "base/err.h"
#include "base/str.h"

typedef struct password password;

#define PASSWORD_HASH_MAX 128 // bytes of a hash as text, its NUL included

password *password_new(int at_once);
void password_free(password *p); // accepts NULL

err password_hash(password *p, str text, char out[PASSWORD_HASH_MAX]);
// Whether `hash` was made of `text`. An empty or unreadable hash is never right, and takes as long as any other: whoever
// asks about a person who does not exist learns nothing from the time.
err password_check(password *p, str hash, str text, bool *is_right);

uint64_t password_count(const password *p); // computed so far: for metrics, and specs that count the work done
