// How a thread presents itself to the system: its name, and whether it is in a hurry.
#pragma once
#include <stdbool.h>

// Names the calling thread (at most 15 bytes). `works_in_batches`: waking it need not push another thread off its
// processor, which would find less to do at once and undo what the caches hold; SCHED_BATCH, where that is known.
void thread_present(const char *name, bool works_in_batches);
