// How long texts and lists of an alert may be, where a template says how long they are.
#pragma once
#include <stdint.h>

// X(name, default): in code points, but for the number of labels.
#define SCRIPT_LIMIT_LIST(X) \
    X(template, 50000)       \
    X(rendering, 50000)      \
    X(title, 500)            \
    X(labels, 15)

enum {
#define X(name, value) LIMIT_##name = value,
    SCRIPT_LIMIT_LIST(X)
#undef X
};

struct script_limits { // 0: the default
#define X(name, value) int64_t name;
    SCRIPT_LIMIT_LIST(X)
#undef X
};
