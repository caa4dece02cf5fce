#include "base/thread.h"
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PATIENT_NICE 5
#define LAST_NICE    15

// The system keeps niceness for each thread, by the thread's own number.
static void step_back(int by) {
    id_t self = (id_t)syscall(SYS_gettid);
    setpriority(PRIO_PROCESS, self, getpriority(PRIO_PROCESS, self) + by);
}

void thread_present(const char *name, enum thread_hurry hurry) {
    int policy;
    struct sched_param param;
    pthread_setname_np(pthread_self(), name);
    if (pthread_getschedparam(pthread_self(), &policy, &param) != 0 || policy != SCHED_OTHER) return;
    pthread_setschedparam(pthread_self(), SCHED_BATCH, &param);
    if (hurry != THREAD_BATCH) step_back(hurry == THREAD_LAST ? LAST_NICE : PATIENT_NICE);
}
