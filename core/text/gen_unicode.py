"""Writes unicode_data.c and html_names.c from Python's own tables: `python3.12 core/text/gen_unicode.py`.

Python 3.12 carries Unicode 15.0, the version whose repr and case rules templates follow. Run it again only to move to
another version; its output is committed so that the build needs no Python.
"""
import html.entities
import os
import sys
import unicodedata

HERE = os.path.dirname(os.path.abspath(__file__))
BLOCK = 64
FLAGS = ["ALPHA", "DECIMAL", "DIGIT", "NUMERIC", "SPACE", "LOWER", "UPPER", "TITLE", "ID_START", "ID_CONTINUE",
         "PRINTABLE", "CASED", "IGNORABLE"]


def is_ignorable(c):
    if unicodedata.category(c) == "Cs":
        return False
    cased = c.islower() or c.isupper() or c.istitle()
    before = ("A" if not cased else "1") + c + "\u03a3"
    return (before.lower()[-1] == "\u03c2") != cased


def flags(c):
    surrogate = unicodedata.category(c) == "Cs"
    tests = [c.isalpha(), c.isdecimal(), c.isdigit(), c.isnumeric(), c.isspace(), c.islower(), c.isupper(),
             unicodedata.category(c) == "Lt", c.isidentifier() and c != "_", ("a" + c).isidentifier(), c.isprintable(),
             c.islower() or c.isupper() or c.istitle(), not surrogate and is_ignorable(c)]
    return sum(1 << i for i, t in enumerate(tests) if t)


def mapping(c, text, specials):
    if len(text) == 1:
        return ord(text) - ord(c)
    points = tuple(map(ord, text)) + (0,) * (3 - len(text))
    return (1 << 24) + specials.setdefault(points, len(specials))


def title(c):
    return c.title()


def record(cp, specials):
    c = chr(cp)
    maps = [mapping(c, f(c), specials) for f in (str.upper, str.lower, title, str.casefold)]
    return (flags(c), unicodedata.decimal(c, 0), *maps)


def rows(values):
    lines = ["   "]
    for value in map(str, values):
        if len(lines[-1]) + len(value) > 117:
            lines.append("   ")
        lines[-1] += (" " if lines[-1] == "   " else "") + value + ","
    return "\n".join(lines)


def unicode_source():
    records, specials, blocks, first = {}, {}, {}, []
    for start in range(0, 0x110000, BLOCK):
        block = tuple(records.setdefault(record(cp, specials), len(records)) for cp in range(start, start + BLOCK))
        first.append(blocks.setdefault(block, len(blocks)))
    while first[-1] == first[-2]:
        first.pop()
    second = [n for block in blocks for n in block]
    assert len(blocks) < 65536 and len(records) < 65536
    lines = ["{%d,%d,{%s}}" % (r[0], r[1], ",".join(map(str, r[2:]))) for r in records]
    triples = ["{%s}" % ",".join("0x%x" % n if n else "0" for n in t) for t in specials]
    return f"""// Unicode {unicodedata.unidata_version} properties and case mappings as two-stage tables; written by gen_unicode.py, not by hand.
// clang-format off
#include "text/unicode.h"

const uint16_t unicode_first[] = {{
{rows(first)}}};

const uint16_t unicode_second[] = {{
{rows(second)}}};

const struct unicode_record unicode_records[] = {{
{rows(lines)}}};

const uint32_t unicode_specials[][3] = {{
{rows(triples)}}};

const uint32_t unicode_first_count = {len(first)};
"""


def html_source():
    names = sorted(html.entities.html5.items())
    lines = []
    for name, text in names:
        points = [ord(c) for c in text]
        lines.append('{"%s",{%s}}' % (name, ",".join(map(hex, points[:len(text)]))))
    return f"""// The named character references of HTML5, sorted by name; written by gen_unicode.py, not by hand.
// A name that ends without a semicolon may be written without one.
// clang-format off
#include "text/text.h"

const struct html_name html_names[] = {{
{rows(lines)}}};

const uint32_t html_names_count = {len(names)};
"""


if __name__ == "__main__":
    if unicodedata.unidata_version != "15.0.0":
        sys.exit("needs Unicode 15.0.0 (Python 3.12), not " + unicodedata.unidata_version)
    for name, source in (("unicode_data.c", unicode_source()), ("html_names.c", html_source())):
        with open(os.path.join(HERE, name), "w", encoding="ascii") as f:
            f.write(source)
