#include "engine/labels.h"
#include "text/json.h"

bool labels_get(arena *a, str labels, str key, str *out) {
    struct json *object = NULL;
    if (!labels.len || json_parse(a, labels, &object, NULL) != ERR_OK || object->type != JSON_OBJECT) return false;
    const struct json *v = json_get(object, key);
    if (!v || v->type != JSON_STRING) return false;
    *out = v->text;
    return true;
}
