#include "settings.h"
#include "net/http_client.h"
#include "net/listening.h"
#include "web_headers.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void settings_defaults(struct settings *out) {
    *out = (struct settings){
#define TEXT(name, value, ...) .name = (value),
#define INT(name, value, ...)  .name = (value),
#define BOOL(name, value, ...) .name = (value),
        SETTING_LIST(TEXT, INT, BOOL)
#undef TEXT
#undef INT
#undef BOOL
    };
}

static err set_int(int64_t *out, str name, str value, int64_t least, int64_t most, const char *where, struct why *why) {
    int64_t n;
    if (!str_to_int(value, &n))
        return why_set(why, ERR_INVALID, "%s: %.*s must be a whole number, not '%.*s'", where, STR_FMT(name),
                       STR_FMT(value));
    if (n < least || n > most)
        return why_set(why, ERR_LIMIT, "%s: %.*s must be from %lld to %lld, not %lld", where, STR_FMT(name),
                       (long long)least, (long long)most, (long long)n);
    *out = n;
    return ERR_OK;
}

static err set_bool(bool *out, str name, str value, const char *where, struct why *why) {
    static const struct {
        const char *text;
        bool value;
    } words[] = {{"1", true}, {"0", false}, {"true", true}, {"false", false}, {"on", true}, {"off", false}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is_nocase(value, str_of(words[i].text))) {
            *out = words[i].value;
            return ERR_OK;
        }
    return why_set(why, ERR_INVALID, "%s: %.*s must be 1/0, true/false or on/off, not '%.*s'", where, STR_FMT(name),
                   STR_FMT(value));
}

err settings_set(arena *a, struct settings *s, str name, str value, const char *where, struct why *why) {
#define TEXT(field, ...)                    \
    if (str_is(name, STR(#field))) {        \
        s->field = arena_str(a, value).ptr; \
        return ERR_OK;                      \
    }
#define INT(field, standard, least, most, help) \
    if (str_is(name, STR(#field))) return set_int(&s->field, name, value, least, most, where, why);
#define BOOL(field, ...) \
    if (str_is(name, STR(#field))) return set_bool(&s->field, name, value, where, why);
    SETTING_LIST(TEXT, INT, BOOL)
#undef TEXT
#undef INT
#undef BOOL
    return why_set(why, ERR_NOT_FOUND, "%s: unknown setting '%.*s'; `tocsin serve --help` lists them", where,
                   STR_FMT(name));
}

static str underscored(arena *a, str flag) {
    str copy = arena_str(a, flag);
    char *p = (char *)(uintptr_t)copy.ptr;
    for (size_t i = 0; i < copy.len; i++)
        if (p[i] == '-') p[i] = '_';
    return copy;
}

static err load_file(arena *a, const char *path, struct settings *s, struct why *why) {
    FILE *file = fopen(path, "re");
    if (!file) return why_set(why, ERR_IO, "--config %s: %s", path, strerror(errno));
    char *line = NULL;
    size_t size = 0;
    err e = ERR_OK;
    for (int number = 1; e == ERR_OK && getline(&line, &size, file) > 0; number++) {
        str text = str_trim(str_of(line));
        if (!text.len || text.ptr[0] == '#') continue;
        char where[600];
        snprintf(where, sizeof where, "%s line %d", path, number);
        ptrdiff_t equals = str_find(text, '=');
        if (equals < 0) e = why_set(why, ERR_INVALID, "%s: expected `name = value`", where);
        else
            e = settings_set(a, s, str_trim((str){text.ptr, (size_t)equals}),
                             str_trim(str_from(text, (size_t)equals + 1)), where, why);
    }
    if (e == ERR_OK && ferror(file)) e = why_set(why, ERR_IO, "--config %s: %s", path, strerror(errno));
    free(line);
    fclose(file);
    return e;
}

static err load_environment(arena *a, struct settings *s, struct why *why) {
    extern char **environ;
    for (char **v = environ; *v; v++) {
        str entry = str_of(*v);
        if (!str_starts(entry, STR("TOCSIN_"))) continue;
        ptrdiff_t equals = str_find(entry, '=');
        if (equals < 0) continue;
        str name = arena_str(a, (str){entry.ptr + 7, (size_t)equals - 7});
        char *p = (char *)(uintptr_t)name.ptr;
        for (size_t i = 0; i < name.len; i++) p[i] = (char)tolower((unsigned char)p[i]);
        char where[64];
        snprintf(where, sizeof where, "environment %.*s", (int)equals, entry.ptr);
        err e = settings_set(a, s, name, str_from(entry, (size_t)equals + 1), where, why);
        if (e != ERR_OK) return e;
    }
    return ERR_OK;
}

// Takes `--name value` or `--name=value` off the words.
static err next_flag(arena *a, int count, char **args, int *at, str *name, str *value, struct why *why) {
    str word = str_of(args[*at]);
    if (!str_starts(word, STR("--"))) return why_set(why, ERR_INVALID, "unexpected '%s'", args[*at]);
    word = str_from(word, 2);
    ptrdiff_t equals = str_find(word, '=');
    if (equals >= 0) {
        *name = underscored(a, (str){word.ptr, (size_t)equals});
        *value = str_from(word, (size_t)equals + 1);
    } else {
        if (*at + 1 >= count) return why_set(why, ERR_INVALID, "--%.*s needs a value", STR_FMT(word));
        *name = underscored(a, word);
        *value = str_of(args[++*at]);
    }
    ++*at;
    return ERR_OK;
}

static bool is_folder(const char *dir, const char *below) {
    char path[4096];
    struct stat st;
    int n = snprintf(path, sizeof path, "%s%s", dir, below);
    return n > 0 && (size_t)n < sizeof path && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool is_url(str s) {
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] <= ' ' || s.ptr[i] > '~' || strchr("\"'<>\\`?#", s.ptr[i])) return false;
    return (str_starts(s, STR("http://")) && s.len > 7) || (str_starts(s, STR("https://")) && s.len > 8);
}

static err check_outgoing(const struct settings *s, struct why *why) {
    struct address_guard guard;
    struct why inner = {""};
    if (address_guard_parse(str_of(s->allow_private_webhooks), &guard, &inner) != ERR_OK)
        return why_set(why, ERR_INVALID, "allow_private_webhooks: %.400s", inner.text);
    if (!resolver_is_servers(s->dns_servers, &inner))
        return why_set(why, ERR_INVALID, "dns_servers: %.400s", inner.text);
    str beat = str_of(s->outbound_heartbeat_url);
    if (beat.len && !str_starts(beat, STR("https://")) && !str_starts(beat, STR("http://")))
        return why_set(why, ERR_INVALID, "outbound_heartbeat_url must be an http or https URL, not '%s'", beat.ptr);
    if (*s->outgoing_proxy && !http_client_is_proxy(s->outgoing_proxy))
        return why_set(why, ERR_INVALID, "outgoing_proxy must be a URL such as http://proxy.example:3128, not '%s'",
                       s->outgoing_proxy);
    if (*s->ca_file && access(s->ca_file, R_OK) != 0)
        return why_set(why, ERR_INVALID, "ca_file: %s cannot be read: %s", s->ca_file, strerror(errno));
    return ERR_OK;
}

static bool is_prefix(str s) {
    for (size_t i = 0; i < s.len; i++)
        if (!isalnum((unsigned char)s.ptr[i]) && !strchr("/-._~", s.ptr[i])) return false;
    bool is_path = s.len > 1 && s.len <= 200 && s.ptr[0] == '/' && s.ptr[s.len - 1] != '/';
    return !s.len || (is_path && !strstr(s.ptr, "//") && !strstr(s.ptr, "/."));
}

static bool ends_with_path(str url, str path) {
    while (url.len && url.ptr[url.len - 1] == '/') url.len--;
    return str_ends(url, path);
}

static err check_incoming(const struct settings *s, struct why *why) {
    struct address_guard proxies;
    struct why inner = {""};
    if (address_guard_parse(str_of(s->trusted_proxies), &proxies, &inner) != ERR_OK)
        return why_set(why, ERR_INVALID, "trusted_proxies: %.400s", inner.text);
    if (proxies.allows_all)
        return why_set(why, ERR_INVALID,
                       "trusted_proxies must list addresses: believing everybody, nobody knows who asks");
    if (!web_headers_is_origins(str_of(s->cors_origins), &inner))
        return why_set(why, ERR_INVALID, "cors_origins: %.400s", inner.text);
    return ERR_OK;
}

static bool is_role(str s) { return str_is(s, STR("viewer")) || str_is(s, STR("editor")) || str_is(s, STR("admin")); }

// "GROUP=VALUE, …"; a group may hold equals signs.
static err check_mapping(const char *name, const char *text, bool is_to_roles, struct why *why) {
    for (str rest = str_of(text), one; str_split(&rest, ',', &one);) {
        one = str_trim(one);
        size_t at = one.len;
        while (at && one.ptr[at - 1] != '=') at--;
        str value = str_trim(str_from(one, at));
        if (!one.len) continue;
        if (at < 2 || !value.len || (is_to_roles && !is_role(value)))
            return why_set(why, ERR_INVALID, "%s must be GROUP=%s with commas between them, not '%.*s'", name,
                           is_to_roles ? "viewer, editor or admin" : "TEAM", STR_FMT(one));
    }
    return ERR_OK;
}

static bool is_header(str s) {
    for (size_t i = 0; i < s.len; i++)
        if (!islower((unsigned char)s.ptr[i]) && !isdigit((unsigned char)s.ptr[i]) && s.ptr[i] != '-') return false;
    return s.len <= 100 && !str_is(s, STR("cookie")) && !str_is(s, STR("authorization"));
}

static err check_sign_in(const struct settings *s, struct why *why) {
    if (*s->oidc_issuer && !is_url(str_of(s->oidc_issuer)))
        return why_set(why, ERR_INVALID, "oidc_issuer must be an http or https URL, not '%s'", s->oidc_issuer);
    if (*s->oidc_issuer && !*s->oidc_client_id)
        return why_set(why, ERR_INVALID, "oidc_client_id must say what %s calls this server", s->oidc_issuer);
    if (!is_header(str_of(s->header_sign_in)))
        return why_set(why, ERR_INVALID, "header_sign_in must be the name of a header in lower case, not '%s'",
                       s->header_sign_in);
    if (*s->header_sign_in && !*s->trusted_proxies)
        return why_set(why, ERR_INVALID, "header_sign_in needs trusted_proxies: nobody else is believed");
    str standard = str_of(s->oidc_default_role);
    if (!is_role(standard) && !str_is(standard, STR("none")))
        return why_set(why, ERR_INVALID, "oidc_default_role must be viewer, editor, admin or none, not '%s'",
                       s->oidc_default_role);
    err e = check_mapping("oidc_roles", s->oidc_roles, true, why);
    return e == ERR_OK ? check_mapping("oidc_teams", s->oidc_teams, false, why) : e;
}

static err check_address(const char *name, const char *value, struct why *why) {
    if (listening_is_address(value)) return ERR_OK;
    return why_set(why, ERR_INVALID,
                   "%s must be HOST:PORT with an IPv6 address in brackets and a port up to 65535, not '%s'", name,
                   value);
}

// What a text must be, beyond being one.
static err check_texts(const struct settings *s, struct why *why) {
    static const char *const levels[] = {"debug", "info", "warn", "error"};
    bool is_level = false;
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) is_level |= strcmp(s->log_level, levels[i]) == 0;
    if (!is_level)
        return why_set(why, ERR_INVALID, "log_level must be debug, info, warn or error, not '%s'", s->log_level);
    if (!*s->data) return why_set(why, ERR_INVALID, "data must name a folder");
    err is_address = check_address("listen", s->listen, why);
    if (is_address == ERR_OK && *s->smtp_listen) is_address = check_address("smtp_listen", s->smtp_listen, why);
    if (is_address != ERR_OK) return is_address;
    if (!*s->tls_certificate != !*s->tls_key)
        return why_set(why, ERR_INVALID, "tls_certificate and tls_key belong together: %s is missing",
                       *s->tls_key ? "tls_certificate" : "tls_key");
    if (*s->public_url && !is_url(str_of(s->public_url)))
        return why_set(why, ERR_INVALID,
                       "public_url must begin with http:// or https:// and hold no spaces, quotes, ? or #, not '%s'",
                       s->public_url);
    if (!is_prefix(str_of(s->path_prefix)))
        return why_set(why, ERR_INVALID,
                       "path_prefix must be a path such as /tocsin, without a slash at its end, not '%s'",
                       s->path_prefix);
    if (*s->public_url && *s->path_prefix && !ends_with_path(str_of(s->public_url), str_of(s->path_prefix)))
        return why_set(why, ERR_INVALID, "public_url is whole: it must end with the path_prefix %s, not be '%s'",
                       s->path_prefix, s->public_url);
    if (*s->lua && !is_folder(s->lua, "/lua"))
        return why_set(why, ERR_INVALID, "lua: there is no folder %s/lua; name a checkout of the sources", s->lua);
    if (*s->integrations && !is_folder(s->integrations, ""))
        return why_set(why, ERR_INVALID, "integrations: there is no folder %s", s->integrations);
    err e = check_incoming(s, why);
    if (e == ERR_OK) e = check_sign_in(s, why);
    return e == ERR_OK ? check_outgoing(s, why) : e;
}

err settings_load(arena *a, int count, char **args, struct settings *out, struct why *why) {
    settings_defaults(out);
    str name = {0}, value = {0};
    err e = ERR_OK;
    for (int i = 0; i < count && e == ERR_OK;) {
        e = next_flag(a, count, args, &i, &name, &value, why);
        if (e == ERR_OK && str_is(name, STR("config"))) e = load_file(a, value.ptr, out, why);
    }
    if (e == ERR_OK) e = load_environment(a, out, why);
    for (int i = 0; i < count && e == ERR_OK;) {
        e = next_flag(a, count, args, &i, &name, &value, why);
        if (e == ERR_OK && !str_is(name, STR("config"))) e = settings_set(a, out, name, value, "command line", why);
    }
    return e == ERR_OK ? check_texts(out, why) : e;
}

// The value of one; false: there is none of this name.
static bool put_value(const struct settings *s, str name, buf *json) {
#define TEXT(field, ...)                  \
    if (str_is(name, STR(#field))) {      \
        buf_json(json, str_of(s->field)); \
        return true;                      \
    }
#define INT(field, ...)              \
    if (str_is(name, STR(#field))) { \
        buf_int(json, s->field);     \
        return true;                 \
    }
#define BOOL(field, ...)                                      \
    if (str_is(name, STR(#field))) {                          \
        buf_str(json, s->field ? STR("true") : STR("false")); \
        return true;                                          \
    }
    SETTING_LIST(TEXT, INT, BOOL)
#undef TEXT
#undef INT
#undef BOOL
    return false;
}

// One as the list of all has it. What opens something is shown as asterisks.
static void put_described(buf *out, const char *name, str value, bool is_text, str standard, const char *help) {
    static const char *const secret[] = {"oidc_client_secret", "inbound_email_secret", "inbound_email_mailgun_key",
                                         "outgoing_proxy", "outbound_heartbeat_url"};
    bool is_secret = false;
    for (size_t i = 0; i < sizeof secret / sizeof *secret; i++) is_secret |= strcmp(name, secret[i]) == 0;
    buf_printf(out, "%s{\"name\":\"%s\",\"value\":", out->ptr[out->len - 1] == '[' ? "" : ",", name);
    if (is_text) buf_json(out, is_secret && value.len ? STR("****") : value);
    else buf_str(out, value);
    buf_lit(out, ",\"default\":");
    if (is_text) buf_json(out, standard);
    else buf_str(out, standard);
    buf_lit(out, ",\"about\":");
    buf_json(out, str_of(help));
    buf_char(out, '}');
}

static str number_text(char *room, size_t size, int64_t value) {
    int length = snprintf(room, size, "%lld", (long long)value);
    return (str){room, (size_t)length};
}

static str bool_text(bool value) { return value ? STR("true") : STR("false"); }

static void put_all(const struct settings *s, buf *out) {
    char now[32], standard[32];
    buf_char(out, '[');
#define TEXT(name, value, help) put_described(out, #name, str_of(s->name), true, STR(value), help);
#define INT(name, value, least, most, help)                                 \
    put_described(out, #name, number_text(now, sizeof now, s->name), false, \
                  number_text(standard, sizeof standard, value), help);
#define BOOL(name, value, help) put_described(out, #name, bool_text(s->name), false, bool_text(value), help);
    SETTING_LIST(TEXT, INT, BOOL)
#undef TEXT
#undef INT
#undef BOOL
    buf_char(out, ']');
}

err settings_port(const struct settings *s, const struct json *args, buf *out, struct why *why) {
    if (json_get(args, STR("is_all"))) {
        put_all(s, out);
        return ERR_OK;
    }
    size_t count;
    const struct json *names = json_items(args, "names", &count);
    for (size_t i = 0; i < count; i++) {
        buf_str(out, i ? STR(",") : STR("{"));
        buf_json(out, names[i].text);
        buf_char(out, ':');
        if (!put_value(s, names[i].text, out))
            return why_set(why, ERR_NOT_FOUND, "there is no setting '%.*s'", STR_FMT(names[i].text));
    }
    buf_str(out, count ? STR("}") : STR("{}"));
    return ERR_OK;
}

static void help_line(buf *out, const char *name, const char *value, const char *help) {
    char flag[64];
    snprintf(flag, sizeof flag, "--%s", name);
    for (char *p = flag; *p; p++)
        if (*p == '_') *p = '-';
    buf_printf(out, "  %-24s %s%s%s%s\n", flag, help, *value ? " (default " : "", value, *value ? ")" : "");
}

void settings_help(buf *out) {
    char number[32];
#define TEXT(name, value, help) help_line(out, #name, value, help);
#define INT(name, value, least, most, help)                      \
    snprintf(number, sizeof number, "%lld", (long long)(value)); \
    help_line(out, #name, number, help);
#define BOOL(name, value, help) help_line(out, #name, (value) ? "on" : "off", help);
    SETTING_LIST(TEXT, INT, BOOL)
#undef TEXT
#undef INT
#undef BOOL
}
