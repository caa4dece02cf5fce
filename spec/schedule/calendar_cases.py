"""Prints random recurring events and their occurrences, one JSON a line, for rules_spec.lua. Seeded.

Starts are dateutil's rule on naive local times plus DTSTART, RDATE minus EXDATE; a second list comes from the library
recurring_ical_events reading the text, which is how OnCall reads calendars. Ends keep the hour on the wall.
"""
import datetime as dt
import json
import random
import signal
import sys
import zoneinfo

import icalendar
import recurring_ical_events
from dateutil import rrule

rng = random.Random(int(sys.argv[2]))
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Chatham"]
FREQUENCIES = ["HOURLY", "DAILY", "DAILY", "WEEKLY", "WEEKLY", "MONTHLY", "MONTHLY", "YEARLY"]


def moment(naive, zone):
    return round(naive.replace(tzinfo=zone, fold=0).timestamp())


def some(values, most):
    return ",".join(str(v) for v in rng.sample(list(values), rng.randint(1, most)))


def random_rule(start):
    frequency = rng.choice(FREQUENCIES)
    parts = ["FREQ=" + frequency]
    if rng.random() < 0.5:
        parts.append("INTERVAL=%d" % rng.choice([1, 2, 3, 5]))
    if rng.random() < 0.3:
        parts.append("BYMONTH=" + some(range(1, 13), 6))
    kind = rng.random()
    if kind < 0.35:
        numbered = frequency in ("MONTHLY", "YEARLY") and rng.random() < 0.6
        days = rng.sample(DAYS, rng.randint(1, 4))
        parts.append("BYDAY=" + ",".join((str(rng.choice([1, 2, 3, -1, -2])) if numbered else "") + d for d in days))
    elif kind < 0.6 and frequency != "WEEKLY":
        parts.append("BYMONTHDAY=" + some(list(range(1, 32)) + list(range(-31, 0)), 5))
    elif kind < 0.7 and frequency == "YEARLY":
        parts.append("BYYEARDAY=" + some(list(range(1, 367)) + list(range(-366, 0)), 9))
    elif kind < 0.8 and frequency == "YEARLY":
        parts.append("BYWEEKNO=" + some(range(1, 54), 6))
        parts.append("BYDAY=" + some(DAYS, 3))
    if frequency != "HOURLY" and rng.random() < 0.2:
        parts.append("BYHOUR=" + some(range(24), 3))
    if rng.random() < 0.15:
        parts.append("BYMINUTE=" + some(range(60), 2))
    # Of a week that DTSTART cuts dateutil counts only the rest, where RFC 5545 counts all of it.
    if frequency != "WEEKLY" and rng.random() < 0.15 and any(p.startswith("BY") for p in parts):
        parts.append("BYSETPOS=" + some([1, 2, 3, -1, -2], 2))
    if rng.random() < 0.3:
        parts.append("WKST=" + rng.choice(DAYS))
    end = rng.random()
    if end < 0.25:
        parts.append("COUNT=%d" % rng.randint(1, 60))
    elif end < 0.5:
        parts.append("UNTIL=" + (start + dt.timedelta(days=rng.randint(0, 900))).strftime("%Y%m%dT%H%M%SZ"))
    return ";".join(parts)


def naive_starts(text, start, zone, high):
    until = None
    kept = []
    for part in text.split(";"):
        if part.startswith("UNTIL="):
            until = dt.datetime.strptime(part[6:], "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.timezone.utc).timestamp()
        else:
            kept.append(part)
    found = set()
    for at in rrule.rrulestr(";".join(kept), dtstart=start).replace(until=high):
        if until is not None and moment(at, zone) > until:
            break
        found.add(at)
    return found | {start}


def one():
    zone_name = rng.choice(ZONES)
    zone = zoneinfo.ZoneInfo(zone_name)
    start = dt.datetime(rng.randint(2025, 2026), rng.randint(1, 12), rng.randint(1, 28), rng.randint(0, 23), rng.choice([0, 15, 30]))
    rule = random_rule(start)
    low = dt.datetime(2026, rng.randint(1, 12), 1)
    if "HOURLY" in rule:
        start = start.replace(year=2026, month=low.month)
    minutes = rng.choice([15, 60, 8 * 60, 24 * 60, 40 * 60])
    high = low + dt.timedelta(days=20 if "HOURLY" in rule else 90)
    end = start + dt.timedelta(minutes=minutes)
    starts = naive_starts(rule, start, zone, high + dt.timedelta(days=4))
    lines = ["BEGIN:VEVENT", "UID:1", "SUMMARY:x", "RRULE:" + rule]
    stamp = "%Y%m%dT%H%M%S"
    lines.append("DTSTART;TZID=%s:%s" % (zone_name, start.strftime(stamp)))
    lines.append("DTEND;TZID=%s:%s" % (zone_name, end.strftime(stamp)))
    if rng.random() < 0.3:
        for gone in rng.sample(sorted(starts), min(3, len(starts))):
            lines.append("EXDATE;TZID=%s:%s" % (zone_name, gone.strftime(stamp)))
            starts.discard(gone)
    if rng.random() < 0.3:
        extra = low + dt.timedelta(days=rng.randint(0, 40), minutes=rng.randint(0, 1439))
        lines.append("RDATE;TZID=%s:%s" % (zone_name, extra.strftime(stamp)))
        starts.add(extra)
    text = "\r\n".join(["BEGIN:VCALENDAR"] + lines + ["END:VEVENT", "END:VCALENDAR", ""])
    utc = dt.timezone.utc
    window = [round(x.replace(tzinfo=utc).timestamp()) for x in (low, high)]
    expected = set()
    for at in starts:
        begin, stop = moment(at, zone), moment(at + dt.timedelta(minutes=minutes), zone)
        if begin < stop and begin < window[1] and stop > window[0]:
            expected.add((begin, stop))
    hourly = "HOURLY" in rule  # the library loses hours when clocks are turned
    return {"text": text, "window": window, "events": sorted(expected), "library": library(text, low, high) if not hourly and rng.random() < 0.2 else None}


def library(text, low, high):
    """Starts by the library, which takes its time; None where it cannot read the rule."""
    try:
        found = recurring_ical_events.of(icalendar.Calendar.from_ical(text)).between(low, high)
    except (ValueError, IndexError):
        return None
    return sorted({round(e["DTSTART"].dt.timestamp()) for e in found})


def give_up(*_):
    raise TimeoutError


signal.signal(signal.SIGVTALRM, give_up)
zoneinfo.reset_tzpath(["/usr/share/zoneinfo"])
left = int(sys.argv[1])
while left:
    signal.setitimer(signal.ITIMER_VIRTUAL, 0.4)
    try:
        print(json.dumps(one()))
        left -= 1
    except TimeoutError:  # dateutil looks for an occurrence that never comes until the year 9999
        pass
