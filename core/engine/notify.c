// Tells others what happened to a group: rows of the outbox for webhooks, in the transaction of the cause.
#include "engine/engine_parts.h"
#include "store/page_rows.h"

#define HOOKS_AT_ONCE 100 // of one line

str engine_new_key(engine *e, char hex[static 33]) {
    unsigned char random[16];
    env_random(e->options.env, random, sizeof random);
    for (size_t i = 0; i < sizeof random; i++) snprintf(hex + 2 * i, 3, "%02x", random[i]);
    return (str){hex, 32};
}

err engine_send_hook(engine *e, const struct group *g, int64_t webhook_id, enum hook_trigger trigger,
                     struct group_actor actor, int64_t now) {
    char key[33], target[40], detail[128];
    int target_len = snprintf(target, sizeof target, "webhook:%lld", (long long)webhook_id);
    int detail_len = snprintf(detail, sizeof detail, "{\"webhook\":%lld,\"trigger\":\"%s\",\"user\":%lld,\"at\":%lld}",
                              (long long)webhook_id, hook_trigger_text(trigger),
                              actor.by == BY_USER ? (long long)actor.id : 0LL, (long long)now);
    struct notification n = {.kind = "webhook",
                             .reason = hook_trigger_text(trigger),
                             .alert_group_id = g->id,
                             .channel = STR("webhook"),
                             .target = {target, (size_t)target_len},
                             .detail = {detail, (size_t)detail_len},
                             .key = engine_new_key(e, key),
                             .due_at = now,
                             .created_at = now};
    arena *a = arena_new();
    err x = outbox_add(e->options.writer, a, &n);
    arena_free(a);
    e->notifications_added = true;
    return x;
}

err engine_send_hooks(engine *e, const struct group *g, const struct group_effects *effects, int64_t now) {
    err x = ERR_OK;
    for (size_t i = 0; i < effects->line_count && x == ERR_OK; i++) {
        int64_t ids[HOOKS_AT_ONCE];
        enum hook_trigger trigger;
        if (!hook_trigger_of(&effects->lines[i], &trigger)) continue;
        size_t count = hooks_find(e->hooks, trigger, g->integration_id, ids, HOOKS_AT_ONCE);
        for (size_t k = 0; k < count && x == ERR_OK; k++)
            x = engine_send_hook(e, g, ids[k], trigger, effects->lines[i].actor, now);
    }
    return x;
}
