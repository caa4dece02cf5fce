// The rows of messages: the one post of a group in each room, and the notification that brings it up to date.
//
// `notification_id` names the post or update that waits or is on its way, so that there is never a second one.
// Used on the commit thread, inside a transaction. What is read lives in the given arena. Errors are those of store.h.
#pragma once
#include "store/page_rows.h"

struct message {
    int64_t alert_group_id, provider_id;
    str channel, room, thread_id;
    str external_id;         // empty: the provider has not taken the post yet
    str shown;               // what it says, as engine/posts.c prints it; empty: not known
    int64_t notification_id; // 0: none
    int64_t told_seq;        // the last line of the log that its thread was told; -1: it has no thread
};

#define MESSAGE_NO_THREAD -1

err message_rows_add(store *s, arena *a, const struct message *m);
// The messages that can be updated: all, or only those for which nothing waits and whose last update arrived.
err message_rows_list(store *s, arena *a, int64_t group_id, bool only_idle, struct message **out, size_t *count);
// Has it one in any room, be it only on its way?
err message_rows_exist(store *s, arena *a, int64_t group_id, bool *exist);
// An update is waiting or on its way.
err message_rows_set_waiting(store *s, arena *a, const struct message *m, int64_t notification_id);
// The message whose post or update has ended. ERR_NOT_FOUND: its group is gone.
err message_rows_of(store *s, arena *a, int64_t group_id, int64_t notification_id, struct message *out);
// It has ended: ids are kept when they are empty; `shown` NULL: the message can never be updated. `told_seq` counts the
// first time only.
err message_rows_put(store *s, arena *a, const struct message *m);
err message_rows_del(store *s, arena *a, const struct message *m);
// The lines of a group's log that are told in the threads of its messages.
bool message_rows_is_news(const char *action);
// The messages whose thread can be told what has happened since, and for which no note waits.
err message_rows_list_untold(store *s, arena *a, int64_t group_id, struct message **out, size_t *count);
err message_rows_set_note(store *s, arena *a, const struct message *m, int64_t note_id);
// The message whose note has ended. ERR_NOT_FOUND: its group is gone.
err message_rows_of_note(store *s, arena *a, int64_t group_id, int64_t note_id, struct message *out);
// It has ended, and `told_seq` is what the thread knows now.
err message_rows_put_note(store *s, arena *a, const struct message *m);
// What waits for the first attempt goes now; what failed before keeps its pause.
err message_rows_hurry(store *s, arena *a, int64_t notification_id, int64_t now);
