// Preloaded into a server: searching a text that begins with "deadly" breaks the process, as a bug of ours would.
#define PCRE2_CODE_UNIT_WIDTH 8
#include <dlfcn.h>
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

static void full_stack(unsigned long depth) {
    volatile char room[4096];
    room[0] = (char)depth;
    if (depth) full_stack(depth - 1);
    room[1] = room[0];
}

static void die(const char *how) {
    if (strncmp(how, "deadly abort", 12) == 0) abort();
    if (strncmp(how, "deadly stack", 12) == 0) full_stack(1UL << 40);
    __builtin_trap();
}

int pcre2_match_8(const pcre2_code *code, PCRE2_SPTR text, PCRE2_SIZE length, PCRE2_SIZE from, uint32_t options,
                  pcre2_match_data *data, pcre2_match_context *context) {
    if (length >= 12 && memcmp(text, "deadly", 6) == 0) die((const char *)text);
    int (*real)(const pcre2_code *, PCRE2_SPTR, PCRE2_SIZE, PCRE2_SIZE, uint32_t, pcre2_match_data *,
                pcre2_match_context *);
    *(void **)&real = dlsym(RTLD_NEXT, "pcre2_match_8");
    return real(code, text, length, from, options, data, context);
}
