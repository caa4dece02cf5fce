// Brings the log's frames into the database beside the commit thread, which goes on committing meanwhile.
//
// Purpose: a checkpoint writes and syncs hundreds of pages, 4 to 8 ms in which nothing would be answered. The log can
// start over only when all of it is in the database at the moment a transaction begins, so once it is long the commit
// thread itself brings in the rest: the few frames that came during the last pass. A pass gets less of a busy machine
// than the commits do; when that is too little and the log grows past its bound, the commit thread ends the pass and
// brings in all of it.
// SQLite before 3.51.3 loses frames when the log starts over while a checkpoint on another connection is about to begin.
// That takes a log which is wholly in the database at that moment. Here a pass is asked for only while frames are missing
// there, and nobody else brings any in before it has ended: the commit thread's own checkpoints wait for it. So the log
// cannot start over between a pass's look at its header and its end.
// Threads: start, visit and stop on the commit thread's side.
#pragma once
#include "store/store.h"

typedef struct checkpointer checkpointer;

checkpointer *checkpointer_start(store *writer, struct why *why); // NULL when the second connection cannot be opened
err checkpointer_visit(checkpointer *c);                          // after each batch; ERR_DISK_FULL of the last pass
bool checkpointer_is_idle(checkpointer *c);                       // no pass is asked for or runs
err checkpointer_finish(checkpointer *c); // ends a pass and brings in what readers allow, on the caller's thread
void checkpointer_stop(checkpointer *c);  // accepts NULL
