"""Find time expressions: one small matcher for each kind of head word, then neighbours are joined.

The head ("June", "Friday", "month", "2023", "pm") decides which matcher runs; it looks left for what may stand before
(numbers, "last", "the end of") and right for what may follow ("ago", "of 1989"). Nothing here knows what day it is.
"""

from __future__ import annotations

from collections.abc import Callable

from monitor.facts.lexicon import (
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
from monitor.facts.number_model import Numbers
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
from monitor.facts.token_pattern import CLOCK, DOTTED, ISO, NUMBER, SLASH
from monitor.facts.tokens import Tokens

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


def read_times(tokens: Tokens, words: Lexicon, numbers: Numbers) -> list[Expression]:
    """Every time expression in order, none overlapping another."""
    found: list[Expression] = []
    kinds, flags = tokens.kinds, tokens.flags
    floor = 0  # tokens before this one already belong to an expression
    for index in range(len(kinds)):
        if index < floor:
            continue
        kind = kinds[index]
        matches: list[Expression] = []
        if flags[index] & TIMEISH:
            for flag, matcher in HEADS:
                if flags[index] & flag:
                    matches = matcher(tokens, words, numbers, index, floor)
                    if matches:
                        break
        elif kind == NUMBER or (flags[index] & CARDINAL and _is_spoken_year(tokens, words, numbers, index)):
            for matcher in NUMBER_HEADS:
                matches = matcher(tokens, words, numbers, index, floor)
                if matches:
                    break
        elif kind == CLOCK:
            matches = clock_head(tokens, words, numbers, index, floor)
        elif kind == ISO:
            matches = iso_head(tokens, words, numbers, index, floor)
        elif kind in (SLASH, DOTTED):
            matches = slash_head(tokens, words, numbers, index, floor)
        for match in matches:
            found.append(match)
            floor = max(floor, match.last)
    return join(tokens, words, found)


def _is_spoken_year(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int) -> bool:
    """ "nineteen ninety-six", "the year two thousand"."""
    number = numbers.starting.get(index)
    if number is None or number.form != "cardinal":
        return False
    if tokens.keys[index - 1] in words.calendar["year"] and 1000 <= number.value <= 2199:
        number.plain_year = True
    return number.plain_year
