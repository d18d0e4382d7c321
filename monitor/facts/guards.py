"""Numbers that state nothing: list numbers, names, phone numbers, versions, rounds of a cup, an idle "one"."""

from __future__ import annotations

from monitor.facts.amounts import Amount
from monitor.facts.head_nouns import is_plural
from monitor.facts.lexicon import EVENT, PERSON, STOP, Lexicon
from monitor.facts.number_model import DASHES, Number
from monitor.facts.numbers import in_name
from monitor.facts.token_pattern import NUMBER, PAD, WORD
from monitor.facts.tokens import Tokens


def is_no_fact(tokens: Tokens, words: Lexicon, number: Number) -> bool:
    """List numbers, names with numbers, scores of page furniture, phone numbers, versions."""
    keys, kinds = tokens.keys, tokens.kinds
    before, after = keys[number.first - 1], keys[number.last]
    if number.digits and in_name(tokens, words, number.first):
        return True
    if not number.digits and number.value == 1 and after in ("of", "another", "'s", "-"):
        return True
    if not number.digits and tokens.capital(number.first) and tokens.capital(number.last):
        previous = number.first - 1
        if kinds[previous] == WORD and not tokens.capital(previous) and not tokens.flags[number.last] & PERSON:
            return True
    if number.digits and number.value < 200 and after in (".", ")") and tokens.glued(number.last):
        begins_line, is_all = kinds[number.first - 1] == PAD, not any(tokens.keys[number.last + 1 : number.last + 3])
        if begins_line and not is_all:
            return True
    if number.digits and before in words.name_words and number.last == number.first + 1:
        known = tokens.flags[number.last]
        counted = known & EVENT or (known & PERSON and is_plural(tokens, words, number.last))  # no "Apollo 11 pilot"
        if not counted and (tokens.capital(number.first - 1) or before in words.lists["strong_name_words"]):
            return True
    if number.digits and before == "." and keys[number.first - 2] in ("no", "nos", "art", "fig", "vol", "v", "p", "pp"):
        return True
    raw = keys[number.first]
    if number.digits and raw.isdigit() and ((len(raw) > 1 and raw[0] == "0") or len(raw) > 16):
        return True
    if (
        number.digits
        and after in ("/", "×", "x", ":")
        and tokens.glued(number.last)
        and kinds[number.last + 1] == NUMBER
    ):
        return True
    if number.digits and tokens.glued(number.last) and kinds[number.last] == WORD and number.last == number.first + 1:
        named = tokens.capital(number.last) and len(keys[number.last]) > 1  # "7News"
        return named or (keys[number.last] not in ("s", "'s", "k", "m") and len(keys[number.last]) <= 3)
    if number.digits and before in ("/", "×") and tokens.glued(number.first):
        return True
    return number.digits and _is_phone(tokens, number)


def _is_phone(tokens: Tokens, number: Number) -> bool:
    """Three or more groups of digits joined by hyphens, or a plus sign before."""
    keys = tokens.keys
    at = number.first
    while tokens.kinds[at - 1] == NUMBER and keys[at - 1].isdigit() and number.first - at < 5:
        at -= 1
    if (
        keys[at - 1] == "+"
        and tokens.glued(at)
        and (at == number.first or tokens.starts[at + 1] - tokens.ends[at] == 1)
    ):
        return True
    joined = 0
    at = number.last
    while (
        keys[at] in DASHES
        and tokens.glued(at)
        and tokens.glued(at + 1)
        and tokens.kinds[at + 1] == NUMBER
        and joined < 4
    ):
        joined += 1
        at += 2
    back = number.first - 1
    while (
        keys[back] in DASHES
        and tokens.glued(back)
        and tokens.kinds[back - 1] == NUMBER
        and tokens.glued(back + 1)
        and joined < 4
    ):
        joined += 1
        back -= 2
    return joined >= 2


def is_idle_one(tokens: Tokens, words: Lexicon, amount: Amount, number: Number) -> bool:
    """ "one" is a number before people and things that are counted, not in "one day", "no one", "the one who"."""
    if number.digits or number.value != 1 or amount.hedge != "exact" or number.last - number.first > 1:
        return False
    keys = tokens.keys
    if keys[number.first] in words.articles:
        return True
    if tokens.capital(number.first) and tokens.capital(number.last) and amount.predicate is None:
        return True
    before = keys[number.first - 1]
    if before == "no":  # "no one was killed"
        return True
    if before in (
        "any",
        "each",
        "every",
        "the",
        "this",
        "that",
        "which",
        "number",
        "at",
        "day",
        "only",
        "another",
        "as",
    ):
        return amount.predicate is None
    if amount.predicate is not None:
        return False
    return amount.noun is None or amount.noun in (
        "day",
        "thing",
        "way",
        "point",
        "time",
        "hand",
        "side",
        "reason",
        "stage",
        "another",
        "example",
        "more",
    )


def is_round(tokens: Tokens, words: Lexicon, amount: Amount) -> bool:
    """ "into the last 16", "the round of 16", "the last-eight victory", "top-four hopes": rounds of a cup."""
    keys = tokens.keys
    rounds = words.lists["rounds"]
    before = keys[amount.first - 1]
    if before == "-" and keys[amount.first - 2] in rounds:
        return True
    if before == "of" and keys[amount.first - 2] == "round" and amount.noun is None:
        return True
    return (
        before in rounds
        and amount.noun is None
        and amount.predicate is None
        and amount.value in (4, 6, 8, 10, 16, 32, 64)
    )


def is_index(tokens: Tokens, amount: Amount, number: Number) -> bool:
    """ "the S&P 500", "CAC 40", "the Sputnik 5 rocket": a number after a name that counts nothing."""
    before = number.first - 1
    raw = tokens.raw(before) if tokens.keys[before] else ""
    if not number.digits or amount.noun is not None or amount.predicate is not None or amount.hedge != "exact":
        return False
    plain = tokens.keys[number.first].isdigit() and number.last == number.first + 1
    ampersand = tokens.keys[before - 1] == "&" and tokens.glued(before)
    if plain and raw.isalpha() and raw.isupper() and (len(raw) > 2 or ampersand):
        return True
    return plain and amount.trend is None and _follows_name(tokens, before)


def _follows_name(tokens: Tokens, at: int) -> bool:
    """A capital in a sentence whose words begin small: in a headline in capitals every word looks like a name."""
    if tokens.kinds[at] != WORD or not tokens.capital(at) or tokens.flags[at] & (STOP | EVENT | PERSON):
        return False
    if tokens.keys[at + 2] in ("-", "–", "—", ",", ":", "") or tokens.kinds[at + 2] != WORD:
        return False  # "England 10-6 France", "Lyon 3, Paris 1", rows of a table
    first = tokens.first_tokens[tokens.sentence[at]]
    small = sum(
        tokens.kinds[step] == WORD and not tokens.capital(step) and not tokens.flags[step] & STOP
        for step in range(first, min(at + 12, len(tokens.keys)))
    )
    return small >= 2
