"""How well facts of different sources meet: `python -m tests.quality.stories [--show]`.

Groups of texts by several outlets about one event, from the shared data (never copied here). Which facts are the same
was marked by a reader who did not see the engine, and is kept beside this file as numbers alone: ids of the texts, and
where in them the facts stand. Every pair of facts of two texts counts: met and marked, met only, marked only.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

from monitor.changes import Reading
from monitor.stories import compare_sources
from tests.data import DATA

TEXTS = DATA / "revisions" / "world-rss-revisions.jsonl.gz"
GOLD = Path(__file__).with_name("stories.jsonl")

Place = str
"""`text id:start-end`."""
Pairs = set[frozenset[Place]]


@dataclass(slots=True)
class Meetings:
    """Counts of pairs of facts of two texts."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    remarks: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """The share of the pairs that were met that a reader takes for one fact."""
        return self.right / max(self.right + self.wrong, 1)

    @property
    def recall(self) -> float:
        """The share of the pairs that a reader takes for one fact that were met."""
        return self.right / max(self.right + self.missed, 1)


def measure() -> Mapping[str, float]:
    """Precision and recall of meetings over all marked groups."""
    found = meetings()
    return {"precision": found.precision, "recall": found.recall}


def meetings() -> Meetings:
    """What met in the marked groups, against what should have."""
    texts = _texts()
    found = Meetings()
    for line in GOLD.read_text(encoding="utf-8").splitlines():
        group = json.loads(line)
        _judge(group, {name: texts[name] for name in group["group"]}, found)
    return found


def _judge(group: Mapping[str, Any], texts: Mapping[str, tuple[str, date]], found: Meetings) -> None:
    names = list(texts)
    readings = [Reading(text, published, "en") for text, published in texts.values()]
    met = _pairs(
        [
            [
                f"{names[cell.source]}:{fact.start}-{fact.end}"
                for cell in row.cells
                for fact in (cell.fact, *cell.repeated)
            ]
            for row in compare_sources(readings)
        ]
    )
    marked, unsure = _pairs(group["lines"]), {frozenset(pair) for pair in group["unsure"]}
    found.right += len(met & marked)
    found.wrong += len(met - marked - unsure)
    found.missed += len(marked - met - unsure)
    found.remarks += _remarks("met, and not one", met - marked - unsure, texts)
    found.remarks += _remarks("one, and not met", marked - met - unsure, texts)


def _pairs(lines: Iterable[Iterable[Place]]) -> Pairs:
    """Every two facts of a line that stand in different texts."""
    return {
        frozenset((one, other))
        for line in lines
        for one, other in combinations(line, 2)
        if one.partition(":")[0] != other.partition(":")[0]
    }


def _remarks(what: str, pairs: Pairs, texts: Mapping[str, tuple[str, date]]) -> Iterator[str]:
    for pair in sorted(map(sorted, pairs)):
        yield f"{what}: " + " | ".join(_around(place, texts) for place in pair)


def _around(place: Place, texts: Mapping[str, tuple[str, date]]) -> str:
    name, _, span = place.partition(":")
    start, end = map(int, span.split("-"))
    text = texts[name][0]
    return f"{name} …{text[max(0, start - 40) : start]}[{text[start:end]}]{text[end : end + 40]}…".replace("\n", " ")


def _texts() -> dict[str, tuple[str, date]]:
    """The later text of each edit with its date, by the id of the edit."""
    with gzip.open(TEXTS, "rt", encoding="utf-8") as lines:
        rows = map(json.loads, lines)
        return {row["id"]: (row["after"], date.fromisoformat(row["after_date"][:10])) for row in rows}


def main() -> int:
    """Print the figures, and with --show every pair that is judged otherwise."""
    if not TEXTS.exists():
        sys.stdout.write(f"{TEXTS} is not here: CORRIGENDA_TEST_DATA names another place\n")
        return 2
    found = meetings()
    for remark in found.remarks if "--show" in sys.argv else ():
        sys.stdout.write(f"{remark}\n")
    counts = f"{found.right} right, {found.wrong} wrong, {found.missed} missed"
    sys.stdout.write(f"precision {found.precision:.3f}, recall {found.recall:.3f}: {counts}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
