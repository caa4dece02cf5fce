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
    by_integration(from, out, "requests_badly_signed_total", "Requests refused because of their signature.",
                   offsetof(struct config_counters, badly_signed));
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

struct group_lines {
    const struct metrics_sources *from;
    const config *config;
    str key; // of the label
    buf states, answers, labels;
};

// What a label of ours is called there: letters, digits and _, and none of the other labels.
static void put_label_name(buf *out, str key) {
    static const char *const taken[] = {"integration", "team", "state", "rest", "id", "le"};
    bool is_taken = key.ptr[0] >= '0' && key.ptr[0] <= '9';
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) is_taken = is_taken || str_is(key, str_of(taken[i]));
    if (is_taken || str_starts(key, STR("__"))) buf_lit(out, "label_");
    for (size_t i = 0; i < key.len; i++) {
        char c = key.ptr[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        buf_char(out, is_letter ? c : '_');
    }
}

// The labels that all lines of a cell begin with.
static void put_group_labels(struct group_lines *lines, const struct config_integration *of,
                             const struct group_count *cell) {
    buf *out = &lines->labels;
    char id[ID_TEXT_MAX];
    buf_clear(out);
    buf_lit(out, "{integration=\"");
    label_value(out, of->name);
    buf_lit(out, "\",team=\"");
    label_value(out, of->team.len ? of->team : STR("No team"));
    ids_encode(store_ids(lines->from->store), "C", of->id, id);
    buf_printf(out, "\",id=\"%s\",", id);
    if (!lines->key.len) return;
    bool is_none = !cell->value.len && !cell->is_rest && str_is(lines->key, STR("service_name"));
    put_label_name(out, lines->key);
    buf_lit(out, "=\"");
    label_value(out, is_none ? STR("No service") : cell->value);
    buf_printf(out, "\",%s", cell->is_rest ? "rest=\"1\"," : "");
}

static void group_answers(buf *out, str labels, const struct group_count *cell) {
    uint64_t so_far = 0;
    for (size_t i = 0; i < GROUP_COUNTS_BUCKETS; i++) {
        so_far += cell->answers[i];
        buf_printf(out, "oncall_alert_groups_response_time_seconds_bucket%.*sle=\"", STR_FMT(labels));
        if (i < GROUP_COUNTS_BUCKETS - 1) buf_int(out, group_counts_bounds_s[i]);
        else buf_lit(out, "+Inf");
        buf_printf(out, "\"} %llu\n", (unsigned long long)so_far);
    }
    labels.len--; // the comma
    buf_printf(out, "oncall_alert_groups_response_time_seconds_sum%.*s} %.3f\n", STR_FMT(labels),
               (double)cell->answer_ms / 1e3);
    buf_printf(out, "oncall_alert_groups_response_time_seconds_count%.*s} %llu\n", STR_FMT(labels),
               (unsigned long long)so_far);
}

static void group_line(void *ctx, const struct group_count *cell) {
    struct group_lines *lines = ctx;
    const struct config_integration *of = config_by_id(lines->config, cell->integration_id);
    if (!of) return; // it was deleted
    put_group_labels(lines, of, cell);
    str labels = buf_view(&lines->labels);
    for (enum group_state s = GROUP_FIRING; s <= GROUP_SILENCED; s++)
        buf_printf(&lines->states, "oncall_alert_groups_total%.*sstate=\"%s\"} %lld\n", STR_FMT(labels),
                   group_state_text(s), (long long)cell->groups[s]);
    group_answers(&lines->answers, labels, cell);
}

// Under the names of Grafana OnCall, whose dashboards ask for them.
static void group_metrics(const struct metrics_sources *from, buf *out) {
    group_counts *counts = engine_group_counts(from->engine);
    struct group_lines lines = {
        .from = from, .config = config_current(engine_config(from->engine), NULL), .key = group_counts_key(counts)};
    if (group_counts_list(counts, env_now(from->env), group_line, &lines)) {
        buf_lit(out, "# HELP oncall_alert_groups_total Alert groups by state, those of earlier starts too.\n"
                     "# TYPE oncall_alert_groups_total gauge\n");
        buf_str(out, buf_view(&lines.states));
        buf_lit(out, "# HELP oncall_alert_groups_response_time_seconds Time to the first answer to groups of the last "
                     "seven days.\n"
                     "# TYPE oncall_alert_groups_response_time_seconds histogram\n");
        buf_str(out, buf_view(&lines.answers));
    }
    config_release(lines.config);
    buf_free(&lines.states);
    buf_free(&lines.answers);
    buf_free(&lines.labels);
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
    number(out, "listeners", "gauge", "Streams of live events.", (uint64_t)events_listeners(from->events));
}

static void mail_metrics(const struct metrics_sources *from, buf *out) {
    struct smtp_stats mails = smtp_server_stats(from->smtp);
    number(out, "mails_total", "counter", "Mails taken as alerts.", mails.mails);
    number(out, "mails_refused_total", "counter", "Recipients and mails that were refused.", mails.refused);
    number(out, "mail_connections", "gauge", "Open connections of who brings mails.", (uint64_t)mails.open_connections);
}

void metrics_write(const struct metrics_sources *from, buf *out) {
    engine_metrics(from, out);
    heartbeat_metrics(from, out);
    group_metrics(from, out);
    commit_metrics(from, out);
    number(out, "passwords_hashed_total", "counter", "Passwords hashed: set, or compared at a sign-in.",
           password_count(from->password));
    number(out, "log_lines_dropped_total", "counter", "Log lines dropped because the ring was full.",
           from->log ? log_dropped(from->log) : 0);
    if (from->http) http_metrics(from, out);
    if (from->smtp) mail_metrics(from, out);
}
