#include "base/err.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *err_name(err e) {
    static const char *const names[] = {
#define X(name, text) #name,
        ERR_LIST(X)
#undef X
    };
    return names[e];
}

const char *err_text(err e) {
    static const char *const texts[] = {
#define X(name, text) text,
        ERR_LIST(X)
#undef X
    };
    return texts[e];
}

err err_of_name(const char *name, size_t length, err otherwise) {
#define X(code, text) \
    if (length == sizeof #code - 1 && memcmp(name, #code, length) == 0) return ERR_##code;
    ERR_LIST(X)
#undef X
    return otherwise;
}

err why_set(struct why *why, err e, const char *format, ...) {
    if (why) {
        va_list args;
        va_start(args, format);
        vsnprintf(why->text, sizeof why->text, format, args);
        va_end(args);
    }
    return e;
}

_Noreturn void check_failed(const char *what, const char *file, int line) {
    fprintf(stderr, "{\"level\":\"fatal\",\"event\":\"check_failed\",\"check\":\"%s\",\"at\":\"%s:%d\"}\n", what, file,
            line);
    abort();
}
