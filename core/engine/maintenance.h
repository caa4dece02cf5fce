// The rules of maintenance: which window covers a group, and when a window starts and ends. Pure: plain structs in and out,
// `now` is an argument, no I/O.
//
// The times of a window are those of a shift (engine/schedule.h): read on the clock on the wall, its length too. One that
// lies in an hour that is left out begins when that hour would have, and lasts as long.
#pragma once
#include "engine/schedule.h"
#include "text/json.h"

enum maintenance_mode { MAINTENANCE_DEBUG, MAINTENANCE_COLLECT };

struct maintenance_label {
    str key, value;
};

struct maintenance_window {               // one that runs
    int64_t id, integration_id, route_id; // 0: any
    enum maintenance_mode mode;
    const struct maintenance_label *labels; // all of them
    size_t label_count;
    int64_t started_at;
    int64_t alert_group_id; // COLLECT: the group that collects
};

struct maintenance_subject { // a group
    int64_t integration_id, route_id;
    const struct json *labels; // object, or NULL
};

bool maintenance_covers(const struct maintenance_window *w, const struct maintenance_subject *s);
// Of several that cover it: one that collects before one that debugs, then the one that started first. NULL: none.
const struct maintenance_window *maintenance_choose(const struct maintenance_window *list, size_t count,
                                                    const struct maintenance_subject *s);

enum maintenance_state { MAINTENANCE_PLANNED, MAINTENANCE_RUNNING, MAINTENANCE_ENDED };

struct maintenance_status {
    enum maintenance_state state;
    int64_t planned_at; // when the latest occurrence was to start, 0: none yet
    int64_t end_at;     // RUNNING
    int64_t next_at;    // PLANNED: 0 when nothing comes any more
};

enum maintenance_event { MAINTENANCE_NOTHING, MAINTENANCE_STARTS, MAINTENANCE_ENDS };

// What happens next by `now`; again until it is NOTHING. An occurrence that came and went while nobody looked is left out;
// one that should run is joined in the middle. `times` is prepared (shift_prepare).
err maintenance_settle(const struct shift *times, struct maintenance_status *s, int64_t now,
                       enum maintenance_event *out, struct why *why);
// Somebody ends the occurrence that runs. The next one comes as planned.
void maintenance_stop(struct maintenance_status *s, int64_t now);
