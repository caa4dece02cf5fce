// Header blocks: looked at whole and byte by byte, the verdict is the same.
#include "net/http_rules.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct http_limits limits = {.body_bytes = 1 << 20, .header_bytes = 4096, .header_count = 20, .target_bytes = 512};
    struct http_refusal why = {0}, other = {0};
    struct http_scan whole = {0}, slow = {0};
    enum http_scan_result one = http_rules_scan(&whole, (str){(const char *)data, size}, &limits, &why);
    enum http_scan_result two = HTTP_SCAN_MORE;
    for (size_t n = 1; n <= size && two == HTTP_SCAN_MORE; n++)
        two = http_rules_scan(&slow, (str){(const char *)data, n}, &limits, &other);
    if (size && one != two) abort();
    if (one == HTTP_SCAN_DONE && whole.at != slow.at) abort();
    return 0;
}
