// How many alert groups there are by integration, state and the value of one chosen label, and how soon somebody answered
// them, for metrics. Kept in memory and never counted anew when they are asked for.
//
// The commit thread tells of every group that opens, changes its state or goes; what it told counts once its transaction
// is on disk. Groups of earlier lives are counted in pieces by the job count_groups: until it has come to its end nothing
// is known, and a group counts when its id is not past where the job has come.
// There is an end to what comes from outside: past GROUP_COUNTS_VALUES different values, or GROUP_COUNTS_CELLS of them
// with their integrations, the rest of an integration's groups are counted together. A value keeps its place for ever, so
// that a group leaves the place that it came to. First answers are those of the groups that began in the last seven days,
// to half a day.
// Threads: list on any; everything else on the commit thread.
#pragma once
#include "base/str.h"

#define GROUP_COUNTS_VALUES  200
#define GROUP_COUNTS_CELLS   5000
#define GROUP_COUNTS_STATES  4 // as enum group_state
#define GROUP_COUNTS_BUCKETS 5 // the reference's: 1, 5, 10 minutes, 1 hour, more
extern const int64_t group_counts_bounds_s[GROUP_COUNTS_BUCKETS - 1];

typedef struct group_counts group_counts;

group_counts *group_counts_new(const char *key); // of the label; "": groups are not told apart by any
void group_counts_free(group_counts *c);
str group_counts_key(const group_counts *c);

struct counted_group {
    int64_t id, integration_id;
    unsigned state;                  // enum group_state
    int64_t started_at, response_ms; // the latter -1: nobody has answered yet
    str labels;                      // a JSON object, or empty
};
// A group as it is counted no more (`was`, or NULL) and as it is from now on (`is`, or NULL).
void group_counts_move(group_counts *c, const struct counted_group *was, const struct counted_group *is);
// Whether the value of these labels can matter.
bool group_counts_needs_labels(const group_counts *c);

// Where the counting of earlier groups has come: ids up to it count. INT64_MAX: all do, from the start of an empty house.
int64_t group_counts_come_to(const group_counts *c);
void group_counts_come(group_counts *c, int64_t id);

// What was told since the last call: an item of the commit did it, or it is undone.
void group_counts_keep(group_counts *c);
void group_counts_undo(group_counts *c);
void group_counts_commit(group_counts *c, int64_t now); // what was kept is on disk
void group_counts_roll_back(group_counts *c);           // it is not

struct group_count {
    int64_t integration_id;
    str value;    // of the label: "" for groups without it, and for the rest
    bool is_rest; // of more values than are counted apart
    int64_t groups[GROUP_COUNTS_STATES];
    uint64_t answers[GROUP_COUNTS_BUCKETS], answer_ms; // of seven days: each bucket alone, and the sum
};
// Calls `each` with every cell; false, and none, while earlier groups are still being counted.
bool group_counts_list(group_counts *c, int64_t now, void (*each)(void *ctx, const struct group_count *cell),
                       void *ctx);
