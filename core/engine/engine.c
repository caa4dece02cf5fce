#include "base/mem.h"
#include "engine/clock_step.h"
#include "engine/engine_parts.h"
#include "engine/maintain.h"
#include "store/message_rows.h"
#include <sodium.h>

#define CALL_PRIORITY 10 // before everything that nobody waits for

int64_t engine_hash(const engine *e, str text) {
    unsigned char out[crypto_shorthash_BYTES];
    crypto_shorthash(out, (const unsigned char *)text.ptr, text.len, e->hash_key);
    int64_t hash;
    memcpy(&hash, out, sizeof hash);
    return hash;
}

bool engine_guess_open(const engine *e, int64_t integration_id, int64_t route_id, str grouping_id) {
    return open_guess_is_open(e->open_guess, integration_id, route_id, engine_hash(e, grouping_id));
}

err engine_add_line(engine *e, int64_t group_id, const char *action, const char *reason, str detail, int64_t now) {
    return engine_add_line_by(e, group_id, action, reason, detail, (struct group_actor){.by = BY_SYSTEM}, now);
}

err engine_add_line_by(engine *e, int64_t group_id, const char *action, const char *reason, str detail,
                       struct group_actor actor, int64_t now) {
    struct log_row row = {.alert_group_id = group_id,
                          .at = now,
                          .action = action,
                          .reason = reason,
                          .by = actor.by,
                          .by_id = actor.id,
                          .detail = detail};
    err x = group_rows_add_log(e->rows, &row, false);
    return x == ERR_OK && message_rows_is_news(action) ? engine_notes_add(e, group_id, now) : x;
}

static err add_call_job(engine *e, struct job_row job, int64_t epoch, int64_t user_id) {
    char detail[48];
    int n = snprintf(detail, sizeof detail, "%lld %lld", (long long)epoch, (long long)user_id);
    job.detail = (str){detail, (size_t)n};
    job.priority = CALL_PRIORITY;
    e->jobs_added = true;
    return group_rows_add_job(e->rows, &job);
}

err engine_add_call_job(engine *e, const char *kind, int64_t group_id, int64_t user_id, int64_t epoch, int64_t due_at) {
    struct job_row job = {.kind = str_of(kind), .due_at = due_at, .alert_group_id = group_id};
    return add_call_job(e, job, epoch, user_id);
}

err engine_add_wall_job(engine *e, const char *kind, int64_t group_id, int64_t epoch, int64_t due_at) {
    struct job_row job = {.kind = str_of(kind), .due_at = due_at, .alert_group_id = group_id, .is_wall = true};
    return add_call_job(e, job, epoch, 0);
}

err engine_add_job(engine *e, const char *kind, int64_t due_at, int64_t group_id) {
    struct job_row job = {.kind = str_of(kind), .due_at = due_at, .alert_group_id = group_id};
    e->jobs_added = true;
    return group_rows_add_job(e->rows, &job);
}

static void on_applied(void *ctx, bool is_undone) {
    engine *e = ctx;
    (is_undone ? group_counts_undo : group_counts_keep)(e->group_counts);
}

static err on_commit(void *ctx, store *s) {
    engine *e = ctx;
    (void)s;
    return changed_groups_write(group_rows_changed(e->rows));
}

static void tell_news(engine *e) {
    changed_groups *groups = group_rows_changed(e->rows);
    struct engine_news news = {.groups = groups, .has_writes = e->config_changed};
    if (e->options.on_news && (news.has_writes || changed_groups_count(groups)))
        e->options.on_news(e->options.ctx, &news);
    changed_groups_clear(groups);
}

static void on_committed(void *ctx, store *s) {
    engine *e = ctx;
    group_counts_commit(e->group_counts, env_now(e->options.env));
    clock_step_keep(e);
    tell_news(e);
    if (e->config_changed) {
        err x = config_refresh(e->config_source, s);
        e->config = config_current(e->config_source, e->config);
        if (x == ERR_OK) x = hooks_refresh(e->hooks, s);
        if (x != ERR_OK) LOG(e->options.log, LOG_ERROR, "config_not_loaded", LOG_Z("error", err_text(x)));
        e->config_changed = false;
    }
    if (e->schedules_changed) __atomic_add_fetch(&e->schedules_version, 1, __ATOMIC_RELEASE);
    if ((e->jobs_added || e->notifications_added || e->schedules_changed) && e->options.on_jobs)
        e->options.on_jobs(e->options.ctx);
    e->jobs_added = e->notifications_added = e->schedules_changed = false;
}

// Beside the start of the rest; what fails now is tried again, and told, at the first look.
static void on_started(void *ctx, store *s) {
    engine *e = ctx;
    (void)s;
    (void)group_rows_prepare(e->rows);
    int64_t ignored;
    (void)engine_collector_of(e, 0, &ignored);
}

static void on_rolled_back(void *ctx) {
    engine *e = ctx;
    group_rows_forget(e->rows);
    group_counts_roll_back(e->group_counts);
    on_call_forget(e->on_call);
    maintain_forget(e->maintain);
    clock_step_undo(e);
    engine_forget_events(e);
    e->label_job_waits = false;
}

static err load_hash_key(engine *e, struct why *why) {
    arena *a = arena_new();
    struct store_rows rows;
    err x =
        store_run(e->options.writer, a, "SELECT value FROM setting WHERE name = 'group_key'", NULL, 0, 1, &rows, why);
    if (x == ERR_OK && (!rows.count || sodium_hex2bin(e->hash_key, sizeof e->hash_key, rows.values[0].text.ptr,
                                                      rows.values[0].text.len, NULL, NULL, NULL) != 0))
        x = why_set(why, ERR_CORRUPT, "setting group_key is missing or not 32 hexadecimal digits");
    arena_free(a);
    return x;
}

engine *engine_new(const struct engine_options *options, struct why *why) {
    engine *e = NEW(engine);
    e->options = *options;
    e->open_guess = open_guess_new();
    e->hooks = hooks_new();
    e->config_source = config_source_new();
    if (load_hash_key(e, why) != ERR_OK || config_refresh(e->config_source, options->writer) != ERR_OK ||
        hooks_refresh(e->hooks, options->writer) != ERR_OK) {
        hooks_free(e->hooks);
        config_source_free(e->config_source);
        open_guess_free(e->open_guess);
        mem_free(e);
        return NULL;
    }
    e->config = config_current(e->config_source, NULL);
    e->rows = group_rows_new(options->writer);
    e->on_call = on_call_new(options->writer);
    e->captures = captures_new();
    e->group_counts = group_counts_new(options->metrics_label ? options->metrics_label : "");
    e->maintain = maintain_new(options->writer);
    e->commit = commit_new(&(struct commit_options){.store = options->writer,
                                                    .env = options->env,
                                                    .log = options->log,
                                                    .max_items = options->max_waiting,
                                                    .max_bytes = options->max_waiting_bytes,
                                                    .ctx = e,
                                                    .on_applied = on_applied,
                                                    .on_commit = on_commit,
                                                    .on_committed = on_committed,
                                                    .on_started = on_started,
                                                    .on_rolled_back = on_rolled_back});
    if (engine_count_earlier(e) != ERR_OK)
        LOG(e->options.log, LOG_WARN, "groups_not_counted", LOG_Z("what", "/metrics has no alert groups"));
    return e;
}

void engine_free(engine *e) {
    if (!e) return;
    commit_free(e->commit);
    group_rows_free(e->rows);
    on_call_free(e->on_call);
    maintain_free(e->maintain);
    config_release(e->config);
    config_source_free(e->config_source);
    open_guess_free(e->open_guess);
    engine_forget_events(e);
    hooks_free(e->hooks);
    group_counts_free(e->group_counts);
    captures_free(e->captures);
    mem_free(e);
}

void engine_schedules_changed(engine *e) {
    on_call_forget(e->on_call);
    e->schedules_changed = true;
}

uint64_t engine_schedules_version(const engine *e) { return __atomic_load_n(&e->schedules_version, __ATOMIC_ACQUIRE); }

void engine_ask_heartbeats(engine *e) {
    __atomic_store_n(&e->heartbeats_asked, true, __ATOMIC_SEQ_CST);
    if (e->options.on_jobs) e->options.on_jobs(e->options.ctx);
}

bool engine_heartbeats_asked(engine *e) { return __atomic_exchange_n(&e->heartbeats_asked, false, __ATOMIC_SEQ_CST); }

commit *engine_commit(engine *e) { return e->commit; }
config_source *engine_config(engine *e) { return e->config_source; }
captures *engine_captures(engine *e) { return e->captures; }
group_counts *engine_group_counts(engine *e) { return e->group_counts; }

struct engine_counters *engine_counters(engine *e) {
    return &e->counters;
}
