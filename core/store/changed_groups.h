// The groups whose rows a transaction changed, and the journal of those that no alert tells of (table group_change).
//
// Purpose: after COMMIT those who listen are told the ids; who was away finds out from the rows of `alert` and
// `group_change`. An alert that opens or joins a group costs no row here.
// Threads: the commit thread. Errors are those of store.h.
#pragma once
#include "store/store.h"

typedef struct changed_groups changed_groups;

changed_groups *changed_groups_new(store *s);
void changed_groups_free(changed_groups *c); // accepts NULL
void changed_groups_note(changed_groups *c, int64_t group_id, int64_t integration_id, bool by_alert);
err changed_groups_write(changed_groups *c); // the journal, in the transaction and once, before its COMMIT
// Since the last clear, some of them several times.
size_t changed_groups_count(const changed_groups *c);
int64_t changed_groups_at(const changed_groups *c, size_t i);
void changed_groups_clear(changed_groups *c);
