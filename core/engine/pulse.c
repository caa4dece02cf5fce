#include "engine/pulse.h"
#include "base/mem.h"

#define PATIENCE_US INT64_C(5000000) // a part that does not answer for so long is stuck
#define STUCK_US    INT64_C(120000000)
#define AGAIN_US    INT64_C(15000000) // after a beat that did not arrive, and while something is stuck
#define TIMEOUT_MS  10000

struct probe {
    struct http_exchange x; // only its mail and `resume` are used
    pulse *pulse;
    bool is_asked, is_back; // is_back: atomically
};

struct pulse {
    struct pulse_options options;
    struct probe probes[PULSE_LOOPS_MAX];
    struct {
        struct commit_item item;
        bool is_asked, is_back; // is_back: atomically
        err result;
    } commit;
    int64_t next_at, asked_at; // of elapsed time
    int64_t delivered_to;      // the newest attempt at the last look
    struct http_call call;
    bool is_asking, is_sending;
    const char *trouble; // that was logged last; NULL: none
};

pulse *pulse_new(const struct pulse_options *options) {
    pulse *p = NEW(pulse);
    p->options = *options;
    return p;
}

void pulse_free(pulse *p) { mem_free(p); }

bool pulse_is_idle(const pulse *p) { return !p->is_asking; }

static void wake(const pulse *p) { p->options.wake(p->options.wake_ctx); }

// Asking.

static void on_loop(struct http_exchange *x) {
    struct probe *probe = CONTAINER(x, struct probe, x);
    __atomic_store_n(&probe->is_back, true, __ATOMIC_RELEASE);
    wake(probe->pulse);
}

// The row also tells, after a crash, when the server last was well.
static err on_apply(struct commit_item *item, store *s, int64_t now) {
    (void)item;
    struct store_rows ignored;
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%lld", (long long)now);
    arena *a = arena_new();
    err e = store_run(s, a,
                      "INSERT INTO setting (name, value) VALUES ('well_at', $1) ON CONFLICT (name) DO UPDATE SET value "
                      "= excluded.value",
                      &SV_TEXT(((str){digits, (size_t)n})), 1, 0, &ignored, NULL);
    arena_free(a);
    return e;
}

static void on_committed(struct commit_item *item, err result) {
    pulse *p = (pulse *)(void *)((char *)item - offsetof(pulse, commit.item));
    p->commit.result = result;
    __atomic_store_n(&p->commit.is_back, true, __ATOMIC_RELEASE);
    wake(p);
}

static void ask_commit(pulse *p) {
    if (p->commit.is_asked) return; // still
    p->commit.item = (struct commit_item){.class = COMMIT_PERSON, .is_atomic = true, .weight = 64};
    p->commit.item.apply = on_apply;
    p->commit.item.done = on_committed;
    p->commit.is_asked = true;
    err e = commit_push(engine_commit(p->options.engine), &p->commit.item);
    if (e != ERR_OK) on_committed(&p->commit.item, e);
}

static void ask(pulse *p, int64_t now) {
    p->is_asking = true;
    p->asked_at = now;
    ask_commit(p);
    for (size_t i = 0; i < PULSE_LOOPS_MAX; i++) {
        struct mailbox *box = p->options.loops ? __atomic_load_n(&p->options.loops[i], __ATOMIC_ACQUIRE) : NULL;
        struct probe *probe = &p->probes[i];
        if (!box || probe->is_asked) continue;
        probe->x.resume = on_loop;
        probe->pulse = p;
        probe->is_asked = true;
        mailbox_push(box, &probe->x.mail);
    }
}

// Takes back what has answered; whether all have.
static bool take_answers(pulse *p) {
    bool is_all = true;
    if (p->commit.is_asked && __atomic_load_n(&p->commit.is_back, __ATOMIC_ACQUIRE))
        p->commit.is_asked = p->commit.is_back = false;
    is_all = !p->commit.is_asked;
    for (size_t i = 0; i < PULSE_LOOPS_MAX; i++) {
        struct probe *probe = &p->probes[i];
        if (probe->is_asked && __atomic_load_n(&probe->is_back, __ATOMIC_ACQUIRE))
            probe->is_asked = probe->is_back = false;
        is_all &= !probe->is_asked;
    }
    return is_all;
}

// Judging.

static err ask_store(const pulse *p, arena *a, const char *sql, int64_t *out) {
    struct store_rows rows;
    err e = store_run(p->options.reader, a, sql, NULL, 0, 1, &rows, NULL);
    if (e == ERR_OK) *out = store_int_of(&rows.values[0]);
    return e;
}

static const char *find_stuck_deliveries(pulse *p) {
    if (!p->options.delivers) return NULL;
    int64_t due_at = 0, newest = 0, is_moving = 0;
    arena *a = arena_new();
    err e = ask_store(p, a, "SELECT MIN(due_at) FROM outbox_queue", &due_at);
    if (e == ERR_OK) e = ask_store(p, a, "SELECT MAX(id) FROM delivery", &newest);
    if (e == ERR_OK) e = ask_store(p, a, "SELECT COUNT(*) FROM setting WHERE name = 'clock_move'", &is_moving);
    arena_free(a);
    bool has_moved = newest != p->delivered_to;
    p->delivered_to = newest;
    if (e != ERR_OK) return "the database cannot be read";
    bool is_overdue = due_at && !is_moving && env_now(p->options.env) - due_at > STUCK_US;
    return is_overdue && !has_moved ? "notifications are due and no attempt is made" : NULL;
}

static const char *find_trouble(pulse *p) {
    if (p->commit.is_asked) return "the commit thread does not answer";
    if (p->commit.result != ERR_OK) return "nothing can be written to the disk";
    for (size_t i = 0; i < PULSE_LOOPS_MAX; i++)
        if (p->probes[i].is_asked) return "an I/O loop does not answer";
    return find_stuck_deliveries(p);
}

// Sending.

static void tell(pulse *p, const char *event, const char *trouble, const char *about) {
    if (trouble == p->trouble) return;
    if (trouble) LOG(p->options.log, LOG_WARN, event, LOG_Z("reason", *about ? about : trouble));
    else LOG(p->options.log, LOG_INFO, "outbound_heartbeat_goes_on", LOG_Z("after", p->trouble));
    p->trouble = trouble;
}

static void on_answer(void *ctx, const struct http_result *r) {
    pulse *p = ctx;
    struct engine_counters *c = engine_counters(p->options.engine);
    bool is_good = r->failure == HTTP_FAILED_NONE && r->status >= 200 && r->status < 300;
    char sentence[600];
    p->is_sending = false;
    __atomic_add_fetch(is_good ? &c->pulses_sent : &c->pulses_failed, 1, __ATOMIC_RELAXED);
    if (r->failure != HTTP_FAILED_NONE) snprintf(sentence, sizeof sentence, "%s", r->sentence);
    else snprintf(sentence, sizeof sentence, "The address answered with the status %d.", r->status);
    tell(p, "outbound_heartbeat_failed", is_good ? NULL : "it does not arrive", sentence);
    int64_t now = env_elapsed(p->options.env);
    if (!is_good && p->next_at > now + AGAIN_US) p->next_at = now + AGAIN_US;
    wake(p);
}

static void send_beat(pulse *p) {
    p->call = (struct http_call){
        .method = STR("GET"), .url = str_of(p->options.url), .timeout_ms = TIMEOUT_MS, .on_done = on_answer, .ctx = p};
    p->is_sending = true;
    p->options.sender.send(p->options.sender.ctx, &p->call);
}

static void judge(pulse *p, int64_t now) {
    const char *trouble = find_trouble(p);
    p->is_asking = false;
    if (!trouble) {
        if (!p->is_sending) send_beat(p);
        return;
    }
    __atomic_add_fetch(&engine_counters(p->options.engine)->pulses_withheld, 1, __ATOMIC_RELAXED);
    tell(p, "outbound_heartbeat_withheld", trouble, "");
    if (p->next_at > now + AGAIN_US) p->next_at = now + AGAIN_US;
}

int64_t pulse_turn(pulse *p) {
    int64_t now = env_elapsed(p->options.env);
    if (!p->is_asking && p->next_at <= now) {
        p->next_at = now + p->options.every_us;
        take_answers(p);
        ask(p, now);
    }
    if (!p->is_asking) return p->next_at - now;
    if (take_answers(p) || now - p->asked_at >= PATIENCE_US) {
        judge(p, now);
        return p->next_at > now ? p->next_at - now : 0;
    }
    return PATIENCE_US - (now - p->asked_at);
}
