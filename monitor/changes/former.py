"""Figures of before that a text tells beside those of now: "67, up from 61", "67, not 61", "earlier reported 61"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import takewhile

from monitor.changes.folding import fold, tokens
from monitor.changes.lexicon import ContextWords
from monitor.facts.model import Fact

_STOP = re.compile(r"[.!?;]\s|\n")
_REACH = 60  # characters before a figure in which the word is looked for that makes it a former one


def former(text: str, facts: Sequence[Fact], words: ContextWords) -> frozenset[int]:
    """Which facts, by identity, tell what another figure of their sentence was before."""
    told, keys = Counter(map(_told, facts)), Counter(fact.key for fact in facts)
    found = set()
    for fact in facts:
        if fact.quantity is None or keys[fact.key] < 2:
            continue
        before = _before(text, fact.start)
        if (told[_told(fact)] > 1 and _was(before, words)) or _was_said(before, words):
            found.add(id(fact))
    return frozenset(found)


def _told(fact: Fact) -> tuple[str, str, str | None]:
    """Of what it is a figure, in which sentence."""
    return fact.sentence, fact.key, fact.quantity.unit if fact.quantity else None


def _before(text: str, start: int) -> list[str]:
    """The words of the sentence right before, the nearest first."""
    lead = _STOP.split(text[max(0, start - _REACH) : start])[-1]
    return tokens(fold(lead))[::-1]


def _was(before: Sequence[str], words: ContextWords) -> bool:
    """Whether the words right before say so, those of amounts left out: "up [from] about", "an [earlier] figure of"."""
    return next((word for word in before if word not in words.beside_figures), "") in words.former


def _was_said(before: Sequence[str], words: ContextWords) -> bool:
    """ "officials had [earlier] said that at least": whatever sentence tells what is said now."""
    said = list(takewhile(lambda word: word in words.beside_figures or word in words.reporting, before))
    nearest = before[len(said)] if len(said) < len(before) else ""
    return nearest in words.formerly and not words.reporting.isdisjoint(said)
