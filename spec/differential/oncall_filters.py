"""OnCall's template filters in Python, for the real Jinja2: what they answer is what ours must answer.

Written from their described behaviour. Regular expressions are the `regex` module's and zones are pytz's, as there.
"""
import base64
import datetime
import inspect
import json
import re

import pytz
import regex

FORMAT = "%H:%M / %d-%m-%Y"
REGEX_TIMEOUT = 2
DJANGO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[\.,](\d{1,6})\d{0,6})?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?$",
    re.ASCII)
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def iso8601_to_time(value):
    """Python's own format first, then Django's looser one."""
    try:
        return datetime.datetime.fromisoformat(value)
    except ValueError:
        found = DJANGO.match(value)
    if not found:
        return None
    *numbers, micro, zone = found.groups()
    tz = None
    if zone == "Z":
        tz = datetime.timezone.utc
    elif zone:
        minutes = 60 * int(zone[1:3]) + (int(zone[-2:]) if len(zone) > 3 else 0)
        name = "%s%02d%02d" % (zone[0], minutes // 60, minutes % 60)
        tz = datetime.timezone(datetime.timedelta(minutes=-minutes if zone[0] == "-" else minutes), name)
    return datetime.datetime(*[int(n or 0) for n in numbers], int((micro or "0").ljust(6, "0")), tzinfo=tz)


def datetimeparse(value, format=FORMAT):
    return datetime.datetime.strptime(value, format)


def datetimeformat(value, format=FORMAT):
    return value.strftime(format)


zone_named = pytz.timezone


def datetimeformat_as_timezone(value, format=FORMAT, tz="UTC"):
    return value.astimezone(zone_named(tz)).strftime(format)


def timestamp_to_datetime(value):
    return datetime.datetime.fromtimestamp(value, datetime.timezone.utc).replace(tzinfo=None)


def timedeltaparse(value):
    if not re.match(r"^[-+]?\d+[smhdwMQy]$", value, re.ASCII) or value.strip()[-1] not in UNITS:
        return None
    return datetime.timedelta(**{UNITS[value.strip()[-1]]: int(value.strip()[:-1])})


def regex_replace(value, find, replace):
    return regex.sub(find, replace, value, timeout=REGEX_TIMEOUT)


def regex_match(pattern, value):
    return bool(regex.match(value, pattern, timeout=REGEX_TIMEOUT))


def regex_search(pattern, value):
    return bool(regex.search(value, pattern, timeout=REGEX_TIMEOUT))


def b64decode(value):
    return base64.b64decode(value).decode("utf-8")


def parse_json(value):
    return json.loads(value)


def tojson_pretty(value):
    return json.dumps(value, sort_keys=True, indent=4, ensure_ascii=False)


def json_dumps(value):
    return json.dumps(value)


def _swallow(f):
    signature = inspect.signature(f)

    def filter(*args, **kwargs):
        signature.bind(*args, **kwargs)  # what is wrong with the call itself is not swallowed
        try:
            return f(*args, **kwargs)
        except (ValueError, AttributeError, TypeError):
            return None
    return filter


FILTERS = {f.__name__: _swallow(f) for f in (
    iso8601_to_time, datetimeparse, datetimeformat, datetimeformat_as_timezone, timestamp_to_datetime, timedeltaparse,
    regex_replace, regex_match, regex_search, b64decode, parse_json, tojson_pretty, json_dumps)}


def time():
    """The global `time`, at a moment that does not move."""
    return datetime.datetime(2024, 5, 17, 12, 34, 56, 789012, tzinfo=datetime.timezone.utc)
