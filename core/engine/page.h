// The rules of a page: one person is being called for one group, by their own list of rules. Pure functions; `now` is an
// argument. No I/O.
//
// A person called again for the same group begins their list anew.
#pragma once
#include "store/page_rows.h"

struct page_rules {
    const struct page_rule *list;
    size_t count;
};

// Whether the page still applies to its group. A forced one goes on when the group was answered before it began.
bool page_applies(const struct page *p, const struct group *g);
// When the next message to somebody may leave. The first goes at once; what is decided within two minutes of the last one
// waits for their end, and leaves as one message for all groups.
int64_t page_due_at(const struct page_last *last, int64_t now);
// The rules that count: without any there is still e-mail.
struct page_rules page_rules_or_email(struct page_rule *rules, size_t count);
// Takes the rules in order up to the next wait: `first` and `count` say which of `rules` (in order of their positions)
// notify now. Afterwards p->state is PAGE_RUNNING and *due_at when it goes on, or PAGE_FINISHED.
void page_run(struct page *p, const struct page_rules *rules, int64_t now, size_t *first, size_t *count,
              int64_t *due_at);
