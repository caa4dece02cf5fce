// A data folder that begins with the configuration of another one: for trying out what would happen.
//
// Purpose: everything people set up is copied (integrations, chains, schedules, people, providers), nothing that has
// happened (groups, alerts, logs, jobs, what was sent), and no API token. The other folder may be in use by a server: the
// copy is one moment of it. Its files are only read, its database has the same content afterwards.
// A whole copy also has heartbeats and API tokens, and gives new rows the ids that the other folder would give them: what is
// done to it can be repeated there.
// Secrets stay sealed: the copy refers to the other folder's key file and holds no key.
// Threads: any. Errors: ERR_NOT_FOUND without a database, ERR_UNSUPPORTED when another version of the program made it.
#pragma once
#include "base/err.h"
#include <stdbool.h>
#include <stdint.h>

// `to` is an empty folder. `group_id` comes along, closed, with its last alert; 0, or one that is not there: none.
err store_copy(const char *from, const char *to, int64_t group_id, bool is_whole, struct why *why);
