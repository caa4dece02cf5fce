// Who is on call when: shifts and calendars become slots, and of all slots the final schedule is made. Pure.
//
// Purpose: a `schedule` is plain data (engine/schedule_load.h makes one of rows); the functions here answer for a window
// [from, to) of moments (µs UTC). Overrides beat every level, a higher level beats a lower one, equal ones are on call
// together; what a swap gave away is the benefactor's.
// Times: a shift's times are read on the clock on the wall of its zone, its length too: a shift from 20:00 to 08:00 ends at
// 08:00 also in the nights when clocks are turned. What a skipped or repeated hour means: zone_utc in base/zone.h. A slot
// begins at `from` and has ended at `to`: at a hand-over the next one is on call. A slot that has no length is none.
// Ownership: everything lives in the arenas given; lists of users may be shared between slots and never change.
// Errors: ERR_LIMIT when a window holds more slots than `max`.
#pragma once
#include "base/arena.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/zone.h"

struct people { // who is on call together
    const int64_t *ids;
    size_t count;
};

enum shift_type { SHIFT_SINGLE, SHIFT_RECURRENT, SHIFT_ROLLING, SHIFT_OVERRIDE };
enum shift_frequency { FREQUENCY_NONE, FREQUENCY_HOURLY, FREQUENCY_DAILY, FREQUENCY_WEEKLY, FREQUENCY_MONTHLY };

#define SHIFT_INTERVAL_MAX 1000
#define SHIFT_SECONDS_MAX  (100 * 366 * CIVIL_DAY)
#define SHIFT_LEVEL_MAX    1000000
#define SHIFT_FOR_EVER     (INT64_MAX / 4) // `until` of a shift that has no end

struct shift {
    int64_t id;
    enum shift_type type;
    const zone *zone;
    bool is_web; // cut at rotation_start and until; else those only say which occurrences there are
    int32_t level;
    int64_t start, rotation_start, until; // wall-clock times
    int64_t duration;                     // seconds, 0 to SHIFT_SECONDS_MAX
    enum shift_frequency frequency;
    int64_t interval;      // 1 to SHIFT_INTERVAL_MAX
    int week_start;        // Monday is 0
    unsigned by_day;       // bit 0 is Monday; no bit: not limited
    unsigned by_month;     // bits 1 to 12
    uint64_t by_monthday;  // bits 1 to 31; bits 33 to 63 for -1 to -31
    bool is_kept;          // where its hours are left out, when clocks are turned, it lasts as long from then on
    struct people *groups; // they take turns; of a single or recurrent event one
    size_t group_count, first_group;
    // Filled in by shift_prepare.
    bool has_first;
    int64_t first; // wall-clock start of the first occurrence, from which turns are counted
};

struct slot {
    int64_t from, to;
    int64_t shift_id; // 0: of a calendar
    int32_t level;
    bool is_override, is_all_day;
    struct people people; // nobody: an empty shift
    str uid, text;        // of a calendar's event: its id, and how it calls a person whom nobody knows
};

struct slots {
    arena *memory;
    struct slot *list;
    size_t count, room;
    size_t max; // 0: SLOTS_MAX
};
#define SLOTS_MAX 100000

struct swap { // the benefactor takes what the beneficiary had in [from, to)
    int64_t from, to, beneficiary, benefactor;
};

struct schedule {
    int64_t id;
    str name;
    const struct shift *shifts;
    size_t shift_count;
    const struct slot *events; // of calendars, by start
    size_t event_count;
    int64_t longest_event;    // µs
    const struct swap *swaps; // taken ones, in the order of their making
    size_t swap_count;
};

err slots_add(struct slots *s, const struct slot *slot, struct why *why);

// Finds the first occurrence. Once, before shift_slots.
void shift_prepare(struct shift *s);
// Adds the slots that meet the window, whole.
err shift_slots(const struct shift *s, int64_t from, int64_t to, struct slots *out, struct why *why);

// What the parts of the schedule say about the window, in no order and whole: shifts and events, swaps applied.
err schedule_slots(const struct schedule *s, int64_t from, int64_t to, struct slots *out, struct why *why);
// Who is on call in the window: sorted by time, cut to it, nobody's slots left out.
err schedule_final(const struct schedule *s, int64_t from, int64_t to, struct slots *out, struct why *why);
// Who is on call at a moment. `out` is in `a`, by rising id, without repeats.
err schedule_on_call(const struct schedule *s, int64_t at, arena *a, struct people *out, struct why *why);
// The next moment in (at, until) at which a slot of the final schedule begins, and who has it; *next_at 0 when none does.
err schedule_next(const struct schedule *s, int64_t at, int64_t until, arena *a, int64_t *next_at, struct people *next,
                  struct why *why);
// The times in the window when nobody is on call, from its final slots; less than a minute does not count.
err schedule_gaps(const struct slots *final, int64_t from, int64_t to, struct slots *out, struct why *why);
