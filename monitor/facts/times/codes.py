"""Periods of business in short: "Q3 2022", "2Q 2023", "1Q23", "H1 2024", "FY24", "Q4 FY23"."""

from __future__ import annotations

from monitor.facts.lexicon.model import Lexicon
from monitor.facts.numbers.model import Numbers
from monitor.facts.text.token_pattern import NUMBER
from monitor.facts.text.tokens import Tokens
from monitor.facts.times.calendar import full_year
from monitor.facts.times.left import take
from monitor.facts.times.model import Expression

LAST = {"quarter": 4, "half": 2}
"""How many of them a year has."""


def code_head(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int) -> list[Expression]:
    """The number of a quarter or half, with its letter on either side; or the number of a fiscal year."""
    before = _sign(tokens, words, index - 1) if index - 1 >= floor else ""
    if before == "year":
        year = _year(tokens, index)
        return [] if year is None else [_fiscal(index - 1, index + 1, year)]
    if before and tokens.glued(index):
        return _period(tokens, words, index - 1, index + 1, tokens.keys[index], before, floor)
    after = _sign(tokens, words, index + 1) if tokens.glued(index + 1) else ""
    if after in LAST:
        return _period(tokens, words, index, index + 2, tokens.keys[index], after, floor)
    return []


def _sign(tokens: Tokens, words: Lexicon, at: int) -> str:
    """The grain that a letter in capitals stands for: Q, H, FY."""
    grain = words.period_codes.get(tokens.keys[at], "")
    return grain if grain and tokens.raw(at).isupper() else ""


def _year(tokens: Tokens, at: int) -> int | None:
    """ "2024" or "24"."""
    key = tokens.keys[at]
    if tokens.kinds[at] != NUMBER or not key.isdigit() or len(key) not in (2, 4):
        return None
    return full_year(int(key)) if len(key) == 2 else int(key)


def _fiscal(first: int, last: int, year: int) -> Expression:
    return Expression(first, last, "DATE", "year", "<fiscal year>", year=year, fiscal=True)


def _period(
    tokens: Tokens, words: Lexicon, first: int, last: int, digits: str, grain: str, floor: int
) -> list[Expression]:
    """A quarter or half with its year; a quarter without one only after a preposition."""
    if not digits.isdigit() or not 1 <= int(digits) <= LAST[grain]:
        return []
    e = Expression(first, last, "DATE", grain, f"<{grain} in short>")
    e.quarter, e.half = (int(digits), None) if grain == "quarter" else (None, int(digits))
    at = last + 1 if tokens.keys[last] in words.calendar["code_links"] else last
    if _sign(tokens, words, at) == "year":
        at, e.fiscal = at + 1, True
    year = _year(tokens, at)
    if year is not None and (len(tokens.keys[at]) == 4 or at > last or tokens.glued(at)):
        e.year, e.last = year, at + 1
    elif grain == "half" or tokens.keys[first - 1] not in words.roles:
        return []
    take(tokens, words, e, floor, "the")
    return [e]
