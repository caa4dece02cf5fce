// How a thread presents itself to the system: its name, and how much of a hurry it is in.
#pragma once

enum thread_hurry {
    THREAD_BATCH,   // waking it need not push another thread off its processor, where it would find less to do at once
    THREAD_PATIENT, // and where there is too little for all, it gets a third of what the others get
    THREAD_LAST     // and then it gets next to nothing
};

// Of the calling thread; the name has at most 15 bytes. Where the system does not know such policies, or the process was
// started with one of its own, nothing changes. A thread does not come back from the latter two without privileges.
void thread_present(const char *name, enum thread_hurry hurry);
