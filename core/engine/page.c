#include "engine/page.h"

#define BUNDLE_US INT64_C(120000000)
#define WAIT_US   INT64_C(300000000) // of a wait without a length

static bool is_since(int64_t at, const struct page *p) { return at && (!p->is_forced || at > p->started_at); }

bool page_applies(const struct page *p, const struct group *g) {
    if (p->state != PAGE_RUNNING || g->resolved_at || g->wiped_at) return false;
    return !is_since(g->acknowledged_at, p) && !is_since(g->silenced_at, p);
}

int64_t page_due_at(const struct page_last *last, int64_t now) {
    // A moment that is further away was written by a clock that has been set back since.
    if (last->due_at > now && last->due_at <= now + BUNDLE_US) return last->due_at;
    bool is_recent = last->at && last->at <= now && now - last->at < BUNDLE_US;
    return is_recent ? last->at + BUNDLE_US : now;
}

struct page_rules page_rules_or_email(struct page_rule *rules, size_t count) {
    static const struct page_rule email = {.position = 0, .channel = {"email", 5}};
    return count ? (struct page_rules){rules, count} : (struct page_rules){&email, 1};
}

void page_run(struct page *p, const struct page_rules *rules, int64_t now, size_t *first, size_t *count,
              int64_t *due_at) {
    const struct page_rule *list = rules->list;
    size_t at = 0;
    while (at < rules->count && list[at].position <= p->rule) at++;
    *first = at;
    while (at < rules->count && list[at].channel.len) at++;
    *count = at - *first;
    if (at < rules->count) { // a wait
        p->rule = list[at].position;
        *due_at = now + (list[at].wait_ms > 0 ? list[at].wait_ms * 1000 : WAIT_US);
        return;
    }
    p->state = PAGE_FINISHED;
}
