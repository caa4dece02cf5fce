// OnCall's filters: regular expressions whose pattern stands in the template, and times.
#include "base/civil.h"
#include "jinja/filters.h"
#include "script/regex.h"
#include <stdio.h>

#define WORK_MAX 1500000 // units of one search, about 15 ms, as in script/bind_regex.c

// --- regular expressions ---

static bool subject_of(struct run *r, const struct node *n, str *s) {
    jval v;
    if (!run_spend(r, 10) || !node_run(r, n->kids[0], &v) || (v.type != J_STR && v.type != J_MARKUP)) return false;
    *s = jval_text(&v);
    return true;
}

static int64_t allowance(const struct run *r) { return r->work.left < WORK_MAX ? r->work.left : WORK_MAX; }

static bool look_for(struct run *r, const struct node *n, enum regex_where where, jval *out) {
    const struct regex_call *call = n->data;
    str s;
    if (!subject_of(r, n, &s)) return false;
    int64_t given = allowance(r), left = given;
    err e = regex_search(call->regex, s, where, &left);
    *out = jval_bool(e == ERR_OK);
    return run_spend(r, given - left) && (e == ERR_OK || e == ERR_NOT_FOUND);
}

static bool node_regex_search(struct run *r, const struct node *n, jval *out) {
    return look_for(r, n, REGEX_ANYWHERE, out);
}

static bool node_regex_match(struct run *r, const struct node *n, jval *out) {
    return look_for(r, n, REGEX_AT_START, out);
}

static bool take_text(struct run *r, const buf *b, jval *out) {
    char *text = run_text(r, b->len, out);
    if (text && b->len) memcpy(text, b->ptr, b->len);
    return text != NULL;
}

static bool node_regex_replace(struct run *r, const struct node *n, jval *out) {
    const struct regex_call *call = n->data;
    struct why why;
    jval template;
    str s;
    buf text = {0};
    if (!subject_of(r, n, &s) || !node_run(r, n->kids[2], &template) || template.type != J_STR) return false;
    int64_t given = allowance(r), left = given;
    err e = regex_replace(call->regex, jval_text(&template), s, &text, &left, &why);
    bool is_done = !e && run_spend(r, given - left) && take_text(r, &text, out);
    buf_free(&text);
    return is_done;
}

// --- times ---

static bool digits(str s, size_t at, size_t n, int64_t *out) {
    *out = 0;
    for (size_t i = at; i < at + n; i++) {
        if (i >= s.len || s.ptr[i] < '0' || s.ptr[i] > '9') return false;
        *out = *out * 10 + (s.ptr[i] - '0');
    }
    return true;
}

// A fraction of 3 or 6 digits behind a point, or none; *at moves behind it.
static bool fraction(str s, size_t *at, int64_t *us) {
    *us = 0;
    if (*at >= s.len || s.ptr[*at] != '.') return true;
    size_t n = 0;
    while (*at + 1 + n < s.len && s.ptr[*at + 1 + n] >= '0' && s.ptr[*at + 1 + n] <= '9') n++;
    if ((n != 3 && n != 6) || !digits(s, *at + 1, n, us)) return false;
    if (n == 3) *us *= 1000;
    *at += 1 + n;
    return true;
}

// Nothing, "Z" or "+HH:MM".
static bool is_zone(str s, size_t at) {
    int64_t h, m;
    if (at == s.len || (s.len == at + 1 && s.ptr[at] == 'Z')) return true;
    return s.len == at + 6 && (s.ptr[at] == '+' || s.ptr[at] == '-') && s.ptr[at + 3] == ':' &&
           digits(s, at + 1, 2, &h) && digits(s, at + 4, 2, &m) && h < 24 && m < 60;
}

// The clock of "2026-05-19T12:37:01.250Z", which is how nearly all of them are written.
static bool filter_iso8601(struct run *r, const jval *v, const jval *args, jval *out) {
    int64_t wall, us;
    (void)args;
    if (v->type != J_STR || v->len < 19) return false;
    str s = jval_text(v);
    char plain[19];
    memcpy(plain, s.ptr, sizeof plain);
    if (plain[10] == ' ') plain[10] = 'T';
    size_t at = sizeof plain;
    if (!run_spend(r, 10) || !civil_parse((str){plain, sizeof plain}, &wall) || plain[0] == '-') return false;
    if (!fraction(s, &at, &us) || !is_zone(s, at)) return false;
    *out = (jval){.type = J_TIME, .integer = wall * CIVIL_SECOND + us};
    return true;
}

static bool put_part(struct run *r, char code, int64_t wall, int64_t us) {
    static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                         "July",    "August",   "September", "October", "November", "December"};
    static const char *const days[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
    int64_t day = civil_day_of(wall), second = wall - day * CIVIL_DAY;
    struct civil date = civil_date(day);
    const char *month = months[date.month - 1], *weekday = days[civil_weekday(day)];
    int hour = (int)(second / 3600), minute = (int)(second / 60 % 60);
    char text[32];
    size_t n;
    switch (code) {
    case 'Y': n = (size_t)snprintf(text, sizeof text, "%d", (int)date.year); break;
    case 'y': n = (size_t)snprintf(text, sizeof text, "%02d", (int)(date.year % 100)); break;
    case 'm': n = (size_t)snprintf(text, sizeof text, "%02d", date.month); break;
    case 'd': n = (size_t)snprintf(text, sizeof text, "%02d", date.day); break;
    case 'H': n = (size_t)snprintf(text, sizeof text, "%02d", hour); break;
    case 'I': n = (size_t)snprintf(text, sizeof text, "%02d", hour % 12 ? hour % 12 : 12); break;
    case 'M': n = (size_t)snprintf(text, sizeof text, "%02d", minute); break;
    case 'S': n = (size_t)snprintf(text, sizeof text, "%02d", (int)(second % 60)); break;
    case 'f': n = (size_t)snprintf(text, sizeof text, "%06d", (int)us); break;
    case 'p': return run_put(r, hour < 12 ? "AM" : "PM", 2);
    case 'B': return run_put(r, month, strlen(month));
    case 'b': return run_put(r, month, 3);
    case 'A': return run_put(r, weekday, strlen(weekday));
    case 'a': return run_put(r, weekday, 3);
    case '%': return run_put(r, "%", 1);
    default: return false;
    }
    return run_put(r, text, n);
}

static bool filter_datetimeformat(struct run *r, const jval *v, const jval *args, jval *out) {
    str format = args[0].type == J_STR ? jval_text(&args[0]) : STR("%H:%M / %d-%m-%Y");
    if (v->type != J_TIME || (args[0].type != J_STR && args[0].type != J_ABSENT)) return false;
    int64_t wall = civil_floor_div(v->integer, CIVIL_SECOND), us = v->integer - wall * CIVIL_SECOND;
    if (civil_date(civil_day_of(wall)).year < 1000) return false;
    size_t from = r->len;
    for (size_t i = 0; i < format.len; i++) {
        if (!run_spend(r, 3)) return false;
        if (format.ptr[i] != '%') {
            if (!run_put(r, &format.ptr[i], 1)) return false;
        } else if (++i == format.len || !put_part(r, format.ptr[i], wall, us)) {
            return false;
        }
    }
    return run_cut(r, from, out);
}

const struct callee filters_of_oncall[] = {
    {.name = "regex_replace",
     .node = node_regex_replace,
     .required = 2,
     .params = {"find", "replace"},
     .wants_regex = true},
    {.name = "regex_match", .node = node_regex_match, .required = 1, .params = {"value"}, .wants_regex = true},
    {.name = "regex_search", .node = node_regex_search, .required = 1, .params = {"value"}, .wants_regex = true},
    {.name = "iso8601_to_time", .call = filter_iso8601},
    {.name = "datetimeformat", .call = filter_datetimeformat, .params = {"format"}},
    {.name = NULL},
};
