// Which queues of the outbox have something due, and what goes next in each.
//
// Purpose: every target has a queue, its important messages one of their own. The table outbox_queue says when each has
// its first; triggers keep it (schema/0004). So a look costs what may start, however many messages wait behind.
// A lane is what shares one bound: the queues of a channel at one provider, important or not.
// Threads: the pager's (reading); outbox_rows_rest in a transaction of the commit thread.
#pragma once
#include "store/store.h"

struct outbox_lane {
    bool is_important;
    str channel;
    int64_t provider_id; // 0: the first that carries the channel
};

struct outbox_list { // lives in the arena
    str *targets;
    size_t count;
};

// The lane after this one, in no order that means anything; before the first: channel "" and provider -1.
// ERR_NOT_FOUND: there is no more.
err outbox_rows_next_lane(store *s, arena *a, struct outbox_lane *lane);
// The targets with something due, those first that have waited longest.
err outbox_rows_due(store *s, arena *a, const struct outbox_lane *lane, int64_t now, size_t max,
                    struct outbox_list *out);
// The notification whose turn it is. ERR_NOT_FOUND: none is due any more.
err outbox_rows_first(store *s, arena *a, str target, bool is_important, int64_t now, int64_t *id);
// Pages with an id after this one that are due, the important ones first.
struct outbox_page {
    struct outbox_lane lane;
    str target;
    int64_t id;
};
err outbox_rows_later(store *s, arena *a, int64_t after, int64_t now, size_t max, struct outbox_page **out,
                      size_t *count);
// The next moment after `now` at which something is due; 0: there is none.
err outbox_rows_wait(store *s, arena *a, int64_t now, int64_t *due_at);
// Nobody called it off.
err outbox_rows_is_waiting(store *s, arena *a, int64_t id, bool *out);
// Nothing more goes to the target until then.
err outbox_rows_rest(store *s, arena *a, str target, int64_t until);
