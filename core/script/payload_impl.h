// What payload.c and payload_walk.c share; everyone else includes script/values.h.
#pragma once
#include "script/values.h"

enum { MEMO = 1 }; // user value of a payload

struct payload {
    const void *tag; // says that a userdata of this size is one of these
    const struct json *node;
    struct payload *root;  // what it is a part of, or itself; alive as long as this one
    struct fuel *fuel;     // the state's
    const uint64_t *epoch; // of the state when the nodes belong to the caller of payload_push, else NULL
    uint64_t made_in;
    bool is_eager; // walks give ordered tables: what a template changes through one it sees through all
    bool has_memo; // of a root: there is a memo, and so perhaps a table
};

static inline bool payload_is_container(const struct json *node) {
    return node->type == JSON_ARRAY || node->type == JSON_OBJECT;
}

struct payload *payload_new(lua_State *L, const struct json *node); // pushed; a root without a memo
struct payload *payload_at(lua_State *L, int index); // NULL when the value is none; raises when it is dead
void payload_charge(lua_State *L, const struct payload *p, size_t bytes); // fuel_bytes
void payload_check_alive(lua_State *L, const struct payload *p);
int payload_get_memo(lua_State *L, int index); // pushes the memo, or nil; gives its type

// Pushes what was made of the node before; pushes nothing and says false when there is nothing.
bool payload_push_kept(lua_State *L, int index, const struct json *node);

void payload_build(lua_State *L, int index,
                   const struct json *node);                // pushes the table of a container in it, and keeps it
void payload_build_big(lua_State *L, const struct json *v); // pushes an integer past 64 bits

// Pushes the value of a node of the payload at `outer`: a scalar, a payload of its own, for an eager payload a table.
int payload_push_node(lua_State *L, int outer, const struct json *node, bool is_eager);

void payload_open_walk(lua_State *L); // adds the functions of payload_walk.c to the module table on the top
