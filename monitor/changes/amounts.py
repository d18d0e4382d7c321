"""Whether two amounts say the same: intervals compared in one unit, hedges and rounding understood."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from monitor.facts.model import Fact, Quantity

Verdict = Literal["same", "compatible", "hedge", "value"]

# How many of the base unit of its dimension one unit is. Exact where the definition is exact (BIPM, NIST SP 811).
_UNITS: dict[str, tuple[str, float]] = {
    "meter": ("length", 1), "kilometer": ("length", 1000), "centimeter": ("length", 0.01),
    "millimeter": ("length", 0.001), "micrometer": ("length", 1e-6), "nanometer": ("length", 1e-9),
    "mile": ("length", 1609.344), "foot": ("length", 0.3048), "yard": ("length", 0.9144),
    "inch": ("length", 0.0254), "nautical-mile": ("length", 1852), "light-year": ("length", 9.4607e15),
    "square-meter": ("area", 1), "square-kilometer": ("area", 1e6), "hectare": ("area", 1e4),
    "acre": ("area", 4046.8564224), "square-mile": ("area", 2589988.110336),
    "square-foot": ("area", 0.09290304), "gram": ("mass", 0.001), "kilogram": ("mass", 1),
    "milligram": ("mass", 1e-6), "microgram": ("mass", 1e-9), "tonne": ("mass", 1000),
    "metric-ton": ("mass", 1000), "pound": ("mass", 0.45359237), "ounce": ("mass", 0.028349523125),
    "ton": ("mass", 907.18474), "stone": ("mass", 6.35029318), "liter": ("volume", 0.001),
    "milliliter": ("volume", 1e-6), "cubic-meter": ("volume", 1), "cubic-kilometer": ("volume", 1e9),
    "cubic-foot": ("volume", 0.028316846592), "gallon": ("volume", 0.003785411784),
    "barrel": ("volume", 0.158987294928), "pint": ("volume", 0.000473176473),
    "kilometer-per-hour": ("speed", 1), "mile-per-hour": ("speed", 1.609344),
    "meter-per-second": ("speed", 3.6), "knot": ("speed", 1.852), "watt": ("power", 1),
    "kilowatt": ("power", 1e3), "megawatt": ("power", 1e6), "gigawatt": ("power", 1e9),
    "terawatt": ("power", 1e12), "watt-hour": ("energy", 1), "kilowatt-hour": ("energy", 1e3),
    "megawatt-hour": ("energy", 1e6), "gigawatt-hour": ("energy", 1e9), "terawatt-hour": ("energy", 1e12),
    "byte": ("data", 1), "kilobyte": ("data", 1e3), "megabyte": ("data", 1e6), "gigabyte": ("data", 1e9),
    "terabyte": ("data", 1e12), "second": ("duration", 1), "minute": ("duration", 60),
    "hour": ("duration", 3600), "day": ("duration", 86400), "week": ("duration", 604800),
    "fortnight": ("duration", 1209600), "month": ("duration", 2629746), "quarter": ("duration", 7889238),
    "year": ("duration", 31556952), "decade": ("duration", 315569520), "century": ("duration", 3155695200),
}  # fmt: skip

# Degrees Celsius for one degree, and where zero Celsius lies.
_TEMPERATURES = {"celsius": (1.0, 0.0), "fahrenheit": (1 / 1.8, 32.0), "kelvin": (1.0, 273.15)}

_ROUNDED = 0.06  # a rounded restatement lies within this share of the exact figure (472 -> nearly 500 is 5.9 %)
_CONVERTED = 0.035  # a conversion between systems is rounded as well (5 miles -> 8 km is 0.6 %, 8 feet -> 2.4 m 1.6 %)

# What journalists mean by an indefinite number ends somewhere: "hundreds of thousands" is less than a million.
_HUGE = 1e30  # nothing counted, paid or measured in the news is larger
_COUNTED = 1000  # whole numbers below it are counts, however round
_ROUND_DIGITS = 2  # of a round number, at least: 5,000 may be a guess
_SHORT_DIGITS = 3
SEVERAL = 3  # the lower bound of "several", "a few"; "multiple" has 2

_INDEFINITE_END = {3: 20, 20: 100, 24: 250, 40: 400, 200: 1000, 2000: 100_000, 20_000: 100_000, 200_000: 1_000_000}
_ABOVE = frozenset({"at_least", "more_than"})
_BELOW = frozenset({"at_most", "less_than"})


@dataclass(frozen=True, slots=True)
class _Amount:
    """A quantity in the base unit of its dimension; an open end is infinite."""

    lower: float
    upper: float
    dimension: str | None
    hedge: str
    scale: float

    numeral: tuple[float, float]
    """The figures that were written: of an interval with one open end, the closed one."""


def judge_figures(before: Fact, after: Fact) -> Verdict:
    """`judge_amounts` of two facts. "£5,109" is no short form of "£5,110", as long as both are written out."""
    if before.quantity is None or after.quantity is None:
        return "value"
    written, rewritten = (sum(c.isdigit() for c in fact.quote) for fact in (before, after))
    return judge_amounts(before.quantity, after.quantity, shortened=written != rewritten)


def judge_amounts(before: Quantity, after: Quantity, *, shortened: bool = True) -> Verdict:
    """`same`, `compatible` (one restates the other, rounded), `hedge` (the same figure held differently) or `value`.

    shortened: whether one of the two was written shorter.
    """
    if before == after:
        return "same"
    old, new = _fractions(_amount(before), _amount(after))
    if {before.trend, after.trend} == {"up", "down"}:
        return "value"
    if old.dimension != new.dimension:
        if None in (old.dimension, new.dimension) and _near(old, new, 1e-9):
            return "same"  # a missing unit was supplied: "inflation of 0.7" -> "0.7%"
        return "value"
    if (old.hedge == "indefinite") != (new.hedge == "indefinite"):
        return "compatible" if _less_exact(old, new) or _less_exact(new, old) else "value"
    if old.hedge == "indefinite" and max(old.lower, new.lower) <= SEVERAL:
        return "compatible"  # "several" and "multiple"
    converted = old.scale != new.scale and not _metric(old.scale, new.scale)
    if _near(old, new, _CONVERTED if converted else 1e-9):
        return "same" if _hedge(old) == _hedge(new) else "hedge"
    if _restates(old, new) or _restates(new, old):
        return "compatible"
    if shortened and (_shortened(old, new) or _shortened(new, old)):
        return "compatible"
    if _within(old, new) or _within(new, old):
        return "hedge"
    return "value"


def overlap(one: Quantity, other: Quantity) -> bool:
    """Whether one number could satisfy both: 303 is "at least 170" and "more than 300", it is not "about 170".

    "About" reaches as far as the last digit that was written, "exact" no further than itself.
    """
    old, new = _fractions(_amount(one), _amount(other))
    if old.dimension != new.dimension:
        return False
    (low, high), (other_low, other_high) = _reach(one, old), _reach(other, new)
    if low == other_high:
        return one.lower_inclusive and other.upper_inclusive
    if high == other_low:
        return one.upper_inclusive and other.lower_inclusive
    return low < other_high and other_low < high


def _reach(quantity: Quantity, amount: _Amount) -> tuple[float, float]:
    if quantity.hedge != "about":
        return amount.lower, amount.upper
    return amount.lower - _grain(amount.lower, amount) / 2, amount.upper + _grain(amount.upper, amount) / 2


def rounds(one: Quantity, other: Quantity) -> bool:
    """Whether one of two exact figures is the other, rounded: 64 % and 64.4 %, $2.3bn and $2.31bn, 3,400 and 3,412.

    Not 120 and 123: below a thousand a whole number that ends in zeros may be a count.
    """
    if not one.hedge == other.hedge == "exact" or not comparable(one, other):
        return False
    amounts = _fractions(_amount(one), _amount(other))
    if any(amount.numeral[0] != amount.numeral[1] for amount in amounts):
        return False
    short, precise = sorted(amounts, key=lambda amount: _digits(amount.numeral[0], amount))
    (target, _), (exact, _) = short.numeral, precise.numeral
    if _digits(target, short) == _digits(exact, precise):
        return False
    counted = target / short.scale == int(target / short.scale) and exact / precise.scale == int(exact / precise.scale)
    if counted and (abs(target) < _COUNTED * short.scale or _digits(target, short) < _ROUND_DIGITS):
        return False
    grain = _grain(target, short) if counted else min(_grain(target, short), short.scale)
    return abs(exact - target) <= grain / 2


def comparable(before: Quantity, after: Quantity) -> bool:
    """Whether both measure the same dimension, so that a difference of the two means something."""
    old, new = _fractions(_amount(before), _amount(after))
    return old.dimension == new.dimension


def delta(before: Quantity, after: Quantity) -> int | float | None:
    """New minus old in the unit of both; null for ranges, indefinite amounts and different units."""
    old, new = _single(before), _single(after)
    if old is None or new is None or before.unit != after.unit:
        return None
    difference = round(new - old, 9)
    return int(difference) if difference == int(difference) else difference


def ratio(before: Quantity, after: Quantity) -> float | None:
    """New divided by old, units converted; null where `delta` is, for different dimensions and for an old zero."""
    old, new = _single(before), _single(after)
    if old is None or new is None or not comparable(before, after):
        return None
    old, new = old * _amount(before).scale, new * _amount(after).scale
    return round(new / old, 4) if old else None


def share(quantity: Quantity) -> bool:
    """Whether an amount without a unit is a fraction: "half of voters"."""
    return quantity.unit is None and all(
        bound is not None and 0 < bound < 1 for bound in (quantity.lower, quantity.upper)
    )


def _real(bound: int | float) -> float:
    """A number that can be reckoned with: what is beyond all measure is infinite."""
    return float(bound) if abs(bound) <= _HUGE else (math.inf if bound > 0 else -math.inf)


def _fractions(old: _Amount, new: _Amount) -> tuple[_Amount, _Amount]:
    """ "Half" against "50%": the fraction is read as a percentage."""
    if {old.dimension, new.dimension} != {None, "%"} or _near(old, new, 1e-9):
        return old, new
    return _percentage(old), _percentage(new)


def _percentage(amount: _Amount) -> _Amount:
    if amount.dimension is not None or not 0 < amount.lower <= amount.upper < 1:
        return amount
    lower, upper = round(100 * amount.lower, 9), round(100 * amount.upper, 9)
    return _Amount(lower, upper, "%", amount.hedge, 1.0, (lower, upper))


def _single(quantity: Quantity) -> float | None:
    """The one number that was written; of an open interval its closed end."""
    bounds = {bound for bound in (quantity.lower, quantity.upper) if bound is not None and abs(bound) <= _HUGE}
    if len(bounds) != 1 or quantity.hedge == "indefinite":
        return None
    (number,) = bounds
    return number if math.isfinite(number) else None


@lru_cache(maxsize=8192)
def _amount(quantity: Quantity) -> _Amount:
    lower = -math.inf if quantity.lower is None else _real(quantity.lower)
    upper = math.inf if quantity.upper is None else _real(quantity.upper)
    if quantity.hedge == "indefinite" and quantity.upper is None and math.isfinite(lower):
        upper = _INDEFINITE_END.get(int(lower), lower * 500)
    dimension, scale = _UNITS.get(quantity.unit or "", (quantity.unit, 1.0))
    if quantity.unit in _TEMPERATURES:
        dimension, (scale, zero) = "temperature", _TEMPERATURES[quantity.unit]
        lower, upper = lower - zero, upper - zero
    lower, upper = lower * scale, upper * scale
    numeral = (lower if math.isfinite(lower) else upper, upper if math.isfinite(upper) else lower)
    return _Amount(lower, upper, dimension, quantity.hedge, scale, numeral)


def _metric(one: float, other: float) -> bool:
    """Whether the two units convert without rounding: a round decimal or calendar factor."""
    ratio = max(one, other) / min(one, other)
    return ratio in (7, 12, 24, 60, 100, 3600, 86400) or math.isclose(math.log10(ratio) % 1, 0, abs_tol=1e-9)


def _near(old: _Amount, new: _Amount, tolerance: float) -> bool:
    pairs = zip(old.numeral, new.numeral, strict=True)
    return all(one == other or math.isclose(one, other, rel_tol=tolerance) for one, other in pairs)


def _hedge(amount: _Amount) -> tuple[str, bool, bool]:
    hedge = "between" if amount.hedge == "exact" and amount.lower != amount.upper else amount.hedge
    return hedge, math.isfinite(amount.lower), math.isfinite(amount.upper)


def _less_exact(precise: _Amount, loose: _Amount) -> bool:
    """ "11", "four to five" and "at least 12" against "several": less exact, not contrary."""
    if loose.hedge != "indefinite":
        return False
    exact, exact_high = precise.numeral
    return loose.lower <= exact and exact_high < loose.upper


def _restates(precise: _Amount, rounded: _Amount) -> bool:
    """Whether `rounded` is what a writer may make of `precise` without any new information (78 % -> almost 80 %)."""
    exact, exact_high = precise.numeral
    if _in_larger_unit(precise, rounded):
        return True
    if exact != exact_high or rounded.hedge == "exact":
        return False
    target, target_high = rounded.numeral
    if precise.hedge != "exact" and {precise.hedge, rounded.hedge} != _ABOVE:
        return False  # under one and the same hedge another figure is another bound: "at least 320" -> "at least 324"
    if target != target_high or not target or _digits(target, rounded) >= _digits(exact, precise):
        return False
    if rounded.hedge in _ABOVE and exact < target:
        return False
    if rounded.hedge in _BELOW and exact > target:
        return False
    return abs(exact - target) <= min(_grain(target, rounded), _ROUNDED * abs(exact))


def _in_larger_unit(precise: _Amount, rounded: _Amount) -> bool:
    """ "22 days" -> "three weeks": a larger unit leaves no room for the rest."""
    (exact, high), (target, target_high) = precise.numeral, rounded.numeral
    if exact != high or target != target_high or not rounded.scale > precise.scale or precise.hedge != rounded.hedge:
        return False
    return abs(exact - target) <= min(rounded.scale / 4, _ROUNDED * abs(exact))


def _shortened(precise: _Amount, short: _Amount) -> bool:
    """Whether a measured amount was written shorter, still with three digits ("£162,500" -> "£162k")."""
    if precise.dimension in (None, "%", "pp") or not precise.hedge == short.hedge == "exact":
        return False
    exact, target = precise.numeral[0], short.numeral[0]
    if (exact, target) != (precise.numeral[1], short.numeral[1]):
        return False
    if not _SHORT_DIGITS <= _digits(target, short) < _digits(exact, precise):
        return False
    return abs(exact - target) < _grain(target, short)


def _within(exact: _Amount, interval: _Amount) -> bool:
    """Whether a single figure lies in a closed range that the other text gave."""
    low, high = exact.numeral
    return low == high and interval.hedge == "between" and interval.lower <= low <= interval.upper


def _digits(number: float, amount: _Amount) -> int:
    """How many significant digits were written."""
    return len(f"{abs(number / amount.scale):.9g}".split("e")[0].replace(".", "").strip("0")) or 1


def _grain(number: float, amount: _Amount) -> float:
    """The place of the last significant digit: 10 for 80, 100 for 500, 1000 for 15,000; none beyond all measure."""
    if not math.isfinite(number):
        return 0.0
    written = abs(number / amount.scale)
    magnitude = math.floor(math.log10(written)) if written else 0
    return float(10.0 ** (magnitude - _digits(number, amount) + 1) * amount.scale)
