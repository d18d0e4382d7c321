"""Resolve a holiday, a weekday, a month with or without its day, and a time of the day."""

from __future__ import annotations

from datetime import date

from monitor.facts.model import Basis
from monitor.facts.times.calendar import add_days, holiday, make_date, month_end, nth_weekday, week_span, week_value
from monitor.facts.times.context import Context
from monitor.facts.times.direction import direction, is_any
from monitor.facts.times.model import Expression
from monitor.facts.times.spans import Resolved, months_span, weekend_span, weeks_span
from monitor.facts.times.values import day_result, result, unresolved


def resolve_holiday(context: Context, e: Expression) -> Resolved:
    rule = e.holiday or []
    if e.year is not None:
        return day_result(e, holiday(rule, e.year), "explicit")
    anchor = context.published
    if anchor is None:
        month, day = rule[0], rule[1]
        fixed = isinstance(month, int) and isinstance(day, int)
        return result(e, f"XXXX-{month:02d}-{day:02d}" if fixed else "XXXX-XX-XX", None, "relative")
    days = [holiday(rule, year) for year in _years_around(anchor)]
    return day_result(e, _pick(context, e, [day for day in days if day is not None], anchor), "relative")


def _years_around(anchor: date) -> range:
    return range(anchor.year - 1, anchor.year + 2)


def _pick(context: Context, e: Expression, days: list[date], anchor: date) -> date | None:
    """ "last June" is the latest before today, "next June" the first after it, "this June" this year's."""
    if e.deixis and e.shift is not None and e.deixis not in context.words.calendar["that_same"]:
        if e.shift < 0:
            days = [day for day in days if day < anchor][-1:]
        elif e.shift > 0:
            days = [day for day in days if day > anchor][:1]
        else:
            days = [day for day in days if day.year == anchor.year]
    return context.choose(e, days, anchor)


def resolve_weekday(context: Context, e: Expression) -> Resolved:
    weekday = e.weekday or 1
    if e.shift_grain == "week" and e.shift is not None:
        anchor = context.anchor(previous=e.anchor == "previous")
        if anchor is None:
            return unresolved(e, f"XXXX-WXX-{weekday}")
        monday = week_span(anchor)[0]
        return day_result(e, add_days(monday, 7 * int(e.shift) + weekday - 1), "relative")
    anchor = context.anchor(previous=e.anchor == "previous" or e.closes or context.narrative)
    if anchor is None:
        return unresolved(e, f"XXXX-WXX-{weekday}")
    if is_any(context.tokens, context.words, e):
        return unresolved(e, f"XXXX-WXX-{weekday}")
    back = (anchor.isoweekday() - weekday) % 7
    ahead = (weekday - anchor.isoweekday()) % 7
    basis: Basis = "relative"
    if e.deixis and (e.shift or 0) < 0:
        days = -(back or 7)
    elif e.deixis and (e.shift or 0) > 0:
        days = ahead or 7
    elif e.weeks:
        days = (ahead or 7) + 7 * e.weeks
    elif (e.closes or (e.deixis and e.anchor == "previous")) and context.previous is not None:
        days, basis = ahead, "anchored"
    else:
        towards = direction(context.tokens, context.words, e) or ("future" if e.deixis else "")
        days = ahead if towards == "future" else -back
    return day_result(e, add_days(anchor, days), basis)


def resolve_month(context: Context, e: Expression) -> Resolved:
    """A month or a day of it; its year is written, or found."""
    month, number = e.month or 1, e.day
    year, basis = _year_of_month(context, e, month, number)
    if year is None:
        return unresolved(e, f"XXXX-{month:02d}" + (f"-{number:02d}" if number else ""))
    day = make_date(year, month, number) if number is not None else None
    if e.nth is not None:
        return _nth_of_month(e, year, month, basis)
    if day is not None and e.grain == "week":
        return result(e, week_value(day), weeks_span(day), basis)
    if day is not None and e.grain == "weekend":
        return result(e, week_value(day) + "-WE", weekend_span(day), basis)
    if number is not None:
        return day_result(e, day, basis)
    return result(e, f"{year:04d}-{month:02d}", months_span(year, month, 1, "month"), basis)


def _nth_of_month(e: Expression, year: int, month: int, basis: Basis) -> Resolved:
    """ "the second Tuesday of March", "the last week of January"."""
    nth = e.nth or 1
    if e.weekday is not None:
        return day_result(e, nth_weekday(year, month, e.weekday, nth), basis)
    day = month_end(year, month) if nth < 0 else make_date(year, month, min(7 * nth - 6, 28))
    return unresolved(e, f"{year:04d}-WXX") if day is None else result(e, week_value(day), weeks_span(day), basis)


def _year_of_month(context: Context, e: Expression, month: int, day: int | None) -> tuple[int | None, Basis]:
    if e.year is not None:
        return e.year, "partial" if e.copied else "explicit"
    previous = context.previous
    if e.closes and previous is not None and not context.narrative:
        return previous.start.year + (month < previous.start.month), "relative"
    anchored = e.anchor == "previous"
    anchor = context.anchor(previous=anchored)
    if e.shift_grain == "year" and e.shift is not None:
        return (anchor.year + int(e.shift) if anchor else None), "relative"
    if not e.deixis or anchored:
        told = context.year_told_on(month)
        if told is not None and make_date(told, month, day or 1) is not None:
            return told, "anchored"
    if previous is not None and anchor is None and not e.deixis:
        return previous.start.year, "anchored"
    if anchor is None:
        return None, "relative"
    if e.role == "from-to" and e.copied and previous is not None:
        return previous.start.year, "relative"
    leap = (month, day) == (2, 29)
    years = range(anchor.year - 4, anchor.year + 5) if leap else _years_around(anchor)
    dates = [found for year in years if (found := make_date(year, month, day or 1)) is not None]
    if e.weekday is not None and e.nth is None:
        dates = [found for found in dates if found.isoweekday() == e.weekday] or dates
    chosen = _pick(context, e, dates, anchor.replace(day=1) if day is None else anchor)
    return (chosen.year if chosen else None), "relative"


def resolve_clock(context: Context, e: Expression) -> Resolved:
    """ "8 p.m.", "the morning": of the day just spoken of, else of publication."""
    previous = context.previous
    told = previous if previous is not None and (previous.grain == "day" or e.anchor) else None
    day = told.start if told is not None and told.grain == "day" else context.published
    return day_result(e, day, "anchored" if told else "relative")
