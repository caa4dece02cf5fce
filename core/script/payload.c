// Payloads: a parsed document as templates see it. The functions join the module "tocsin.json".
//
// A payload is a userdata that points at one node of a document. Its one user value is the memo, a table that the
// payloads of a document share (nil until there is need of it): from node to the ordered table made of it, and at
// DOCUMENT the userdata that owns the nodes. Once a container has its ordered table, that table is the truth: walks go
// through it, because a template may have changed it.
#include "script/fuel.h"
#include "script/values.h"
#include <lauxlib.h>

enum { MEMO = 1, DOCUMENT = 1, TEXT = 1 }; // user value of a payload; place in a memo; user value of a document

// Owns the nodes; the bytes they came from are its user value.
struct document {
    arena *own;
};

struct payload {
    const struct json *node;
    const uint64_t *epoch; // of the state when the nodes belong to the caller of payload_push, else NULL
    uint64_t made_in;
    bool is_eager; // walks give ordered tables: what a template changes through one it sees through all
};

// --- documents ---

static const char epoch_key, payload_key, document_key; // their addresses are places in the registry

// The number of the running script call: a borrowed payload of an earlier one is dead.
static uint64_t *epoch_of(lua_State *L) {
    uint64_t *epoch;
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &epoch_key) == LUA_TUSERDATA) {
        epoch = lua_touserdata(L, -1);
    } else {
        epoch = lua_newuserdatauv(L, sizeof *epoch, 0);
        *epoch = 0;
        lua_rawsetp(L, LUA_REGISTRYINDEX, &epoch_key);
    }
    lua_pop(L, 1);
    return epoch;
}

void payload_end(lua_State *L) { (*epoch_of(L))++; }

static int on_collect(lua_State *L) {
    struct document *d = lua_touserdata(L, 1);
    arena_free(d->own);
    d->own = NULL;
    return 0;
}

// Gives the userdata on the top the metatable at `key` of the registry, whose one field is `name` = the value of `push`.
static void set_type(lua_State *L, const void *key, const char *name, lua_CFunction value) {
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, key) != LUA_TTABLE) {
        lua_pop(L, 1);
        lua_createtable(L, 0, 1);
        if (value) lua_pushcfunction(L, value);
        else lua_pushboolean(L, 0);
        lua_setfield(L, -2, name);
        lua_pushvalue(L, -1);
        lua_rawsetp(L, LUA_REGISTRYINDEX, key);
    }
    lua_setmetatable(L, -2);
}

// Pushes a document of its own nodes: freed when it is collected. Borrowed nodes need none, and so no finalizer, which
// costs the collector more than all else.
static struct document *push_document(lua_State *L) {
    struct document *d = lua_newuserdatauv(L, sizeof *d, 1);
    *d = (struct document){0};
    set_type(L, &document_key, "__gc", on_collect);
    return d;
}

static struct payload *new_payload(lua_State *L, const struct json *node) {
    struct payload *p = lua_newuserdatauv(L, sizeof *p, 1);
    *p = (struct payload){.node = node};
    set_type(L, &payload_key, "__metatable", NULL);
    return p;
}

static bool is_container(const struct json *node) { return node->type == JSON_ARRAY || node->type == JSON_OBJECT; }

static void check_alive(lua_State *L, const struct payload *p) {
    if (p->epoch && p->made_in != *p->epoch) luaL_error(L, "the payload is used after the call that brought it");
}

static bool is_payload_at(lua_State *L, int index) {
    if (lua_type(L, index) != LUA_TUSERDATA || !lua_getmetatable(L, index)) return false;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &payload_key);
    bool is_one = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return is_one;
}

// The payload at `index`, or NULL when the value is none.
static struct payload *to_payload(lua_State *L, int index) {
    if (!is_payload_at(L, index)) return NULL;
    struct payload *p = lua_touserdata(L, index);
    check_alive(L, p);
    return p;
}

static struct payload *check_payload(lua_State *L, int index) {
    struct payload *p = to_payload(L, index);
    luaL_argexpected(L, p, index, "payload");
    return p;
}

const struct json *payload_json(lua_State *L, int index) {
    const struct payload *p = to_payload(L, index);
    return p ? p->node : NULL;
}

const struct json *payload_untouched(lua_State *L, int index) {
    const struct payload *p = to_payload(L, index);
    if (!p) return NULL;
    // A table may have been changed only where the payload is a fresh one.
    bool has_memo = p->is_eager && lua_getiuservalue(L, index, MEMO) == LUA_TTABLE;
    if (p->is_eager) lua_pop(L, 1);
    return has_memo ? NULL : p->node;
}

void payload_push(lua_State *L, const struct json *v) {
    luaL_checkstack(L, 8, NULL);
    if (!is_container(v)) {
        values_push(L, v);
        return;
    }
    struct payload *p = new_payload(L, v);
    p->epoch = epoch_of(L);
    p->made_in = *p->epoch;
}

// --- ordered tables ---

struct types {
    int list, dict, big; // stack places
};

static struct types push_types(lua_State *L) {
    types_push(L);
    int at = lua_gettop(L);
    lua_rawgeti(L, at, TYPE_LIST);
    lua_rawgeti(L, at, TYPE_DICT);
    lua_rawgeti(L, at, TYPE_BIG);
    return (struct types){.list = at + 1, .dict = at + 2, .big = at + 3};
}

static void build(lua_State *L, const struct json *v, const struct types *t, int memo);

static void build_list(lua_State *L, const struct json *v, const struct types *t, int memo) {
    lua_createtable(L, (int)v->count, 1);
    lua_pushinteger(L, v->count);
    lua_setfield(L, -2, "n");
    for (uint32_t i = 0; i < v->count; i++) {
        build(L, &v->items[i], t, memo);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_pushvalue(L, t->list);
    lua_setmetatable(L, -2);
}

static void build_dict(lua_State *L, const struct json *v, const struct types *t, int memo) {
    lua_createtable(L, 0, 3);
    lua_pushinteger(L, v->count);
    lua_setfield(L, -2, "n");
    lua_createtable(L, (int)v->count, 0);
    lua_createtable(L, 0, (int)v->count);
    for (uint32_t i = 0; i < v->count; i++) {
        lua_pushlstring(L, v->members[i].key.ptr, v->members[i].key.len);
        lua_pushvalue(L, -1);
        lua_rawseti(L, -4, (lua_Integer)i + 1);
        build(L, &v->members[i].value, t, memo);
        lua_rawset(L, -3);
    }
    lua_setfield(L, -3, "v");
    lua_setfield(L, -2, "k");
    lua_pushvalue(L, t->dict);
    lua_setmetatable(L, -2);
}

static void build_big(lua_State *L, const struct json *v, const struct types *t) {
    bool has_maker = !lua_isnil(L, t->big);
    if (has_maker) lua_pushvalue(L, t->big);
    lua_pushlstring(L, v->text.ptr, v->text.len);
    if (has_maker) lua_call(L, 1, 1);
}

// Pushes the value of a node; `memo` is the place of a table from node to what was made of it before, or 0.
static void build(lua_State *L, const struct json *v, const struct types *t, int memo) {
    if (v->type == JSON_BIGINT) {
        build_big(L, v, t);
        return;
    }
    if (!is_container(v)) {
        values_push(L, v);
        return;
    }
    luaL_checkstack(L, 12, "the payload is nested too deeply");
    fuel_bytes(L, v->count * FUEL_NODE * FUEL_BYTES);
    if (memo) {
        if (lua_rawgetp(L, memo, v) == LUA_TTABLE) return;
        lua_pop(L, 1);
    }
    if (v->type == JSON_ARRAY) build_list(L, v, t, memo);
    else build_dict(L, v, t, memo);
}

// Pushes the memo of the payload at `index`, making it when there is none.
static void push_memo(lua_State *L, int index) {
    index = lua_absindex(L, index);
    if (lua_getiuservalue(L, index, MEMO) == LUA_TTABLE) return;
    lua_pop(L, 1);
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_setiuservalue(L, index, MEMO);
}

// Pushes the ordered table of one container of the payload and remembers it.
static void build_and_keep(lua_State *L, int index, const struct json *node) {
    index = lua_absindex(L, index);
    struct types t = push_types(L);
    push_memo(L, index);
    int memo = lua_gettop(L);
    build(L, node, &t, memo);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, memo, node);
    lua_replace(L, t.list - 1);
    lua_settop(L, t.list - 1);
}

// Pushes what was made of the node before; pushes nothing and says false when there is nothing.
static bool push_kept(lua_State *L, int index, const struct json *node) {
    if (lua_getiuservalue(L, index, MEMO) != LUA_TTABLE) {
        lua_pop(L, 1);
        return false;
    }
    lua_rawgetp(L, -1, node);
    lua_remove(L, -2);
    if (lua_istable(L, -1)) return true;
    lua_pop(L, 1);
    return false;
}

void payload_expand(lua_State *L, int index) {
    const struct json *node = check_payload(L, index)->node;
    if (!push_kept(L, index, node)) build_and_keep(L, index, node);
}

// --- walking ---

bool payload_is_special(str key) {
    static const char *const methods[] = {"clear", "copy",    "fromkeys",   "get",    "items", "keys",
                                          "pop",   "popitem", "setdefault", "update", "values"};
    if (!key.len || key.ptr[0] == '_') return true;
    if (key.len < 3 || key.len > 10) return false;
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (key.ptr[0] == methods[i][0] && str_is(key, str_of(methods[i]))) return true;
    return false;
}

// Replaces the value on the top by its member under the string at `key`; false when that is not a plain step.
static bool step_in_table(lua_State *L, int key) {
    if (!lua_istable(L, -1) || !types_is(L, lua_gettop(L), TYPE_DICT)) return false;
    lua_getfield(L, -1, "v");
    lua_pushvalue(L, key);
    lua_rawget(L, -2);
    lua_replace(L, -3);
    lua_pop(L, 1);
    return !lua_isnil(L, -1);
}

// The walk through ordered tables, from the one on the top on.
static int walk_tables(lua_State *L, int key, int last) {
    for (; key <= last; key++)
        if (!step_in_table(L, key)) return 0;
    return 1;
}

// Pushes a payload for a container inside the one at 1, with the same memo: its table is made when it is asked for.
static void push_inner(lua_State *L, const struct json *node) {
    const struct payload *outer = lua_touserdata(L, 1);
    struct payload *p = new_payload(L, node);
    p->epoch = outer->epoch;
    p->made_in = outer->made_in;
    push_memo(L, 1);
    lua_setiuservalue(L, -2, MEMO);
}

static int push_node(lua_State *L, const struct json *node, bool is_eager) {
    if (node->type == JSON_BIGINT) {
        struct types t = push_types(L);
        build_big(L, node, &t);
    } else if (!is_container(node)) {
        values_push(L, node);
    } else if (is_eager) {
        build_and_keep(L, 1, node);
    } else {
        push_inner(L, node);
    }
    return 1;
}

static str key_at(lua_State *L, int index) {
    str key;
    key.ptr = lua_tolstring(L, index, &key.len);
    return key;
}

// What path answers when an object simply has no such member.
static int push_missing(lua_State *L) {
    lua_pushnil(L);
    lua_pushboolean(L, true);
    return 2;
}

// path(payload, k1, …) -> the member's value: a scalar, its ordered table when there is one, else a payload of
// its own (a fresh payload gives ordered tables only). nil and true when the last object has no such member. Nothing when a step is not plain:
// a missing key, a name that dict has as a method or that begins with an underscore, something that is no
// object.
int payload_path(lua_State *L) {
    const struct payload *p = to_payload(L, 1);
    if (!p) return 0;
    const struct json *node = p->node;
    int last = lua_gettop(L);
    for (int i = 2; i <= last; i++)
        if (lua_type(L, i) != LUA_TSTRING || payload_is_special(key_at(L, i))) return 0;
    bool has_memo = lua_getiuservalue(L, 1, MEMO) == LUA_TTABLE;
    lua_pop(L, 1);
    size_t looked_at = 0;
    bool is_last = false;
    for (int i = 2; node && i <= last; i++) {
        if (node->type != JSON_OBJECT) return 0;
        if (has_memo && push_kept(L, 1, node)) return walk_tables(L, i, last);
        looked_at += node->count;
        node = json_get(node, key_at(L, i));
        is_last = i == last;
    }
    fuel_bytes(L, looked_at);
    if (!node) return is_last ? push_missing(L) : 0;
    if (has_memo && push_kept(L, 1, node)) return 1;
    return push_node(L, node, p->is_eager);
}

static const struct json *item_of(lua_State *L, const struct json *node) {
    if (node->type == JSON_OBJECT) {
        fuel_bytes(L, node->count);
        return lua_type(L, 2) == LUA_TSTRING ? json_get(node, key_at(L, 2)) : NULL;
    }
    lua_Integer i = lua_isinteger(L, 2) ? lua_tointeger(L, 2) : node->count;
    if (i < 0) i += node->count;
    return i >= 0 && i < node->count ? &node->items[i] : NULL;
}

// The payload at 1 whose table nobody has made, and so nobody changed; else NULL.
static const struct payload *unmade(lua_State *L) {
    const struct payload *p = to_payload(L, 1);
    if (!p || !push_kept(L, 1, p->node)) return p;
    lua_pop(L, 1);
    return NULL;
}

// item(payload, key) -> the member of that name or the item at that index (from 0; below 0 from the end), as path gives it;
// nil and true when there is none. Nothing when the payload has its table, and for what is no payload.
static int item(lua_State *L) {
    lua_settop(L, 2);
    const struct payload *p = unmade(L);
    if (!p) return 0;
    const struct json *found = item_of(L, p->node);
    return found ? push_node(L, found, p->is_eager) : push_missing(L);
}

// has(payload, text) -> boolean: has it a member of that name, or an item that is that text? Nothing as with item.
static int has(lua_State *L) {
    str wanted = {0};
    wanted.ptr = luaL_checklstring(L, 2, &wanted.len);
    const struct payload *p = unmade(L);
    if (!p) return 0;
    const struct json *node = p->node;
    fuel_bytes(L, node->count);
    bool is_there = node->type == JSON_OBJECT && json_get(node, wanted);
    for (uint32_t i = 0; node->type == JSON_ARRAY && !is_there && i < node->count; i++)
        is_there = node->items[i].type == JSON_STRING && str_is(node->items[i].text, wanted);
    lua_pushboolean(L, is_there);
    return 1;
}

// expand(payload) -> its ordered table, always the same one. Other values come back as they are.
static int expand(lua_State *L) {
    luaL_checkany(L, 1);
    if (is_payload_at(L, 1)) payload_expand(L, 1);
    else lua_settop(L, 1);
    return 1;
}

// fresh(payload) -> another payload over the same document, for a template that changes values: what one changes the
// other does not see.
static int fresh(lua_State *L) {
    luaL_checkany(L, 1);
    if (!is_payload_at(L, 1)) {
        lua_settop(L, 1);
        return 1;
    }
    const struct payload *from = check_payload(L, 1);
    struct payload *p = new_payload(L, from->node);
    p->epoch = from->epoch;
    p->made_in = from->made_in;
    p->is_eager = true;
    if (p->epoch) return 1;
    lua_getiuservalue(L, 1, MEMO);
    lua_rawgeti(L, -1, DOCUMENT);
    push_memo(L, -3);
    lua_insert(L, -2);
    lua_rawseti(L, -2, DOCUMENT);
    lua_settop(L, 2);
    return 1;
}

// text(payload) -> the bytes that came, or compact JSON when only the tree is known.
static int text(lua_State *L) {
    const struct payload *p = check_payload(L, 1);
    if (!p->epoch) {
        lua_getiuservalue(L, 1, MEMO);
        lua_rawgeti(L, -1, DOCUMENT);
        if (lua_getiuservalue(L, -1, TEXT) == LUA_TSTRING) return 1;
    }
    struct scratch *s = scratch_push(L);
    json_write(&s->out, p->node);
    fuel_bytes(L, s->out.len);
    lua_pushlstring(L, s->out.ptr, s->out.len);
    scratch_free(s);
    return 1;
}

lua_Integer payload_size(lua_State *L, int index) {
    const struct payload *p = check_payload(L, index);
    if (!push_kept(L, index, p->node)) return p->node->count;
    lua_getfield(L, -1, "n");
    lua_Integer n = lua_tointeger(L, -1);
    lua_pop(L, 2);
    return n;
}

// size(payload) -> how many items or members, without making its table
static int size(lua_State *L) {
    lua_pushinteger(L, payload_size(L, 1));
    return 1;
}

// is_object(payload) -> true for an object, false for an array
static int is_object(lua_State *L) {
    lua_pushboolean(L, check_payload(L, 1)->node->type == JSON_OBJECT);
    return 1;
}

// is_payload(value) -> boolean
static int is_payload(lua_State *L) {
    lua_pushboolean(L, is_payload_at(L, 1));
    return 1;
}

// payload(text) -> a payload or a scalar, or nil and a sentence.
static int payload(lua_State *L) {
    str bytes;
    bytes.ptr = luaL_checklstring(L, 1, &bytes.len);
    fuel_bytes(L, bytes.len);
    struct document *d = push_document(L);
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, -2, TEXT);
    d->own = arena_new();
    struct json *root;
    struct why why;
    if (json_parse(d->own, bytes, &root, &why)) {
        lua_pushnil(L);
        lua_pushstring(L, why.text);
        return 2;
    }
    if (!is_container(root)) return push_node(L, root, true);
    new_payload(L, root);
    push_memo(L, -1);
    lua_pushvalue(L, -3);
    lua_rawseti(L, -2, DOCUMENT);
    lua_pop(L, 1);
    return 1;
}

void payload_open(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"payload", payload}, {"path", payload_path},     {"expand", expand},       {"fresh", fresh}, {"text", text},
        {"size", size},       {"is_payload", is_payload}, {"is_object", is_object}, {"item", item},   {"has", has},
        {NULL, NULL}};
    luaL_setfuncs(L, functions, 0);
}
