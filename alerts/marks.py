"""Which words of two sentences differ, so that a reader's eye falls on them. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz.distance import Indel

Span = tuple[int, int]
"""Start and end in code points."""

_WORD = re.compile(r"\w+(?:[.,’'\-]\w+)*|[^\w\s]")
_WORDLY = re.compile(r"\w")
_ALIKE = 0.5
"""Below this share of common words two sentences were rewritten: all would be marked, so only the quote is."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of two sentences, and where in it the value stands that the Change is about, if it does."""

    sentence: str
    quote: Span | None = None


def mark(before: Side | None, after: Side | None) -> tuple[list[Span], list[Span]]:
    """The spans to mark in each sentence: the words that differ; where none do or one side is missing, the quote."""
    if before is not None and after is not None:
        old, new = _differing(before.sentence, after.sentence)
        if old or new:
            return old, new
    return _quote(before), _quote(after)


def _quote(side: Side | None) -> list[Span]:
    return [side.quote] if side is not None and side.quote is not None else []


def _differing(before: str, after: str) -> tuple[list[Span], list[Span]]:
    old, new = list(_WORD.finditer(before)), list(_WORD.finditer(after))
    old_words, new_words = [match[0] for match in old], [match[0] for match in new]
    if Indel.normalized_similarity(old_words, new_words) < _ALIKE:
        return [], []
    gone: list[Span] = []
    come: list[Span] = []
    for step in Indel.opcodes(old_words, new_words):
        if step.tag == "equal":
            continue
        if step.src_end > step.src_start:
            gone.append((old[step.src_start].start(), old[step.src_end - 1].end()))
        if step.dest_end > step.dest_start:
            come.append((new[step.dest_start].start(), new[step.dest_end - 1].end()))
    return _joined(before, gone), _joined(after, come)


def _joined(sentence: str, spans: list[Span]) -> list[Span]:
    """Spans with no word between them as one: "Dec. 31, 2023" is marked whole, its comma included."""
    joined: list[Span] = []
    for start, end in spans:
        if joined and not _WORDLY.search(sentence, joined[-1][1], start):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined
