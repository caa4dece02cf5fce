// Time zones of the IANA database, read from the system's zoneinfo folder.
//
// A `zones` is a cache: a zone is read at its first use and kept until zones_free. It belongs to one thread.
// Names are compared without case. A name is looked for among the folder's own entries, component by
// component, so no name leads out of the folder; "UTC" needs no folder. After a file's last transition its
// rule for the years to come applies.
#pragma once
#include "base/str.h"

typedef struct zones zones;
typedef struct zone zone;

struct zone_moment { // what a zone's clocks show at one moment
    int32_t offset;  // seconds east of UTC
    bool is_dst;
    const char *abbreviation; // "CET"; owned by the zone
};

zones *zones_new(const char *folder);      // NULL: the system's
void zones_free(zones *z);                 // accepts NULL
const zone *zones_get(zones *z, str name); // NULL when there is no such zone; owned by `z`
// A zone by its rule (base/zone_rule.h) instead of a name; NULL when it is none.
const zone *zones_by_rule(zones *z, str rule);
const char *zone_name(const zone *z); // in the database's spelling
struct zone_moment zone_at(const zone *z, int64_t unix_seconds);
// The moment at which clocks show a wall-clock time (base/civil.h). A time that they show twice is the first; one that
// they skip is read on the clock before the change: 02:30 in a gap from 02:00 to 03:00 is 03:30 (RFC 5545, 3.3.5).
int64_t zone_utc(const zone *z, int64_t wall);
