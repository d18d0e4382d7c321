"""Percents and measures: a number with the unit that stands after it."""

from __future__ import annotations

from monitor.facts.amounts.ages import read_age
from monitor.facts.amounts.model import Amount, start_amount, unit_start
from monitor.facts.amounts.money import read_money
from monitor.facts.lexicon.model import CARDINAL, STOP, UNIT, Lexicon, match_phrase
from monitor.facts.numbers.model import DASHES, Number, Numbers
from monitor.facts.text.token_pattern import NUMBER, WORD
from monitor.facts.text.tokens import Tokens

PERCENTS = frozenset(["%", "pp", "basis-point"])
LENGTHS = frozenset(["kilometer", "meter", "centimeter", "millimeter", "mile", "foot", "inch", "yard"])


def read_measure(tokens: Tokens, words: Lexicon, numbers: Numbers, number: Number, floor: int) -> Amount | None:
    """The amount with its unit, or None when the number counts something else."""
    return (
        read_age(tokens, words, number, floor)
        or read_money(tokens, words, numbers, number, floor)
        or _unit(tokens, words, numbers, number)
        or _percent_of(tokens, words, number, floor)
    )


def _percent_of(tokens: Tokens, words: Lexicon, number: Number, floor: int) -> Amount | None:
    """ "percent of 10." says what percentage it is; "70 percent of 10 voters" does not. "%20" says it, too."""
    keys = tokens.keys
    before = number.first - 1
    if keys[before] == "%" and tokens.kinds[before - 1] != NUMBER and before >= floor and not tokens.glued(before):
        first = before
    else:
        if keys[before] not in words.lists["of"] or before - 1 < floor or tokens.kinds[number.last] == WORD:
            return None
        spans = (before - 1, before - 2)
        named = (at for at in spans if at >= floor and " ".join(keys[at:before]) in words.lists["percent_of"])
        first = next(named, -1)
        if first < 0:
            return None
    if tokens.kinds[first - 1] == NUMBER or tokens.flags[first - 1] & CARDINAL:
        return None
    amount = start_amount("percent", number)
    amount.first = amount.phrase_first = first
    amount.unit, amount.start, amount.rule = "%", -1, ["percent of", "<number>"]
    return amount


def _unit(tokens: Tokens, words: Lexicon, numbers: Numbers, number: Number) -> Amount | None:
    found = unit_after(tokens, words, unit_start(tokens, words, number), number)
    if found is None or number.form == "ordinal":
        return None
    last, unit = found
    kind = "percent" if unit in PERCENTS else "measure"
    amount = start_amount(kind, number)
    amount.last = amount.phrase_last = last
    amount.unit = unit
    amount.rule = ["<number>", "<unit>" if kind == "measure" else "<percent>"]
    if " ".join(tokens.keys[last : last + 2]) in words.lists["below_zero"]:
        amount.value = -abs(amount.value)  # "20 degrees below zero"
        amount.last = amount.phrase_last = last + 2
    if unit in words.smaller_units:
        _add_smaller_unit(tokens, words, numbers, amount)
    return amount


def unit_after(tokens: Tokens, words: Lexicon, at: int, number: Number) -> tuple[int, str] | None:
    """The unit that starts at a token: (index after it, CLDR identifier, `%` or `pp`)."""
    keys = tokens.keys
    joined = keys[at] in DASHES and tokens.glued(at) and tokens.glued(at + 1)
    spaced = keys[at] == "-" and not tokens.glued(at) and not tokens.glued(at + 1)
    if joined or (spaced and tokens.flags[at + 1] & UNIT and not keys[at + 1].endswith("s")):
        at += 1  # "12-mile"; in a text cut into words, "12 - mile"
    found = _unit_word(tokens, words, at, joined or tokens.glued(at)) or _unit_sign(tokens, words, at, number)
    return None if found is None else _compound(tokens, words, *found)


def _unit_word(tokens: Tokens, words: Lexicon, at: int, joined: bool) -> tuple[int, str] | None:
    keys = tokens.keys
    if keys[at] in words.lists["pounds"]:  # where they are no money
        return at + 1, "pound"
    matched = match_phrase(words.units, keys, at)
    if matched is None:
        return None
    last, unit = matched
    if unit == "degree" and keys[last] in words.unit_rules["not_degree"]:
        return None
    if last == at + 1 and keys[at] in words.weak_units and not _is_meant(tokens, words, at, joined):
        return None
    return last, str(unit)


def _is_meant(tokens: Tokens, words: Lexicon, at: int, joined: bool) -> bool:
    """Is a word a unit that means something else as often: "12 stone", "cups of sugar", "64-bit"?"""
    rules, after = words.weak_units[tokens.keys[at]], tokens.keys[at + 1]
    return (
        ("joined" in rules and joined)
        or ("of" in rules and after == "of")
        or ("size" in rules and after in words.unit_rules["size"])
        or ("end" in rules and (tokens.kinds[at + 1] != WORD or after in words.unit_rules["end"]))
    )


def _unit_sign(tokens: Tokens, words: Lexicon, at: int, number: Number) -> tuple[int, str] | None:
    """ "5 km", "40C", "12 (kg)": signs are matched with their case."""
    keys, rules = tokens.keys, words.unit_rules
    raw = tokens.raw(at) if keys[at] else ""
    unit = words.unit_signs.get(raw)
    if raw in rules["feet"] and tokens.glued(at) and tokens.glued(at + 1) and tokens.kinds[at + 1] == NUMBER:
        return at + 1, "foot"
    if unit is None and keys[at] in ("(", "{") and keys[at + 2] in (")", "}"):
        enclosed = words.unit_signs.get(tokens.raw(at + 1))
        return (at + 3, enclosed) if enclosed is not None and len(keys[at + 1]) > 1 else None
    if unit is None:
        return None
    glued = tokens.glued(at)
    power = unit in LENGTHS and keys[at + 1] in ("2", "3")
    feet_and_inches = unit in words.smaller_units and tokens.kinds[at + 2] == WORD  # "6ft7in"
    if tokens.glued(at + 1) and tokens.kinds[at + 1] == NUMBER and not power and not feet_and_inches:
        return None  # a code: "5m2x"
    if raw in rules["letters"] and (number.form != "cardinal" or keys[at + 1] == "-"):
        return None
    if raw in rules["glued"] and not glued:
        return None
    if raw in rules["apart"] and not glued and not _stands_last(tokens, words, at, number):
        return None
    if raw in ('"', "″") and not (glued and _is_inch(tokens, at)) and keys[at + 1] not in rules["size"]:
        return None
    if raw == "m" and not glued and not number.digits:
        return None
    return at + 1, unit


def _stands_last(tokens: Tokens, words: Lexicon, at: int, number: Number) -> bool:
    """ "up to 40 C in the shade"; not "gate 12 C", "the 3 C students"."""
    before = number.first - 1
    named = tokens.kinds[before] == WORD and (tokens.capital(before) or tokens.keys[before] in words.name_words)
    return not named and number.digits and (tokens.kinds[at + 1] != WORD or bool(tokens.flags[at + 1] & STOP))


def _is_inch(tokens: Tokens, at: int) -> bool:
    """A straight quotation mark after digits is an inch when no quotation is open: 'a 34" screen'."""
    first = tokens.first_tokens[tokens.sentence[at]]
    return tokens.keys[max(first, at - 60) : at].count('"') % 2 == 0


def _compound(tokens: Tokens, words: Lexicon, last: int, unit: str) -> tuple[int, str]:
    """ "km2", "metres per second", "20 µg/m3", "grams per litre". Tonnes a year stay tonnes: that is a rate of them."""
    keys = tokens.keys
    if unit in PERCENTS:
        return last, unit
    raised = _power_of_length(tokens, words, last, unit)
    if raised is not None:
        last, unit = raised
    slash = keys[last] == "/" and tokens.glued(last) and tokens.glued(last + 1)
    if not slash and keys[last] not in words.per:
        return last, unit
    time = words.per_time.get(keys[last + 1])
    if time is not None and (slash or (len(keys[last + 1]) > 2 and keys[last + 2] not in words.lists["shifting"])):
        return last + 2, f"{unit}-per-{time}"
    if slash:
        divisor = words.unit_signs.get(tokens.raw(last + 1))
        found = None if divisor is None else (last + 2, divisor)
    else:
        found = match_phrase(words.units, keys, last + 1) if keys[last] in words.lists["per"] else None
    if found is None or found[1] in PERCENTS:
        return last, unit
    last, divisor = _power_of_length(tokens, words, *found) or found
    return last, f"{unit}-per-{divisor}"


def _power_of_length(tokens: Tokens, words: Lexicon, at: int, unit: str) -> tuple[int, str] | None:
    """ "km2", "m³", "ft^2", "km squared"."""
    if unit not in LENGTHS or tokens.kinds[at - 1] != WORD:
        return None
    power = tokens.keys[at]
    if power in words.lists["squared"] or power in words.lists["cubed"]:
        return at + 1, ("square-" if power in words.lists["squared"] else "cubic-") + unit
    caret = power == "^" and tokens.glued(at)
    power = tokens.keys[at + 1] if caret else power
    if power not in ("2", "3", "²", "³") or not tokens.glued(at + caret):
        return None
    return at + caret + 1, ("square-" if power in "2²" else "cubic-") + unit


def _add_smaller_unit(tokens: Tokens, words: Lexicon, numbers: Numbers, amount: Amount) -> None:
    """ "6 feet 2 inches" and "6-foot-2" are one measure of 6.17 feet; "5 lb 4 oz" are 5.25 pounds."""
    smaller, many = words.smaller_units[amount.unit or ""]
    at = amount.last
    hyphen = tokens.keys[at] == "-" and tokens.glued(at) and tokens.glued(at + 1)
    at += hyphen or tokens.keys[at] in words.number_and
    rest = numbers.starting.get(at)
    if rest is None and tokens.kinds[at] == NUMBER and tokens.keys[at].isdigit():
        rest = Number(at, at + 1, int(tokens.keys[at]), "cardinal", True)  # "6ft7in": glued to letters it is no number
    if rest is None or rest.form != "cardinal" or rest.upper is not None or not 0 < rest.value < many:
        return
    found = unit_after(tokens, words, rest.last, rest)
    spaced = words.unit_signs.get(tokens.raw(rest.last)) if tokens.keys[rest.last] else None  # "6 ft 2 in", 6'2"
    if found is not None and found[1] == smaller:
        last = found[0]
    elif spaced == smaller:
        last = rest.last + 1
    elif found is None and rest.digits and (hyphen or tokens.keys[at - 1] in words.unit_rules["feet"]):
        last = rest.last + (tokens.keys[rest.last] == '"')
    else:
        return
    amount.value += rest.value / many
    amount.last = amount.phrase_last = last
