// Which zone a calendar means: an IANA name, one with a vendor's prefix, a name of Windows, or what a VTIMEZONE says.
#pragma once
#include "base/zone.h"
#include <libical/ical.h>

str ical_windows_zone(str name);                      // the database's name, or {NULL, 0}
const zone *ical_zone_named(zones *z, str name);      // NULL: unknown
const zone *ical_zone_of(zones *z, icalcomponent *c); // a VTIMEZONE's rule for the years to come; NULL: it says none
