"""Stretches of a page that are no statement of the article: reading times, stamps, credits, file sizes, shares."""

from __future__ import annotations

from monitor.facts.lexicon import Lexicon


def furniture(text: str, words: Lexicon) -> list[tuple[int, int]]:
    """Offsets of furniture, in order. A line that begins as furniture is furniture to its end, if it is short."""
    found: list[tuple[int, int]] = []
    if words.furniture_lines is not None:
        for match in words.furniture_lines.finditer(text):
            end = text.find("\n", match.end())
            end = len(text) if end < 0 else end
            if end - match.start() <= LONGEST_LINE:
                found.append((match.start(), end))
    lowered = text.lower()
    for needs, pattern in words.furniture_spans:
        if any(need in lowered for need in needs):
            found += [match.span() for match in pattern.finditer(text)]
    return sorted(found)


LONGEST_LINE = 160
"""A longer line that begins with "Watch" or "Posted" is a sentence."""
