// Cases of the commit: order, bounds, failures, threads, and the disk.
#include "cases.h"
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define LOG_MAX 8192

// What the hooks of a commit did, in order, one letter each.
struct diary {
    char text[LOG_MAX];
    size_t len;
};

struct note {
    struct commit_item item;
    struct diary *diary;
    char letter;
    const char *sql; // to run in apply
    err otherwise;   // to return then
    int applied;
    bool is_done;
    err result;
};

static void write_down(struct diary *d, char letter) {
    CHECK(d->len + 1 < LOG_MAX);
    d->text[d->len++] = letter;
    d->text[d->len] = 0;
}

static err apply(struct commit_item *item, store *s, int64_t now) {
    struct note *n = (struct note *)(void *)item;
    (void)now;
    n->applied++;
    write_down(n->diary, n->letter);
    err e = n->sql ? store_exec(s, n->sql, NULL) : ERR_OK;
    return e ? e : n->otherwise;
}

static void done(struct commit_item *item, err result) {
    struct note *n = (struct note *)(void *)item;
    EXPECT(!n->is_done);
    n->is_done = true;
    n->result = result;
    write_down(n->diary, '.');
}

static void on_committed(void *ctx, store *s) {
    (void)s;
    write_down(ctx, '!');
}

static struct note note_of(struct diary *d, char letter, enum commit_class class, int64_t lane) {
    struct note n = {.diary = d, .letter = letter};
    n.item = (struct commit_item){.class = class, .lane = lane, .weight = 100, .apply = apply, .done = done};
    return n;
}

struct rig {
    struct diary diary;
    store *store;
    commit *commit;
};

static struct rig *rig_new(const char *dir, struct commit_options options) {
    struct rig *r = NEW(struct rig);
    r->store = case_open(dir, STORE_WRITE);
    options.store = r->store;
    options.env = case_env();
    options.ctx = &r->diary;
    options.batch_ms =
        options.batch_ms ? options.batch_ms : 10000; // what a turn takes does not depend on the machine's load
    r->commit = commit_new(&options);
    return r;
}

static void rig_free(struct rig *r) {
    commit_stop(r->commit);
    commit_free(r->commit);
    store_close(r->store);
    mem_free(r);
}

void case_order_of_turns(const char *dir) {
    struct rig *r = rig_new(dir, (struct commit_options){0});
    struct note notes[] = {note_of(&r->diary, 'a', COMMIT_ALERT, 1),  note_of(&r->diary, 'b', COMMIT_ALERT, 1),
                           note_of(&r->diary, 'c', COMMIT_ALERT, 1),  note_of(&r->diary, 'd', COMMIT_ALERT, 257),
                           note_of(&r->diary, 'e', COMMIT_ALERT, 2),  note_of(&r->diary, 'f', COMMIT_ALERT, 257),
                           note_of(&r->diary, 'P', COMMIT_PERSON, 0), note_of(&r->diary, 'Q', COMMIT_PERSON, 0)};
    for (size_t i = 0; i < 8; i++) EXPECT(commit_push(r->commit, &notes[i].item) == ERR_OK);
    EXPECT(commit_turn(r->commit) == 8);
    EXPECT(strcmp(r->diary.text, "PQadebfc........") == 0); // lanes 1 and 257 share a bucket, not a turn
    EXPECT(commit_turn(r->commit) == 0);
    rig_free(r);
}

void case_atomic_items(const char *dir) {
    struct rig *r = rig_new(dir, (struct commit_options){0});
    struct note good = note_of(&r->diary, 'g', COMMIT_ALERT, 1), bad = note_of(&r->diary, 'b', COMMIT_ALERT, 1);
    struct note last = note_of(&r->diary, 'l', COMMIT_ALERT, 1);
    good.sql = "INSERT INTO team(name) VALUES ('good')";
    bad.sql = "INSERT INTO team(name) VALUES ('half'); INSERT INTO team(name) VALUES ('good')";
    bad.item.is_atomic = last.item.is_atomic = true;
    last.sql = "INSERT INTO team(name) VALUES ('last')";
    commit_push(r->commit, &good.item);
    commit_push(r->commit, &bad.item);
    commit_push(r->commit, &last.item);
    commit_turn(r->commit);
    EXPECT(strcmp(r->diary.text, "gbl...") == 0); // no replay
    EXPECT(good.result == ERR_OK && bad.result == ERR_CONFLICT && last.result == ERR_OK);
    EXPECT(case_ask(r->store, "SELECT group_concat(name) = 'good,last' FROM team") == 1);
    rig_free(r);
}

void case_bad_item_fails_alone(const char *dir) {
    struct rig *r = rig_new(dir, (struct commit_options){.on_committed = on_committed});
    struct note a = note_of(&r->diary, 'a', COMMIT_ALERT, 1), bad = note_of(&r->diary, 'b', COMMIT_ALERT, 1);
    struct note c = note_of(&r->diary, 'c', COMMIT_PERSON, 1), liar = note_of(&r->diary, 'l', COMMIT_ALERT, 1);
    a.sql = "INSERT INTO team(name) VALUES ('a')";
    bad.sql = "INSERT INTO team(name) VALUES ('bad')";
    bad.otherwise = ERR_SCRIPT;
    c.sql = "INSERT INTO team(name) VALUES ('c')";
    liar.sql = "ROLLBACK"; // ends the transaction of all, and says that it went well
    commit_push(r->commit, &a.item);
    commit_push(r->commit, &bad.item);
    commit_push(r->commit, &c.item);
    commit_turn(r->commit);
    EXPECT(strcmp(r->diary.text, "!cabc!.a!.b.") == 0);
    EXPECT(a.result == ERR_OK && bad.result == ERR_SCRIPT && c.result == ERR_OK && a.applied == 2);
    EXPECT(case_ask(r->store, "SELECT min(name) = 'a' AND max(name) = 'c' AND count(*) = 2 FROM team") == 1);
    EXPECT(commit_stats(r->commit).replays == 3 && commit_stats(r->commit).failures == 1);
    commit_push(r->commit, &liar.item);
    a.is_done = false;
    a.sql = "INSERT INTO team(name) VALUES ('again')";
    commit_push(r->commit, &a.item);
    while (!a.is_done) commit_turn(r->commit); // a batch ends at what goes wrong
    EXPECT(a.result == ERR_OK && liar.is_done && liar.result == ERR_SCRIPT);
    EXPECT(case_ask(r->store, "SELECT count(*) FROM team WHERE name = 'again'") == 1);
    rig_free(r);
}

void case_bounds(const char *dir) {
    struct rig *r = rig_new(dir, (struct commit_options){.max_items = 16, .max_bytes = 10000});
    struct note notes[40];
    size_t alerts = 0, persons = 0;
    for (size_t i = 0; i < 20; i++) {
        notes[i] = note_of(&r->diary, 'a', COMMIT_ALERT, 1);
        err e = commit_push(r->commit, &notes[i].item);
        EXPECT(e == (i < 16 ? ERR_OK : ERR_FULL));
        alerts += !e;
    }
    for (size_t i = 20; i < 40; i++) {
        notes[i] = note_of(&r->diary, 'p', COMMIT_PERSON, 1);
        persons += commit_push(r->commit, &notes[i].item) == ERR_OK;
    }
    EXPECT(alerts == 16 && persons == 3); // an eighth more, and one
    EXPECT(commit_stats(r->commit).waiting == 19 && commit_stats(r->commit).waiting_bytes == 1900);
    EXPECT(commit_turn(r->commit) == 19);
    EXPECT(commit_stats(r->commit).waiting == 0 && commit_stats(r->commit).waiting_bytes == 0);
    struct note heavy = note_of(&r->diary, 'h', COMMIT_ALERT, 1);
    heavy.item.weight = 10001;
    EXPECT(commit_push(r->commit, &heavy.item) == ERR_FULL);
    heavy.item.weight = 10000;
    EXPECT(commit_push(r->commit, &heavy.item) == ERR_OK);
    commit_stop(r->commit);
    EXPECT(heavy.is_done && commit_push(r->commit, &notes[0].item) == ERR_CLOSED);
    rig_free(r);
}

void case_committed_before_done(const char *dir) {
    struct rig *r = rig_new(dir, (struct commit_options){.on_committed = on_committed});
    struct note a = note_of(&r->diary, 'a', COMMIT_ALERT, 1), b = note_of(&r->diary, 'b', COMMIT_ALERT, 1);
    EXPECT(strcmp(r->diary.text, "!") == 0); // once at the start
    commit_push(r->commit, &a.item);
    commit_push(r->commit, &b.item);
    commit_turn(r->commit);
    EXPECT(strcmp(r->diary.text, "!ab!..") == 0);
    rig_free(r);
}

void case_batch_time(const char *dir) {
    struct rig *r = rig_new(dir, (struct commit_options){.batch_ms = 5});
    struct note notes[6];
    for (size_t i = 0; i < 6; i++) {
        notes[i] = note_of(&r->diary, 'a', COMMIT_ALERT, 1);
        notes[i].sql = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 100000) "
                       "SELECT sum(x) FROM c"; // more than 5 ms
        commit_push(r->commit, &notes[i].item);
    }
    EXPECT(commit_turn(r->commit) == 1 && notes[0].is_done && !notes[1].is_done);
    rig_free(r);
}

void case_statistics(const char *dir) {
    struct rig *r = rig_new(dir, (struct commit_options){0});
    struct note notes[5];
    for (size_t i = 0; i < 5; i++) {
        notes[i] = note_of(&r->diary, 'a', COMMIT_ALERT, 1);
        commit_push(r->commit, &notes[i].item);
        if (i == 0) commit_turn(r->commit);
    }
    commit_turn(r->commit);
    struct commit_stats s = commit_stats(r->commit);
    EXPECT(s.batches == 2 && s.items == 5 && s.batch_size_sum == 5 && s.failures == 0);
    EXPECT(s.batch_size_histogram[0] == 1 && s.batch_size_histogram[2] == 1); // one of 1, one of 3 to 4
    uint64_t measured = 0;
    for (size_t i = 0; i < 12; i++) measured += s.batch_us_histogram[i];
    EXPECT(measured == 2 && s.batch_us_sum > 0);
    rig_free(r);
}

#define SENDERS   3
#define EACH      1500
#define MAX_ITEMS 500

struct sender {
    pthread_t thread;
    commit *commit;
    ledger *book;
    const char *dir;
    uint64_t full;
};

static void *send_all(void *arg) {
    struct sender *s = arg;
    for (int i = 0; i < EACH; i++) {
        err e = ledger_push(s->book, s->commit, i % 10 ? COMMIT_ALERT : COMMIT_PERSON, i % 7);
        EXPECT(e == ERR_OK || e == ERR_FULL);
        s->full += e == ERR_FULL;
        if (e) usleep(500);
    }
    return NULL;
}

static void *read_all(void *arg) {
    struct sender *s = arg;
    store *r = case_open(s->dir, STORE_READ);
    for (int i = 0; i < 200; i++) {
        // Readers see whole items only: an alert and its count are of one transaction.
        EXPECT(
            case_ask(
                r, "SELECT coalesce((SELECT sum(alerts_count) FROM alert_group), 0) - (SELECT count(*) FROM alert)") ==
            0);
        commit_stats(s->commit);
        store_file_stats(r);
    }
    store_close(r);
    return NULL;
}

void case_threads(const char *dir) {
    store *s = case_open(dir, STORE_WRITE);
    commit *c = commit_new(&(struct commit_options){.store = s, .env = case_env(), .max_items = MAX_ITEMS});
    struct sender senders[SENDERS + 1];
    commit_start(c);
    for (size_t i = 0; i <= SENDERS; i++) {
        senders[i] = (struct sender){.commit = c, .dir = dir, .book = ledger_new(i + 1, false)};
        CHECK(pthread_create(&senders[i].thread, NULL, i < SENDERS ? send_all : read_all, &senders[i]) == 0);
    }
    for (size_t i = 0; i <= SENDERS; i++) pthread_join(senders[i].thread, NULL);
    commit_stop(c);
    uint64_t ok = 0;
    for (size_t i = 0; i < SENDERS; i++) {
        EXPECT(ledger_unanswered(senders[i].book) == 0);
        EXPECT(ledger_count(senders[i].book, ERR_OK) + senders[i].full == EACH);
        ok += ledger_count(senders[i].book, ERR_OK);
    }
    EXPECT(case_ask(s, "SELECT count(*) FROM (SELECT 1 FROM alert WHERE received_at = 0)") == (int64_t)ok);
    EXPECT(commit_stats(c).items == ok && commit_stats(c).batches < ok);
    for (size_t i = 0; i <= SENDERS; i++) ledger_free(senders[i].book);
    commit_free(c);
    store_close(s);
}

static uint64_t written_by(const store *s) { return store_file_stats(s).written_bytes; }

static off_t size_of(const char *dir, const char *name) {
    char path[600];
    struct stat st;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return stat(path, &st) == 0 ? st.st_size : -1;
}

struct watch {
    pthread_t thread;
    const char *dir;
    bool is_over; // atomically
    uint64_t checks;
};

static void *watch_all(void *arg) {
    struct watch *w = arg;
    store *r = case_open(w->dir, STORE_READ);
    for (; !__atomic_load_n(&w->is_over, __ATOMIC_ACQUIRE); w->checks++) {
        EXPECT(case_ask(r, "SELECT count(*) FROM pragma_quick_check WHERE quick_check <> 'ok'") == 0);
        EXPECT(case_ask(r, "SELECT sum(alerts_count) - (SELECT count(*) FROM alert) FROM alert_group") == 0);
        usleep(5000);
    }
    store_close(r);
    return NULL;
}

static void write_pages(store *s, commit *c, ledger *book, uint64_t pages) {
    uint64_t end = written_by(s) + pages * 4096;
    for (uint64_t n = 0; written_by(s) < end; n++) {
        while (ledger_push(book, c, COMMIT_ALERT, (int64_t)(n % 7)) == ERR_FULL) usleep(500);
        if (n % 32 == 0) usleep(200);
    }
}

// Passes beside the commits: readers see sound pages at any moment, and without readers the log starts over again and
// again, however little time there is for the passes.
void case_checkpoints_beside(const char *dir) {
    store *s = case_open(dir, STORE_WRITE);
    commit *c = commit_new(&(struct commit_options){.store = s, .env = case_env()});
    ledger *book = ledger_new(9, false);
    struct watch w = {.dir = dir};
    for (int i = 0; i < 8; i++) ledger_push(book, c, COMMIT_ALERT, i);
    commit_turn(c);
    commit_start(c);
    CHECK(pthread_create(&w.thread, NULL, watch_all, &w) == 0);
    write_pages(s, c, book, 40000);
    __atomic_store_n(&w.is_over, true, __ATOMIC_RELEASE);
    pthread_join(w.thread, NULL);
    write_pages(s, c, book, 40000);
    commit_stop(c);
    EXPECT(w.checks > 5 && store_log_frames(s) < 8000);
    EXPECT(ledger_unanswered(book) == 0);
    ledger_free(book);
    commit_free(c);
    store_close(s);
}

void case_log_stays_short(const char *dir) {
    store *s = case_open(dir, STORE_WRITE);
    commit *c = commit_new(&(struct commit_options){.store = s, .env = case_env()});
    ledger *book = ledger_new(5, false);
    off_t longest = 0;
    for (int turn = 0; turn < 1500; turn++) {
        for (int i = 0; i < 4; i++) ledger_push(book, c, COMMIT_ALERT, i);
        commit_turn(c);
        off_t size = size_of(dir, "tocsin.db-wal");
        if (size > longest) longest = size;
    }
    EXPECT(longest > 1000 * 4096 && longest < 1400 * 4120);
    EXPECT(store_truncate_log(s) == ERR_OK && size_of(dir, "tocsin.db-wal") == 0);
    commit_stop(c);
    commit_free(c);
    ledger_free(book);
    store_close(s);
}

// The folder is on a small file system: somebody else fills it.
static void fill_disk(const char *dir) {
    char path[600], piece[4096];
    snprintf(path, sizeof path, "%s/somebody-elses-file", dir);
    memset(piece, 1, sizeof piece);
    FILE *f = fopen(path, "w");
    CHECK(f);
    setvbuf(f, NULL, _IONBF, 0);
    while (fwrite(piece, sizeof piece, 1, f) == 1) continue;
    fclose(f);
}

static void free_disk(const char *dir) {
    char path[600];
    snprintf(path, sizeof path, "%s/somebody-elses-file", dir);
    CHECK(unlink(path) == 0);
}

static void drive_until_full(ledger *book, commit *c) {
    uint64_t before = ledger_count(book, ERR_DISK_FULL);
    for (int i = 0; i < 20000 && ledger_count(book, ERR_DISK_FULL) == before; i++) {
        ledger_push(book, c, COMMIT_ALERT, i);
        if (i % 8 == 0) commit_turn(c);
    }
    commit_turn(c);
}

void case_full_disk(const char *dir) {
    struct statvfs fs;
    EXPECT(statvfs(dir, &fs) == 0 && fs.f_blocks * fs.f_frsize <= 64u << 20); // never fills a real disk
    store *s = case_open(dir, STORE_WRITE);
    store *reader = case_open(dir, STORE_READ);
    commit *c = commit_new(&(struct commit_options){.store = s, .env = case_env()});
    ledger *book = ledger_new(3, false);
    EXPECT(size_of(dir, "ballast") > 0);
    for (int round = 0; round < 2; round++) {
        fill_disk(dir);
        drive_until_full(book, c);
        EXPECT(size_of(dir, "ballast") == -1 && !store_is_broken(s));
        EXPECT(ledger_push(book, c, COMMIT_ALERT, 1) == ERR_DISK_FULL);
        uint64_t before = ledger_count(book, ERR_OK);
        for (int i = 0; i < 100; i++) { // what people do is still stored
            EXPECT(ledger_push(book, c, COMMIT_PERSON, 1) == ERR_OK);
            EXPECT(commit_turn(c) == 1);
        }
        EXPECT(ledger_count(book, ERR_OK) == before + 100);
        EXPECT(case_ask(reader, "SELECT count(*) > 0 FROM alert") == 1);
        free_disk(dir);
        commit_turn(c); // the thread asks four times a second
        EXPECT(ledger_push(book, c, COMMIT_ALERT, 1) == ERR_OK && size_of(dir, "ballast") > 0);
        commit_turn(c);
        EXPECT(ledger_count(book, ERR_OK) == before + 101);
    }
    commit_stop(c);
    commit_free(c);
    store_close(reader);
    struct ledger_findings f = ledger_check(book, s);
    EXPECT(ledger_is_clean(&f) && ledger_unanswered(book) == 0);
    ledger_free(book);
    store_close(s);
}

void case_failed_sync(const char *dir) {
    store *s = case_open(dir, STORE_WRITE);
    commit *c = commit_new(&(struct commit_options){.store = s, .env = case_env()});
    ledger *book = ledger_new(9, false);
    commit_start(c);
    vfs_set_faults(s->files, &(struct vfs_faults){.fail_sync_at = 5});
    for (int i = 0; i < 4000 && !store_is_broken(s); i++) {
        ledger_push(book, c, COMMIT_ALERT, i);
        usleep(200);
    }
    while (ledger_unanswered(book)) usleep(1000);
    EXPECT(store_is_broken(s) && size_of(dir, "storage-failed") > 0);
    EXPECT(ledger_push(book, c, COMMIT_PERSON, 1) == ERR_IO);
    commit_stop(c);
    commit_free(c);
    store_close(s);
    s = case_open(dir, STORE_WRITE); // writes the files again
    EXPECT(size_of(dir, "storage-failed") == -1 && !store_is_broken(s));
    struct ledger_findings f = ledger_check(book, s);
    EXPECT(ledger_is_clean(&f));
    ledger_free(book);
    store_close(s);
}

void case_slow_disk(const char *dir) {
    struct rig *r = rig_new(dir, (struct commit_options){0});
    vfs_set_faults(r->store->files, &(struct vfs_faults){.slow_sync_ms = 20});
    struct note notes[50];
    for (size_t i = 0; i < 50; i++) {
        notes[i] = note_of(&r->diary, 'a', COMMIT_ALERT, 1);
        notes[i].sql = i ? NULL : "INSERT INTO team(name) VALUES ('a')";
        commit_push(r->commit, &notes[i].item);
    }
    commit_turn(r->commit);
    // All of them waited for the same syncs: of the log's header and of the commit.
    EXPECT(notes[49].is_done && vfs_stats(r->store->files).sync_ns >= 20000000);
    EXPECT(commit_stats(r->commit).batch_us_sum >= 20000 && commit_stats(r->commit).batches == 1);
    rig_free(r);
}
