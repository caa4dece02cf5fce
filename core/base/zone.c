// Finds, reads and keeps time zones; TZif is RFC 8536. The rule behind the last transition is zone_rule.c.
#include "base/zone.h"
#include "base/mem.h"
#include "base/zone_rule.h"
#include <dirent.h>
#include <stdio.h>

#define FOLDER            "/usr/share/zoneinfo"
#define NAME_MAX_BYTES    64
#define FILE_MAX_BYTES    (256u << 10)
#define ABBREVIATIONS_MAX 256

struct type {
    int32_t offset;
    bool is_dst;
    uint8_t name; // offset in `names`
};

struct zone {
    struct zone *next;
    char name[NAME_MAX_BYTES + 1];
    uint32_t moment_count, type_count;
    int64_t *moments; // transitions, rising
    uint8_t *kinds;   // the type that begins at each
    struct type *types;
    char names[ABBREVIATIONS_MAX + 1];
    struct zone_rule rule;
};

struct zones {
    char *folder;
    struct zone *first;
    struct zone *by_rule; // their names are their rules
};

// --- TZif ---

struct reader {
    const unsigned char *at, *end;
};

static bool has(const struct reader *r, size_t n) { return (size_t)(r->end - r->at) >= n; }

static int64_t read_big_endian(struct reader *r, int bytes) { // the caller has checked the room
    uint64_t v = bytes == 4 && (*r->at & 0x80) ? ~(uint64_t)0 : 0;
    for (int i = 0; i < bytes; i++) v = v << 8 | *r->at++;
    return (int64_t)v;
}

struct header {
    int version;
    uint32_t isut, isstd, leaps, moments, types, chars;
};

#define HEADER_BYTES 44

static bool read_header(struct reader *r, struct header *h) {
    if (!has(r, HEADER_BYTES) || memcmp(r->at, "TZif", 4) != 0) return false;
    h->version = r->at[4];
    r->at += 20;
    uint32_t *const counts[] = {&h->isut, &h->isstd, &h->leaps, &h->moments, &h->types, &h->chars};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        *counts[i] = (uint32_t)read_big_endian(r, 4);
        if (*counts[i] > FILE_MAX_BYTES) return false;
    }
    return true;
}

static size_t data_bytes(const struct header *h, size_t time) {
    return h->moments * (time + 1) + h->types * (size_t)6 + h->chars + h->leaps * (time + 4) + h->isstd + h->isut;
}

static bool read_types(struct reader *r, const struct header *h, struct zone *z) {
    z->types = mem_zero(h->types * sizeof *z->types);
    z->type_count = h->types;
    for (uint32_t i = 0; i < h->types; i++) {
        z->types[i].offset = (int32_t)read_big_endian(r, 4);
        z->types[i].is_dst = *r->at++ != 0;
        z->types[i].name = *r->at++;
        if (z->types[i].name >= h->chars) return false;
    }
    for (uint32_t i = 0; i < h->moments; i++)
        if (z->kinds[i] >= h->types) return false;
    return true;
}

static bool read_data(struct reader *r, const struct header *h, int time, struct zone *z) {
    if (!has(r, data_bytes(h, (size_t)time)) || h->types == 0 || h->chars > ABBREVIATIONS_MAX) return false;
    z->moments = mem_zero(h->moments * sizeof *z->moments + 1);
    z->kinds = mem_zero(h->moments + 1);
    z->moment_count = h->moments;
    for (uint32_t i = 0; i < h->moments; i++) z->moments[i] = read_big_endian(r, time);
    memcpy(z->kinds, r->at, h->moments);
    r->at += h->moments;
    if (!read_types(r, h, z)) return false;
    memcpy(z->names, r->at, h->chars);
    r->at += h->chars + h->leaps * (size_t)(time + 4) + h->isstd + h->isut;
    return true;
}

static bool parse(str file, struct zone *z) {
    struct reader r = {(const unsigned char *)file.ptr, (const unsigned char *)file.ptr + file.len};
    struct header h;
    if (!read_header(&r, &h)) return false;
    if (h.version < '2') return read_data(&r, &h, 4, z);
    size_t skipped = data_bytes(&h, 4);
    if (!has(&r, skipped)) return false;
    r.at += skipped;
    if (!read_header(&r, &h) || !read_data(&r, &h, 8, z)) return false;
    if (!has(&r, 2) || *r.at++ != '\n') return true;
    const unsigned char *end = memchr(r.at, '\n', (size_t)(r.end - r.at));
    if (end && end > r.at && !zone_rule_parse((str){(const char *)r.at, (size_t)(end - r.at)}, &z->rule)) return false;
    return true;
}

// --- finding the file ---

static bool is_component(str part) {
    for (size_t i = 0; i < part.len; i++) {
        char c = part.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
              c == '+'))
            return false;
    }
    return part.len > 0;
}

// Copies of the database under other names, and files that are no zone.
static bool is_hidden(str part) {
    static const char *const names[] = {"posix", "right", "localtime", "posixrules", "Factory"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is_nocase(part, str_of(names[i]))) return true;
    return false;
}

// Adds the entry of the folder `path` that is `part` in some case; the first in byte order where there are
// two.
static bool add_component(char *path, size_t size, str part) {
    DIR *folder = opendir(path);
    if (!folder) return false;
    char found[NAME_MAX_BYTES + 1] = "";
    for (const struct dirent *e; (e = readdir(folder));)
        if (str_is_nocase(part, str_of(e->d_name)) && (!*found || strcmp(e->d_name, found) < 0))
            memcpy(found, e->d_name, part.len + 1);
    closedir(folder);
    size_t used = strlen(path);
    if (!*found || used + part.len + 2 > size) return false;
    snprintf(path + used, size - used, "/%s", found);
    return true;
}

static bool find(const char *folder, str name, char *path, size_t size) {
    str part;
    bool first = true;
    snprintf(path, size, "%s", folder);
    while (str_split(&name, '/', &part)) {
        if (!is_component(part) || (first && is_hidden(part)) || !add_component(path, size, part)) return false;
        first = false;
    }
    return !first;
}

static bool load(const char *path, struct zone *z) {
    FILE *file = fopen(path, "rbe");
    if (!file) return false;
    char *data = mem_alloc(FILE_MAX_BYTES);
    size_t n = fread(data, 1, FILE_MAX_BYTES, file);
    bool ok = !ferror(file) && parse((str){data, n}, z);
    mem_free(data);
    (void)fclose(file);
    return ok;
}

// --- the cache ---

static void free_zone(struct zone *z) {
    mem_free(z->moments);
    mem_free(z->kinds);
    mem_free(z->types);
    mem_free(z);
}

static void free_list(struct zone *first) {
    for (struct zone *z = first, *next; z; z = next) {
        next = z->next;
        free_zone(z);
    }
}

static struct zone *read_zone(const char *folder, str name) {
    char path[512];
    struct zone *z = NEW(struct zone);
    if (str_is_nocase(name, STR("UTC"))) {
        memcpy(z->name, "UTC", 4);
        zone_rule_parse(STR("UTC0"), &z->rule);
        return z;
    }
    size_t skipped = strlen(folder) + 1;
    if (find(folder, name, path, sizeof path) && load(path, z)) {
        memcpy(z->name, path + skipped, name.len);
        return z;
    }
    free_zone(z);
    return NULL;
}

zones *zones_new(const char *folder) {
    struct zones *z = NEW(struct zones);
    z->folder = mem_copy(folder ? folder : FOLDER, strlen(folder ? folder : FOLDER));
    return z;
}

void zones_free(zones *z) {
    if (!z) return;
    free_list(z->first);
    free_list(z->by_rule);
    mem_free(z->folder);
    mem_free(z);
}

const zone *zones_get(zones *z, str name) {
    if (name.len == 0 || name.len > NAME_MAX_BYTES || name.ptr[name.len - 1] == '/') return NULL;
    for (struct zone **at = &z->first; *at; at = &(*at)->next) {
        struct zone *found = *at;
        if (!str_is_nocase(name, str_of(found->name))) continue;
        *at = found->next; // to the front: the same few are asked for again and again
        found->next = z->first;
        return z->first = found;
    }
    struct zone *read = read_zone(z->folder, name);
    if (!read) return NULL;
    read->next = z->first;
    return z->first = read;
}

const zone *zones_by_rule(zones *z, str rule) {
    if (rule.len == 0 || rule.len > NAME_MAX_BYTES) return NULL;
    for (struct zone *at = z->by_rule; at; at = at->next)
        if (str_is(rule, str_of(at->name))) return at;
    struct zone *made = NEW(struct zone);
    memcpy(made->name, rule.ptr, rule.len);
    if (!zone_rule_parse(rule, &made->rule)) {
        free_zone(made);
        return NULL;
    }
    made->next = z->by_rule;
    return z->by_rule = made;
}

const char *zone_name(const zone *z) { return z->name; }

struct zone_moment zone_at(const zone *z, int64_t at) {
    if (z->rule.is_set && (z->moment_count == 0 || at >= z->moments[z->moment_count - 1]))
        return zone_rule_at(&z->rule, at);
    uint32_t low = 0, high = z->moment_count; // the first transition after `at`
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (z->moments[middle] <= at) low = middle + 1;
        else high = middle;
    }
    const struct type *type = &z->types[low ? z->kinds[low - 1] : 0];
    return (struct zone_moment){type->offset, type->is_dst, z->names + type->name};
}

int64_t zone_utc(const zone *z, int64_t wall) {
    int32_t before = zone_at(z, wall - 86400).offset, after = zone_at(z, wall + 86400).offset;
    if (before == after || zone_at(z, wall - before).offset == before) return wall - before;
    return zone_at(z, wall - after).offset == after ? wall - after : wall - before;
}
