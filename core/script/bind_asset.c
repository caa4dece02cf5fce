// `require "tocsin.asset"`: the files of the tree (lua/, integrations/, core/schema/), embedded or from --lua
// DIR.
#include "base/asset.h"
#include "script/bindings.h"
#include "script/loader.h"
#include "script/own_files.h"
#include "script/state.h"
#include <dirent.h>
#include <lauxlib.h>
#include <stdio.h>

// get(name) -> the text of "integrations/zabbix.lua", or nil
static int get(lua_State *L) {
    const char *name = luaL_checkstring(L, 1);
    struct scratch *s = scratch_push(L);
    str text;
    if (loader_read(L, name, s, &text)) return 0;
    lua_pushlstring(L, text.ptr ? text.ptr : "", text.len);
    scratch_free(s);
    return 1;
}

static void add(lua_State *L, const char *name) {
    lua_pushstring(L, name);
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

static void list_embedded(lua_State *L, str folder) {
    for (const struct asset *a = assets; a->name; a++) {
        str name = str_of(a->name), rest = str_from(name, folder.len + 1);
        if (str_starts(name, folder) && name.ptr[folder.len] == '/' && str_find(rest, '/') < 0) add(L, rest.ptr);
    }
}

// The names of a folder in one text, ended by NULs, so that no directory is open while Lua runs.
static void read_folder(const char *path, buf *out) {
    DIR *folder = opendir(path);
    if (!folder) return;
    for (const struct dirent *entry; (entry = readdir(folder));)
        if (entry->d_name[0] != '.') buf_put(out, entry->d_name, strlen(entry->d_name) + 1);
    closedir(folder);
}

// Is the name in the list on the stack's top?
static bool has(lua_State *L, const char *name) {
    bool found = false;
    for (lua_Integer i = 1; !found && i <= (lua_Integer)lua_rawlen(L, -1); i++) {
        lua_rawgeti(L, -1, i);
        found = strcmp(lua_tostring(L, -1), name) == 0;
        lua_pop(L, 1);
    }
    return found;
}

// A folder's names are added to the list on the stack's top; those of `own` instead, when it is given.
static void list_folder(lua_State *L, const char *path, own_files *own) {
    struct scratch *s = scratch_push(L);
    if (own) own_files_names(own, &s->in);
    else read_folder(path, &s->in);
    lua_insert(L, -2);
    for (size_t at = 0; at < s->in.len; at += strlen(s->in.ptr + at) + 1)
        if (!has(L, s->in.ptr + at)) add(L, s->in.ptr + at);
    scratch_free(s);
}

// list("integrations") -> names of the folder's files, sorted: {"alertmanager.lua", …}
static int list(lua_State *L) {
    str folder;
    folder.ptr = luaL_checklstring(L, 1, &folder.len);
    const struct script_options *options = script_options_of(L);
    luaL_argcheck(L, folder.len && !strstr(folder.ptr, ".."), 1, "a folder of the tree is expected");
    lua_newtable(L);
    char path[4096];
    if (!options || !options->lua_dir) list_embedded(L, folder);
    else if ((size_t)snprintf(path, sizeof path, "%s/%s", options->lua_dir, folder.ptr) < sizeof path)
        list_folder(L, path, NULL);
    if (options && options->integrations_dir && str_is(folder, STR("integrations")))
        list_folder(L, options->integrations_dir, options->own_files);
    lua_getglobal(L, "table");
    lua_getfield(L, -1, "sort");
    lua_pushvalue(L, -3);
    lua_call(L, 1, 0);
    lua_pop(L, 1);
    return 1;
}

// generation() -> a number that grows when a file of one's own has changed: what was made of files before is old
static int generation(lua_State *L) {
    const struct script_options *options = script_options_of(L);
    lua_pushinteger(L, options && options->own_files ? (lua_Integer)own_files_generation(options->own_files) : 0);
    return 1;
}

int bind_asset_open(lua_State *L) {
    static const luaL_Reg functions[] = {{"get", get}, {"list", list}, {"generation", generation}, {NULL, NULL}};
    luaL_newlib(L, functions);
    return 1;
}
