"""Numbers in words, and what may follow what: "two hundred and six", "five and a half million", "tens of thousands"."""

from __future__ import annotations

from monitor.facts.lexicon.model import (
    CARDINAL,
    EVENT,
    FRACTION,
    GRAIN,
    GROUP,
    HUNDRED,
    INDEFINITE,
    MONTH,
    MULTIPLIER,
    NUMBERISH,
    ORDINAL,
    STOP,
    VAGUE,
    Lexicon,
)
from monitor.facts.numbers.fractions import (
    and_fraction,
    compound_fraction,
    counted_fraction,
    ends_noun_phrase,
    leading_fraction,
)
from monitor.facts.numbers.model import DASHES, Number, Sum, tidy, times
from monitor.facts.text.token_pattern import WORD
from monitor.facts.text.tokens import Tokens


def read_words(tokens: Tokens, words: Lexicon, index: int) -> Number | None:
    key, flags = tokens.keys[index], tokens.flags[index]
    if key in words.articles:
        return _after_article(tokens, words, index)
    if flags & FRACTION and not flags & ORDINAL:
        return leading_fraction(tokens, words, index)
    if flags & (INDEFINITE | VAGUE):
        return _indefinite(tokens, words, index)
    if flags & (CARDINAL | ORDINAL | HUNDRED):
        return _cardinal(tokens, words, index)
    if flags & GROUP and key in words.lists["couples"]:
        number = _couple(tokens, words, index)
        return number if number is not None and number.value > 2 else None  # "couple hundred"
    if flags & GROUP and key in words.lists["dozens"]:
        return Number(index, index + 1, words.groups[key], "cardinal", False)
    return None


def _after_article(tokens: Tokens, words: Lexicon, index: int) -> Number | None:
    """ "a million", "a hundred", "a dozen", "a few hundred", "a couple of", "a third of", "a half million"."""
    keys, flags = tokens.keys, tokens.flags
    after = index + 1
    flag = flags[after]
    number: Number | None = None
    if flag & HUNDRED or (flag & MULTIPLIER and not flag & INDEFINITE):
        number = _cardinal(tokens, words, after, start_value=1)
    elif flag & VAGUE:
        number = _indefinite(tokens, words, after)
    elif flag & GROUP and keys[after] in words.lists["couples"]:
        number = _couple(tokens, words, after)
    elif flag & GROUP and _is_group(tokens, words, after):
        number = Number(index, after + 1, words.groups[keys[after]], "cardinal", False)
    elif flag & FRACTION:
        number = leading_fraction(tokens, words, after)
        if number is None and flag & ORDINAL and ends_noun_phrase(tokens, words, after + 1):
            number = Number(index, after + 1, words.fractions[keys[after]], "fraction", False)
    elif flag & CARDINAL and keys[after + 1] == "-" and flags[after + 2] & ORDINAL:  # "a twenty-first of"
        number = compound_fraction(tokens, words, index, after, 1)
    if number is not None:
        number.first = index
    return number


def _is_group(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """ "a dozen", "a score of"."""
    keys, lists = tokens.keys, words.lists
    return keys[at] in lists["dozens"] or (keys[at] in lists["groups_with_of"] and keys[at + 1] in lists["of"])


def _couple(tokens: Tokens, words: Lexicon, at: int) -> Number | None:
    """ "a couple of", "a couple hundred"; a couple of people who are one is no number."""
    keys = tokens.keys
    of = keys[at + 1] in words.lists["of"]
    scale_at = at + 2 if of else at + 1
    scale = words.multipliers.get(keys[scale_at]) or (100 if tokens.flags[scale_at] & HUNDRED else 0)
    if scale:
        return Number(at, scale_at + 1, 2 * scale, "cardinal", False)
    return Number(at, at + 1, 2, "cardinal", False) if of else None


def _indefinite(tokens: Tokens, words: Lexicon, index: int) -> Number | None:
    """ "dozens", "hundreds of thousands", "several hundred", "a few", "tens of millions"."""
    keys, flags = tokens.keys, tokens.flags
    key = keys[index]
    last = index + 1
    if key in words.lists["indefinite_with_of"] and keys[last] not in words.lists["of"]:
        happened = key in words.lists["indefinite_with_event"] and flags[last] & EVENT and not flags[last] & STOP
        if not happened:
            return None  # "the striker scores"; but "scores killed"
    if key in words.vague and keys[index - 1] not in words.articles:
        return None
    value = words.vague.get(key) or words.indefinite[key]
    while last < index + 8:
        scale_at = last + (keys[last] in words.lists["of"])
        scale = words.multipliers.get(keys[scale_at]) or (100 if flags[scale_at] & HUNDRED else 0)
        if keys[scale_at] in words.lists["dozens"] and scale_at == last:
            scale = words.groups[keys[scale_at]]  # "several dozen"
        if not scale:
            break
        value *= scale
        last = scale_at + 1
    return Number(index, last, value, "indefinite", False)


def _cardinal(tokens: Tokens, words: Lexicon, index: int, start_value: int = 0) -> Number | None:
    """The grammar of number words: what may follow what, to the longest number."""
    keys, flags = tokens.keys, tokens.flags
    reading = Sum(current=start_value, size="unit" if start_value else "")
    at = last = index
    while at < index + 40:
        key, flag = keys[at], flags[at]
        if flag & CARDINAL:
            if not reading.add(words.cardinals[key]):
                return compound_fraction(tokens, words, index, last, reading.value) or _plain(index, last, reading)
        elif flag & HUNDRED and reading.size and reading.current < 100:
            reading.current *= 100
            reading.size = ""
        elif flag & MULTIPLIER and not _plural_scale(tokens, words, at) and reading.multiply(words.multipliers[key]):
            pass
        elif key in words.lists["dozens"] and last > index and keys[at + 1] not in words.lists["of"]:
            reading.group(words.groups[key])
        elif flag & FRACTION and last > index:
            fraction = counted_fraction(tokens, words, index, at, reading)
            if fraction is not None:
                return fraction
            if not flag & ORDINAL:
                break
            ordinal = _ordinal_end(tokens, words, index, at, last, reading)
            if ordinal is not None:
                return ordinal
            break
        elif flag & ORDINAL:
            ordinal = _ordinal_end(tokens, words, index, at, last, reading)
            if ordinal is not None:
                return ordinal
            break
        elif key in words.number_and and last == at and last > index:
            mixed = and_fraction(tokens, words, at + 1)
            if mixed is not None:
                return _mixed(tokens, words, index, mixed, reading)
            if not ((reading.total or reading.current >= 100) and flags[at + 1] & (CARDINAL | ORDINAL)):
                break
            reading.joined = True
            at += 1
            continue
        elif key == "-" and tokens.glued(at) and keys[at + 1] in words.number_and and keys[at + 2] == "-":
            mixed = and_fraction(tokens, words, at + 3)
            return _plain(index, last, reading) if mixed is None else _mixed(tokens, words, index, mixed, reading)
        elif (key == "," or key in DASHES) and last == at and _goes_on(tokens, words, at, reading):
            at += 1
            continue
        elif key in words.lists["decimal_point"] and reading.size and last == at and flags[at + 1] & CARDINAL:
            decimals, at = _decimals(tokens, words, at + 1)
            return _with_scale(tokens, words, index, at, reading.value + decimals)
        else:
            break
        at += 1
        last = at
    return None if last == index else _plain(index, last, reading)


def _plain(first: int, last: int, reading: Sum) -> Number:
    return Number(first, last, tidy(reading.value), "cardinal", False)


def _goes_on(tokens: Tokens, words: Lexicon, at: int, reading: Sum) -> bool:
    """Is the comma or hyphen inside of a number: "three million, two hundred thousand", "ninety-five"?"""
    if tokens.keys[at] == ",":
        return bool(reading.last_scale) and _is_next_group(tokens, words, at + 1, reading)
    return bool(tokens.flags[at + 1] & NUMBERISH) and _is_hyphen(tokens, at, reading)


def _is_hyphen(tokens: Tokens, at: int, reading: Sum) -> bool:
    """Glued on both sides; or, in a text cut into words, between "ninety" and "five", "one" and "third"."""
    if tokens.glued(at):
        return tokens.glued(at + 1) and (tokens.keys[at] == "-" or reading.size == "tens")
    flag = tokens.flags[at + 1]
    if tokens.keys[at] != "-" or tokens.glued(at + 1) or tokens.capital(at + 1):
        return False
    return bool(flag & CARDINAL and reading.size == "tens") or bool(flag & FRACTION and reading.size == "unit")


def _is_next_group(tokens: Tokens, words: Lexicon, at: int, reading: Sum) -> bool:
    """ "three million, two hundred thousand": a smaller group of the same number, not the next item of a list."""
    scale_at = at + 1
    while tokens.flags[scale_at] & (CARDINAL | HUNDRED) or tokens.keys[scale_at] in ("-", *words.number_and):
        if scale_at > at + 6:
            return False
        scale_at += 1
    scale = words.multipliers.get(tokens.keys[scale_at], 0)
    hundred = bool(tokens.flags[at + 1] & HUNDRED)
    return bool(tokens.flags[at] & CARDINAL) and (0 < scale < reading.last_scale or (hundred and not scale))


def _mixed(tokens: Tokens, words: Lexicon, index: int, mixed: tuple[float, int], reading: Sum) -> Number | None:
    """ "two and a half million", "one billion and a half", "one billion and three quarters million"."""
    fraction, last = mixed
    smaller = words.multipliers.get(tokens.keys[last], 0)
    if reading.last_scale and smaller:
        if smaller >= reading.last_scale:
            return _plain(index, last - 2, reading)
        return Number(index, last + 1, tidy(reading.value + fraction * smaller), "cardinal", False)
    return _with_scale(tokens, words, index, last, reading.value + fraction * (reading.last_scale or 1))


def _with_scale(tokens: Tokens, words: Lexicon, first: int, last: int, value: float) -> Number:
    """ "five and a half million", "one point two billion"."""
    number = Number(first, last, tidy(value), "cardinal", False)
    while tokens.flags[number.last] & MULTIPLIER and not _plural_scale(tokens, words, number.last):
        number.value = times(number.value, words.multipliers[tokens.keys[number.last]])
        number.last += 1
    if tokens.keys[number.last] in words.lists["dozens"]:
        number.value, number.last = times(number.value, words.groups[tokens.keys[number.last]]), number.last + 1
    return number


def _ordinal_end(tokens: Tokens, words: Lexicon, index: int, at: int, last: int, reading: Sum) -> Number | None:
    """ "twenty-first", "three hundred twenty second", "three trillionth"; "first" alone."""
    value = words.ordinals[tokens.keys[at]]
    if at == index:
        return Number(index, at + 1, value, "ordinal", False)
    if value >= 100:
        total = reading.total + (reading.current or 1) * value
    elif (reading.size == "tens" and value < 10) or reading.size == "":
        total = reading.value + value
    else:
        return None
    return Number(index, at + 1, total, "ordinal", False)


def _plural_scale(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """ "two thousands" is odd but "thousands of" starts its own amount."""
    return bool(tokens.flags[at] & INDEFINITE) and tokens.keys[at + 1] in words.lists["of"]


def _decimals(tokens: Tokens, words: Lexicon, at: int) -> tuple[float, int]:
    digits = ""
    while tokens.flags[at] & CARDINAL and words.cardinals[tokens.keys[at]] < 10 and len(digits) < 12:
        digits += str(words.cardinals[tokens.keys[at]])
        at += 1
    return (float("0." + digits) if digits else 0.0), at


def spoken_year(tokens: Tokens, words: Lexicon, number: Number) -> Number:
    """ "nineteen ninety-six", "twenty ten": two numbers that are one year."""
    if not tokens.flags[number.last] & CARDINAL or number.value != int(number.value):
        return number
    rest = _cardinal(tokens, words, number.last)
    if rest is None or rest.form != "cardinal" or not 10 <= rest.value <= 99:
        return number
    year = int(number.value) * 100 + int(rest.value)
    return Number(number.first, rest.last, year, "cardinal", False, plain_year=True)


def apply_sign(tokens: Tokens, words: Lexicon, number: Number) -> None:
    """ "minus five": the word is part of the number."""
    signed = number.form in ("cardinal", "fraction") and number.start < 0
    if signed and tokens.keys[number.first - 1] in words.lists["sign_words"]:
        number.first -= 1
        number.value = -number.value
        number.plain_year = False


ROUND = frozenset((2, 3, 4, 5, 6, 7, 8, 9, 10, 100, 1000, 10_000, 100_000, 1_000_000))
"""Wholes of which one says a share: "nine out of ten"; "29 out of 33 drones" are 29."""


def _is_share(tokens: Tokens, part: Number, whole: Number) -> bool:
    """ "1 in 4", "3 in 10"; not "3 in 2020", "two in five years"."""
    if whole.plain_year or tokens.flags[whole.last] & (GRAIN | MONTH) or not part.value < whole.value:
        return False
    return part.value == 1 or whole.value in {*ROUND, 20}


def join_proportions(tokens: Tokens, words: Lexicon, numbers: list[Number]) -> list[Number]:
    """ "one in five", "two out of three": two numbers that are one fraction."""
    keys = tokens.keys
    joined: list[Number] = []
    for number in numbers:
        before = joined[-1] if joined else None
        if before is not None and before.form == "cardinal" and number.form == "cardinal" and before.upper is None:
            gap = " ".join(keys[before.last : number.first]) if number.first - before.last < 4 else ""
            one_in = gap in words.lists["share_in"] and _is_share(tokens, before, number)
            alone = number.value <= 1000 and tokens.kinds[number.last] != WORD and before.value < 100
            out_of = gap in words.lists["share_out_of"] and 0 < before.value < number.value and number.value in ROUND
            if one_in or out_of or (alone and gap in words.lists["share_over"]):
                share = Number(before.first, number.last, tidy(before.value / number.value), "fraction", before.digits)
                joined[-1] = share
                continue
        joined.append(number)
    return joined
