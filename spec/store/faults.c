// Fails the n-th write, the n-th sync, or fills the disk at the n-th write, for every n there is, once and for good.
#include "powercut.h"
#include "sim.h"
#include "store/connection.h"
#include <stdio.h>

#define TURNS 10
#define ITEMS 12

enum kind { SYNC, WRITE, FULL };
static const char *const names[] = {"failing sync", "failing write", "full disk"};

struct trial {
    sim *disk;
    env *env;
    ledger *book;
    enum kind kind;
    bool is_for_good;
    bool is_spilling; // a tiny cache: frames reach the log before their transaction is over
    bool has_struck;  // the fault was met
    bool is_sound;
};

static void expect(struct trial *t, bool is_right, const char *what, uint64_t n) {
    if (is_right) return;
    printf("%s at %llu%s: %s\n", names[t->kind], (unsigned long long)n, t->is_for_good ? " for good" : "", what);
    t->is_sound = false;
}

static store *open_on(struct trial *t) {
    store *s = NULL;
    struct store_options o = {.dir = "/disk", .mode = STORE_WRITE, .env = t->env};
    CHECK(store_open_on(&o, sim_vfs(t->disk), &s, NULL) == ERR_OK);
    s->checkpoint_every = 8;
    if (t->is_spilling) CHECK(store_exec(s, "PRAGMA cache_size=5", NULL) == ERR_OK);
    return s;
}

static void post(struct trial *t, commit *c) {
    for (int64_t i = 0; i < ITEMS; i++) ledger_push(t->book, c, i % 4 ? COMMIT_ALERT : COMMIT_PERSON, i);
    while (commit_turn(c) > 0) continue;
}

static struct vfs_faults faults_of(const struct trial *t, uint64_t n) {
    struct vfs_faults f = {.is_for_good = t->is_for_good};
    *(t->kind == SYNC ? &f.fail_sync_at : t->kind == WRITE ? &f.fail_write_at : &f.full_at) = n;
    return f;
}

static void expect_broken(struct trial *t, store *s, commit *c, uint64_t n) {
    t->has_struck = store_is_broken(s);
    if (!t->has_struck) return;
    uint64_t before = ledger_count(t->book, ERR_OK);
    vfs_set_faults(s->files, &(struct vfs_faults){0}); // the disk is well again, but what it lost stays lost
    expect(t, ledger_push(t->book, c, COMMIT_ALERT, 1) == ERR_IO, "an alert was taken after the failure", n);
    expect(t, ledger_push(t->book, c, COMMIT_PERSON, 1) == ERR_IO, "an action was taken after the failure", n);
    post(t, c);
    expect(t, ledger_count(t->book, ERR_OK) == before, "something was answered after the failure", n);
}

static void expect_recovery(struct trial *t, store *s, commit *c, uint64_t n) {
    t->has_struck = ledger_count(t->book, ERR_DISK_FULL) > 0;
    vfs_set_faults(s->files, &(struct vfs_faults){0});
    commit_turn(c); // asks the disk again
    uint64_t before = ledger_count(t->book, ERR_OK);
    post(t, c);
    expect(t, !store_is_broken(s), "a full disk was taken for a broken one", n);
    expect(t, ledger_count(t->book, ERR_OK) == before + ITEMS, "it does not recover from a full disk", n);
}

static void try_at(struct trial *t, uint64_t n) {
    ledger_clear(t->book);
    store *s = open_on(t);
    commit *c = commit_new(&(struct commit_options){.store = s, .env = t->env});
    struct vfs_faults f = faults_of(t, n);
    vfs_set_faults(s->files, &f);
    for (int i = 0; i < TURNS; i++) post(t, c);
    if (t->kind == FULL) expect_recovery(t, s, c, n);
    else expect_broken(t, s, c, n);
    commit_stop(c);
    commit_free(c);
    store_close(s);
    expect(t, ledger_unanswered(t->book) == 0, "an item was never answered", n);
    sim_power_on(t->disk);
    s = open_on(t);
    struct ledger_findings found = ledger_check(t->book, s);
    expect(t, ledger_is_clean(&found), "what was answered is not there as it was answered", n);
    store_close(s);
}

// Until a whole run meets the fault no more. A fault in a checkpoint that nobody waits for may strike unseen, so a few
// more are tried.
static uint64_t try_all(struct trial *t, const sim *golden) {
    uint64_t struck = 0, quiet = 0;
    for (uint64_t n = 1; quiet < 40; n++) {
        sim_copy(t->disk, golden);
        t->has_struck = false;
        try_at(t, n);
        quiet = t->has_struck ? 0 : quiet + 1;
        struck += t->has_struck;
    }
    return struck;
}

int faults_run(void) {
    struct trial t = {
        .disk = sim_new(7), .env = env_new(&(struct env_virtual){.start_at = 1, .seed = 7}), .is_sound = true};
    sim *golden = sim_new(8);
    t.book = ledger_new(7, false);
    store_close(open_on(&t));
    sim_power_on(t.disk);
    sim_copy(golden, t.disk);
    for (int i = 0; i < 12; i++) {
        t.kind = (enum kind)(i / 4);
        t.is_for_good = i % 2;
        t.is_spilling = i / 2 % 2;
        uint64_t struck = try_all(&t, golden);
        printf("%s %s%s: %llu points\n", names[t.kind], t.is_for_good ? "for good" : "once",
               t.is_spilling ? ", tiny cache" : "", (unsigned long long)struck);
        expect(&t, struck > TURNS, "the fault was hardly met", 0);
    }
    ledger_free(t.book);
    sim_free(t.disk);
    sim_free(golden);
    env_free(t.env);
    return t.is_sound ? 0 : 1;
}
