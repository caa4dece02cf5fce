#include "engine/slow_lane.h"
#include "base/mem.h"

// The waiting tasks of one integration; lanes with tasks form a ring, and one run is taken from each in turn.
struct lane {
    struct lane *next;
    int64_t integration_id;
    struct mail *head, **tail;
    size_t count; // runs
};

struct slow_lane {
    renderer *renderer;
    size_t waiting_each;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    struct lane *first, *last; // lanes that have tasks
    int64_t waiting;
    bool is_running, is_stopping;
    bool is_hurried; // atomically
};

slow_lane *slow_lane_new(const struct script_options *options, size_t waiting_each, log_t *log, struct why *why) {
    renderer *r = renderer_new(options, log, why);
    if (!r) return NULL;
    slow_lane *l = NEW(slow_lane);
    l->renderer = r;
    l->waiting_each = waiting_each;
    pthread_mutex_init(&l->mutex, NULL);
    pthread_cond_init(&l->wake, NULL);
    return l;
}

void slow_lane_free(slow_lane *l) {
    if (!l) return;
    CHECK(!l->is_running && !l->first);
    renderer_free(l->renderer);
    pthread_mutex_destroy(&l->mutex);
    pthread_cond_destroy(&l->wake);
    mem_free(l);
}

static struct lane *find_lane(slow_lane *l, int64_t id) {
    struct lane *lane = l->first;
    while (lane && lane->integration_id != id) lane = lane->next;
    return lane;
}

static void append_lane(slow_lane *l, struct lane *lane) {
    lane->next = NULL;
    if (l->last) l->last->next = lane;
    else l->first = lane;
    l->last = lane;
}

err slow_lane_push(slow_lane *l, struct slow_task *task) {
    pthread_mutex_lock(&l->mutex);
    struct lane *lane = find_lane(l, task->integration_id);
    size_t room = l->is_stopping ? 0 : l->waiting_each - (lane ? lane->count : 0);
    if (room) {
        if (task->count > room) task->count = room;
        if (!lane) {
            lane = NEW(struct lane);
            lane->integration_id = task->integration_id;
            lane->tail = &lane->head;
            append_lane(l, lane);
        }
        task->mail.next = NULL;
        *lane->tail = &task->mail;
        lane->tail = &task->mail.next;
        lane->count += task->count;
        __atomic_add_fetch(&l->waiting, (int64_t)task->count, __ATOMIC_RELAXED);
        pthread_cond_signal(&l->wake);
    }
    pthread_mutex_unlock(&l->mutex);
    return room ? ERR_OK : ERR_FULL;
}

// Takes one run of the first lane's first task and puts that lane last. Called with the mutex held.
static struct slow_task *take(slow_lane *l) {
    struct lane *lane = l->first;
    if (!lane) return NULL;
    struct slow_task *task = CONTAINER(lane->head, struct slow_task, mail);
    if (--task->count == 0) lane->head = task->mail.next;
    if (!lane->head) lane->tail = &lane->head;
    lane->count--;
    __atomic_sub_fetch(&l->waiting, 1, __ATOMIC_RELAXED);
    l->first = lane->next;
    if (!l->first) l->last = NULL;
    if (lane->count) append_lane(l, lane);
    else mem_free(lane);
    return task;
}

bool slow_lane_turn(slow_lane *l) {
    pthread_mutex_lock(&l->mutex);
    struct slow_task *task = take(l);
    pthread_mutex_unlock(&l->mutex);
    if (task) task->run(task, __atomic_load_n(&l->is_hurried, __ATOMIC_RELAXED) ? NULL : l->renderer);
    return task != NULL;
}

void slow_lane_hurry(slow_lane *l) { __atomic_store_n(&l->is_hurried, true, __ATOMIC_RELAXED); }

static void *lane_thread(void *arg) {
    slow_lane *l = arg;
    for (;;) {
        pthread_mutex_lock(&l->mutex);
        while (!l->first && !l->is_stopping) pthread_cond_wait(&l->wake, &l->mutex);
        bool is_done = !l->first;
        pthread_mutex_unlock(&l->mutex);
        if (is_done) return NULL;
        slow_lane_turn(l);
    }
}

void slow_lane_start(slow_lane *l) {
    l->is_running = true;
    CHECK(pthread_create(&l->thread, NULL, lane_thread, l) == 0);
}

int64_t slow_lane_waiting(const slow_lane *l) { return __atomic_load_n(&l->waiting, __ATOMIC_RELAXED); }

void slow_lane_stop(slow_lane *l) {
    if (!l->is_running) {
        while (slow_lane_turn(l)) continue;
        return;
    }
    pthread_mutex_lock(&l->mutex);
    l->is_stopping = true;
    pthread_cond_signal(&l->wake);
    pthread_mutex_unlock(&l->mutex);
    pthread_join(l->thread, NULL);
    l->is_running = false;
}
