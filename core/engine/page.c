#include "engine/page.h"

#define WAIT_US INT64_C(300000000) // of a wait without a length

static bool is_since(int64_t at, const struct page *p) { return at && (!p->is_forced || at > p->started_at); }

bool page_applies(const struct page *p, const struct group *g) {
    if (p->state != PAGE_RUNNING || g->resolved_at || g->wiped_at) return false;
    return !is_since(g->acknowledged_at, p) && !is_since(g->silenced_at, p);
}

void page_run(struct page *p, const struct page_rule *rules, size_t rule_count, int64_t now, size_t *first,
              size_t *count, int64_t *due_at) {
    size_t at = 0;
    while (at < rule_count && rules[at].position <= p->rule) at++;
    *first = at;
    while (at < rule_count && rules[at].channel.len) at++;
    *count = at - *first;
    if (at < rule_count) { // a wait
        p->rule = rules[at].position;
        *due_at = now + (rules[at].wait_ms > 0 ? rules[at].wait_ms * 1000 : WAIT_US);
        return;
    }
    p->state = PAGE_FINISHED;
}
