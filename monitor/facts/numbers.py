"""Numbers in digits and words: values, multipliers, fractions, ordinals, indefinite amounts, ranges.

Every number of a text is read once, left to right; times and quantities then ask which number starts or ends where.
"""

from __future__ import annotations

import re

from monitor.facts.lexicon import (
    MONTH,
    NUMBERISH,
    PERSON,
    STOP,
    VAGUE,
    Lexicon,
)
from monitor.facts.number_model import DASHES, ISO_CURRENCIES, MINUS, VULGAR, Number, Numbers, tidy, times
from monitor.facts.number_words import and_fraction, apply_sign, join_proportions, read_words, spoken_year
from monitor.facts.token_pattern import NUMBER, SLASH, WORD
from monitor.facts.tokens import Tokens

SLASH_FRACTION = re.compile(r"(\d{1,2})/(\d{1,2})$")


def read_numbers(tokens: Tokens, words: Lexicon) -> Numbers:
    found: list[Number] = []
    kinds, flags, keys = tokens.kinds, tokens.flags, tokens.keys
    index, count = 0, len(keys)
    while index < count:
        number = None
        kind = kinds[index]
        if kind == NUMBER:
            number = _digits(tokens, words, index)
        elif kind == WORD and keys[index] in VULGAR:
            number = Number(index, index + 1, VULGAR[keys[index]], "fraction", True)
        elif kind == WORD:
            if flags[index] & (NUMBERISH | VAGUE) or keys[index] in words.articles:
                number = read_words(tokens, words, index)
        elif kind == SLASH:
            number = _slash_fraction(tokens, index)
        if number is None or (kind == WORD and kinds[number.last] == NUMBER and tokens.glued(number.last)):
            index += 1  # nothing, or a name: "Twenty20"
            continue
        if not number.digits and 13 <= number.value <= 20 and number.form == "cardinal":
            number = spoken_year(tokens, words, number)
        apply_sign(tokens, words, number)
        found.append(number)
        index = max(number.last, index + 1)
    found = join_proportions(tokens, words, found)
    return Numbers(found, {n.first: n for n in found}, {n.last: n for n in found})


def amount(text: str, words: Lexicon) -> int | float:
    """The value of digits with the separators of the language: "1,200.5" -> 1200.5, "2.4e6" -> 2400000."""
    if "e" in text or "E" in text:
        mantissa, _, exponent = text.lower().replace("−", "-").partition("e")
        return tidy(float(f"{float(amount(mantissa, words))}e{exponent}")) if abs(int(exponent)) < 300 else 0
    cleaned = "".join(c for c in text if c.isdigit() or c == words.decimal)
    if words.decimal in cleaned:
        return float(cleaned.replace(words.decimal, "."))
    return int(cleaned)


def in_name(tokens: Tokens, words: Lexicon, index: int) -> bool:
    """Is the number a part of a name or code: "G7", "Covid-19", "B2B", "F-16", "#3"?"""
    if not tokens.glued(index):
        return False
    before = index - 1
    if tokens.kinds[before] == WORD:
        return True
    if tokens.keys[before] in DASHES and tokens.glued(before) and tokens.kinds[before - 1] == WORD:
        word = tokens.keys[before - 1]
        return (
            tokens.capital(before - 1)
            and not tokens.flags[before - 1] & (NUMBERISH | MONTH)
            and word not in words.lists["prefixes"]
        )
    return tokens.keys[before] in ("#", "_", "\\", "@") or (tokens.keys[before] == "/" and tokens.glued(before))


def _digits(tokens: Tokens, words: Lexicon, index: int) -> Number | None:
    keys = tokens.keys
    raw = keys[index]
    if (
        len(raw) > 24
        or (raw.isdigit() and len(raw) > 16)
        or (in_name(tokens, words, index) and not _currency_before(tokens, words, index))
    ):
        return None
    value: int | float = amount(raw, words)
    last = index + 1
    plain = raw.isdigit() and len(raw) == 4 and 1000 <= value <= 2199
    number = Number(index, last, value, "cardinal", True, plain_year=plain)
    if raw.isdigit() and len(raw) > 1 and raw[0] == "0":
        number.plain_year = False
    glued = tokens.glued(last)
    if glued and keys[last] in words.ordinal_suffixes and isinstance(value, int):
        number.form, number.last = "ordinal", last + 1
        return number
    if keys[last] in VULGAR:
        number.value, number.last, number.plain_year = value + VULGAR[keys[last]], last + 1, False
    elif tokens.kinds[last] == SLASH and not glued and value < 1000:
        fraction = _slash_fraction(tokens, last)
        if fraction is not None:
            number.value, number.last, number.plain_year = value + fraction.value, last + 1, False
    if keys[number.last] in words.number_and and number.last == index + 1 and keys[index + 2] in words.articles:
        mixed = and_fraction(tokens, words, index + 2, 0)
        if mixed is not None and keys[index + 3] == "half":
            number.value, number.last, number.plain_year = value + mixed[0], mixed[1], False
    _multiply(tokens, words, number)
    before = index - 1
    if keys[before] in MINUS and tokens.glued(index) and index > 0 and not tokens.glued(before) and keys[before] != "–":
        number.value = -number.value
        number.start = tokens.starts[before]
        number.plain_year = False
    return number


def _currency_before(tokens: Tokens, words: Lexicon, index: int) -> bool:
    """ "GBP350", "Rs500", "US$5": letters glued to digits that are money."""
    word = tokens.keys[index - 1]
    if word == "us" and tokens.keys[index - 2] == "$" and tokens.glued(index - 1):
        return True
    return word in words.currency_prefixes or (len(word) == 3 and word.upper() in ISO_CURRENCIES)


def _multiply(tokens: Tokens, words: Lexicon, number: Number) -> None:
    """Apply the multipliers that follow: "1.9tn", "3.31 trillion", "2-million", "5 hundred thousand", "1.5m"."""
    keys = tokens.keys
    while True:
        last = number.last
        key = keys[last]
        hyphen = key == "-" and tokens.glued(last) and tokens.glued(last + 1)
        if hyphen:
            last += 1
            key = keys[last]
        if key in words.multipliers and not (key in words.indefinite and keys[last + 1] == "of"):
            number.value = times(number.value, words.multipliers[key])
        elif key in words.hundred and number.value < 100:
            number.value = times(number.value, 100)
        elif key in words.groups and key == "dozen":
            number.value = times(number.value, words.groups[key])
        elif key in words.suffixes and tokens.glued(last) and not hyphen and not number.suffix:
            if not _suffix_is_multiplier(tokens, words, number, last):
                return
            number.suffix = key
            number.value = times(number.value, words.suffixes[key])
        elif key in ("bn", "tn", "mn", "cr", "mln") and key in words.suffixes and not hyphen and not number.suffix:
            number.suffix = key
            number.value = times(number.value, words.suffixes[key])
        else:
            return
        number.last = last + 1
        number.plain_year = False
        if keys[last] in words.multipliers and keys[last + 1] in words.number_and:
            mixed = and_fraction(tokens, words, last + 2, words.multipliers[keys[last]])
            if mixed is not None:
                number.value = tidy(number.value + mixed[0] * words.multipliers[keys[last]])
                number.last = mixed[1]


def _suffix_is_multiplier(tokens: Tokens, words: Lexicon, number: Number, last: int) -> bool:
    """ "m" is a million after a currency or before a plural, else a metre; "k", "bn", "tn" are never units."""
    key = tokens.keys[last]
    if key in ("bn", "tn", "mn", "trn", "cr", "mio", "mil"):
        return True
    if tokens.glued(last + 1) and tokens.kinds[last + 1] in (WORD, NUMBER):
        return False
    before = tokens.keys[number.first - 1]
    money = before in words.currency_signs or before in words.currency_prefixes or before.upper() in ISO_CURRENCIES
    if money or before in ("$", "£", "€"):
        return True
    if key == "k":
        return tokens.raw(last) in ("k", "K") and tokens.keys[last + 1] not in ("run", "race")
    if key != "m" or number.value >= 1000:
        return False
    moving = any(word in words.trends for word in tokens.keys[max(0, number.first - 9) : number.first])
    return (moving and isinstance(number.value, float)) or _counts_things(tokens, words, last + 1)


def _counts_things(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """Is "60m" sixty million, as before "extra Pfizer doses", or sixty metres, as before "sprint" or "tall"?"""
    if tokens.keys[at] in words.lists["after_million"]:
        return True
    if tokens.keys[at] in words.lists["after_metres"]:
        return False
    for step in range(at, at + 4):
        if tokens.kinds[step] != WORD or tokens.flags[step] & STOP:
            return False
        if tokens.flags[step] & PERSON or (tokens.keys[step].endswith("s") and len(tokens.keys[step]) > 3):
            return True
    return False


def _slash_fraction(tokens: Tokens, index: int) -> Number | None:
    """ "2/3" and "9 1/2" are fractions; "28/12" and "9/11" are dates or nothing; "24/7" is neither."""
    match = SLASH_FRACTION.match(tokens.keys[index])
    if match is None:
        return None
    top, bottom = int(match.group(1)), int(match.group(2))
    if not 0 < top < bottom or bottom not in (2, 3, 4, 5, 8, 10, 16, 32):
        return None
    return Number(index, index + 1, top / bottom, "fraction", True)
