#include "script/own_files.h"
#include "base/mem.h"
#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define FILE_MAX  ((size_t)4 << 20)
#define FILES_MAX 10000

struct mark { // by which a file is known to have changed
    int64_t mtime_s, mtime_ns, size;
    uint64_t inode;
    bool is_there;
};

struct own_file {
    char *name;
    char *text; // NULL: there is none that may be used
    size_t len;
    struct mark seen, judged; // at the last look; when its text was last judged
};

struct own_files {
    char *folder;
    pthread_mutex_t mutex; // guards the texts, and the list while it grows
    struct own_file *list;
    size_t count;
    uint64_t generation;
};

static bool is_lua(const char *name) {
    size_t n = strlen(name);
    return n > 4 && n < 200 && name[0] != '.' && strcmp(name + n - 4, ".lua") == 0;
}

static struct mark mark_of(const own_files *f, const char *name) {
    char path[4096];
    struct stat st;
    struct mark m = {0};
    if ((size_t)snprintf(path, sizeof path, "%s/%s", f->folder, name) >= sizeof path || stat(path, &st) ||
        !S_ISREG(st.st_mode))
        return m;
    return (struct mark){.mtime_s = st.st_mtim.tv_sec,
                         .mtime_ns = st.st_mtim.tv_nsec,
                         .size = st.st_size,
                         .inode = st.st_ino,
                         .is_there = true};
}

static bool is_same(const struct mark *a, const struct mark *b) {
    return a->is_there == b->is_there && a->mtime_s == b->mtime_s && a->mtime_ns == b->mtime_ns && a->size == b->size &&
           a->inode == b->inode;
}

static bool read_text(const own_files *f, const char *name, buf *out) {
    char path[4096];
    if ((size_t)snprintf(path, sizeof path, "%s/%s", f->folder, name) >= sizeof path) return false;
    FILE *file = fopen(path, "rb");
    if (!file) return false;
    for (size_t n = 1; n && out->len <= FILE_MAX; out->len += n) n = fread(buf_reserve(out, 65536), 1, 65536, file);
    bool is_good = !ferror(file) && out->len <= FILE_MAX;
    fclose(file);
    return is_good;
}

static struct own_file *find(const own_files *f, const char *name) {
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->list[i].name, name) == 0) return &f->list[i];
    return NULL;
}

static void add_new(own_files *f) {
    DIR *folder = opendir(f->folder);
    if (!folder) return;
    for (const struct dirent *entry; (entry = readdir(folder)) && f->count < FILES_MAX;) {
        if (!is_lua(entry->d_name) || find(f, entry->d_name)) continue;
        pthread_mutex_lock(&f->mutex);
        f->list = mem_grow(f->list, (f->count + 1) * sizeof *f->list);
        f->list[f->count++] = (struct own_file){.name = mem_copy(entry->d_name, strlen(entry->d_name))};
        pthread_mutex_unlock(&f->mutex);
    }
    closedir(folder);
}

// A text of NULL: the file is gone.
static void put(own_files *f, struct own_file *file, const char *text, size_t len) {
    char *fresh = text ? mem_copy(text, len) : NULL;
    pthread_mutex_lock(&f->mutex);
    char *old = file->text;
    file->text = fresh;
    file->len = len;
    pthread_mutex_unlock(&f->mutex);
    mem_free(old);
    __atomic_add_fetch(&f->generation, 1, __ATOMIC_RELEASE);
}

own_files *own_files_open(const char *folder) {
    own_files *f = NEW(own_files);
    f->folder = mem_copy(folder, strlen(folder));
    f->generation = 1;
    pthread_mutex_init(&f->mutex, NULL);
    add_new(f);
    for (size_t i = 0; i < f->count; i++) {
        struct own_file *file = &f->list[i];
        buf text = {0};
        file->seen = file->judged = mark_of(f, file->name);
        if (file->seen.is_there && read_text(f, file->name, &text)) put(f, file, text.ptr ? text.ptr : "", text.len);
        buf_free(&text);
    }
    return f;
}

void own_files_free(own_files *f) {
    if (!f) return;
    for (size_t i = 0; i < f->count; i++) {
        mem_free(f->list[i].name);
        mem_free(f->list[i].text);
    }
    pthread_mutex_destroy(&f->mutex);
    mem_free(f->list);
    mem_free(f->folder);
    mem_free(f);
}

static void judge_file(own_files *f, struct own_file *file, const struct own_files_judge *judge) {
    buf text = {0};
    str name = str_of(file->name);
    if (!file->seen.is_there) {
        if (file->text) {
            put(f, file, NULL, 0);
            judge->on_taken(judge->ctx, name, true);
        }
    } else if (read_text(f, file->name, &text) && judge->is_good(judge->ctx, name, buf_view(&text))) {
        put(f, file, text.ptr ? text.ptr : "", text.len);
        judge->on_taken(judge->ctx, name, false);
    }
    buf_free(&text);
}

// A file that is being written is let alone until two looks find it the same.
void own_files_look(own_files *f, const struct own_files_judge *judge) {
    add_new(f);
    for (size_t i = 0; i < f->count; i++) {
        struct own_file *file = &f->list[i];
        struct mark now = mark_of(f, file->name);
        bool is_still = is_same(&now, &file->seen);
        file->seen = now;
        if (!is_still || is_same(&now, &file->judged)) continue;
        file->judged = now;
        judge_file(f, file, judge);
    }
}

bool own_files_get(own_files *f, const char *name, buf *out) {
    pthread_mutex_lock(&f->mutex);
    const struct own_file *file = find(f, name);
    bool is_there = file && file->text;
    buf_clear(out);
    if (is_there) buf_put(out, file->text, file->len);
    pthread_mutex_unlock(&f->mutex);
    return is_there;
}

void own_files_names(own_files *f, buf *out) {
    pthread_mutex_lock(&f->mutex);
    for (size_t i = 0; i < f->count; i++)
        if (f->list[i].text) buf_put(out, f->list[i].name, strlen(f->list[i].name) + 1);
    pthread_mutex_unlock(&f->mutex);
}

uint64_t own_files_generation(const own_files *f) { return __atomic_load_n(&f->generation, __ATOMIC_ACQUIRE); }
