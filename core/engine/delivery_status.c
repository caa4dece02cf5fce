#include "engine/delivery_status.h"
#include "engine/engine_parts.h"

#define MAX_CARRIED 1000

static struct store_value text_or_null(str s) { return s.len ? SV_TEXT(s) : SV_NULL; }
static int64_t int_of(const struct store_value *v) { return v->type == STORE_INT ? v->integer : 0; }

static err run(struct delivery_status_item *d, const char *sql, const struct store_value *args, size_t nargs,
               size_t max_rows, struct store_rows *out) {
    return store_run(d->engine->options.writer, d->arena, sql, args, nargs, max_rows, out, NULL);
}

static err put_attempt(struct delivery_status_item *d, int64_t *notification_id) {
    struct store_rows rows;
    struct store_value args[] = {SV_TEXT(d->state), text_or_null(d->error), text_or_null(d->external_id),
                                 SV_INT(d->delivery_id), SV_TEXT(d->from)};
    err x = run(d,
                "UPDATE delivery SET state = $1, error = COALESCE($2, error), external_id = COALESCE(external_id, $3) "
                "WHERE id = $4 AND state = $5 RETURNING notification_id",
                args, 5, 1, &rows);
    if (x == ERR_OK && !rows.count) return ERR_CONFLICT;
    if (x == ERR_OK) *notification_id = rows.values[0].integer;
    return x;
}

// Those that go with it have its state too. → the pages that have just failed, a row each.
static err put_notifications(struct delivery_status_item *d, int64_t id, struct store_rows *out) {
    struct store_value args[] = {SV_TEXT(d->whole), text_or_null(d->error), SV_INT(id)};
    return run(d,
               "UPDATE notification SET state = $1, error = COALESCE($2, error) WHERE (id = $3 OR carrier_id = $3) AND "
               "state IN ('sent', 'delivered') RETURNING kind, alert_group_id, user_id, channel, id, contact_method_id",
               args, 3, MAX_CARRIED, out);
}

// Whether the page has gone on without it: then there is no wait to be cut short.
static err is_overtaken(struct delivery_status_item *d, const struct store_value *v, bool *out) {
    struct store_rows rows;
    struct store_value args[] = {v[1], v[2], v[4]};
    err x = run(d,
                "SELECT 1 FROM notification WHERE alert_group_id = $1 AND user_id = $2 AND id > $3 AND kind = 'page' "
                "LIMIT 1",
                args, 3, 1, &rows);
    if (x == ERR_OK) *out = rows.count > 0;
    return x;
}

static err fail_page(struct delivery_status_item *d, const struct store_value *v, int64_t now) {
    bool is_late = false;
    err x = is_overtaken(d, v, &is_late);
    if (x != ERR_OK) return x;
    struct page_failure failure = {.alert_group_id = int_of(&v[1]),
                                   .user_id = int_of(&v[2]),
                                   .channel = v[3].text,
                                   .reason = "undelivered",
                                   .is_overtaken = is_late};
    return engine_page_failed(d->engine, d->arena, &failure, now);
}

static err mark_contact(struct delivery_status_item *d, const struct store_value *contact, int64_t now) {
    struct store_rows ignored;
    struct store_value args[] = {SV_INT(now), text_or_null(d->error), *contact};
    return run(d, "UPDATE contact_method SET failed_at = $1, failure = $2 WHERE id = $3", args, 3, 0, &ignored);
}

static err apply(struct commit_item *item, store *s, int64_t now) {
    (void)s;
    struct delivery_status_item *d = CONTAINER(item, struct delivery_status_item, item);
    struct store_rows rows = {0};
    int64_t id = 0;
    err x = put_attempt(d, &id);
    if (x == ERR_OK) x = put_notifications(d, id, &rows);
    if (x != ERR_OK || !str_is(d->whole, STR("failed"))) return x;
    engine_count(&d->engine->counters.notifications_failed);
    for (size_t i = 0; i < rows.count && x == ERR_OK; i++) {
        const struct store_value *v = &rows.values[i * rows.columns];
        if (v[5].type == STORE_INT) x = mark_contact(d, &v[5], now);
        if (x == ERR_OK && str_is(v[0].text, STR("page"))) x = fail_page(d, v, now);
    }
    return x;
}

void delivery_status_init(struct delivery_status_item *d, engine *e) {
    d->engine = e;
    d->item.class = COMMIT_PERSON;
    d->item.is_atomic = true;
    d->item.weight = sizeof *d;
    d->item.apply = apply;
}
