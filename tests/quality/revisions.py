"""How well real edits are judged: `python -m tests.quality.revisions [--show]`.

Reads the labelled pairs of the shared data (never copied here; CORRIGENDA_TEST_DATA names another place). A pair
counts as found when at least one change that says "X became Y" is told of it, and as right when such a change names
both of the labelled expressions.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from monitor.changes import Change, Reading, compare
from monitor.changes.folding import fold, tokens
from monitor.facts import find
from tests.data import real_data

LABELLED = "labelled-revisions-dev.jsonl"

TOLD = frozenset({"value", "hedge", "time", "certainty", "attribution"})
UNCOUNTED = frozenset({"name", "place", "status", "scope"})  # no quantity or time is in them


@dataclass(slots=True)
class Figures:
    """Counts over the labelled pairs."""

    changed: int = 0
    found: int = 0
    right_pairs: int = 0
    labels: int = 0
    right_labels: int = 0
    told: int = 0
    unlabelled: int = 0
    unchanged: int = 0
    alerted: int = 0
    noisy: int = 0
    added_removed: int = 0
    swapped: int = 0
    remarks: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """Share of the changed pairs that were found."""
        return self.found / max(self.changed, 1)

    @property
    def precision(self) -> float:
        """Share of changed pairs among all pairs told as changed."""
        return self.found / max(self.found + self.alerted, 1)

    @property
    def false_alerts(self) -> float:
        """Share of the unchanged pairs of which something is told."""
        return self.alerted / max(self.unchanged, 1)

    @property
    def right(self) -> float:
        """Share of the changed pairs in which a labelled change was told with both sides."""
        return self.right_pairs / max(self.changed, 1)


def measure(dated: str = "both") -> Figures:
    """Judge every labelled pair. `dated`: whose publication dates are known: `both`, the `first`, or `none`."""
    figures = Figures()
    for row in _rows():
        changes = compare(*_readings(row, dated)).changes
        told = [change for change in changes if change.type in TOLD]
        if row["class"] == "changed":
            _measure_changed(row, told, figures)
        elif row["class"] == "unchanged":
            figures.unchanged += 1
            figures.alerted += bool(told)
            figures.noisy += bool(changes)
            figures.remarks += [f"{row['id']} FALSE {_said(change)}" for change in changes]
        else:
            figures.added_removed += 1
            figures.swapped += bool(told)
            figures.remarks += [f"{row['id']} {row['class']} {_said(change)}" for change in changes]
    return figures


def _measure_changed(row: Mapping[str, Any], told: list[Change], figures: Figures) -> None:
    labels = [label for label in row["changes"] if _quantitative(label)]
    if not labels:
        figures.remarks += [f"{row['id']} (not quantitative) {_said(change)}" for change in told]
        return
    matched = [any(_names(change, label) for change in told) for label in labels]
    figures.changed += 1
    figures.found += bool(told)
    figures.right_pairs += any(matched)
    figures.labels += len(labels)
    figures.right_labels += sum(matched)
    figures.told += len(told)
    for label, hit in zip(labels, matched, strict=True):
        if not hit:
            figures.remarks.append(f"{row['id']} MISSED {label['quote_before']!r} -> {label['quote_after']!r}")
    for change in told:
        if not any(_names(change, label) for label in row["changes"]):
            figures.unlabelled += 1
            figures.remarks.append(f"{row['id']} UNLABELLED {_said(change)}")


def _rows() -> Iterator[Mapping[str, Any]]:
    with real_data(LABELLED).open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _readings(row: Mapping[str, Any], dated: str) -> tuple[Reading, Reading]:
    first, second = _time(row["before_date"]), _time(row["after_date"])
    known = {"both": (first, second), "first": (first, first), "none": (None, None)}[dated]
    return Reading(row["before"], known[0], row["lang"]), Reading(row["after"], known[1], row["lang"])


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None


def _quantitative(label: Mapping[str, str]) -> bool:
    """Whether a quantity or a time is in the labelled change; a hedge may be one of a mere word ("reportedly")."""
    if label["kind"] != "hedge":
        return label["kind"] not in UNCOUNTED
    return bool(find(label["quote_before"]) and find(label["quote_after"]))


def _names(change: Change, label: Mapping[str, str]) -> bool:
    """Whether the change's two expressions are those of the label."""
    return all(
        fact is not None
        and set(tokens(fold(fact.quote))) <= set(tokens(fold(f"{label[side]} {label['quote_' + side]}")))
        for fact, side in ((change.before, "before"), (change.after, "after"))
    )


def _said(change: Change) -> str:
    return f"[{change.type} {change.severity}] {change.summary}"


def main() -> None:
    """Print the figures for each way of dating, and with --show every pair that is not as labelled."""
    for dated in ("both", "first", "none"):
        figures = measure(dated)
        sys.stdout.write(
            f"dates {dated:5}  found {figures.found}/{figures.changed} = {figures.recall:.1%}"
            f"  precision {figures.precision:.1%}  right {figures.right_pairs}/{figures.changed} = {figures.right:.1%}"
            f"  labels {figures.right_labels}/{figures.labels}"
            f"  told beyond labels {figures.unlabelled}/{figures.told}"
            f"  alerts on unchanged {figures.alerted}/{figures.unchanged}, any change {figures.noisy}"
            f"  swapped {figures.swapped}/{figures.added_removed}\n"
        )
        if "--show" in sys.argv and dated == "none":
            sys.stdout.write("\n".join(figures.remarks) + "\n")


if __name__ == "__main__":
    main()
