#include "engine/renderer.h"
#include "base/mem.h"
#include "engine/engine.h"
#include "script/fuel.h"

struct renderer {
    script *script;
    log_t *log;
    engine *engine;      // whose groups are guessed at; NULL: nothing is guessed
    int64_t integration; // being rendered
    struct script_question is_open;
    struct known {
        int64_t id, version;
        uint64_t generation; // of the files that it was made of
        unsigned flags;
        char *broken; // the sentence that goes with RENDER_IS_BROKEN, or NULL
    } * known;        // sorted by id
    size_t count;
};

renderer *renderer_new(const struct script_options *options, log_t *log, struct why *why) {
    script *s = script_new(options, why);
    if (!s) return NULL;
    renderer *r = NEW(renderer);
    r->script = s;
    r->log = log;
    return r;
}

void renderer_free(renderer *r) {
    if (!r) return;
    script_free(r->script);
    for (size_t i = 0; i < r->count; i++) mem_free(r->known[i].broken);
    mem_free(r->known);
    mem_free(r);
}

script *renderer_script(renderer *r) { return r->script; }

static str text_of(const struct script_value *v) { return v->type == SCRIPT_STR ? v->text : (str){NULL, 0}; }

static bool is_open(void *ctx, str grouping_id, int64_t route_id) {
    const renderer *r = ctx;
    return engine_guess_open(r->engine, r->integration, route_id, grouping_id);
}

void renderer_guess(renderer *r, engine *e) {
    r->engine = e;
    r->is_open = (struct script_question){is_open, r};
}

static struct known *known_of(renderer *r, int64_t id) {
    size_t low = 0, high = r->count;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (r->known[mid].id < id) low = mid + 1;
        else high = mid;
    }
    if (low < r->count && r->known[low].id == id) return &r->known[low];
    r->known = mem_grow(r->known, (r->count + 1) * sizeof *r->known);
    memmove(&r->known[low + 1], &r->known[low], (r->count - low) * sizeof *r->known);
    r->count++;
    r->known[low] = (struct known){.id = id, .version = -1};
    return &r->known[low];
}

static void learn(struct known *k, int64_t version, uint64_t generation, const struct script_value v[2]) {
    str sentence = text_of(&v[1]);
    k->version = version;
    k->generation = generation;
    k->flags = v[0].type == SCRIPT_INT ? (unsigned)v[0].integer : 0;
    mem_free(k->broken);
    k->broken = k->flags & RENDER_IS_BROKEN ? mem_copy(sentence.ptr ? sentence.ptr : "", sentence.len) : NULL;
}

err renderer_prepare(renderer *r, const struct config_integration *i, unsigned *flags, struct why *why) {
    struct known *k = known_of(r, i->id);
    uint64_t generation = script_generation(r->script);
    if (k->version != i->version || k->generation != generation) {
        struct script_value args[] = {{.type = SCRIPT_INT, .integer = i->id},
                                      {.type = SCRIPT_INT, .integer = i->version},
                                      {.type = SCRIPT_STR, .text = i->json}};
        struct script_value results[2] = {0};
        arena *a = arena_new();
        // Compiling an integration's templates is charged, but not to one alert.
        struct script_budget budget = {.fuel = FUEL_SLOW * 4};
        err e = script_call(r->script, "signal", "configure", args, 3, budget, a, results, 2, why);
        if (e == ERR_OK) learn(k, i->version, generation, results);
        arena_free(a);
        if (e != ERR_OK) return e;
    }
    *flags = k->flags;
    if (k->broken) why_set(why, ERR_OK, "%s", k->broken);
    return ERR_OK;
}

enum { R_GROUPING, R_RESOLVE, R_ACKNOWLEDGE, R_ROUTE, R_TITLE, R_LABELS, R_PROBLEMS, R_SILENCED, R_COUNT };

static bool is_true(const struct script_value *v) { return v->type == SCRIPT_BOOL && v->boolean; }

static void fill_signal(const struct config_integration *i, const struct script_value v[R_COUNT], struct signal *out) {
    out->integration_id = i->id;
    out->integration_version = i->version;
    out->grouping_id = text_of(&v[R_GROUPING]);
    out->has_grouping_id = v[R_GROUPING].type == SCRIPT_STR;
    out->is_resolve = is_true(&v[R_RESOLVE]) && i->allow_resolve;
    out->is_acknowledge = is_true(&v[R_ACKNOWLEDGE]);
    out->route_id = v[R_ROUTE].type == SCRIPT_INT ? v[R_ROUTE].integer : 0;
    out->has_words = v[R_TITLE].type == SCRIPT_STR;
    out->title = text_of(&v[R_TITLE]);
    out->labels = text_of(&v[R_LABELS]);
    out->problems = text_of(&v[R_PROBLEMS]);
    out->silenced_until = v[R_SILENCED].type == SCRIPT_INT ? v[R_SILENCED].integer : 0;
}

err renderer_signal(renderer *r, const struct config_integration *i, const struct json *payload, int64_t now,
                    int64_t fuel, int64_t field_fuel, bool is_whole, arena *a, struct signal *out, struct why *why) {
    bool is_guessed = r->engine && !is_whole;
    struct script_value args[] = {{.type = SCRIPT_INT, .integer = i->id},
                                  {.type = SCRIPT_JSON, .json = payload},
                                  {.type = SCRIPT_INT, .integer = now},
                                  {.type = SCRIPT_INT, .integer = field_fuel},
                                  {.type = SCRIPT_QUESTION, .question = &r->is_open}};
    bool is_slow = field_fuel > 0;
    if (!is_slow) args[3].type = SCRIPT_NIL;
    r->integration = i->id;
    // In the slow lane each template has field_fuel and MEMORY_SLOW (fuel.bounded); the alert as a whole has fuel for this
    // many that use it up, and memory for the tables of its payload, which all templates share.
    enum { SLOW_TEMPLATES = 16 };
    struct script_budget budget = {.fuel = is_slow ? field_fuel * SLOW_TEMPLATES : fuel,
                                   .memory_bytes = is_slow ? 2 * MEMORY_SLOW : MEMORY_INLINE};
    struct script_value v[R_COUNT] = {0};
    err e = script_call(r->script, "signal", "render", args, is_guessed ? 5 : 4, budget, a, v, R_COUNT, why);
    if (e != ERR_OK) return e;
    fill_signal(i, v, out);
    if (out->problems.len) __atomic_add_fetch(&i->counters->template_errors, 1, __ATOMIC_RELAXED);
    return ERR_OK;
}

void renderer_fallback(const struct config_integration *i, str bytes, const char *reason, arena *a,
                       struct signal *out) {
    str head = {bytes.ptr, str_utf8_cut(bytes, 200)};
    buf title = {0}, problems = {0};
    buf_printf(&title, "%.*s: ", STR_FMT(i->name));
    buf_str(&title, head);
    if (head.len < bytes.len) buf_lit(&title, "..");
    buf_lit(&problems, "{\"alert\":");
    buf_json(&problems, str_of(reason));
    buf_char(&problems, '}');
    out->has_words = true;
    out->title = arena_str(a, buf_view(&title));
    out->problems = arena_str(a, buf_view(&problems));
    buf_free(&title);
    buf_free(&problems);
    out->integration_id = i->id;
    out->integration_version = i->version;
    out->grouping_id = bytes;
    out->has_grouping_id = true;
    out->is_resolve = out->is_acknowledge = false;
    out->labels = (str){NULL, 0};
    out->route_id = i->route_count ? i->routes[i->route_count - 1].id : 0;
    out->flags |= SIGNAL_RAW;
    __atomic_add_fetch(&i->counters->template_errors, 1, __ATOMIC_RELAXED);
}
