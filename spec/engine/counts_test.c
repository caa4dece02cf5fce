// Counts of alert groups beside a model of them, while another thread reads: counts_test ROUNDS SEED. Groups open, change
// and go by items that are kept, undone or rolled back, with more values of the label than are told apart.
#include "base/err.h"
#include "engine/group_counts.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define GROUPS       1000
#define INTEGRATIONS 40
#define VALUES       (GROUP_COUNTS_VALUES + 30)

#define DAY_US 86400000000
#define NOW    (20000 * DAY_US)

struct model {
    bool is_there;
    unsigned integration, value, state;
    int64_t began, response;
};

struct test {
    group_counts *counts;
    uint64_t random;
    struct model live[GROUPS], kept[GROUPS], committed[GROUPS];
    bool is_over; // atomically
    int64_t sums[INTEGRATIONS][GROUP_COUNTS_STATES], wrong;
    int64_t answers[INTEGRATIONS], answer_ms[INTEGRATIONS];
};

static unsigned draw(struct test *t, unsigned below) {
    t->random = t->random * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(t->random >> 33) % below;
}

static struct counted_group counted(size_t id, const struct model *m, char text[static 32]) {
    int n = snprintf(text, 32, "{\"a\":\"b\",\"key\":\"v%u\"}", m->value);
    return (struct counted_group){(int64_t)id + 1, m->integration, m->state, m->began, m->response, {text, (size_t)n}};
}

static void change(struct test *t) {
    char before[32], after[32];
    size_t id = draw(t, GROUPS);
    struct model *m = &t->live[id], was = *m;
    if (!was.is_there)
        *m = (struct model){true, draw(t, INTEGRATIONS), draw(t, VALUES), 0, NOW - draw(t, 12) * DAY_US, -1};
    else if (draw(t, 4) == 0) m->is_there = false;
    else m->state = draw(t, GROUP_COUNTS_STATES);
    if (was.is_there && was.response < 0 && m->state) m->response = draw(t, 8000) * 1000;
    struct counted_group from = counted(id, &was, before), to = counted(id, m, after);
    group_counts_move(t->counts, was.is_there ? &from : NULL, m->is_there ? &to : NULL);
}

static void item(struct test *t) {
    for (unsigned n = draw(t, 4); n; n--) change(t);
    bool is_undone = draw(t, 8) == 0;
    (is_undone ? group_counts_undo : group_counts_keep)(t->counts);
    if (is_undone) memcpy(t->live, t->kept, sizeof t->live);
    else memcpy(t->kept, t->live, sizeof t->kept);
}

static void batch(struct test *t) {
    for (unsigned n = draw(t, 10); n; n--) item(t);
    bool is_lost = draw(t, 5) == 0;
    if (is_lost) group_counts_roll_back(t->counts);
    else group_counts_commit(t->counts, NOW);
    if (!is_lost) memcpy(t->committed, t->live, sizeof t->committed);
    memcpy(t->live, t->committed, sizeof t->live);
    memcpy(t->kept, t->committed, sizeof t->kept);
}

static void look(void *ctx, const struct group_count *cell) {
    int64_t *wrong = ctx;
    for (size_t s = 0; s < GROUP_COUNTS_STATES; s++) *wrong += cell->groups[s] < 0;
}

static void *read_on(void *arg) {
    struct test *t = arg;
    int64_t *wrong = calloc(1, sizeof *wrong);
    while (!__atomic_load_n(&t->is_over, __ATOMIC_ACQUIRE)) group_counts_list(t->counts, NOW, look, wrong);
    return wrong;
}

// One that is told apart has just its own groups; all together have all.
static void compare(void *ctx, const struct group_count *cell) {
    struct test *t = ctx;
    int64_t own[GROUP_COUNTS_STATES] = {0};
    char text[16];
    for (size_t i = 0; i < GROUPS; i++) {
        const struct model *m = &t->committed[i];
        int n = snprintf(text, sizeof text, "v%u", m->value);
        if (m->is_there && m->integration == cell->integration_id && str_is(cell->value, (str){text, (size_t)n}))
            own[m->state]++;
    }
    for (size_t s = 0; s < GROUP_COUNTS_STATES; s++) {
        t->wrong += !cell->is_rest && cell->groups[s] != own[s];
        t->sums[cell->integration_id][s] -= cell->groups[s];
    }
    for (size_t i = 0; i < GROUP_COUNTS_BUCKETS; i++) t->answers[cell->integration_id] -= (int64_t)cell->answers[i];
    t->answer_ms[cell->integration_id] -= (int64_t)cell->answer_ms;
}

// What the whole has to add up to: answers to groups of the last seven days only.
static void add_model(struct test *t, const struct model *m) {
    if (!m->is_there) return;
    t->sums[m->integration][m->state]++;
    if (m->response < 0 || m->began <= NOW - 8 * DAY_US) return;
    t->answers[m->integration]++;
    t->answer_ms[m->integration] += m->response;
}

int main(int argc, char **argv) {
    CHECK(argc == 3);
    struct test *t = calloc(1, sizeof *t);
    t->counts = group_counts_new("key");
    t->random = (uint64_t)atoll(argv[2]);
    group_counts_come(t->counts, INT64_MAX);
    group_counts_commit(t->counts, NOW);
    pthread_t reader;
    void *seen = NULL;
    CHECK(pthread_create(&reader, NULL, read_on, t) == 0);
    for (long n = atol(argv[1]); n; n--) batch(t);
    __atomic_store_n(&t->is_over, true, __ATOMIC_RELEASE);
    pthread_join(reader, &seen);
    for (size_t i = 0; i < GROUPS; i++) add_model(t, &t->committed[i]);
    CHECK(group_counts_list(t->counts, NOW, compare, t));
    for (size_t i = 0; i < INTEGRATIONS; i++) {
        for (size_t s = 0; s < GROUP_COUNTS_STATES; s++) t->wrong += t->sums[i][s] != 0;
        t->wrong += t->answers[i] != 0 || t->answer_ms[i] != 0;
    }
    int64_t wrong = t->wrong + *(int64_t *)seen;
    printf("%lld wrong\n", (long long)wrong);
    group_counts_free(t->counts);
    free(seen);
    free(t);
    return wrong != 0;
}
