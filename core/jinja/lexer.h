// A Jinja2 template cut into tokens: where each begins and ends, its kind and its line. Pure, any thread.
//
// Purpose: `lexer_open` once, then `lexer_next` until it gives LEXER_EOF or LEXER_ERROR. White space control, raw blocks,
// comments and brackets are dealt with here; what a literal means is not (lua/jinja/literal.lua).
// Ownership: the caller owns the struct; the source is borrowed and line ends in it are '\n'. Nothing is allocated.
// Errors: a token of kind LEXER_ERROR says what is wrong and where, and nothing comes after it.
#pragma once
#include "text/unicode.h"

#define LEXER_KINDS(X)                  \
    X(EOF, "eof")                       \
    X(ERROR, "error")                   \
    X(DATA, "data")                     \
    X(VARIABLE_BEGIN, "variable_begin") \
    X(VARIABLE_END, "variable_end")     \
    X(BLOCK_BEGIN, "block_begin")       \
    X(BLOCK_END, "block_end")           \
    X(NAME, "name")                     \
    X(INTEGER, "integer")               \
    X(FLOAT, "float")                   \
    X(STRING, "string")                 \
    X(OPERATOR, NULL) /* its text is its kind */

#define LEXER_FAULTS(X)         \
    X(CHARACTER, "character")   \
    X(IDENTIFIER, "identifier") \
    X(CLOSER, "closer")         \
    X(COMMENT, "comment")       \
    X(RAW, "raw")               \
    X(DEPTH, "depth")

enum lexer_kind {
#define X(name, text) LEXER_##name,
    LEXER_KINDS(X)
#undef X
};

enum lexer_fault {
#define X(name, text) LEXER_BAD_##name,
    LEXER_FAULTS(X)
#undef X
};

// source[from, to): a string's without its quotes, a tag's beginning and end are empty.
struct lexer_token {
    enum lexer_kind kind;
    enum lexer_fault fault; // of LEXER_ERROR
    char expected;          // of LEXER_BAD_CLOSER: the bracket that would be right, 0 when none is open
    bool is_plain;          // of a string: without escapes; of an integer: nothing but decimal digits, that fit 63 bits
    size_t from, to;
    unsigned line; // the first has number 1
};

#define LEXER_DEPTH_MAX 1000 // brackets within each other; the parser allows less, so nobody sees this bound

struct lexer {
    str source;
    bool trim_blocks, lstrip_blocks;
    size_t at, newline; // what comes next; the first newline that is not counted yet
    unsigned line, depth;
    enum { LEXER_IN_TEXT, LEXER_AT_OPENING, LEXER_IN_RAW, LEXER_IN_VARIABLE, LEXER_IN_BLOCK, LEXER_AT_END } place;
    struct {
        char kind; // the byte behind the brace
        bool is_raw;
        size_t behind; // the opening, or the whole tag of `raw`
    } opening;
    char closers[LEXER_DEPTH_MAX];
};

void lexer_open(struct lexer *l, str source, bool trim_blocks, bool lstrip_blocks);
enum lexer_kind lexer_next(struct lexer *l, struct lexer_token *token);
