// Brings the log's frames into the database beside the commit thread, which goes on committing meanwhile.
//
// Purpose: a checkpoint writes and syncs hundreds of pages, 4 to 8 ms in which nothing would be answered. The log can
// start over only when all of it is in the database at the moment a transaction begins, so once it is long the commit
// thread itself brings in the rest: the few frames that came during the last pass. A pass runs in the time that nobody
// else wants; when there is too little of that and the log grows past its bound, the commit thread ends the pass and
// brings in all of it.
// Threads: start, visit and stop on the commit thread's side.
#pragma once
#include "store/store.h"

typedef struct checkpointer checkpointer;

checkpointer *checkpointer_start(store *writer, struct why *why); // NULL when the second connection cannot be opened
err checkpointer_visit(checkpointer *c);                          // after each batch; ERR_DISK_FULL of the last pass
err checkpointer_finish(checkpointer *c); // ends a pass and brings in what readers allow, on the caller's thread
void checkpointer_stop(checkpointer *c);  // accepts NULL
