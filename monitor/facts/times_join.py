"""Join neighbouring time expressions that are one: "Friday" + "morning", "8:37 AM" on "June 30"."""

from __future__ import annotations

from itertools import pairwise

from monitor.facts.lexicon import Lexicon
from monitor.facts.times_model import RANK, Expression
from monitor.facts.tokens import Tokens


def join(tokens: Tokens, words: Lexicon, found: list[Expression]) -> list[Expression]:
    """Merge pairs from left to right, then drop what only a neighbour could have saved (a bare "morning")."""
    _share_years(tokens, found)
    joined: list[Expression] = []
    for expression in found:
        if joined:
            merged = _merge(tokens, words, joined[-1], expression)
            if merged is not None:
                joined[-1] = merged
                continue
        joined.append(expression)
    return [e for e in joined if not _is_leftover(tokens, e)]


def _share_years(tokens: Tokens, found: list[Expression]) -> None:
    """ "July-November 1954", "between March and April 1918": the year belongs to both."""
    for a, b in pairwise(found):
        if a.month is None or b.month is None or a.year is not None or b.year is None or a.deixis:
            continue
        link = tokens.keys[a.last]
        if b.first != a.last + 1 or link not in ("-", "–", "—", "to", "and", "through", "until", "till"):
            continue
        a.year = b.year if (a.month, a.day or 0) <= (b.month, b.day or 31) else b.year - 1
        a.copied = True
        if link != "and" or tokens.keys[a.first - 1] == "between":
            a.role = b.role = "from-to"


def _is_leftover(tokens: Tokens, e: Expression) -> bool:
    if e.rule == "bare <part of the day>":
        return True
    if e.rule == "the <part of the day>":
        return tokens.keys[e.first - 1] != "in" or tokens.keys[e.last] in ("of", "to", "for")
    return e.nth is not None


def _merge(tokens: Tokens, words: Lexicon, a: Expression, b: Expression) -> Expression | None:
    if tokens.sentence[a.first] != tokens.sentence[b.first] or b.first - a.last > 3:
        return None
    gap = " ".join(tokens.keys[a.last : b.first])
    if gap not in words.lists["gaps"] or a.type in ("DURATION", "SET") or a.ref or b.ref:
        return _week_of(tokens, a, b, gap)
    if b.type in ("DURATION", "SET"):
        return None
    for rule in (_part_of_day, _clock_and_day, _weekday_and_date, _month_of_year, _period_of_year, _weekday_of_week):
        merged = rule(a, b, gap)
        if merged is not None:
            merged.first, merged.last = min(a.first, b.first), max(a.last, b.last)
            return merged
    return None


def _week_of(tokens: Tokens, a: Expression, b: Expression, gap: str) -> Expression | None:
    return None


def _is_day(e: Expression) -> bool:
    return e.type == "DATE" and e.grain == "day" and e.ref is None


def _part_of_day(a: Expression, b: Expression, gap: str) -> Expression | None:
    """ "Friday morning", "the night of April 18, 1775", "yesterday afternoon", "the morning of April 19"."""
    if _is_day(a) and b.type == "TIME" and b.grain == "part" and not b.deixis and gap in ("", "in the", "at"):
        day, part = a, b
    elif (
        a.hour is not None
        and (a.weekday or a.day or a.shift is not None)
        and b.grain == "part"
        and not b.deixis
        and gap == ""
    ):
        return a
    elif a.type == "TIME" and a.grain == "part" and _is_day(b) and gap in ("of", "on", "", ",", "of the"):
        if gap == "" and a.rule != "bare <part of the day>":
            return None
        day, part = b, a
    else:
        return None
    if b.rule == "the <part of the day>" and gap not in ("in the", "of", "on", "in"):
        return None
    day.type, day.grain, day.part = "TIME", "part", part.part
    day.mod = day.mod or part.mod
    day.rule = f"{day.rule} <part of the day>"
    return day


def _clock_and_day(a: Expression, b: Expression, gap: str) -> Expression | None:
    """ "8:37 AM on June 30", "Jun 30, 2023, 8:37 AM", "Friday at 9 p.m.", "noon yesterday"."""
    if (
        a.type == "TIME"
        and a.hour is not None
        and a.value is None
        and (_is_day(b) or (b.grain == "part" and b.hour is None))
    ):
        if (
            gap not in ("", "on", ",", ", on", "of", "'s")
            or a.month is not None
            or a.weekday is not None
            or (a.shift is not None)
        ):
            return None
        day, clock = b, a
        if b.grain == "part" and b.hour is None and not (b.deixis or b.weekday or b.day):
            return None
    elif (
        (_is_day(a) or (a.grain == "part" and a.hour is None))
        and b.type == "TIME"
        and b.hour is not None
        and b.month is None
        and b.weekday is None
        and b.shift is None
    ):
        if gap not in ("", "at", ",", ", at", "around", "at around", "at about", "about"):
            return None
        if a.grain == "part" and "," in gap:
            return None
        day, clock = a, b
    else:
        return None
    if day.part in ("AF", "EV", "NI") and clock.hour is not None and clock.hour < 12 and clock.hour != 0:
        clock.hour += 12
    day.type, day.grain, day.part = "TIME", "minute", None
    day.hour, day.minute, day.second, day.zone = clock.hour, clock.minute, clock.second, clock.zone
    day.rule = f"{day.rule} <clock>"
    return day


def _weekday_and_date(a: Expression, b: Expression, gap: str) -> Expression | None:
    """ "Friday, June 16", "Friday 16 June 2023", "21 April 2024, Sunday"."""
    if gap not in ("", ",", ", the", "the", "of"):
        return None
    if (
        a.weekday is not None
        and a.grain == "day"
        and b.month is not None
        and b.day is not None
        and b.weekday is None
        and a.month is None
    ):
        date, weekday = b, a
    elif (
        b.weekday is not None
        and b.grain == "day"
        and a.month is not None
        and a.day is not None
        and a.weekday is None
        and gap in (",", "")
    ):
        date, weekday = a, b
    else:
        return None
    if weekday.deixis or (b.type != "DATE" and b.type != "TIME") or weekday.type != "DATE":
        return None
    date.weekday = weekday.weekday
    date.rule = "<weekday> " + date.rule
    return date


def _month_of_year(a: Expression, b: Expression, gap: str) -> Expression | None:
    """ "July of last year", "February this year", "the spring of that year", "May 7 last year"."""
    if (
        a.year is not None
        or a.grain not in ("month", "season", "day")
        or a.shift is not None
        or gap not in ("", "of", ",")
    ):
        return None
    if b.grain != "year" or b.type != "DATE" or b.mod is not None:
        return None
    if a.grain == "day" and a.month is None:
        return None
    if b.year is not None:
        if gap == "," and a.grain != "day":
            return None
        a.year = b.year
    elif b.shift_grain == "year" and b.deixis and gap != ",":
        a.shift, a.shift_grain, a.anchor, a.deixis = b.shift, "year", b.anchor, b.deixis
    else:
        return None
    a.rule = f"{a.rule} of <year>"
    return a


def _period_of_year(a: Expression, b: Expression, gap: str) -> Expression | None:
    """ "the third quarter of 1989", "this year's third quarter", "the first half of next year", "the end of August"."""
    if b.quarter is not None and a.grain == "year" and gap in ("'s", "") and b.year is None and not b.deixis:
        period, year = b, a
    elif (
        (a.quarter is not None or a.half is not None)
        and b.grain in ("year", "decade")
        and gap in ("of", "", "in", "of the")
        and a.year is None
    ):
        period, year = a, b
    else:
        return None
    if year.year is not None:
        period.year = year.year
    elif year.shift_grain == "year":
        period.shift, period.shift_grain, period.anchor, period.deixis = year.shift, "year", year.anchor, year.deixis
    else:
        return None
    period.fiscal = period.fiscal or year.fiscal
    period.rule = f"{period.rule} of <year>"
    return period


def _weekday_of_week(a: Expression, b: Expression, gap: str) -> Expression | None:
    """ "Tuesday last week", "Friday of next week", "Monday this week"."""
    if (
        a.weekday is None
        or a.grain not in ("day", "part")
        or a.shift is not None
        or a.month is not None
        or gap not in ("", "of")
    ):
        return None
    if b.grain != "week" or b.shift_grain != "week" or b.shift is None or b.mod:
        return None
    a.shift, a.shift_grain, a.anchor, a.deixis = b.shift, "week", b.anchor, b.deixis
    a.rule = f"{a.rule} of <week>"
    return a


def finer(a: Expression, b: Expression) -> bool:
    return RANK[a.grain] > RANK[b.grain]
