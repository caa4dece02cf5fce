// `require "tocsin.lexer"`: a template's tokens (jinja/lexer.h) as tables, for lua/jinja/lexer.lua.
#include "jinja/lexer.h"
#include "script/bindings.h"
#include <lauxlib.h>

#define KINDS     lua_upvalueindex(1) // names of the kinds, by number
#define GUESS_MAX ((size_t)1 << 20)   // bytes of source that room is made for beforehand, a token for three of them

enum { SOURCE = 1, TRIM, LSTRIP, LITERAL, TOKENS, VALUES, LINES }; // places on the stack

// Pushes what a literal means, asking Lua where it is more than its own text. False: it means nothing, and why is on top.
static bool push_literal(lua_State *L, const char *kind, str text) {
    lua_getfield(L, LITERAL, kind);
    lua_pushlstring(L, text.ptr, text.len);
    lua_call(L, 1, 2);
    if (lua_isnil(L, -2)) return false;
    lua_pop(L, 1);
    return true;
}

static bool push_integer(lua_State *L, const struct lexer_token *token, str text) {
    if (!token->is_plain) return push_literal(L, "integer", text);
    lua_Integer n = 0;
    for (size_t i = 0; i < text.len; i++) n = n * 10 + (text.ptr[i] - '0');
    lua_pushinteger(L, n);
    return true;
}

// Pushes a token's value; false when there is none, with the reason in its place.
static bool push_value(lua_State *L, const struct lexer_token *token, str text) {
    switch (token->kind) {
    case LEXER_STRING:
        if (!token->is_plain) return push_literal(L, "string", text);
        break;
    case LEXER_INTEGER: return push_integer(L, token, text);
    case LEXER_FLOAT: return push_literal(L, "float", text);
    case LEXER_OPERATOR:
    case LEXER_NAME:
    case LEXER_DATA: break;
    default: lua_pushnil(L); return true;
    }
    lua_pushlstring(L, text.ptr, text.len);
    return true;
}

// Adds a token to the arrays; false when its value is none, with the reason on top.
static bool add(lua_State *L, const struct lexer_token *token, str text, lua_Integer n) {
    lua_pushinteger(L, token->line);
    lua_rawseti(L, LINES, n);
    bool is_valid = push_value(L, token, text);
    if (!is_valid) lua_rawgeti(L, KINDS, LEXER_ERROR);
    else if (token->kind == LEXER_OPERATOR) lua_pushvalue(L, -1);
    else lua_rawgeti(L, KINDS, token->kind);
    lua_rawseti(L, TOKENS, n);
    if (is_valid) lua_rawseti(L, VALUES, n);
    return is_valid;
}

// What is wrong at the last token: a name, and what there is to say about it.
static int push_fault(lua_State *L, const struct lexer_token *token) {
    static const char *const names[] = {
#define X(name, text) text,
        LEXER_FAULTS(X)
#undef X
    };
    lua_pushstring(L, names[token->fault]);
    lua_pushinteger(L, (lua_Integer)token->from + 1);
    lua_pushlstring(L, &token->expected, token->expected ? 1 : 0);
    return 3;
}

// scan(source, trim_blocks, lstrip_blocks, literal) -> kinds, values, lines, count[, fault, at, detail]: parallel arrays,
// whose last token is "eof", or "error" without a value and with what is wrong: a name of LEXER_FAULTS, where it is, and
// for "closer" the bracket that would be right or "". literal.string, .integer and .float are given the text of a
// literal; a value or nil and a sentence comes back, and the fault is "literal", the detail the sentence.
static int scan(lua_State *L) {
    struct lexer lexer;
    struct lexer_token token;
    str source;
    source.ptr = luaL_checklstring(L, SOURCE, &source.len);
    luaL_checktype(L, LITERAL, LUA_TTABLE);
    lua_settop(L, LITERAL);
    int guess = (int)(source.len < GUESS_MAX ? source.len : GUESS_MAX) / 3;
    for (int i = TOKENS; i <= LINES; i++) lua_createtable(L, guess, 0);
    lexer_open(&lexer, source, lua_toboolean(L, TRIM), lua_toboolean(L, LSTRIP));
    lua_Integer n = 0;
    do {
        lexer_next(&lexer, &token);
        if (add(L, &token, (str){source.ptr + token.from, token.to - token.from}, ++n)) continue;
        lua_replace(L, SOURCE);
        lua_settop(L, LINES);
        lua_pushinteger(L, n);
        lua_pushliteral(L, "literal");
        lua_pushinteger(L, (lua_Integer)token.from + 1);
        lua_pushvalue(L, SOURCE);
        return 7;
    } while (token.kind != LEXER_EOF && token.kind != LEXER_ERROR);
    lua_pushinteger(L, n);
    return token.kind == LEXER_EOF ? 4 : 4 + push_fault(L, &token);
}

int bind_lexer_open(lua_State *L) {
    static const char *const kinds[] = {
#define X(name, text) text,
        LEXER_KINDS(X)
#undef X
    };
    lua_createtable(L, 0, 1);
    lua_createtable(L, LEXER_OPERATOR, 0);
    for (int i = 0; i < LEXER_OPERATOR; i++) {
        lua_pushstring(L, kinds[i]);
        lua_rawseti(L, -2, i);
    }
    lua_pushcclosure(L, scan, 1);
    lua_setfield(L, -2, "scan");
    return 1;
}
