"""Heads that name a season: "the summer of 1914", "last fall", "every winter"; not "the fall of the wall"."""

from __future__ import annotations

from monitor.facts.lexicon.model import Lexicon
from monitor.facts.numbers.model import DASHES, Numbers
from monitor.facts.text.token_pattern import WORD
from monitor.facts.text.tokens import Tokens
from monitor.facts.times.left import take, take_deixis, take_every, take_modifier
from monitor.facts.times.model import Expression
from monitor.facts.times.years import era_at


def season_head(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int) -> list[Expression]:
    keys, small = tokens.keys, words.calendar
    e = Expression(index, index + 1, "DATE", "season", "<season>", season=words.seasons[keys[index]])
    before, after = keys[index - 1], keys[index + 1]
    number = numbers.starting.get(index + 2 if after in small["of"] else index + 1)
    if number is not None and number.plain_year:
        e.year, e.last = int(number.value), number.last
    elif number is not None and number.digits and era_at(tokens, words, number.last) == "BC":
        e.year, e.era, e.last = int(number.value), "BC", number.last + 1
    clear = before in words.deixis or before in words.modifiers or before in DASHES or e.year is not None
    if not take_deixis(tokens, words, e, floor, "that"):
        take(tokens, words, e, floor, "the")
    take_modifier(tokens, words, e, floor)
    if keys[index] in small["falls"] and after in small["of"] and e.year is None:
        return []
    if not clear and e.mod is None and not _is_season(tokens, words, index):
        return []
    take_every(tokens, words, e, floor)
    return [e]


def _season_at(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """Does a season follow, with "early" or "late" or without: "the spring and early summer"?"""
    return tokens.keys[at + (tokens.keys[at] in words.calendar["early_late"])] in words.seasons


def _is_season(tokens: Tokens, words: Lexicon, index: int) -> bool:
    """Without a year or "last": a season only after its prepositions, and in no name."""
    keys, small = tokens.keys, words.calendar
    key, before, after = keys[index], keys[index - 1], keys[index + 1]
    if tokens.kinds[index + 1] == WORD and tokens.capital(index):
        return False
    coordinated = before in small["and"] and keys[index - 2] in words.seasons
    if coordinated or (after in small["and"] and before in small["the"] and _season_at(tokens, words, index + 2)):
        return True
    if key not in small["season_verbs"]:
        return before in small["before_season"] and after not in small["after_no_season"]
    if before in small["in"]:
        return key not in small["falls"]
    return before in small["the"] and keys[index - 2] in small["before_the_season"]
