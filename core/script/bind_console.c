// `tocsin.console`: standard output, standard error and files, for the commands of the binary only.
#include "script/bindings.h"
#include "script/state.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX ((size_t)64 << 20)

static void check_command(lua_State *L) {
    const struct script_options *options = script_options_of(L);
    if (options && !options->is_command) luaL_error(L, "tocsin.console is for commands only");
}

static int write_stream(lua_State *L, FILE *stream) {
    check_command(L);
    size_t n;
    const char *text = luaL_checklstring(L, 1, &n);
    bool is_written = fwrite(text, 1, n, stream) == n;
    if (fflush(stream) == 0 && is_written) return 0;
    lua_pushfstring(L, "the output cannot be written: %s", strerror(errno));
    return lua_error(L);
}

// console.out(text)
static int l_out(lua_State *L) { return write_stream(L, stdout); }
// console.err(text)
static int l_err(lua_State *L) { return write_stream(L, stderr); }

// console.read(path) → text | nil, sentence; the path "-" is standard input
static int l_read(lua_State *L) {
    check_command(L);
    const char *path = luaL_checkstring(L, 1);
    luaL_Buffer b;
    luaL_buffinit(L, &b);
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    int error = file ? 0 : errno;
    size_t total = 0, n;
    char chunk[8192];
    while (file && total <= FILE_MAX && (n = fread(chunk, 1, sizeof chunk, file)) > 0) {
        luaL_addlstring(&b, chunk, n);
        total += n;
    }
    if (file && ferror(file)) error = EIO;
    if (file && file != stdin) fclose(file);
    luaL_pushresult(&b);
    if (!error && total <= FILE_MAX) return 1;
    lua_pushnil(L);
    lua_pushfstring(L, "%s: %s", path, error ? strerror(error) : "larger than 64 MiB");
    return 2;
}

static int pushed(lua_State *L, const char *path, bool is_done, int error) {
    if (is_done) {
        lua_pushboolean(L, 1);
        return 1;
    }
    lua_pushnil(L);
    lua_pushfstring(L, "%s: %s", path, strerror(error));
    return 2;
}

// console.write_new(path, text) → true | nil, sentence; refuses to replace a file
static int l_write_new(lua_State *L) {
    check_command(L);
    size_t n;
    const char *path = luaL_checkstring(L, 1), *text = luaL_checklstring(L, 2, &n);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    bool is_written = fd >= 0 && write(fd, text, n) == (ssize_t)n;
    int error = errno;
    if (fd >= 0) close(fd);
    return pushed(L, path, is_written, error);
}

// console.write(path, text) → true | nil, sentence; replaces what is there, whole or not at all
static int l_write(lua_State *L) {
    check_command(L);
    size_t n;
    const char *path = luaL_checkstring(L, 1), *text = luaL_checklstring(L, 2, &n);
    const char *beside = lua_pushfstring(L, "%s.new", path);
    unlink(beside);
    int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    bool is_written = fd >= 0 && write(fd, text, n) == (ssize_t)n;
    int error = errno;
    if (fd >= 0) close(fd);
    if (is_written && rename(beside, path) != 0) {
        is_written = false;
        error = errno;
    }
    return pushed(L, path, is_written, error);
}

// console.remove(path) → true | nil, sentence
static int l_remove(lua_State *L) {
    check_command(L);
    const char *path = luaL_checkstring(L, 1);
    return pushed(L, path, unlink(path) == 0, errno);
}

// console.make_folder(path) → true | nil, sentence; one that is there is good
static int l_make_folder(lua_State *L) {
    check_command(L);
    const char *path = luaL_checkstring(L, 1);
    bool is_there = mkdir(path, 0755) == 0 || errno == EEXIST;
    return pushed(L, path, is_there, errno);
}

#define NAMES_MAX 100000

// console.list(path) → the names in a folder, in no order, without those that begin with a dot |
// nil, sentence, whether there is no such folder
static int l_list(lua_State *L) {
    check_command(L);
    const char *path = luaL_checkstring(L, 1);
    DIR *dir = opendir(path);
    if (!dir) {
        int error = errno;
        pushed(L, path, false, error);
        lua_pushboolean(L, error == ENOENT);
        return 3;
    }
    lua_newtable(L);
    lua_Integer count = 0;
    for (struct dirent *entry; count < NAMES_MAX && (entry = readdir(dir));) {
        if (entry->d_name[0] == '.') continue;
        lua_pushstring(L, entry->d_name);
        lua_rawseti(L, -2, ++count);
    }
    closedir(dir);
    return 1;
}

#define SLEEP_MAX_MS 60000

// console.sleep(ms)
static int l_sleep(lua_State *L) {
    check_command(L);
    lua_Integer ms = luaL_checkinteger(L, 1);
    luaL_argcheck(L, ms >= 0 && ms <= SLEEP_MAX_MS, 1, "milliseconds up to a minute are expected");
    usleep((useconds_t)ms * 1000);
    return 0;
}

#define NAME_MAX_BYTES 100

// console.user() → who runs this, by the system's name; who came by sudo is named as before
static int l_user(lua_State *L) {
    check_command(L);
    struct passwd found, *entry = NULL;
    char room[4096];
    const char *before = getenv("SUDO_USER");
    bool is_named = getpwuid_r(getuid(), &found, room, sizeof room, &entry) == 0 && entry;
    if (before && *before && strlen(before) <= NAME_MAX_BYTES) lua_pushstring(L, before);
    else if (is_named) lua_pushstring(L, entry->pw_name);
    else lua_pushfstring(L, "%d", (int)getuid());
    return 1;
}

int bind_console_open(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"out", l_out},     {"err", l_err},   {"read", l_read},     {"write_new", l_write_new},
        {"write", l_write}, {"list", l_list}, {"remove", l_remove}, {"make_folder", l_make_folder},
        {"sleep", l_sleep}, {"user", l_user}, {NULL, NULL}};
    luaL_newlib(L, functions);
    return 1;
}
