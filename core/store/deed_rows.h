// What is kept of deeds done to a group: notes of how it was resolved, and which presses were heard already.
//
// Used on the commit thread, inside a transaction. Errors are those of store.h.
#pragma once
#include "store/store.h"

err deed_rows_add_note(store *s, int64_t group_id, int64_t author_id, const char *source, str text, int64_t now);
err deed_rows_has_note(store *s, int64_t group_id, bool *out);
// Whether a line of the group's log tells of the deed that has this `once` (of a group_actor).
err deed_rows_is_done(store *s, int64_t group_id, const char *once, bool *out);
