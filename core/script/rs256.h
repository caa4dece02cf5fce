// RS256 of RFC 7518: whether a signature by RSA with PKCS #1 v1.5 and SHA-256 is right. OpenSSL does the arithmetic.
//
// Keys are the big-endian bytes of modulus and exponent, as a JSON Web Key has them; moduli of less than 2,048 bits are
// too short to mean anything, and more than 8,192 are not computed with. Pure. Threads: any.
#pragma once
#include "base/str.h"

bool rs256_verify(str modulus, str exponent, str data, str signature);

// The same with the key of a certificate (PEM): SHA-1 (`bits` 1) or SHA-256. False too for what is no certificate, one that is
// not valid at `now_s` (seconds since 1970), or one of another kind of key. Who issued it is the caller's to know.
bool certificate_verify(str pem, int bits, int64_t now_s, str data, str signature);
