// JSON log lines on standard error, written by a thread of their own from a bounded ring.
//
// log_write never blocks: when the ring is full the line is dropped and counted, and the count is logged once there is
// room. Values are escaped and cut at 2 KiB; a secret is never passed here. Any thread.
#pragma once
#include "base/str.h"

typedef struct log log_t;

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

struct log_field {
    const char *key; // NULL ends the list
    enum { LOG_TEXT, LOG_NUMBER } type;
    str text;
    int64_t number;
};

log_t *log_new(int fd, enum log_level least); // starts the writer thread
void log_free(log_t *l);                      // writes what is left; accepts NULL
void log_write(log_t *l, enum log_level level, const char *event, const struct log_field *fields); // l may be NULL
uint64_t log_dropped(const log_t *l);

#define LOG_S(k, v) ((struct log_field){.key = (k), .type = LOG_TEXT, .text = (v)})
#define LOG_Z(k, v) ((struct log_field){.key = (k), .type = LOG_TEXT, .text = str_of(v)})
#define LOG_N(k, v) ((struct log_field){.key = (k), .type = LOG_NUMBER, .number = (v)})
// LOG(l, LOG_INFO, "started", LOG_N("port", 8080)); without fields call log_write(l, level, event, NULL).
#define LOG(l, level, event, ...) log_write(l, level, event, (struct log_field[]){__VA_ARGS__, {.key = NULL}})
