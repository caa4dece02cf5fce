"""Prints cases for regex_spec.lua, one JSON array a line: pattern, template, text, [search, match, sub]. Seeded.

Only what `re` and the `regex` module agree on; patterns that `re` refuses are left out.
"""
import json
import random
import re
import sys
import warnings

warnings.simplefilter("ignore")
rng = random.Random(11)
ATOMS = ["a", "b", "é", "1", " ", ".", r"\d", r"\w", r"\s", r"\b", "^", "$", "[ab]", "[^a]", "[a-c1]", r"[\d\s]", "(a)", "(b|a)",
         "(?:ab|a)", "(?=a)", "(?!b)", "(?<=a)", "(?<!b)", r"\.", "a|b", "(?P<n>a)", r"\1", r"\x41", "\n", r"\n", r"\A", r"\Z",
         "(?i:A)", "x{,2}", "{", "}", "]", "a{2", r"\-", "(?s:.)", "-", "[]a]", "[a-]", r"\u0061", r"\101", "(?m:^)", "(?m:$)"]
REPEATS = ["", "", "", "", "*", "+", "?", "{2}", "{1,2}", "*?", "+?", "??", "{,2}"]
TEXTS = ["a", "b", "ab", "1", " ", "\n", "é", "A", "x", "-", "aa", ".", "bb", "{", "B"]

for _ in range(int(sys.argv[1])):
    pattern = "".join(rng.choice(ATOMS) + rng.choice(REPEATS) for _ in range(rng.randrange(1, 5)))
    text = "".join(rng.choice(TEXTS) for _ in range(rng.randrange(9)))
    template = rng.choice(["-", r"\g<0>!", r"x\ny", "$1", r"\101"])
    try:
        compiled = re.compile(pattern)
    except (re.error, OverflowError):
        continue
    want = [bool(compiled.search(text)), bool(compiled.match(text)), compiled.sub(template, text)]
    print(json.dumps([pattern, template, text, want]))
