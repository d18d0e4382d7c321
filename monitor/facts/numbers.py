"""Numbers in digits and words: values, multipliers, fractions, ordinals, indefinite amounts, ranges.

Every number of a text is read once, left to right; times and quantities then ask which number starts or ends where.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from monitor.facts.lexicon import (
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
    PERSON,
    STOP,
    UNIT,
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
        elif kind == WORD and keys[index] in VULGAR:
            number = Number(index, index + 1, VULGAR[keys[index]], "fraction", True)
        elif kind == WORD:
            if flags[index] & (NUMBERISH | VAGUE) or keys[index] in words.articles:
                number = _words(tokens, words, index)
        elif kind == SLASH:
            number = _slash_fraction(tokens, index)
        if number is None or (kind == WORD and kinds[number.last] == NUMBER and tokens.glued(number.last)):
            index += 1  # nothing, or a name: "Twenty20"
            continue
        if not number.digits and 13 <= number.value <= 20 and number.form == "cardinal":
            number = _spoken_year(tokens, words, number)
        _signed(tokens, words, number)
        found.append(number)
        index = max(number.last, index + 1)
    found = _proportion(tokens, words, found)
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
    """The value of digits with the separators of the language: "1,200.5" -> 1200.5, "2.4e6" -> 2400000."""
    if "e" in text or "E" in text:
        mantissa, _, exponent = text.lower().replace("−", "-").partition("e")
        return tidy(float(f"{float(amount(mantissa, words))}e{exponent}")) if abs(int(exponent)) < 300 else 0
    cleaned = "".join(c for c in text if c.isdigit() or c == words.decimal)
    if words.decimal in cleaned:
        return float(cleaned.replace(words.decimal, "."))
    return int(cleaned)


def times(value: int | float, factor: int | float) -> int | float:
    """The product as a person would write it: 1.07 billion is 1070000000, not 1070000000.0000001."""
    if isinstance(value, int) and isinstance(factor, int):
        return value * factor
    return tidy(float(Decimal(repr(value)) * Decimal(repr(factor))))


def tidy(value: int | float) -> int | float:
    """1500000.0 -> 1500000; 2.2999999999999998 -> 2.3."""
    if isinstance(value, int):
        return value
    rounded = round(value, 10)
    return int(rounded) if rounded == int(rounded) and abs(rounded) < 1e18 else rounded


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
        mixed = _and_fraction(tokens, words, index + 2, 0)
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
            mixed = _and_fraction(tokens, words, last + 2, words.multipliers[keys[last]])
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


def _words(tokens: Tokens, words: Lexicon, index: int) -> Number | None:
    key, flags = tokens.keys[index], tokens.flags[index]
    if key in words.articles:
        return _after_article(tokens, words, index)
    if flags & FRACTION and not flags & ORDINAL:
        return _fraction(tokens, words, index)
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
    number: Number | None = None
    if flag & HUNDRED or (flag & MULTIPLIER and not flag & INDEFINITE):
        number = _cardinal(tokens, words, after, start_value=1)
    elif flag & VAGUE:
        number = _indefinite(tokens, words, after)
    elif flag & GROUP and keys[after] == "couple":
        number = _couple(tokens, words, after)
    elif flag & GROUP and (keys[after] == "dozen" or (keys[after] == "score" and keys[after + 1] == "of")):
        number = Number(index, after + 1, words.groups[keys[after]], "cardinal", False)
    elif flag & FRACTION:
        number = _fraction(tokens, words, after)
        if number is None and flag & ORDINAL and _ends_noun_phrase(tokens, after + 1):
            number = Number(index, after + 1, words.fractions[keys[after]], "fraction", False)
    if number is not None:
        number.first = index
    return number


def _couple(tokens: Tokens, words: Lexicon, at: int) -> Number | None:
    """ "a couple of", "a couple hundred"; a couple of people who are one is no number."""
    keys = tokens.keys
    of = keys[at + 1] == "of"
    scale_at = at + 2 if of else at + 1
    scale = words.multipliers.get(keys[scale_at]) or (100 if tokens.flags[scale_at] & HUNDRED else 0)
    if scale:
        return Number(at, scale_at + 1, 2 * scale, "cardinal", False)
    return Number(at, at + 1, 2, "cardinal", False) if of else None


def _ends_noun_phrase(tokens: Tokens, at: int) -> bool:
    """ "a fifth of", "a fifth." are fractions; "a fifth man" is an ordinal."""
    return tokens.keys[at] == "of" or (tokens.kinds[at] != WORD and not (tokens.keys[at] == "-" and tokens.glued(at)))


def _fraction(tokens: Tokens, words: Lexicon, index: int) -> Number | None:
    """ "half", "a third of", "half a million", "quarter of a million", "half-million", "half a mile"."""
    keys, flags = tokens.keys, tokens.flags
    value = words.fractions[keys[index]]
    after = index + 1
    hyphen = keys[after] == "-" and tokens.glued(after)
    if hyphen:
        after += 1
        if not flags[after] & (MULTIPLIER | GROUP | HUNDRED):
            return None
    start = after
    if keys[start] == "of" and keys[start + 1] in words.articles:
        start += 1
    article = keys[start] in words.articles
    if article:
        start += 1
    scale = words.multipliers.get(keys[start]) or (words.groups.get(keys[start]) if keys[start] == "dozen" else None)
    if scale is None and flags[start] & HUNDRED:
        scale = 100
    if scale is not None and not flags[start] & INDEFINITE:
        return Number(index, start + 1, tidy(value * scale), "cardinal", False)
    half = keys[index] == "half"
    if half and article and flags[start] & UNIT and start == after + 1:
        return Number(index, start, value, "fraction", False)
    before = keys[index - 1]
    if before in ("first", "second", "last", "latter", "other", "third", "fourth", "and"):
        return None
    if keys[after] == "of" and (half or before in words.articles):
        return None if half and before == "the" else Number(index, index + 1, value, "fraction", False)
    if half and (
        keys[after] in ("the", "its", "their", "his", "her", "all") or before in ("than", "nearly", "almost", "about")
    ):
        return Number(index, index + 1, value, "fraction", False)
    if half and before in words.articles and _ends_noun_phrase(tokens, after):
        return Number(index, index + 1, value, "fraction", False)
    return None


def _indefinite(tokens: Tokens, words: Lexicon, index: int) -> Number | None:
    """ "dozens", "hundreds of thousands", "several hundred", "a few", "tens of millions"."""
    keys, flags = tokens.keys, tokens.flags
    key = keys[index]
    last = index + 1
    if key == "tens" and keys[last] != "of":
        return None
    if key == "scores" and keys[last] != "of" and not flags[last] & EVENT:
        return None  # "the striker scores"
    if key in words.vague and keys[index - 1] not in words.articles:
        return None
    value = words.vague.get(key) or words.indefinite[key]
    while last < index + 8:
        scale_at = last + 1 if keys[last] == "of" else last
        scale = words.multipliers.get(keys[scale_at]) or (100 if flags[scale_at] & HUNDRED else 0)
        if not scale:
            break
        value *= scale
        last = scale_at + 1
    return Number(index, last, value, "indefinite", False)


@dataclass(slots=True)
class _Sum:
    """The state of reading number words: groups done, the group in hand, what its last word was."""

    total: int | float = 0
    current: int | float = 0
    size: str = ""
    scale: int | float = 10**30
    last_scale: int = 0

    @property
    def value(self) -> int | float:
        return self.total + self.current

    def add(self, value: int) -> bool:
        """Add a cardinal below a hundred; False when it cannot follow ("twenty eleven")."""
        if self.size == "unit" or (self.size == "tens" and value >= 10):
            return False
        if value == 0 and (self.size or self.current):
            return False
        self.current += value
        self.size = "tens" if value >= 20 else "unit"
        self.last_scale = 0
        return True

    def multiply(self, scale: int) -> bool:
        if self.current or self.size:
            if scale >= self.scale:
                return False
            self.total += self.current * scale
        elif self.last_scale and scale > self.last_scale:
            self.total *= scale  # "three lakh crore"
        else:
            return False
        self.scale, self.current, self.size, self.last_scale = scale, 0, "", scale
        return True


def _cardinal(tokens: Tokens, words: Lexicon, index: int, start_value: int = 0) -> Number | None:
    """The grammar of number words: what may follow what, to the longest number."""
    keys, flags = tokens.keys, tokens.flags
    reading = _Sum(current=start_value, size="unit" if start_value else "")
    at = last = index
    while at < index + 40:
        key, flag = keys[at], flags[at]
        if flag & CARDINAL:
            if not reading.add(words.cardinals[key]):
                break
        elif flag & HUNDRED and reading.size and reading.current < 100:
            reading.current *= 100
            reading.size = ""
        elif flag & MULTIPLIER and not _plural_scale(tokens, at) and reading.multiply(words.multipliers[key]):
            pass
        elif key in ("dozen", "dozens") and last > index and keys[at + 1] != "of":
            reading.current, reading.total, reading.size = reading.value * words.groups["dozen"], 0, "unit"
        elif flag & FRACTION and last > index:
            fraction = _counted_fraction(tokens, words, index, at, reading.value)
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
            mixed = _and_fraction(tokens, words, at + 1, reading.last_scale)
            if mixed is not None:
                scale = reading.last_scale or 1
                return _with_scale(tokens, words, index, mixed[1], reading.value + mixed[0] * scale)
            if not ((reading.total or reading.current >= 100) and flags[at + 1] & (CARDINAL | ORDINAL)):
                break
            at += 1
            continue
        elif key == "-" and last == at and tokens.glued(at) and tokens.glued(at + 1) and flags[at + 1] & NUMBERISH:
            at += 1
            continue
        elif key == "point" and reading.size and last == at and flags[at + 1] & CARDINAL:
            decimals, at = _decimals(tokens, words, at + 1)
            return _with_scale(tokens, words, index, at, reading.value + decimals)
        else:
            break
        at += 1
        last = at
    if last == index:
        return None
    return Number(index, last, tidy(reading.value), "cardinal", False)


def _with_scale(tokens: Tokens, words: Lexicon, first: int, last: int, value: float) -> Number:
    """ "five and a half million", "one point two billion"."""
    number = Number(first, last, tidy(value), "cardinal", False)
    while tokens.flags[number.last] & MULTIPLIER and not _plural_scale(tokens, number.last):
        number.value = times(number.value, words.multipliers[tokens.keys[number.last]])
        number.last += 1
    return number


def _ordinal_end(tokens: Tokens, words: Lexicon, index: int, at: int, last: int, reading: _Sum) -> Number | None:
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


def _counted_fraction(tokens: Tokens, words: Lexicon, index: int, at: int, count: int | float) -> Number | None:
    """ "two-thirds", "five eighths", "one fifth", "three quarters of a million"; "two quarters" are six months."""
    keys = tokens.keys
    key = keys[at]
    plural = key.endswith("s")
    hyphen = keys[at - 1] == "-"
    if key == "quarters" and not (hyphen or keys[at + 1] in ("of", "full") or tokens.flags[at + 1] & MULTIPLIER):
        return None
    if not plural and (
        count != 1 or (tokens.flags[at] & ORDINAL and not (hyphen or _ends_noun_phrase(tokens, at + 1)))
    ):
        return None
    if key == "quarter" and not (hyphen or keys[at + 1] == "of"):
        return None
    number = Number(index, at + 1, tidy(count * words.fractions[key]), "fraction", False)
    scale_at = at + 3 if keys[at + 1] == "of" and keys[at + 2] in words.articles else at + 1
    if tokens.flags[scale_at] & MULTIPLIER and not tokens.flags[scale_at] & INDEFINITE:
        number.value = times(number.value, words.multipliers[keys[scale_at]])
        number.last, number.form = scale_at + 1, "cardinal"
    return number


def _and_fraction(tokens: Tokens, words: Lexicon, at: int, scaled: int) -> tuple[float, int] | None:
    """ "... and a half", "... and three fifths", "... and two thirds": (its value, index after it)."""
    keys, flags = tokens.keys, tokens.flags
    if keys[at] in words.articles and flags[at + 1] & FRACTION and keys[at + 1] in words.fractions:
        if keys[at + 2] in words.multipliers and scaled:
            return None
        fits = (
            not flags[at + 1] & ORDINAL
            or keys[at + 1] == "third"
            or keys[at + 2] in words.multipliers
            or _ends_noun_phrase(tokens, at + 2)
        )
        return (words.fractions[keys[at + 1]], at + 2) if fits else None
    if keys[at] == "half" and tokens.kinds[at + 1] == WORD:
        return 0.5, at + 1
    if flags[at] & CARDINAL and flags[at + 1] & FRACTION and keys[at + 1].endswith("s") and keys[at + 1] != "quarters":
        return words.cardinals[keys[at]] * words.fractions[keys[at + 1]], at + 2
    return None


def _plural_scale(tokens: Tokens, at: int) -> bool:
    """ "two thousands" is odd but "thousands of" starts its own amount."""
    return bool(tokens.flags[at] & INDEFINITE) and tokens.keys[at + 1] == "of"


def _decimals(tokens: Tokens, words: Lexicon, at: int) -> tuple[float, int]:
    digits = ""
    while tokens.flags[at] & CARDINAL and words.cardinals[tokens.keys[at]] < 10 and len(digits) < 12:
        digits += str(words.cardinals[tokens.keys[at]])
        at += 1
    return (float("0." + digits) if digits else 0.0), at


def _signed(tokens: Tokens, words: Lexicon, number: Number) -> None:
    """ "minus five": the word is part of the number."""
    if tokens.keys[number.first - 1] in words.lists["sign_words"] and number.form == "cardinal" and number.start < 0:
        number.first -= 1
        number.value = -number.value
        number.plain_year = False


def _is_share(tokens: Tokens, part: Number, whole: Number) -> bool:
    """ "1 in 4", "3 in 10"; not "3 in 2020", "two in five years"."""
    if whole.plain_year or tokens.flags[whole.last] & (GRAIN | MONTH) or not part.value < whole.value:
        return False
    return part.value == 1 or whole.value in (3, 4, 5, 6, 7, 8, 9, 10, 20, 100, 1000, 10_000, 100_000)


def _proportion(tokens: Tokens, words: Lexicon, numbers: list[Number]) -> list[Number]:
    """ "one in five", "two out of three": two numbers that are one fraction."""
    keys = tokens.keys
    joined: list[Number] = []
    for number in numbers:
        before = joined[-1] if joined else None
        if before is not None and before.form == "cardinal" and number.form == "cardinal" and before.upper is None:
            gap = keys[before.last : number.first]
            one_in = gap == ["in"] and _is_share(tokens, before, number)
            over = gap == ["over"] and number.value <= 1000 and tokens.kinds[number.last] != WORD and before.value < 100
            out_of = over or (gap in (["out", "of"], ["in", "every"]) and 0 < before.value < number.value)
            if one_in or out_of:
                share = Number(before.first, number.last, tidy(before.value / number.value), "fraction", before.digits)
                joined[-1] = share
                continue
        joined.append(number)
    return joined


ISO_CURRENCIES = frozenset(
    [
        "USD",
        "EUR",
        "GBP",
        "JPY",
        "CNY",
        "INR",
        "RUB",
        "KRW",
        "CHF",
        "CAD",
        "AUD",
        "NZD",
        "SGD",
        "HKD",
        "TWD",
        "BRL",
        "MXN",
        "ARS",
        "CLP",
        "COP",
        "PEN",
        "TRY",
        "ILS",
        "EGP",
        "SAR",
        "AED",
        "QAR",
        "KWD",
        "IQD",
        "IRR",
        "PKR",
        "BDT",
        "LKR",
        "NPR",
        "IDR",
        "MYR",
        "THB",
        "VND",
        "PHP",
        "ZAR",
        "NGN",
        "KES",
        "GHS",
        "UGX",
        "TZS",
        "ETB",
        "XOF",
        "XAF",
        "MAD",
        "DZD",
        "TND",
        "SEK",
        "NOK",
        "DKK",
        "ISK",
        "PLN",
        "CZK",
        "HUF",
        "RON",
        "BGN",
        "UAH",
        "GEL",
        "AMD",
        "AZN",
        "KZT",
        "AFN",
        "SYP",
        "LBP",
        "JOD",
        "YER",
        "SDG",
        "CDF",
        "ZMW",
        "MZN",
        "AOA",
        "RSD",
    ]
)
