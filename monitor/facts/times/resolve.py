"""From expressions to TIMEX3 values: against the date of publication, or the date before them in the text.

Without a date of publication a relative date stays unresolved (`XXXX-WXX-5`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from monitor.facts.lexicon.model import Lexicon
from monitor.facts.model import Basis
from monitor.facts.text.tokens import Tokens
from monitor.facts.times.calendar import make_date
from monitor.facts.times.context import Context, is_narrative
from monitor.facts.times.dateline import written_on
from monitor.facts.times.days import resolve_clock, resolve_holiday, resolve_month, resolve_weekday
from monitor.facts.times.model import Expression
from monitor.facts.times.periods import resolve_part_of_year, resolve_shift
from monitor.facts.times.ranges import give_roles
from monitor.facts.times.spans import Resolved, century_span, day_span, decade_span, year_span
from monitor.facts.times.values import duration_value, era_value, result, set_value


def resolve_times(
    tokens: Tokens, words: Lexicon, expressions: list[Expression], published: date | None
) -> list[Resolved]:
    written = written_on(tokens, expressions) if published is None else None
    context = Context(tokens, words, published or written, is_narrative(expressions, published or written))
    give_roles(tokens, words, expressions)
    results = []
    for expression in expressions:
        resolved = _resolve(context, expression)
        if written is not None and resolved.time.basis == "relative" and resolved.span is not None:
            resolved.time = replace(resolved.time, basis="anchored")
        context.note(resolved)
        results.append(resolved)
    return results


def _resolve(context: Context, e: Expression) -> Resolved:
    """By the shape of the expression, the most particular first."""
    if e.type == "SET":
        return result(e, set_value(e), None, "explicit")
    if e.type == "DURATION":
        counted = e.deixis in context.words.calendar["from_now"]
        basis: Basis = "relative" if counted else "explicit"
        return result(e, duration_value(e), None, basis)
    if e.ref is not None:
        return result(e, e.ref, None, "relative")
    if e.era:
        return result(e, era_value(e), None, "explicit")
    if e.value is not None:
        day = make_date(e.year or 0, e.month or 0, e.day or 0)
        return result(e, e.value, day_span(day) if day else None, "explicit")
    if e.century is not None:
        return result(e, f"{e.century:02d}", century_span(e.century), "partial")
    if e.decade is not None:
        return result(e, f"{e.decade:03d}", decade_span(e.decade), "partial")
    if e.holiday is not None:
        return resolve_holiday(context, e)
    if e.weekday is not None and e.month is None:
        return resolve_weekday(context, e)
    if e.month is not None:
        return resolve_month(context, e)
    if e.season is not None or e.quarter is not None or e.half is not None:
        return resolve_part_of_year(context, e)
    if e.year is not None:
        return result(e, f"{e.year:04d}", year_span(e.year), "partial")
    if e.shift_grain is not None:
        return resolve_shift(context, e)
    return resolve_clock(context, e)
