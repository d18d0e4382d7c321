"""From expressions to TIMEX3 values: against the date of publication, or the date before them in the text.

Without a date of publication a relative date stays unresolved (`XXXX-WXX-5`). In a narrative - a text whose
written years are far from its publication - dates without a year belong to the year before them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from monitor.facts.calendar import (
    SEASON_MONTHS,
    add_days,
    add_months,
    holiday,
    make_date,
    month_end,
    season_of,
    week_span,
    week_value,
)
from monitor.facts.lexicon import Lexicon
from monitor.facts.model import Basis, Role, TimeExpression, TimeType
from monitor.facts.times_direction import direction, tense_before
from monitor.facts.times_model import LETTER, RANK, Expression
from monitor.facts.tokens import Tokens

FAR, NEAR = 270, 75
"""Days: a verb's tense is not believed when it would put a date far off that lies close by on the other side."""
LEAP, JUMP = 7, 3
"""Months back that a story leaps rather than goes back; years that only an aside spans."""
TIME_GRAINS = frozenset(["hour", "minute", "second"])


@dataclass(slots=True)
class Span:
    """A resolved period of days."""

    start: date
    end: date
    grain: str


@dataclass(slots=True)
class Resolved:
    expression: Expression
    time: TimeExpression
    span: Span | None


def resolve_times(
    tokens: Tokens, words: Lexicon, expressions: list[Expression], published: date | None
) -> list[Resolved]:
    return _Resolver(tokens, words, published, _is_narrative(expressions, published)).run(expressions)


def _is_narrative(expressions: list[Expression], published: date | None) -> bool:
    """Many written years, and hardly a word that only makes sense on the day of publication."""
    years = [e.year for e in expressions if e.year is not None]
    if len(years) < 4:
        return False
    topical = sum(1 for e in expressions if _is_topical(e))
    if len(years) <= 3 * topical:
        return False
    if published is None:
        return True
    dated = sum(1 for e in expressions if e.year is not None and e.month is not None)
    far = sum(1 for year in years if abs(year - published.year) > 2)
    return (far >= 4 and far > 0.7 * len(years)) or (dated >= 4 and dated > 4 * topical)


def _is_topical(e: Expression) -> bool:
    """ "Friday", "yesterday", "last month": said from the day of publication."""
    if e.type not in ("DATE", "TIME") or e.ref is not None or e.anchor:
        return False
    return (e.weekday is not None and e.month is None) or (e.shift_grain is not None and e.year is None)


class _Resolver:
    """Walks the expressions in order and remembers the date that was last spoken of."""

    def __init__(self, tokens: Tokens, words: Lexicon, published: date | None, narrative: bool) -> None:
        self.tokens = tokens
        self.words = words
        self.published = published
        self.narrative = narrative
        self.previous: Span | None = None
        self.story: Span | None = None

    def run(self, expressions: list[Expression]) -> list[Resolved]:
        results = []
        for expression in expressions:
            if expression.role is None:
                expression.role = self._role(expression)
            resolved = self._resolve(expression)
            results.append(resolved)
            if resolved.span is not None and resolved.time.type in ("DATE", "TIME") and expression.ref is None:
                self.previous = resolved.span
                if self.narrative and self._goes_on(expression, resolved.span):
                    self.story = resolved.span
        return results

    def _goes_on(self, e: Expression, span: Span) -> bool:
        """Does the story go on from this date? Not from an aside: "since 1995", "two decades earlier", "had met"."""
        story = self.story
        if story is None:
            return True
        if e.shift is not None and e.shift < 0 and e.shift_grain != "day":
            return False  # "two decades earlier"
        keys = self.tokens.keys
        start = self.tokens.first_tokens[self.tokens.sentence[e.first]]
        if e.first - start <= 2:
            return True
        if e.role == "since" or "had" in keys[max(start, e.first - 12) : e.first]:
            return False
        if e.grain == "day":
            return True
        jump = abs(span.start.year - story.start.year)
        verb = e.first - (keys[e.first - 1] in self.words.roles)  # "until" looks ahead from any tense
        return jump < JUMP and not (jump and tense_before(self.tokens, self.words, verb) == "future")

    def _role(self, e: Expression) -> str | None:
        keys = self.tokens.keys
        before = keys[e.first - 1]
        if before in ("the", "late", "early") and e.type != "DURATION":
            before = keys[e.first - 2]
        if before == "and" and keys[e.first - 2].isdigit():
            return None
        if before == "of" and keys[e.first - 2] == "as":
            return "on"
        if before == "to" and "from" in keys[max(0, e.first - 8) : e.first]:
            return "from-to"
        return None if e.type == "DURATION" else self.words.roles.get(before)

    def _resolve(self, e: Expression) -> Resolved:
        if e.type == "SET":
            return self._set(e)
        if e.type == "DURATION":
            return self._duration(e)
        if e.ref is not None:
            return self._result(e, e.ref, None, "relative")
        if e.value is not None and e.value.startswith("BC"):
            return self._result(e, e.value, None, "explicit")
        if e.value is not None:
            day = make_date(e.year or 0, e.month or 0, e.day or 0)
            return self._result(e, e.value, Span(day, day, "day") if day else None, "explicit")
        if e.century is not None:
            return self._century(e)
        if e.decade is not None:
            start = make_date(e.decade * 10, 1, 1)
            span = Span(start, date(e.decade * 10 + 9, 12, 31), "decade") if start and e.decade < 1000 else None
            return self._result(e, f"{e.decade:03d}", span, "partial")
        if e.holiday is not None:
            return self._holiday(e)
        if e.weekday is not None and e.month is None:
            return self._weekday(e)
        if e.month is not None:
            return self._month(e)
        if e.season is not None or e.quarter is not None or e.half is not None:
            return self._part_of_year(e)
        if e.year is not None:
            return self._result(e, f"{e.year:04d}", _year_span(e.year), "partial")
        if e.shift_grain is not None:
            return self._shifted(e)
        if e.hour is not None or e.part is not None:
            return self._time_of_day(e)
        return self._result(e, "XXXX", None, "relative")

    # one method for each shape of expression

    def _century(self, e: Expression) -> Resolved:
        century = e.century or 0
        start = make_date(century * 100 or 1, 1, 1)
        span = Span(start, date(century * 100 + 99, 12, 31), "century") if start and century < 100 else None
        return self._result(e, f"{century:02d}", span, "partial")

    def _holiday(self, e: Expression) -> Resolved:
        rule = e.holiday or []
        if e.year is not None:
            day = holiday(rule, e.year)
            return self._day(e, day, "explicit")
        anchor = self._anchor("")
        if anchor is None:
            fixed = rule and isinstance(rule[0], int)
            return self._result(e, f"XXXX-{rule[0]:02d}-{rule[1]:02d}" if fixed else "XXXX-XX-XX", None, "relative")
        years = [anchor.year - 1, anchor.year, anchor.year + 1]
        days = [day for day in (holiday(rule, year) for year in years) if day is not None]
        if e.deixis == "last":
            days = [day for day in days if day < anchor][-1:]
        elif e.deixis == "next":
            days = [day for day in days if day > anchor][:1]
        elif e.deixis == "this":
            days = [day for day in days if day.year == anchor.year]
        return self._day(e, self._choose(e, days, anchor), "relative")

    def _weekday(self, e: Expression) -> Resolved:
        weekday = e.weekday or 1
        if e.shift_grain == "week" and e.shift is not None:
            anchor = self._anchor(e.anchor)
            if anchor is None:
                return self._unresolved(e, f"XXXX-WXX-{weekday}")
            monday = week_span(anchor)[0] + timedelta(days=7 * int(e.shift))
            return self._day(e, add_days(monday, weekday - 1), "relative")
        anchor = self._anchor(e.anchor if e.anchor == "previous" else ("previous" if self.narrative else ""))
        if anchor is None:
            return self._unresolved(e, f"XXXX-WXX-{weekday}")
        back = (anchor.isoweekday() - weekday) % 7
        ahead = (weekday - anchor.isoweekday()) % 7
        if e.deixis in ("last", "past", "previous", "preceding", "prior"):
            return self._day(e, add_days(anchor, -(back or 7)), "relative")
        if e.deixis in ("next", "coming", "following", "upcoming", "ensuing"):
            return self._day(e, add_days(anchor, ahead or 7), "relative")
        if e.deixis in ("that", "same") and self.previous is not None:
            return self._day(e, add_days(anchor, ahead), "anchored")
        towards = direction(self.tokens, self.words, e)
        if e.deixis == "this":
            towards = towards or "future"
        return self._day(e, add_days(anchor, ahead if towards == "future" else -back), "relative")

    def _month(self, e: Expression) -> Resolved:
        month, day_number = e.month or 1, e.day
        year, basis = self._year_of_month(e, month, day_number)
        if year is None:
            value = f"XXXX-{month:02d}" + (f"-{day_number:02d}" if day_number else "")
            return self._unresolved(e, value)
        if day_number is not None:
            return self._day(e, make_date(year, month, day_number), basis)
        span = Span(date(year, month, 1), month_end(year, month), "month") if 1 <= year <= 9999 else None
        return self._result(e, f"{year:04d}-{month:02d}", span, basis)

    def _year_of_month(self, e: Expression, month: int, day: int | None) -> tuple[int | None, Basis]:
        if e.year is not None:
            return e.year, ("explicit" if not e.copied else "partial")
        anchor = self._anchor(e.anchor)
        if e.shift_grain == "year" and e.shift is not None:
            return (anchor.year + int(e.shift) if anchor else None), "relative"
        if e.deixis and e.anchor != "previous":
            anchor = self._anchor("")
        elif self.narrative and self.story is not None:
            return self._year_told_on(month), "anchored"
        if anchor is None:
            if self.previous is not None:
                return self.previous.start.year, "anchored"
            return None, "relative"
        if e.copied and self.previous is not None and e.role == "from-to":
            return self.previous.start.year, "relative"
        options = [
            d for d in (make_date(y, month, day or 1) for y in (anchor.year - 1, anchor.year, anchor.year + 1)) if d
        ]
        if day is None:
            options = [date(y, month, 1) for y in (anchor.year - 1, anchor.year, anchor.year + 1) if 1 <= y <= 9999]
            anchor = anchor.replace(day=1)
        if e.deixis in ("last", "past", "previous"):
            options = [d for d in options if d < anchor][-1:]
        elif e.deixis in ("next", "coming"):
            options = [d for d in options if d > anchor][:1]
        elif e.deixis == "this":
            options = [d for d in options if d.year == anchor.year]
        chosen = self._choose(e, options, anchor)
        return (chosen.year if chosen else None), "relative"

    def _year_told_on(self, month: int) -> int:
        """In a narrative the nearest such month goes on from the date before: "January" after "December 1941"."""
        story = self.story
        assert story is not None
        leaps = RANK[story.grain] >= RANK["season"] and story.start.month - month > LEAP
        return story.start.year + leaps

    def _choose(self, e: Expression, days: list[date], anchor: date) -> date | None:
        if not days:
            return None
        towards = direction(self.tokens, self.words, e)
        behind = [day for day in days if day <= anchor]
        ahead = [day for day in days if day >= anchor]
        back = (anchor - behind[-1]).days if behind else 10_000
        forth = (ahead[0] - anchor).days if ahead else 10_000
        if towards == "past" and behind and not (back > FAR and forth < NEAR):
            return behind[-1]
        if towards == "future" and ahead and not (forth > FAR and back < NEAR):
            return ahead[0]
        return min(days, key=lambda day: (abs((day - anchor).days), day))

    def _part_of_year(self, e: Expression) -> Resolved:
        year = e.year
        basis: Basis = "explicit" if year is not None else "relative"
        narrative = self.narrative and not e.deixis
        anchor = self._anchor(e.anchor if e.anchor == "previous" else ("previous" if narrative else ""))
        if year is None and anchor is not None:
            year = anchor.year
            if e.shift_grain == "year" and e.shift is not None:
                year += int(e.shift)
            elif e.season is not None:
                year = self._season_year(e, anchor)
            elif e.quarter == 0:
                year, e.quarter = _previous_quarter(anchor)
            elif e.quarter is not None:
                year = self._quarter_year(e, anchor)
        shown = f"{year:04d}" if year is not None else "XXXX"
        if e.season is not None:
            span = _season_span(year, e.season) if year is not None else None
            return self._result(e, f"{shown}-{e.season}", span, basis)
        if e.quarter is not None:
            quarter = e.quarter or 1
            span = _months_span(year, 3 * quarter - 2, 3, "quarter") if year is not None else None
            return self._result(e, f"{shown}-Q{quarter}" if e.quarter else f"{shown}-QX", span, basis)
        span = _months_span(year, 6 * (e.half or 1) - 5, 6, "half") if year is not None else None
        return self._result(e, f"{shown}-H{e.half}", span, basis)

    def _season_year(self, e: Expression, anchor: date) -> int:
        """ "last fall" is the latest that is over; "this summer" is this year's; bare: by the tense."""
        first_month = SEASON_MONTHS[e.season or "SU"][0]
        start = date(anchor.year, first_month, 1)
        end = _season_span(anchor.year, e.season or "SU")
        if e.deixis in ("last", "past", "previous"):
            return anchor.year if end is not None and end.end < anchor else anchor.year - 1
        if e.deixis in ("next", "coming"):
            return anchor.year if start > anchor else anchor.year + 1
        if e.deixis == "this":
            return anchor.year
        towards = direction(self.tokens, self.words, e)
        if towards == "past" and start > anchor:
            return anchor.year - 1
        if towards == "future" and end is not None and end.end < anchor:
            return anchor.year + 1
        return anchor.year

    def _quarter_year(self, e: Expression, anchor: date) -> int:
        """The nearest such quarter; of two as near, the one that is over."""
        current = anchor.year * 4 + (anchor.month - 1) // 3
        years = (anchor.year - 1, anchor.year, anchor.year + 1)
        return min(years, key=lambda year: (abs(year * 4 + (e.quarter or 1) - 1 - current), year))

    def _shifted(self, e: Expression) -> Resolved:
        """ "last month", "three days ago", "a month later", "the end of the year"."""
        grain = e.shift_grain or "day"
        anchored = e.anchor == "previous"
        near = e.anchor == "near" and (self.narrative or self._is_near()) and self._is_as_fine(grain)
        base = self.previous if anchored or near else None
        if anchored and base is None and e.deixis in ("that", "same", "following", "previous", "preceding"):
            return self._unresolved(e, UNRESOLVED.get(grain, "XXXX"))
        if (
            self.narrative
            and base is None
            and e.deixis in ("this", "next", "last")
            and self.previous is not None
            and RANK[self.previous.grain] >= RANK.get(grain, 0)
        ):
            base = self.previous
        if base is not None:
            if RANK[base.grain] < RANK.get(grain, 0) and grain not in ("day", "week") and e.deixis == "" and e.shift:
                return self._as_duration(e)
            anchor: date | None = (
                base.end
                if (e.shift or 0) > 0 and base.grain not in ("year", "decade") and grain in ("day",)
                else base.start
            )
        elif anchored and self.published is None:
            return self._as_duration(e) if e.amount is not None else self._unresolved(e, UNRESOLVED.get(grain, "XXXX"))
        else:
            anchor = self.published if self.published is not None else None
        if anchor is None:
            return self._unresolved(e, UNRESOLVED.get(grain, "XXXX"))
        basis: Basis = "anchored" if base is not None else "relative"
        day = _move(anchor, e.shift or 0, grain)
        if day is None:
            return self._unresolved(e, UNRESOLVED.get(grain, "XXXX"))
        return self._period(e, day, grain, basis)

    def _is_as_fine(self, grain: str) -> bool:
        return self.previous is not None and RANK[self.previous.grain] >= min(RANK.get(grain, 0), RANK["week"])

    def _is_near(self) -> bool:
        """Is the date before this one close to publication, so that "the year" means its year?"""
        if self.previous is None or self.published is None:
            return self.previous is not None
        return (
            False
            if self.previous.grain in ("decade", "century")
            else abs((self.published - self.previous.start).days) < 400
        )

    def _as_duration(self, e: Expression) -> Resolved:
        """ "nine months later" after a bare "2020": how long is known, when is not."""
        e.type = "DURATION"
        e.ref = None
        result = self._duration(e)
        return replace_time(result, basis="anchored")

    def _period(self, e: Expression, day: date, grain: str, basis: Basis) -> Resolved:
        if grain in ("hour", "minute", "second"):
            return self._result(e, day.isoformat(), Span(day, day, "day"), basis)
        if grain in ("day", "night"):
            return self._day(e, day, basis)
        if grain in ("week", "fortnight"):
            start, end = week_span(day)
            return self._result(e, week_value(day), Span(start, end, "week"), basis)
        if grain == "weekend":
            monday = week_span(day)[0]
            return self._result(
                e,
                week_value(day) + "-WE",
                Span(monday + timedelta(days=5), monday + timedelta(days=6), "weekend"),
                basis,
            )
        if grain == "month":
            span = Span(day.replace(day=1), month_end(day.year, day.month), "month")
            return self._result(e, f"{day.year:04d}-{day.month:02d}", span, basis)
        if grain == "quarter":
            quarter = (day.month - 1) // 3 + 1
            return self._result(
                e, f"{day.year:04d}-Q{quarter}", _months_span(day.year, 3 * quarter - 2, 3, "quarter"), basis
            )
        if grain in ("decade", "century") and not e.deixis and e.amount is not None:
            return self._result(e, f"{day.year:04d}", _year_span(day.year), basis)  # "a decade ago"
        if grain == "decade":
            start_year = day.year // 10 * 10
            return self._result(
                e,
                f"{day.year // 10:03d}",
                Span(date(max(1, start_year), 1, 1), date(start_year + 9, 12, 31), "decade"),
                basis,
            )
        if grain == "century":
            return self._result(e, f"{day.year // 100:02d}", None, basis)
        return self._result(e, f"{day.year:04d}", _year_span(day.year), basis)

    def _time_of_day(self, e: Expression) -> Resolved:
        base = self.previous if e.anchor in ("previous", "near") or self._said_just_before(e) else None
        day = base.start if base is not None and base.grain == "day" else self.published
        if e.shift is not None and day is not None:
            day = add_days(day, int(e.shift))
        return self._day(e, day, "anchored" if base else "relative")

    def _said_just_before(self, e: Expression) -> bool:
        return self.previous is not None and self.previous.grain == "day"

    def _day(self, e: Expression, day: date | None, basis: Basis) -> Resolved:
        """A day, with part or clock when the expression has them."""
        shown = day.isoformat() if day is not None else "XXXX-XX-XX"
        if day is None and e.month is not None and e.day is not None:
            shown = f"{e.year:04d}" if e.year is not None else "XXXX"
            shown += f"-{e.month:02d}-{e.day:02d}"
        value = shown
        if e.type == "TIME":
            value = shown + _clock(e, day)
            if e.hour == 24 and day is not None:
                following = add_days(day, 0)
                value = (following or day).isoformat() + "T24:00"
        return self._result(e, value, Span(day, day, "day") if day is not None else None, basis)

    def _unresolved(self, e: Expression, value: str) -> Resolved:
        if e.type == "TIME":
            value += _clock(e, None)
        return self._result(e, value, None, "relative")

    def _duration(self, e: Expression) -> Resolved:
        return self._result(
            e, duration_value(e), None, "relative" if e.deixis in ("past", "last", "next", "coming") else "explicit"
        )

    def _set(self, e: Expression) -> Resolved:
        if e.value is not None:
            value = e.value
        elif e.weekday is not None:
            value = f"XXXX-WXX-{e.weekday}"
        elif e.season is not None:
            value = f"XXXX-{e.season}"
        elif e.part is not None:
            value = f"XXXX-XX-XXT{e.part}"
        else:
            value = duration_value(e)
        return self._result(e, value, None, "explicit")

    def _result(self, e: Expression, value: str, span: Span | None, basis: Basis) -> Resolved:
        start = span.start.isoformat() if span else None
        end = span.end.isoformat() if span else None
        if span is not None and e.edge and e.mod == "END":
            start = end
        elif span is not None and e.edge and e.mod == "START":
            end = start
        if e.edge and e.rule == "year-end" and end is not None:
            value = end
        time = TimeExpression(_type(e), value, e.mod, start, end, _role(e.role), basis)
        return Resolved(e, time, span)

    def _anchor(self, which: str) -> date | None:
        if which == "previous" and self.previous is not None:
            return self.previous.start
        return self.published


UNRESOLVED = {
    "day": "XXXX-XX-XX", "night": "XXXX-XX-XX", "week": "XXXX-WXX", "weekend": "XXXX-WXX-WE", "month": "XXXX-XX",
    "quarter": "XXXX-QX", "year": "XXXX", "decade": "XXXX", "century": "XX", "fortnight": "XXXX-WXX",
}  # fmt: skip


def replace_time(result: Resolved, *, basis: Basis) -> Resolved:
    return Resolved(result.expression, replace(result.time, basis=basis, type="DURATION"), result.span)


def _type(e: Expression) -> TimeType:
    return e.type if e.type in ("DATE", "TIME", "DURATION", "SET") else "DATE"  # type: ignore[return-value]


def _role(role: str | None) -> Role | None:
    return role if role in ("on", "by", "since", "until", "from-to", "about") else None  # type: ignore[return-value]


def _clock(e: Expression, day: date | None) -> str:
    if e.hour is None:
        return f"T{e.part}" if e.part else ""
    clock = f"T{e.hour:02d}:{e.minute or 0:02d}"
    if e.second is not None:
        clock += f":{e.second:02d}"
    return clock + ("Z" if e.zone in ("gmt", "utc", "z") else "")


def duration_value(e: Expression) -> str:
    """P12M, PT48H, P1.5Y, PXY; decades and centuries in years, quarters as P1Q, fortnights in weeks."""
    grain = e.grain
    amount = e.amount
    scale = {"decade": 10, "century": 100, "millennium": 1000, "fortnight": 2}.get(grain)
    letter = LETTER.get(
        {"decade": "year", "century": "year", "millennium": "year", "fortnight": "week"}.get(grain, grain), "Y"
    )
    if grain == "decade" and amount is None:
        return "PXE"
    if scale is not None and amount is not None:
        amount *= scale
    shown = "X" if amount is None else f"{amount:g}" if amount != int(amount) else str(int(amount))
    return f"P{'T' if grain in TIME_GRAINS else ''}{shown}{letter}"


def _move(anchor: date, shift: float, grain: str) -> date | None:
    if abs(shift) > 100_000:
        return None
    whole = int(shift)
    if grain in ("hour", "minute", "second"):
        seconds = {"hour": 3600, "minute": 60, "second": 1}[grain] * shift
        return add_days(anchor, int(seconds / 86400))
    if grain in ("day", "night"):
        return add_days(anchor, whole)
    if grain in ("week", "weekend"):
        return add_days(anchor, int(7 * shift))
    if grain == "fortnight":
        return add_days(anchor, int(14 * shift))
    months = {
        "month": 1,
        "quarter": 3,
        "year": 12,
        "decade": 120,
        "century": 1200,
        "millennium": 12000,
        "half": 6,
        "season": 3,
    }
    return add_months(anchor, int(months.get(grain, 12) * shift))


def _year_span(year: int) -> Span | None:
    if not 1 <= year <= 9999:
        return None
    return Span(date(year, 1, 1), date(year, 12, 31), "year")


def _months_span(year: int | None, first: int, count: int, grain: str) -> Span | None:
    if year is None or not 1 <= year <= 9999:
        return None
    return Span(date(year, first, 1), month_end(year, first + count - 1), grain)


def _season_span(year: int, season: str) -> Span | None:
    first, last = SEASON_MONTHS[season]
    if not 1 <= year <= 9998:
        return None
    return Span(date(year, first, 1), month_end(year + (1 if last < first else 0), last), "season")


def _previous_quarter(anchor: date) -> tuple[int, int]:
    quarter = (anchor.month - 1) // 3
    return (anchor.year, quarter) if quarter else (anchor.year - 1, 4)


__all__ = ["Resolved", "Span", "duration_value", "resolve_times", "season_of"]
