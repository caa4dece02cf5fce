// Every setting in one table: name, type, default, bounds, help. Each can stand in the config file (`name = value`), in
// the environment (TOCSIN_<NAME>) or be a flag (--name value, with - for _); a later source in that order wins.
// An unknown or bad one stops the start with its name. Booleans: 1/0, true/false, on/off.
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "script/script.h"

#define KIB 1024LL
#define MIB (1024 * KIB)

// TEXT(name, default, help)  INT(name, default, least, most, help)  BOOL(name, default, help)
#define SETTING_LIST(TEXT, INT, BOOL)                                                                                 \
    TEXT(data, "./var", "data folder; holds tocsin.db")                                                               \
    TEXT(listen, "127.0.0.1:8080", "HOST:PORT of the HTTP server; port 0 picks one")                                  \
    TEXT(tls_certificate, "",                                                                                         \
         "PEM file with the certificate to listen with TLS, and those between; read again on SIGHUP")                 \
    TEXT(tls_key, "", "PEM file with its private key")                                                                \
    TEXT(smtp_listen, "", "HOST:PORT that takes mails as alerts, with STARTTLS by the same certificate; empty: none") \
    TEXT(email_domain, "", "domain of the addresses that take mails; empty: any")                                     \
    TEXT(inbound_email_secret, "", "USER:PASSWORD by which Postmark, SendGrid and Mailjet bring mails")               \
    TEXT(inbound_email_mailgun_key, "", "the key that Mailgun signs its webhooks with")                               \
    TEXT(inbound_email_sns_topics, "", "ARNs of the SNS topics by which SES brings mails, with commas")               \
    TEXT(public_url, "", "URL under which senders and people reach this server; default: the request's host")         \
    TEXT(path_prefix, "", "path under which a proxy shows this server, such as /tocsin; part of all links")           \
    TEXT(trusted_proxies, "", "addresses and CIDRs of proxies that are believed who asks (X-Forwarded-*, Forwarded)") \
    TEXT(cors_origins, "", "other sites whose pages may read the API, like https://status.example, with commas")      \
    TEXT(lua, "", "read Lua files, integrations and pages from this checkout instead of the binary")                  \
    TEXT(integrations, "", "folder with integration files of your own; they come before the built-in ones")           \
    TEXT(log_level, "info", "debug, info, warn or error")                                                             \
    INT(workers, 0, 0, 64, "I/O loops; 0: as many as cores, at most 2")                                               \
    INT(listeners, 1000, 0, 100000, "live event streams at once, in all; at most half of the connections")            \
    INT(api_workers, 2, 1, 64, "threads that answer the API and the pages")                                           \
    INT(body_limit, 4 * MIB, KIB, 256 * MIB, "bytes of a request body, after inflating")                              \
    INT(header_limit, 64 * KIB, KIB, MIB, "bytes of a request's headers")                                             \
    INT(header_count, 100, 10, 1000, "headers of a request")                                                          \
    INT(header_timeout, 10000, 100, 600000, "milliseconds to read a request's headers")                               \
    INT(body_timeout, 30000, 100, 600000, "milliseconds to read a request's body")                                    \
    INT(idle_timeout, 75000, 100, 3600000, "milliseconds a connection may wait between requests")                     \
    INT(bodies_limit, 64 * MIB, MIB, 4096 * MIB, "bytes of request bodies held at once, in all")                      \
    INT(connections, 4096, 8, 1000000, "open connections")                                                            \
    INT(commit_waiting, 10000, 10, 1000000, "alerts that may wait for the disk; past it the answer is 503")           \
    INT(commit_waiting_bytes, 64 * MIB, MIB, 4096 * MIB, "bytes that may wait for the disk")                          \
    INT(fuel_inline, 200000, 1000, 100000000, "template fuel of one alert on an I/O loop (about 10 ns a unit)")       \
    INT(fuel_slow, 5000000, 1000, 1000000000, "template fuel of one rendering in the slow lane")                      \
    INT(slow_lane_waiting, 1000, 1, 100000, "alerts of one integration that may wait in the slow lane")               \
    INT(json_depth, JSON_DEPTH_MAX, 4, JSON_DEPTH_MAX, "levels that an alert's JSON may be nested")                   \
    INT(template_limit, LIMIT_template, 10000, 1000000, "characters of a template")                                   \
    INT(rendering_limit, LIMIT_rendering, 100, 1000000, "characters of a rendering; the rest is cut")                 \
    INT(title_limit, LIMIT_title, 20, 10000, "characters of a title; the rest is cut")                                \
    INT(label_limit, LIMIT_labels, 1, 100, "labels of an alert group")                                                \
    INT(acknowledge_remind, 0, 0, 86400, "seconds after which who acknowledged is asked again; 0: never")             \
    INT(unacknowledge_after, 0, 0, 86400, "seconds from that reminder to taking it back unanswered; 0: never")        \
    BOOL(room_links, true, "messages in rooms have links that act where they cannot have buttons")                    \
    BOOL(resolution_note_required, false, "people resolve with a note, except over the API")                          \
    INT(audit_days, 730, 0, 36500, "days that the trail of changes is kept; 0: for ever")                             \
    INT(read_timeout, 2000, 100, 60000, "milliseconds of one database read")                                          \
    INT(api_rate_limit, 0, 0, 1000000, "API requests a minute and person, or token of none; 0: no limit")             \
    TEXT(allow_private_webhooks, "0", "private addresses webhooks and calendars may reach: 0, 1, CIDRs")              \
    TEXT(dns_servers, "", "DNS servers, ADDRESS or ADDRESS:PORT, with commas; default: the system's")                 \
    TEXT(outgoing_proxy, "", "URL of a proxy for outgoing HTTP; the environment is not asked")                        \
    TEXT(ca_file, "", "PEM file of the authorities that outgoing TLS trusts; default: the system's")                  \
    INT(provider_refresh, 600, 0, 86400, "seconds between looks at a chat's rooms and user groups; 0: none is asked") \
    INT(daily_phone_limit, 200, 0, 1000000, "calls and text messages to one person a day; 0: no limit")               \
    INT(daily_email_limit, 200, 0, 1000000, "e-mails to one person a day; 0: no limit")                               \
    INT(calendar_refresh, 600, 60, 86400, "seconds from one look at a schedule's calendar to the next")               \
    TEXT(outbound_heartbeat_url, "", "URL that is asked regularly while all is well here: a dead-man's switch")       \
    INT(outbound_heartbeat_interval, 60, 1, 86400, "seconds between two of those requests")                           \
    INT(session_idle, 604800, 300, 31622400, "seconds without a request after which a session ends")                  \
    INT(session_limit, 2592000, 300, 31622400, "seconds after which a session ends in any case")                      \
    TEXT(oidc_issuer, "", "issuer of an OpenID Connect provider that people sign in by")                              \
    TEXT(oidc_client_id, "", "what that provider calls this server")                                                  \
    TEXT(oidc_client_secret, "", "the secret that goes with it; better in a file or the environment")                 \
    TEXT(oidc_name, "single sign-on", "what people read on its button")                                               \
    TEXT(oidc_scopes, "openid email profile", "scopes that it is asked for")                                          \
    TEXT(oidc_groups_claim, "groups", "the claim that lists a person's groups")                                       \
    TEXT(oidc_roles, "", "GROUP=ROLE with commas: the highest that one has; empty: roles are kept here")              \
    TEXT(oidc_default_role, "viewer", "role of who is in none of these groups; none: they are not let in")            \
    TEXT(oidc_teams, "", "GROUP=TEAM with commas: who is in the group is in the team, and nobody else")               \
    BOOL(oidc_create, true, "who signs in by it for the first time gets an account")                                  \
    TEXT(header_sign_in, "", "header by which a trusted proxy names the person, such as remote-user")                 \
    BOOL(header_create, false, "whom it names for the first time gets an account, as a viewer")                       \
    BOOL(password_sign_in, true, "passwords let in; off: only those of who is marked as break-glass")                 \
    BOOL(deliver, true, "send notifications; off: they wait")                                                         \
    TEXT(metrics_label, "service_name", "label by whose values /metrics counts alert groups")                         \
    BOOL(metrics, true, "serve /metrics")

struct settings {
#define TEXT(name, ...) const char *name;
#define INT(name, ...)  int64_t name;
#define BOOL(name, ...) bool name;
    SETTING_LIST(TEXT, INT, BOOL)
#undef TEXT
#undef INT
#undef BOOL
};

// Reads config file (flag --config), environment and flags over the defaults. Texts live in `a`.
// `args` are the words after the command; all must be known flags.
err settings_load(arena *a, int count, char **args, struct settings *out, struct why *why);
// Sets one by name; ERR_NOT_FOUND for an unknown name, ERR_INVALID or ERR_LIMIT for a bad value.
err settings_set(arena *a, struct settings *s, str name, str value, const char *where, struct why *why);
void settings_defaults(struct settings *out);
// The values of some as a port, JSON in and JSON out: {names: […]} → {name: value}; {is_all: true} → [{name, value, default, about}],
// secrets as asterisks.
err settings_port(const struct settings *s, const struct json *args, buf *out, struct why *why);
void settings_help(buf *out); // one line a setting: flag, default, help
