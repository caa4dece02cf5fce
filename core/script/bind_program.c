// `require "tocsin.program"`: templates rendered in C (jinja/program.h).
#include "base/mem.h"
#include "script/bindings.h"
#include "script/fuel.h"
#include "script/program_tree.h"
#include "script/values.h"
#include <lauxlib.h>
#include <math.h>

#define PROGRAM_TYPE "tocsin.program"
#define RUN_TYPE     "tocsin.program_run"
#define TABLES_MAX   20                 // in each other
#define ITEMS_MAX    500                // of a table
#define TEXT_KEPT    ((size_t)64 << 10) // what is more is given back

// The memory of a state's renderings, one after the other.
struct runner {
    struct jmemory *memory;
    char *text;
    size_t cap;
};

// How a context is read.
struct reading {
    lua_State *L;
    struct run *run;
    bool is_plain; // may tables be read?
};

static int free_runner(lua_State *L) {
    struct runner *runner = lua_touserdata(L, 1);
    jmemory_free(runner->memory);
    mem_free(runner->text);
    *runner = (struct runner){0};
    return 0;
}

static int free_program(lua_State *L) {
    program_clear(lua_touserdata(L, 1));
    return 0;
}

// build(tree, has_oncall) -> program | nil: of a syntax tree; nil when the template holds what Lua alone knows.
static int build(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    struct program *p = scratch_owned(L, sizeof *p, PROGRAM_TYPE, free_program);
    lua_pushvalue(L, 1);
    bool is_known = program_build(p, L, lua_toboolean(L, 2));
    lua_settop(L, 3);
    if (is_known) return 1;
    program_clear(p);
    return 0;
}

static jval value_at(struct reading *reading, int depth);

// Of a list or tuple, {n=, [1..n]}, on the top.
static bool read_list(struct reading *reading, enum jtype type, uint32_t n, int depth, jval *out) {
    lua_State *L = reading->L;
    if (!run_list(reading->run, type, n, out)) return false;
    for (uint32_t i = 0; i < n; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i + 1);
        out->list->items[i] = value_at(reading, depth + 1);
        lua_pop(L, 1);
        if (out->list->items[i].type == J_OTHER) return false;
    }
    out->list->n = n;
    return true;
}

// Of a dict, {n=, k=, v=}, on the top. Only names are keys here.
static bool read_dict(struct reading *reading, uint32_t n, int depth, jval *out) {
    lua_State *L = reading->L;
    if (!run_dict(reading->run, n, out)) return false;
    bool is_known = lua_getfield(L, -1, "k") == LUA_TTABLE && lua_getfield(L, -2, "v") == LUA_TTABLE;
    for (uint32_t i = 0; is_known && i < n; i++) {
        struct jentry *e = &out->dict->entries[i];
        is_known = lua_rawgeti(L, -2, (lua_Integer)i + 1) == LUA_TSTRING;
        e->key = value_at(reading, depth + 1);
        lua_rawget(L, -2);
        e->value = value_at(reading, depth + 1);
        lua_pop(L, 1);
        is_known = is_known && e->value.type != J_OTHER && e->value.type != J_UNDEF;
    }
    out->dict->n = n;
    return is_known;
}

// Of a table on the top: J_OTHER for what is no list, tuple or dict of lua/jinja/value.lua, or holds such.
static jval read_table(struct reading *reading, int depth) {
    lua_State *L = reading->L;
    int top = lua_gettop(L);
    jval v;
    bool is_known = false;
    if (reading->is_plain && depth < TABLES_MAX && lua_checkstack(L, 10) &&
        luaL_getmetafield(L, -1, "name") == LUA_TSTRING) {
        const char *name = lua_tostring(L, -1);
        lua_settop(L, top);
        lua_getfield(L, -1, "n");
        lua_Integer n = lua_tointeger(L, -1);
        lua_settop(L, top);
        if (n < 0 || n > ITEMS_MAX) is_known = false;
        else if (strcmp(name, "dict") == 0) is_known = read_dict(reading, (uint32_t)n, depth, &v);
        else if (strcmp(name, "list") == 0) is_known = read_list(reading, J_LIST, (uint32_t)n, depth, &v);
        else if (strcmp(name, "tuple") == 0) is_known = read_list(reading, J_TUPLE, (uint32_t)n, depth, &v);
    }
    lua_settop(L, top);
    return is_known ? v : jval_of(J_OTHER);
}

// The value on the top. Tables are what Lua made, perhaps for more than one template: a template that may change values
// would have to change them, too, and is Lua's affair.
static jval value_at(struct reading *reading, int depth) {
    lua_State *L = reading->L;
    const int index = -1;
    str text;
    const struct json *document;
    switch (lua_type(L, index)) {
    case LUA_TTABLE: return read_table(reading, depth);
    case LUA_TNIL: return jval_of(J_UNDEF);
    case LUA_TBOOLEAN: return jval_bool(lua_toboolean(L, index));
    case LUA_TLIGHTUSERDATA: return jval_of(J_NONE);
    case LUA_TNUMBER:
        if (lua_isinteger(L, index)) return jval_int(lua_tointeger(L, index));
        return isnan(lua_tonumber(L, index)) ? jval_of(J_OTHER) : jval_real(lua_tonumber(L, index));
    case LUA_TSTRING:
        text.ptr = lua_tolstring(L, index, &text.len);
        return text.len > UINT32_MAX ? jval_of(J_OTHER) : jval_str(text);
    case LUA_TUSERDATA:
        document = payload_untouched(L, index);
        return document ? jval_json(document) : jval_of(J_OTHER);
    default: return jval_of(J_OTHER);
    }
}

// What the template reads of the table at 2. Its strings are alive as long as the table is.
static jval *read_context(lua_State *L, const struct program *p, struct run *r) {
    jval *context = run_take(r, (p->names_count + 1) * sizeof *context);
    struct reading reading = {.L = L, .run = r, .is_plain = !p->mutates};
    for (uint32_t i = 0; context && i < p->names_count; i++) {
        str name = jval_text(&p->names[i]);
        lua_pushlstring(L, name.ptr, name.len);
        lua_rawget(L, 2);
        context[i] = value_at(&reading, 0);
        lua_pop(L, 1);
        if (context[i].type == J_UNDEF && program_is_global(name)) context[i] = (jval){.type = J_OTHER, .of = 1};
    }
    return context;
}

static int64_t begin_fuel(const struct fuel *f) {
    switch (f->mode) {
    case FUEL_METERED: return f->left;
    case FUEL_NONE: return -1;
    default: return INT64_MAX / 2;
    }
}

static void release(struct runner *runner) {
    jmemory_reset(runner->memory);
    if (runner->cap <= TEXT_KEPT) return;
    mem_free(runner->text);
    runner->text = NULL;
    runner->cap = 0;
}

// run(program, context) -> string | nothing: the text, or that it was given up and Lua shall render.
static int run(lua_State *L) {
    const struct program *p = luaL_checkudata(L, 1, PROGRAM_TYPE);
    luaL_checktype(L, 2, LUA_TTABLE);
    struct runner *runner = lua_touserdata(L, lua_upvalueindex(1));
    struct fuel *fuel = fuel_of(L);
    struct run r = {.memory = runner->memory, .out = runner->text, .cap = runner->cap, .work.left = begin_fuel(fuel)};
    int64_t given = r.work.left;
    const jval *context = p->body && given > 0 ? read_context(L, p, &r) : NULL;
    bool is_done = context && program_run(p, context, &r);
    if (fuel->mode == FUEL_METERED) fuel_burn(fuel, given - r.work.left);
    is_done = is_done && r.work.left >= 0;
    runner->text = r.out; // the next call may raise
    runner->cap = r.cap;
    if (is_done) lua_pushlstring(L, r.len ? r.out : "", r.len);
    release(runner);
    return is_done;
}

// reads(program, name) -> does it look that name up in its context?
static int reads(lua_State *L) {
    const struct program *p = luaL_checkudata(L, 1, PROGRAM_TYPE);
    str name;
    name.ptr = luaL_checklstring(L, 2, &name.len);
    bool is_read = false;
    for (uint32_t i = 0; i < p->names_count; i++) is_read |= str_is(jval_text(&p->names[i]), name);
    lua_pushboolean(L, is_read);
    return 1;
}

// callees() -> {"filter upper", "method get" …}: what programs can call.
static int callees(lua_State *L) {
    lua_Integer n = 0;
    lua_newtable(L);
    for (const struct callee_list *list = callee_lists; list->kind; list++) {
        for (const struct callee *c = list->callees; c->name; c++) {
            lua_pushfstring(L, "%s %s", list->kind, c->name);
            lua_rawseti(L, -2, ++n);
        }
    }
    return 1;
}

int bind_program_open(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"build", build}, {"reads", reads}, {"run", run}, {"callees", callees}, {NULL, NULL}};
    luaL_newlibtable(L, functions);
    struct runner *runner = scratch_owned(L, sizeof *runner, RUN_TYPE, free_runner);
    runner->memory = jmemory_new();
    luaL_setfuncs(L, functions, 1);
    return 1;
}
