"""The place and date before a report: "KABUL, Afghanistan (April 3, 2012) -", "WASHINGTON, Dec. 3 (Reuters) -"."""

from __future__ import annotations

from datetime import date

from monitor.facts.numbers.model import DASHES
from monitor.facts.text.token_pattern import WORD
from monitor.facts.text.tokens import Tokens
from monitor.facts.times.calendar import make_date
from monitor.facts.times.model import Expression

LONGEST = 14
"""Tokens before its date."""
LAST_SENTENCE = 3
"""A headline and a byline may stand before it."""


def is_dateline(tokens: Tokens, e: Expression) -> bool:
    """Is it the date of the writing, not of an event: after a place in capitals, before a dash?"""
    first = tokens.first_tokens[tokens.sentence[e.first]]
    keys, kinds = tokens.keys, tokens.kinds
    before = range(first, e.first)
    if len(before) > LONGEST:
        return False
    placed = any(kinds[at] == WORD for at in before) and all(
        tokens.capital(at) if kinds[at] == WORD else keys[at] in (",", "(", ".", "/", "-", "'") for at in before
    )
    if not placed:
        return False
    at = e.last
    if keys[at] == ")":
        at += 1
    if keys[at] in ("(", "/"):
        at = next((close + 1 for close in range(at + 1, at + 6) if keys[close] in (")", "/")), at)
    return keys[at] in DASHES or keys[at] == "_" or (keys[at] == ":" and tokens.glued(at) and keys[at - 1] == ")")


def written_on(tokens: Tokens, expressions: list[Expression]) -> date | None:
    """The full date of a dateline at the head of the text.

    Its publisher printed it as the day of the report, so that "yesterday" may be counted from it where no date of
    publication is known; a date that merely occurs in a text is not used.
    """
    for e in expressions[:1]:
        full = e.year is not None and e.month is not None and e.day is not None and not e.era and not e.copied
        if full and tokens.sentence[e.first] <= LAST_SENTENCE and is_dateline(tokens, e):
            return make_date(e.year or 0, e.month or 0, e.day or 0)
    return None
