#include "source_facts.h"

static void put_count(buf *out, const char *before, const uint64_t *counter) {
    buf_printf(out, "%s%llu", before, (unsigned long long)__atomic_load_n(counter, __ATOMIC_RELAXED));
}

static void put_moment(buf *out, const char *before, int64_t at) {
    if (at) buf_printf(out, "%s%lld", before, (long long)at);
    else buf_printf(out, "%snull", before);
}

void source_facts(const struct config_integration *i, env *clock, buf *out) {
    if (!i) {
        buf_lit(out, "{}");
        return;
    }
    struct config_counters *c = i->counters;
    int64_t beat = __atomic_load_n(&c->heartbeat.beat_at, __ATOMIC_SEQ_CST), now = env_now(clock);
    put_count(out, "{\"alerts\":", &c->alerts);
    put_count(out, ",\"refused\":", &c->refused);
    put_count(out, ",\"template_errors\":", &c->template_errors);
    buf_printf(out, ",\"requests\":%lld", (long long)rate_window_count(&c->rate, now));
    put_moment(out, ",\"last_alert_at\":", __atomic_load_n(&c->last_alert_at, __ATOMIC_RELAXED));
    put_moment(out, ",\"beat_at\":", beat ? now - (env_elapsed(clock) - beat) : 0);
    buf_lit(out, "}");
}
