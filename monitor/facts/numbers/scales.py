"""What may follow digits and multiply them: "1.9tn", "5 hundred thousand", "2-million", "1.3x10^6"."""

from __future__ import annotations

from math import log10

from monitor.facts.lexicon.model import CURRENCY, PERSON, STOP, Lexicon
from monitor.facts.numbers.fractions import and_fraction
from monitor.facts.numbers.model import MINUS, Number, tidy, times
from monitor.facts.text.token_pattern import NUMBER, WORD
from monitor.facts.text.tokens import Tokens

GREATEST_POWER = 300  # of ten; floats end at 308


def read_power(tokens: Tokens, number: Number) -> None:
    """ "2^10", "1.1^+23", "1.3x10^6", "2.48×10−5" (a superscript that lost its height)."""
    keys = tokens.keys
    at = number.last
    if keys[at] == "^" and tokens.glued(at):
        raised = _power(tokens, at, number.value)
    elif keys[at] in ("x", "×", "*") and tokens.kinds[at + 1] == NUMBER and keys[at + 1] in ("2", "10"):
        raised = _power(tokens, at + 2, int(keys[at + 1]), flat=keys[at] == "×" and keys[at + 1] == "10")
        raised = None if raised is None else (number.value * raised[0], raised[1])
    else:
        return
    if raised is not None:
        number.value, number.last, number.plain_year = tidy(raised[0]), raised[1], False


def _power(tokens: Tokens, at: int, base: int | float, *, flat: bool = False) -> tuple[float, int] | None:
    """The base with the exponent that starts at a token: (value, index after it). `flat`: the caret may be missing."""
    keys = tokens.keys
    if keys[at] == "^" and tokens.glued(at):
        at += 1
    elif not flat or keys[at] not in MINUS or not tokens.glued(at):
        return None
    sign = -1 if keys[at] in MINUS else 1
    if keys[at] in MINUS or keys[at] == "+":
        at += 1
    if not tokens.glued(at) or not keys[at].isdecimal() or len(keys[at]) > 3:
        return None
    exponent = int(keys[at])
    if base == 0 or exponent * abs(log10(abs(base))) > GREATEST_POWER:
        return None
    return float(base) ** (sign * exponent), at + 1


def multiply(tokens: Tokens, words: Lexicon, number: Number) -> None:
    """Apply the multipliers that follow: "1.9tn", "3.31 trillion", "2-million", "5 hundred thousand", "1.5m"."""
    keys = tokens.keys
    while True:
        last = number.last
        key = keys[last]
        hyphen = key == "-" and tokens.glued(last) and tokens.glued(last + 1)
        if hyphen or _is_spaced_hyphen(tokens, words, last):
            last += 1
            key = keys[last]
        if key in words.multipliers and not (key in words.indefinite and keys[last + 1] in words.lists["of"]):
            number.value = times(number.value, words.multipliers[key])
        elif key in words.hundred and number.value < 1000:
            number.value = times(number.value, 100)
        elif key in words.lists["dozens"] and keys[last + 1] not in words.lists["of"]:
            number.value = times(number.value, words.groups[key])
        elif key in words.lists["suffixes_after_money"] and not hyphen and _is_scale_apart(tokens, words, number):
            number.suffix = key
            number.value = times(number.value, words.suffixes[key])
        elif key in words.suffixes and tokens.glued(last) and not hyphen and not number.suffix:
            if not _suffix_is_multiplier(tokens, words, number, last):
                return
            number.suffix = key
            number.value = times(number.value, words.suffixes[key])
        elif key in words.lists["spaced_suffixes"] and not hyphen and not number.suffix:
            number.suffix = key
            number.value = times(number.value, words.suffixes[key])
        else:
            return
        number.last = last + 1
        number.plain_year = False
        if keys[last] in words.multipliers and keys[last + 1] in words.number_and:
            mixed = and_fraction(tokens, words, last + 2)
            if mixed is not None:
                number.value = tidy(number.value + mixed[0] * words.multipliers[keys[last]])
                number.last = mixed[1]


def _is_spaced_hyphen(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """ "a $ 30 - million deal", in a text cut into words."""
    spaced = tokens.keys[at] == "-" and not tokens.glued(at) and not tokens.glued(at + 1)
    return spaced and tokens.keys[at + 1] in words.multipliers


def _is_scale_apart(tokens: Tokens, words: Lexicon, number: Number) -> bool:
    """ "$ 1.5 M", "$240 m", "1,200.5 M", "100 k": after money, and at the end of what is said, a letter is no metre."""
    before, last = number.first - 1, number.last
    money = tokens.keys[before] in words.currency_signs or tokens.raw(before) in words.currency_codes
    ends = tokens.kinds[last + 1] != WORD or bool(tokens.flags[last + 1] & CURRENCY)
    scale = ends and tokens.raw(last) in words.lists["suffixes_apart"]
    return (money or scale) and not number.suffix


def follows_currency(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """ "$", "GBP", "Rs", "dollars", or the letter of "R4bn" before a token."""
    before = at - 1
    key = tokens.keys[before]
    return (
        key in words.currency_signs
        or key in words.currency_prefixes
        or key.upper() in words.currency_codes
        or bool(tokens.flags[before] & CURRENCY)
        or (key in words.currency_letters and tokens.capital(before) and tokens.glued(at))
    )


def _suffix_is_multiplier(tokens: Tokens, words: Lexicon, number: Number, last: int) -> bool:
    """ "m" is a million after a currency or before a plural, else a metre; "k", "bn", "tn" are never units."""
    key = tokens.keys[last]
    if key in words.lists["sure_suffixes"]:
        return True
    if tokens.glued(last + 1) and tokens.kinds[last + 1] in (WORD, NUMBER):
        return False
    if follows_currency(tokens, words, number.first) or (tokens.flags[last + 1] & CURRENCY and key != "t"):
        return True
    if (
        tokens.raw(last) in ("M", "B")
        and isinstance(number.value, float)
        and tokens.keys[last + 1] not in words.lists["after_metres"]
    ):
        return True  # "1.2M": a capital is no metre
    if key == "k":
        return tokens.raw(last) in ("k", "K") and tokens.keys[last + 1] not in words.lists["races"]
    if key != "m" or number.value >= 1000:
        return False
    moving = any(word in words.trends for word in tokens.keys[max(0, number.first - 9) : number.first])
    return (moving and isinstance(number.value, float)) or _counts_things(tokens, words, number.first, last + 1)


def _counts_things(tokens: Tokens, words: Lexicon, first: int, at: int) -> bool:
    """Is "60m" sixty million, as before "extra Pfizer doses", or sixty metres, as before "sprint" or "tall"?"""
    if tokens.keys[first - 1] in words.lists["before_metres"]:
        return False
    if tokens.keys[at] in words.lists["after_million"]:
        return True
    if tokens.keys[at] in words.lists["after_metres"]:
        return False
    reach = 1 if tokens.capital(at - 1) else 4  # "5M users", but not "the 3M plant makes tapes"
    for step in range(at, at + reach):
        if tokens.kinds[step] != WORD or tokens.flags[step] & STOP:
            return False
        if tokens.flags[step] & PERSON or (tokens.keys[step].endswith("s") and len(tokens.keys[step]) > 3):
            return True
    return False
