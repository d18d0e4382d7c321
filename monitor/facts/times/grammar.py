"""Find time expressions: one small matcher for each kind of head word, then neighbours are joined.

The head ("June", "Friday", "month", "2023", "pm") decides which matcher runs; it looks left for what may stand before
(numbers, "last", "the end of") and right for what may follow ("ago", "of 1989"). Nothing here knows what day it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from monitor.facts.lexicon.model import (
    ADVERB,
    CARDINAL,
    CLOCKWORD,
    GRAIN,
    HOLIDAY,
    MONTH,
    PART,
    REFERENCE,
    SEASON,
    SETWORD,
    TIMEISH,
    WEEKDAY,
    Lexicon,
)
from monitor.facts.numbers.model import Numbers
from monitor.facts.text.token_pattern import CLOCK, DOTTED, ISO, NUMBER, SLASH
from monitor.facts.text.tokens import Tokens
from monitor.facts.times.clocks import clock_head, clock_word_head, part_head
from monitor.facts.times.codes import code_head
from monitor.facts.times.grains import grain_head
from monitor.facts.times.join import join
from monitor.facts.times.model import Expression
from monitor.facts.times.months import month_head
from monitor.facts.times.numeric import dash_head, iso_head, slash_head
from monitor.facts.times.seasons import season_head
from monitor.facts.times.weekdays import weekday_head
from monitor.facts.times.words import adverb_head, holiday_head, reference_head, set_head
from monitor.facts.times.years import year_head

Matcher = Callable[[Tokens, Lexicon, Numbers, int, int], list[Expression]]
HEADS: tuple[tuple[int, Matcher], ...] = (
    (HOLIDAY, holiday_head),
    (MONTH, month_head),
    (WEEKDAY, weekday_head),
    (GRAIN, grain_head),
    (SEASON, season_head),
    (PART, part_head),
    (ADVERB, adverb_head),
    (REFERENCE, reference_head),
    (SETWORD, set_head),
    (CLOCKWORD, clock_word_head),
)

NUMBER_HEADS: tuple[Matcher, ...] = (code_head, dash_head, year_head, clock_head)
HEADS_BY_KIND: dict[int, tuple[Matcher, ...]] = {
    NUMBER: NUMBER_HEADS,
    CLOCK: (clock_head,),
    ISO: (iso_head,),
    SLASH: (slash_head,),
    DOTTED: (slash_head,),
}


def read_times(tokens: Tokens, words: Lexicon, numbers: Numbers) -> list[Expression]:
    """Every time expression in order, none overlapping another."""
    found: list[Expression] = []
    kinds, flags = tokens.kinds, tokens.flags
    wanted = TIMEISH | CARDINAL
    heads = [at for at, flag in enumerate(flags) if flag & wanted or kinds[at] in HEADS_BY_KIND]
    floor = 0  # tokens before this one already belong to an expression
    for index in heads:
        if index < floor:
            continue
        for matcher in _matchers(tokens, words, numbers, index):
            matches = matcher(tokens, words, numbers, index, floor)
            if matches:
                found += matches
                floor = max(floor, *(match.last for match in matches))
                break
    return join(tokens, words, found)


def _matchers(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int) -> Iterable[Matcher]:
    """Those that the head word or the kind of token calls for."""
    flags = tokens.flags[index]
    if flags & TIMEISH:
        return [matcher for flag, matcher in HEADS if flags & flag]
    if flags & CARDINAL and _is_spoken_year(tokens, words, numbers, index):
        return NUMBER_HEADS
    return HEADS_BY_KIND.get(tokens.kinds[index], ())


def _is_spoken_year(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int) -> bool:
    """ "nineteen ninety-six", "the year two thousand"."""
    number = numbers.starting.get(index)
    if number is None or number.form != "cardinal":
        return False
    if tokens.keys[index - 1] in words.calendar["year"] and 1000 <= number.value <= 2199:
        number.plain_year = True
    return number.plain_year
