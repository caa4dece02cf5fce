// What an alert means, after its templates ran and before it is grouped. Plain data.
#pragma once
#include "base/str.h"

enum signal_flag {
    SIGNAL_RESOLVE = 1,
    SIGNAL_ACKNOWLEDGE = 2,
    SIGNAL_REPEAT = 4,
    SIGNAL_SLOW_LANE = 8,
    SIGNAL_RAW = 16
};

struct signal {
    int64_t integration_id, integration_version;
    bool is_resolve, is_acknowledge;
    bool has_grouping_id; // false: each alert is its own group
    str grouping_id;
    int64_t route_id;
    bool has_words; // title and labels were rendered: a group may open
    str title;      // at most 500 code points and ".."
    str labels;     // JSON object text, empty when there are none
    str problems;   // JSON object: template field -> error text, empty when there are none
    str payload;    // bytes to store
    str parsed;     // JSON that templates saw when the bytes are not JSON, else empty
    int64_t received_at;
    str event_key;          // by which the sender says which event this is, or empty
    int64_t event_n;        // which alert of the request
    bool is_demo;           // a person had it made: it opens a group of its own
    bool is_ours;           // the house tells it (a heartbeat, a window): never the same event delivered again
    bool is_debug;          // nobody is to be called for the group that it opens
    bool needs_open;        // a resolve or acknowledge with nothing open is not stored
    int64_t ends_at;        // the sender tells of it again before that, or it is over; 0: it does not say
    str sender;             // which of several that tell of the same, when ends_at is set
    int64_t silenced_until; // a silence of the source covers it; 0: none
    bool logs_repeats;      // what joins an open group leaves a line in its log, one in some seconds
    unsigned flags;         // SIGNAL_SLOW_LANE, SIGNAL_RAW
};
