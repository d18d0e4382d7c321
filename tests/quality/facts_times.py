"""Time expressions in news and in histories of wars: strict, relaxed and value F1 as TempEval-3 defines them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from datetime import date
from functools import partial
from pathlib import Path

from monitor.facts import Fact, find

Marked = tuple[int, int, str]
"""Start, end and TIMEX3 value of an expression that an annotator marked."""


def timeml(path: Path) -> tuple[date | None, str, list[Marked]]:
    """A TimeML file: its date, its text, and each TIMEX3 of the text."""
    source = path.read_text(encoding="utf-8", errors="replace")
    created = re.search(r'<DCT>.*?value="([^"]*)"', source, re.S)
    body = re.search(r"<TEXT>(.*?)</TEXT>", source, re.S)
    if created is None or body is None:
        raise ValueError(f"{path}: no <DCT> or no <TEXT>; the set holds TimeML files")
    pieces: list[str] = []
    gold: list[Marked] = []
    stack: list[tuple[int, str]] = []
    position = 0
    for match in re.finditer(r"<(/?)(\w+)([^>]*)>|[^<]+", body.group(1)):
        if match.group(2) is None:
            pieces.append(html.unescape(match.group(0)))
            position += len(pieces[-1])
        elif match.group(2) == "TIMEX3" and match.group(1):
            start, value = stack.pop()
            gold.append((start, position, value))
        elif match.group(2) == "TIMEX3":
            value_match = re.search(r'value="([^"]*)"', match.group(3))
            stack.append((position, value_match.group(1) if value_match else ""))
    try:
        day = date.fromisoformat(created.group(1)[:10])
    except ValueError:
        day = None
    return day, "".join(pieces), gold


def measure_times(paths: Iterable[Path]) -> dict[str, float]:
    """F1 of the extent, of any overlap, and of the value; 0 to 1."""
    expected = found = 0
    right = {"strict": 0, "relaxed": 0, "value": 0}
    for path in paths:
        day, text, gold = timeml(path)
        facts = [fact for fact in find(text, published=day) if fact.time is not None]
        expected, found = expected + len(gold), found + len(facts)
        left = list(gold)
        for fact in facts:
            overlapping = [marked for marked in left if _overlap(fact, marked) > 0]
            if not overlapping:
                continue
            best = max(overlapping, key=partial(_overlap, fact))
            left.remove(best)
            right["relaxed"] += 1
            right["strict"] += (fact.start, fact.end) == best[:2]
            right["value"] += fact.time is not None and fact.time.value == best[2]
    return {name: 2 * count / max(expected + found, 1) for name, count in right.items()}


def measure_te3(folder: Path) -> dict[str, float]:
    return measure_times(sorted(folder.glob("*/*.tml")))


def measure_wikiwars(folder: Path) -> dict[str, float]:
    return measure_times(sorted(folder.glob("*.tml")))


def _overlap(fact: Fact, marked: Marked) -> int:
    return min(fact.end, marked[1]) - max(fact.start, marked[0])
