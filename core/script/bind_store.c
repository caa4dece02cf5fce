// `require "tocsin.store"`: rows for the API and pages, read through the state's own connection. The only
// file that knows both Lua and the store. Writes go to the commit thread by `tocsin.port`.
//
// A statement runs to its end and is reset before Lua is touched: its rows are copied into an arena, which a
// userdata on the Lua stack owns, so that a Lua error while they are pushed frees them. Errors: a read that
// fails raises a table {code = "TIMEOUT", message = sentence}, printable with tostring.
#include "script/bindings.h"
#include "script/scratch.h"
#include "script/state.h"
#include "store/store.h"
#include <lauxlib.h>

#define ROWS_MAX   10000
#define ARGS_MAX   256 // twice the integrations of a list, and its filters (lua/api/group_sources.lua)
#define ERROR_TYPE "tocsin.store.error"

static store *check_store(lua_State *L) {
    const struct script_options *options = script_options_of(L);
    store *s = options ? options->store : NULL;
    if (!s) luaL_error(L, "this state has no store to read");
    return s;
}

static int error_text(lua_State *L) {
    lua_getfield(L, 1, "message");
    return 1;
}

static int raise(lua_State *L, err code, const char *sentence) {
    lua_createtable(L, 0, 2);
    lua_pushstring(L, err_name(code));
    lua_setfield(L, -2, "code");
    lua_pushstring(L, *sentence ? sentence : err_text(code));
    lua_setfield(L, -2, "message");
    if (luaL_newmetatable(L, ERROR_TYPE)) {
        lua_pushcfunction(L, error_text);
        lua_setfield(L, -2, "__tostring");
    }
    lua_setmetatable(L, -2);
    return lua_error(L);
}

// nil and null are NULL, booleans 0 and 1, strings TEXT (borrowed from the Lua stack for the call).
static struct store_value check_value(lua_State *L, int index) {
    switch (lua_type(L, index)) {
    case LUA_TNIL: return SV_NULL;
    case LUA_TBOOLEAN: return SV_INT(lua_toboolean(L, index));
    case LUA_TNUMBER:
        if (lua_isinteger(L, index)) return SV_INT(lua_tointeger(L, index));
        return (struct store_value){.type = STORE_REAL, .real = lua_tonumber(L, index)};
    case LUA_TLIGHTUSERDATA: luaL_argcheck(L, !lua_touserdata(L, index), index, "null expected"); return SV_NULL;
    default: {
        str text;
        text.ptr = luaL_checklstring(L, index, &text.len);
        return SV_TEXT(text);
    }
    }
}

static void push_value(lua_State *L, const struct store_value *v) {
    switch (v->type) {
    case STORE_NULL: lua_pushnil(L); break;
    case STORE_INT: lua_pushinteger(L, v->integer); break;
    case STORE_REAL: lua_pushnumber(L, v->real); break;
    case STORE_TEXT:
    case STORE_BLOB: lua_pushlstring(L, v->text.ptr ? v->text.ptr : "", v->text.len); break;
    }
}

static void push_row(lua_State *L, const struct store_rows *rows, size_t at) {
    lua_createtable(L, 0, (int)rows->columns);
    for (size_t i = 0; i < rows->columns; i++) {
        push_value(L, &rows->values[at * rows->columns + i]);
        lua_setfield(L, -2, rows->names[i]);
    }
}

// Runs the statement of the arguments; the scratch that holds the rows is on the top of the stack.
static struct scratch *run(lua_State *L, size_t max_rows, struct store_rows *rows) {
    store *s = check_store(L);
    const char *sql = luaL_checkstring(L, 1);
    int count = lua_gettop(L) - 1;
    luaL_argcheck(L, count <= ARGS_MAX, ARGS_MAX + 1, "too many arguments");
    struct store_value args[ARGS_MAX];
    for (int i = 0; i < count; i++) args[i] = check_value(L, i + 2);
    struct scratch *held = scratch_push(L);
    struct why why = {0};
    err e = store_run(s, held->memory, sql, args, (size_t)count, max_rows, rows, &why);
    if (e != ERR_OK) {
        scratch_free(held);
        raise(L, e, why.text);
    }
    return held;
}

// rows(sql, …) -> list of tables by column name; NULL is nil. The arguments stand for $1, $2 … in order. At
// most 10,000 rows.
static int rows(lua_State *L) {
    struct store_rows found;
    struct scratch *held = run(L, ROWS_MAX, &found);
    lua_createtable(L, (int)found.count, 0);
    for (size_t i = 0; i < found.count; i++) {
        push_row(L, &found, i);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    scratch_free(held);
    return 1;
}

// row(sql, …) -> the first row, or nil.
static int row(lua_State *L) {
    struct store_rows found;
    struct scratch *held = run(L, 1, &found);
    if (found.count) push_row(L, &found, 0);
    else lua_pushnil(L);
    scratch_free(held);
    return 1;
}

int bind_store_open(lua_State *L) {
    static const luaL_Reg functions[] = {{"rows", rows}, {"row", row}, {NULL, NULL}};
    luaL_newlib(L, functions);
    return 1;
}
