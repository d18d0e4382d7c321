"""Periods of days, and what an expression becomes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from monitor.facts.model import TimeExpression
from monitor.facts.times.calendar import SEASON_MONTHS, add_days, month_end, week_span
from monitor.facts.times.model import Expression


@dataclass(slots=True)
class Span:
    """A resolved period of days, both ends included."""

    start: date
    end: date
    grain: str


@dataclass(slots=True)
class Resolved:
    expression: Expression
    time: TimeExpression
    span: Span | None


def day_span(day: date) -> Span:
    return Span(day, day, "day")


def weeks_span(day: date) -> Span:
    return Span(*week_span(day), "week")


def weekend_span(day: date) -> Span:
    sunday = week_span(day)[1]
    return Span(add_days(sunday, -1) or date.min, sunday, "weekend")


def months_span(year: int | None, first: int, count: int, grain: str) -> Span | None:
    """`count` months from the `first` of a year on."""
    if year is None or not 1 <= year <= 9999:
        return None
    return Span(date(year, first, 1), month_end(year, first + count - 1), grain)


def season_span(year: int | None, season: str) -> Span | None:
    """A season by the months of weather; winter belongs to the year in which it begins."""
    first, last = SEASON_MONTHS[season]
    if year is None or not 1 <= year <= 9998:
        return None
    return Span(date(year, first, 1), month_end(year + (last < first), last), "season")


def years_span(year: int, count: int, grain: str) -> Span | None:
    if not year >= 1 or year + count > 10_000:
        return None
    return Span(date(year, 1, 1), date(year + count - 1, 12, 31), grain)


def year_span(year: int) -> Span | None:
    return years_span(year, 1, "year")


def decade_span(decade: int) -> Span | None:
    return years_span(decade * 10, 10, "decade")


def century_span(century: int) -> Span | None:
    return years_span(max(1, century * 100), 100 if century else 99, "century")
