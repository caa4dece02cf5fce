"""Prints cases for zone_spec.lua, one a line: zone, unix seconds, offset, abbreviation. Seeded."""
import datetime
import random
import sys
import zoneinfo

rng = random.Random(5)
MANY = int(sys.argv[1])
LEAST, MOST = -3_000_000_000, 8_000_000_000
BUSY = ["Europe/Paris", "Europe/Dublin", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Africa/Casablanca",
        "Asia/Gaza", "America/Santiago", "Antarctica/Troll", "Asia/Kathmandu", "Pacific/Apia", "America/Nuuk", "UTC",
        "America/Caracas", "Africa/Monrovia", "Asia/Tehran"]


def at(zone, t):
    moment = datetime.datetime.fromtimestamp(t, zone)
    return int(moment.utcoffset().total_seconds()), moment.tzname()


def show(name, zone, t):
    print(name, t, *at(zone, t))


def edge(zone, low, high):
    """A second at which the clocks change between two moments, or None."""
    if at(zone, low) == at(zone, high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if at(zone, middle) == at(zone, low) else (low, middle)
    return high


zoneinfo.reset_tzpath(["/usr/share/zoneinfo"])
for name in sorted(zoneinfo.available_timezones()):
    if name in ("localtime", "Factory", "posixrules"):
        continue
    zone = zoneinfo.ZoneInfo(name)
    for _ in range(MANY * 4 if name in BUSY else MANY):
        t = rng.randrange(LEAST, MOST)
        show(name, zone, t)
        change = edge(zone, t, t + 5_000_000) if name in BUSY else None
        if change:
            show(name, zone, change - 1)
            show(name, zone, change)
