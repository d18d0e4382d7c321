"""Join neighbouring time expressions that are one: "Friday" + "morning", "8:37 AM" on "June 30"."""

from __future__ import annotations

from monitor.facts.lexicon.model import Lexicon
from monitor.facts.text.tokens import Tokens
from monitor.facts.times.model import Expression
from monitor.facts.times.ranges import share_across, share_fields
from monitor.facts.times.values import CLOCK_GRAINS, duration_value

PARTS = {
    ("year", "month"): 12, ("week", "day"): 7, ("day", "hour"): 24, ("hour", "minute"): 60, ("minute", "second"): 60,
}  # fmt: skip
"""How many of the finer unit make one of the greater."""
WIDEST_GAP = 3
"""Tokens between two expressions that are one."""


def join(tokens: Tokens, words: Lexicon, found: list[Expression]) -> list[Expression]:
    """Merge pairs from left to right, then drop what only a neighbour could have saved (a bare "morning")."""
    joined: list[Expression] = []
    for expression in _named_days(tokens, words, found):
        merged = _merge(tokens, words, joined[-1], expression) if joined else None
        if merged is None:
            joined.append(expression)
        else:
            joined[-1] = merged
    kept = [e for e in joined if not _is_leftover(tokens, words, e)]
    share_fields(tokens, words, kept)
    share_across(tokens, words, kept)
    return kept


def _named_days(tokens: Tokens, words: Lexicon, found: list[Expression]) -> list[Expression]:
    """A clock must not take the weekday from its date: "2pm on Sunday 22 March"."""
    named: list[Expression] = []
    for expression in found:
        clock, day = named[-2:] if len(named) > 1 else (None, None)
        between = " ".join(tokens.keys[day.last : expression.first]) if day else None
        if clock and day and clock.type == "TIME" and between in words.calendar["weekday_gaps_date"]:
            first, last = day.first, expression.last
            date = _weekday_and_date(words, day, expression, between)
            if date is not None:
                date.first, date.last = first, last
                named[-1] = date
                continue
        named.append(expression)
    return named


def _is_leftover(tokens: Tokens, words: Lexicon, e: Expression) -> bool:
    if e.rule == "bare <part of the day>":
        return True
    if e.rule == "the <part of the day>":
        before, after = tokens.keys[e.first - 1], tokens.keys[e.last]
        return before not in words.calendar["in"] or after in words.calendar["after_no_part"]
    return (e.nth is not None and e.month is None and e.weekday is None) or e.rule == "the <week>"


def _merge(tokens: Tokens, words: Lexicon, a: Expression, b: Expression) -> Expression | None:
    """One expression of two, when the words between them and their kinds allow it."""
    if b.first - a.last > WIDEST_GAP or tokens.sentence[a.first] != tokens.sentence[b.first]:
        return None
    gap = " ".join(tokens.keys[a.last : b.first])
    if a.type == "DURATION" and gap in words.calendar["duration_gaps"]:
        return _duration_and_rest(a, b)
    if a.type in ("DURATION", "SET") or b.type in ("DURATION", "SET") or a.ref or b.ref:
        return None
    for rule, gaps in RULES:
        if gap in words.calendar[gaps]:
            merged = rule(words, a, b, gap)
            if merged is not None:
                merged.first, merged.last = min(a.first, b.first), max(a.last, b.last)
                return merged
    return None


def _duration_and_rest(a: Expression, b: Expression) -> Expression | None:
    """ "1 minute and 45 seconds", "two years, three months ago": one length, counted in its finer unit."""
    scale = PARTS.get((a.grain, b.grain))
    plain = a.amount is not None and a.upper is None and a.amount == int(a.amount) and not a.mod
    if scale is None or a.amount is None or not plain or b.deixis or b.upper is not None:
        return None
    whole = a.amount * scale
    if b.type == "DURATION" and b.amount is not None and b.amount < scale:
        known = "PT" if a.grain in CLOCK_GRAINS else "P"
        a.value = duration_value(a) + duration_value(b).removeprefix(known)
        a.amount, a.grain, a.last = whole + b.amount, b.grain, b.last
        return a
    if b.type == "DATE" and b.shift_grain == b.grain and b.shift is not None and abs(b.shift) < scale:
        b.shift += whole if b.shift > 0 else -whole
        b.first, b.deixis = a.first, a.deixis
        return b
    return None


def _is_day(e: Expression) -> bool:
    return e.type == "DATE" and e.grain == "day" and e.ref is None


def _is_part(e: Expression) -> bool:
    return e.type == "TIME" and e.grain == "part"


def _day_and_part(words: Lexicon, a: Expression, b: Expression, gap: str) -> Expression | None:
    """ "Friday morning", "yesterday in the afternoon"."""
    if not _is_part(b) or b.deixis:
        return None
    if (a.hour is not None or _is_part(a)) and (a.weekday or a.day or a.shift is not None) and not gap:
        return a  # "the early hours of Sunday morning"
    if not _is_day(a) or (b.rule == "the <part of the day>") != (gap in words.calendar["in"]):
        return None
    return _at_part(a, b)


def _part_and_day(words: Lexicon, a: Expression, b: Expression, gap: str) -> Expression | None:
    """ "the night of April 18, 1775", "the morning of April 19"."""
    if not _is_part(a) or not _is_day(b) or (not gap and a.rule != "bare <part of the day>"):
        return None
    return _at_part(b, a)


def _at_part(day: Expression, part: Expression) -> Expression:
    day.type, day.grain, day.part = "TIME", "part", part.part
    day.mod = day.mod or part.mod
    day.rule = f"{day.rule} <part of the day>"
    return day


def _clock_and_day(words: Lexicon, a: Expression, b: Expression, gap: str) -> Expression | None:
    """ "8:37 AM on June 30", "9 p.m. last night", "noon yesterday"."""
    if a.type != "TIME" or a.hour is None or a.value is not None:
        return None
    if a.month is not None or a.weekday is not None or a.shift is not None:
        return None
    if b.grain == "part" and b.hour is None and not (b.deixis or b.weekday or b.day):
        return None
    return _at_clock(b, a) if _is_day(b) or (b.grain == "part" and b.hour is None) else None


def _day_and_clock(words: Lexicon, a: Expression, b: Expression, gap: str) -> Expression | None:
    """ "Jun 30, 2023, 8:37 AM", "Friday at 9 p.m."."""
    if not _is_day(a) and (a.grain != "part" or a.hour is not None or "," in gap):
        return None
    if b.type != "TIME" or b.hour is None or b.month is not None or b.weekday is not None or b.shift is not None:
        return None
    return _at_clock(a, b)


def _at_clock(day: Expression, clock: Expression) -> Expression:
    if day.part in ("AF", "EV", "NI") and clock.hour is not None and 0 < clock.hour < 12:
        clock.hour += 12
    day.type, day.grain, day.part = "TIME", "minute", None
    day.hour, day.minute, day.second, day.zone = clock.hour, clock.minute, clock.second, clock.zone
    day.meridiem = clock.meridiem
    day.rule = f"{day.rule} <clock>"
    return day


def _weekday_and_date(words: Lexicon, a: Expression, b: Expression, gap: str) -> Expression | None:
    """ "Friday, June 16", "Friday 16 June 2023", "21 April 2024, Sunday"."""
    if a.weekday is not None and a.month is None and a.grain == "day" and b.day is not None and b.weekday is None:
        date, weekday = b, a
    elif b.weekday is not None and b.grain == "day" and a.day is not None and a.weekday is None and gap in ("", ","):
        date, weekday = a, b
    else:
        return None
    if date.month is None or weekday.deixis or weekday.type != "DATE" or b.mod is not None:
        return None
    date.weekday = weekday.weekday
    date.rule = "<weekday> " + date.rule
    return date


def _month_of_year(words: Lexicon, a: Expression, b: Expression, gap: str) -> Expression | None:
    """ "July of last year", "February this year", "the spring of that year", "May 7 last year"."""
    if a.year is not None or a.shift is not None or a.grain not in ("month", "season", "day"):
        return None
    if b.grain != "year" or b.type != "DATE" or b.mod is not None or (a.grain == "day" and a.month is None):
        return None
    comma = gap == ","
    if b.year is not None and (not comma or a.grain == "day"):
        a.year = b.year
    elif b.year is None and b.shift_grain == "year" and b.deixis and not comma:
        _shift_like(a, b)
    else:
        return None
    a.rule = f"{a.rule} of <year>"
    return a


def _nth_of_month(words: Lexicon, a: Expression, b: Expression, gap: str) -> Expression | None:
    """ "the first week of March", "the second Tuesday of May", "the last Friday in June"."""
    if a.nth is None or b.grain != "month" or b.month is None or b.type != "DATE":
        return None
    b.nth, b.weekday, b.grain, b.rule = a.nth, a.weekday, a.grain, f"<nth> {a.grain} of <month>"
    return b


def _week_of_day(words: Lexicon, a: Expression, b: Expression, gap: str) -> Expression | None:
    """ "the week of March 5", "the week ending 9 March", "the weekend of March 3"."""
    if a.shift_grain not in ("week", "weekend") or a.shift != 0 or a.deixis or not _is_day(b) or b.month is None:
        return None
    b.grain, b.rule, b.mod = a.shift_grain, f"the {a.shift_grain} of {b.rule}", a.mod
    return b


def _shift_like(a: Expression, b: Expression) -> None:
    """The year or week of `a` is counted as that of `b`."""
    a.shift, a.shift_grain, a.anchor, a.deixis = b.shift, b.shift_grain, b.anchor, b.deixis


def _year_of_period(words: Lexicon, a: Expression, b: Expression, gap: str) -> Expression | None:
    """ "this year's third quarter"."""
    if b.quarter is None or a.grain != "year" or b.year is not None or b.deixis:
        return None
    return _in_year(b, a)


def _period_of_year(words: Lexicon, a: Expression, b: Expression, gap: str) -> Expression | None:
    """ "the third quarter of 1989", "the first half of next year"."""
    if (a.quarter is None and a.half is None) or b.grain not in ("year", "decade") or a.year is not None:
        return None
    return _in_year(a, b)


def _in_year(period: Expression, year: Expression) -> Expression | None:
    if year.year is not None:
        period.year = year.year
    elif year.shift_grain == "year":
        _shift_like(period, year)
    else:
        return None
    period.fiscal = period.fiscal or year.fiscal
    period.rule = f"{period.rule} of <year>"
    return period


def _weekday_of_week(words: Lexicon, a: Expression, b: Expression, gap: str) -> Expression | None:
    """ "Tuesday last week", "Friday of next week", "Monday this week"."""
    if a.weekday is None or a.grain not in ("day", "part") or a.shift is not None or a.month is not None:
        return None
    if b.grain != "week" or b.shift_grain != "week" or b.shift is None or b.mod:
        return None
    _shift_like(a, b)
    a.rule = f"{a.rule} of <week>"
    return a


RULES = (
    (_day_and_part, "day_gaps_part"),
    (_part_and_day, "part_gaps_day"),
    (_clock_and_day, "clock_gaps_day"),
    (_day_and_clock, "day_gaps_clock"),
    (_weekday_and_date, "weekday_gaps_date"),
    (_month_of_year, "month_gaps_year"),
    (_year_of_period, "year_gaps_period"),
    (_period_of_year, "period_gaps_year"),
    (_weekday_of_week, "weekday_gaps_week"),
    (_week_of_day, "week_gaps_day"),
    (_nth_of_month, "nth_gaps_month"),
)
"""In this order; each with the name of the words that may stand between its two expressions."""
