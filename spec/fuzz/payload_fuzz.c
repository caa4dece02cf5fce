// Request bodies of every kind: the first byte picks the Content-Type, the rest is the body (and the query string).
#include "engine/payload.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const types[] = {"application/json",
                                        "application/x-www-form-urlencoded",
                                        "multipart/form-data; boundary=b",
                                        "multipart/form-data; boundary=\"a b\"",
                                        "text/plain",
                                        "application/xml",
                                        ""};
    if (!size) return 0;
    arena *a = arena_new();
    str body = {(const char *)data + 1, size - 1};
    struct payload payload;
    struct why why;
    str type = str_of(types[data[0] % (sizeof types / sizeof *types)]);
    err e = payload_parse(a, type, data[0] & 0x80 ? body : STR(""), data[0] & 0x80 ? STR("") : body, &payload, &why);
    if (e == ERR_OK) {
        // What templates see is JSON that can be read again, or the bytes themselves.
        struct json *again;
        str seen = payload.parsed.len ? payload.parsed : payload.bytes;
        if (json_parse(a, seen, &again, &why) != ERR_OK) abort();
    }
    arena_free(a);
    return 0;
}
