#include "engine/labels.h"
#include "script/json.h"

static const struct json *object_of(arena *a, str labels) {
    struct json *object = NULL;
    if (!labels.len || json_parse(a, labels, &object, NULL) != ERR_OK || object->type != JSON_OBJECT) return NULL;
    return object;
}

static bool value_of(const struct json *object, str key, str *out) {
    const struct json *v = json_get(object, key);
    if (!v || v->type != JSON_STRING) return false;
    *out = v->text;
    return true;
}

bool labels_get(arena *a, str labels, str key, str *out) {
    const struct json *object = object_of(a, labels);
    return object && value_of(object, key, out);
}

static bool is_there(const struct json *object, const struct json *wanted) {
    const struct json *key = json_get(wanted, STR("key")), *value = json_get(wanted, STR("value"));
    str found;
    if (!key || !value || key->type != JSON_STRING || value->type != JSON_STRING) return false;
    return value_of(object, key->text, &found) && str_is(found, value->text);
}

bool labels_match(arena *a, str labels, str wanted) {
    const struct json *object = object_of(a, labels);
    struct json *list = NULL;
    if (!object || json_parse(a, wanted, &list, NULL) != ERR_OK || list->type != JSON_ARRAY) return false;
    for (uint32_t i = 0; i < list->count; i++)
        if (!is_there(object, &list->items[i])) return false;
    return list->count > 0;
}
