// The lines of a calendar that matter here, unfolded: what libical is given to read.
//
// Purpose: descriptions, alarms and attachments are most of a calendar's bytes and none of its meaning here; and what a
// stranger wrote reaches a library only in short lines, without NUL bytes and nested three deep at most.
#pragma once
#include "base/buf.h"
#include "base/err.h"

// ERR_INVALID: no calendar; ERR_LIMIT: too many bytes or events, too long a line.
err ical_filter(str text, buf *out, struct why *why);
