// Calendars: any text is read or refused, within its bounds, and every event lies in the window and in order.
#include "engine/ical.h"
#include <stdlib.h>

#define DAY INT64_C(86400000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static zones *all;
    if (!all) all = zones_new(NULL);
    int64_t from = INT64_C(1790000000000000), to = from + 60 * DAY;
    struct ical_events events = {0};
    struct why why = {""};
    arena *a = arena_new();
    err e = ical_read((str){(const char *)data, size}, from, to, all, a, &events, &why);
    if (e != ERR_OK && !*why.text) abort();
    for (size_t i = 0; i < events.count; i++) {
        const struct ical_event *one = &events.list[i];
        if (one->from >= one->to || one->from >= to || one->to <= from) abort();
        if (i && events.list[i - 1].from > one->from) abort();
    }
    arena_free(a);
    return 0;
}
