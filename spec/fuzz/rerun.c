// Runs a fuzz target over files, without a fuzzer: rerun FILE…
#include "base/buf.h"
#include <stdint.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool read_file(const char *path, buf *out) {
    FILE *f = fopen(path, "rb");
    if (!f) return false;
    for (size_t n = 1; n; out->len += n) n = fread(buf_reserve(out, 4096), 1, 4096, f);
    return fclose(f) == 0;
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        buf data = {0};
        if (!read_file(argv[i], &data)) {
            fprintf(stderr, "%s cannot be read\n", argv[i]);
            return 2;
        }
        printf("%s\n", argv[i]);
        fflush(stdout);
        LLVMFuzzerTestOneInput((const uint8_t *)data.ptr, data.len);
        buf_free(&data);
    }
    return 0;
}
