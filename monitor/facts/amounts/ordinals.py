"""Ordinals that tell a place in a row: "the third quarter", "21st"; not "at first", "second to none", "First Bank"."""

from __future__ import annotations

from monitor.facts.amounts.model import Amount, start_amount
from monitor.facts.lexicon.model import STOP, Lexicon
from monitor.facts.numbers.model import Number
from monitor.facts.text.token_pattern import WORD
from monitor.facts.text.tokens import Tokens


def read_ordinal(tokens: Tokens, words: Lexicon, number: Number) -> Amount | None:
    if _is_phrase(tokens, words, number):
        return None
    amount = start_amount("ordinal", number)
    amount.rule = ["<ordinal>"]
    at = number.last
    if tokens.kinds[at] == WORD and not tokens.flags[at] & STOP and not tokens.capital(at):
        amount.noun = tokens.keys[at]
        amount.phrase_last = at + 1
        amount.rule.append("<noun>")
    return amount


def _is_phrase(tokens: Tokens, words: Lexicon, number: Number) -> bool:
    """An ordinal in a turn of speech or a name."""
    keys, lists = tokens.keys, words.lists
    before, at = number.first - 1, number.last
    following = " ".join(keys[at : at + 2])
    per_second = keys[before] in lists["per"] and keys[number.first] in words.grains
    a_second = keys[number.first] in words.grains and keys[before] in words.articles and tokens.kinds[at] != WORD
    adverb = keys[before] in lists["before_adverb_ordinal"] or following in lists["after_adverb_ordinal"]
    name = tokens.capital(number.first) and tokens.kinds[at] == WORD and tokens.capital(at)
    first_aid = not number.digits and number.value == 1 and keys[at] in lists["after_first"]
    return per_second or a_second or adverb or name or first_aid
