#include "script/loader.h"
#include "base/asset.h"
#include "script/bindings.h"
#include "script/fuel.h"
#include "script/own_files.h"
#include "script/state.h"
#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>

#define NAME_MAX_BYTES 200

// --- files of the tree ---

static bool is_tree_name(const char *name) {
    size_t n = strlen(name);
    if (!n || n > NAME_MAX_BYTES || name[0] == '/' || strstr(name, "..")) return false;
    return strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./") == n;
}

static err read_file(const char *path, buf *out) {
    FILE *f = fopen(path, "rb");
    if (!f) return ERR_NOT_FOUND;
    buf_clear(out);
    size_t n;
    do {
        n = fread(buf_reserve(out, 8192), 1, 8192, f);
        out->len += n;
    } while (n);
    bool has_failed = ferror(f) != 0;
    fclose(f);
    return has_failed ? ERR_NOT_FOUND : ERR_OK;
}

static err read_under(const char *folder, const char *name, struct scratch *s, str *out) {
    char path[4096];
    int n = snprintf(path, sizeof path, "%s/%s", folder, name);
    if (n < 0 || (size_t)n >= sizeof path || read_file(path, &s->in)) return ERR_NOT_FOUND;
    *out = buf_view(&s->in);
    return ERR_OK;
}

static err read_own(const struct script_options *options, const char *name, struct scratch *s, str *out) {
    if (!options->own_files) return read_under(options->integrations_dir, name, s, out);
    if (!own_files_get(options->own_files, name, &s->in)) return ERR_NOT_FOUND;
    *out = buf_view(&s->in);
    return ERR_OK;
}

err loader_read(lua_State *L, const char *name, struct scratch *s, str *out) {
    const struct script_options *options = script_options_of(L);
    static const char own[] = "integrations/", built[] = "browser/"; // the second is in no checkout
    if (!is_tree_name(name)) return ERR_INVALID;
    // An operator's own integration comes before a built-in one of its name.
    if (options && options->integrations_dir && strncmp(name, own, sizeof own - 1) == 0 &&
        read_own(options, name + sizeof own - 1, s, out) == ERR_OK)
        return ERR_OK;
    if (options && options->lua_dir && strncmp(name, built, sizeof built - 1) != 0)
        return read_under(options->lua_dir, name, s, out);
    str found = asset_get(name);
    if (!found.ptr) return ERR_NOT_FOUND;
    *out = found;
    return ERR_OK;
}

// --- require ---

// "jinja.lexer" with "lua/%s.lua" is "lua/jinja/lexer.lua".
static void file_name(char out[NAME_MAX_BYTES * 2], const char *pattern, const char *module) {
    char path[NAME_MAX_BYTES];
    size_t i = 0;
    for (; module[i] && i < sizeof path - 1; i++) path[i] = module[i] == '.' ? '/' : module[i];
    path[i] = 0;
    snprintf(out, NAME_MAX_BYTES * 2, pattern, path);
}

// Pushes the chunk of a module, and its file's name above.
static void push_chunk(lua_State *L, const char *module) {
    char name[NAME_MAX_BYTES * 2], chunk[NAME_MAX_BYTES * 2 + 1];
    struct scratch *s = scratch_push(L);
    str source = {0};
    file_name(name, "lua/%s.lua", module);
    if (loader_read(L, name, s, &source)) {
        file_name(name, "lua/%s/init.lua", module);
        if (loader_read(L, name, s, &source)) {
            file_name(name, "%s.lua", module);
            if (strncmp(name, "integrations/", 13) != 0 || loader_read(L, name, s, &source))
                luaL_error(L, "module '%s' is not there: no lua/ file has that name", module);
        }
    }
    snprintf(chunk, sizeof chunk, "@%s", name);
    if (luaL_loadbufferx(L, source.ptr, source.len, chunk, "t")) lua_error(L);
    scratch_free(s);
    lua_remove(L, -2);
    lua_pushstring(L, name);
}

// Pushes what opens the module and its second argument.
static void push_opener(lua_State *L, const char *module) {
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    bool has_binding = lua_getfield(L, -1, module) == LUA_TFUNCTION;
    lua_remove(L, -2);
    if (has_binding) {
        lua_pushliteral(L, "core");
        return;
    }
    lua_pop(L, 1);
    push_chunk(L, module);
}

static const char loading; // its address stands in the table of modules for one that is being loaded

// require(name) -> the module
int loader_require(lua_State *L) {
    const char *module = luaL_checkstring(L, 1);
    lua_settop(L, 1);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    int type = lua_getfield(L, 2, module);
    if (type == LUA_TLIGHTUSERDATA && lua_touserdata(L, 3) == &loading)
        return luaL_error(L, "module '%s' requires itself through the modules it requires", module);
    if (type != LUA_TNIL) return 1;
    lua_settop(L, 2);
    push_opener(L, module);
    lua_pushlightuserdata(L, (void *)(uintptr_t)&loading);
    lua_setfield(L, 2, module);
    lua_pushvalue(L, 1);
    lua_insert(L, -2);
    int status = lua_pcall(L, 2, 1, 0);
    if (status == LUA_OK && lua_isnil(L, -1)) {
        lua_pop(L, 1);
        lua_pushboolean(L, 1);
    }
    if (status == LUA_OK) lua_pushvalue(L, -1);
    else lua_pushnil(L);
    lua_setfield(L, 2, module);
    return status == LUA_OK ? 1 : lua_error(L);
}

// --- the standard library ---

// load(text, name, mode, environment) -> function, or nil and a message. Text only, whatever the mode says.
static int load_text(lua_State *L) {
    str text;
    text.ptr = luaL_checklstring(L, 1, &text.len);
    const char *name = luaL_optstring(L, 2, "=(load)");
    bool has_environment = !lua_isnone(L, 4);
    fuel_bytes(L, text.len * FUEL_BYTES);
    if (luaL_loadbufferx(L, text.ptr, text.len, name, "t")) {
        lua_pushnil(L);
        lua_insert(L, -2);
        return 2;
    }
    if (has_environment) {
        lua_pushvalue(L, 4);
        if (!lua_setupvalue(L, -2, 1)) lua_pop(L, 1);
    }
    return 1;
}

static void drop(lua_State *L, const char *table, const char *const *names) {
    lua_getglobal(L, table);
    for (; *names; names++) {
        lua_pushnil(L);
        lua_setfield(L, -2, *names);
    }
    lua_pop(L, 1);
}

void loader_open(lua_State *L) {
    static const luaL_Reg libraries[] = {{LUA_GNAME, luaopen_base},       {LUA_STRLIBNAME, luaopen_string},
                                         {LUA_TABLIBNAME, luaopen_table}, {LUA_MATHLIBNAME, luaopen_math},
                                         {LUA_UTF8LIBNAME, luaopen_utf8}, {NULL, NULL}};
    static const char *const base[] = {"dofile", "loadfile", "print", "collectgarbage", "warn", NULL};
    static const char *const string[] = {"dump", NULL};
    for (const luaL_Reg *l = libraries; l->name; l++) {
        luaL_requiref(L, l->name, l->func, 1);
        lua_pop(L, 1);
    }
    drop(L, LUA_GNAME, base);
    drop(L, LUA_STRLIBNAME, string);
    lua_register(L, "load", load_text);
    lua_register(L, "require", loader_require);
    lua_pushliteral(L, "");
    lua_pushnil(L);
    lua_setmetatable(L, -2);
    lua_pop(L, 1);
    bindings_preload(L);
}
