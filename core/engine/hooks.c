#include "engine/hooks.h"
#include "base/mem.h"

#define HOOKS_MAX 5000

struct hook {
    int64_t id;
    enum hook_trigger trigger;
    int64_t *integrations; // 0 of them: all
    size_t integration_count;
};

struct hooks {
    arena *arena; // of the list
    struct hook *list;
    size_t count;
};

static const char *const trigger_texts[] = {
#define X(name, text) text,
    HOOK_TRIGGER_LIST(X)
#undef X
};

const char *hook_trigger_text(enum hook_trigger t) { return trigger_texts[t]; }

hooks *hooks_new(void) {
    hooks *h = NEW(hooks);
    h->arena = arena_new();
    return h;
}

void hooks_free(hooks *h) {
    if (h) arena_free(h->arena);
    mem_free(h);
}

static bool trigger_from(str text, enum hook_trigger *out) {
    for (size_t i = 0; i < sizeof trigger_texts / sizeof *trigger_texts; i++)
        if (str_is(text, str_of(trigger_texts[i]))) {
            *out = (enum hook_trigger)i;
            return true;
        }
    return false;
}

err hooks_refresh(hooks *h, store *s) {
    arena *a = arena_new();
    struct store_rows rows;
    err e = store_run(s, a,
                      "SELECT id, trigger_type, integration_filter FROM webhook WHERE is_enabled = 1 AND deleted_at IS "
                      "NULL AND trigger_type <> 'escalation' ORDER BY id",
                      NULL, 0, HOOKS_MAX, &rows, NULL);
    if (e != ERR_OK) {
        arena_free(a);
        return e;
    }
    struct hooks fresh = {.arena = a, .list = arena_alloc(a, (rows.count + 1) * sizeof *h->list)};
    for (size_t i = 0; i < rows.count; i++) {
        const struct store_value *v = &rows.values[3 * i];
        struct hook *hook = &fresh.list[fresh.count];
        struct id_list ids = id_list_parse(a, v[2].text);
        *hook = (struct hook){.id = v[0].integer, .integrations = ids.ids, .integration_count = ids.count};
        fresh.count += trigger_from(v[1].text, &hook->trigger);
    }
    arena_free(h->arena);
    *h = fresh;
    return ERR_OK;
}

static bool hears(const struct hook *hook, enum hook_trigger trigger, int64_t integration_id) {
    bool is_status = trigger >= HOOK_ACKNOWLEDGE && trigger <= HOOK_UNACKNOWLEDGE;
    if (hook->trigger != trigger && !(is_status && hook->trigger == HOOK_STATUS)) return false;
    bool is_named = hook->integration_count == 0;
    for (size_t i = 0; i < hook->integration_count; i++) is_named |= hook->integrations[i] == integration_id;
    return is_named;
}

size_t hooks_find(const hooks *h, enum hook_trigger trigger, int64_t integration_id, int64_t *ids, size_t max) {
    size_t n = 0;
    for (size_t i = 0; i < h->count && n < max; i++)
        if (hears(&h->list[i], trigger, integration_id)) ids[n++] = h->list[i].id;
    return n;
}

bool hook_trigger_of(const struct group_line *line, enum hook_trigger *out) {
    static const struct {
        const char *action;
        enum hook_trigger trigger;
    } list[] = {
        {"registered", HOOK_CREATED},
        {"acknowledged", HOOK_ACKNOWLEDGE},
        {"resolved", HOOK_RESOLVE},
        {"silenced", HOOK_SILENCE},
        {"unsilenced", HOOK_UNSILENCE},
        {"unresolved", HOOK_UNRESOLVE},
        {"unacknowledged", HOOK_UNACKNOWLEDGE},
    };
    if (line->is_implied) return false;
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (strcmp(line->action, list[i].action) == 0) {
            *out = list[i].trigger;
            return true;
        }
    return false;
}
