#include "base/seal.h"
#include "base/mem.h"
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_NAME "secret.key"
#define FILE_MAX  4096
#define KEYS_MAX  16
#define VARIANT   sodium_base64_VARIANT_URLSAFE_NO_PADDING

struct key {
    int64_t number;
    unsigned char bytes[SEAL_KEY_SIZE];
};

struct seal {
    size_t count;
    struct key keys[KEYS_MAX];
};

_Static_assert(SEAL_KEY_SIZE == crypto_secretbox_KEYBYTES, "the key is a secretbox key");

static const struct key *newest(const seal *s) {
    const struct key *best = &s->keys[0];
    for (size_t i = 1; i < s->count; i++)
        if (s->keys[i].number > best->number) best = &s->keys[i];
    return best;
}

static const struct key *find(const seal *s, int64_t number) {
    for (size_t i = 0; i < s->count; i++)
        if (s->keys[i].number == number) return &s->keys[i];
    return NULL;
}

// --- the key file ---

static void mark_of(const struct key *k, char out[SEAL_MARK_MAX]) {
    static const unsigned char purpose[] = "tocsin: mark of a key";
    unsigned char hash[crypto_generichash_BYTES_MIN];
    char hex[2 * sizeof hash + 1];
    crypto_generichash(hash, sizeof hash, purpose, sizeof purpose - 1, k->bytes, sizeof k->bytes);
    snprintf(out, SEAL_MARK_MAX, "%lld:%s", (long long)k->number, sodium_bin2hex(hex, sizeof hex, hash, sizeof hash));
}

void seal_mark(const seal *s, char out[SEAL_MARK_MAX]) { mark_of(newest(s), out); }

static bool read_key(str line, struct key *out) {
    str head, number;
    size_t n;
    if (!str_split(&line, ':', &head) || !str_is(head, STR("tocsin-key"))) return false;
    if (!str_split(&line, ':', &number) || !str_to_int(number, &out->number)) return false;
    if (out->number < 1 || out->number > INT32_MAX) return false;
    return sodium_base642bin(out->bytes, sizeof out->bytes, line.ptr, line.len, NULL, &n, NULL,
                             sodium_base64_VARIANT_ORIGINAL) == 0 &&
           n == sizeof out->bytes;
}

static err parse(seal *s, str text, const char *path, struct why *why) {
    int at = 0;
    for (str line; str_split(&text, '\n', &line);) {
        struct key k;
        at++;
        line = str_trim(line);
        if (!line.len || line.ptr[0] == '#') continue;
        if (!read_key(line, &k) || find(s, k.number) || s->count == KEYS_MAX)
            return why_set(why, ERR_INVALID,
                           "%s, line %d is no key (tocsin-key:<number>:<base64 of 32 bytes>, each number once, at most "
                           "%d). Put the file back from your backup.",
                           path, at, KEYS_MAX);
        s->keys[s->count++] = k;
        sodium_memzero(&k, sizeof k);
    }
    if (s->count) return ERR_OK;
    return why_set(why, ERR_INVALID, "%s holds no key. Put the file back from your backup.", path);
}

static err check_mode(int fd, const char *path, struct why *why) {
    struct stat st;
    if (fstat(fd, &st) != 0) return why_set(why, ERR_IO, "Cannot read %s: %s.", path, strerror(errno));
    if (!S_ISREG(st.st_mode)) return why_set(why, ERR_INVALID, "%s is no file.", path);
    if ((st.st_mode & 027) == 0) return ERR_OK;
    return why_set(why, ERR_INVALID, "%s is open to other users of this machine. Close it: chmod 600 %s", path, path);
}

static err read_file(seal *s, int fd, const char *path, struct why *why) {
    char text[FILE_MAX];
    size_t n = 0;
    ssize_t got = 0;
    err e = check_mode(fd, path, why);
    while (e == ERR_OK && n < sizeof text && (got = read(fd, text + n, sizeof text - n)) > 0) n += (size_t)got;
    if (e == ERR_OK && got < 0) e = why_set(why, ERR_IO, "Cannot read %s: %s.", path, strerror(errno));
    if (e == ERR_OK && n == sizeof text) e = why_set(why, ERR_INVALID, "%s is too long for a key file.", path);
    if (e == ERR_OK) e = parse(s, (str){text, n}, path, why);
    sodium_memzero(text, sizeof text);
    return e;
}

static bool write_all(int fd, const char *text, size_t n) {
    for (size_t done = 0; done < n;) {
        ssize_t w = write(fd, text + done, n - done);
        if (w < 0) return false;
        done += (size_t)w;
    }
    return fsync(fd) == 0;
}

// On the disk under its name before anything is sealed with it; a half-written file never has that name.
static bool make_file(const char *dir, const char *path, const struct key *k) {
    char fresh[4200], text[128], base64[64];
    snprintf(fresh, sizeof fresh, "%s.new", path);
    sodium_bin2base64(base64, sizeof base64, k->bytes, sizeof k->bytes, sodium_base64_VARIANT_ORIGINAL);
    int n = snprintf(text, sizeof text, "tocsin-key:%lld:%s\n", (long long)k->number, base64);
    unlink(fresh);
    int fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600), folder = -1;
    bool is_made = fd >= 0 && write_all(fd, text, (size_t)n) && rename(fresh, path) == 0;
    if (is_made) folder = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    is_made = is_made && folder >= 0 && fsync(folder) == 0;
    int reason = errno;
    if (fd >= 0) close(fd);
    if (folder >= 0) close(folder);
    sodium_memzero(text, sizeof text);
    sodium_memzero(base64, sizeof base64);
    errno = reason;
    return is_made;
}

static err make_key(seal *s, const char *dir, const char *path, struct why *why) {
    s->keys[0].number = 1;
    randombytes_buf(s->keys[0].bytes, SEAL_KEY_SIZE);
    s->count = 1;
    if (make_file(dir, path, &s->keys[0])) return ERR_OK;
    return why_set(why, ERR_IO, "Cannot make the key file %s: %s.", path, strerror(errno));
}

static err check_mark(const seal *s, const char *mark, const char *path, struct why *why) {
    char own[SEAL_MARK_MAX];
    if (!*mark) return ERR_OK;
    for (size_t i = 0; i < s->count; i++) {
        mark_of(&s->keys[i], own);
        if (strcmp(own, mark) == 0) return ERR_OK;
    }
    return why_set(why, ERR_CONFLICT,
                   "%s does not hold the key that this database's secrets are sealed with. Put the file back that "
                   "belongs to the database, from the same backup.",
                   path);
}

static err missing(const char *dir, const char *path, struct why *why) {
    return why_set(why, ERR_NOT_FOUND,
                   "The key file %s is missing, and stored passwords and tokens are sealed with it. Put it back from "
                   "your backup. Is it lost for ever, then sqlite3 %s/tocsin.db \"DELETE FROM setting WHERE name = "
                   "'seal_mark'\" starts with a new key, and the secrets have to be entered again.",
                   path, dir);
}

err seal_open(const char *dir, const char *mark, seal **out, struct why *why) {
    char path[4128];
    if (snprintf(path, sizeof path, "%.4096s/" FILE_NAME, dir) < 0 || sodium_init() < 0)
        return why_set(why, ERR_IO, "libsodium cannot start.");
    seal *s = NEW(seal);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    err e;
    if (fd >= 0) e = read_file(s, fd, path, why);
    else if (errno != ENOENT) e = why_set(why, ERR_IO, "Cannot read the key file %s: %s.", path, strerror(errno));
    else e = *mark ? missing(dir, path, why) : make_key(s, dir, path, why);
    if (fd >= 0) close(fd);
    if (e == ERR_OK) e = check_mark(s, mark, path, why);
    if (e == ERR_OK) *out = s;
    else seal_free(s);
    return e;
}

seal *seal_of_key(const unsigned char key[SEAL_KEY_SIZE]) {
    CHECK(sodium_init() >= 0);
    seal *s = NEW(seal);
    s->count = 1;
    s->keys[0].number = 1;
    memcpy(s->keys[0].bytes, key, SEAL_KEY_SIZE);
    return s;
}

void seal_free(seal *s) {
    if (!s) return;
    sodium_memzero(s, sizeof *s);
    mem_free(s);
}

// --- texts ---

bool seal_is_sealed(str text) { return str_starts(text, STR("sealed:")); }

err seal_put(const seal *s, str plain, buf *sealed, struct why *why) {
    const struct key *k = newest(s);
    unsigned char nonce[crypto_secretbox_NONCEBYTES];
    if (plain.len > SEAL_TEXT_MAX)
        return why_set(why, ERR_LIMIT, "a secret has at most %d bytes, not %zu", SEAL_TEXT_MAX, plain.len);
    buf box = {0};
    randombytes_buf(nonce, sizeof nonce);
    buf_put(&box, nonce, sizeof nonce);
    unsigned char *to = (unsigned char *)buf_reserve(&box, plain.len + crypto_secretbox_MACBYTES);
    crypto_secretbox_easy(to, (const unsigned char *)plain.ptr, plain.len, nonce, k->bytes);
    box.len += plain.len + crypto_secretbox_MACBYTES;
    buf_printf(sealed, "sealed:%lld:", (long long)k->number);
    size_t size = sodium_base64_ENCODED_LEN(box.len, VARIANT);
    sodium_bin2base64(buf_reserve(sealed, size), size, (const unsigned char *)box.ptr, box.len, VARIANT);
    sealed->len += size - 1;
    buf_free(&box);
    return ERR_OK;
}

static err open_box(const struct key *k, str box, buf *plain, struct why *why) {
    const unsigned char *nonce = (const unsigned char *)box.ptr, *from = nonce + crypto_secretbox_NONCEBYTES;
    size_t n = box.len - crypto_secretbox_NONCEBYTES;
    unsigned char *to = (unsigned char *)buf_reserve(plain, n);
    if (crypto_secretbox_open_easy(to, from, n, nonce, k->bytes) != 0)
        return why_set(why, ERR_CORRUPT,
                       "the stored secret does not open with key %lld of secret.key: it was changed, or sealed with "
                       "another key; enter it again",
                       (long long)k->number);
    plain->len += n - crypto_secretbox_MACBYTES;
    return ERR_OK;
}

err seal_get(const seal *s, str sealed, buf *plain, struct why *why) {
    str rest = sealed, head, number = {0};
    int64_t which = 0;
    bool is_good = str_split(&rest, ':', &head) && str_is(head, STR("sealed")) && str_split(&rest, ':', &number) &&
                   str_to_int(number, &which);
    buf box = {0};
    size_t n = 0;
    is_good = is_good && sealed.len <= 2 * SEAL_TEXT_MAX &&
              sodium_base642bin((unsigned char *)buf_reserve(&box, rest.len + 1), rest.len + 1, rest.ptr, rest.len,
                                NULL, &n, NULL, VARIANT) == 0 &&
              n >= crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
    const struct key *k = is_good ? find(s, which) : NULL;
    err e = ERR_OK;
    if (!is_good) e = why_set(why, ERR_INVALID, "the stored secret is no sealed text; enter it again");
    else if (!k)
        e = why_set(why, ERR_NOT_FOUND, "the stored secret needs key %lld, which is not in secret.key; enter it again",
                    (long long)which);
    else e = open_box(k, (str){box.ptr, n}, plain, why);
    buf_free(&box);
    return e;
}

// --- signatures ---

static void sign_with(const struct key *k, str purpose, str text, unsigned char out[SEAL_SIGNATURE_SIZE]) {
    static const unsigned char label[] = "tocsin: signatures for ";
    unsigned char own[crypto_auth_hmacsha256_BYTES], whole[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, k->bytes, sizeof k->bytes);
    crypto_auth_hmacsha256_update(&state, label, sizeof label - 1);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)purpose.ptr, purpose.len);
    crypto_auth_hmacsha256_final(&state, own);
    crypto_auth_hmacsha256_init(&state, own, sizeof own);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)text.ptr, text.len);
    crypto_auth_hmacsha256_final(&state, whole);
    memcpy(out, whole, SEAL_SIGNATURE_SIZE);
    sodium_memzero(own, sizeof own);
    sodium_memzero(&state, sizeof state);
}

void seal_sign(const seal *s, str purpose, str text, unsigned char out[SEAL_SIGNATURE_SIZE]) {
    sign_with(newest(s), purpose, text, out);
}

bool seal_is_signed(const seal *s, str purpose, str text, str signature) {
    bool is_good = false;
    for (size_t i = 0; i < s->count && signature.len == SEAL_SIGNATURE_SIZE; i++) {
        unsigned char own[SEAL_SIGNATURE_SIZE];
        sign_with(&s->keys[i], purpose, text, own);
        is_good |= sodium_memcmp(own, signature.ptr, sizeof own) == 0;
    }
    return is_good;
}
