"""The value of a Fact in a few words, for a column or a line: `at least 170`, `10 to 15 %`, `by 2023-12-31`."""

from __future__ import annotations

from monitor.facts.model import Fact, Quantity, TimeExpression

_HEDGES = {
    "exact": "",
    "about": "about ",
    "at_least": "at least ",
    "more_than": "more than ",
    "at_most": "at most ",
    "less_than": "less than ",
    "between": "",
    "indefinite": "indefinite, from ",
}


def show_value(fact: Fact) -> str:
    """What the fact says, normalised: a quantity with hedge and unit, or a time as TIMEX3 writes it."""
    if fact.quantity is not None:
        return _show_quantity(fact.quantity)
    return _show_time(fact.time) if fact.time is not None else fact.quote


def _show_quantity(quantity: Quantity) -> str:
    low, high = quantity.lower, quantity.upper
    if low is None or high is None:
        amount = _show_number(high if low is None else low)
    elif low == high:
        amount = _show_number(low)
    else:
        amount = f"{_show_number(low)} to {_show_number(high)}"
    unit = f" {quantity.unit}" if quantity.unit else ""
    trend = f" ({quantity.trend})" if quantity.trend else ""
    return f"{_HEDGES[quantity.hedge]}{amount}{unit}{trend}"


def _show_number(number: int | float | None) -> str:
    if number is None:
        return "?"
    return f"{number:,}" if isinstance(number, int) else f"{number:,.10g}"


def _show_time(time: TimeExpression) -> str:
    role = f"{time.role} " if time.role and time.role not in ("on", "from-to") else ""
    return f"{role}{time.value}"
