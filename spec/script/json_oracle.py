"""Python's json as the judge of our parsers: reads documents and our answers, prints one line a disagreement.

json_oracle.py DOCUMENTS ANSWERS. What Python takes that RFC 8259 does not (NaN, Infinity) is refused here; what we
promise beyond it (a byte order mark, lone surrogates as U+FFFD) is applied here."""
import json
import re
import sys

sys.set_int_max_str_digits(0)
sys.setrecursionlimit(10000)


def refuse(name):
    raise ValueError(name)


def clean(value):
    if isinstance(value, str):
        return re.sub("[\ud800-\udfff]", "\ufffd", value)
    if isinstance(value, list):
        return [clean(item) for item in value]
    if isinstance(value, dict):
        out = {}
        for key, item in value.items():
            out[clean(key)] = clean(item)
        return out
    return value


def depth(value):
    if isinstance(value, list):
        return 1 + max(map(depth, value), default=0)
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    return 0


def judge(raw):
    """(is valid, value)"""
    try:
        text = raw.decode("utf-8").removeprefix("\ufeff")
        return True, json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError):
        return False, None


def main(documents, answers):
    data = open(documents, "rb").read()
    at = count = valid = strict_only = 0
    for line in open(answers, encoding="utf-8"):
        size = int(data[at:at + 10])
        raw = data[at + 10:at + 10 + size]
        at += 10 + size
        count += 1
        answer = json.loads(line)
        is_valid, value = judge(raw)
        if is_valid and depth(value) > 128:
            is_valid = False
        valid += is_valid
        strict_only += is_valid and answer["simd"] is None
        for name in ("both", "strict"):
            ours = answer[name]
            if (ours is not None) != is_valid:
                print(f"{name}: {'refused' if ours is None else 'accepted'}: {raw[:200]!r} {answer['why']}")
            elif is_valid and repr(clean(value)) != repr(json.loads(ours)):
                print(f"{name}: {raw[:200]!r} read as {ours[:200]}")
        if answer["simd"] is not None and answer["simd"] != answer["strict"]:
            print(f"simd and strict differ: {raw[:200]!r}")
    if at != len(data):
        print(f"only {count} documents were answered")
    print(f"judged {count} valid {valid} strict {strict_only}")


main(*sys.argv[1:])
