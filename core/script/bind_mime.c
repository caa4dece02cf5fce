// `require "tocsin.mime"`: mails and HTML as the payloads of alerts have them (text/mime.h, text/html_text.h).
#include "script/bindings.h"
#include "script/scratch.h"
#include "text/html_text.h"
#include "text/mime.h"
#include <lauxlib.h>

static str text_arg(lua_State *L, int at) {
    str s;
    s.ptr = luaL_optlstring(L, at, "", &s.len);
    return s;
}

static str field(lua_State *L, int at, const char *name) {
    lua_getfield(L, at, name); // the table keeps it alive
    str s = STR("");
    if (lua_type(L, -1) == LUA_TSTRING) s.ptr = lua_tolstring(L, -1, &s.len);
    return s;
}

// payload(mail, {sender =, recipient =, dedup =}) -> JSON text of an alert's payload, why it is no alert | nil. The reason
// ends the sentence "This mail …".
static int payload(lua_State *L) {
    str bytes = text_arg(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    struct mime_envelope envelope = {field(L, 2, "sender"), field(L, 2, "recipient"), field(L, 2, "dedup")};
    struct scratch *s = scratch_push(L);
    struct mime_mail mail;
    mime_parse(s->memory, bytes, &mail);
    mime_payload(&s->out, &mail, &envelope);
    lua_pushlstring(L, s->out.ptr, s->out.len);
    lua_pushstring(L, mail.refusal);
    scratch_free(s);
    return 2;
}

// html(text) -> what people read
static int html(lua_State *L) {
    str bytes = text_arg(L, 1);
    struct scratch *s = scratch_push(L);
    html_text(&s->out, bytes);
    lua_pushlstring(L, s->out.ptr ? s->out.ptr : "", s->out.len);
    scratch_free(s);
    return 1;
}

int bind_mime_open(lua_State *L) {
    mime_start();
    static const luaL_Reg functions[] = {{"payload", payload}, {"html", html}, {NULL, NULL}};
    luaL_newlib(L, functions);
    return 1;
}
