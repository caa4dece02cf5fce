"""Prints random shifts and their occurrences, one JSON a line, for shifts_spec.lua. Seeded.

Occurrences come from dateutil's rules on naive local times; zoneinfo makes moments of them (of two equal times the first,
a skipped time by the offset before the change). A rotation is OnCall's procedure: one rule for each group, its interval
multiplied by the number of groups, each group's start found from the start of the group before.
"""
import datetime as dt
import json
import random
import sys
import zoneinfo

from dateutil import rrule

rng = random.Random(int(sys.argv[2]))
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
FREQUENCY = {"hourly": rrule.HOURLY, "daily": rrule.DAILY, "weekly": rrule.WEEKLY, "monthly": rrule.MONTHLY}
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Chatham",
         "America/Sao_Paulo", "Africa/Casablanca", "Asia/Tehran"]
ONE_DAY = dt.timedelta(days=1)


def moment(naive, zone):
    return round(naive.replace(tzinfo=zone, fold=0).timestamp())


def rule(s, start, interval, frequency=None, days=None):
    return rrule.rrule(FREQUENCY[frequency or s["frequency"]], dtstart=start, interval=interval, wkst=DAYS.index(s["week_start"]),
                       byweekday=[DAYS.index(d) for d in days or s.get("by_day", [])] or None,
                       bymonthday=s.get("by_monthday") or None, bymonth=s.get("by_month") or None)


def starts(r, start, low, high):
    found = set(r.between(low, high, inc=True))
    if low <= start <= high:
        found.add(start)
    return found


def next_start(s, start):
    """The next hand-over after the group that began at `start`."""
    first, end = start, None
    if s["frequency"] == "hourly":
        first = start + dt.timedelta(hours=1)
    elif s["frequency"] == "daily":
        first = start + ONE_DAY
    elif s["frequency"] == "weekly":
        into = (start.weekday() - DAYS.index(s["week_start"])) % 7
        first = start + dt.timedelta(days=7 - into + 7 * (s["interval"] - 1))
        end = first + dt.timedelta(days=7)
    else:
        month = start.year * 12 + start.month - 1 + s["interval"]
        first = start.replace(year=month // 12, month=month % 12 + 1, day=1)
        end = first.replace(year=(month + 1) // 12, month=(month + 1) % 12 + 1)
    found = rule(s, start, s["interval"]).after(first - dt.timedelta(seconds=1))
    midnight = end and end.replace(hour=0, minute=0, second=0)
    return found if found and (not end or found < midnight) else None


def rotation(s, start, low, high):
    if s["frequency"] == "daily" and s.get("by_day"):
        return day_by_day(s, start, low, high)
    out, n = [], s["groups"]
    for group in range(n):
        out += [(at, group) for at in starts(rule(s, start, s["interval"] * n), start, low, high)]
        start = next_start(s, start)
        if start is None:
            raise ValueError("the procedure loses its groups here")
    return out


def day_by_day(s, start, low, high):
    single = dict(s, interval=1)
    combinations, at, group, done = [], start, 0, False
    while not done:
        for i in range(s["interval"]):
            key = (group, at.weekday(), i)
            if key in [c[0] for c in combinations]:
                done = True
                break
            combinations.append((key, at))
            at = next_start(single, at)
        else:
            group = (group + 1) % s["groups"]
    weeks = (at - start).days // 7 or 1
    out = []
    for (key, begin) in combinations:
        r = rule(s, begin, weeks, "weekly", [DAYS[key[1]]])
        out += [(x, key[0]) for x in starts(r, begin, low, high)]
    return out


def random_shift():
    s = {"frequency": rng.choice(list(FREQUENCY)), "interval": rng.choice([1, 1, 1, 2, 3, 5]), "week_start": rng.choice(DAYS),
         "groups": rng.choice([0, 0, 1, 2, 3, 4])}
    if rng.random() < 0.6 and not (s["groups"] and s["frequency"] == "hourly"):
        s["by_day"] = rng.sample(DAYS, rng.randint(1, 5))
    if not s["groups"] or s["frequency"] == "monthly":
        if rng.random() < 0.3:
            s["by_monthday"] = rng.sample(list(range(1, 29)) + list(range(-28, 0)), rng.randint(1, 3))
    if s["groups"] and s["frequency"] == "monthly" and s.get("by_day") and s.get("by_monthday"):
        del s["by_day"]
    if not s["groups"] and rng.random() < 0.2:
        s["by_month"] = rng.sample(range(1, 13), 6)
    return s


def one():
    s = random_shift()
    zone_name = rng.choice(ZONES)
    zone = zoneinfo.ZoneInfo(zone_name)
    start = dt.datetime(2025, rng.randint(1, 12), rng.randint(1, 28), rng.randint(0, 23), rng.choice([0, 15, 30, 45]))
    if s["groups"] and s.get("by_day"):
        while DAYS[start.weekday()] not in s["by_day"]:
            start += ONE_DAY
        if s["frequency"] == "monthly" and start.day > 22:
            start -= dt.timedelta(days=21)
    if s["groups"] and s.get("by_monthday"):
        start = start.replace(day=1)
        s["by_monthday"] = sorted(set(s["by_monthday"] + [1]))
    minutes = rng.choice([15, 60, 90, 8 * 60, 12 * 60, 24 * 60, 36 * 60, 7 * 24 * 60])
    if s["frequency"] == "hourly":
        minutes = rng.choice([15, 60, 90])
    low = dt.datetime(2025, rng.randint(1, 12), 1) + dt.timedelta(days=rng.randint(0, 500))
    high = low + dt.timedelta(days=8 if s["frequency"] == "hourly" else 45)
    margin = dt.timedelta(days=9)
    if s["groups"]:
        found = rotation(s, start, low - margin, high + margin)
    else:
        found = [(at, 0) for at in starts(rule(s, start, s["interval"]), start, low - margin, high + margin)]
    utc = dt.timezone.utc
    window = [round(x.replace(tzinfo=utc).timestamp()) for x in (low, high)]
    slots = []
    for at, group in found:
        begin, end = moment(at, zone), moment(at + dt.timedelta(minutes=minutes), zone)
        if begin < end and begin < window[1] and end > window[0]:
            slots.append([begin, end, group + 1])
    s.update(timezone=zone_name, start_time=start.isoformat(), minutes=minutes, window=window, slots=sorted(slots))
    return s


zoneinfo.reset_tzpath(["/usr/share/zoneinfo"])
left = int(sys.argv[1])
while left:
    try:
        print(json.dumps(one()))
        left -= 1
    except ValueError:
        pass
