"""Any order of the words of time gives an answer, on any day, the first and last of the calendar too."""

from __future__ import annotations

import random
from datetime import date

import pytest

from monitor.facts import find
from monitor.facts.lexicon.model import NUMBERISH, TIMEISH
from monitor.facts.lexicon.read import lexicon

TEXTS, LONGEST = 400, 24
DIGITS = [
    *("1", "12", "31", "1990", "2012", "0600", "24", "06:30", "2012-02-15", "28/12", "1.2.2012", "2,000", "10.15"),
    *("Q3", "FY24", "BC", "$", "%", "-", "–", ",", ".", "'s", "(", ")"),
]
"""Numbers and marks that the grammar of times looks at."""


@pytest.mark.parametrize("published", [None, date.min, date(2024, 2, 29), date.max])
def test_any_order_of_time_words_gives_an_answer(published: date | None) -> None:
    words = lexicon("en")
    heads = [word for word, flags in words.flags.items() if flags & (TIMEISH | NUMBERISH)]
    small = sorted({word for group in words.calendar.values() for word in group} | set(words.deixis))
    chosen = random.Random(20260101)
    for _ in range(TEXTS):
        pieces = [chosen.choice(chosen.choice((heads, small, DIGITS))) for _ in range(chosen.randint(3, LONGEST))]
        text = " ".join(piece.capitalize() if chosen.random() < 0.3 else piece for piece in pieces)
        for fact in find(text, published=published):
            assert text[fact.start : fact.end] == fact.quote
