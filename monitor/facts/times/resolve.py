"""From expressions to TIMEX3 values: against the date of publication, or the date before them in the text.

Without a date of publication a relative date stays unresolved (`XXXX-WXX-5`).
"""

from __future__ import annotations

from datetime import date

from monitor.facts.calendar import make_date
from monitor.facts.lexicon import Lexicon
from monitor.facts.model import Basis
from monitor.facts.times.context import Context, is_narrative
from monitor.facts.times.days import resolve_clock, resolve_holiday, resolve_month, resolve_weekday
from monitor.facts.times.model import Expression
from monitor.facts.times.periods import resolve_part_of_year, resolve_shift
from monitor.facts.times.spans import Resolved, century_span, day_span, decade_span, year_span
from monitor.facts.times.values import duration_value, result, set_value
from monitor.facts.tokens import Tokens

RANGE_REACH = 8
"""Tokens before "to" among which "from" makes a range."""


def resolve_times(
    tokens: Tokens, words: Lexicon, expressions: list[Expression], published: date | None
) -> list[Resolved]:
    context = Context(tokens, words, published, is_narrative(expressions, published))
    results = []
    for expression in expressions:
        expression.role = expression.role or _role(tokens, words, expression)
        resolved = _resolve(context, expression)
        context.note(resolved)
        results.append(resolved)
    return results


def _role(tokens: Tokens, words: Lexicon, e: Expression) -> str | None:
    """What the preposition before a time says: by, since, until, on."""
    keys, small = tokens.keys, words.calendar
    at = e.first - 1
    if keys[at] in small["before_day"] and e.type != "DURATION":
        at -= 1
    if keys[at] in small["and"] and keys[at - 1].isdigit():
        return None
    if keys[at] in small["of"] and keys[at - 1] in small["as"]:
        return "on"
    if keys[at] in small["to"] and not small["from"].isdisjoint(keys[max(0, e.first - RANGE_REACH) : e.first]):
        return "from-to"
    return None if e.type == "DURATION" else words.roles.get(keys[at])


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
