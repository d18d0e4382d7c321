"""Dates written in digits: "2023-12-31", "2023-12-31T08:00Z", "28/12", "10/31/1989", "31.12.2023"."""

from __future__ import annotations

import re

from monitor.facts.lexicon.model import STOP, TIMEISH, Lexicon
from monitor.facts.numbers.model import Numbers
from monitor.facts.text.token_pattern import WORD
from monitor.facts.text.tokens import Tokens
from monitor.facts.times.calendar import MONTH_DAYS, full_year
from monitor.facts.times.model import Expression

NUMERIC = re.compile(r"(\d{1,4})[/.](\d{1,2})(?:[/.](\d{2,4}))?$")
NEAR = 4
"""Tokens on either side in which another version tells that it is one."""
DOTTED_DATE = re.compile(r"(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])\.\d\d(?:\d\d)?$")
NO_DATES = frozenset(["24/7", "9/11", "50/50", "7/7"])


def iso_head(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int) -> list[Expression]:
    raw = tokens.raw(index)
    year, month, day = int(raw[:4]), int(raw[5:7]), int(raw[8:10])
    if not (1 <= month <= 12 and 1 <= day <= 31 and year >= 1):
        return []
    e = Expression(index, index + 1, "DATE", "day", "<ISO date>", year=year, month=month, day=day)
    if len(raw) > len("2023-12-31"):
        e.type, e.grain, e.rule, e.value = "TIME", "minute", "<ISO date-time>", raw.upper().replace(" ", "T")
    return [e]


def slash_head(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int) -> list[Expression]:
    """Day and month by what is possible, then by the language; "4/5" is a date here and a score there: nothing."""
    key = tokens.keys[index]
    match = NUMERIC.match(key)
    if match is None or index in numbers.starting or key in NO_DATES:
        return []
    if tokens.glued(index) and tokens.kinds[index - 1] == WORD:
        return []
    first, second, third = int(match.group(1)), int(match.group(2)), match.group(3)
    if len(match.group(1)) == 4:
        return _numeric(index, first, second, int(third)) if third is not None else []
    if third is None:
        year = None
        if "." in key or (words.month_first and first <= 12 and second <= 12):
            return []
    elif len(third) == 3 or ("." in key and len(third) == 2 and _is_version(tokens, words, index)):
        return []
    else:
        year = int(third) if len(third) == 4 else full_year(int(third))
    if words.month_first and "/" in key and (second > 12 or first <= 12):
        first, second = second, first
    if second > 12:
        first, second = second, first
    return _numeric(index, year, second, first)


def _is_version(tokens: Tokens, words: Lexicon, index: int) -> bool:
    """ "Electron 1.7.16", "2.0.8 and 1.7.16": a program's, where a name or another one stands beside it."""
    named = tokens.capital(index - 1) and not tokens.flags[index - 1] & (STOP | TIMEISH)
    beside = (tokens.keys[at] for at in range(index - NEAR, index + NEAR + 1))
    return named or any(key.count(".") == 2 and key[0].isdigit() and not DOTTED_DATE.match(key) for key in beside)


def dash_head(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int) -> list[Expression]:
    """ "11-12-2010": three numbers, glued."""
    keys = tokens.keys
    pieces = keys[index : index + 5]
    if pieces[1] != "-" or pieces[3] != "-" or not all(tokens.glued(at) for at in range(index + 1, index + 5)):
        return []
    day, month, year = pieces[0], pieces[2], pieces[4]
    if not (day + month + year).isdigit() or len(day) > 2 or len(month) > 2 or len(year) != 4:
        return []
    if words.month_first and int(day) <= 12:
        day, month = month, day
    found = _numeric(index, int(year), int(month), int(day))
    for e in found:
        e.last = index + 5
    return found


def _numeric(index: int, year: int | None, month: int, day: int) -> list[Expression]:
    if not 1 <= month <= 12 or not 1 <= day <= MONTH_DAYS[month - 1]:
        return []
    return [Expression(index, index + 1, "DATE", "day", "<day>/<month>", year=year, month=month, day=day)]
