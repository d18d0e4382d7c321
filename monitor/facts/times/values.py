"""TIMEX3 values as text: "2023-06-30TMO", "PT48H", "XXXX-WXX-5"; and the result that holds one."""

from __future__ import annotations

from datetime import date

from monitor.facts.model import Basis, Role, TimeExpression, TimeType
from monitor.facts.times.model import LETTER, Expression
from monitor.facts.times.spans import Resolved, Span, day_span

CLOCK_GRAINS = frozenset(["hour", "minute", "second"])
UTC = frozenset(["gmt", "utc", "z"])
UNRESOLVED = {
    "day": "XXXX-XX-XX", "night": "XXXX-XX-XX", "week": "XXXX-WXX", "weekend": "XXXX-WXX-WE", "month": "XXXX-XX",
    "quarter": "XXXX-QX", "year": "XXXX", "decade": "XXXX", "century": "XX", "fortnight": "XXXX-WXX",
}  # fmt: skip
"""The value of a period of which nobody knows when it was."""
PLAIN_UNITS = {"decade": (10, "year"), "century": (100, "year"), "millennium": (1000, "year"), "fortnight": (2, "week")}
"""Units that TIMEX3 counts in others."""


def result(e: Expression, value: str, span: Span | None, basis: Basis) -> Resolved:
    days = None if e.fiscal else span  # nobody says when a fiscal year begins
    start = days.start.isoformat() if days else None
    end = days.end.isoformat() if days else None
    if span is not None and e.edge and e.mod == "END":
        start = end
    elif span is not None and e.edge and e.mod == "START":
        end = start
    if e.rule == "year-end" and end is not None:
        value = end
    return Resolved(e, TimeExpression(_type(e.type), value, e.mod, start, end, _role(e.role), basis), span)


def _type(name: str) -> TimeType:
    return name if name in ("DATE", "TIME", "DURATION", "SET") else "DATE"  # type: ignore[return-value]


def _role(role: str | None) -> Role | None:
    return role if role in ("on", "by", "since", "until", "from-to", "about") else None  # type: ignore[return-value]


def day_result(e: Expression, day: date | None, basis: Basis) -> Resolved:
    """A day, with its part or clock when the expression has them."""
    if day is not None:
        value = day.isoformat()
    elif e.month is not None and e.day is not None:
        value = f"{'XXXX' if e.year is None else f'{e.year:04d}'}-{e.month:02d}-{e.day:02d}"
    else:
        value = UNRESOLVED["day"]
    if e.type == "TIME":
        value += clock_value(e)
    return result(e, value, day_span(day) if day is not None else None, basis)


def unresolved(e: Expression, value: str) -> Resolved:
    return result(e, value + clock_value(e) if e.type == "TIME" else value, None, "relative")


def unresolved_period(e: Expression, grain: str) -> Resolved:
    return unresolved(e, UNRESOLVED.get(grain, "XXXX"))


def era_value(e: Expression) -> str:
    """BC0480, BC0480-08, BC0480-SU, BC048 and BC04: years, months, seasons, decades and centuries before Christ."""
    if e.century is not None:
        return f"{e.era}{e.century:02d}"
    if e.decade is not None:
        return f"{e.era}{e.decade:03d}"
    value = f"{e.era}{e.year or 0:04d}"
    if e.month is not None:
        return f"{value}-{e.month:02d}" + (f"-{e.day:02d}" if e.day else "")
    return f"{value}-{e.season}" if e.season is not None else value


def clock_value(e: Expression) -> str:
    if e.hour is None:
        return f"T{e.part}" if e.part else ""
    clock = f"T{e.hour:02d}:{e.minute or 0:02d}"
    if e.second is not None:
        clock += f":{e.second:02d}"
    return clock + ("Z" if e.zone in UTC else "")


def duration_value(e: Expression) -> str:
    """P12M, PT48H, P1.5Y, PXY; decades and centuries in years, quarters as P1Q, fortnights in weeks."""
    if e.value is not None:
        return e.value
    if e.grain == "decade" and e.amount is None:
        return "PXE"
    scale, grain = PLAIN_UNITS.get(e.grain, (1, e.grain))
    letter = LETTER.get(grain, "Y")
    if e.amount is None:
        shown = "X"
    else:
        amount = e.amount * scale
        shown = str(int(amount)) if amount == int(amount) else f"{amount:g}"
    return f"P{'T' if grain in CLOCK_GRAINS else ''}{shown}{letter}"


def set_value(e: Expression) -> str:
    """What a set repeats: "every Friday" is XXXX-WXX-5, "every two years" is P2Y."""
    if e.weekday is not None:
        return f"XXXX-WXX-{e.weekday}" + (f"T{e.part}" if e.part else "")
    if e.season is not None:
        return f"XXXX-{e.season}"
    if e.part is not None:
        return f"{UNRESOLVED['day']}T{e.part}"
    return duration_value(e)
