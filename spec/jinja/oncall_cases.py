"""Prints cases for oncall_spec.lua, one JSON array a line: template, context, and what Jinja2 with OnCall's filters makes
of it: text, or the name of an exception in a list."""
import base64
import datetime
import json
import random
import sys
import zoneinfo

from jinja2.sandbox import SandboxedEnvironment

sys.path.insert(0, "spec/differential")
import oncall_filters  # noqa: E402
from oncall_filters import FILTERS, iso8601_to_time as lenient  # noqa: E402

# pytz knows no summer time past 2037 and no seconds in an offset; over all of time, Python's own zones are right.
KNOWN_ZONES = {name.lower(): name for name in zoneinfo.available_timezones()}
oncall_filters.zone_named = lambda name: zoneinfo.ZoneInfo(KNOWN_ZONES[name.lower()])

rng = random.Random(int(sys.argv[1]))
MANY = int(sys.argv[2])
CLASSES = {"UnknownTimeZoneError": "KeyError"}

ENV = SandboxedEnvironment()
ENV.filters.update(FILTERS)


def case(template, **context):
    try:
        want = ENV.from_string(template).render(**context)
    except Exception as e:
        want = [CLASSES.get(type(e).__name__, type(e).__name__)]
    print(json.dumps([template, context, want]))


ISO = ["2023-11-22T15:30:00Z", "2023-11-22T15:30:00+05:30", "20231122T153000,123456789", "2023-W47-3T15:30", "2023W473T1530",
       "2023-11-22", "2023-11-22 15:30:00.5 +0100", "2023-1-2 3:4", "2023-1-2 3:4:5.1234567 Z", "2024-02-29T00:00:00.000001-08:00",
       "2023-11-22T15:30:00.123-00:00:01.5", "0001-01-02T00:00", "9999-12-31T23:59:59.999999", "1969-12-31T23:59:59+14:00"]
GOOD = [s for s in ISO if lenient(s)]
DIRECTIVES = ["%a", "%A", "%b", "%B", "%c", "%d", "%-d", "%_d", "%e", "%f", "%F", "%H", "%-H", "%I", "%j", "%-j", "%m", "%M", "%p",
              "%R", "%s", "%S", "%T", "%u", "%U", "%V", "%w", "%W", "%x", "%X", "%y", "%z", "%Z", "%%", "%D", "%h", "%n", "%t", " ",
              "/", "é", "%Y-", "%G "]
PARSE = ["%d", "%m", "%H", "%M", "%S", "%f", "%j", "%I %p", "%b", "%B", "%a", "%A", "%y", "%z", "%U %w", "%W %a", "%Z", "%G-%V-%u", "%%", "x"]
ZONES = ["UTC", "europe/paris", "America/New_York", "Asia/Kolkata", "America/Sao_Paulo", "Australia/Lord_Howe", "potato", "Europe/Dublin"]


def damaged(s):
    for _ in range(rng.randrange(4)):
        k = rng.randrange(len(s) + 1)
        s = s[:k] + rng.choice(["", rng.choice("0123456789-:+ZTW., \nzé")]) + s[k + rng.randrange(2):]
    return s


def moment():
    return datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=rng.randrange(-4_000_000_000, 9_000_000_000),
                                                              microseconds=rng.choice([0, rng.randrange(10**6)]))


def moments():
    case("{{ v | iso8601_to_time }}", v=damaged(rng.choice(ISO)))
    case("{{ [v | iso8601_to_time] }}", v=rng.choice(GOOD))
    v = moment().isoformat() + rng.choice(["", "Z", "+02:00", "-09:30"])
    f = "".join(rng.choice(DIRECTIVES) for _ in range(4))
    case("{{ v | iso8601_to_time | datetimeformat(f) }}", v=v, f=f)
    case("{{ v | iso8601_to_time | datetimeformat_as_timezone(f, z) }}", v=v, f="%F %T %Z %z", z=rng.choice(ZONES))
    f = " ".join(rng.sample(PARSE, 3)) + rng.choice(["", " %Y"])
    f = f.replace("%W", "%M") if "%U" in f else f
    text = moment().replace(tzinfo=datetime.timezone.utc).strftime(f)
    case("{{ v | datetimeparse(f) }}", v=text if rng.random() < 0.6 else damaged(text), f=f)
    t = rng.choice([rng.randrange(-10**11, 10**12), rng.uniform(-10**10, 10**10), round(rng.uniform(0, 2e9), 3), True, None, "1"])
    case("{{ v | timestamp_to_datetime }}", v=t)


def deltas():
    d, e = (rng.choice(["", "-", "+"]) + str(rng.choice([0, 1, 7, 90, 86399, 100000])) + rng.choice("smhdwMQyx") for _ in "ab")
    case("{{ d | timedeltaparse }}", d=d)
    case("{{ [d | timedeltaparse] }}", d=d)
    v, w = rng.choice(GOOD), rng.choice(GOOD)
    case("{{ (v | iso8601_to_time) " + rng.choice("+-") + " (d | timedeltaparse) }}", v=v, d=d)
    case("{{ (v | iso8601_to_time) - (w | iso8601_to_time) }}", v=v, w=w)
    case("{{ (v | iso8601_to_time) " + rng.choice(["<", "<=", "==", "!=", ">"]) + " (w | iso8601_to_time) }}", v=v, w=w)
    n = rng.choice([0, 1, -3, 7, 0.5, -1.25, 3])
    case("{{ (d | timedeltaparse) " + rng.choice(["*", "/", "//", "+"]) + " n }}", d=d, n=n)
    case("{{ (d | timedeltaparse) " + rng.choice(["+", "-", "/", "//", "%", "<", "=="]) + " (e | timedeltaparse) }}", d=d, e=e)


ATTRIBUTES = ["year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo", "date()", "time()", "timestamp()",
              "weekday()", "isoweekday()", "isoformat()", "isoformat(' ', 'milliseconds')", "utcoffset()", "tzname()", "ctime()",
              "replace(hour=3, day=9)", "replace(month=13)", "replace(2020, 2)", "strftime('%j %y')", "toordinal()", "nope", "date().strftime('%F %T')",
              "astimezone()", "replace(tzinfo=none)", "isocalendar()[1]", "timetz()", "date().isoformat()", "timetz().isoformat()"]


def attributes():
    case("{{ (v | iso8601_to_time)." + rng.choice(ATTRIBUTES) + " }}", v=rng.choice(GOOD))
    case("{{ (d | timedeltaparse)." + rng.choice(["days", "seconds", "microseconds", "total_seconds()", "nope"]) + " }}",
         d=rng.choice(["1h", "-90s", "3d", "-1w"]))
    case("{{ '{:%H|%d}'.format(v | iso8601_to_time) }}{{ {(v | iso8601_to_time): 1} }}{{ 1 if d | timedeltaparse else 0 }}",
         v=rng.choice(GOOD), d=rng.choice(["0s", "1s"]))


def codes():
    text = "".join(rng.choice("abc é🙂\"\\/<>&'\x7f\n") for _ in range(rng.randrange(8)))
    encoded = base64.b64encode(text.encode()).decode()
    k = rng.randrange(len(encoded) + 1)
    case("{{ v | b64decode }}", v=encoded[:k] + rng.choice(["", "=", "-", "!", "é", "A"]) + encoded[k:])
    tree = {text: [1, 2.5, None, True, {"b": {}, "a": []}], "z": 1e16, "é": text, "10": -0.0}
    for name in ("json_dumps", "tojson_pretty", "tojson", "tojson(indent=2)", "tojson(0)"):
        case("{{ p | " + name + " }}", p=tree)
        case("{{ {'q': p, 1: (2, p.z)} | " + name + " }}", p=tree)
        case("{{ [p.nope] | " + name + " }}", p=tree)
    for bad in ('{"a": [1, 2.0, null]}', "[", "", "nul", "1", '"é"', "{'a': 1}", "[1] x"):
        case("{{ v | parse_json }}", v=bad)


def expressions():
    case("{{ v | regex_replace(f, r) }}", v="host-12 é host-3\n", f=rng.choice([r"(\w+)-(\d+)", r"\s+", "é", "o*", "x"]),
         r=rng.choice(["-", r"<\g<0>>", "", "$1", r"\n"]))
    case("{{ v | regex_match(f) }} {{ v | regex_search(value=f) }}", v="a db-12", f=rng.choice([r"\w", r"db-\d+$", "^db", "(?:a )?db"]))


def refusals():
    for name in list(FILTERS):
        args = {"regex_replace": "('a', 'b')", "regex_match": "('a')", "regex_search": "('a')"}.get(name, "")
        for v in (None, 7, [1], {"a": 1}):
            case("{{ v | " + name + args + " }}", v=v)
        case("{{ nope | " + name + args + " }}")
    case("{{ '9999999999d' | timedeltaparse }}")
    case("{{ ('9999-12-31' | iso8601_to_time) + ('1d' | timedeltaparse) }}")
    case("{{ ('2023-01-01' | iso8601_to_time) + 1 }}")
    case("{{ ('1d' | timedeltaparse) / 0 }}")


refusals()
for _ in range(MANY):
    for kind in (moments, deltas, attributes, codes, expressions):
        kind()
