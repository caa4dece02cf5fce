#include "script/script.h"
#include "base/mem.h"
#include "script/heap.h"
#include "script/loader.h"
#include "script/own_files.h"
#include "script/state.h"
#include "script/values.h"
#include <lauxlib.h>

struct script {
    lua_State *L;
    struct script_options options;
    char *lua_dir;
    struct heap heap;
    struct fuel *fuel;
    int64_t fuel_used;
    bool is_running, is_fuel_error;
};

static const char options_key, functions_key; // their addresses are places in the registry

const struct script_options *script_options_of(lua_State *L) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &options_key);
    const struct script_options *options = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return options;
}

// --- one call ---

struct call {
    script *s;
    const char *module, *function;
    const struct script_value *args;
    size_t nargs;
    struct script_budget budget;
    arena *memory;
    struct script_value *results;
    size_t nresults;
};

// Pushes the function, loading its module the first time; that costs no fuel and only the state's own memory.
// The places are the addresses of the names: a name that stands twice in the program is looked up twice.
static void push_function(lua_State *L, const struct call *c) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &functions_key);
    if (lua_rawgetp(L, -1, c->module) != LUA_TTABLE) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_pushvalue(L, -1);
        lua_rawsetp(L, -3, c->module);
    }
    if (lua_rawgetp(L, -1, c->function) != LUA_TFUNCTION) {
        lua_pop(L, 1);
        lua_pushcfunction(L, loader_require);
        lua_pushstring(L, c->module);
        lua_call(L, 1, 1);
        if (!lua_istable(L, -1) || lua_getfield(L, -1, c->function) != LUA_TFUNCTION)
            luaL_error(L, "module '%s' has no function '%s'", c->module, c->function);
        lua_remove(L, -2);
        lua_pushvalue(L, -1);
        lua_rawsetp(L, -3, c->function);
    }
    lua_replace(L, -3);
    lua_pop(L, 1);
}

static int ask(lua_State *L) {
    const struct script_question *q = lua_touserdata(L, lua_upvalueindex(1));
    str text;
    text.ptr = luaL_checklstring(L, 1, &text.len);
    lua_pushboolean(L, q->ask(q->ctx, text, luaL_checkinteger(L, 2)));
    return 1;
}

// The function of a question, made once: its address is its place in the registry.
static void push_question(lua_State *L, const struct script_question *q) {
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, q) == LUA_TFUNCTION) return;
    lua_pop(L, 1);
    lua_pushlightuserdata(L, (void *)(uintptr_t)q);
    lua_pushcclosure(L, ask, 1);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, q);
}

static void push_value(lua_State *L, const struct script_value *v) {
    switch (v->type) {
    case SCRIPT_NIL: lua_pushnil(L); break;
    case SCRIPT_BOOL: lua_pushboolean(L, v->boolean); break;
    case SCRIPT_INT: lua_pushinteger(L, v->integer); break;
    case SCRIPT_REAL: lua_pushnumber(L, v->real); break;
    case SCRIPT_STR: lua_pushlstring(L, v->text.ptr ? v->text.ptr : "", v->text.len); break;
    case SCRIPT_JSON: payload_push(L, v->json); break;
    case SCRIPT_QUESTION: push_question(L, v->question); break;
    }
}

static void take_text(lua_State *L, int index, arena *memory, struct script_value *out) {
    str text;
    text.ptr = lua_tolstring(L, index, &text.len);
    *out = (struct script_value){.type = SCRIPT_STR, .text = arena_str(memory, text)};
}

static void take_value(lua_State *L, int index, arena *memory, struct script_value *out) {
    *out = (struct script_value){.type = SCRIPT_NIL};
    switch (lua_type(L, index)) {
    case LUA_TNONE:
    case LUA_TNIL:
    case LUA_TLIGHTUSERDATA: break; // null
    case LUA_TBOOLEAN: *out = (struct script_value){.type = SCRIPT_BOOL, .boolean = lua_toboolean(L, index)}; break;
    case LUA_TSTRING: take_text(L, index, memory, out); break;
    case LUA_TNUMBER:
        if (lua_isinteger(L, index))
            *out = (struct script_value){.type = SCRIPT_INT, .integer = lua_tointeger(L, index)};
        else *out = (struct script_value){.type = SCRIPT_REAL, .real = lua_tonumber(L, index)};
        break;
    default: luaL_error(L, "result %d is a %s, which C cannot take", index, luaL_typename(L, index));
    }
}

// The body of a call, inside the guard.
static int run(lua_State *L) {
    const struct call *c = lua_touserdata(L, 1);
    lua_settop(L, 0);
    push_function(L, c);
    fuel_begin(c->s->fuel, c->budget.fuel);
    heap_begin(&c->s->heap, c->budget.memory_bytes);
    luaL_checkstack(L, (int)c->nargs, NULL);
    for (size_t i = 0; i < c->nargs; i++) push_value(L, &c->args[i]);
    lua_call(L, (int)c->nargs, LUA_MULTRET);
    struct script_value *results = arena_alloc(c->memory, c->nresults * sizeof *results);
    for (size_t i = 0; i < c->nresults; i++) take_value(L, (int)i + 1, c->memory, &results[i]);
    if (c->nresults) memcpy(c->results, results, c->nresults * sizeof *results);
    return 0;
}

// --- errors ---

static void log_failure(lua_State *L, const script *s, str message) {
    luaL_traceback(L, L, NULL, 2);
    LOG(s->options.log, LOG_ERROR, "script_failed", LOG_S("error", message), LOG_Z("trace", lua_tostring(L, -1)));
    lua_pop(L, 1);
}

// Turns the error value into a sentence. A value that is text is our bug: it is logged with its place.
static int on_error(lua_State *L) {
    script *s = lua_touserdata(L, lua_upvalueindex(1));
    s->is_fuel_error = fuel_is_error(L, 1);
    bool is_text = lua_type(L, 1) == LUA_TSTRING;
    if (lua_istable(L, 1) && !luaL_getmetafield(L, 1, "__tostring") && lua_getfield(L, 1, "message") == LUA_TSTRING)
        lua_replace(L, 1);
    lua_settop(L, 1);
    str message;
    message.ptr = luaL_tolstring(L, 1, &message.len);
    if (is_text && s->options.log) log_failure(L, s, message);
    return 1;
}

static err failure(const script *s, int status, struct why *why) {
    const char *message = lua_tostring(s->L, -1);
    bool is_fuel = s->is_fuel_error || fuel_is_spent(s->fuel);
    if (status == LUA_ERRMEM || (is_fuel && s->heap.refusals))
        return why_set(why, ERR_MEMORY, "the script reached its memory limit");
    return why_set(why, is_fuel ? ERR_FUEL : ERR_SCRIPT, "%s", message ? message : "the script failed without a word");
}

// --- the one entry ---

// Calls f(arg) under the handler, which stands at the bottom of the stack for the state's life.
static int guarded(script *s, lua_CFunction f, void *arg) {
    s->is_fuel_error = false;
    lua_settop(s->L, 1);
    lua_pushcfunction(s->L, f);
    lua_pushlightuserdata(s->L, arg);
    return lua_pcall(s->L, 1, 0, 1);
}

err script_call(script *s, const char *module, const char *function, const struct script_value *args, size_t nargs,
                struct script_budget budget, arena *a, struct script_value *results, size_t nresults, struct why *why) {
    CHECK(!s->is_running);
    struct call call = {s, module, function, args, nargs, budget, a, results, nresults};
    s->is_running = true;
    int status = guarded(s, run, &call);
    err e = status == LUA_OK ? ERR_OK : failure(s, status, why);
    s->fuel_used = fuel_used(s->fuel);
    *s->fuel = (struct fuel){.mode = FUEL_FREE};
    lua_settop(s->L, 1);
    payload_end(s->L);
    heap_end(&s->heap, s->L);
    s->is_running = false;
    return e;
}

// --- making and freeing ---

// Everything that allocates in a new state; leaves the error handler as its result.
static int open_state(lua_State *L) {
    script *s = lua_touserdata(L, 1);
    s->fuel = fuel_of(L);
    s->heap.fuel = s->fuel;
    lua_pushlightuserdata(L, &s->options);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &options_key);
    lua_newtable(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &functions_key);
    loader_open(L);
    payload_end(L);
    lua_pushlightuserdata(L, s);
    lua_pushcclosure(L, on_error, 1);
    return 1;
}

script *script_new(const struct script_options *options, struct why *why) {
    script *s = NEW(script);
    s->options = *options;
    if (options->lua_dir) s->options.lua_dir = s->lua_dir = mem_copy(options->lua_dir, strlen(options->lua_dir));
    s->heap.limit = s->heap.cap = options->memory_bytes ? options->memory_bytes : SIZE_MAX;
    s->L = lua_newstate(heap_alloc, &s->heap);
    if (!s->L) {
        why_set(why, ERR_MEMORY, "a Lua state does not fit in %zu bytes", options->memory_bytes);
        script_free(s);
        return NULL;
    }
    lua_gc(s->L, LUA_GCGEN, 0, 0);
    lua_pushcfunction(s->L, open_state);
    lua_pushlightuserdata(s->L, s);
    if (lua_pcall(s->L, 1, 1, 0)) {
        why_set(why, ERR_SCRIPT, "the Lua state cannot be opened: %s", lua_tostring(s->L, -1));
        script_free(s);
        return NULL;
    }
    return s;
}

void script_free(script *s) {
    if (!s) return;
    if (s->L) lua_close(s->L);
    mem_free(s->lua_dir);
    mem_free(s);
}

uint64_t script_generation(const script *s) {
    return s->options.own_files ? own_files_generation(s->options.own_files) : 0;
}

int64_t script_fuel_used(const script *s) { return s->fuel_used; }
size_t script_memory(const script *s) { return s->heap.held; }
lua_State *script_state(const script *s) { return s->L; }
int64_t script_gc_pause_max_ns(const script *s) { return s->heap.pause_max; }
