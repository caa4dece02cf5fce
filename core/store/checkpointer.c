#include "store/checkpointer.h"
#include "base/mem.h"
#include "base/thread.h"
#include <pthread.h>
#include <time.h>

// What is in the log alone needs as much room in the database, so on a full disk it must fit into the ballast.
#define PASS_FRAMES 800  // new frames that are worth a pass
#define LONG_FRAMES 2000 // the log shall start over
#define REST_FRAMES 500  // few enough for the commit thread
#define FULL_FRAMES 3500 // the passes find no time; 14 MB
#define END_MS      4    // patience with a pass that shall end

enum state { IDLE, ASKED, DONE, STOPPING };

struct checkpointer {
    store *writer, *beside;
    pthread_t thread;
    pthread_mutex_t mutex; // guards what follows
    pthread_cond_t cond;
    enum state state; // DONE: a pass has ended and the commit thread has not looked yet
    err result;
    int done;  // frames that were in the database after it
    int tried; // frames when readers were last waited for
    int known; // the commit thread's copy
};

static bool wait_for_work(checkpointer *c) {
    pthread_mutex_lock(&c->mutex);
    while (c->state != ASKED && c->state != STOPPING) pthread_cond_wait(&c->cond, &c->mutex);
    bool has_work = c->state == ASKED;
    pthread_mutex_unlock(&c->mutex);
    return has_work;
}

static void *body(void *arg) {
    checkpointer *c = arg;
    thread_present("checkpoint", THREAD_PATIENT);
    while (wait_for_work(c)) {
        int done = 0;
        err e = store_checkpoint_now(c->beside, &done);
        // SQLite syncs when the whole log is in; what this pass wrote would be left to the commit thread's sync.
        if (e == ERR_OK) e = store_sync_database(c->beside);
        pthread_mutex_lock(&c->mutex);
        c->result = e;
        c->done = done;
        if (c->state == ASKED) c->state = DONE;
        pthread_cond_signal(&c->cond);
        pthread_mutex_unlock(&c->mutex);
    }
    return NULL;
}

checkpointer *checkpointer_start(store *writer, struct why *why) {
    store *beside;
    if (store_open_beside(writer, &beside, why) != ERR_OK) return NULL;
    checkpointer *c = NEW(checkpointer);
    c->writer = writer;
    c->beside = beside;
    pthread_mutex_init(&c->mutex, NULL);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC); // one that is set back would make the commit thread wait
    pthread_cond_init(&c->cond, &attr);
    pthread_condattr_destroy(&attr);
    CHECK(pthread_create(&c->thread, NULL, body, c) == 0);
    return c;
}

static void ask(checkpointer *c) {
    c->state = ASKED;
    pthread_cond_signal(&c->cond);
}

// What a pass has brought in, once it has ended.
static err take_result(checkpointer *c, int frames) {
    if (c->state != DONE) return ERR_OK;
    c->state = IDLE;
    c->known = c->done <= frames ? c->done : 0;
    return c->result;
}

static bool is_stuck(const checkpointer *c, int frames) {
    return frames > STORE_LOG_STUCK && frames - c->tried >= PASS_FRAMES;
}

// Ends the pass that runs, so that the commit thread may have its turn. With the commit thread waiting there is time.
static void end_pass(checkpointer *c) {
    if (c->state != ASKED) return;
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += END_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    store_interrupt(c->beside);
    int rc = 0;
    while (c->state == ASKED && rc == 0) rc = pthread_cond_timedwait(&c->cond, &c->mutex, &until);
}

// Whether the commit thread shall bring in the rest itself. Asks for a pass when one is worth it.
static bool is_own_turn(checkpointer *c, int frames) {
    int rest = frames - c->known;
    if (c->state != IDLE) return false;
    if (rest > FULL_FRAMES) return true;
    if (is_stuck(c, frames) || (frames > LONG_FRAMES && rest <= REST_FRAMES)) return true;
    if (rest >= PASS_FRAMES || frames > LONG_FRAMES) ask(c);
    return false;
}

err checkpointer_visit(checkpointer *c) {
    int frames = store_log_frames(c->writer);
    if (frames < c->known) c->known = c->tried = 0; // it started over
    if (frames - c->known < PASS_FRAMES && frames <= LONG_FRAMES) return ERR_OK;
    pthread_mutex_lock(&c->mutex);
    if (frames - c->known > FULL_FRAMES) end_pass(c);
    err e = take_result(c, frames);
    bool is_own = is_own_turn(c, frames);
    pthread_mutex_unlock(&c->mutex);
    if (!is_own) return e;
    if (!is_stuck(c, frames)) return store_checkpoint_now(c->writer, &c->known);
    c->tried = frames;
    return store_restart_log(c->writer, &c->known);
}

bool checkpointer_is_idle(checkpointer *c) {
    pthread_mutex_lock(&c->mutex);
    bool is_idle = c->state != ASKED;
    pthread_mutex_unlock(&c->mutex);
    return is_idle;
}

err checkpointer_finish(checkpointer *c) {
    int frames = store_log_frames(c->writer);
    pthread_mutex_lock(&c->mutex);
    end_pass(c);
    take_result(c, frames);
    pthread_mutex_unlock(&c->mutex);
    return store_checkpoint_now(c->writer, &c->known);
}

void checkpointer_stop(checkpointer *c) {
    if (!c) return;
    pthread_mutex_lock(&c->mutex);
    c->state = STOPPING;
    pthread_cond_signal(&c->cond);
    pthread_mutex_unlock(&c->mutex);
    pthread_join(c->thread, NULL);
    store_close(c->beside);
    pthread_mutex_destroy(&c->mutex);
    pthread_cond_destroy(&c->cond);
    mem_free(c);
}
