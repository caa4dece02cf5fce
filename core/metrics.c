#include "metrics.h"

static void family(buf *out, const char *name, const char *type, const char *help) {
    buf_printf(out, "# HELP tocsin_%s %s\n# TYPE tocsin_%s %s\n", name, help, name, type);
}

static void number(buf *out, const char *name, const char *type, const char *help, uint64_t value) {
    family(out, name, type, help);
    buf_printf(out, "tocsin_%s %llu\n", name, (unsigned long long)value);
}

// A label's value: backslash, quote and newline are escaped.
static void label_value(buf *out, str s) {
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (c == '\n') buf_lit(out, "\\n");
        else if (c == '"' || c == '\\') buf_printf(out, "\\%c", c);
        else buf_char(out, c);
    }
}

static void by_integration(const struct metrics_sources *from, buf *out, const char *name, const char *help,
                           size_t offset) {
    const config *c = config_current(engine_config(from->engine), NULL);
    family(out, name, "counter", help);
    for (size_t i = 0; i < config_count(c); i++) {
        const struct config_integration *one = config_at(c, i);
        uint64_t *value = (uint64_t *)(void *)((char *)one->counters + offset);
        buf_printf(out, "tocsin_%s{integration=\"", name);
        label_value(out, one->name);
        buf_lit(out, "\",type=\"");
        label_value(out, one->type);
        char id[ID_TEXT_MAX]; // names are unique in a team only
        ids_encode(store_ids(from->store), "C", one->id, id);
        buf_printf(out, "\",id=\"%s\"} %llu\n", id, (unsigned long long)__atomic_load_n(value, __ATOMIC_RELAXED));
    }
    config_release(c);
}

static void histogram(buf *out, const char *name, const char *help, const int64_t *bounds, const uint64_t *counts,
                      uint64_t sum, uint64_t total, double scale) {
    family(out, name, "histogram", help);
    uint64_t so_far = 0;
    for (size_t i = 0; i < 11; i++) { // the twelfth has no bound: +Inf
        so_far += counts[i];
        buf_printf(out, "tocsin_%s_bucket{le=\"%g\"} %llu\n", name, (double)bounds[i] * scale,
                   (unsigned long long)so_far);
    }
    buf_printf(out, "tocsin_%s_bucket{le=\"+Inf\"} %llu\n", name, (unsigned long long)total);
    buf_printf(out, "tocsin_%s_sum %g\ntocsin_%s_count %llu\n", name, (double)sum * scale, name,
               (unsigned long long)total);
}

// Where an alert's time goes; `commit` is the batches' whole length, `apply` included.
static void stages(const struct engine_counters *c, const struct commit_stats *commits, buf *out) {
    const struct {
        const char *stage;
        uint64_t ns;
    } list[] = {{"parse", __atomic_load_n(&c->parse_ns, __ATOMIC_RELAXED)},
                {"render", __atomic_load_n(&c->render_ns, __ATOMIC_RELAXED)},
                {"apply", __atomic_load_n(&c->apply_ns, __ATOMIC_RELAXED)},
                {"commit", commits->batch_us_sum * 1000}};
    family(out, "stage_seconds_total", "counter", "Time spent on alerts by stage.");
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        buf_printf(out, "tocsin_stage_seconds_total{stage=\"%s\"} %.6f\n", list[i].stage, (double)list[i].ns / 1e9);
}

static void heartbeat_metrics(const struct metrics_sources *from, buf *out) {
    const config *c = config_current(engine_config(from->engine), NULL);
    uint64_t counts[3] = {0};
    for (size_t i = 0; i < config_count(c); i++) {
        const struct config_integration *one = config_at(c, i);
        if (one->heartbeat.is_enabled) counts[heartbeat_state_of(&one->counters->heartbeat)]++;
    }
    config_release(c);
    number(out, "heartbeats_alive", "gauge", "Armed heartbeats that are not missing.", counts[HEARTBEAT_ALIVE]);
    number(out, "heartbeats_missing", "gauge", "Heartbeats that are missing now.", counts[HEARTBEAT_MISSING]);
}

static void engine_metrics(const struct metrics_sources *from, buf *out) {
    struct engine_counters *c = engine_counters(from->engine);
#define COUNTER(field, help) number(out, #field "_total", "counter", help, __atomic_load_n(&c->field, __ATOMIC_RELAXED))
    by_integration(from, out, "alerts_total", "Alerts stored.", offsetof(struct config_counters, alerts));
    by_integration(from, out, "requests_refused_total", "Requests refused with a 4xx.",
                   offsetof(struct config_counters, refused));
    by_integration(from, out, "template_errors_total", "Alerts with a template that failed.",
                   offsetof(struct config_counters, template_errors));
    COUNTER(groups_opened, "Alert groups opened.");
    COUNTER(repeats, "Alerts with the same bytes as the one before in their group.");
    COUNTER(actions, "Actions of people on alert groups.");
    COUNTER(stale, "Signals rendered again because their integration changed meanwhile.");
    COUNTER(slow_lane, "Alerts that left the inline budget.");
    COUNTER(notifications_sent, "Notifications that a provider has taken.");
    COUNTER(notifications_failed, "Notifications that could not be delivered.");
    COUNTER(calendars_fetched, "Calendars of schedules that were fetched, or found unchanged.");
    COUNTER(calendars_failed, "Calendars that could not be fetched or read; the last good copy stays.");
    COUNTER(unanswered, "Alert groups whose escalation ended with nobody answering.");
    number(out, "outbound_heartbeats_sent_total", "counter", "Outbound heartbeats that arrived.",
           __atomic_load_n(&c->pulses_sent, __ATOMIC_RELAXED));
    number(out, "outbound_heartbeats_failed_total", "counter", "Outbound heartbeats that did not arrive.",
           __atomic_load_n(&c->pulses_failed, __ATOMIC_RELAXED));
    number(out, "outbound_heartbeats_withheld_total", "counter", "Outbound heartbeats held back: something was stuck.",
           __atomic_load_n(&c->pulses_withheld, __ATOMIC_RELAXED));
    COUNTER(heartbeat_beats, "Beats of heartbeats.");
    COUNTER(heartbeats_missed, "Heartbeats found missing.");
    COUNTER(heartbeats_restored, "Missing heartbeats that came back.");
    COUNTER(maintenance_collected, "Alert groups collected by a maintenance window.");
    COUNTER(maintenance_released, "Alert groups released at the end of a maintenance window.");
    COUNTER(raw, "Alerts stored without rendering.");
#undef COUNTER
    number(out, "maintenance_windows_running", "gauge", "Maintenance windows that run now.",
           __atomic_load_n(&c->maintenance_running, __ATOMIC_RELAXED));
    number(out, "calendars_failing", "gauge", "Calendars whose last try failed.",
           __atomic_load_n(&c->calendars_failing, __ATOMIC_RELAXED));
    number(out, "schedules_uncovered", "gauge", "Schedules with nobody on call when they were last looked at.",
           __atomic_load_n(&c->schedules_uncovered, __ATOMIC_RELAXED));
    number(out, "schedules_with_gaps", "gauge", "Schedules with a time ahead, within 30 days, when nobody is on call.",
           __atomic_load_n(&c->schedules_with_gaps, __ATOMIC_RELAXED));
    number(out, "slow_lane_waiting", "gauge", "Alerts waiting in the slow lane.",
           (uint64_t)slow_lane_waiting(from->slow_lane));
}

struct label_lines {
    buf *out;
    str key;
};

static void label_line(void *ctx, str value, bool is_rest, uint64_t count) {
    struct label_lines *lines = ctx;
    buf_lit(lines->out, "tocsin_label_groups_opened_total{key=\"");
    label_value(lines->out, lines->key);
    buf_lit(lines->out, "\",value=\"");
    label_value(lines->out, value);
    buf_printf(lines->out, "\"%s} %llu\n", is_rest ? ",rest=\"1\"" : "", (unsigned long long)count);
}

static void label_metrics(const struct metrics_sources *from, buf *out) {
    label_counts *counts = engine_label_counts(from->engine);
    if (!counts) return;
    family(out, "label_groups_opened_total", "counter",
           "Alert groups opened, by the value of the setting metrics_label.");
    label_counts_list(counts, label_line, &(struct label_lines){out, label_counts_key(counts)});
}

static void commit_metrics(const struct metrics_sources *from, buf *out) {
    struct commit_stats commits = commit_stats(engine_commit(from->engine));
    histogram(out, "commit_seconds", "Length of a commit batch, sync included.", commit_bounds_us,
              commits.batch_us_histogram, commits.batch_us_sum, commits.batches, 1e-6);
    histogram(out, "commit_batch_size", "Items of a commit batch.", commit_bounds_size, commits.batch_size_histogram,
              commits.batch_size_sum, commits.batches, 1);
    stages(engine_counters(from->engine), &commits, out);
    number(out, "commit_failures_total", "counter", "Batches that failed.", commits.failures);
    number(out, "commit_waiting", "gauge", "Items waiting for the commit thread.", (uint64_t)commits.waiting);
}

static void http_metrics(const struct metrics_sources *from, buf *out) {
    struct http_server_stats http = http_server_stats(from->http);
    number(out, "http_requests_total", "counter", "Requests read.", http.requests);
    number(out, "http_refused_total", "counter", "Requests refused by the server itself.", http.refused);
    number(out, "http_connections", "gauge", "Open connections.", (uint64_t)http.open_connections);
}

void metrics_write(const struct metrics_sources *from, buf *out) {
    engine_metrics(from, out);
    heartbeat_metrics(from, out);
    label_metrics(from, out);
    commit_metrics(from, out);
    number(out, "passwords_hashed_total", "counter", "Passwords hashed: set, or compared at a sign-in.",
           password_count(from->password));
    number(out, "log_lines_dropped_total", "counter", "Log lines dropped because the ring was full.",
           from->log ? log_dropped(from->log) : 0);
    if (from->http) http_metrics(from, out);
}
