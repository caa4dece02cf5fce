// Several senders that tell of the same problem, such as two Prometheus that watch the same things.
//
// Each says again and again until when its alert holds, and once that it is over. What one of them said last is a row; the
// group ends when none of them fires any more: by the last one's word, or by their silence. Rows and not memory, because a
// restart in between would let one replica's word close what another one fires.
#include "engine/engine_parts.h"

static int64_t sender_of(const engine *e, const struct signal *s) { return engine_hash(e, s->sender); }

static err last_end(engine *e, int64_t group_id, int64_t *until) {
    arena *a = arena_new();
    struct store_rows rows;
    err x = store_run(e->options.writer, a, "SELECT max(until_at) FROM firing_until WHERE alert_group_id = $1",
                      &SV_INT(group_id), 1, 1, &rows, NULL);
    if (x == ERR_OK) *until = rows.count ? store_int_of(&rows.values[0]) : 0;
    arena_free(a);
    return x;
}

static err run(engine *e, const char *sql, const struct store_value *args, size_t nargs) {
    arena *a = arena_new();
    struct store_rows rows;
    err x = store_run(e->options.writer, a, sql, args, nargs, 0, &rows, NULL);
    arena_free(a);
    return x;
}

err engine_senders_fire(engine *e, const struct group *g, const struct signal *s) {
    if (!s->ends_at) return ERR_OK;
    struct store_value args[] = {SV_INT(g->id), SV_INT(sender_of(e, s)), SV_INT(s->ends_at)};
    err x = run(e,
                "INSERT INTO firing_until (alert_group_id, sender, until_at) VALUES ($1, $2, $3) "
                "ON CONFLICT (alert_group_id, sender) DO UPDATE SET until_at = excluded.until_at",
                args, 3);
    // One job a group: when it is due it looks who has spoken since.
    return x == ERR_OK && g->alerts_count == 1 ? engine_add_job(e, "source_ends", s->ends_at, g->id) : x;
}

err engine_senders_end(engine *e, const struct group *g, const struct signal *s, int64_t now, bool *fires) {
    int64_t until = 0;
    *fires = false;
    if (!s->sender.len) return ERR_OK;
    struct store_value args[] = {SV_INT(g->id), SV_INT(sender_of(e, s))};
    err x = run(e, "DELETE FROM firing_until WHERE alert_group_id = $1 AND sender = $2", args, 2);
    if (x == ERR_OK) x = last_end(e, g->id, &until);
    *fires = x == ERR_OK && until > now;
    return x;
}

err job_source_ends(struct job_item *j, int64_t now) {
    engine *e = j->engine;
    struct group g;
    int64_t until = 0;
    err x = group_rows_get(e->rows, j->job.alert_group_id, &g);
    if (x == ERR_OK) x = last_end(e, g.id, &until);
    if (x != ERR_OK) return x;
    if (until > now && !g.resolved_at) return engine_add_job(e, "source_ends", until, g.id);
    struct group_deed deed = {.verb = VERB_RESOLVE, .actor = {.by = BY_TIMER}, .reason = "source_silent"};
    x = run(e, "DELETE FROM firing_until WHERE alert_group_id = $1", &SV_INT(g.id), 1);
    if (x == ERR_OK && !g.resolved_at) x = engine_act(e, &g, &deed, now, NULL);
    return x == ERR_INVALID ? ERR_OK : x; // attached: it follows its root
}
