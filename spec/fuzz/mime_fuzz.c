// Mails of any bytes: read in bounded time and memory, and what comes of them is JSON in UTF-8 with a bounded list of attachments.
#include "base/err.h"
#include "text/json.h"
#include "text/mime.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds) {
    if (!holds) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    arena *a = arena_new();
    buf out = {0};
    struct mime_mail mail;
    struct mime_envelope envelope = {STR("a@b"), STR("c@d"), STR(""), size % 2};
    struct json *parsed;
    mime_start();
    mime_parse(a, (str){(const char *)data, size}, &mail);
    mime_payload(&out, &mail, &envelope);
    check(mail.attachment_count <= 200 && str_is_utf8(mail.text) && str_is_utf8(mail.subject));
    check(json_parse(a, buf_view(&out), &parsed, NULL) == ERR_OK && parsed->type == JSON_OBJECT);
    buf_free(&out);
    arena_free(a);
    return 0;
}
