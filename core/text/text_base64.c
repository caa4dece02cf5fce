// Base64 as leniently as Python reads it.
#include "text/text.h"

static int value_of(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool text_base64(str s, char *out, size_t *n) {
    unsigned bits = 0, place = 0, pads = 0; // `place` characters of a group of four are read
    size_t len = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '=' && place >= 2 && place + ++pads >= 4) { // what follows is not read
            place = 0;
            break;
        }
        int v = value_of(s.ptr[i]);
        if (v < 0) continue;
        pads = 0;
        bits = bits << 6 | (unsigned)v;
        if (place++ == 0) continue;
        out[len++] = (char)(bits >> (2 * (4 - place)) & 0xff);
        place &= 3;
    }
    *n = len;
    return place == 0;
}
