"""Calendar arithmetic on days and periods. Proleptic Gregorian, years 1 to 9999; outside of them nothing."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

SEASON_MONTHS = {"SP": (3, 5), "SU": (6, 8), "FA": (9, 11), "WI": (12, 2)}
MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
"""Of a month in a leap year, January first."""
FIRST_SHORT_YEAR = 40
"""The two digits from which a short year belongs to the 20th century: '40 is 1940, '39 is 2039."""


def full_year(two: int) -> int:
    return 1900 + two if two >= FIRST_SHORT_YEAR else 2000 + two


def make_date(year: int, month: int, day: int) -> date | None:
    """The date, or None when there is no such day."""
    try:
        return date(year, month, day)
    except (ValueError, OverflowError):
        return None


def add_days(day: date, count: int) -> date | None:
    try:
        return day + timedelta(days=count)
    except OverflowError:
        return None


def add_months(day: date, count: int) -> date | None:
    """The same day `count` months away, cut to the length of that month."""
    index = day.year * 12 + day.month - 1 + count
    year, month = divmod(index, 12)
    if not 1 <= year <= 9999:
        return None
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def week_span(day: date) -> tuple[date, date]:
    """Monday to Sunday, as far as the calendar goes."""
    monday = add_days(day, -day.weekday()) or date.min
    return monday, add_days(monday, 6) or date.max


def week_value(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year:04d}-W{week:02d}"


def easter(year: int) -> date:
    """Western Easter Sunday. Source: Meeus/Jones/Butcher algorithm."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    f = (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    l_ = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * l_) // 451
    month, day = divmod(h + l_ - 7 * m + 114, 31)
    return date(year, month, day + 1)


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    """The n-th ISO weekday of a month; -1 is the last."""
    if nth < 0:
        last = month_end(year, month)
        return last - timedelta(days=(last.isoweekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.isoweekday()) % 7 + 7 * (nth - 1))


def holiday(rule: list[object], year: int) -> date | None:
    if not 1 <= year <= 9999:
        return None
    if rule[0] == "easter":
        return add_days(easter(year), int(str(rule[1])))
    if rule[0] == "weekday":
        return nth_weekday(year, int(str(rule[1])), int(str(rule[2])), int(str(rule[3])))
    return make_date(year, int(str(rule[0])), int(str(rule[1])))
