// Changes templates by their tokens, for one input in two: what libFuzzer does to bytes seldom is a template still.
//
// A change picks a place that has a meaning (before the end of a tag, a word, a number, a quoted text) and puts there what
// could stand there. The lists are what is likely to hurt, not all there is: the dictionary has the rest.
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

static const char *const tails[] = {"|map('string')",
                                    "|list",
                                    "|select",
                                    "|reject('none')",
                                    "|batch(2)",
                                    "|batch(2, 'f')",
                                    "|slice(3)",
                                    "|first",
                                    "|last",
                                    "|sort",
                                    "|sort(reverse=true)",
                                    "|sort(attribute='n')",
                                    "|groupby('n')",
                                    "|unique",
                                    "|reverse",
                                    "|join(',')",
                                    "|join('-', attribute='n')",
                                    "|sum",
                                    "|sum(start=[])",
                                    "|min",
                                    "|max(attribute='n')",
                                    "|length",
                                    "|string",
                                    "|safe",
                                    "|e",
                                    "|forceescape",
                                    "|tojson",
                                    "|tojson(2)",
                                    "|pprint",
                                    "|xmlattr",
                                    "|urlencode",
                                    "|urlize",
                                    "|urlize(4)",
                                    "|striptags",
                                    "|title",
                                    "|capitalize",
                                    "|truncate(3, true, '')",
                                    "|wordwrap(3)",
                                    "|indent(2, true)",
                                    "|center(9)",
                                    "|trim('a')",
                                    "|replace('a', 'b', 1)",
                                    "|int",
                                    "|int(0, 16)",
                                    "|float",
                                    "|round(2, 'ceil')",
                                    "|abs",
                                    "|filesizeformat",
                                    "|default(d)",
                                    "|attr('k')",
                                    "|items",
                                    "|dictsort(by='value')",
                                    "|map(attribute='n.0')",
                                    "|selectattr('n', 'in', l)",
                                    "|random",
                                    "|format(l)",
                                    "|b64decode",
                                    "|parse_json",
                                    "|json_dumps",
                                    "|tojson_pretty",
                                    "|regex_search('(a|b)*$')",
                                    "|regex_replace('(.)', '\\\\1\\\\1')",
                                    "|regex_match('.*')",
                                    "|iso8601_to_time",
                                    "|datetimeformat('%c %j %U')",
                                    "|datetimeformat_as_timezone('%c', 'Europe/Paris')",
                                    "|datetimeparse('%Y-%m-%d')",
                                    "|timestamp_to_datetime",
                                    "|timedeltaparse",
                                    ".items()",
                                    ".keys()",
                                    ".values()",
                                    ".append(l)",
                                    ".extend(l)",
                                    ".insert(0, s)",
                                    ".pop()",
                                    ".popitem()",
                                    ".remove(1)",
                                    ".clear()",
                                    ".copy()",
                                    ".update(d)",
                                    ".setdefault('k', l)",
                                    ".get('a')",
                                    ".sort()",
                                    ".reverse()",
                                    ".index(1)",
                                    ".count('a')",
                                    ".format(l, d, a=1)",
                                    ".format_map(d)",
                                    ".join(l)",
                                    ".split()",
                                    ".split('a', 1)",
                                    ".encode()",
                                    ".translate({97: 'b'})",
                                    ".partition('a')",
                                    ".zfill(9)",
                                    ".strftime('%c')",
                                    ".replace('a', 'b')",
                                    ".replace(year=1)",
                                    ".isoformat()",
                                    ".astimezone()",
                                    ".total_seconds()",
                                    ".as_integer_ratio()",
                                    "[0]",
                                    "[-1]",
                                    "[::-1]",
                                    "[1:]",
                                    "['a']",
                                    "[l]",
                                    "[(1, 2)]",
                                    "()",
                                    "(l)",
                                    "(*l)",
                                    "(**d)",
                                    "(caller=1)",
                                    " ~ s",
                                    " + l",
                                    " + 1",
                                    " - 1",
                                    " * 3",
                                    " * 99",
                                    " / 3",
                                    " // 0",
                                    " % 2",
                                    " % l",
                                    " % d",
                                    " ** 9",
                                    " ** -1",
                                    " in l",
                                    " not in d",
                                    " == d",
                                    " < l",
                                    " > 1",
                                    " and l",
                                    " or d",
                                    " if l else d",
                                    " is mapping",
                                    " is iterable",
                                    " is sameas d",
                                    " is divisibleby 0",
                                    " is in l",
                                    " is defined",
                                    " is not none",
                                    ".n",
                                    ".k",
                                    ".v",
                                    ".s",
                                    ".a",
                                    ".self",
                                    ".call",
                                    ".__class__",
                                    ".__init__",
                                    ".name",
                                    ".next()"};

static const char *const words[] = {"d",
                                    "l",
                                    "s",
                                    "i",
                                    "f",
                                    "t",
                                    "e",
                                    "o",
                                    "x",
                                    "big",
                                    "inf",
                                    "none",
                                    "true",
                                    "rows",
                                    "items",
                                    "payload",
                                    "nope",
                                    "loop",
                                    "self",
                                    "caller",
                                    "varargs",
                                    "kwargs",
                                    "m",
                                    "ns",
                                    "namespace()",
                                    "cycler(1, l)",
                                    "joiner('-')",
                                    "range(9)",
                                    "range(99999)",
                                    "dict(d)",
                                    "dict(a=l)",
                                    "lipsum(1)",
                                    "time()",
                                    "cycler",
                                    "dict",
                                    "namespace",
                                    "range",
                                    "m()",
                                    "ns.a",
                                    "[]",
                                    "{}",
                                    "()",
                                    "[l, d]",
                                    "(1, l)",
                                    "{'a': l, 1: d}",
                                    "{l: 1}",
                                    "{(1,): 2}",
                                    "[[1, 2], [3]]",
                                    "'%s %r' % (l, d)",
                                    "'{0[0]} {a!r:>9}'",
                                    "'<b>'|safe",
                                    "s|safe",
                                    "l|map('string')",
                                    "l|batch(2)",
                                    "d.items()",
                                    "d.keys()",
                                    "s.encode()",
                                    "(1e999 - 1e999)",
                                    "-0.0",
                                    "5e-324",
                                    "10**40",
                                    "-9223372036854775808",
                                    "9223372036854775807",
                                    "2**63",
                                    "when|iso8601_to_time",
                                    "'1d'|timedeltaparse",
                                    "[].append",
                                    "s.join"};

static const char *const numbers[] = {"0",
                                      "1",
                                      "-1",
                                      "2",
                                      "7",
                                      "99",
                                      "255",
                                      "4300",
                                      "99999",
                                      "2147483648",
                                      "9223372036854775807",
                                      "9223372036854775808",
                                      "1e308",
                                      "1e999",
                                      "0.1",
                                      "5e-324",
                                      "0x7f",
                                      "10**30",
                                      "2**64"};

static const char *const texts[] = {"''",
                                    "'a'",
                                    "'%s'",
                                    "'%5.3f'",
                                    "'%-9s|'",
                                    "'%c'",
                                    "'%(a)s'",
                                    "'%%'",
                                    "'{}'",
                                    "'{0.a[b]}'",
                                    "'{:>9,.2f}'",
                                    "'{:x}'",
                                    "'{!r}'",
                                    "'\\u00e9\\U0001F600'",
                                    "'\\n\\t'",
                                    "'\\ud800'",
                                    "'<&\">'",
                                    "'a.b'",
                                    "'n'",
                                    "'http://a.b/?c=d'",
                                    "'2024-01-01T00:00:00Z'",
                                    "'[1, {\"a\": null}]'",
                                    "'(?P<n>a)+'",
                                    "'\\\\g<n>'",
                                    "'__class__'",
                                    "'%Y-%m-%d'",
                                    "'UTC'",
                                    "'YWI='",
                                    "'1d2h'"};

static const char *const heads[] = {"{% for x in l %}",
                                    "{% for x in l recursive %}",
                                    "{% for k, x in d.items() %}",
                                    "{% for x in rows if x %}",
                                    "{% if l %}",
                                    "{% set x %}",
                                    "{% macro m(a, b=l) %}",
                                    "{% call(x) m(l) %}",
                                    "{% filter upper %}",
                                    "{% block q scoped %}",
                                    "{% with x = l %}",
                                    "{% autoescape true %}",
                                    "{% for x in range(9) %}{{ loop.last }}"};
static const char *const feet[] = {"{% endfor %}",
                                   "{{ loop([x]) }}{% endfor %}",
                                   "{% endfor %}",
                                   "{{ loop.index }}{% else %}{% endfor %}",
                                   "{% else %}{% endif %}",
                                   "{% endset %}{{ x }}",
                                   "{% endmacro %}{{ m(1, *l) }}",
                                   "{% endcall %}",
                                   "{% endfilter %}",
                                   "{{ super() }}{% endblock %}",
                                   "{% endwith %}",
                                   "{% endautoescape %}",
                                   "{% endfor %}"};

#define COUNT(list) (sizeof(list) / sizeof *(list))
#define ANY(list)   list[next(r, COUNT(list))]

static size_t next(uint64_t *state, size_t n) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (size_t)((*state * 2685821657736338717U >> 33) % n);
}

struct text {
    char *at;
    size_t len, max;
};

// Puts a piece in the place of some bytes. What does not fit is not done.
static void put(struct text *t, size_t from, size_t gone, const char *piece) {
    size_t n = strlen(piece);
    if (t->len - gone + n > t->max) return;
    memmove(t->at + from + n, t->at + from + gone, t->len - from - gone);
    memcpy(t->at + from, piece, n);
    t->len += n - gone;
}

// The place of a random one of those where `is_place` holds, or 0: the first byte is the options.
static size_t place(const struct text *t, uint64_t *r, int (*is_place)(const struct text *, size_t)) {
    size_t start = t->len > 1 ? 1 + next(r, t->len - 1) : 0;
    for (size_t i = 0; i + 1 < t->len; i++) {
        size_t at = 1 + (start - 1 + i) % (t->len - 1);
        if (is_place(t, at)) return at;
    }
    return 0;
}

static int is_end(const struct text *t, size_t at) { // of a tag, with the blank before it
    return at + 2 < t->len && t->at[at] == ' ' && (t->at[at + 1] == '}' || t->at[at + 1] == '%') &&
           t->at[at + 2] == '}';
}
static int is_word_byte(char c) { return isalnum((unsigned char)c) || c == '_'; }
static int is_word(const struct text *t, size_t at) {
    return isalpha((unsigned char)t->at[at]) && !is_word_byte(t->at[at - 1]) && t->at[at - 1] != '\\';
}
static int is_number(const struct text *t, size_t at) {
    return isdigit((unsigned char)t->at[at]) && !is_word_byte(t->at[at - 1]);
}
static int is_quote(const struct text *t, size_t at) { return t->at[at] == '\''; }

static size_t word_length(const struct text *t, size_t at) {
    size_t n = 0;
    while (at + n < t->len && is_word_byte(t->at[at + n])) n++;
    return n;
}

static void change_quoted(struct text *t, uint64_t *r) {
    size_t at = place(t, r, is_quote);
    const char *end = at ? memchr(t->at + at + 1, '\'', t->len - at - 1) : NULL;
    if (end) put(t, at, (size_t)(end - t->at) + 1 - at, ANY(texts));
}

static void wrap(struct text *t, uint64_t *r) {
    size_t kind = next(r, COUNT(heads)), at = 1;
    const char *end = memmem(t->at, t->len, "\n----\n", 6);
    put(t, end ? (size_t)(end - t->at) : t->len, 0, feet[kind]);
    put(t, at, 0, heads[kind]);
}

static void add_output(struct text *t, uint64_t *r) {
    char piece[200];
    const char *end = memmem(t->at, t->len, "\n----\n", 6);
    snprintf(piece, sizeof piece, "{{ %s%s%s }}", ANY(words), ANY(tails), ANY(tails));
    put(t, end ? (size_t)(end - t->at) : t->len, 0, piece);
}

static void change(struct text *t, uint64_t *r) {
    size_t at;
    switch (next(r, 8)) {
    case 0:
    case 1:
    case 2:
        if ((at = place(t, r, is_end))) put(t, at, 0, ANY(tails));
        break;
    case 3:
        if ((at = place(t, r, is_word))) put(t, at, word_length(t, at), ANY(words));
        break;
    case 4:
        if ((at = place(t, r, is_number))) put(t, at, word_length(t, at), ANY(numbers));
        break;
    case 5: change_quoted(t, r); break;
    case 6: add_output(t, r); break;
    case 7: wrap(t, r); break;
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed) {
    uint64_t state = seed * 0x9E3779B97F4A7C15U + 1, *r = &state;
    if (size < 2 || next(r, 2)) return LLVMFuzzerMutate(data, size, max_size);
    struct text t = {(char *)data, size, max_size};
    for (size_t n = 1 + next(r, 3); n; n--) change(&t, r);
    return t.len;
}
