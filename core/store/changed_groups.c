#include "store/changed_groups.h"
#include "base/mem.h"
#include <stdlib.h>

struct change {
    int64_t group_id, integration_id;
    bool by_alert; // one of these changes
};

struct changed_groups {
    store *store;
    store_stmt *insert, *trim;
    struct change *list;
    size_t count, room;
    bool has_others; // some change was not by an alert
};

changed_groups *changed_groups_new(store *s) {
    changed_groups *c = NEW(changed_groups);
    c->store = s;
    c->insert = store_prepare(s, "INSERT INTO group_change (alert_group_id, integration_id) VALUES ($1, $2)");
    c->trim = store_prepare(s, "DELETE FROM group_change WHERE id <= (SELECT MAX(id) FROM group_change) - 20000");
    return c;
}

void changed_groups_free(changed_groups *c) {
    if (c) mem_free(c->list);
    mem_free(c);
}

void changed_groups_note(changed_groups *c, int64_t group_id, int64_t integration_id, bool by_alert) {
    struct change *last = c->count ? &c->list[c->count - 1] : NULL;
    c->has_others |= !by_alert;
    if (last && last->group_id == group_id) {
        last->by_alert |= by_alert;
        return;
    }
    if (c->count == c->room) c->list = mem_grow(c->list, (c->room = c->room ? 2 * c->room : 256) * sizeof *c->list);
    CHECK(c->list);
    c->list[c->count++] = (struct change){.group_id = group_id, .integration_id = integration_id, .by_alert = by_alert};
}

static int by_group(const void *a, const void *b) {
    const struct change *x = a, *y = b;
    return x->group_id < y->group_id ? -1 : x->group_id > y->group_id;
}

static void unite(changed_groups *c) {
    size_t n = 0;
    if (c->count) qsort(c->list, c->count, sizeof *c->list, by_group);
    for (size_t i = 0; i < c->count; i++) {
        if (n && c->list[n - 1].group_id == c->list[i].group_id) c->list[n - 1].by_alert |= c->list[i].by_alert;
        else c->list[n++] = c->list[i];
    }
    c->count = n;
}

static err run(store_stmt *st) {
    err e = store_step(st, NULL);
    store_reset(st);
    return e;
}

err changed_groups_write(changed_groups *c) {
    err e = ERR_OK;
    size_t written = 0;
    if (!c->has_others) return ERR_OK;
    unite(c);
    for (size_t i = 0; i < c->count && e == ERR_OK; i++) {
        if (c->list[i].by_alert) continue;
        store_bind_int(c->insert, 1, c->list[i].group_id);
        store_bind_int(c->insert, 2, c->list[i].integration_id);
        e = run(c->insert);
        written++;
    }
    return e == ERR_OK && written ? run(c->trim) : e;
}

size_t changed_groups_count(const changed_groups *c) { return c->count; }
int64_t changed_groups_at(const changed_groups *c, size_t i) { return c->list[i].group_id; }

void changed_groups_clear(changed_groups *c) {
    c->count = 0;
    c->has_others = false;
}
