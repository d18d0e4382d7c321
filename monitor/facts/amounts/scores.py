"""Scores and votes: two numbers of two sides, each a count of its own, and no range from one to the other."""

from __future__ import annotations

from monitor.facts.amounts.model import Amount, start_amount
from monitor.facts.lexicon.model import CURRENCY, EVENT, PERSON, STOP, UNIT, Lexicon
from monitor.facts.numbers.model import DASHES, Number, Numbers
from monitor.facts.text.token_pattern import NUMBER, WORD
from monitor.facts.text.tokens import Tokens

LARGEST_SCORE, LARGEST_VOTE, LARGEST_OF_TEAMS = 300, 1_000, 60
NEAR = 5
"""Tokens before a score in which a word of voting or of winning and losing stands."""


def read_score(tokens: Tokens, words: Lexicon, numbers: Numbers, number: Number) -> Amount | None:
    """ "beat Turkey 3-0", "a 32-30 victory", "voted 218 to 212": the side that the number stands for."""
    pair = _pair(tokens, words, numbers, number)
    if pair is None:
        return None
    first, second = pair
    near = tokens.keys[max(0, first.first - NEAR) : first.first]
    around = [*near, tokens.keys[second.last]]
    said = not words.lists["voting"].isdisjoint(around)
    voted = said or not words.lists["deciding"].isdisjoint(around)
    if not _fits(tokens, words, first, second, LARGEST_VOTE if voted else LARGEST_SCORE):
        return None
    if not _is_score(tokens, words, first, second, said or not words.lists["scoring"].isdisjoint(near)):
        return None
    amount = start_amount("count", number)
    amount.noun, amount.plural, amount.rule = "score", "score", ["<number>-<number>"]
    if voted:
        amount.noun, amount.plural, amount.predicate = "vote", "votes", "voted"
    amount.phrase_first, amount.phrase_last = first.first, second.last
    return amount


def _pair(tokens: Tokens, words: Lexicon, numbers: Numbers, number: Number) -> tuple[Number, Number] | None:
    """The number and the one that a dash, or in a vote a "to", joins to it."""
    keys = tokens.keys
    after, before = number.last, number.first - 1
    first = second = None
    if keys[after] in DASHES and tokens.glued(after) and tokens.glued(after + 1):
        first, second = number, numbers.starting.get(after + 1)
    elif keys[before] in DASHES and tokens.glued(before) and tokens.glued(number.first):
        first, second = numbers.ending.get(before), number
    elif keys[after] in words.lists["range_to"] and after + 1 in numbers.starting:
        first, second = number, numbers.starting.get(after + 1)
    elif keys[before] in words.lists["range_to"]:
        first, second = numbers.ending.get(before), number
    if first is None or second is None:
        return None
    joined_by_word = keys[first.last] in words.lists["range_to"]
    if joined_by_word and words.lists["voting"].isdisjoint(keys[max(0, first.first - NEAR) : first.first]):
        return None
    return first, second


def _fits(tokens: Tokens, words: Lexicon, first: Number, second: Number, limit: int) -> bool:
    """Two small numbers in digits, whole or half, that neither a unit follows nor a third number joins."""
    keys = tokens.keys
    for side in (first, second):
        whole = side.digits and side.form == "cardinal" and side.last == side.first + 1
        if not whole or not 0 <= side.value < limit or (side.value * 2) % 1 or keys[side.first].startswith("00"):
            return False
    joined = keys[first.first - 1] in DASHES or keys[second.last] in DASHES or first.start >= 0
    measured = tokens.flags[second.last] & (UNIT | CURRENCY) or keys[second.last] in words.lists["percent_signs"]
    return not joined and not measured and keys[first.first - 1] not in words.currency_signs


def _is_score(tokens: Tokens, words: Lexicon, first: Number, second: Number, said: bool) -> bool:
    """A range goes up: what does not is a score; what does is one beside words of winning and no noun to count."""
    at = second.last
    if tokens.keys[at] in words.lists["score_words"] or first.value >= second.value:
        return True
    before = first.first - 1
    series = tokens.keys[before] == "," and tokens.keys[before - 2] in DASHES and tokens.kinds[before - 1] == NUMBER
    if series and first.value < LARGEST_OF_TEAMS and tokens.kinds[at] != WORD:
        return True  # "4-6, 4-6, 6-3"
    if said and (tokens.kinds[at] != WORD or tokens.flags[at] & STOP or tokens.capital(at)):
        return True
    if tokens.kinds[before] != WORD or not tokens.capital(before) or tokens.keys[before] in words.aged:
        return False
    teams = tokens.kinds[at] == WORD and tokens.capital(at) and not tokens.flags[at] & (PERSON | EVENT)
    return first.value == 0 or (teams and second.value < LARGEST_OF_TEAMS)  # "Leicester City 2-4 Tottenham"
