#include "base/thread.h"
#include <pthread.h>
#include <sched.h>

void thread_present(const char *name, bool works_in_batches) {
    pthread_setname_np(pthread_self(), name);
    if (!works_in_batches) return;
    int policy;
    struct sched_param param;
    // Who was started with a policy of its own keeps it; that it cannot be had is no trouble.
    if (pthread_getschedparam(pthread_self(), &policy, &param) == 0 && policy == SCHED_OTHER)
        pthread_setschedparam(pthread_self(), SCHED_BATCH, &param);
}
