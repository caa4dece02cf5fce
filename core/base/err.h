// Result codes of every fallible function, and the sentence that may go with one.
//
// A function that can fail returns `err` (zero is success) and leaves its outputs untouched on error.
// Where a person may read the reason it also takes a `struct why *`, which may be NULL.
// errno, SQLite and libuv codes are translated in the file that made the call.
#pragma once
#include <stdbool.h>
#include <stddef.h>

#define ERR_LIST(X)                                  \
    X(OK, "ok")                                      \
    X(NOT_FOUND, "not found")                        \
    X(INVALID, "invalid input")                      \
    X(LIMIT, "over a limit")                         \
    X(CONFLICT, "conflicts with what is stored")     \
    X(STALE, "decided under an older configuration") \
    X(FULL, "queue is full")                         \
    X(DISK_FULL, "disk is full")                     \
    X(IO, "input or output failed")                  \
    X(CORRUPT, "database is damaged")                \
    X(BUSY, "busy")                                  \
    X(TIMEOUT, "took too long")                      \
    X(CLOSED, "closed")                              \
    X(FUEL, "template ran past its budget")          \
    X(MEMORY, "memory limit reached")                \
    X(SCRIPT, "script failed")                       \
    X(UNSUPPORTED, "not supported")

typedef enum err {
#define X(name, text) ERR_##name,
    ERR_LIST(X)
#undef X
} err;

// One sentence for a person: what is wrong, which field or file, and the way out.
struct why {
    char text[512];
};

const char *err_name(err e); // "NOT_FOUND"
const char *err_text(err e); // "not found"
err err_of_name(const char *name, size_t length, err otherwise);

// Writes the sentence (cut at the buffer) and returns `e`, so that `return why_set(why, ERR_LIMIT, …)` reads well.
err why_set(struct why *why, err e, const char *format, ...) __attribute__((format(printf, 3, 4)));

// For what can only be our own bug: prints the place and aborts. Always compiled in; never for input.
#define CHECK(x) ((x) ? (void)0 : check_failed(#x, __FILE__, __LINE__))
_Noreturn void check_failed(const char *what, const char *file, int line);
