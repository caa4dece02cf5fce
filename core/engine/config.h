// The configuration as every thread sees it: an immutable, reference-counted snapshot of integrations and routes.
//
// The commit thread loads what changed after its COMMIT and publishes a new snapshot before any sender is answered, so
// a change made over the API is seen by all loops before that call returns. Readers hold a reference while they use
// it; `config_current` costs one atomic load when nothing changed.
// Threads: config_load_* and publish on the commit thread, everything else anywhere.
#pragma once
#include "base/err.h"
#include "base/str.h"
#include "engine/heartbeat.h"
#include "engine/rate_window.h"
#include "engine/verify.h"
#include "store/store.h"

struct config_room {   // where a route posts its groups
    str channel, room; // room: as the channel's file names it, "" when its provider is the room
};

struct config_route {
    int64_t id, escalation_chain_id; // 0: its groups are not escalated
    bool is_default;
    size_t room_count;
    const struct config_room *rooms;
};

struct config_key { // a further token of an integration
    str type, token;
};

struct config_integration { // immutable once published, shared by snapshots
    int64_t id, version;
    str type, token, name, team; // team: its name, or empty
    int64_t rate_limit;          // requests in 5 minutes, 0 none
    bool allow_resolve;
    str signing_secret;        // sealed, or empty: requests are not checked
    struct verify_rule verify; // what a signed request looks like
    int64_t quiet_ms;          // groups without an alert for so long are resolved; 0: never
    struct {
        int64_t interval_us;
        bool is_enabled;
        str text; // the operator's own words for a missing one, or empty
    } heartbeat;
    // Everything a Lua state needs to render its signals, as signal.configure takes it: {"id", "type", "name",
    // "templates_default", "templates_custom", "labels", "static_labels", "dynamic_labels", "multi_label_template",
    // "silences": [{"starts_at", "ends_at", "matchers"}…] if there are any, "routes": [{"id", "is_default", "type", "term", "labels"}…, the default one last]}.
    str json;
    size_t route_count;
    struct config_route *routes;
    size_t key_count;
    struct config_key *keys;
    struct config_counters *counters; // shared by all versions of this integration
};

struct config_counters { // changed from any thread, the numbers with atomics
    uint64_t alerts, refused, template_errors, badly_signed;
    int64_t last_alert_at;  // of the source itself: no demo; 0: none since the start
    int64_t sign_logged_at; // when the log last told of a bad signature
    bool has_broken_file;   // and the log says so
    struct rate_window rate, beat_rate;
    struct heartbeat_cell heartbeat;
};

typedef struct config config;               // one snapshot
typedef struct config_source config_source; // where the current one is found

config_source *config_source_new(void);
void config_source_free(config_source *cs);
// Loads the integrations whose rows changed since the last call (all, the first time) and publishes. Commit thread.
err config_refresh(config_source *cs, store *s);

// The snapshot now. `held` is the caller's previous one (or NULL): released when it is no longer current.
const config *config_current(config_source *cs, const config *held);
void config_release(const config *c);
uint64_t config_version(const config *c);
// By token, in time that does not depend on how much of it is right. NULL when there is none.
const struct config_integration *config_by_token(const config *c, str token);
// The same by its own token or by a key. `type` is the key's, and "generic" for the own token.
const struct config_integration *config_by_key(const config *c, str token, str *type);
const struct config_integration *config_by_id(const config *c, int64_t id);
size_t config_count(const config *c);
const struct config_integration *config_at(const config *c, size_t i);
// The rooms that a route's column `channels` names and posts to. → how many. Any thread; they live in `a` and `text`'s memory.
size_t config_read_rooms(arena *a, str text, const struct config_room **out);
