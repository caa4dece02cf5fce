// Which request a thread was reading or rendering when the process broke in it (a bad address, an abort, a full stack).
//
// A thread says what it works on, which costs a few stores; only a fault makes a number of that request, on a stack of its
// own, and notes it in memory that outlives the process. Then the fault goes its usual way: core dump, sanitizer's report.
// A process that is killed from outside notes nothing. Threads: fault_watch and its note belong to the calling thread.
#pragma once
#include "base/str.h"
#include <stdint.h>

// From now on this thread works on that request; both must live until the next call. NULL: on nothing.
void fault_watch(uint64_t *note, str body, str query);
uint64_t fault_number(str body, str query); // what a fault would note; never 0
void fault_catch(void);                     // once, by a process that is ours alone
