"""Fractions in words: "half a million", "two-thirds", "three twenty-firsts", the quarter of "five and a quarter"."""

from __future__ import annotations

from monitor.facts.lexicon.model import (
    CARDINAL,
    CURRENCY,
    FRACTION,
    GRAIN,
    GROUP,
    HUNDRED,
    INDEFINITE,
    MONTH,
    MULTIPLIER,
    ORDINAL,
    UNIT,
    Lexicon,
)
from monitor.facts.numbers.model import Number, Sum, tidy, times
from monitor.facts.text.token_pattern import WORD
from monitor.facts.text.tokens import Tokens


def leading_fraction(tokens: Tokens, words: Lexicon, index: int) -> Number | None:
    """ "half", "a third of", "half a million", "quarter of a million", "half-million", "half a mile"."""
    keys, flags = tokens.keys, tokens.flags
    value = words.fractions[keys[index]]
    after = index + 1
    hyphen = keys[after] == "-" and tokens.glued(after)
    if is_part_of_unit(tokens, words, after + hyphen) and not flags[index] & ORDINAL:
        return Number(index, index + 1, value, "fraction", False)
    if hyphen:
        after += 1
        if not flags[after] & (MULTIPLIER | GROUP | HUNDRED):
            return None
    start = after
    if keys[start] in words.lists["of"] and keys[start + 1] in words.articles:
        start += 1
    article = keys[start] in words.articles
    if article:
        start += 1
    scale = words.multipliers.get(keys[start])
    if keys[start] in words.lists["dozens"]:
        scale = words.groups[keys[start]]
    elif flags[start] & HUNDRED:
        scale = 100
    if scale is not None and not flags[start] & INDEFINITE:
        return Number(index, start + 1, tidy(value * scale), "cardinal", False)
    half = keys[index] in words.lists["half"]
    if half and article and is_part_of_unit(tokens, words, start) and start == after + 1:
        last = start if flags[start] & UNIT else index + 1  # "half a mile", "half a point"
        return Number(index, last, value, "fraction", False)
    before = keys[index - 1]
    if before in words.lists["before_no_fraction"] or before in words.number_and:
        return None
    if keys[after] in words.lists["of"] and flags[after + 1] & MONTH:
        return None
    if keys[after] in words.lists["of"] and (half or before in words.articles):
        return None if half and before in words.lists["the"] else Number(index, index + 1, value, "fraction", False)
    if half and (keys[after] in words.lists["halved"] or before in words.lists["before_half"]):
        return Number(index, index + 1, value, "fraction", False)
    if half and before in words.articles and ends_noun_phrase(tokens, words, after):
        return Number(index, index + 1, value, "fraction", False)
    return None


def is_part_of_unit(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """Does a unit stand at a token: "a half percentage point", "quarter-mile"? Half hours are left to the times."""
    unit = bool(tokens.flags[at] & (UNIT | CURRENCY)) and not tokens.flags[at] & GRAIN
    return unit or tokens.keys[at] in words.lists["parted"]


def counted_fraction(tokens: Tokens, words: Lexicon, index: int, at: int, reading: Sum) -> Number | None:
    """ "two-thirds", "five eighths", "one fifth", "three quarters of a million"; "two quarters" are six months."""
    keys, of = tokens.keys, words.lists["of"]
    key, after = keys[at], keys[at + 1]
    plural = key.endswith("s")
    hyphen = keys[at - 1] == "-"
    of_year = key in words.grains and key not in words.lists["half"]
    if of_year and not (hyphen or after in of):
        full = after in words.lists["after_fraction"] or tokens.flags[at + 1] & MULTIPLIER
        if not (plural and full):
            return None
    place = tokens.flags[at] & ORDINAL and not (hyphen or ends_noun_phrase(tokens, words, at + 1))
    if not plural and (reading.value != 1 or place):
        return None
    value = tidy(reading.fraction(round(1 / words.fractions[key])))
    number = Number(index, at + 1, value, "fraction", False)
    scale_at = at + 3 if after in of and keys[at + 2] in words.articles else at + 1
    if tokens.flags[scale_at] & MULTIPLIER and not tokens.flags[scale_at] & INDEFINITE:
        number.value = times(number.value, words.multipliers[keys[scale_at]])
        number.last, number.form = scale_at + 1, "cardinal"
    return number


def compound_fraction(tokens: Tokens, words: Lexicon, first: int, at: int, count: int | float) -> Number | None:
    """ "three twenty-firsts", "one one-hundredth", "one one hundred and fifth": a count, then the parts."""
    if tokens.keys[at] == "-":
        at += 1
    read = _denominator(tokens, words, at)
    if read is None:
        return None
    last, denominator, plural = read
    if not denominator or (not plural and (count != 1 or not ends_noun_phrase(tokens, words, last))):
        return None
    return Number(first, last, tidy(count / denominator), "fraction", False)


def _denominator(tokens: Tokens, words: Lexicon, first: int) -> tuple[int, int, bool] | None:
    """Cardinals that end in an ordinal or its plural: (index after it, its value, is it a plural)."""
    keys, flags = tokens.keys, tokens.flags
    reading = Sum()
    at = first
    while at < first + 9:
        key, flag = keys[at], flags[at]
        singular = key[:-1] if key.endswith("s") else key
        if at > first and singular in words.ordinals:
            value = words.ordinals[singular]
            total = reading.value * value if value >= 100 else reading.value + value
            fits = value >= 100 or (reading.size == "tens" and value < 10) or not reading.size
            return (at + 1, int(total), singular != key) if fits else None
        if flag & CARDINAL:
            if not reading.add(words.cardinals[key]):
                return None
        elif flag & HUNDRED and reading.size:
            reading.current, reading.size = reading.current * 100, ""
        elif key not in words.number_and and not (key == "-" and tokens.glued(at)):
            return None
        at += 1
    return None


def and_fraction(tokens: Tokens, words: Lexicon, at: int) -> tuple[float, int] | None:
    """ "... and a half", "... and three fifths", "... and two thirds": (its value, index after it)."""
    keys, flags = tokens.keys, tokens.flags
    half = words.lists["half"]
    if keys[at] in words.articles and keys[at + 1] == "-" and keys[at + 2] in half:
        return words.fractions[keys[at + 2]], at + 3  # "two-and-a-half"
    if keys[at] in words.articles and flags[at + 1] & FRACTION and keys[at + 1] in words.fractions:
        ends = keys[at + 2] in words.multipliers or ends_noun_phrase(tokens, words, at + 2)
        fits = not flags[at + 1] & ORDINAL or words.ordinals[keys[at + 1]] == 3 or ends
        return (words.fractions[keys[at + 1]], at + 2) if fits else None
    if keys[at] in half and tokens.kinds[at + 1] == WORD:
        return words.fractions[keys[at]], at + 1
    if not flags[at] & CARDINAL:
        return None
    parts = at + 2 if keys[at + 1] == "-" and tokens.glued(at + 1) else at + 1
    key = keys[parts]
    if not flags[parts] & FRACTION:
        return None
    one = words.cardinals[keys[at]] == 1 and ends_noun_phrase(tokens, words, parts + 1)
    if key.endswith("s") or one:
        return words.cardinals[keys[at]] * words.fractions[key], parts + 1
    return None


def ends_noun_phrase(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """ "a fifth of", "a fifth." are fractions; "a fifth man" is an ordinal, "a Fourth of July party" a date."""
    hyphen = tokens.keys[at] == "-" and tokens.glued(at)
    if tokens.keys[at] in words.lists["of"]:
        return not tokens.flags[at + 1] & MONTH
    return tokens.kinds[at] != WORD and not hyphen
