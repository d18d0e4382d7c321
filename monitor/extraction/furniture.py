"""Furniture: lines of a page that come, go or change by themselves. What is learnt about a Site is applied here.

Three kinds are ignored. A `line` is itself, word for word: what a new template added to every article. A `pattern` is
a line with its numbers and times left open: "1,204 people are reading this". A `place` is a label after which other
labels follow that change: "Most read". Nothing that can be a sentence of an article is a pattern or follows a place.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel, Levenshtein

LONGEST = 160
"""Characters of a line that may be a pattern or a label."""
_LEAST_LETTERS = 4
_MOST_SPOTS = 12
"""Lines that differ at one place, or places in all: more is another page rather than its furniture."""
_MOST_LINES = 4000
"""Comparing takes memory for every pair of lines."""
_OPEN = re.compile(
    r"\d+(?:[.,:/]\d+)*|(?<!\w)(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?(?!\w)"
    r"|(?<!\w)(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?!\w)"
    r"|(?<!\w)(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|an?|am|pm|[ap]\.m\.)(?!\w)",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?…。！？؟।][\"”»’)\]]*$")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place where two fetches of a page differ and nothing around it does."""

    anchor: str
    """The line before it, which both have; empty at the top."""
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ignored:
    """What is ignored at a Site."""

    lines: frozenset[str] = frozenset()
    patterns: frozenset[str] = frozenset()
    places: tuple[tuple[str, int], ...] = ()
    """Labels, and how many labels after each."""

    def __len__(self) -> int:
        return len(self.lines) + len(self.patterns) + len(self.places)

    def without(self, lines: Iterable[str]) -> list[str]:
        """The lines that are left."""
        places = dict(self.places)
        left: list[str] = []
        skipping = 0
        for line in lines:
            if skipping and is_label(line):
                skipping -= 1
                continue
            skipping = places.get(line, 0)
            if line not in self.lines and (not self.patterns or pattern_of(line) not in self.patterns):
                left.append(line)
        return left

    def text_without(self, text: str) -> str:
        """The text of a Version that is left; its first paragraph, the headline, always is."""
        if not self or not text:
            return text
        first, *others = text.split("\n\n")
        return "\n\n".join([first, *self.without(others)])


def pattern_of(line: str) -> str:
    """A line with its numbers, days and units of time left open; empty where too little would be left to know it by."""
    if len(line) > LONGEST:
        return ""
    pattern = _OPEN.sub("#", line)
    return pattern if sum(map(str.isalpha, pattern)) >= _LEAST_LETTERS and "#" in pattern else ""


def is_label(line: str) -> bool:
    """Whether a line is a link, a button or a heading rather than a sentence."""
    return len(line) <= LONGEST and not _SENTENCE_END.search(line)


def spots(before: Sequence[str], after: Sequence[str]) -> list[Spot]:
    """Where two fetches of a page differ, line for line; none where more than some furniture differs.

    Lines that only one of them has are no spots: something came or went there.
    """
    if max(len(before), len(after)) > _MOST_LINES or Indel.normalized_similarity(before, after) < 0.5:
        return []
    found: list[Spot] = []
    for step in Levenshtein.opcodes(before, after):
        if step.tag == "equal":
            continue
        old, new = before[step.src_start : step.src_end], after[step.dest_start : step.dest_end]
        if step.tag != "replace" or len(old) != len(new) or len(old) > _MOST_SPOTS:
            continue
        found.append(Spot(before[step.src_start - 1] if step.src_start else "", tuple(old), tuple(new)))
    return found if len(found) <= _MOST_SPOTS else []


def came_and_went(before: Sequence[str], after: Sequence[str]) -> tuple[list[str], list[str]]:
    """The lines that only the old text has, and those that only the new one has, each as often as it has more."""
    old, new = Counter(before), Counter(after)
    return list((old - new).elements()), list((new - old).elements())
