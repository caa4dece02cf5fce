// The command line: which command, its flags, its exit code. Everything else is elsewhere.
#include "app.h"
#include "control.h"
#include "fetch.h"
#include "inprocess.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum { EXIT_USAGE = 2, FOLDER_TRIES = 30, FOLDER_TRY_US = 100000 };

static int fail(const char *command, const struct why *why, int code) {
    fprintf(stderr, "tocsin %s: %s\n", command, why->text);
    return code;
}

static bool wants_help(int argc, char **argv) {
    for (int i = 2; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) return true;
    return false;
}

static enum log_level level_of(const char *text) {
    static const char *const names[] = {"debug", "info", "warn", "error"};
    for (int i = 0; i < 4; i++)
        if (strcmp(text, names[i]) == 0) return (enum log_level)i;
    return LOG_INFO;
}

static void raise_file_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

// Where the server listens, as a URL.
static void put_url(buf *out, const struct settings *s, int port) {
    str host = str_of(s->listen);
    while (host.len && host.ptr[host.len - 1] != ':') host.len--;
    if (str_is(host, STR(":")) || str_is(host, STR("*:"))) host = STR("0.0.0.0:");
    buf_printf(out, "%s://%.*s%d", *s->tls_certificate ? "https" : "http", STR_FMT(host), port);
}

static void print_listening(const struct settings *s, int port) {
    buf url = {0};
    put_url(&url, s, port);
    printf("listening on %.*s\n", STR_FMT(buf_view(&url)));
    fflush(stdout);
    buf_free(&url);
}

static void print_mail_listening(const struct settings *s, int port) {
    str host = str_of(s->smtp_listen);
    while (host.len && host.ptr[host.len - 1] != ':') host.len--;
    printf("taking mails on %.*s%d\n", STR_FMT(host), port);
    fflush(stdout);
}

// While nobody can sign in, a start prints the way in.
static void print_first_admin(struct app *app, int port) {
    struct why why = {""};
    struct script_options options = app_script_options(app);
    struct script_value link = {.type = SCRIPT_NIL};
    arena *a = arena_new();
    buf base = {0};
    if (*app->settings.public_url) buf_str(&base, str_of(app->settings.public_url));
    else {
        put_url(&base, &app->settings, port);
        buf_str(&base, str_of(app->settings.path_prefix));
    }
    struct script_value args[] = {script_text(buf_view(&base)), script_int(env_now(app->env))};
    script *s = script_new(&options, &why);
    err e = s ? script_call(s, "api.first_admin", "link", args, 2, (struct script_budget){0}, a, &link, 1, &why)
              : ERR_SCRIPT;
    if (e != ERR_OK) LOG(app->log, LOG_ERROR, "first_admin_failed", LOG_Z("error", why.text));
    if (link.type == SCRIPT_STR) {
        printf("nobody can sign in yet; this link makes the first admin, once, within a day: %.*s\n",
               STR_FMT(link.text));
        fflush(stdout);
    }
    script_free(s);
    buf_free(&base);
    arena_free(a);
}

static int wait_for_stop(struct app *app, const sigset_t *stop) {
    int signal_number;
    for (;;) {
        if (sigwait(stop, &signal_number) != 0) return 1;
        if (signal_number != SIGHUP) return 0;
        app_reload(app);
    }
}

// Blocked here, before there are threads, so that only wait_for_stop gets them.
static void block_signals(sigset_t *stop) {
    sigemptyset(stop);
    sigaddset(stop, SIGTERM);
    sigaddset(stop, SIGINT);
    sigaddset(stop, SIGHUP);
    pthread_sigmask(SIG_BLOCK, stop, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static int serve_until_stopped(struct app *app, const sigset_t *stop) {
    log_t *log = app->log;
    int port = http_server_port(app->http);
    LOG(log, LOG_INFO, "started", LOG_Z("version", TOCSIN_VERSION), LOG_N("port", port),
        LOG_Z("data", app->settings.data));
    print_listening(&app->settings, port);
    if (app->smtp) print_mail_listening(&app->settings, smtp_server_port(app->smtp));
    print_first_admin(app, port);
    int code = wait_for_stop(app, stop);
    log_write(log, LOG_INFO, "stopping", NULL);
    return code;
}

static int run_server(struct settings *settings, log_t *log, struct why *why) {
    sigset_t stop;
    block_signals(&stop);
    raise_file_limit();
    struct app_options options = {.settings = *settings, .log = log, .has_sockets = true, .rehearsals = &inprocess_ops};
    struct app *app;
    if (app_new(&options, &app, why) != ERR_OK) return fail("serve", why, EXIT_FAILURE);
    app_start(app);
    control *door = NULL;
    err e = control_open(settings->data, &app->ports, log, &door, why);
    int code = e == ERR_OK ? serve_until_stopped(app, &stop) : fail("serve", why, EXIT_FAILURE);
    control_close(door);
    app_stop(app);
    app_free(app);
    if (e == ERR_OK) log_write(log, LOG_INFO, "stopped", NULL);
    return code;
}

static int help_serve(void) {
    buf help = {0};
    settings_help(&help);
    printf("tocsin serve --data DIR --listen HOST:PORT [--config FILE] [--SETTING VALUE]…\n\n"
           "Serves until SIGTERM or SIGINT. A setting may stand in the config file as `name = value`, in the\n"
           "environment as TOCSIN_<NAME>, or as a flag; the later of these wins. Switches are on or off.\n\n"
           "  --config                 file with settings, one `name = value` a line, # begins a comment line\n%.*s",
           STR_FMT(buf_view(&help)));
    buf_free(&help);
    return EXIT_SUCCESS;
}

static int command_serve(int argc, char **argv) {
    struct why why = {""};
    struct settings settings;
    if (wants_help(argc, argv)) return help_serve();
    arena *a = arena_new();
    int code;
    if (settings_load(a, argc - 2, argv + 2, &settings, &why) != ERR_OK) {
        code = fail("serve", &why, EXIT_USAGE);
    } else {
        log_t *log = log_new(STDERR_FILENO, level_of(settings.log_level));
        code = run_server(&settings, log, &why);
        log_free(log);
    }
    arena_free(a);
    return code;
}

// A port for commands, whose JSON names the data folder in "data": the running server there, or the folder itself when
// no server runs.
struct command_ports {
    struct app *app;
};

// No server runs: a mistyped folder would otherwise be made and taken for the real one.
static bool has_database(const char *data) {
    char path[4096];
    int n = snprintf(path, sizeof path, "%s/tocsin.db", data);
    return n > 0 && (size_t)n < sizeof path && access(path, F_OK) == 0;
}

static err open_folder(struct command_ports *ports, const char *data, struct why *why) {
    struct app_options options = {.is_command = true};
    settings_defaults(&options.settings);
    options.settings.data = data;
    options.settings.api_workers = 1;
    bool is_new = !has_database(data);
    err e = app_new(&options, &ports->app, why);
    if (e == ERR_OK && is_new) fprintf(stderr, "tocsin: %s had no tocsin.db: a new one was made.\n", data);
    return e;
}

static err command_port(void *ctx, str name, str json, buf *out, struct why *why) {
    struct command_ports *ports = ctx;
    if (str_is(name, STR("fetch"))) return fetch_send(json, out, why); // of no data folder
    arena *a = arena_new();
    struct json *args;
    err e = json_parse(a, json, &args, why);
    const struct json *dir = e == ERR_OK ? json_get(args, STR("data")) : NULL;
    if (!dir || dir->type != JSON_STRING) {
        arena_free(a);
        return why_set(why, ERR_INVALID, "--data is missing: the server's data folder");
    }
    const char *data = arena_str(a, dir->text).ptr;
    // Who holds the folder may be starting, stopping, or a command like this one: all are soon done with it.
    for (int i = 0; i < FOLDER_TRIES; i++) {
        e = control_ask(data, name, json, out, why);
        if (e == ERR_CLOSED) e = ports->app ? ERR_OK : open_folder(ports, data, why);
        else break;
        if (e == ERR_OK) e = ports_call(&ports->app->ports, name, json, out, why);
        if (e != ERR_BUSY) break;
        usleep(FOLDER_TRY_US);
    }
    arena_free(a);
    return e;
}

static str words_json(arena *a, int argc, char **argv) {
    buf words = {0};
    buf_char(&words, '[');
    for (int i = 2; i < argc; i++) {
        if (i > 2) buf_char(&words, ',');
        buf_json(&words, str_of(argv[i]));
    }
    buf_char(&words, ']');
    str copy = arena_str(a, buf_view(&words));
    buf_free(&words);
    return copy;
}

// The commands written in Lua: lua/command/<name>.lua, function main(words_json, now) → exit code.
static int command_lua(int argc, char **argv) {
    struct why why = {""};
    struct command_ports ports = {0};
    arena *a = arena_new();
    env *e = env_new(NULL);
    const char *lua_dir = getenv("TOCSIN_LUA");
    struct script_options options = {.lua_dir = lua_dir && *lua_dir ? lua_dir : NULL,
                                     .ports = {.ctx = &ports, .call = command_port},
                                     .engine_ops = &inprocess_ops,
                                     .password = password_new(1),
                                     .is_command = true};
    char module[64];
    snprintf(module, sizeof module, "command.%s", argv[1]);
    struct script_value args[] = {{.type = SCRIPT_STR, .text = words_json(a, argc, argv)},
                                  {.type = SCRIPT_INT, .integer = env_now(e)}};
    struct script_value code = {.type = SCRIPT_NIL};
    struct script_budget budget = {.fuel = INT64_MAX / 4};
    script *s = script_new(&options, &why);
    err x = s ? script_call(s, module, "main", args, 2, budget, a, &code, 1, &why) : ERR_SCRIPT;
    if (x != ERR_OK) fail(argv[1], &why, EXIT_FAILURE);
    script_free(s);
    password_free(options.password);
    app_free(ports.app);
    env_free(e);
    arena_free(a);
    return x != ERR_OK ? EXIT_FAILURE : code.type == SCRIPT_INT ? (int)code.integer : EXIT_SUCCESS;
}

static int command_version(int argc, char **argv) {
    (void)argc;
    (void)argv;
    printf("tocsin %s\n", TOCSIN_VERSION);
    return EXIT_SUCCESS;
}

static const struct {
    const char *name, *help;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"serve", "run the server", command_serve},
    {"token", "create API tokens, or take over OnCall's", command_lua},
    {"user", "create people, and let in who is locked out", command_lua},
    {"audit", "print the trail of changes", command_lua},
    {"render", "render a template", command_lua},
    {"simulate", "show who would be called when, if nobody answered", command_lua},
    {"backtest", "show what changed templates would have made of stored alerts", command_lua},
    {"check", "check integration files and run their examples", command_lua},
    {"new", "write a starting file for an integration", command_lua},
    {"gallery", "print a page of HTML about every source", command_lua},
    {"capture", "show the requests that an integration gets, as examples to paste", command_lua},
    {"export", "write the configuration as files", command_lua},
    {"plan", "show what files would change", command_lua},
    {"apply", "make the configuration be what files say", command_lua},
    {"import", "take over the configuration of another system", command_lua},
    {"version", "print the version", command_version},
};

static int usage(FILE *to) {
    fprintf(to, "tocsin: alerts in, people called until one answers\n\n");
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        fprintf(to, "  tocsin %-9s %s\n", commands[i].name, commands[i].help);
    fprintf(to, "\nEach has --help.\n");
    return to == stdout ? EXIT_SUCCESS : EXIT_USAGE;
}

int main(int argc, char **argv) {
    if (argc < 2) return usage(stderr);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(argv[1], commands[i].name) == 0) return commands[i].run(argc, argv);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0)
        return usage(stdout);
    if (strcmp(argv[1], "--version") == 0) return command_version(argc, argv);
    fprintf(stderr, "tocsin: unknown command '%s'\n", argv[1]);
    return usage(stderr);
}
