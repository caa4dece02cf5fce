#include "engine/watch.h"
#include "base/mem.h"

#define SETTLE_US  1000000  // after a change
#define RETRY_US   60000000 // when it could not be looked
#define REST_TIMES 4
#define FUEL       500000000
#define NEVER      INT64_MAX

struct watch {
    struct watch_options options;
    struct mailbox done;
    struct aside aside;
    bool is_looking;
    uint64_t version; // of schedules, when it was last seen
    int64_t changed_at, look_at;
    // Of the look that is under way, and of its end.
    int64_t now, changed_before, next_at, took_us;
    err result;
    struct why why;
};

watch *watch_new(const struct watch_options *options) {
    watch *w = NEW(watch);
    w->options = *options;
    w->look_at = 0; // what happened before the start is looked at
    w->version = engine_schedules_version(options->engine);
    w->changed_at = env_now(options->env) - 1;
    mailbox_open(&w->done, options->wake, options->wake_ctx);
    return w;
}

void watch_free(watch *w) {
    if (!w) return;
    mailbox_take(&w->done);
    mailbox_close(&w->done);
    mem_free(w);
}

bool watch_is_idle(const watch *w) { return !w->is_looking; }

// Nothing said is none.
static void count(uint64_t *gauge, const struct script_value *v) {
    uint64_t n = v->type == SCRIPT_INT ? (uint64_t)v->integer : 0;
    __atomic_store_n(gauge, n, __ATOMIC_RELAXED);
}

static void look(struct aside *a, struct aside_tools *tools) {
    watch *w = CONTAINER(a, struct watch, aside);
    struct script_value args[] = {script_int(w->now), script_int(w->changed_before)}, out[3] = {0};
    int64_t from = env_elapsed(w->options.env);
    arena *memory = arena_new();
    w->result = ERR_OK;
    if (aside_finds(tools, "SELECT 1 FROM schedule LIMIT 1"))
        w->result = script_call(tools->script, "watch", "look", args, 2, (struct script_budget){.fuel = FUEL}, memory,
                                out, 3, &w->why);
    w->next_at = w->result == ERR_OK && out[0].type == SCRIPT_INT ? out[0].integer : -1;
    count(&engine_counters(w->options.engine)->schedules_uncovered, &out[1]);
    count(&engine_counters(w->options.engine)->schedules_with_gaps, &out[2]);
    arena_free(memory);
    w->took_us = env_elapsed(w->options.env) - from;
    mailbox_push(&w->done, &a->mail);
}

static void take_done(watch *w, int64_t now) {
    if (!mailbox_take(&w->done)) return;
    w->is_looking = false;
    if (w->result != ERR_OK) {
        LOG(w->options.log, LOG_ERROR, "schedules_not_looked_after",
            LOG_Z("error", *w->why.text ? w->why.text : err_text(w->result)));
        w->look_at = now + RETRY_US;
    } else if (w->next_at < 0) w->look_at = NEVER;
    else {
        int64_t rested_at = now + REST_TIMES * w->took_us;
        w->look_at = w->next_at > rested_at ? w->next_at : rested_at;
    }
    // What changed since that look began may have been read before it changed.
    if (w->changed_at >= w->now && w->look_at > now + SETTLE_US) w->look_at = now + SETTLE_US;
}

static void see_change(watch *w, int64_t now) {
    uint64_t version = engine_schedules_version(w->options.engine);
    if (version == w->version) return;
    w->version = version;
    w->changed_at = now;
    if (w->look_at > now + SETTLE_US) w->look_at = now + SETTLE_US;
}

int64_t watch_turn(watch *w) {
    int64_t now = env_now(w->options.env);
    take_done(w, now);
    see_change(w, now);
    if (w->is_looking) return -1;
    if (w->look_at > now) return w->look_at == NEVER ? -1 : w->look_at - now;
    w->now = now;
    w->changed_before = w->changed_at < now ? w->changed_at : now - 1;
    w->aside.run = look;
    w->is_looking = w->options.door.push(w->options.door.ctx, &w->aside) == ERR_OK;
    return w->is_looking ? -1 : SETTLE_US;
}
