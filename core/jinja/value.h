// The values of a template that is rendered in C (program.h).
//
// A value is 16 bytes, by value. Texts, lists and dicts are borrowed: from the payload, from the program's constants, or
// from the rendering's own memory (run.h); nothing is freed by itself. What Python has beside these types is J_OTHER,
// which every operation refuses, so that the rendering is given to Lua.
#pragma once
#include "text/json.h"

enum jtype {
    J_ABSENT, // an argument that was not given
    J_UNDEF,  // an Undefined, whatever it would say
    J_NONE,
    J_BOOL,
    J_INT,
    J_FLOAT,
    J_STR,
    J_MARKUP, // a str that is safe HTML
    J_ARRAY,  // of the payload
    J_OBJECT, // of the payload
    J_LIST,   // the template's own
    J_TUPLE,
    J_DICT, // the template's own
    J_KEYS,
    J_VALUES,
    J_ITEMS, // views: `of` says what of
    J_GEN,   // what a lazy filter gives: items that can be taken once
    J_NAMESPACE,
    J_MACRO,
    J_TIME, // a datetime
    J_OTHER
};

typedef struct jval {
    uint8_t type;
    uint8_t of;   // views: J_OBJECT or J_DICT; J_TUPLE: is it a group of `groupby`? J_TIME: has it a zone?
    uint32_t len; // J_STR, J_MARKUP: bytes; J_TIME: its zone (filter_time.c)
    union {
        bool boolean;
        int64_t integer; // J_TIME: µs from 1970 on its clock
        double real;
        const char *text;
        const struct json *json; // J_ARRAY, J_OBJECT, and views of one
        struct jlist *list;      // J_LIST, J_TUPLE, J_GEN
        struct jdict *dict;      // J_DICT, J_NAMESPACE, and views of one
        const struct jmacro *macro;
    };
} jval;

struct jlist {
    jval *items;
    uint32_t n, cap;
    uint32_t taken; // J_GEN: how many are gone
};

struct jentry {
    jval key, value;
};

struct jdict { // in order of insertion; keys are J_STR or J_INT
    struct jentry *entries;
    uint32_t n, cap;
    uint32_t removals; // items that were taken out
};

static inline jval jval_of(enum jtype type) { return (jval){.type = (uint8_t)type}; }
static inline jval jval_bool(bool b) { return (jval){.type = J_BOOL, .boolean = b}; }
static inline jval jval_int(int64_t i) { return (jval){.type = J_INT, .integer = i}; }
static inline jval jval_real(double x) { return (jval){.type = J_FLOAT, .real = x}; }
static inline jval jval_str(str s) { return (jval){.type = J_STR, .len = (uint32_t)s.len, .text = s.ptr}; }
static inline str jval_text(const jval *v) { return (str){v->text, v->len}; } // of a J_STR or J_MARKUP
static inline bool jval_is_list(const jval *v) { return v->type == J_LIST || v->type == J_TUPLE || v->type == J_ARRAY; }
static inline bool jval_is_dict(const jval *v) { return v->type == J_DICT || v->type == J_OBJECT; }
static inline bool jval_is_view(const jval *v) { return v->type >= J_KEYS && v->type <= J_ITEMS; }

// Of a node of the payload: J_OTHER for an integer past 64 bits.
static inline jval jval_json(const struct json *v) {
    switch (v->type) {
    case JSON_NULL: return jval_of(J_NONE);
    case JSON_FALSE: return jval_bool(false);
    case JSON_TRUE: return jval_bool(true);
    case JSON_INT: return jval_int(v->integer);
    case JSON_DOUBLE: return jval_real(v->real);
    case JSON_STRING:
        if (v->text.len > UINT32_MAX) break;
        return jval_str(v->text);
    case JSON_ARRAY: return (jval){.type = J_ARRAY, .json = v};
    case JSON_OBJECT: return (jval){.type = J_OBJECT, .json = v};
    case JSON_BIGINT: break;
    }
    return jval_of(J_OTHER);
}

// Items of a list, tuple, array, dict, object or view.
static inline uint32_t jval_count(const jval *v) {
    uint8_t type = jval_is_view(v) ? v->of : v->type;
    if (type == J_ARRAY || type == J_OBJECT) return v->json->count;
    return type == J_DICT ? v->dict->n : v->list->n;
}

// 1, 0; -1: not known here.
static inline int jval_truth(const jval *v) {
    switch (v->type) {
    case J_UNDEF:
    case J_NONE: return 0;
    case J_BOOL: return v->boolean;
    case J_INT: return v->integer != 0;
    case J_FLOAT: return v->real != 0;
    case J_STR:
    case J_MARKUP: return v->len != 0;
    case J_ARRAY:
    case J_OBJECT:
    case J_LIST:
    case J_TUPLE:
    case J_DICT:
    case J_KEYS:
    case J_VALUES:
    case J_ITEMS: return jval_count(v) != 0;
    case J_GEN:
    case J_NAMESPACE:
    case J_MACRO:
    case J_TIME: return 1;
    default: return -1;
    }
}

// What is of one kind to Python although it comes from two places: lists, tuples and arrays; dicts and objects.
jval jval_at(const jval *list, uint32_t i);
jval jval_key_at(const jval *dict, uint32_t i);
jval jval_value_at(const jval *dict, uint32_t i);
// The member under a text; false when there is none.
bool jval_member(const jval *dict, str key, jval *out);
int64_t jval_lookup_cost(const jval *dict, str key); // of a look at each key, in fuel; long keys may be alike for long

// Does a dict (J_DICT), list (J_LIST) or text (J_STR) say more under this name than its items do: a method, or what the sandbox guards?
bool jval_is_special(enum jtype type, str name);

// What may still be done.
struct jwork {
    int64_t left; // units of fuel; below zero every answer is J_UNKNOWN
    int depth;    // of containers in containers that are being compared
};

// Python's == and <: 1 or 0, and -1, 0 or 1; J_UNKNOWN when it is not plain, or an error.
#define J_UNKNOWN   2
#define J_DEPTH_MAX 150
int jval_equal(const jval *a, const jval *b, struct jwork *work);
int jval_order(const jval *a, const jval *b, struct jwork *work);
int jval_contains(const jval *item, const jval *container, struct jwork *work); // 1, 0 or J_UNKNOWN
