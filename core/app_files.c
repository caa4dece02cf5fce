// Looks at the folder of one's own integration files while the server runs: what changed and is right is used from then on.
#include "app.h"
#include "base/mem.h"
#include "base/thread.h"
#include "script/fuel.h"
#include "script/own_files.h"
#include <errno.h>
#include <time.h>

#define LOOK_MS 250

struct file_watch {
    struct app *app;
    own_files *files;
    script *script; // made when the first file changed
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t stop;
    bool is_running, is_stopping;
};

// integration.judge(name, text) → the first sentence about what is wrong with the file as it would be, or nothing.
static bool is_good(void *ctx, str name, str text) {
    struct file_watch *w = ctx;
    struct script_options options = app_script_options(w->app);
    struct script_value args[] = {script_text((str){name.ptr, name.len - strlen(".lua")}), script_text(text)},
                        sentence = {0};
    struct script_budget budget = {.fuel = FUEL_SLOW * 100};
    struct why why = {""};
    arena *a = arena_new();
    if (!w->script) w->script = script_new(&options, &why);
    err e =
        w->script ? script_call(w->script, "integration", "judge", args, 2, budget, a, &sentence, 1, &why) : ERR_SCRIPT;
    bool is_right = e == ERR_OK && sentence.type == SCRIPT_NIL;
    if (!is_right)
        LOG(w->app->log, LOG_ERROR, "integration_file_refused", LOG_S("file", name),
            LOG_S("error", e == ERR_OK ? sentence.text : str_of(why.text)),
            LOG_Z("do",
                  "Mend the file: it is read again when it changes. Until then the last one that was right is used."));
    arena_free(a);
    return is_right;
}

static void on_taken(void *ctx, str name, bool is_gone) {
    const struct file_watch *w = ctx;
    LOG(w->app->log, LOG_INFO, is_gone ? "integration_file_gone" : "integration_file_read", LOG_S("file", name));
}

static void wait_a_moment(struct file_watch *w) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += LOOK_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_cond_timedwait(&w->stop, &w->mutex, &until);
}

static void *watch_thread(void *arg) {
    struct file_watch *w = arg;
    struct own_files_judge judge = {.ctx = w, .is_good = is_good, .on_taken = on_taken};
    thread_present("files", THREAD_PATIENT);
    pthread_mutex_lock(&w->mutex);
    while (!w->is_stopping) {
        pthread_mutex_unlock(&w->mutex);
        own_files_look(w->files, &judge);
        pthread_mutex_lock(&w->mutex);
        if (!w->is_stopping) wait_a_moment(w);
    }
    pthread_mutex_unlock(&w->mutex);
    script_free(w->script);
    w->script = NULL;
    return NULL;
}

struct file_watch *app_files_open(struct app *app) {
    if (!*app->settings.integrations) return NULL;
    struct file_watch *w = NEW(struct file_watch);
    w->app = app;
    w->files = own_files_open(app->settings.integrations);
    pthread_mutex_init(&w->mutex, NULL);
    pthread_cond_init(&w->stop, NULL);
    return w;
}

own_files *app_files_own(const struct file_watch *w) { return w ? w->files : NULL; }

void app_files_start(struct file_watch *w) {
    if (!w) return;
    w->is_running = true;
    CHECK(pthread_create(&w->thread, NULL, watch_thread, w) == 0);
}

void app_files_stop(struct file_watch *w) {
    if (!w || !w->is_running) return;
    pthread_mutex_lock(&w->mutex);
    w->is_stopping = true;
    pthread_cond_signal(&w->stop);
    pthread_mutex_unlock(&w->mutex);
    pthread_join(w->thread, NULL);
    w->is_running = false;
}

void app_files_free(struct file_watch *w) {
    if (!w) return;
    own_files_free(w->files);
    pthread_mutex_destroy(&w->mutex);
    pthread_cond_destroy(&w->stop);
    mem_free(w);
}
