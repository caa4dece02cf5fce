// Which webhooks hear of what happens to a group: the enabled ones, in memory, read again when configuration changes.
// One thread, the commit's.
#pragma once
#include "engine/group.h"
#include "store/escalation_rows.h"

typedef struct hooks hooks;

// X(NAME, the public name). STATUS hears of all from ACKNOWLEDGE to UNACKNOWLEDGE.
#define HOOK_TRIGGER_LIST(X)          \
    X(ESCALATION, "escalation")       \
    X(CREATED, "alert group created") \
    X(ACKNOWLEDGE, "acknowledge")     \
    X(RESOLVE, "resolve")             \
    X(SILENCE, "silence")             \
    X(UNSILENCE, "unsilence")         \
    X(UNRESOLVE, "unresolve")         \
    X(UNACKNOWLEDGE, "unacknowledge") \
    X(STATUS, "status change")        \
    X(PERSONAL, "personal notification")
enum hook_trigger {
#define X(name, text) HOOK_##name,
    HOOK_TRIGGER_LIST(X)
#undef X
};
const char *hook_trigger_text(enum hook_trigger t);

hooks *hooks_new(void);
void hooks_free(hooks *h);             // accepts NULL
err hooks_refresh(hooks *h, store *s); // reads them; as before when that fails
// Ids of the webhooks that hear of `trigger` at an integration, in order; at most `max`.
size_t hooks_find(const hooks *h, enum hook_trigger trigger, int64_t integration_id, int64_t *ids, size_t max);
// What the line of a group's log triggers; false: nothing.
bool hook_trigger_of(const struct group_line *line, enum hook_trigger *out);
