// Payloads: a parsed document as templates see it, and its ordered tables. payload_walk.c looks things up in it. The
// functions join the module "tocsin.json".
//
// A payload is a userdata that points at one node of a document. Its one user value is the memo, a table that the
// payloads of a document share (nil until there is need of it): from node to the ordered table made of it, and at
// DOCUMENT the userdata that owns the nodes; or it is the payload that this one is a part of, which has the memo. Once a container has its ordered table, that table is the truth: walks go
// through it, because a template may have changed it.
#include "script/fuel.h"
#include "script/payload_impl.h"
#include <lauxlib.h>

enum { DOCUMENT = 1, TEXT = 1 }; // place in a memo; user value of a document

// Owns the nodes; the bytes they came from are its user value.
struct document {
    arena *own;
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

struct payload *payload_new(lua_State *L, const struct json *node) {
    struct payload *p = lua_newuserdatauv(L, sizeof *p, 1);
    *p = (struct payload){.tag = &payload_key, .node = node, .root = p, .fuel = fuel_of(L)};
    set_type(L, &payload_key, "__metatable", NULL);
    return p;
}

void payload_charge(lua_State *L, const struct payload *p, size_t bytes) {
    int64_t units = (int64_t)(bytes / FUEL_BYTES) + 1;
    if (p->fuel->mode == FUEL_METERED && p->fuel->left >= units) p->fuel->left -= units;
    else fuel_bytes(L, bytes);
}

void payload_check_alive(lua_State *L, const struct payload *p) {
    if (p->epoch && p->made_in != *p->epoch) luaL_error(L, "the payload is used after the call that brought it");
}

// Every userdata of a state is made by our own code, so that one of this size has room for the tag.
static bool is_payload_at(lua_State *L, int index) {
    if (lua_type(L, index) != LUA_TUSERDATA || lua_rawlen(L, index) != sizeof(struct payload)) return false;
    return ((const struct payload *)lua_touserdata(L, index))->tag == &payload_key;
}

// The payload at `index`, or NULL when the value is none.
struct payload *payload_at(lua_State *L, int index) {
    if (!is_payload_at(L, index)) return NULL;
    struct payload *p = lua_touserdata(L, index);
    payload_check_alive(L, p);
    return p;
}

static struct payload *check_payload(lua_State *L, int index) {
    struct payload *p = payload_at(L, index);
    luaL_argexpected(L, p, index, "payload");
    return p;
}

// Pushes the memo of the payload at `index`, or nil; gives its type.
int payload_get_memo(lua_State *L, int index) {
    const struct payload *p = lua_touserdata(L, index);
    if (!p->root->has_memo) {
        lua_pushnil(L);
        return LUA_TNIL;
    }
    if (lua_getiuservalue(L, index, MEMO) == LUA_TTABLE) return LUA_TTABLE;
    lua_getiuservalue(L, -1, MEMO);
    lua_remove(L, -2);
    return LUA_TTABLE;
}

const struct json *payload_json(lua_State *L, int index) {
    const struct payload *p = payload_at(L, index);
    return p ? p->node : NULL;
}

const struct json *payload_untouched(lua_State *L, int index) {
    const struct payload *p = payload_at(L, index);
    if (!p) return NULL;
    // A table may have been changed only where the payload is a fresh one.
    bool has_memo = p->is_eager && payload_get_memo(L, index) == LUA_TTABLE;
    if (p->is_eager) lua_pop(L, 1);
    return has_memo ? NULL : p->node;
}

void payload_push(lua_State *L, const struct json *v) {
    luaL_checkstack(L, 8, NULL);
    if (!payload_is_container(v)) {
        values_push(L, v);
        return;
    }
    struct payload *p = payload_new(L, v);
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

void payload_build_big(lua_State *L, const struct json *v) {
    struct types t = push_types(L);
    build_big(L, v, &t);
}

// Pushes the value of a node; `memo` is the place of a table from node to what was made of it before, or 0.
static void build(lua_State *L, const struct json *v, const struct types *t, int memo) {
    if (v->type == JSON_BIGINT) {
        build_big(L, v, t);
        return;
    }
    if (!payload_is_container(v)) {
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
    int type = lua_getiuservalue(L, index, MEMO);
    if (type == LUA_TTABLE) return;
    if (type == LUA_TUSERDATA) {
        push_memo(L, -1);
        lua_remove(L, -2);
        return;
    }
    lua_pop(L, 1);
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_setiuservalue(L, index, MEMO);
    ((struct payload *)lua_touserdata(L, index))->has_memo = true;
}

// Pushes the ordered table of one container of the payload and remembers it.
void payload_build(lua_State *L, int index, const struct json *node) {
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
bool payload_push_kept(lua_State *L, int index, const struct json *node) {
    if (!((const struct payload *)lua_touserdata(L, index))->root->has_memo) return false;
    payload_get_memo(L, index);
    lua_rawgetp(L, -1, node);
    lua_remove(L, -2);
    if (lua_istable(L, -1)) return true;
    lua_pop(L, 1);
    return false;
}

void payload_expand(lua_State *L, int index) {
    const struct json *node = check_payload(L, index)->node;
    if (!payload_push_kept(L, index, node)) payload_build(L, index, node);
}

// --- the module ---

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
    struct payload *p = payload_new(L, from->node);
    p->epoch = from->epoch;
    p->made_in = from->made_in;
    p->is_eager = true;
    if (p->epoch) return 1;
    payload_get_memo(L, 1);
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
        payload_get_memo(L, 1);
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
    if (!payload_push_kept(L, index, p->node)) return p->node->count;
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
    if (!payload_is_container(root)) return payload_push_node(L, 0, root, true);
    payload_new(L, root);
    push_memo(L, -1);
    lua_pushvalue(L, -3);
    lua_rawseti(L, -2, DOCUMENT);
    lua_pop(L, 1);
    return 1;
}

void payload_open(lua_State *L) {
    static const luaL_Reg functions[] = {{"payload", payload},     {"expand", expand}, {"fresh", fresh},
                                         {"text", text},           {"size", size},     {"is_payload", is_payload},
                                         {"is_object", is_object}, {NULL, NULL}};
    luaL_setfuncs(L, functions, 0);
    payload_open_walk(L);
}
