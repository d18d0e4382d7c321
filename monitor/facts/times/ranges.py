"""The two ends of a range share what is written once: "July-November 1954", "from 2 to 4 p.m. on Friday"."""

from __future__ import annotations

from itertools import pairwise

from monitor.facts.lexicon.model import Lexicon
from monitor.facts.numbers.model import DASHES
from monitor.facts.text.tokens import Tokens
from monitor.facts.times.model import Expression

RANGE_REACH = 8
"""Tokens before "to" among which "from" makes a range."""


def share_fields(tokens: Tokens, words: Lexicon, found: list[Expression]) -> None:
    """Give the first of two linked dates the year or day that only the second has, and both the role of a range."""
    for a, b in pairwise(found):
        link = tokens.keys[a.last]
        if a.type not in ("DATE", "TIME") or b.type not in ("DATE", "TIME") or a.ref or b.ref:
            continue
        if b.first == a.last + 1 and _links(words, link):
            _share_year(a, b)
            _share_half(a, b)
            _share_day(a, b)
            if _is_alike(a, b) and _is_range(tokens, words, a, link):
                a.role = b.role = "from-to"
                b.closes = True
        elif link in words.calendar["ended"] and b.first <= a.last + 2 and a.shift_grain == "quarter" and b.month:
            a.quarter, a.year = (b.month + 2) // 3, b.year  # "the quarter ended Sept. 30"


def share_across(tokens: Tokens, words: Lexicon, found: list[Expression]) -> None:
    """ "at 13:38 local time (08:08 GMT) on Thursday": both clocks are Thursday's."""
    for a, b, day in zip(found, found[1:], found[2:], strict=False):
        bracketed = b.first == a.last + 1 and tokens.keys[a.last] == "(" and tokens.keys[b.last] == ")"
        if a.type != "TIME" or b.type != "TIME" or not bracketed or day.type != "DATE" or day.ref:
            continue
        near = day.first - b.last - 1 - (tokens.keys[b.last + 1] in words.roles)
        if near == 0 and not _has_day(b):
            _share_day(b, day, clock=False)
            _share_day(a, day, clock=False)


def _links(words: Lexicon, link: str) -> bool:
    return link in DASHES or link in words.calendar["up_to"] or link in words.calendar["and"]


def _is_range(tokens: Tokens, words: Lexicon, a: Expression, link: str) -> bool:
    """ "from March to May", "Monday-Friday", "between 1914 and 1918"; but "moved to March from May"."""
    keys, small = tokens.keys, words.calendar
    before = keys[a.first - 2] if keys[a.first - 1] in small["before_day"] else keys[a.first - 1]
    if link in small["and"]:
        return before in small["between"]
    return link in DASHES or before in small["from"] or before not in words.roles


def _is_alike(a: Expression, b: Expression) -> bool:
    """Two weekdays, two months or days of them, two years: not "a revision on Friday to December's figures"."""
    if a.hour is not None or b.hour is not None:
        return a.hour is not None and b.hour is not None
    return (a.weekday is None, a.month is None) == (b.weekday is None, b.month is None)


def _share_year(a: Expression, b: Expression) -> None:
    """ "between March and April 1918", "the spring and summer of 1943"."""
    if a.year is not None or b.year is None or a.deixis or _place(a) is None or _place(b) is None:
        return
    a.year = b.year if (_place(a) or 0) <= (_place(b) or 0) else b.year - 1
    a.era = b.era
    a.copied = True


def _place(e: Expression) -> int | None:
    """Where in the year it lies, in days of months of 31."""
    if e.month is not None:
        return 31 * e.month + (e.day or 0)
    return None if e.season is None else 31 * SEASON_PLACES[e.season]


SEASON_PLACES = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}


def _share_half(a: Expression, b: Expression) -> None:
    """ "2 to 4 p.m.", "9:30-11 a.m.", "11 to 2 p.m.": the half of the day is written once."""
    if a.hour is None or b.hour is None or a.meridiem or b.meridiem != "pm" or a.zone or not 0 < a.hour < 12:
        return
    if a.hour + 12 <= b.hour:
        a.hour += 12


def _share_day(a: Expression, b: Expression, *, clock: bool = True) -> None:
    """ "between 2 and 4 p.m. on Friday". clock: only with one that has an hour, too."""
    if a.hour is None or (clock and b.hour is None) or a.value is not None or _has_day(a) or not _has_day(b):
        return
    a.year, a.month, a.day, a.weekday = b.year, b.month, b.day, b.weekday
    a.shift, a.shift_grain, a.anchor, a.deixis, a.copied = b.shift, b.shift_grain, b.anchor, b.deixis, True


def _has_day(e: Expression) -> bool:
    return e.day is not None or e.weekday is not None or e.shift is not None


def give_roles(tokens: Tokens, words: Lexicon, found: list[Expression]) -> None:
    """What the preposition before each time says: by, since, until, on; and both ends of a range are one."""
    last: Expression | None = None
    for e in found:
        if e.role is None:
            e.role = _role(tokens, words, e)
            if e.role == "from-to" and last is not None and last.role == "since":
                last.role, e.closes = "from-to", True
        last = e


def _role(tokens: Tokens, words: Lexicon, e: Expression) -> str | None:
    keys, small = tokens.keys, words.calendar
    at = e.first - 1
    if keys[at] in small["before_day"] and e.type != "DURATION":
        at -= 1
    if keys[at] in small["and"] and keys[at - 1].isdigit():
        return None
    if keys[at] in small["of"] and keys[at - 1] in small["as"]:
        return "on"
    if keys[at] in small["to"] and not small["from"].isdisjoint(keys[max(0, e.first - RANGE_REACH) : e.first]):
        return "from-to"
    if keys[at] in small["from"] and keys[e.last] in small["possessive"]:
        return None  # "the toll from Thursday's floods"
    return None if e.type == "DURATION" else words.roles.get(keys[at])
