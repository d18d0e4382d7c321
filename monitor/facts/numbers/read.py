"""Numbers in digits and words: values, multipliers, fractions, ordinals, indefinite amounts, ranges.

Every number of a text is read once, left to right; times and quantities then ask which number starts or ends where.
"""

from __future__ import annotations

import re

from monitor.facts.lexicon.model import ARTICLE, MONTH, NUMBERISH, VAGUE, Lexicon
from monitor.facts.numbers.fractions import and_fraction, is_part_of_unit
from monitor.facts.numbers.model import DASHES, MINUS, VULGAR, Number, Numbers, tidy
from monitor.facts.numbers.scales import multiply, read_power
from monitor.facts.numbers.words import apply_sign, join_proportions, read_words, spoken_year
from monitor.facts.text.token_pattern import NUMBER, SLASH, WORD
from monitor.facts.text.tokens import Tokens

DIGITS = (NUMBER, SLASH)
USUAL_DENOMINATORS = frozenset([2, 3, 4, 5, 8, 10, 16, 32])
SLASH_FRACTION = re.compile(r"(\d{1,2})/(\d{1,2})$")


def read_numbers(tokens: Tokens, words: Lexicon) -> Numbers:
    found: list[Number] = []
    last = 0
    for index in _openings(tokens):
        if index < last:
            continue
        number = _read(tokens, words, index)
        kind = tokens.kinds[index]
        if number is None or (kind == WORD and tokens.kinds[number.last] == NUMBER and tokens.glued(number.last)):
            continue  # nothing, or a name: "Twenty20"
        if not number.digits and 13 <= number.value <= 20 and number.form == "cardinal":
            number = spoken_year(tokens, words, number)
        apply_sign(tokens, words, number)
        found.append(number)
        last = number.last
    found = join_proportions(tokens, words, found)
    starting, ending = {n.first: n for n in found}, {n.last: n for n in found}
    mixed = {at: n for n in found if n.last - n.first > 3 for at in range(n.first + 1, n.last)}
    mixed |= {n.first: n for n in found if n.form == "fraction" and is_part_of_unit(tokens, words, n.last)}
    return Numbers(found, starting, ending, mixed)


def _openings(tokens: Tokens) -> list[int]:
    """The tokens that a number may begin with."""
    opens = NUMBERISH | VAGUE | ARTICLE
    found = [at for at, flag in enumerate(tokens.flags) if flag & opens or tokens.kinds[at] in DIGITS]
    if not tokens.text.isascii():
        found += [at for at, key in enumerate(tokens.keys) if key in VULGAR]
        found.sort()
    return found


def _read(tokens: Tokens, words: Lexicon, index: int) -> Number | None:
    """The number that begins at a token."""
    kind = tokens.kinds[index]
    if kind == NUMBER:
        return _digits(tokens, words, index)
    if kind == SLASH:
        number = _slash_fraction(tokens, words, index)
        if number is not None:
            _read_minus(tokens, words, number)
        return number
    if kind != WORD:
        return None
    if tokens.keys[index] in VULGAR:
        return Number(index, index + 1, VULGAR[tokens.keys[index]], "fraction", True)
    return read_words(tokens, words, index)


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
    elif _is_parts(tokens, words, last) and value < 1000:
        number.value, number.form = tidy(value * words.fractions[keys[last]]), "fraction"  # "3 tenths"
        number.last, number.plain_year = last + 1, False
    elif keys[last] == "-" and glued and tokens.glued(last + 1) and tokens.kinds[last + 1] == SLASH and value < 1000:
        fraction = _slash_fraction(tokens, words, last + 1)  # "8-1/2"
        if fraction is not None:
            number.value, number.last, number.plain_year = value + fraction.value, last + 2, False
    elif _is_decimal_comma(tokens, words, index):
        number.value, number.last, number.plain_year = (
            amount(f"{raw}{words.decimal}{keys[last + 1]}", words),
            last + 2,
            False,
        )
    elif tokens.kinds[last] == SLASH and not glued and value < 1000:
        fraction = _slash_fraction(tokens, words, last)
        if fraction is not None:
            number.value, number.last, number.plain_year = value + fraction.value, last + 1, False
    elif keys[last] in words.number_and and tokens.kinds[last + 1] == SLASH and value < 1000:
        fraction = _slash_fraction(tokens, words, last + 1)  # "6 and 3/4"
        if fraction is not None:
            number.value, number.last, number.plain_year = value + fraction.value, last + 2, False
    elif _is_spaced_share(tokens, index):
        share = _share(raw, keys[last + 1])  # "5 / 8", cut into words
        if share is not None:
            number.value, number.form, number.last, number.plain_year = share, "fraction", last + 2, False
    if keys[number.last] in words.number_and and number.last == index + 1 and keys[index + 2] in words.articles:
        mixed = and_fraction(tokens, words, index + 2)
        if mixed is not None and keys[index + 3] in words.lists["half"]:
            number.value, number.last, number.plain_year = value + mixed[0], mixed[1], False
    read_power(tokens, number)
    multiply(tokens, words, number)
    if number.last > index + 1 and _is_parts(tokens, words, number.last):  # "100 million trillionths"
        number.value, number.last = tidy(number.value * words.fractions[keys[number.last]]), number.last + 1
    _add_smaller(tokens, words, number)
    _read_minus(tokens, words, number)
    return number


def _is_parts(tokens: Tokens, words: Lexicon, at: int) -> bool:
    key = tokens.keys[at]
    return key in words.fractions and key.endswith("ths")


def _is_spaced_share(tokens: Tokens, index: int) -> bool:
    """ "5 / 8" in a text cut into words; not "Python 2 / 3"."""
    slash = index + 1
    spaced = not tokens.glued(slash) and not tokens.glued(slash + 1)
    named = tokens.kinds[index - 1] == WORD and tokens.capital(index - 1)
    return tokens.keys[slash] == "/" and spaced and tokens.kinds[slash + 1] == NUMBER and not named


def _is_decimal_comma(tokens: Tokens, words: Lexicon, index: int) -> bool:
    """ "2,5 million": a group mark that groups nothing, glued on both sides and alone, is a decimal mark."""
    keys = tokens.keys
    after = index + 2
    return (
        keys[index + 1] == words.group
        and tokens.glued(index + 1)
        and tokens.glued(after)
        and tokens.kinds[after] == NUMBER
        and keys[after].isdigit()
        and len(keys[after]) <= 2
        and len(keys[index]) <= 3
        and keys[index].isdigit()
        and not (keys[index - 1] == words.group and tokens.glued(index))
        and not (keys[after + 1] in (words.group, "/", "-") and tokens.glued(after + 1))
        and not (tokens.kinds[after + 1] == WORD and tokens.glued(after + 1) and keys[after + 1] not in words.suffixes)
        and keys[index - 1] not in ("(", "[")
        and not (keys[after + 1] in words.number_and and tokens.kinds[after + 2] == NUMBER)  # "sections 1,2 and 3"
        and not (
            tokens.kinds[index - 1] == WORD
            and (tokens.capital(index - 1) or keys[index - 1] in words.name_words)
            and not _currency_before(tokens, words, index)
        )
    )


def _add_smaller(tokens: Tokens, words: Lexicon, number: Number) -> None:
    """ "4 thousand 3 hundred and 21", "3 million 200 thousand": smaller groups of the same number follow."""
    keys = tokens.keys
    while number.last > number.first + 1 and isinstance(number.value, int):
        last = keys[number.last - 1]
        scale = 100 if last in words.hundred else words.multipliers.get(last, 0)
        joined = scale == 100 and keys[number.last] in words.number_and
        at = number.last + 1 if joined else number.last
        if not scale or tokens.kinds[at] != NUMBER or not keys[at].isdigit():
            return
        group = Number(at, at + 1, int(keys[at]), "cardinal", True)
        multiply(tokens, words, group)
        if not (joined or group.last > at + 1) or not 0 < group.value < scale:
            return
        number.value, number.last = number.value + group.value, group.last


def _read_minus(tokens: Tokens, words: Lexicon, number: Number) -> None:
    """A sign before the digits: "-5", "$-99.99"; not in "75 -300", "10-5", "5 – 3"."""
    keys = tokens.keys
    before = number.first - 1
    if before < 0 or keys[before] not in MINUS or keys[before] == "–" or not tokens.glued(number.first):
        return
    if tokens.glued(before):
        if keys[before - 1] not in words.currency_signs:
            return
    elif before and tokens.kinds[before - 1] == NUMBER:
        return
    number.value = -number.value
    number.start = tokens.starts[before]
    number.plain_year = False


def _currency_before(tokens: Tokens, words: Lexicon, index: int) -> bool:
    """ "GBP350", "Rs500", "US$5": letters glued to digits that are money."""
    word = tokens.keys[index - 1]
    if tokens.glued(index - 1) and tokens.kinds[index - 2] == NUMBER:
        return False  # a code: "7cad182"
    if tokens.glued(index - 1) and tokens.keys[index - 2] + word.upper() in words.currency_signs:  # "$US5"
        return True
    if word in words.currency_letters:  # "R4bn", "N1,500"; not "R4"
        great = tokens.keys[index + 1] in words.multipliers or tokens.keys[index + 1] in words.suffixes
        return tokens.capital(index - 1) and (great or words.group in tokens.keys[index])
    return word in words.currency_prefixes or word.upper() in words.currency_codes or word.upper() in words.code_words


def _slash_fraction(tokens: Tokens, words: Lexicon, index: int) -> Number | None:
    """ "2/3" and "9 1/2" are fractions; "28/12" and "9/11" are dates or nothing; "24/7" is neither."""
    match = SLASH_FRACTION.match(tokens.keys[index])
    share = None if match is None else _share(match.group(1), match.group(2))
    if share is None:
        return None
    ends_in_letters = tokens.glued(index + 1) and tokens.keys[index + 1] in words.lists["slash_endings"]
    return Number(index, index + 1 + ends_in_letters, share, "fraction", True)


def _share(above: str, below: str) -> float | None:
    if not (above.isdecimal() and below.isdecimal() and len(above) < 3 and len(below) < 3):
        return None
    top, bottom = int(above), int(below)
    usual = bottom in USUAL_DENOMINATORS or (top == 1 and bottom > 31)  # 31: the last day of a month
    return top / bottom if 0 < top < bottom and usual else None
