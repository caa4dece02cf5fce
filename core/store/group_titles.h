// The words of a group's title in the index that searches read (table group_title).
//
// Purpose: the index knows a title only as long as nobody changes it under its hands: it is taken out before, and put in
// again after. Groups that the job label_index has not reached are in no index, and nothing happens to them here.
// Threads: the commit thread, in its transaction. Errors are those of store.h.
#pragma once
#include "store/store.h"

err group_titles_del(store *s, int64_t group_id); // and has the job see to it that the words leave the disk too
err group_titles_put(store *s, int64_t group_id); // as the title is now
