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

static bool has(lua_State *L, int at, const char *name) { return lua_getfield(L, at, name) == LUA_TSTRING; }

// What somebody else has read of the mail already counts instead.
static void take_given(lua_State *L, int at, struct scratch *s, struct mime_mail *mail) {
    if (has(L, at, "subject")) mail->subject = field(L, at, "subject");
    if (has(L, at, "from")) mail->from = field(L, at, "from");
    if (has(L, at, "text")) mail->text = str_trim(field(L, at, "text"));
    if (!mail->text.len && has(L, at, "html")) {
        html_text(&s->in, field(L, at, "html"));
        mail->text = buf_view(&s->in);
    }
    if (lua_getfield(L, at, "attachments") != LUA_TTABLE) return;
    int list = lua_gettop(L);
    size_t count = (size_t)lua_rawlen(L, list);
    mail->attachments = arena_alloc(s->memory, (count + 1) * sizeof *mail->attachments);
    for (mail->attachment_count = 0; mail->attachment_count < count; lua_settop(L, list)) {
        struct mime_attachment *one = &mail->attachments[mail->attachment_count];
        luaL_checkstack(L, 8, NULL);
        lua_rawgeti(L, list, (lua_Integer)++mail->attachment_count);
        luaL_checktype(L, -1, LUA_TTABLE);
        int item = lua_gettop(L);
        *one = (struct mime_attachment){.name = arena_str(s->memory, field(L, item, "name")),
                                        .type = arena_str(s->memory, field(L, item, "type"))};
        lua_getfield(L, item, "size");
        one->size = (size_t)lua_tointeger(L, -1);
    }
}

// payload(mail, {sender =, recipient =, dedup =, is_goalert =}, given) -> JSON text of an alert's payload, why it is no alert | nil. The
// reason ends the sentence "This mail …". `given`, a table or nil: {subject =, from =, text =, html =, attachments = {{name =, type =,
// size =}}}, of a mail whose headers `mail` is.
static int payload(lua_State *L) {
    str bytes = text_arg(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    bool has_given = lua_type(L, 3) == LUA_TTABLE;
    lua_settop(L, 3);
    lua_getfield(L, 2, "is_goalert");
    struct mime_envelope envelope = {field(L, 2, "sender"), field(L, 2, "recipient"), field(L, 2, "dedup"),
                                     lua_toboolean(L, 4)};
    struct scratch *s = scratch_push(L);
    struct mime_mail mail;
    mime_parse(s->memory, bytes, &mail);
    if (has_given) take_given(L, 3, s, &mail);
    mime_payload(&s->out, &mail, &envelope);
    lua_pushlstring(L, s->out.ptr, s->out.len);
    lua_pushstring(L, mail.refusal);
    scratch_free(s);
    return 2;
}

// address(text, domain) -> token, dedup | nil: an address of ours; domain "": any
static int address(lua_State *L) {
    str token, dedup;
    if (!mime_address(text_arg(L, 1), text_arg(L, 2), &token, &dedup)) return 0;
    lua_pushlstring(L, token.ptr, token.len);
    lua_pushlstring(L, dedup.ptr, dedup.len);
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
    static const luaL_Reg functions[] = {{"payload", payload}, {"address", address}, {"html", html}, {NULL, NULL}};
    luaL_newlib(L, functions);
    return 1;
}
