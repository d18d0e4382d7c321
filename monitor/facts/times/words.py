"""Heads that say it all in a word: "today", "now", "the future", "daily", "Christmas"."""

from __future__ import annotations

from monitor.facts.lexicon.model import Lexicon, match_phrase
from monitor.facts.numbers.model import Numbers
from monitor.facts.text.token_pattern import NUMBER, WORD
from monitor.facts.text.tokens import Tokens
from monitor.facts.times.left import take, take_deixis
from monitor.facts.times.model import Expression


def adverb_head(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int) -> list[Expression]:
    """ "today", "earlier today", "tonight", "the day before yesterday"."""
    keys, small = tokens.keys, words.calendar
    shift, part = words.adverbs[keys[index]]
    e = Expression(index, index + 1, "DATE", "day", "<today>", shift=shift, shift_grain="day")
    if part:
        e.type, e.grain, e.part = "TIME", "part", part
    before = keys[index - 1]
    if before in small["early_late"] and before in words.modifiers and index - 1 >= floor:
        e.first, e.mod = index - 1, words.modifiers[before]
    elif before in small["before_after"] and keys[index - 2] in small["day"] and shift and index - 2 >= floor:
        e.first, e.shift = index - 2, 2 * shift
        take(tokens, words, e, floor, "the")
    return [e]


def reference_head(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int) -> list[Expression]:
    """ "now", "right now", "currently", "the future", "the past", "in the near future"."""
    keys, small = tokens.keys, words.calendar
    ref = words.references[keys[index]]
    e = Expression(index, index + 1, "DATE", "day", f"<{ref.lower().replace('_', ' ')}>", ref=ref)
    if keys[index] in small["nouns_of_time"]:
        before, after = keys[index - 1], keys[index + 1]
        ends = tokens.kinds[index + 1] not in (WORD, NUMBER) or after in small["after_the_past"]
        if before in small["the"] and ends:
            e.first = index - 1
        elif keys[index] in small["past"] or before not in small["before_future"]:
            return []
        elif before in small["near"] and keys[index - 2] in small["the"]:
            e.first = index - 2
    else:
        take(tokens, words, e, floor, "right")
    return [] if e.first < floor else [e]


def set_head(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int) -> list[Expression]:
    """ "daily", "monthly"; "the Daily Telegraph" is a name."""
    if tokens.capital(index):
        after_name = tokens.kinds[index - 1] == WORD and tokens.capital(index - 1)
        if after_name or (tokens.capital(index + 1) and tokens.keys[index - 1] in words.calendar["the"]):
            return []
    return [Expression(index, index + 1, "SET", "day", "<how often>", value=words.sets[tokens.keys[index]])]


def holiday_head(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int) -> list[Expression]:
    """ "Christmas Eve", "last Easter", "Labor Day 2022"; "Christmas Island" is a name."""
    matched = match_phrase(words.holidays, tokens.keys, index) if tokens.capital(index) else None
    if matched is None:
        return []
    last, rule = matched
    if tokens.kinds[last] == WORD and tokens.capital(last) and tokens.keys[last] not in words.calendar["holiday_ends"]:
        return []
    e = Expression(index, last, "DATE", "day", "<holiday>", holiday=list(rule))
    take_deixis(tokens, words, e, floor)
    number = numbers.starting.get(last)
    if number is not None and number.plain_year:
        e.year, e.last = int(number.value), number.last
    return [e]
