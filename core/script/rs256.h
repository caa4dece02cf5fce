// RS256 of RFC 7518: whether a signature by RSA with PKCS #1 v1.5 and SHA-256 is right. OpenSSL does the arithmetic.
//
// Keys are the big-endian bytes of modulus and exponent, as a JSON Web Key has them; moduli of less than 2,048 bits are
// too short to mean anything, and more than 8,192 are not computed with. Pure. Threads: any.
#pragma once
#include "base/str.h"

bool rs256_verify(str modulus, str exponent, str data, str signature);
