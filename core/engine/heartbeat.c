#include "engine/heartbeat.h"

enum heartbeat_deed heartbeat_look(const struct heartbeat *h, int64_t now, int64_t *due_at) {
    *due_at = INT64_MAX;
    if (!h->is_enabled || h->state == HEARTBEAT_INACTIVE) return HEARTBEAT_NOTHING;
    if (h->state == HEARTBEAT_MISSING) return h->beat_at != h->seen ? HEARTBEAT_RESTORED : HEARTBEAT_NOTHING;
    *due_at = (h->beat_at > h->since ? h->beat_at : h->since) + h->interval_us;
    return *due_at <= now ? HEARTBEAT_MISSED : HEARTBEAT_NOTHING;
}

enum heartbeat_state heartbeat_state_from(str text) {
    if (str_is(text, STR("alive"))) return HEARTBEAT_ALIVE;
    return str_is(text, STR("missing")) ? HEARTBEAT_MISSING : HEARTBEAT_INACTIVE;
}
