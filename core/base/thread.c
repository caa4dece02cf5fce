#include "base/thread.h"
#include <pthread.h>
#include <sched.h>

void thread_present(const char *name, enum thread_hurry hurry) {
    int policy;
    struct sched_param param;
    pthread_setname_np(pthread_self(), name);
    if (pthread_getschedparam(pthread_self(), &policy, &param) == 0 && policy == SCHED_OTHER)
        pthread_setschedparam(pthread_self(), hurry == THREAD_BATCH ? SCHED_BATCH : SCHED_IDLE, &param);
}
