"""Stretches of a page that are no statement of the article: reading times, stamps, credits, file sizes, shares."""

from __future__ import annotations

import re

from monitor.facts.lexicon.model import Lexicon

SENTENCE_END = re.compile(r"[.!?][\"'”’)]*\s*$")
LONGEST_LINE = 160
"""A longer line that begins with "Subscribe" or "Posted" is a sentence."""


def furniture(text: str, words: Lexicon) -> list[tuple[int, int]]:
    """Offsets of furniture, in order."""
    found: list[tuple[int, int]] = []
    if words.furniture_lines is not None:
        for match in words.furniture_lines.finditer(text):
            end = text.find("\n", match.end())
            end = len(text) if end < 0 else end
            if end - match.start() <= LONGEST_LINE and _is_furniture(text, match, end):
                found.append((match.start(), end))
    lowered = text.lower()
    for needs, pattern in words.furniture_spans:
        if any(need in lowered for need in needs):
            found += [match.span() for match in pattern.finditer(text)]
    return sorted(found)


def _is_furniture(text: str, match: re.Match[str], end: int) -> bool:
    """A line that ends as a sentence is one, unless its first words are a label: "Last updated: 2pm on 10 March." """
    if SENTENCE_END.search(text, match.start(), end) is None:
        return True
    return ":" in text[match.start() : match.end() + 1] or "©" in match.group()
