"""Percents and measures: a number with the unit that stands after it."""

from __future__ import annotations

from monitor.facts.ages import read_age
from monitor.facts.amounts import Amount, start_amount
from monitor.facts.lexicon import CARDINAL, UNIT, Lexicon, match_phrase
from monitor.facts.money import read_money
from monitor.facts.number_model import DASHES, Number, Numbers
from monitor.facts.token_pattern import NUMBER, WORD
from monitor.facts.tokens import Tokens

LENGTHS = frozenset(["kilometer", "meter", "centimeter", "millimeter", "mile", "foot"])


def read_measure(tokens: Tokens, words: Lexicon, numbers: Numbers, number: Number, floor: int) -> Amount | None:
    """The amount with its unit, or None when the number counts something else."""
    return (
        read_age(tokens, words, number, floor)
        or read_money(tokens, words, numbers, number, floor)
        or _unit(tokens, words, number, floor)
        or _percent_of(tokens, words, number, floor)
    )


def _percent_of(tokens: Tokens, words: Lexicon, number: Number, floor: int) -> Amount | None:
    """ "percent of 10." says what percentage it is; "70 percent of 10 voters" does not."""
    first = number.first - 2
    if tokens.keys[number.first - 1] != "of" or first < floor or tokens.kinds[number.last] == WORD:
        return None
    if tokens.keys[first] == "cent" and tokens.keys[first - 1] == "per":
        first -= 1
    elif tokens.keys[first] not in ("percent", "percentage"):
        return None
    if tokens.kinds[first - 1] == NUMBER or tokens.flags[first - 1] & CARDINAL:
        return None
    amount = start_amount("percent", number)
    amount.first = amount.phrase_first = first
    amount.unit, amount.start, amount.rule = "%", -1, ["percent of", "<number>"]
    return amount


def _unit(tokens: Tokens, words: Lexicon, number: Number, floor: int) -> Amount | None:
    found = unit_after(tokens, words, _unit_at(tokens, words, number), number)
    if found is None or number.form == "ordinal":
        return None
    last, unit = found
    kind = "percent" if unit in ("%", "pp", "basis-point") else "measure"
    amount = start_amount(kind, number)
    amount.last = amount.phrase_last = last
    amount.unit = unit
    amount.rule = ["<number>", "<unit>" if kind == "measure" else "<percent>"]
    if unit == "foot":
        _inches(tokens, words, amount)
    return amount


def _unit_at(tokens: Tokens, words: Lexicon, number: Number) -> int:
    """Where the unit stands: "three-quarters of a percentage point", "half of one percent", "half a mile"."""
    keys = tokens.keys
    at = number.last
    if number.form != "fraction":
        return at
    part = keys[at] == "of"
    at += part
    if keys[at] in words.articles or (part and (keys[at] == "1" or words.cardinals.get(keys[at]) == 1)):
        return at + 1
    return number.last


def unit_after(tokens: Tokens, words: Lexicon, at: int, number: Number | None = None) -> tuple[int, str] | None:
    """The unit that starts at a token: (index after it, CLDR identifier, `%` or `pp`)."""
    keys = tokens.keys
    glued = tokens.glued(at)
    spaced = keys[at] == "-" and not glued and not tokens.glued(at + 1)
    if keys[at] in DASHES and glued and tokens.glued(at + 1):
        at += 1
        glued = True
    elif spaced and number is not None and tokens.flags[at + 1] & UNIT and not keys[at + 1].endswith("s"):
        at += 1
    if keys[at] in ("pound", "pounds"):
        return at + 1, "pound"
    matched = match_phrase(words.units, keys, at)
    if matched is not None:
        if (
            keys[at] in ("degree", "degrees")
            and matched[1] == "degree"
            and keys[at + 1] in ("of", "in", "from", "programme")
        ):
            return None
        if keys[at] in (
            "stone",
            "yard",
            "cup",
            "cups",
            "foot",
            "bit",
            "bits",
            "pints",
            "pc",
            "pp",
            "amp",
            "stone",
        ) and not _clearly_unit(tokens, at, glued, number):
            return None
        return _compound(tokens, words, matched[0], str(matched[1]))
    raw = tokens.raw(at) if keys[at] else ""
    sign = words.unit_signs.get(raw)
    if sign is None and keys[at] in ("(", "{") and keys[at + 2] in (")", "}"):
        enclosed = words.unit_signs.get(tokens.raw(at + 1))
        return (at + 3, enclosed) if enclosed is not None and len(keys[at + 1]) > 1 else None
    feet = sign == "foot" and keys[at + 2] == "in"  # "6ft7in"
    if sign is None or (
        tokens.glued(at + 1) and tokens.kinds[at + 1] == NUMBER and not feet and keys[at + 1] not in ("2", "3")
    ):
        return None
    if raw in ("C", "F", "K", "V", "W", "L", "t", "in.", "in") and not glued:
        return None
    if raw in ("t", '"', "K", "C", "F", "L", "V") and number is not None and number.form != "cardinal":
        return None
    if raw == '"' and keys[at + 1] not in ("long", "tall", "high", "deep", "wide"):
        return None
    if raw in ("C", "F", "K", "V", "L") and number is not None and tokens.keys[at + 1] == "-":
        return None
    if raw == "m" and not glued and number is not None and not number.digits:
        return None
    return _compound(tokens, words, at + 1, sign)


def _clearly_unit(tokens: Tokens, at: int, glued: bool, number: Number | None) -> bool:
    key = tokens.keys[at]
    if key in ("pc", "pp"):
        return True
    if key == "foot":
        return glued or tokens.keys[at + 1] in ("long", "tall", "high", "deep", "wide")
    if key in ("bit", "bits"):
        return glued
    if key in ("cup", "cups"):
        return tokens.keys[at + 1] == "of"
    return glued or tokens.kinds[at + 1] != WORD or tokens.keys[at + 1] in ("out", "from", "and", "in")


def _compound(tokens: Tokens, words: Lexicon, last: int, unit: str) -> tuple[int, str]:
    """ "km/h", "metres per second", "tonnes a year" keep their own unit; only lengths per time become speeds."""
    keys = tokens.keys
    if (
        keys[last] == "/"
        and tokens.glued(last)
        and keys[last + 1] in ("h", "hr", "hour")
        and unit in ("kilometer", "mile")
    ):
        return last + 2, unit + "-per-hour"
    if keys[last] == "/" and tokens.glued(last) and keys[last + 1] in ("s", "sec") and unit in ("meter", "kilometer"):
        return last + 2, unit + "-per-second"
    if (
        keys[last] == "per"
        and keys[last + 1] in ("second", "hour")
        and unit in ("kilometer", "mile", "meter", "foot", "gallon", "liter")
    ):
        return last + 2, f"{unit}-per-{keys[last + 1]}"
    raised = _power_of_length(tokens, last, unit)
    if raised is not None:
        last, unit = raised
    divisor = words.unit_signs.get(tokens.raw(last + 1)) if keys[last] == "/" and tokens.glued(last) else None
    if divisor is not None and tokens.glued(last + 1):  # "20 µg/m3"
        last, divisor = _power_of_length(tokens, last + 2, divisor) or (last + 2, divisor)
        unit = f"{unit}-per-{divisor}"
    return last, unit


def _power_of_length(tokens: Tokens, at: int, unit: str) -> tuple[int, str] | None:
    """ "km2", "m³", "ft^2", "km squared"."""
    if unit not in LENGTHS:
        return None
    power = tokens.keys[at]
    if power in ("squared", "cubed"):
        return at + 1, ("square-" if power == "squared" else "cubic-") + unit
    caret = power == "^" and tokens.glued(at)
    power = tokens.keys[at + 1] if caret else power
    if power not in ("2", "3", "²", "³") or not tokens.glued(at + caret):
        return None
    return at + caret + 1, ("square-" if power in "2²" else "cubic-") + unit


def _inches(tokens: Tokens, words: Lexicon, amount: Amount) -> None:
    """ "6 feet 2 inches" is one measure of 6.17 feet."""
    keys = tokens.keys
    at = amount.last
    if keys[at].isdigit() and len(keys[at]) <= 2 and keys[at + 1] in ("inches", "inch", "in") and int(keys[at]) < 12:
        amount.value += int(keys[at]) / 12
        amount.last = amount.phrase_last = at + 2
