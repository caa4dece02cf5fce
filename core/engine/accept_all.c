// Stores the alerts of one request, all or none: the work of one accept_all inside the commit's transaction.
//
// They are one item, so that one COMMIT holds them: neither a full queue, nor a full disk, nor a kill leaves a part of a
// request behind, which its sender's next try would store a second time. The price is a batch that lasts as long as the
// largest request: about 15 ms for a thousand alerts.
#include "engine/engine_parts.h"

// Asked of all parts before the first writes.
static err find_stale(const struct accept_all *all) {
    for (const struct accept_item *a = all->first; a; a = a->next) {
        const struct config_integration *i = config_by_id(all->engine->config, a->signal.integration_id);
        if (!i) return ERR_NOT_FOUND;
        if (i->version == a->signal.integration_version && a->signal.has_words) continue;
        engine_count(&all->engine->counters.stale);
        return ERR_STALE;
    }
    return ERR_OK;
}

static err apply_all(struct commit_item *item, store *s, int64_t now) {
    struct accept_all *all = CONTAINER(item, struct accept_all, item);
    struct accept_item *a = all->first;
    if (!a->next) return a->item.apply(&a->item, s, now);
    err e = find_stale(all);
    if (e != ERR_OK) return e;
    for (; a && e == ERR_OK; a = a->next) e = a->item.apply(&a->item, s, now);
    // By now a refusal has left others written: only an error takes them back.
    bool is_refusal = e == ERR_CONFLICT || e == ERR_NOT_FOUND || e == ERR_INVALID || e == ERR_STALE;
    return is_refusal ? ERR_CORRUPT : e;
}

void accept_all_init(struct accept_all *all, engine *e, struct accept_item *first) {
    CHECK(first);
    for (struct accept_item *a = first; a; a = a->next) accept_init(a, e);
    all->engine = e;
    all->first = first;
    all->item.class = first->item.class;
    all->item.lane = first->item.lane;
    all->item.apply = apply_all;
}
