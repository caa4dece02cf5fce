// Looking things up in a payload without making tables of it: paths, items, loops.
#include "script/fuel.h"
#include "script/payload_impl.h"
#include <lauxlib.h>

// --- paths ---

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

// Pushes a payload for a container inside the one at `outer`: its table is made when it is asked for.
static void push_inner(lua_State *L, int outer, const struct json *node) {
    const struct payload *of = lua_touserdata(L, outer);
    struct payload *p = payload_new(L, node);
    p->epoch = of->epoch;
    p->made_in = of->made_in;
    p->root = of->root;
    if (of->root == of) lua_pushvalue(L, outer);
    else lua_getiuservalue(L, outer, MEMO);
    lua_setiuservalue(L, -2, MEMO);
}

// Pushes the value of a node of the payload at `outer`.
int payload_push_node(lua_State *L, int outer, const struct json *node, bool is_eager) {
    if (node->type == JSON_BIGINT) {
        payload_build_big(L, node);
    } else if (!payload_is_container(node)) {
        values_push(L, node);
    } else if (is_eager) {
        payload_build(L, outer, node);
    } else {
        push_inner(L, outer, node);
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

// The walk of `path` as far as it is plain and through the document. FOUND: *out is the member. NO_MEMBER: the last object
// has none of that name. IN_TABLE: the table of a container is on the top, and the walk goes on in it at *key.
enum walked { NOT_PLAIN, FOUND, NO_MEMBER, IN_TABLE };
static enum walked walk(lua_State *L, const struct payload *p, bool has_memo, const struct json **out, int *key) {
    const struct json *node = p->node;
    int last = lua_gettop(L), i = 2;
    for (; i <= last; i++)
        if (lua_type(L, i) != LUA_TSTRING || payload_is_special(key_at(L, i))) return NOT_PLAIN;
    size_t looked_at = 0;
    for (i = 2; node && i <= last; i++) {
        if (node->type != JSON_OBJECT) return NOT_PLAIN;
        *key = i;
        if (has_memo && payload_push_kept(L, 1, node)) return IN_TABLE;
        looked_at += node->count;
        node = json_get(node, key_at(L, i));
    }
    payload_charge(L, p, looked_at);
    *out = node;
    return node ? FOUND : i > last ? NO_MEMBER : NOT_PLAIN;
}

// path(payload, k1, …) -> the member's value: a scalar, its ordered table when there is one, else a payload of
// its own (a fresh payload gives ordered tables only). nil and true when the last object has no such member. Nothing when a step is not plain:
// a missing key, a name that dict has as a method or that begins with an underscore, something that is no
// object.
int payload_path(lua_State *L) {
    const struct payload *p = payload_at(L, 1);
    if (!p) return 0;
    const struct json *node;
    int key, last = lua_gettop(L);
    bool is_made = p->root->has_memo;
    switch (walk(L, p, is_made, &node, &key)) {
    case NOT_PLAIN: return 0;
    case NO_MEMBER: return push_missing(L);
    case IN_TABLE: return walk_tables(L, key, last);
    case FOUND: break;
    }
    if (is_made && payload_push_kept(L, 1, node)) return 1;
    return payload_push_node(L, 1, node, p->is_eager);
}

static bool is_true(const struct json *v) {
    switch (v->type) {
    case JSON_NULL:
    case JSON_FALSE: return false;
    case JSON_TRUE:
    case JSON_BIGINT: return true;
    case JSON_INT: return v->integer != 0;
    case JSON_DOUBLE: return v->real != 0;
    case JSON_STRING: return v->text.len > 0;
    default: return v->count > 0;
    }
}

int payload_truth(lua_State *L) {
    const struct payload *p = payload_at(L, 1);
    const struct json *node;
    int key;
    if (!p || p->root->has_memo) return -1;
    switch (walk(L, p, false, &node, &key)) {
    case FOUND: return is_true(node);
    case NO_MEMBER: return 0;
    default: return -1;
    }
}

static const struct json *item_of(lua_State *L, const struct payload *p) {
    const struct json *node = p->node;
    if (node->type == JSON_OBJECT) {
        payload_charge(L, p, node->count);
        return lua_type(L, 2) == LUA_TSTRING ? json_get(node, key_at(L, 2)) : NULL;
    }
    lua_Integer i = lua_isinteger(L, 2) ? lua_tointeger(L, 2) : node->count;
    if (i < 0) i += node->count;
    return i >= 0 && i < node->count ? &node->items[i] : NULL;
}

// The payload there whose table nobody has made, and so nobody changed; else NULL.
static const struct payload *unmade(lua_State *L, int index) {
    const struct payload *p = payload_at(L, index);
    if (!p || !payload_push_kept(L, index, p->node)) return p;
    lua_pop(L, 1);
    return NULL;
}

// item(payload, key) -> the member of that name or the item at that index (from 0; below 0 from the end), as path gives it;
// nil and true when there is none. Nothing when the payload has its table, and for what is no payload.
static int item(lua_State *L) {
    lua_settop(L, 2);
    const struct payload *p = unmade(L, 1);
    if (!p) return 0;
    const struct json *found = item_of(L, p);
    return found ? payload_push_node(L, 1, found, p->is_eager) : push_missing(L);
}

int payload_has(lua_State *L, int index, str wanted) {
    const struct payload *p = unmade(L, index);
    if (!p) return -1;
    const struct json *node = p->node;
    payload_charge(L, p, node->count);
    if (node->type == JSON_OBJECT) return json_get(node, wanted) != NULL;
    for (uint32_t i = 0; i < node->count; i++)
        if (node->items[i].type == JSON_STRING && str_is(node->items[i].text, wanted)) return 1;
    return 0;
}

// has(payload, text) -> boolean: has it a member of that name, or an item that is that text? Nothing as with item.
static int has(lua_State *L) {
    luaL_checktype(L, 2, LUA_TSTRING);
    int is_there = payload_has(L, 1, key_at(L, 2));
    if (is_there < 0) return 0;
    lua_pushboolean(L, is_there);
    return 1;
}

// --- loops ---

// Over a container that has no table; its user value is the payload.
struct loop {
    const struct payload *payload;
    uint32_t at;
};

static struct loop *loop_at(lua_State *L) {
    struct loop *l = lua_touserdata(L, 1);
    payload_check_alive(L, l->payload);
    return l;
}

// Pushes the value of a node inside the payload of the loop at 1.
static void push_of_loop(lua_State *L, const struct json *node) {
    if (!payload_is_container(node)) {
        payload_push_node(L, 0, node, false);
        return;
    }
    lua_getiuservalue(L, 1, MEMO);
    push_inner(L, lua_gettop(L), node);
}

static int next_item(lua_State *L) {
    struct loop *l = loop_at(L);
    const struct json *list = l->payload->node;
    if (l->at >= list->count) return 0;
    push_of_loop(L, &list->items[l->at++]);
    return 1;
}

static int next_member(lua_State *L) {
    struct loop *l = loop_at(L);
    const struct json *object = l->payload->node;
    if (l->at >= object->count) return 0;
    const struct json_member *m = &object->members[l->at++];
    lua_pushlstring(L, m->key.ptr, m->key.len);
    int key = lua_gettop(L);
    push_of_loop(L, &m->value);
    lua_pushvalue(L, key);
    lua_insert(L, -2);
    return 2;
}

static int next_key(lua_State *L) {
    struct loop *l = loop_at(L);
    const struct json *object = l->payload->node;
    if (l->at >= object->count) return 0;
    const struct json_member *m = &object->members[l->at++];
    lua_pushlstring(L, m->key.ptr, m->key.len);
    return 1;
}

// The payload at 1 when nothing can have changed it and it has no table.
static const struct payload *lazy(lua_State *L) {
    const struct payload *p = unmade(L, 1);
    return p && !p->is_eager ? p : NULL;
}

int payload_loop(lua_State *L, bool is_pairs) {
    const struct payload *p = lazy(L);
    if (!p || (is_pairs && p->node->type != JSON_OBJECT)) return 0;
    lua_pushcfunction(L, is_pairs ? next_member : p->node->type == JSON_ARRAY ? next_item : next_key);
    struct loop *l = lua_newuserdatauv(L, sizeof *l, 1);
    *l = (struct loop){.payload = p};
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, -2, MEMO);
    return 2;
}

// items(payload) -> an array {n=, …} of an array's items, each as path gives it; the caller makes it a list. Nothing when
// it has its table, is no array, or is one for changing.
static int items(lua_State *L) {
    const struct payload *p = lazy(L);
    if (!p || p->node->type != JSON_ARRAY) return 0;
    const struct json *list = p->node;
    fuel_bytes(L, list->count * FUEL_NODE * FUEL_BYTES);
    lua_createtable(L, (int)list->count, 1);
    int at = lua_gettop(L);
    for (uint32_t i = 0; i < list->count; i++) {
        payload_push_node(L, 1, &list->items[i], false);
        lua_rawseti(L, at, (lua_Integer)i + 1);
        lua_settop(L, at);
    }
    lua_pushinteger(L, list->count);
    lua_setfield(L, at, "n");
    return 1;
}

void payload_open_walk(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"path", payload_path}, {"item", item}, {"has", has}, {"items", items}, {NULL, NULL}};
    luaL_setfuncs(L, functions, 0);
}
