// What the files of the preview share: the state of a walk ahead.
#pragma once
#include "engine/group.h"
#include "engine/page.h"
#include "engine/preview.h"
#include "engine/step_facts.h"

#define PREVIEW_EVENTS_MAX 1000

struct preview_call { // a person who is being called
    struct page page;
    struct page_rules rules;
    int64_t due_at; // of the next rule
};

struct preview_message {                                // decided, and not left yet
    int64_t at, user_id, contact_method_id, webhook_id; // a webhook has no user
    str channel;
    bool is_important;
};

struct preview {
    struct step_asking asking;
    store *store;
    arena *arena;
    int64_t now;
    struct group group;
    struct escalation escalation;
    struct escalation_plan plan;
    enum escalation_state state;
    struct preview_call *calls;
    struct preview_message *messages;
    struct step_turn *turns;
    size_t call_count, message_count, turn_count;
    int64_t remind_at, unacknowledge_at, resolve_at; // timers of the group; 0: none
    int64_t ended_at;                                // of what called last; 0: nothing did
    buf *out;
    size_t event_count;
};

// Room for one more at the end of a list of the arena; lists double.
void *preview_grow(arena *a, void *list, size_t count, size_t size);
// Everything that the rows say about the group.
err preview_load(struct preview *p, int64_t group_id);
// The rules of a call's person.
err preview_load_rules(struct preview *p, struct preview_call *c);
// The escalation begins now, with the steps that a chain has now.
err preview_begin(struct preview *p, int64_t chain_id);
// The same with the chain that its route has now.
err preview_restart(struct preview *p);
