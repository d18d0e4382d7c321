"""Resolve a season, quarter or half of a year, and what is counted in units: "last month", "three days ago"."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from monitor.facts.lexicon.model import UNIT
from monitor.facts.model import Basis
from monitor.facts.times.calendar import SEASON_MONTHS, add_days, add_months, week_value
from monitor.facts.times.context import Context
from monitor.facts.times.direction import direction
from monitor.facts.times.model import RANK, Expression
from monitor.facts.times.spans import (
    Resolved,
    Span,
    century_span,
    day_span,
    decade_span,
    months_span,
    season_span,
    weekend_span,
    weeks_span,
    year_span,
)
from monitor.facts.times.values import (
    CLOCK_GRAINS,
    UNRESOLVED,
    day_result,
    duration_value,
    result,
    unresolved,
    unresolved_period,
)

SECONDS = {"hour": 3600, "minute": 60, "second": 1}
DAYS = {"day": 1, "night": 1, "week": 7, "weekend": 7, "fortnight": 14}
MONTHS = {
    "month": 1,
    "quarter": 3,
    "season": 3,
    "half": 6,
    "year": 12,
    "decade": 120,
    "century": 1200,
    "millennium": 12000,
}
SATURDAY = 6
FARTHEST_SUM = 40
"""Tokens before "a year earlier" among which a sum makes it a comparison."""
FARTHEST = 100_000
"""Units from today beyond which nothing is a date."""


def resolve_part_of_year(context: Context, e: Expression) -> Resolved:
    year = e.year
    basis: Basis = "explicit" if year is not None else "relative"
    if year is None and e.season is not None and not e.deixis:
        year = context.year_told_on(SEASON_MONTHS[e.season][0])
        basis = "relative" if year is None else "anchored"
    if year is None:
        anchor = context.anchor(previous=e.anchor == "previous" or (context.narrative and not e.deixis))
        year = _year_of_part(context, e, anchor) if anchor is not None else None
    shown = f"{year:04d}" if year is not None else "XXXX"
    if e.season is not None:
        return result(e, f"{shown}-{e.season}", season_span(year, e.season), basis)
    if e.quarter is not None:
        value = f"{shown}-Q{e.quarter or 'X'}"
        return result(e, value, months_span(year, 3 * (e.quarter or 1) - 2, 3, "quarter"), basis)
    return result(e, f"{shown}-H{e.half}", months_span(year, 6 * (e.half or 1) - 5, 6, "half"), basis)


def _year_of_part(context: Context, e: Expression, anchor: date) -> int:
    if e.shift_grain == "year" and e.shift is not None:
        return anchor.year + int(e.shift)
    if e.season is not None:
        return _year_of_season(context, e, e.season, anchor)
    if e.quarter == 0:  # "the latest quarter"
        year, e.quarter = _quarter_before(anchor)
        return year
    return _year_of_quarter(e.quarter, anchor) if e.quarter is not None else anchor.year


def _year_of_season(context: Context, e: Expression, season: str, anchor: date) -> int:
    """ "last fall" is the latest that is over; "this summer" is this year's; bare: by the tense."""
    span = season_span(anchor.year, season)
    begun = date(anchor.year, SEASON_MONTHS[season][0], 1) <= anchor
    over = span is not None and span.end < anchor
    if e.deixis and e.deixis not in context.words.calendar["that_same"]:
        if (e.shift or 0) < 0:
            return anchor.year if over else anchor.year - 1
        return anchor.year + (begun and (e.shift or 0) > 0)
    towards = direction(context.tokens, context.words, e)
    if towards == "past" and not begun:
        return anchor.year - 1
    return anchor.year + (towards == "future" and over)


def _year_of_quarter(quarter: int, anchor: date) -> int:
    """The nearest such quarter; of two as near, the one that is over."""
    current = anchor.year * 4 + (anchor.month - 1) // 3
    years = (anchor.year - 1, anchor.year, anchor.year + 1)
    return min(years, key=lambda year: (abs(year * 4 + quarter - 1 - current), year))


def _quarter_before(anchor: date) -> tuple[int, int]:
    quarter = (anchor.month - 1) // 3
    return (anchor.year, quarter) if quarter else (anchor.year - 1, 4)


def resolve_shift(context: Context, e: Expression) -> Resolved:
    """ "last month", "three days ago", "a month later", "the end of the year"."""
    grain = e.shift_grain or "day"
    anchored = e.anchor == "previous"
    near = e.anchor == "near" and (context.narrative or context.is_close()) and context.is_as_fine(grain)
    quarter = _quarter_told(context, e)
    if quarter is not None:
        return quarter
    if e.rule == "year-end" and e.role == "since":
        e.shift = -1
    if grain == "weekend" and e.anchor == "near" and not context.narrative and context.published is not None:
        return _weekend(context, e, context.published)
    base = context.previous if anchored or near else None
    if base is None and anchored and e.deixis in context.words.anchored:
        return unresolved_period(e, grain)
    if base is None and _counts_from_story(context, e, grain):
        base = context.previous
    if base is None and anchored and context.published is None:
        return _as_duration(e) if e.amount is not None else unresolved_period(e, grain)
    if base is None:
        anchor = context.published
    elif RANK[base.grain] < RANK.get(grain, 0) and grain not in ("day", "week") and not e.deixis and e.shift:
        return _as_duration(e)
    elif grain in ("day", "night") and RANK[base.grain] < RANK["week"]:
        return unresolved(e, _some_day(base))  # "that afternoon" after "in May": which day nobody said
    else:
        after = (e.shift or 0) > 0 and grain == "day" and base.grain not in ("year", "decade")
        anchor = base.end if after else base.start
    day = _move(anchor, e.shift or 0, grain) if anchor is not None else None
    if day is None:
        return unresolved_period(e, grain)
    return _period(e, day, grain, "anchored" if base is not None else "relative")


def _some_day(base: Span) -> str:
    """A day of a month or year that is not told."""
    if base.grain == "month":
        return f"{base.start.year:04d}-{base.start.month:02d}-XX"
    return f"{base.start.year:04d}-XX-XX" if base.grain not in ("decade", "century") else UNRESOLVED["day"]


def _quarter_told(context: Context, e: Expression) -> Resolved | None:
    """ "the quarter", "that quarter", and "a year earlier" where a quarter has just been told of."""
    told = context.quarter
    if e.shift_grain == "year" and e.shift == -1 and not e.deixis:
        if e.grain != "quarter" and not (context.has_just_told_quarter(e) and _has_sums(context, e)):
            return None
        reported = told or _quarter_reported(context)
        return None if reported is None else _quarter_result(e, reported, -1, told is not None)
    if e.shift_grain != "quarter" or e.shift != 0 or e.anchor not in ("near", "previous"):
        return None
    if told is not None:
        return _quarter_result(e, told, 0, True)
    if e.deixis or direction(context.tokens, context.words, e) == "future":
        return None
    reported = _quarter_reported(context)
    return None if reported is None else _quarter_result(e, reported, 0, False)


def _has_sums(context: Context, e: Expression) -> bool:
    """Does the sentence compare sums: "a profit of $3m, up from $1m a year earlier"?"""
    tokens, words = context.tokens, context.words
    start = tokens.first_tokens[tokens.sentence[e.first]]
    before = range(max(start, e.first - FARTHEST_SUM), e.first)
    return any(tokens.keys[at] in words.currency_signs or tokens.flags[at] & UNIT for at in before)


def _quarter_reported(context: Context) -> Span | None:
    """A company reports on the quarter that is over."""
    if context.published is None:
        return None
    year, quarter = _quarter_before(context.published)
    return months_span(year, 3 * quarter - 2, 3, "quarter")


def _weekend(context: Context, e: Expression, anchor: date) -> Resolved:
    """ "the weekend" is the latest that has begun, unless it is told of as to come."""
    ahead = direction(context.tokens, context.words, e) == "future" or anchor.isoweekday() >= SATURDAY
    day = anchor if ahead else add_days(anchor, -7) or anchor
    return _period(e, day, "weekend", "relative")


def _quarter_result(e: Expression, quarter: Span, years: int, told: bool) -> Resolved:
    basis: Basis = "anchored" if told else "relative"
    year, number = quarter.start.year + years, (quarter.start.month + 2) // 3
    return result(e, f"{year:04d}-Q{number}", months_span(year, 3 * number - 2, 3, "quarter"), basis)


def _counts_from_story(context: Context, e: Expression, grain: str) -> bool:
    """ "this month", "next year" in a narrative are of the story."""
    if not context.narrative or not e.deixis or context.previous is None:
        return False
    return RANK[context.previous.grain] >= RANK.get(grain, 0)


def _as_duration(e: Expression) -> Resolved:
    """ "nine months later" after a bare "2020": how long is known, when is not."""
    e.type, e.ref = "DURATION", None
    resolved = result(e, duration_value(e), None, "anchored")
    return Resolved(e, replace(resolved.time, type="DURATION"), None)


def _move(anchor: date, shift: float, grain: str) -> date | None:
    if abs(shift) > FARTHEST:
        return None
    if grain in SECONDS:
        return add_days(anchor, int(SECONDS[grain] * shift / 86400))
    if grain in DAYS:
        return add_days(anchor, int(DAYS[grain] * shift))
    return add_months(anchor, int(MONTHS.get(grain, 12) * shift))


def _period(e: Expression, day: date, grain: str, basis: Basis) -> Resolved:
    """The period of a grain around a day."""
    if grain in CLOCK_GRAINS:
        return result(e, day.isoformat(), day_span(day), basis)
    if grain in ("day", "night"):
        return day_result(e, day, basis)
    if grain in ("week", "fortnight"):
        return result(e, week_value(day), weeks_span(day), basis)
    if grain == "weekend":
        return result(e, week_value(day) + "-WE", weekend_span(day), basis)
    if grain == "month":
        return result(e, f"{day.year:04d}-{day.month:02d}", months_span(day.year, day.month, 1, "month"), basis)
    if grain == "quarter":
        quarter = (day.month - 1) // 3 + 1
        return result(e, f"{day.year:04d}-Q{quarter}", months_span(day.year, 3 * quarter - 2, 3, "quarter"), basis)
    ago = e.amount is not None and not e.deixis  # "a decade ago" is a year
    if grain == "decade" and not ago:
        return result(e, f"{day.year // 10:03d}", decade_span(day.year // 10), basis)
    if grain == "century" and not ago:
        return result(e, f"{day.year // 100:02d}", century_span(day.year // 100), basis)
    return result(e, f"{day.year:04d}", year_span(day.year), basis)
