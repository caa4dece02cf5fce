// The two JSON parsers against each other: what simdjson takes the strict one takes too, with the same tree; what is
// written can be read again and is written the same.
#include "text/json.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds) {
    if (!holds) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    arena *a = arena_new();
    str text = {(const char *)data, size};
    struct json *both = NULL, *strict = NULL, *again = NULL;
    struct why why;
    err e = json_parse(a, text, &both, &why), x = json_parse_strict(a, text, &strict, &why);
    check(e == x);
    if (e == ERR_OK) {
        buf one = {0}, two = {0}, three = {0};
        json_write(&one, both);
        json_write(&two, strict);
        check(str_is(buf_view(&one), buf_view(&two)));
        check(json_parse(a, buf_view(&one), &again, &why) == ERR_OK);
        json_write(&three, again);
        check(str_is(buf_view(&one), buf_view(&three)));
        buf_free(&one);
        buf_free(&two);
        buf_free(&three);
    }
    arena_free(a);
    return 0;
}
