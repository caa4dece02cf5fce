"""Prints cases for text_spec.lua, one JSON array a line: function, arguments, what Python answers. Seeded."""
import html
import json
import random
import re
import struct
import sys
import unicodedata

rng = random.Random(int(sys.argv[1]))
POOLS = ["abcXYZ 09_-", "  \t\n\r\x0b\x1c\x85\u2028\u3000", "ßŉǆǅİıſﬁΣσςΐᾳᾼΑΟΔ", "éÉüÜñ'\"\\\x00\x7f\xa0\xad", "²½٣೩Ⅷ中文字ªʰ\u0345\u0301\u200d", "🙂👩\U0001F1E9\u2026<>&;#"]
ASSIGNED = [c for c in map(chr, range(0x110000)) if unicodedata.category(c) not in ("Cn", "Cs")]


def text(most=12):
    out = []
    for _ in range(rng.randrange(most + 1)):
        out.append(rng.choice(ASSIGNED) if rng.random() < 0.15 else rng.choice(rng.choice(POOLS)))
    return "".join(out)


def part(s):
    if not s or rng.random() < 0.2:
        return text(2)
    i = rng.randrange(len(s))
    return s[i:i + rng.randrange(1, 3)]


def index():
    return rng.choice([None, None, rng.randrange(-14, 15)])


def case(name, args, want):
    print(json.dumps([name, args, want]))


def title_words(s):
    return "".join(i[0].upper() + i[1:].lower() for i in re.split(r"([-\s({\[<]+)", s) if i)


def striptags(s):
    for start, end in (("<!--", "-->"), ("<", ">")):
        while (a := s.find(start)) != -1 and (b := s.find(end, a)) != -1:
            s = s[:a] + s[b + len(end):]
    return html.unescape(" ".join(s.split()))


def mark_up():
    parts = ["<", ">", "<!--", "-->", "--", "!", "-", "a ", "&amp;", "&lt", "&notit;", "&#x41;", "&#0;", "&#150;", "&nGt;", " \n", "é", "&", ";", "b"]
    return "".join(rng.choice(parts) for _ in range(rng.randrange(12)))


PLAIN = {"str_repr": repr, "str_ascii": ascii, "upper": str.upper, "lower": str.lower, "title": str.title,
         "capitalize": str.capitalize, "swapcase": str.swapcase, "casefold": str.casefold, "title_words": title_words,
         "reverse": lambda s: s[::-1], "len": len, "words": lambda s: len(re.findall(r"\w+", s)),
         "is_ascii": str.isascii, "chars": list}
CLASSES = "alpha digit decimal numeric alnum space lower upper title identifier printable ascii".split()


def one_text():
    s = text()
    for name, f in PLAIN.items():
        case(name, [s], f(s))
    for name in CLASSES:
        t = s if rng.random() < 0.4 else rng.choice(ASSIGNED)
        case("is", [t, name], getattr(str, "is" + name)(t))
    case("json_string", [s, True, False], json.dumps(s))
    case("json_string", [s, False, False], json.dumps(s, ensure_ascii=False))
    m = mark_up()
    case("unescape_html", [m], html.unescape(m))
    case("striptags", [m], striptags(m))


def search():
    s = text()
    sub, a, b = part(s), index(), index()
    for name in ("find", "rfind", "count"):
        case(name, [s, sub, a, b], getattr(s, name)(sub, a, b))
    case("starts", [s, sub, a, b], s.startswith(sub, a, b))
    case("ends", [s, sub, a, b], s.endswith(sub, a, b))
    step = rng.choice([None, -3, -2, -1, 1, 2, 3])
    case("slice", [s, a, b, step], s[a:b:step])
    i = rng.randrange(-14, 15)
    case("at", [s, i], s[i] if -len(s) <= i < len(s) else None)
    i, j = rng.randrange(14), rng.randrange(14)
    case("sub", [s, i, j], s[i:j])


def cut():
    s = text()
    most = rng.choice([-1, -1, 0, 1, 2, 3])
    sep = rng.choice([None, part(s) or "x"])
    case("split", [s, sep, most], s.split(sep, most))
    case("rsplit", [s, sep, most], s.rsplit(sep, most))
    keep = rng.random() < 0.5
    case("splitlines", [s, keep], s.splitlines(keep))
    sep = part(s) or "x"
    chars = rng.choice([None, part(s) + part(s)])
    for name, where in (("strip", None), ("lstrip", "l"), ("rstrip", "r")):
        case("strip", [s, chars, where], getattr(s, name)(chars))
    old, new, count = part(s), text(3), rng.choice([-1, 0, 1, 2])
    case("replace", [s, old, new, count], s.replace(old, new, count))
    case("partition", [s, sep, False], list(s.partition(sep)))
    case("partition", [s, sep, True], list(s.rpartition(sep)))


def pad():
    s, width, fill = text(6), rng.randrange(-1, 14), rng.choice("-é🙂")
    for name in ("center", "ljust", "rjust"):
        case(name, [s, width, fill], getattr(s, name)(width, fill))
    signed = rng.choice(["", "+", "-", "--"]) + s
    case("zfill", [signed, width], signed.zfill(width))
    tabs = s.replace("a", "\t").replace("b", "\t") + "\tx\n\ty"
    case("expandtabs", [tabs, width], tabs.expandtabs(width))
    case("rep", [s, width], s * width)


def number():
    bits = rng.choice([
        lambda: struct.unpack("<d", rng.randbytes(8))[0], lambda: round(rng.uniform(-1e6, 1e6), rng.randrange(8)),
        lambda: 2.0 ** rng.randrange(-1074, 1024), lambda: rng.uniform(0, 1) * 10.0 ** rng.randrange(-20, 20),
        lambda: float(rng.randrange(10 ** 17)), lambda: rng.randrange(1, 5000) * 5e-324])()
    case("float_repr", [bits.hex()], repr(bits))


for _ in range(int(sys.argv[2])):
    for kind in (one_text, search, cut, pad, number, number, number):
        kind()
