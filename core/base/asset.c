#include "base/asset.h"

str asset_get(const char *name) {
    for (const struct asset *a = assets; a->name; a++)
        if (strcmp(a->name, name) == 0) return (str){a->data, (size_t)a->size};
    return (str){NULL, 0};
}
