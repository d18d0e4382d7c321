"""How much text is read as an article: what comes after, finding and pairing facts, runs in the service itself, and
there a text of nothing but numbers or signs costs a thousand times its size."""

from __future__ import annotations

import re
from collections.abc import Sequence

LONGEST_PARAGRAPH = 100_000
"""Characters. Twenty times the longest paragraph that anybody reads; longer ones are data that lost their way."""
MOST_WORDS = 400_000
"""Words and signs: four long novels."""
MOST_NUMBERS = 20_000

_WORD = re.compile(r"\w+|[^\w\s]")
_NUMBER = re.compile(r"\d+")


def readable(paragraphs: Sequence[str]) -> tuple[str, ...]:
    """The paragraphs that people could have written."""
    return tuple(paragraph for paragraph in paragraphs if len(paragraph) <= LONGEST_PARAGRAPH)


def too_much(paragraphs: Sequence[str]) -> str | None:
    """Why a text is none to be read as an article, or None."""
    for pattern, most, things in ((_WORD, MOST_WORDS, "words"), (_NUMBER, MOST_NUMBERS, "numbers")):
        count = sum(len(pattern.findall(paragraph)) for paragraph in paragraphs)
        if count > most:
            return f"its text holds {count:,} {things}, and no article more than {most:,}: it is data"
    return None
