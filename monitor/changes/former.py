"""Figures of before that a text tells beside those of now: "67, up from 61", "from 61 to 67", "67, not 61"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from monitor.changes.folding import fold, tokens
from monitor.changes.lexicon import ContextWords
from monitor.facts.model import Fact

_STOP = re.compile(r"[.!?;]\s|\n")
_REACH = 60  # characters before a figure in which the word is looked for that makes it a former one


def former(text: str, facts: Sequence[Fact], words: ContextWords) -> frozenset[int]:
    """Which facts, by identity, tell what another figure of their sentence was before."""
    told = Counter(map(_told, facts))
    return frozenset(
        id(fact) for fact in facts if fact.quantity and told[_told(fact)] > 1 and _was(text, fact.start, words)
    )


def _told(fact: Fact) -> tuple[str, str, str | None]:
    """Of what it is a figure, in which sentence."""
    return fact.sentence, fact.key, fact.quantity.unit if fact.quantity else None


def _was(text: str, start: int, words: ContextWords) -> bool:
    """Whether the words right before say so, those of amounts left out: "up [from] about", "an [earlier] figure of"."""
    lead = _STOP.split(text[max(0, start - _REACH) : start])[-1]
    for word in reversed(tokens(fold(lead))):
        if word in words.former:
            return True
        if word not in words.beside_figures:
            return False
    return False
