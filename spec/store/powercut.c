// Runs the store and the commit on a disk whose power fails, and looks for what was promised and is gone.
//
//   powercut [--cuts N] [--seed S] [--synchronous normal|full] [--early-answer] [--failing-syncs PERCENT] [--no-heal]
//   powercut faults                every write and sync fails in turn, once and for good; the disk fills at every write
//   powercut bench DIR             items a second for batches of 1, 16 and 64
//   powercut case NAME DIR         one case on real files; `case list -` names them
// Prints a line of results and exits 1 when something was lost.
#include "powercut.h"
#include "base/mem.h"
#include "sim.h"
#include "store/connection.h"
#include <stdio.h>
#include <stdlib.h>

#define FRESH_EVERY 40 // cuts on one database: then it starts small again

struct options {
    uint64_t cuts, seed;
    const char *synchronous;
    bool is_early, is_healing;
    unsigned failing_syncs;
};

struct world {
    const struct options *options;
    env *env;
    sim *disk, *golden;
    ledger *book;
    struct ledger_findings sum;
    uint64_t cuts, failed_syncs, answered, lives;
};

static err open_store(struct world *w, store **out) {
    struct store_options o = {.dir = "/disk", .mode = STORE_WRITE, .env = w->env};
    err e = store_open_on(&o, sim_vfs(w->disk), out, NULL);
    if (e) return e;
    (*out)->checkpoint_every = 1 + (int)sim_random(w->disk, 40);
    // A tiny cache writes frames into the log before their transaction is over.
    char sql[96];
    snprintf(sql, sizeof sql, "PRAGMA synchronous=%s; PRAGMA cache_size=%d", w->options->synchronous,
             sim_random(w->disk, 3) ? -65536 : 5);
    return store_exec(*out, sql, NULL);
}

static void add_findings(struct world *w, const struct ledger_findings *f) {
    w->sum.lost += f->lost;
    w->sum.doubled += f->doubled;
    w->sum.torn += f->torn;
    w->sum.miscounted += f->miscounted;
    w->sum.corrupt += f->corrupt;
}

// Posts until something breaks, or for a while.
static void live(struct world *w, store *s) {
    commit *c = commit_new(&(struct commit_options){.store = s, .env = w->env});
    for (int turn = 0; turn < 30 && !store_is_broken(s); turn++) {
        for (uint64_t n = sim_random(w->disk, 8); n > 0; n--)
            ledger_push(w->book, c, n % 5 ? COMMIT_ALERT : COMMIT_PERSON, (int64_t)n % 3);
        commit_turn(c);
        if (sim_random(w->disk, 12) == 0) store_truncate_log(s);
    }
    commit_stop(c);
    commit_free(c);
}

static void begin_anew(struct world *w) {
    w->answered += ledger_count(w->book, ERR_OK);
    ledger_clear(w->book);
    if (w->lives % (4 * FRESH_EVERY) == 0) sim_clear(w->disk); // the cut may come while the schema is made
    else sim_copy(w->disk, w->golden);
}

// One life: open (the power may fail in that too), check, post until the power fails, and what survived.
static void one_life(struct world *w) {
    if (w->lives++ % FRESH_EVERY == 0) begin_anew(w);
    if (sim_random(w->disk, 6) == 0) sim_cut_after(w->disk, 1 + sim_random(w->disk, 12));
    sim_fail_syncs(w->disk, w->options->failing_syncs);
    store *s = NULL;
    if (open_store(w, &s) == ERR_OK) {
        struct ledger_findings f = {0};
        if (!sim_is_cut(w->disk)) f = ledger_check(w->book, s);
        if (!sim_is_cut(w->disk)) add_findings(w, &f);
        if (!sim_is_cut(w->disk)) sim_cut_after(w->disk, 1 + sim_random(w->disk, 50));
        live(w, s);
    }
    store_close(s);
    sim_fail_syncs(w->disk, 0);
    if (!w->options->is_healing) sim_delete(w->disk, "storage-failed");
    // After a failed sync the process often starts again before the power goes: the page cache stays as it is.
    bool is_restart = w->options->failing_syncs && !sim_is_cut(w->disk) && sim_random(w->disk, 2);
    if (is_restart) return;
    sim_power_on(w->disk);
    w->cuts++;
}

static void make_golden(struct world *w) {
    store *s = NULL;
    struct options plain = *w->options;
    const struct options *asked = w->options;
    plain.synchronous = "full";
    w->options = &plain;
    CHECK(open_store(w, &s) == ERR_OK);
    store_close(s);
    sim_power_on(w->disk);
    sim_copy(w->golden, w->disk);
    w->options = asked;
}

static int run_cuts(const struct options *o) {
    struct world w = {.options = o, .env = env_new(&(struct env_virtual){.start_at = 1, .seed = o->seed})};
    w.disk = sim_new(o->seed);
    w.golden = sim_new(0);
    w.book = ledger_new(o->seed, o->is_early);
    int64_t start = clock_ns();
    make_golden(&w);
    while (w.cuts < o->cuts) one_life(&w);
    double seconds = (double)(clock_ns() - start) / 1e9;
    w.answered += ledger_count(w.book, ERR_OK);
    printf("%llu cuts, %llu answered, %llu lost, %llu doubled, %llu torn, %llu miscounted, %llu corrupt, %.0f cuts/s\n",
           (unsigned long long)w.cuts, (unsigned long long)w.answered, (unsigned long long)w.sum.lost,
           (unsigned long long)w.sum.doubled, (unsigned long long)w.sum.torn, (unsigned long long)w.sum.miscounted,
           (unsigned long long)w.sum.corrupt, (double)w.cuts / seconds);
    ledger_free(w.book);
    sim_free(w.disk);
    sim_free(w.golden);
    env_free(w.env);
    return ledger_is_clean(&w.sum) && w.answered > o->cuts ? 0 : 1;
}

static int usage(const char *argument) {
    fprintf(stderr, "powercut: unknown argument %s; the head of spec/store/powercut.c lists them\n", argument);
    return 2;
}

static int parse_cuts(int argc, char **argv) {
    struct options o = {.cuts = 200, .seed = 1, .synchronous = "full", .is_healing = true};
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "--early-answer") == 0) o.is_early = true;
        else if (strcmp(argv[i], "--no-heal") == 0) o.is_healing = false;
        else if (strcmp(argv[i], "--cuts") == 0) o.cuts = strtoull(value, NULL, 10), i++;
        else if (strcmp(argv[i], "--seed") == 0) o.seed = strtoull(value, NULL, 10), i++;
        else if (strcmp(argv[i], "--synchronous") == 0) o.synchronous = value, i++;
        else if (strcmp(argv[i], "--failing-syncs") == 0) o.failing_syncs = (unsigned)atoi(value), i++;
        else return usage(argv[i]);
    }
    return run_cuts(&o);
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "faults") == 0) return faults_run();
    if (argc == 3 && strcmp(argv[1], "bench") == 0) return bench_run(argv[2]);
    if (argc == 4 && strcmp(argv[1], "case") == 0) return case_run(argv[2], argv[3]);
    return parse_cuts(argc, argv);
}
