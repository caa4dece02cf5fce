// `tocsin.engine`: the core in process, without threads, on a virtual clock.
#include "base/mem.h"
#include "script/bindings.h"
#include "script/engine_ops.h"
#include "script/state.h"
#include <dirent.h>
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define TYPE "tocsin.engine"

struct handle {
    const struct engine_ops *ops;
    void *engine;
    char *temporary; // folder to remove at close, or NULL
};

static const struct engine_ops *ops_of(lua_State *L) {
    const struct script_options *options = script_options_of(L);
    if (options && options->engine_ops) return options->engine_ops;
    lua_getfield(L, LUA_REGISTRYINDEX, "tocsin.engine_ops");
    const struct engine_ops *ops = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return ops;
}

static void remove_folder(const char *path) {
    DIR *dir = opendir(path);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        char file[4096];
        snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
        unlink(file);
    }
    if (dir) closedir(dir);
    rmdir(path);
}

static void close_handle(struct handle *h) {
    if (h->engine) h->ops->close(h->engine);
    h->engine = NULL;
    if (h->temporary) remove_folder(h->temporary);
    mem_free(h->temporary);
    h->temporary = NULL;
}

static struct handle *check_open(lua_State *L) {
    struct handle *h = luaL_checkudata(L, 1, TYPE);
    luaL_argcheck(L, h->engine != NULL, 1, "the engine is closed");
    return h;
}

static const char *field_text(lua_State *L, const char *name) {
    lua_getfield(L, 1, name);
    const char *text = lua_tostring(L, -1);
    lua_pop(L, 1); // the options table keeps it alive
    return text;
}

static int64_t field_int(lua_State *L, const char *name, int64_t otherwise) {
    lua_getfield(L, 1, name);
    int64_t value = luaL_optinteger(L, -1, otherwise);
    lua_pop(L, 1);
    return value;
}

// The pairs of the table at `at` as lines.
static void put_lines(lua_State *L, int at, const char *between, buf *out) {
    if (!lua_istable(L, at)) return;
    at = lua_absindex(L, at);
    for (lua_pushnil(L); lua_next(L, at); lua_pop(L, 1))
        if (lua_type(L, -2) == LUA_TSTRING && lua_isstring(L, -1))
            buf_printf(out, "%s%s%s\n", lua_tostring(L, -2), between, lua_tostring(L, -1));
}

static bool field_bool(lua_State *L, const char *name) {
    bool value = lua_getfield(L, 1, name) != LUA_TNIL && lua_toboolean(L, -1);
    lua_pop(L, 1);
    return value;
}

// engine.open{data=folder, integrations=folder, lua=folder, settings={name=value}, start_at=µs, seed=n, copy_of=folder,
// copy_group=number, is_whole=boolean, is_rehearsal=boolean} → engine | nil, sentence. Without `data` a temporary folder, removed at close.
// The last four: core/script/engine_ops.h.
static int l_open(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    struct engine_open options = {.data = field_text(L, "data"),
                                  .integrations_dir = field_text(L, "integrations"),
                                  .lua_dir = field_text(L, "lua"),
                                  .copy_of = field_text(L, "copy_of"),
                                  .copy_group = field_int(L, "copy_group", 0),
                                  .is_whole = field_bool(L, "is_whole"),
                                  .is_rehearsal = field_bool(L, "is_rehearsal"),
                                  .start_at = field_int(L, "start_at", 1700000000000000),
                                  .seed = (uint64_t)field_int(L, "seed", 1)};
    const struct engine_ops *ops = ops_of(L);
    if (!ops) return luaL_error(L, "tocsin.engine is not available in this Lua state");
    struct handle *h = lua_newuserdatauv(L, sizeof *h, 0);
    *h = (struct handle){.ops = ops};
    luaL_setmetatable(L, TYPE);
    struct why why = {""};
    buf settings = {0};
    if (!options.data) {
        char path[] = "/tmp/tocsin-XXXXXX";
        if (!mkdtemp(path)) return luaL_error(L, "no temporary folder in /tmp");
        options.data = h->temporary = mem_copy(path, sizeof path - 1);
    }
    lua_getfield(L, 1, "settings");
    put_lines(L, -1, "=", &settings);
    lua_pop(L, 1);
    options.settings = buf_view(&settings);
    h->engine = ops->open(&options, &why);
    buf_free(&settings);
    if (h->engine) return 1;
    close_handle(h);
    lua_pushnil(L);
    lua_pushstring(L, why.text);
    return 2;
}

// engine.close(e): also at collection.
static int l_close(lua_State *L) {
    close_handle(luaL_checkudata(L, 1, TYPE));
    return 0;
}

static str check_str(lua_State *L, int at) {
    str s;
    s.ptr = luaL_checklstring(L, at, &s.len);
    return s;
}

static str opt_str(lua_State *L, int at) {
    str s = {"", 0};
    if (!lua_isnoneornil(L, at)) s.ptr = luaL_checklstring(L, at, &s.len);
    return s;
}

static int push_answer(lua_State *L, const struct engine_answer *answer) {
    lua_pushinteger(L, answer->status);
    lua_pushlstring(L, answer->body.ptr ? answer->body.ptr : "", answer->body.len);
    lua_pushlstring(L, answer->content_type.ptr ? answer->content_type.ptr : "", answer->content_type.len);
    lua_pushlstring(L, answer->extra_headers.ptr ? answer->extra_headers.ptr : "", answer->extra_headers.len);
    return 4;
}

// engine.request(e, method, target, headers, body) → status, body, content_type, extra_headers
static int l_request(lua_State *L) {
    struct handle *h = check_open(L);
    struct engine_request request = {.method = check_str(L, 2), .target = check_str(L, 3), .body = opt_str(L, 5)};
    arena *a = arena_new();
    buf headers = {0};
    struct engine_answer answer = {0};
    put_lines(L, 4, ": ", &headers);
    request.headers = buf_view(&headers);
    h->ops->requests(h->engine, a, &request, 1, &answer);
    push_answer(L, &answer);
    buf_free(&headers);
    arena_free(a);
    return 4;
}

// Reads {method, target, headers, body} at the top of the stack into the arena.
static struct engine_request read_request(lua_State *L, arena *a) {
    buf headers = {0};
    for (int i = 1; i <= 4; i++) lua_geti(L, -i, i);
    put_lines(L, -2, ": ", &headers);
    struct engine_request r = {.method = arena_str(a, opt_str(L, -4)),
                               .target = arena_str(a, opt_str(L, -3)),
                               .body = arena_str(a, opt_str(L, -1)),
                               .headers = arena_str(a, buf_view(&headers))};
    buf_free(&headers);
    lua_pop(L, 4);
    return r;
}

// engine.together(e, list of {method, target, headers, body}) → list of {status, body, content_type, extra_headers}
// The requests are on their way at the same time, in an order drawn from the seed.
static int l_together(lua_State *L) {
    struct handle *h = check_open(L);
    luaL_checktype(L, 2, LUA_TTABLE);
    size_t count = lua_rawlen(L, 2);
    lua_settop(L, 2);
    arena *a = arena_new();
    struct engine_request *list = arena_alloc(a, (count + 1) * sizeof *list);
    struct engine_answer *answers = arena_alloc(a, (count + 1) * sizeof *answers);
    for (size_t i = 0; i < count; i++) {
        lua_rawgeti(L, 2, (lua_Integer)i + 1);
        list[i] = read_request(L, a);
        lua_pop(L, 1);
    }
    h->ops->requests(h->engine, a, list, count, answers);
    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        lua_createtable(L, 4, 0);
        int n = push_answer(L, &answers[i]);
        for (int field = n; field >= 1; field--) lua_rawseti(L, -field - 1, field);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    arena_free(a);
    return 1;
}

// engine.advance(e, ms): moves the clock and runs what becomes due.
static int l_advance(lua_State *L) {
    struct handle *h = check_open(L);
    h->ops->advance(h->engine, luaL_checkinteger(L, 2) * 1000);
    return 0;
}

// engine.now(e) → µs UTC
static int l_now(lua_State *L) {
    struct handle *h = check_open(L);
    lua_pushinteger(L, h->ops->now(h->engine));
    return 1;
}

// engine.port_text(e, name, json) → json | nil, sentence, error name
static int l_port_text(lua_State *L) {
    struct handle *h = check_open(L);
    str name = check_str(L, 2), json = check_str(L, 3);
    struct why why = {""};
    buf out = {0};
    err e = h->ops->port(h->engine, name, json, &out, &why);
    if (e == ERR_OK) lua_pushlstring(L, out.ptr ? out.ptr : "", out.len);
    else lua_pushnil(L);
    buf_free(&out);
    if (e == ERR_OK) return 1;
    lua_pushstring(L, why.text);
    lua_pushstring(L, err_name(e));
    return 3;
}

int bind_engine_open(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"open", l_open},       {"close", l_close}, {"request", l_request},     {"together", l_together},
        {"advance", l_advance}, {"now", l_now},     {"port_text", l_port_text}, {NULL, NULL}};
    if (luaL_newmetatable(L, TYPE)) {
        lua_pushcfunction(L, l_close);
        lua_setfield(L, -2, "__gc");
        lua_pushboolean(L, 0);
        lua_setfield(L, -2, "__metatable");
    }
    lua_pop(L, 1);
    luaL_newlib(L, functions);
    return 1;
}
