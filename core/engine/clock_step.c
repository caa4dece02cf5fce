#include "engine/clock_step.h"
#include "base/buf.h"
#include "engine/engine_parts.h"

#define MARK "clock_mark" // setting: the moment of the last step, and the last rows of before it

#define AT_ONCE  1000         // jobs that are moved in one item: some ms
#define MESSAGES 500          // notifications: each has the head of its queue looked for
#define PASSED   5000         // ids that are passed for them in one item: most of the rows have been sent
#define MOVE     "clock_move" // setting: what is left to do of a step that was followed

// Rows with an id in (after, upto] still have the moments of before the step.
struct span {
    int64_t upto, after;
};
// Of notifications, and then of jobs. A line of text each, the first is under way.
struct move {
    int64_t by_us;
    struct span jobs, messages;
    str next; // the lines of those that come after it: the server ended before it was over, and the clock was set again
};

// In this order: queues rest in old time, and the trigger of `notification` compares with that.
static const char *const moves_at_once[] = {
    "UPDATE outbox_queue SET resting_until = resting_until + $1 WHERE resting_until > 0",
    "UPDATE chore SET next_at = next_at + $1 WHERE next_at IS NOT NULL",
};

// There may be a million of them, and alerts must not wait for that: piece by piece, each with what it belongs to.
#define MOVE_MESSAGES                                                                                            \
    "UPDATE notification SET due_at = due_at + $1, created_at = created_at + $1 WHERE id > $2 AND id <= $3 AND " \
    "due_at "                                                                                                    \
    "IS NOT NULL"
#define JOBS_OF_PIECE "SELECT alert_group_id FROM job WHERE id > $2 AND id <= $3 AND "
static const char *const moves_of_piece[] = {
    "UPDATE job SET due_at = due_at + $1 WHERE id > $2 AND id <= $3 AND clock = 'elapsed'",
    "UPDATE alert_group SET silenced_until = silenced_until + $1 WHERE id IN (" JOBS_OF_PIECE "kind = 'unsilence')",
    ("UPDATE escalation SET next_at = next_at + $1 WHERE alert_group_id IN (" JOBS_OF_PIECE
     "kind = 'escalate' AND clock = 'elapsed')"),
};

static err run(engine *e, arena *a, const char *sql, const struct store_value *args, size_t nargs,
               struct store_rows *out) {
    return store_run(e->options.writer, a, sql, args, nargs, 0, out, NULL);
}

static err put_setting(engine *e, arena *a, const char *name, const char *value) {
    struct store_value args[] = {SV_TEXT(str_of(name)), SV_TEXT(str_of(value))};
    struct store_rows ignored;
    return run(e, a,
               "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = "
               "excluded.value",
               args, 2, &ignored);
}

// A line of the setting; by_us is 0: it says nothing.
static struct move parse_move(str line) {
    long long by = 0, upto = 0, after = 0, messages_upto = 0, messages_after = 0;
    char text[128];
    snprintf(text, sizeof text, "%.*s", STR_FMT(line));
    int n = sscanf(text, "%lld %lld %lld %lld %lld", &by, &upto, &after, &messages_upto, &messages_after);
    if (n != 3 && n != 5) by = 0;
    return (struct move){.by_us = by, .jobs = {upto, after}, .messages = {messages_upto, messages_after}};
}

static err read_setting(engine *e, arena *a, const char *name, str *out) {
    struct store_rows rows;
    err x = run(e, a, "SELECT value FROM setting WHERE name = $1", &SV_TEXT(str_of(name)), 1, &rows);
    if (x == ERR_OK) *out = rows.count ? arena_str(a, rows.values[0].text) : STR("");
    return x;
}

// What is left to do; by_us is 0: nothing.
static err read_move(engine *e, arena *a, struct move *out) {
    str text = STR(""), first = STR("");
    err x = read_setting(e, a, MOVE, &text);
    if (x != ERR_OK) return x;
    str_split(&text, '\n', &first);
    *out = parse_move(first);
    out->next = text;
    return ERR_OK;
}

static void print_move(buf *out, const struct move *m) {
    buf_printf(out, "%lld %lld %lld %lld %lld", (long long)m->by_us, (long long)m->jobs.upto, (long long)m->jobs.after,
               (long long)m->messages.upto, (long long)m->messages.after);
}

static err put_move(engine *e, arena *a, const struct move *m) {
    buf text = {0};
    struct store_rows ignored;
    if (m->by_us) print_move(&text, m);
    if (m->by_us && m->next.len) buf_char(&text, '\n');
    buf_str(&text, m->next);
    str value = arena_str(a, buf_view(&text));
    buf_free(&text);
    return value.len ? put_setting(e, a, MOVE, value.ptr)
                     : run(e, a, "DELETE FROM setting WHERE name = '" MOVE "'", NULL, 0, &ignored);
}

static err read_span(engine *e, arena *a, const char *sql, struct span *out) {
    struct store_rows rows;
    err x = run(e, a, sql, NULL, 0, &rows);
    if (x == ERR_OK) *out = (struct span){store_int_of(&rows.values[0]), store_int_of(&rows.values[1])};
    return x;
}

// What was written before a step says nothing about the clock after it.
static err put_mark(engine *e, arena *a, int64_t moment) {
    char text[100];
    struct store_rows rows;
    err x = run(
        e, a, "SELECT (SELECT MAX(id) FROM alert), (SELECT MAX(id) FROM notification), (SELECT MAX(id) FROM delivery)",
        NULL, 0, &rows);
    if (x != ERR_OK) return x;
    snprintf(text, sizeof text, "%lld %lld %lld %lld", (long long)moment, (long long)store_int_of(&rows.values[0]),
             (long long)store_int_of(&rows.values[1]), (long long)store_int_of(&rows.values[2]));
    return put_setting(e, a, MARK, text);
}

// `moment`: engine time after it.
static err begin_move(engine *e, arena *a, int64_t by_us, int64_t moment, struct move *out) {
    struct store_rows rows;
    *out = (struct move){.by_us = by_us};
    err x = put_mark(e, a, moment);
    if (x == ERR_OK) x = read_span(e, a, "SELECT MAX(id), -1 FROM job", &out->jobs);
    // Sums, so that the index of what is due is read and not all that was ever sent.
    if (x == ERR_OK)
        x = read_span(e, a, "SELECT MAX(id + 0), MIN(id + 0) - 1 FROM notification WHERE due_at IS NOT NULL",
                      &out->messages);
    for (size_t i = 0; i < sizeof moves_at_once / sizeof *moves_at_once && x == ERR_OK; i++)
        x = run(e, a, moves_at_once[i], &SV_INT(by_us), 1, &rows);
    return x;
}

// The last id of a piece of the span: one of at most `max` rows.
static err end_of_piece(engine *e, arena *a, const char *sql, struct span span, int64_t max, int64_t *out) {
    struct store_rows rows;
    struct store_value range[] = {SV_INT(span.after), SV_INT(span.upto), SV_INT(max)};
    err x = run(e, a, sql, range, 3, &rows);
    if (x == ERR_OK) *out = store_int_of(&rows.values[0]) < max ? span.upto : store_int_of(&rows.values[1]);
    return x;
}

static err move_messages(engine *e, arena *a, struct move *m) {
    struct store_rows rows;
    struct span piece = m->messages;
    int64_t end = 0;
    if (piece.upto - piece.after > PASSED) piece.upto = piece.after + PASSED;
    err x = end_of_piece(e, a,
                         "SELECT COUNT(*), MAX(id) FROM (SELECT id FROM notification WHERE id > $1 AND id <= $2 AND "
                         "+due_at IS NOT NULL ORDER BY id LIMIT $3) AS t",
                         piece, MESSAGES, &end);
    struct store_value args[] = {SV_INT(m->by_us), SV_INT(m->messages.after), SV_INT(end)};
    if (x == ERR_OK) x = run(e, a, MOVE_MESSAGES, args, 3, &rows);
    m->messages.after = end;
    e->notifications_added = true;
    return x;
}

static err move_jobs(engine *e, arena *a, struct move *m) {
    struct store_rows rows;
    int64_t end = 0;
    err x = end_of_piece(e, a,
                         "SELECT COUNT(*), MAX(id) FROM (SELECT id FROM job WHERE id > $1 AND id <= $2 ORDER BY id "
                         "LIMIT $3) AS t",
                         m->jobs, AT_ONCE, &end);
    struct store_value args[] = {SV_INT(m->by_us), SV_INT(m->jobs.after), SV_INT(end)};
    for (size_t i = 0; i < sizeof moves_of_piece / sizeof *moves_of_piece && x == ERR_OK; i++)
        x = run(e, a, moves_of_piece[i], args, 3, &rows);
    m->jobs.after = end;
    if (end == m->jobs.upto) m->by_us = 0;
    e->jobs_added = true;
    return x;
}

static err move_piece(engine *e, arena *a, struct move *m) {
    err x = m->messages.after < m->messages.upto ? move_messages(e, a, m) : ERR_OK;
    if (x == ERR_OK && m->messages.after == m->messages.upto) x = move_jobs(e, a, m);
    return x == ERR_OK ? put_move(e, a, m) : x;
}

err clock_step_behind(engine *e, arena *a, int64_t notification_id, int64_t *by_us) {
    str text = STR(""), line;
    err x = read_setting(e, a, MOVE, &text);
    if (x != ERR_OK) return x;
    *by_us = 0;
    while (str_split(&text, '\n', &line)) {
        struct move m = parse_move(line);
        if (notification_id > m.messages.after && notification_id <= m.messages.upto) *by_us += m.by_us;
    }
    return ERR_OK;
}

// The last notification that any step has still to move; 0: none.
static int64_t last_unmoved(const struct move *m) {
    int64_t last = m->by_us && m->messages.after < m->messages.upto ? m->messages.upto : 0;
    str rest = m->next, line;
    while (str_split(&rest, '\n', &line)) {
        struct move next = parse_move(line);
        if (next.by_us && next.messages.after < next.messages.upto && next.messages.upto > last)
            last = next.messages.upto;
    }
    return last;
}

static int64_t step_of(const env *clock) {
    int64_t by = env_wall(clock) - env_now(clock);
    return by > CLOCK_STEP_MIN_US || by < -CLOCK_STEP_MIN_US ? by : 0;
}

bool clock_is_off(const env *clock) { return step_of(clock) != 0; }

static err clock_apply(struct commit_item *item, store *s, int64_t now) {
    (void)s;
    (void)now;
    struct clock_item *c = CONTAINER(item, struct clock_item, item);
    engine *e = c->engine;
    arena *a = arena_new();
    struct move move = {0};
    c->by_us = 0;
    err x = read_move(e, a, &move);
    if (x == ERR_OK && !move.by_us) {
        c->by_us = step_of(e->options.env);
        if (c->by_us) x = begin_move(e, a, c->by_us, env_now(e->options.env) + c->by_us, &move);
    }
    bool is_moving = x == ERR_OK && move.by_us;
    if (is_moving) x = move_piece(e, a, &move);
    c->has_more = is_moving && (move.by_us || move.next.len);
    c->unmoved = c->has_more ? last_unmoved(&move) : 0;
    if (x == ERR_OK) {
        env_follow(e->options.env, c->by_us);
        e->clock_moved += c->by_us;
    }
    arena_free(a);
    return x;
}

void clock_item_init(struct clock_item *c, engine *e) {
    c->engine = e;
    c->item.class = COMMIT_PERSON;
    c->item.weight = sizeof *c;
    c->item.apply = clock_apply;
}

void clock_step_undo(engine *e) {
    env_follow(e->options.env, -e->clock_moved);
    e->clock_moved = 0;
}

void clock_step_keep(engine *e) { e->clock_moved = 0; }

bool clock_step_goes_on(const engine *e, int64_t *unmoved) {
    *unmoved = e->clock_unmoved;
    return e->clock_is_moving;
}

// The start.

static err last_known(engine *e, arena *a, int64_t *out) {
    long long at = 0, alert = 0, notification = 0, delivery = 0;
    struct store_rows rows;
    str mark = STR("");
    err x = read_setting(e, a, MARK, &mark);
    if (x == ERR_OK && mark.len && sscanf(mark.ptr, "%lld %lld %lld %lld", &at, &alert, &notification, &delivery) != 4)
        at = alert = notification = delivery = 0;
    struct store_value args[] = {SV_INT(at), SV_INT(alert), SV_INT(notification), SV_INT(delivery)};
    if (x == ERR_OK)
        x = run(e, a,
                "SELECT MAX(at) FROM (SELECT $1 AS at UNION ALL "
                "SELECT * FROM (SELECT received_at FROM alert WHERE id > $2 ORDER BY id DESC LIMIT 1) UNION ALL "
                "SELECT * FROM (SELECT created_at FROM notification WHERE id > $3 ORDER BY id DESC LIMIT 1) UNION ALL "
                "SELECT * FROM (SELECT at FROM delivery WHERE id > $4 ORDER BY id DESC LIMIT 1)) AS t",
                args, 4, &rows);
    if (x == ERR_OK) *out = store_int_of(&rows.values[0]);
    return x;
}

static err append_move(engine *e, arena *a, const struct move *to, const struct move *m) {
    buf next = {0};
    buf_str(&next, to->next);
    if (to->next.len) buf_char(&next, '\n');
    print_move(&next, m);
    struct move both = *to;
    both.next = arena_str(a, buf_view(&next));
    buf_free(&next);
    return put_move(e, a, &both);
}

static err go_back(engine *e, arena *a, int64_t known, int64_t now, struct move *move) {
    struct move own = {0};
    err x = store_begin(e->options.writer);
    if (x == ERR_OK) x = begin_move(e, a, now - known, now, &own);
    if (x == ERR_OK) x = move->by_us ? append_move(e, a, move, &own) : move_piece(e, a, &own);
    if (!move->by_us) *move = own;
    if (x == ERR_OK) x = store_commit(e->options.writer, NULL);
    if (x != ERR_OK) store_rollback(e->options.writer);
    else LOG(e->options.log, LOG_WARN, "clock_was_set_back", LOG_N("moved_ms", (now - known) / 1000));
    return x;
}

void clock_step_at_start(engine *e) {
    arena *a = arena_new();
    struct move move = {0};
    int64_t known = 0, now = env_now(e->options.env);
    err x = last_known(e, a, &known);
    if (x == ERR_OK) x = read_move(e, a, &move);
    if (x == ERR_OK && known - now > CLOCK_STEP_MIN_US) x = go_back(e, a, known, now, &move);
    e->clock_is_moving = x == ERR_OK && move.by_us;
    e->clock_unmoved = e->clock_is_moving ? last_unmoved(&move) : 0;
    if (x != ERR_OK) LOG(e->options.log, LOG_ERROR, "clock_not_followed", LOG_Z("error", err_text(x)));
    arena_free(a);
}
