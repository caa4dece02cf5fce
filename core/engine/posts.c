// The message of a group in each room of its route: posted once, then updated in place.
//
// A row of `message` says what the room shows. A change while a post or update is under way needs no row of its own:
// when that one has ended, what it showed is compared with the group, and the next follows from the difference. So a
// message has at most one row waiting, and the words are always those of the moment of sending.
//
// Where a channel has threads, what happens to the group is told in the one below its message, in the same way: the message
// remembers the last line of the group's log that its thread was told, and has at most one note waiting. What happens
// within some seconds is one note.
#include "base/buf.h"
#include "engine/clock_step.h"
#include "engine/engine_parts.h"
#include "store/message_rows.h"

#define JOIN_PAUSE_US INT64_C(10000000) // from a joining alert to the update that counts it
#define NOTE_PAUSE_US INT64_C(3000000)  // from what happens to the note that tells it

const struct config_route *engine_route_of(const engine *e, const struct group *g) {
    const struct config_integration *integration = config_by_id(e->config, g->integration_id);
    for (size_t i = 0; integration && i < integration->route_count; i++)
        if (integration->routes[i].id == g->route_id) return &integration->routes[i];
    return NULL;
}

static str room_detail(arena *a, str room) {
    buf b = {0};
    buf_lit(&b, "{\"room\":");
    buf_json(&b, room);
    buf_char(&b, '}');
    str copy = arena_str(a, buf_view(&b));
    buf_free(&b);
    return copy;
}

static str queue_of(arena *a, const struct message *m) {
    buf b = {0};
    buf_lit(&b, "room:");
    buf_str(&b, m->channel);
    buf_char(&b, ':');
    buf_str(&b, m->room);
    str copy = arena_str(a, buf_view(&b));
    buf_free(&b);
    return copy;
}

static err add(engine *e, arena *a, const struct message *m, const char *kind, const char *reason, int64_t due_at,
               int64_t now, int64_t *id) {
    char key[33];
    struct notification n = {.kind = kind,
                             .reason = reason,
                             .alert_group_id = m->alert_group_id,
                             .provider_id = m->provider_id,
                             .channel = m->channel,
                             .target = queue_of(a, m),
                             .detail = room_detail(a, m->room),
                             .key = engine_new_key(e, key),
                             .due_at = due_at,
                             .created_at = now};
    e->notifications_added = true;
    return outbox_add_id(e->options.writer, a, &n, id);
}

err engine_posts_open(engine *e, const struct group *g, int64_t now) {
    const struct config_route *route = engine_route_of(e, g);
    if (!route || !route->room_count || !g->is_open) return ERR_OK;
    arena *a = arena_new();
    err x = ERR_OK;
    for (size_t i = 0; i < route->room_count && x == ERR_OK; i++) {
        struct message m = {.alert_group_id = g->id, .channel = route->rooms[i].channel, .room = route->rooms[i].room};
        x = add(e, a, &m, "post", "group_opened", now, now, &m.notification_id);
        if (x == ERR_OK) x = message_rows_add(e->options.writer, a, &m);
    }
    arena_free(a);
    return x;
}

static err update(engine *e, arena *a, struct message *m, const char *reason, int64_t due_at, int64_t now) {
    err x = add(e, a, m, "update", reason, due_at, now, &m->notification_id);
    return x == ERR_OK ? message_rows_set_waiting(e->options.writer, a, m, m->notification_id) : x;
}

static err hurry(engine *e, arena *a, int64_t notification_id, int64_t now) {
    int64_t behind_us = 0;
    err x = clock_step_behind(e, a, notification_id, &behind_us);
    return x == ERR_OK ? message_rows_hurry(e->options.writer, a, notification_id, now - behind_us) : x;
}

err engine_posts_changed(engine *e, const struct group *g, int64_t now) {
    arena *a = arena_new();
    struct message *list = NULL;
    size_t count = 0;
    err x = message_rows_list(e->options.writer, a, g->id, false, &list, &count);
    for (size_t i = 0; i < count && x == ERR_OK; i++) {
        e->notifications_added = true;
        x = list[i].notification_id ? hurry(e, a, list[i].notification_id, now)
                                    : update(e, a, &list[i], "state_changed", now, now);
    }
    arena_free(a);
    return x;
}

err engine_posts_catch_up(engine *e, const struct group *g, int64_t now) {
    arena *a = arena_new();
    bool exist = false;
    err x = message_rows_exist(e->options.writer, a, g->id, &exist);
    arena_free(a);
    return x == ERR_OK && !exist ? engine_posts_open(e, g, now) : x;
}

err engine_posts_joined(engine *e, const struct group *g, int64_t now) {
    const struct config_route *route = engine_route_of(e, g);
    if (!route || !route->room_count) return ERR_OK;
    arena *a = arena_new();
    struct message *list = NULL;
    size_t count = 0;
    err x = message_rows_list(e->options.writer, a, g->id, true, &list, &count);
    for (size_t i = 0; i < count && x == ERR_OK; i++)
        x = update(e, a, &list[i], "alerts_joined", now + JOIN_PAUSE_US, now);
    arena_free(a);
    return x;
}

// "state moment alerts", after "debug " while nobody is called: as lua/outbox.lua prints it.
static str print_shown(char text[static 80], const struct group *g, size_t *state_len) {
    int64_t at = g->wiped_at          ? g->wiped_at
                 : g->resolved_at     ? g->resolved_at
                 : g->acknowledged_at ? g->acknowledged_at
                                      : g->silenced_at;
    int state =
        snprintf(text, 80, "%s%s %lld", g->is_debug ? "debug " : "", group_state_text(group_state(g)), (long long)at);
    int rest = snprintf(text + state, 80 - (size_t)state, " %lld", (long long)g->alerts_count);
    *state_len = (size_t)state;
    return (str){text, (size_t)(state + rest)};
}

// What happened to the group while the message was on its way.
static err catch_up(engine *e, arena *a, struct message *m, int64_t now) {
    struct group g;
    char text[80];
    size_t state_len;
    err x = group_rows_get(e->rows, m->alert_group_id, &g);
    if (x != ERR_OK) return x == ERR_NOT_FOUND ? ERR_OK : x;
    str wanted = print_shown(text, &g, &state_len);
    if (str_is(m->shown, wanted)) return ERR_OK;
    bool has_state = m->shown.len > state_len && memcmp(m->shown.ptr, wanted.ptr, state_len + 1) == 0;
    return has_state ? update(e, a, m, "alerts_joined", now + JOIN_PAUSE_US, now)
                     : update(e, a, m, "state_changed", now, now);
}

err engine_post_sent(engine *e, arena *a, const struct post_end *end, int64_t now) {
    struct message m;
    err x = message_rows_of(e->options.writer, a, end->alert_group_id, end->notification_id, &m);
    if (x != ERR_OK) return x == ERR_NOT_FOUND ? ERR_OK : x;
    bool is_post = !m.external_id.len;
    if (end->provider_id) m.provider_id = end->provider_id;
    if (end->external_id.len) m.external_id = end->external_id;
    m.thread_id = end->thread_id;
    if (is_post && end->has_notes && m.thread_id.len) m.told_seq = 0;
    m.shown = m.external_id.len ? end->shown : (str){NULL, 0};
    x = message_rows_put(e->options.writer, a, &m);
    if (x == ERR_OK) x = engine_notes_add(e, m.alert_group_id, now);
    return x == ERR_OK && m.shown.ptr ? catch_up(e, a, &m, now) : x;
}

// Notes: what happened since the last one, in the message's thread.

err engine_notes_add(engine *e, int64_t group_id, int64_t now) {
    arena *a = arena_new();
    struct message *list = NULL;
    size_t count = 0;
    err x = message_rows_list_untold(e->options.writer, a, group_id, &list, &count);
    for (size_t i = 0; i < count && x == ERR_OK; i++) {
        int64_t id = 0;
        x = add(e, a, &list[i], "thread", "group_changed", now + NOTE_PAUSE_US, now, &id);
        if (x == ERR_OK) x = message_rows_set_note(e->options.writer, a, &list[i], id);
    }
    arena_free(a);
    return x;
}

// A thread that could not be told is told no more: the message is gone, or nobody may write below it.
err engine_note_ended(engine *e, arena *a, const struct post_end *end, bool has_failed, int64_t now) {
    struct message m;
    err x = message_rows_of_note(e->options.writer, a, end->alert_group_id, end->notification_id, &m);
    if (x != ERR_OK) return x == ERR_NOT_FOUND ? ERR_OK : x;
    m.told_seq = has_failed ? MESSAGE_NO_THREAD : end->told_seq;
    x = message_rows_put_note(e->options.writer, a, &m);
    return x == ERR_OK ? engine_notes_add(e, m.alert_group_id, now) : x;
}

static err add_line(engine *e, int64_t group_id, const char *action, const char *reason, str channel, str error,
                    int64_t now) {
    buf detail = {0};
    buf_lit(&detail, "{\"channel\":");
    buf_json(&detail, channel);
    if (error.len) buf_lit(&detail, ",\"error\":");
    if (error.len) buf_json(&detail, error);
    buf_char(&detail, '}');
    err x = engine_add_line(e, group_id, action, reason, buf_view(&detail), now);
    buf_free(&detail);
    return x;
}

err engine_post_failed(engine *e, arena *a, const struct post_end *end, int64_t now) {
    struct message m;
    err x = message_rows_of(e->options.writer, a, end->alert_group_id, end->notification_id, &m);
    if (x != ERR_OK) return x == ERR_NOT_FOUND ? ERR_OK : x;
    bool is_post = !m.external_id.len;
    m.shown = STR("");
    m.thread_id = (str){NULL, 0};
    x = is_post ? message_rows_del(e->options.writer, a, &m) : message_rows_put(e->options.writer, a, &m);
    const char *reason = is_post ? "not_delivered" : "not_updated";
    return x == ERR_OK ? add_line(e, m.alert_group_id, "post_failed", reason, m.channel, end->error, now) : x;
}

err engine_room_call(engine *e, arena *a, const struct group *g, const struct config_room *room, int64_t now) {
    struct message m = {.alert_group_id = g->id, .channel = room->channel, .room = room->room};
    int64_t id = 0;
    if (g->is_debug) return add_line(e, g->id, "room_withheld", "debug", room->channel, STR(""), now);
    err x = add_line(e, g->id, "room_called", "step_due", room->channel, STR(""), now);
    return x == ERR_OK ? add(e, a, &m, "call", "step_due", now, now, &id) : x;
}

err engine_room_call_failed(engine *e, int64_t group_id, str channel, str error, int64_t now) {
    return add_line(e, group_id, "room_call_failed", "not_delivered", channel, error, now);
}
