"""Numbers in digits and words: values, multipliers, fractions, ordinals, indefinite amounts, ranges.

Every number of a text is read once, left to right; times and quantities then ask which number starts or ends where.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from monitor.facts.lexicon import (
    CARDINAL,
    FRACTION,
    GROUP,
    HUNDRED,
    INDEFINITE,
    MONTH,
    MULTIPLIER,
    NUMBERISH,
    ORDINAL,
    VAGUE,
    Lexicon,
)
from monitor.facts.token_pattern import NUMBER, SLASH, WORD
from monitor.facts.tokens import Tokens

VULGAR = {
    "½": 0.5, "⅓": 1 / 3, "⅔": 2 / 3, "¼": 0.25, "¾": 0.75, "⅕": 0.2, "⅖": 0.4, "⅗": 0.6, "⅘": 0.8, "⅙": 1 / 6,
    "⅚": 5 / 6, "⅛": 0.125, "⅜": 0.375, "⅝": 0.625, "⅞": 0.875,
}  # fmt: skip
DASHES = frozenset("-–—−‐‑‒")
MINUS = frozenset("-−–")
SLASH_FRACTION = re.compile(r"(\d{1,2})/(\d{1,2})$")


@dataclass(slots=True)
class Number:
    """Tokens `first` to before `last`. `upper` is set for a range; `open` for an amount without an upper end."""

    first: int
    last: int
    value: int | float
    form: str
    """cardinal, ordinal, fraction or indefinite."""
    digits: bool
    upper: int | float | None = None
    plain_year: bool = False
    """Four digits and nothing else: a year, until a counted noun says otherwise."""
    start: int = -1
    """Offset of the quote where it differs from the first token's (a minus sign), else -1."""
    range_to: Number | None = None
    suffix: str = ""


@dataclass(slots=True)
class Numbers:
    all: list[Number]
    starting: dict[int, Number]
    ending: dict[int, Number]
    """By the index after the last token."""


def read_numbers(tokens: Tokens, words: Lexicon) -> Numbers:
    found: list[Number] = []
    kinds, flags, keys = tokens.kinds, tokens.flags, tokens.keys
    index, count = 0, len(keys)
    while index < count:
        number = None
        kind = kinds[index]
        if kind == NUMBER:
            number = _digits(tokens, words, index)
        elif kind == WORD:
            if flags[index] & (NUMBERISH | VAGUE) or keys[index] in words.articles:
                number = _words(tokens, words, index)
        elif keys[index] in VULGAR:
            number = Number(index, index + 1, VULGAR[keys[index]], "fraction", True)
        elif kind == SLASH:
            number = _slash_fraction(tokens, index)
        if number is None:
            index += 1
            continue
        if not number.digits and 13 <= number.value <= 20 and number.form == "cardinal":
            number = _spoken_year(tokens, words, number)
        found.append(number)
        index = max(number.last, index + 1)
    return Numbers(found, {n.first: n for n in found}, {n.last: n for n in found})


def _spoken_year(tokens: Tokens, words: Lexicon, number: Number) -> Number:
    """ "nineteen ninety-six", "twenty ten": two numbers that are one year."""
    if not tokens.flags[number.last] & CARDINAL or number.value != int(number.value):
        return number
    rest = _cardinal(tokens, words, number.last)
    if rest is None or rest.form != "cardinal" or not 10 <= rest.value <= 99:
        return number
    year = int(number.value) * 100 + int(rest.value)
    return Number(number.first, rest.last, year, "cardinal", False, plain_year=True)


def amount(text: str, words: Lexicon) -> int | float:
    """The value of digits with the separators of the language: "1,200.5" -> 1200.5."""
    cleaned = "".join(c for c in text if c.isdigit() or c == words.decimal)
    if words.decimal in cleaned:
        return float(cleaned.replace(words.decimal, "."))
    return int(cleaned)


def tidy(value: int | float) -> int | float:
    """1500000.0 -> 1500000; 2.2999999999999998 -> 2.3."""
    if isinstance(value, int):
        return value
    rounded = round(value, 10)
    return int(rounded) if rounded == int(rounded) and abs(rounded) < 1e18 else rounded


def in_name(tokens: Tokens, index: int) -> bool:
    """Is the number a part of a name or code: "G7", "Covid-19", "B2B", "F-16", "#3"?"""
    if not tokens.glued(index):
        return False
    before = index - 1
    if tokens.kinds[before] == WORD:
        return True
    if tokens.keys[before] in DASHES and tokens.glued(before) and tokens.kinds[before - 1] == WORD:
        word = tokens.keys[before - 1]
        return (
            tokens.capital(before - 1) and not tokens.flags[before - 1] & (NUMBERISH | MONTH) and word not in PREFIXES
        )
    return tokens.keys[before] in ("#", "_", "\\", "@") or (tokens.keys[before] == "/" and tokens.glued(before))


PREFIXES = frozenset(["mid", "post", "pre", "early", "late", "sub", "non", "under", "over", "top", "about", "around"])


def _digits(tokens: Tokens, words: Lexicon, index: int) -> Number | None:
    keys = tokens.keys
    raw = keys[index]
    if len(raw) > 24 or (in_name(tokens, index) and not _currency_before(tokens, words, index)):
        return None
    value: int | float = amount(raw, words)
    last = index + 1
    plain = raw.isdigit() and len(raw) == 4 and 1000 <= value <= 2199
    number = Number(index, last, value, "cardinal", True, plain_year=plain)
    if raw.isdigit() and len(raw) > 1 and raw[0] == "0":
        number.plain_year = False
    glued = tokens.glued(last)
    if glued and keys[last] in words.ordinal_suffixes and raw.isdigit():
        number.form, number.last = "ordinal", last + 1
        return number
    if keys[last] in VULGAR:
        number.value, number.last, number.plain_year = value + VULGAR[keys[last]], last + 1, False
    elif tokens.kinds[last] == SLASH and not glued and value < 1000:
        fraction = _slash_fraction(tokens, last)
        if fraction is not None:
            number.value, number.last, number.plain_year = value + fraction.value, last + 1, False
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
            number.value = tidy(number.value * words.multipliers[key])
        elif key in words.hundred and number.value < 100:
            number.value = tidy(number.value * 100)
        elif key in words.groups and key == "dozen":
            number.value = tidy(number.value * words.groups[key])
        elif key in words.suffixes and tokens.glued(last) and not hyphen and not number.suffix:
            if not _suffix_is_multiplier(tokens, words, number, last):
                return
            number.suffix = key
            number.value = tidy(number.value * words.suffixes[key])
        elif key in ("bn", "tn", "mn", "cr", "mln") and key in words.suffixes and not hyphen and not number.suffix:
            number.suffix = key
            number.value = tidy(number.value * words.suffixes[key])
        else:
            return
        number.last = last + 1
        number.plain_year = False


AFTER_MILLION = frozenset(
    ["people", "of", "more", "in", "a", "euros", "dollars", "pounds", "jobs", "homes", "users", "views"]
)


def _suffix_is_multiplier(tokens: Tokens, words: Lexicon, number: Number, last: int) -> bool:
    """ "m" is a million after a currency or before a plural, else a metre; "k", "bn", "tn" are never units."""
    key = tokens.keys[last]
    if key in ("bn", "tn", "mn", "trn", "cr", "mio"):
        return True
    if tokens.glued(last + 1) and tokens.kinds[last + 1] in (WORD, NUMBER):
        return False
    before = tokens.keys[number.first - 1]
    money = before in words.currency_signs or before in words.currency_prefixes or before.upper() in ISO_CURRENCIES
    if money or before in ("$", "£", "€"):
        return True
    if key == "k":
        return tokens.raw(last) in ("k", "K") and tokens.keys[last + 1] not in ("run", "race")
    if key == "m":
        after = tokens.keys[last + 1]
        plural = tokens.kinds[last + 1] == WORD and after.endswith("s") and len(after) > 3
        return after in AFTER_MILLION or (plural and after not in ("across", "less", "tall") and number.value < 1000)
    return key == "b" and number.value < 1000 and tokens.raw(last) in ("b", "B") and False


def _slash_fraction(tokens: Tokens, index: int) -> Number | None:
    """ "2/3" and "9 1/2" are fractions; "28/12" and "9/11" are dates or nothing; "24/7" is neither."""
    match = SLASH_FRACTION.match(tokens.keys[index])
    if match is None:
        return None
    top, bottom = int(match.group(1)), int(match.group(2))
    if not 0 < top < bottom or bottom not in (2, 3, 4, 5, 8, 10, 16, 32):
        return None
    return Number(index, index + 1, top / bottom, "fraction", True)


def _words(tokens: Tokens, words: Lexicon, index: int) -> Number | None:
    key, flags = tokens.keys[index], tokens.flags[index]
    if key in words.articles:
        return _after_article(tokens, words, index)
    if flags & FRACTION and not flags & CARDINAL and tokens.keys[index] in words.fractions:
        half = _fraction(tokens, words, index)
        if half is not None:
            return half
    if flags & (INDEFINITE | VAGUE):
        return _indefinite(tokens, words, index)
    if flags & (CARDINAL | ORDINAL | HUNDRED):
        return _cardinal(tokens, words, index)
    if flags & GROUP and key == "dozen":
        return Number(index, index + 1, words.groups[key], "cardinal", False)
    return None


def _after_article(tokens: Tokens, words: Lexicon, index: int) -> Number | None:
    """ "a million", "a hundred", "a dozen", "a few hundred", "a couple of", "a third of", "a half million"."""
    keys, flags = tokens.keys, tokens.flags
    after = index + 1
    flag = flags[after]
    if flag & HUNDRED or (flag & MULTIPLIER and not flag & INDEFINITE):
        number = _cardinal(tokens, words, after, start_value=1)
        if number is not None:
            number.first = index
        return number
    if flag & VAGUE:
        number = _indefinite(tokens, words, after)
        if number is not None:
            number.first = index
        return number
    if flag & GROUP and (keys[after] == "dozen" or (keys[after + 1] == "of" and keys[after] in ("couple", "score"))):
        if keys[after] == "couple":
            number = Number(index, after + 1, 2, "cardinal", False)
            scale = words.multipliers.get(keys[after + 2]) or (100 if flags[after + 2] & HUNDRED else 0)
            if scale:
                number.value, number.last = 2 * scale, after + 3
            return number
        return Number(index, after + 1, words.groups[keys[after]], "cardinal", False)
    if flag & FRACTION:
        number = _fraction(tokens, words, after)
        if number is not None:
            number.first = index
        return number
    return None


def _fraction(tokens: Tokens, words: Lexicon, index: int) -> Number | None:
    """ "half", "a third of", "half a million", "quarter of a million", "half-million"."""
    keys, flags = tokens.keys, tokens.flags
    value = words.fractions[keys[index]]
    after = index + 1
    if keys[after] == "-" and tokens.glued(after):
        after += 1
        if not flags[after] & (MULTIPLIER | GROUP | HUNDRED):
            return None
    start = after
    if keys[start] == "of" and keys[start + 1] in words.articles:
        start += 1
    if keys[start] in words.articles:
        start += 1
    scale = words.multipliers.get(keys[start]) or (words.groups.get(keys[start]) if keys[start] == "dozen" else None)
    if scale is None and flags[start] & HUNDRED:
        scale = 100
    if scale is not None and not flags[start] & INDEFINITE:
        return Number(index, start + 1, tidy(value * scale), "cardinal", False)
    article = keys[index - 1] in words.articles
    if keys[after] == "of" or (keys[index] == "half" and keys[after] in ("the", "its", "their", "his", "her", "all")):
        if keys[index] == "half" or article:
            ordinal_half = keys[index - 1] in ("first", "second", "last", "the", "latter", "other")
            return None if ordinal_half else Number(index, index + 1, value, "fraction", False)
    return None


def _indefinite(tokens: Tokens, words: Lexicon, index: int) -> Number | None:
    """ "dozens", "hundreds of thousands", "several hundred", "a few", "tens of millions"."""
    keys, flags = tokens.keys, tokens.flags
    key = keys[index]
    value = words.vague.get(key) or words.indefinite[key]
    last = index + 1
    if key == "score" or (key == "tens" and keys[last] != "of"):
        return None
    if key in words.vague and keys[index - 1] not in words.articles:
        return None
    scale_at = last + 1 if keys[last] == "of" else last
    while True:
        scale = words.multipliers.get(keys[scale_at]) or (100 if flags[scale_at] & HUNDRED else 0)
        if not scale:
            break
        base = {"tens": 20, "dozens": 24, "hundreds": 200, "thousands": 2000}.get(key, value)
        value = base * scale
        key = ""
        last = scale_at + 1
        scale_at = last + 1 if keys[last] == "of" else last
        if scale_at > index + 8:
            break
    if words.indefinite.get(keys[last - 1]) and keys[index] in words.multipliers and last == index + 1:
        value = words.indefinite[keys[index]]
    return Number(index, last, value, "indefinite", False)


def _cardinal(tokens: Tokens, words: Lexicon, index: int, start_value: int = 0) -> Number | None:
    """The grammar of number words: total, current group, what may follow what."""
    keys, flags = tokens.keys, tokens.flags
    total: int | float = 0
    current: int | float = start_value
    size = "" if not start_value else "unit"
    scale = 10**30
    form = "cardinal"
    at = index
    last = index
    while at < index + 40:
        key, flag = keys[at], flags[at]
        if flag & CARDINAL:
            value = words.cardinals[key]
            tens = value >= 20
            if size == "unit" or (size == "tens" and (tens or value >= 10)):
                break
            if value == 0 and (size or current):
                break
            current += value
            size = "tens" if tens else "unit"
        elif flag & HUNDRED and size and current < 100:
            current = (current or 1) * 100
            size = ""
        elif (
            flag & MULTIPLIER and (size or current) and words.multipliers[key] < scale and not _plural_scale(tokens, at)
        ):
            scale = words.multipliers[key]
            total += current * scale
            current, size = 0, ""
        elif flag & ORDINAL and not (size == "unit") and _ordinal_fits(tokens, words, at, last, index, size):
            current += words.ordinals[key]
            if words.ordinals[key] >= 100:
                current = (current - words.ordinals[key] or 1) * words.ordinals[key]
            form, last = "ordinal", at + 1
            break
        elif (
            key in words.number_and
            and last == at
            and (total or current >= 100)
            and flags[at + 1] & (CARDINAL | ORDINAL)
        ):
            at += 1
            continue
        elif key in words.number_and and last == at and flags[at + 1] & FRACTION | (keys[at + 1] in words.articles):
            half_at = at + 2 if keys[at + 1] in words.articles else at + 1
            if flags[half_at] & FRACTION and keys[half_at] in ("half", "quarter", "third"):
                current += words.fractions[keys[half_at]]
                last = half_at + 1
                at, size = last, "unit"
                continue
            break
        elif key == "-" and tokens.glued(at) and tokens.glued(at + 1) and last == at and flags[at + 1] & NUMBERISH:
            if flags[at + 1] & FRACTION and keys[at + 1] in words.fractions and current and current < 20:
                return Number(index, at + 2, current * words.fractions[keys[at + 1]], "fraction", False)
            at += 1
            continue
        elif key == "point" and size and last == at and flags[at + 1] & CARDINAL:
            decimals, at = _decimals(tokens, words, at + 1)
            current += decimals
            last, size = at, "unit"
            continue
        else:
            break
        at += 1
        last = at
    if last == index:
        return None
    if form == "cardinal" and flags[last] & FRACTION and keys[last] in words.fractions and 0 < total + current < 20:
        plural = keys[last].endswith("s") and keys[last] not in ("halves",)
        if (plural and keys[last + 1] == "of" and keys[last] != "quarters") or (
            total + current == 1 and keys[last] in ("half", "third", "quarter", "fifth") and keys[last + 1] == "of"
        ):
            return Number(index, last + 1, tidy((total + current) * words.fractions[keys[last]]), "fraction", False)
    number = Number(index, last, tidy(total + current), form, False)
    if form == "cardinal" and keys[last] == "dozen":
        number.value, number.last = number.value * 12, last + 1
    return number


def _plural_scale(tokens: Tokens, at: int) -> bool:
    """ "two thousands" is odd but "thousands of" starts its own amount."""
    return bool(tokens.flags[at] & INDEFINITE) and tokens.keys[at + 1] == "of"


def _ordinal_fits(tokens: Tokens, words: Lexicon, at: int, last: int, index: int, size: str) -> bool:
    value = words.ordinals[tokens.keys[at]]
    if at == index:
        return True
    if value >= 100:
        return True
    return (size == "tens" and value < 10) or size == ""


def _decimals(tokens: Tokens, words: Lexicon, at: int) -> tuple[float, int]:
    digits = ""
    while tokens.flags[at] & CARDINAL and words.cardinals[tokens.keys[at]] < 10 and len(digits) < 12:
        digits += str(words.cardinals[tokens.keys[at]])
        at += 1
    return (float("0." + digits) if digits else 0.0), at


ISO_CURRENCIES = frozenset(
    "USD EUR GBP JPY CNY INR RUB KRW CHF CAD AUD NZD SGD HKD TWD BRL MXN ARS CLP COP PEN TRY ILS EGP SAR AED QAR KWD IQD "
    "IRR PKR BDT LKR NPR IDR MYR THB VND PHP ZAR NGN KES GHS UGX TZS ETB XOF XAF MAD DZD TND SEK NOK DKK ISK PLN CZK HUF "
    "RON BGN UAH GEL AMD AZN KZT AFN SYP LBP JOD YER SDG CDF ZMW MZN AOA RSD".split()
)
