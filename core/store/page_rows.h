// The rows of pages: how far each person's own rules have come, where they are reached, and the outbox.
//
// Used on the commit thread, inside a transaction. What is read lives in the given arena. Errors are those of store.h.
#pragma once
#include "store/escalation_rows.h"

enum page_state { PAGE_RUNNING, PAGE_FINISHED, PAGE_STOPPED };

struct page {
    int64_t alert_group_id, user_id;
    bool is_important, is_forced;
    enum page_state state;
    int64_t rule; // position of the last one that was done, -1 before the first
    int64_t epoch, started_at;
};

struct page_rule {
    int64_t position;
    str channel; // empty: wait
    int64_t wait_ms, contact_method_id;
};

struct notification { // a new row of the outbox
    const char *kind, *reason;
    int64_t alert_group_id, user_id, contact_method_id, provider_id; // 0: none
    str channel, target, detail;
    str external_id; // the provider's, of the message that this one is about; NULL: none
    str key;         // idempotency key
    bool is_important;
    int64_t due_at, created_at;
};

struct page_last {  // the last message to a contact method for another group; all 0: none
    int64_t at;     // when it left or was to leave
    int64_t due_at; // it has not left: then it does
};

err page_rows_get(store *s, arena *a, int64_t group_id, int64_t user_id, struct page *out); // ERR_NOT_FOUND
err page_rows_put(store *s, arena *a, const struct page *p);
// The users whose pages for a group still run.
err page_rows_running(store *s, arena *a, int64_t group_id, struct id_list *out);
// Whether somebody has been called since a moment although the group had an answer, and was not called off.
err page_rows_is_called(store *s, arena *a, int64_t group_id, int64_t since, bool *out);

// Whether a user may be called. ERR_NOT_FOUND: gone.
err page_rows_user(store *s, arena *a, int64_t user_id, bool *is_allowed);
// A person's rules in order of position: of the important list, or of the default one when that is empty.
err page_rows_rules(store *s, arena *a, int64_t user_id, bool is_important, struct page_rule **out, size_t *count);
// The contact method a rule means: the one it names, else the person's first usable one on the channel (the critical
// pushes of a mobile app go where its others go).
// ERR_NOT_FOUND: there is none. `provider_id` is 0 for the first provider that carries the channel.
err page_rows_contact(store *s, arena *a, int64_t user_id, str channel, int64_t named, int64_t *contact_method_id,
                      int64_t *provider_id);
// Important messages and others are looked at apart. What failed, was called off or has to be tried again does not count.
err page_rows_last(store *s, arena *a, int64_t contact_method_id, bool is_important, int64_t group_id, int64_t now,
                   struct page_last *out);

// A message that rings at a person's until it is called off.
struct ringing {
    int64_t id, user_id, contact_method_id, provider_id;
    str channel, target, external_id;
    bool is_important, is_replaced; // is_replaced: by newer ones to the same contact method
};
// Those of a group (of one user of it, unless 0) that were sent after `since`, newest first; but not those that also tell of
// another group which has no answer.
err outbox_ringing(store *s, arena *a, int64_t group_id, int64_t user_id, int64_t since, struct ringing **out,
                   size_t *count);
err outbox_set_silent(store *s, arena *a, int64_t id); // it is not found again
err outbox_add(store *s, arena *a, const struct notification *n);
err outbox_add_id(store *s, arena *a, const struct notification *n, int64_t *id);
// What has not left yet for a group (for one user of it, unless 0) will not.
err outbox_cancel(store *s, arena *a, int64_t group_id, int64_t user_id, const char *reason, int64_t now);
