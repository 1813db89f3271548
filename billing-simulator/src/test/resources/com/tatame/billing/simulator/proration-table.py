"""Writes proration-table.csv with exact fractions, apart from any code that the product or the simulator runs.

Usage: python3 proration-table.py > proration-table.csv
Amounts in minor units. The period is that of the change; credit and debit are rounded half up, each by itself.
"""
from calendar import monthrange
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from zoneinfo import ZoneInfo


def month(anchor, k):
    y, m = divmod(anchor.year * 12 + anchor.month - 1 + k, 12)
    return anchor.replace(year=y, month=m + 1, day=min(anchor.day, monthrange(y, m + 1)[1]))


def boundary(anchor, interval, k):
    if interval == "month":
        return month(anchor, k)
    if interval == "year":
        return month(anchor, 12 * k)
    return anchor + timedelta(days=k * {"day": 1, "week": 7}[interval])


def half_up(x):
    return (2 * x.numerator + x.denominator) // (2 * x.denominator)


def utc(text, zone="UTC"):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(timezone.utc)


def z(t):
    return t.strftime("%Y-%m-%dT%H:%M:%SZ")


def row(name, start, interval, old, new, at, percent="0"):
    k = 0
    while boundary(start, interval, k + 1) <= at:
        k += 1
    s, e = boundary(start, interval, k), boundary(start, interval, k + 1)
    rest = Fraction(int((e - at).total_seconds()), int((e - s).total_seconds()))
    left = 1 - Fraction(percent) / 100
    (old_unit, old_count), (new_unit, new_count) = old, new
    paid = old_unit * old_count - half_up(old_unit * old_count * Fraction(percent) / 100)
    debit = half_up(new_unit * new_count * rest)
    debit -= half_up(debit * Fraction(percent) / 100)
    credit = half_up(paid * rest)
    cells = [name, z(start), interval, old_unit, old_count, new_unit, new_count, percent, z(at), z(s), z(e), -credit, debit]
    print(";".join(map(str, cells)))


print("name;start;interval;oldUnit;oldCount;newUnit;newCount;percentOff;changedAt;periodStart;periodEnd;credit;debit")
row("half a period, ten to twenty", utc("2026-04-01T00:00"), "month", (1000, 1), (2000, 1), utc("2026-04-16T00:00"))
row("half a period, twenty to ten", utc("2026-04-01T00:00"), "month", (2000, 1), (1000, 1), utc("2026-04-16T00:00"))
row("a third, rounded up and down", utc("2026-04-01T00:00"), "month", (1000, 1), (2000, 1), utc("2026-04-21T00:00"))
row("one second in", utc("2026-04-01T00:00"), "month", (999, 1), (2499, 1), utc("2026-04-01T00:00:01"))
row("one second before the end", utc("2026-04-01T00:00"), "month", (1296000, 1), (9999999, 1), utc("2026-04-30T23:59:59"))
row("31 January, within February", utc("2027-01-31T10:20:30"), "month", (999, 1), (2499, 1), utc("2027-02-14T00:00"))
row("31 January, within March", utc("2027-01-31T10:20:30"), "month", (999, 1), (2499, 1), utc("2027-03-10T09:08:07"))
row("31 January, within April", utc("2027-01-31T10:20:30"), "month", (999, 1), (2499, 1), utc("2027-04-15T22:45:15"))
row("30 January of a leap year", utc("2028-01-30T00:00"), "month", (999, 1), (2499, 1), utc("2028-02-15T12:00"))
row("leap day, yearly, first year", utc("2028-02-29T12:00"), "year", (9590, 1), (23990, 1), utc("2028-09-01T00:00"))
row("leap day, yearly, back on a leap day", utc("2028-02-29T12:00"), "year", (9590, 1), (23990, 1), utc("2031-12-24T18:00"))
row("a common year", utc("2026-01-01T00:00"), "year", (9590, 1), (23990, 1), utc("2026-07-02T12:00"))
row("spring forward in Berlin, by the UTC second", utc("2026-03-01T00:00", "Europe/Berlin"), "month", (999, 1), (2499, 1), utc("2026-03-29T03:30", "Europe/Berlin"))
row("fall back in New York, by the UTC second", utc("2026-10-15T09:00", "America/New_York"), "month", (3200, 1), (6400, 1), utc("2026-11-01T01:30", "America/New_York"))
row("half an hour zone, Adelaide", utc("2026-09-20T00:00", "Australia/Adelaide"), "month", (999, 1), (2499, 1), utc("2026-10-04T03:15", "Australia/Adelaide"))
row("three to five of the same", utc("2026-04-01T00:00"), "month", (999, 3), (999, 5), utc("2026-04-11T06:00"))
row("five to one of the same", utc("2026-04-01T00:00"), "month", (999, 5), (999, 1), utc("2026-04-11T06:00"))
row("another price and another count", utc("2026-05-07T13:14:15"), "month", (333, 7), (777, 3), utc("2026-05-29T01:02:03"))
row("a week", utc("2026-03-25T00:00"), "week", (700, 1), (1000, 1), utc("2026-03-30T17:30"))
row("a day, to the second", utc("2026-03-25T00:00"), "day", (86400, 1), (172800, 1), utc("2026-03-25T06:07:08"))
row("a quarter off for good", utc("2026-03-01T00:00"), "month", (999, 1), (2499, 1), utc("2026-04-13T08:00"), "25")
row("an eighth off for good", utc("2026-03-01T00:00"), "month", (999, 2), (2499, 3), utc("2026-04-13T08:00:01"), "12.5")
row("all but a third off", utc("2025-12-31T00:00"), "month", (1001, 1), (2003, 1), utc("2026-02-09T03:04:05"), "66.6")
row("zero seconds in", utc("2026-04-01T00:00"), "month", (999, 1), (2499, 1), utc("2026-04-01T00:00"))
row("large amounts", utc("2026-04-01T00:00"), "month", (9999999, 9), (99999999, 9), utc("2026-04-17T11:22:33"))
