"""Money: a number with the currency that stands before or after it, cents included."""

from __future__ import annotations

from monitor.facts.amounts import Amount, start_amount
from monitor.facts.lexicon import CURRENCY, Lexicon, match_phrase
from monitor.facts.number_model import ISO_CURRENCIES, MINUS, Number, Numbers
from monitor.facts.token_pattern import MARK, NUMBER, PAD, WORD
from monitor.facts.tokens import Tokens

MILLIONS = {"M": 1_000_000, "B": 1_000_000_000}
"""Before an ISO code: "60 MAUD"."""


def read_money(tokens: Tokens, words: Lexicon, numbers: Numbers, number: Number, floor: int) -> Amount | None:
    before = currency_before(tokens, words, number, floor)
    if before is not None:
        amount = start_amount("money", number)
        amount.first, amount.unit = before
        amount.start = -1
        sign = amount.first - 1
        if sign >= floor and tokens.keys[sign] in MINUS and tokens.glued(amount.first) and not tokens.glued(sign):
            amount.value, amount.start = -amount.value, tokens.starts[sign]  # "-$5 million"
        amount.phrase_first = amount.first
        amount.rule = ["<currency>", "<number>"]
        after = currency_after(tokens, words, number)
        if after is not None and tokens.kinds[after[0] - 1] == WORD and number.last < after[0]:
            amount.unit = after[1]
            amount.last = amount.phrase_last = after[0]
        elif after is None:
            _add_cents(tokens, words, numbers, amount)
        return amount
    after = currency_after(tokens, words, number)
    if after is None or number.form == "ordinal":
        return None
    amount = start_amount("money", number)
    amount.last, amount.unit = after
    amount.phrase_last = amount.last
    amount.rule = ["<number>", "<currency>"]
    multiplier = words.multipliers.get(tokens.keys[amount.last])
    if multiplier is not None and tokens.raw(amount.last - 1) in ISO_CURRENCIES:
        amount.value *= multiplier
        amount.last = amount.phrase_last = amount.last + 1
    _add_cents(tokens, words, numbers, amount)
    if tokens.keys[after[0] - 1] in words.cents:
        amount.value = amount.value / 100
        amount.upper = None if amount.upper is None else amount.upper / 100
    return amount


def _add_cents(tokens: Tokens, words: Lexicon, numbers: Numbers, amount: Amount) -> None:
    """ "3 dollars and 50 cents" is one amount."""
    keys = tokens.keys
    joined = keys[amount.last] in words.number_and
    at = amount.last + 1 if joined else amount.last
    cents = numbers.starting.get(at)
    if (
        cents is not None
        and (joined or tokens.kinds[amount.last - 1] == WORD)
        and 10 <= cents.value <= 99
        and amount.value == int(amount.value)
        and (
            cents.upper is None
            and cents.form == "cardinal"
            and tokens.kinds[cents.last] in (MARK, PAD)
            and keys[cents.last] not in ("%", "-", "$", "£", "€")
        )
    ):
        amount.value = amount.value + cents.value / 100
        amount.last = amount.phrase_last = cents.last
        return
    if cents is None or cents.value >= 100 or keys[cents.last] not in words.cents or amount.value != int(amount.value):
        return
    amount.value = amount.value + cents.value / 100
    amount.last = amount.phrase_last = cents.last + 1


def currency_before(tokens: Tokens, words: Lexicon, number: Number, floor: int) -> tuple[int, str] | None:
    """ "US$", "$", "Rs.", "GBP ": (first token, ISO code)."""
    keys = tokens.keys
    index = number.first
    if number.start >= 0 and keys[index - 1] in MINUS and keys[index - 2] in words.currency_signs:
        index -= 1  # "$-99.99"
    at = index - 1
    if at < floor:
        return None
    key = keys[at]
    if tokens.kinds[at] == MARK and key in words.currency_signs:
        if at - 1 >= floor and tokens.glued(at) and tokens.kinds[at - 1] == WORD:
            sign = (tokens.raw(at - 1) + key).upper()
            if sign in words.currency_signs:
                return at - 1, words.currency_signs[sign]
        return at, words.currency_signs[key]
    raw = tokens.raw(at)
    if raw in ISO_CURRENCIES:
        return at, raw
    if raw[:1] in MILLIONS and raw[1:] in ISO_CURRENCIES:
        number.value *= MILLIONS[raw[0]]
        return at, raw[1:]
    if raw == "US" and keys[at - 1] == "$" and tokens.glued(at):
        return at - 1, "USD"
    if key == "." and tokens.glued(at) and keys[at - 1] == "rs" and at - 1 >= floor:
        return at - 1, words.currency_prefixes.get("rs.", "INR")
    if (
        key in words.currency_prefixes
        and words.currency_prefixes[key]
        and (raw[:1].isupper() or key not in ("n", "rm"))
    ):
        return at, words.currency_prefixes[key]
    return None


def currency_after(tokens: Tokens, words: Lexicon, number: Number) -> tuple[int, str] | None:
    """ "yuan", "US dollars", "-dollar", "€", "cents", "p": (index after, ISO code)."""
    keys = tokens.keys
    at = number.last
    hyphen = keys[at] == "-" and tokens.glued(at) and tokens.glued(at + 1)
    spaced = keys[at] == "-" and not tokens.glued(at) and not tokens.glued(at + 1)
    if hyphen or (spaced and tokens.flags[at + 1] & CURRENCY and not keys[at + 1].endswith("s")):
        at += 1  # "30-dollar"; in a text cut into words, "30 - dollar"
    if (
        tokens.kinds[at] == MARK
        and keys[at] in words.currency_signs
        and (tokens.glued(at) or tokens.starts[at] - tokens.ends[at - 1] == 1)
    ):
        following = tokens.kinds[at + 1]
        if tokens.glued(at + 1) and following == NUMBER:
            return None
        return at + 1, words.currency_signs[keys[at]]
    if tokens.raw(at) in ISO_CURRENCIES:
        next_has_it = tokens.glued(at + 1) and tokens.kinds[at + 1] == NUMBER and not tokens.glued(at)
        return None if next_has_it else (at + 1, tokens.raw(at))  # "3 USD50 cards"
    adjective = words.currency_adjectives.get(keys[at])
    span = 1
    if adjective is None and keys[at + 1]:
        adjective = words.currency_adjectives.get(f"{keys[at]} {keys[at + 1]}")
        span = 2
    if adjective is not None:
        matched = match_phrase(words.currencies, keys, at + span)
        stem = adjective[0]
        if matched is not None and keys[at + span].rstrip("s").startswith(stem[:4]):
            return matched[0], adjective[1]
    raw = tokens.raw(at) if keys[at] else ""
    if raw[:1] in MILLIONS and raw[1:] in ISO_CURRENCIES:
        number.value *= MILLIONS[raw[0]]
        return at + 1, raw[1:]
    if keys[at] in words.currencies and not (tokens.glued(at + 1) and tokens.kinds[at + 1] == NUMBER):
        matched = match_phrase(words.currencies, keys, at)
        if matched is not None and not _is_other_word(tokens, words, number, at):
            return matched[0], str(matched[1])
    if keys[at] in words.cents:
        if keys[at] == "p" and not tokens.glued(at):
            return None
        if keys[at] == "p" and number.value >= 1000:
            return None
        return at + 1, words.cents[keys[at]]
    return None


def _is_other_word(tokens: Tokens, words: Lexicon, number: Number, at: int) -> bool:
    """ "50 won the race", "two marks": weak words need a big number or a sentence end; pounds may be weight."""
    key = tokens.keys[at]
    if key not in words.weak_currencies:
        return False
    if key in ("pound", "pounds"):
        if tokens.keys[at - 1] == "-" or any(
            k in words.lists["weighing"] for k in tokens.keys[max(0, number.first - 5) : number.first]
        ):
            return True
        return (tokens.keys[at + 1] == "of" and number.value < 100_000) or tokens.keys[at + 1] in (
            "heavier",
            "lighter",
            "overweight",
        )
    if key == "won":
        return number.value < 1000
    return number.value < 100 or number.form == "indefinite"
