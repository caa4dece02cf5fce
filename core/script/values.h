// JSON between C and Lua: what bind_json.c, json_encode.c, payload.c and script.c share.
//
// A document becomes plain tables (API bodies: `values_push`), or a payload (templates: `payload_push`) that
// is walked in C and turned into the templates' ordered tables on demand. All functions may raise Lua errors.
#pragma once
#include "script/scratch.h"
#include "text/json.h"

// The types of ordered tables: a table in the registry with these slots, set by json.set_types.
enum { TYPE_LIST = 1, TYPE_DICT, TYPE_TUPLE, TYPE_BIG, TYPE_ARRAY, TYPE_RAW };
void types_push(lua_State *L);                    // the table; made with defaults on first use
bool types_is(lua_State *L, int table, int slot); // has the table at this index the metatable of that slot?

#define FUEL_NODE 8 // units for one value that becomes a Lua value

void values_push(lua_State *L, const struct json *v); // plain tables; big integers as strings of digits

// A scalar as it is; an array or object as a payload userdata whose nodes must outlive the script call.
void payload_push(lua_State *L, const struct json *v);
void payload_end(lua_State *L);                           // from here on payloads made by payload_push are refused
const struct json *payload_json(lua_State *L, int index); // NULL when the value is no payload
// The same, but NULL also when a table was made of some part of it: the template may have changed that.
const struct json *payload_untouched(lua_State *L, int index);
void payload_expand(lua_State *L, int index);      // pushes the ordered table of the payload there
lua_Integer payload_size(lua_State *L, int index); // items or members now, without making its table
int payload_path(lua_State *L);                    // a lua_CFunction: json.path
int payload_truth(lua_State *L); // of what json.path gives for the stack: 1 or 0; -1: it is for json.path to find out
// Pushes what a generic `for` takes to go over the payload at 1: items, keys, or keys and values. Gives their number, 0 when
// there is a table to go over.
int payload_loop(lua_State *L, bool is_pairs);
int payload_has(lua_State *L, int index,
                str wanted);      // has the payload there that member or item? 1, 0; -1: its table knows
bool payload_is_special(str key); // may it name more than a member: a method of dict, what the sandbox guards?
void payload_open(lua_State *L);  // adds the payload functions to the module table on the top

#define ENCODE_MAX ((size_t)64 << 20)

// Appends the JSON text of the value at `index` to s->out. False: *why says what cannot be written. It stops
// soon after `max` bytes.
bool encode(lua_State *L, int index, size_t max, struct scratch *s, struct why *why);
