#include "engine/deliver.h"
#include "engine/clock_step.h"
#include "engine/engine_parts.h"
#include "store/outbox_rows.h"
#include "text/json.h"

// A provider that is back is noticed within PAUSE_MAX_US and a half.
//
// Nobody waits for what has to be tried again: a page for the next page, a webhook's call for the next one. Rooms are read
// from top to bottom, so there a short trouble keeps the order: after each of the first ROOM_TRIES failures the whole room
// rests, and for as long as its provider asks (Retry-After is the room's). Then later messages pass the one that fails.
#define FIRST_PAUSE_US INT64_C(1000000)
#define PAUSE_MAX_US   INT64_C(60000000)
#define GIVE_UP_US     INT64_C(3600000000) // of trying, from the moment it was decided
#define ROOM_TRIES     3

struct row { // what is known of the notification
    int64_t alert_group_id, user_id, contact_method_id, attempt, created_at, provider_id, second_provider_id;
    int64_t due_at;
    int64_t behind_us; // the moments in the row are to be moved by this, by a step of the clock
    bool is_waiting, is_page, is_post, is_cancel, is_note, is_hook, is_call;
    bool is_called_off; // somebody answered while it was on its way
    bool is_wiped;      // its group was wiped or deleted: no word of it may come back
    str channel, target, reason;
};

static store *writer(const struct delivery_item *d) { return d->engine->options.writer; }

static err run(struct delivery_item *d, const char *sql, const struct store_value *args, size_t nargs) {
    struct store_rows ignored;
    return store_run(writer(d), d->arena, sql, args, nargs, 0, &ignored, NULL);
}

static err read_row(struct delivery_item *d, int64_t id, struct row *out) {
    struct store_rows rows;
    err x = store_run(
        writer(d), d->arena,
        "SELECT n.alert_group_id, n.user_id, n.contact_method_id, n.attempt, n.created_at, "
        "n.state = 'waiting', n.kind = 'page', n.channel, c.second_provider_id, "
        "n.kind IN ('post', 'update'), n.alert_group_id IS NOT NULL AND (g.id IS NULL OR "
        "g.wiped_at IS NOT NULL), n.due_at, n.target, n.kind = 'cancel', n.state = 'cancelled' AND n.error IN "
        "('answered', 'unpaged'), n.kind = 'thread', n.kind = 'webhook', n.reason, n.kind = 'call', "
        "n.provider_id FROM notification "
        "AS n "
        "LEFT JOIN contact_method AS c ON c.id = n.contact_method_id "
        "LEFT JOIN alert_group AS g ON g.id = n.alert_group_id WHERE n.id = $1",
        &SV_INT(id), 1, 1, &rows, NULL);
    if (x != ERR_OK) return x;
    if (!rows.count) return ERR_NOT_FOUND;
    const struct store_value *v = rows.values;
    *out = (struct row){.alert_group_id = store_int_of(&v[0]),
                        .user_id = store_int_of(&v[1]),
                        .contact_method_id = store_int_of(&v[2]),
                        .attempt = store_int_of(&v[3]) + 1,
                        .created_at = store_int_of(&v[4]),
                        .is_waiting = store_int_of(&v[5]) != 0,
                        .is_page = store_int_of(&v[6]) != 0,
                        .channel = v[7].text,
                        .second_provider_id = store_int_of(&v[8]),
                        .is_post = store_int_of(&v[9]) != 0,
                        .is_wiped = store_int_of(&v[10]) != 0,
                        .due_at = store_int_of(&v[11]),
                        .target = v[12].text,
                        .is_cancel = store_int_of(&v[13]) != 0,
                        .is_called_off = store_int_of(&v[14]) != 0,
                        .is_note = store_int_of(&v[15]) != 0,
                        .is_hook = store_int_of(&v[16]) != 0,
                        .reason = v[17].text,
                        .is_call = store_int_of(&v[18]) != 0,
                        .provider_id = store_int_of(&v[19])};
    x = clock_step_behind(d->engine, d->arena, id, &out->behind_us);
    out->created_at += out->behind_us;
    if (out->due_at) out->due_at += out->behind_us;
    return x;
}

static err add_delivery(struct delivery_item *d, const struct row *n) {
    static const char *const texts[] = {"sent", "retry", "failed"};
    struct store_value args[] = {SV_INT(d->notification_id),
                                 SV_INT(n->attempt),
                                 SV_INT(d->at),
                                 store_int_or_null(d->provider_id),
                                 SV_TEXT(n->channel),
                                 SV_TEXT(d->address.ptr ? d->address : STR("")),
                                 SV_TEXT(str_of(texts[d->state])),
                                 store_int_or_null(d->status),
                                 SV_INT(d->latency_us / 1000),
                                 store_text_or_null(d->external_id),
                                 store_text_or_null(d->error)};
    return run(d,
               "INSERT INTO delivery (notification_id, attempt, at, provider_id, channel, address, state, status, "
               "latency_ms, external_id, error) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
               args, 11);
}

static struct store_value member(const struct json *v, const char *key) {
    const struct json *m = json_get(v, str_of(key));
    return m && m->type == JSON_STRING ? SV_TEXT(m->text) : m && m->type == JSON_INT ? SV_INT(m->integer) : SV_NULL;
}

// What a webhook sent and was told, for people and for the templates of other webhooks.
static err add_response(struct delivery_item *d, const struct row *n) {
    struct json *v;
    if (!d->record.len || json_parse(d->arena, d->record, &v, NULL) != ERR_OK) return ERR_OK;
    struct store_value args[] = {member(v, "webhook"),
                                 store_int_or_null(n->alert_group_id),
                                 SV_INT(d->notification_id),
                                 member(v, "trigger"),
                                 SV_INT(d->at),
                                 member(v, "url"),
                                 member(v, "headers"),
                                 member(v, "data"),
                                 member(v, "result"),
                                 store_int_or_null(d->status),
                                 d->status ? SV_TEXT(d->content) : SV_NULL,
                                 SV_INT(d->latency_us / 1000),
                                 store_text_or_null(d->error),
                                 member(v, "event")};
    return run(d,
               "INSERT INTO webhook_response (webhook_id, alert_group_id, notification_id, trigger_type, at, url, "
               "request_headers, request_data, trigger_result, status, content, latency_ms, error, event_data) "
               "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
               args, 14);
}

// Twice as long after each attempt, and up to a half more, so that many do not come back at the same moment.
static int64_t pause_after(struct delivery_item *d, int64_t attempt) {
    int64_t pause = FIRST_PAUSE_US << (attempt < 8 ? attempt - 1 : 7);
    uint16_t random;
    env_random(d->engine->options.env, &random, sizeof random);
    if (pause > PAUSE_MAX_US) pause = PAUSE_MAX_US;
    pause += pause / 2 * random / 65535;
    return pause > d->after_ms * 1000 ? pause : d->after_ms * 1000;
}

// Those that went with this one: each has its end, and its page goes on by itself.

static const struct json no_carried = {.type = JSON_ARRAY};

static const struct json *carried_of(const struct delivery_item *d) {
    return d->carried && d->carried->type == JSON_ARRAY ? d->carried : &no_carried;
}

// They wait with it, so that none of them tries by itself meanwhile.
static err delay_carried(struct delivery_item *d, int64_t due_at) {
    const struct json *list = carried_of(d);
    err x = ERR_OK;
    for (uint32_t i = 0; i < list->count && x == ERR_OK; i++) {
        int64_t behind_us = 0;
        x = clock_step_behind(d->engine, d->arena, list->items[i].integer, &behind_us);
        struct store_value args[] = {SV_INT(due_at - behind_us), SV_INT(list->items[i].integer)};
        if (x == ERR_OK) x = run(d, "UPDATE notification SET due_at = $1 WHERE id = $2 AND state = 'waiting'", args, 2);
    }
    return x;
}

static err set_due(struct delivery_item *d, const struct row *n, int64_t due_at, int64_t provider_id) {
    struct store_value args[] = {SV_INT(n->attempt), SV_INT(due_at - n->behind_us), store_text_or_null(d->error),
                                 store_int_or_null(provider_id), SV_INT(d->notification_id)};
    d->engine->notifications_added = true;
    err x =
        run(d,
            "UPDATE notification SET attempt = $1, due_at = $2, error = $3, provider_id = COALESCE($4, provider_id) "
            "WHERE id = $5 AND state = 'waiting'",
            args, 5);
    return x == ERR_OK ? delay_carried(d, due_at) : x;
}

static err end(struct delivery_item *d, const struct row *n, const char *state, int64_t now) {
    struct store_value args[] = {SV_TEXT(str_of(state)),
                                 SV_INT(n->attempt),
                                 SV_INT(now),
                                 store_text_or_null(d->external_id),
                                 store_text_or_null(d->error),
                                 store_int_or_null(d->provider_id),
                                 SV_INT(d->notification_id)};
    return run(d,
               "UPDATE notification SET state = $1, attempt = $2, ended_at = $3, external_id = $4, error = $5, "
               "provider_id = $6, due_at = NULL WHERE id = $7",
               args, 7);
}

static err mark_contact(struct delivery_item *d, const struct row *n, int64_t now) {
    bool has_failed = d->state != DELIVERY_SENT;
    struct store_value args[] = {has_failed ? SV_INT(now) : SV_NULL,
                                 has_failed ? store_text_or_null(d->error) : SV_NULL, SV_INT(n->contact_method_id)};
    return run(d,
               "UPDATE contact_method SET failed_at = $1, failure = $2 WHERE id = $3 AND ($1 IS NOT NULL OR failed_at "
               "IS NOT NULL)",
               args, 3);
}

static err put_carried(struct delivery_item *d, int64_t id, const char *state, int64_t now) {
    struct store_value args[] = {
        SV_TEXT(str_of(state)),       SV_INT(now), store_int_or_null(d->provider_id), SV_INT(d->notification_id),
        store_text_or_null(d->error), SV_INT(id)};
    return run(d,
               "UPDATE notification SET state = $1, ended_at = $2, provider_id = $3, carrier_id = $4, error = $5, "
               "due_at = NULL WHERE id = $6 AND state = 'waiting'",
               args, 6);
}

static err send_carried(struct delivery_item *d, int64_t now) {
    const struct json *list = carried_of(d);
    err x = ERR_OK;
    for (uint32_t i = 0; i < list->count && x == ERR_OK; i++) x = put_carried(d, list->items[i].integer, "sent", now);
    return x;
}

static err fail_page(struct delivery_item *d, const struct row *n, int64_t now) {
    struct page_failure failure = {.alert_group_id = n->alert_group_id,
                                   .user_id = n->user_id,
                                   .channel = n->channel,
                                   .reason = d->is_limited ? "daily_limit" : "not_delivered"};
    return n->is_page ? engine_page_failed(d->engine, d->arena, &failure, now) : ERR_OK;
}

static err fail_carried(struct delivery_item *d, int64_t now) {
    const struct json *list = carried_of(d);
    err x = ERR_OK;
    for (uint32_t i = 0; i < list->count && x == ERR_OK; i++) {
        struct row n;
        x = read_row(d, list->items[i].integer, &n);
        bool is_waiting = x == ERR_OK && n.is_waiting;
        if (is_waiting) x = put_carried(d, list->items[i].integer, "failed", now);
        if (x == ERR_OK && is_waiting) x = fail_page(d, &n, now);
        if (x == ERR_NOT_FOUND) x = ERR_OK;
    }
    return x;
}

static struct post_end post_end(const struct delivery_item *d, const struct row *n) {
    return (struct post_end){.alert_group_id = n->alert_group_id,
                             .notification_id = d->notification_id,
                             .provider_id = d->provider_id,
                             .external_id = d->external_id,
                             .thread_id = d->thread_id,
                             .shown = d->shown,
                             .error = d->error,
                             .has_notes = d->has_notes,
                             .told_seq = d->told_seq};
}

// A webhook's end stands in the group's log.
static err tell_hook(struct delivery_item *d, const struct row *n, bool is_sent, int64_t now) {
    str id = str_from(n->target, (size_t)(str_find(n->target, ':') + 1));
    if (!n->is_hook || n->is_wiped) return ERR_OK;
    buf detail = {0};
    buf_printf(&detail, "{\"webhook\":%.*s,\"trigger\":", STR_FMT(id));
    buf_json(&detail, n->reason);
    buf_printf(&detail, ",\"status\":%d}", d->status);
    err x = engine_add_line(d->engine, n->alert_group_id, is_sent ? "webhook_sent" : "webhook_failed",
                            is_sent ? "delivered" : "not_delivered", buf_view(&detail), now);
    buf_free(&detail);
    return x;
}

static err fail(struct delivery_item *d, const struct row *n, int64_t now) {
    int64_t first = d->provider_id ? d->provider_id : n->provider_id; // switched off, it was not even asked
    bool has_second = n->second_provider_id && n->second_provider_id != first && first;
    if (has_second && !d->is_gone) return set_due(d, n, now, n->second_provider_id);
    bool may_quote = d->status || d->record.len; // the words of the alert, which do not belong into the log
    LOG(d->engine->options.log, LOG_WARN, "notification_failed", LOG_N("notification", d->notification_id),
        LOG_N("group", n->alert_group_id), LOG_N("provider", d->provider_id), LOG_S("channel", n->channel),
        LOG_N("status", d->status), LOG_S("error", may_quote ? STR("see the delivery") : d->error));
    engine_count(&d->engine->counters.notifications_failed);
    err x = end(d, n, "failed", now);
    bool is_unreachable = n->contact_method_id && !d->is_limited && !n->is_cancel;
    if (x == ERR_OK && is_unreachable) x = mark_contact(d, n, now);
    struct post_end e = post_end(d, n);
    if (x == ERR_OK && n->is_post) x = engine_post_failed(d->engine, d->arena, &e, now);
    if (x == ERR_OK && n->is_note) x = engine_note_ended(d->engine, d->arena, &e, true, now);
    if (x == ERR_OK) x = fail_page(d, n, now);
    if (x == ERR_OK) x = tell_hook(d, n, false, now);
    if (x == ERR_OK && n->is_call && !n->is_wiped)
        x = engine_room_call_failed(d->engine, n->alert_group_id, n->channel, d->error, now);
    return x == ERR_OK ? fail_carried(d, now) : x;
}

static err retry(struct delivery_item *d, const struct row *n, int64_t now) {
    int64_t again_at = now + pause_after(d, n->attempt);
    if (again_at - n->created_at >= GIVE_UP_US) return fail(d, n, now);
    bool keeps_place = n->is_post && (n->attempt <= ROOM_TRIES || d->after_ms > 0);
    if (!keeps_place) return set_due(d, n, again_at, 0);
    err x = set_due(d, n, n->due_at, 0);
    return x == ERR_OK ? outbox_rows_rest(writer(d), d->arena, n->target, again_at) : x;
}

// What rings is remembered; and called off when somebody answered meanwhile.
static err note_ringing(struct delivery_item *d, const struct row *n, int64_t now) {
    bool is_each = str_is(d->cancels, STR("each"));
    struct store_value args[] = {SV_TEXT(is_each ? STR("{\"cancel\":\"each\"}") : STR("{\"cancel\":\"latest\"}")),
                                 SV_INT(d->notification_id)};
    if (!n->is_page || !d->cancels.len || !d->external_id.len) return ERR_OK;
    err x = run(d, "UPDATE notification SET detail = $1 WHERE id = $2", args, 2);
    if (x != ERR_OK || !n->is_called_off) return x;
    return engine_pages_call_off(d->engine, d->arena, n->alert_group_id, n->user_id, now);
}

static err succeed(struct delivery_item *d, const struct row *n, int64_t now) {
    engine_count(&d->engine->counters.notifications_sent);
    err x = end(d, n, "sent", now);
    if (x == ERR_OK) x = send_carried(d, now);
    struct post_end e = post_end(d, n);
    if (x == ERR_OK && n->is_post) x = engine_post_sent(d->engine, d->arena, &e, now);
    if (x == ERR_OK && n->is_note) x = engine_note_ended(d->engine, d->arena, &e, false, now);
    if (x == ERR_OK) x = note_ringing(d, n, now);
    if (x == ERR_OK) x = tell_hook(d, n, true, now);
    return x == ERR_OK && n->contact_method_id ? mark_contact(d, n, now) : x;
}

static void drop_words(struct delivery_item *d) {
    if (d->error.len) d->error = STR(GROUP_WORDS_GONE);
    d->record = STR("");
}

static err skip(struct delivery_item *d, const struct row *n, int64_t now) {
    if (!n->is_waiting) return ERR_OK;
    struct post_end e = post_end(d, n);
    err x = end(d, n, "cancelled", now);
    return x == ERR_OK && n->is_note ? engine_note_ended(d->engine, d->arena, &e, true, now) : x;
}

static err deliver(struct delivery_item *d, int64_t now) {
    struct row n;
    if (d->at > now) d->at = now; // the clock was set back meanwhile
    err x = read_row(d, d->notification_id, &n);
    if (x == ERR_OK && n.is_wiped && d->state != DELIVERY_SKIPPED) drop_words(d);
    if (x == ERR_OK && d->state == DELIVERY_SKIPPED) return skip(d, &n, now);
    if (x == ERR_OK) x = add_delivery(d, &n);
    if (x == ERR_OK) x = add_response(d, &n);
    if (x != ERR_OK) return x == ERR_NOT_FOUND ? ERR_OK : x;
    if (d->state == DELIVERY_SENT) return succeed(d, &n, now);
    if (!n.is_waiting) return ERR_OK; // called off meanwhile
    return d->state == DELIVERY_RETRY ? retry(d, &n, now) : fail(d, &n, now);
}

static err delivery_apply(struct commit_item *item, store *s, int64_t now) {
    (void)s;
    return deliver(CONTAINER(item, struct delivery_item, item), now);
}

void delivery_init(struct delivery_item *d, engine *e) {
    d->engine = e;
    d->item.class = COMMIT_PERSON;
    d->item.is_atomic = true;
    d->item.weight = sizeof *d;
    d->item.apply = delivery_apply;
}
